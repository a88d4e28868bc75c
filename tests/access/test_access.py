"""Signing in, sessions, enrolment; and that what is not allowed is refused."""

import asyncio
from uuid import UUID, uuid4

import httpx
import pytest

from jedel.access.errors import LoginTaken
from jedel.access.model import (
    Role,
    digest,
    new_code,
    normal_code,
    same_secret,
    split_device_token,
)
from jedel.access.service import add_account
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.seed import PASSWORD, STAFF, account_id


async def kinds(store: Store, prefix: str) -> list[str]:
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT kind FROM journal WHERE kind LIKE %s ORDER BY region, seq", (prefix + "%",)
            )
        ).fetchall()
    return [row["kind"] for row in rows]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("login", STAFF)
async def test_everyone_signs_in_and_out(client: Api, login: str) -> None:
    seat = client.anonymous()
    signed_in = await seat.ok("POST", "/api/session", json={"login": login, "password": PASSWORD})
    me = await seat.ok("GET", "/api/me")
    assert me == signed_in
    assert (me["role"], me["region"]) == STAFF[login]
    assert me["id"] == str(account_id(login))
    token = dict(seat.cookies)
    await seat.ok("DELETE", "/api/session")
    seat.cookies.update(token)
    assert code(await seat.get("/api/me")) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "body", [{"login": "duty", "password": "wrong"}, {"login": "nobody", "password": PASSWORD}]
)
async def test_wrong_and_unknown_are_answered_alike(client: Api, body: dict[str, str]) -> None:
    assert code(await client.anonymous().post("/api/session", json=body)) == (401, "wrong_password")


async def test_a_login_is_not_case_sensitive_and_stands_once(client: Api, store: Store) -> None:
    body = {"login": "DUTY", "password": PASSWORD}
    await client.anonymous().ok("POST", "/api/session", json=body)
    with pytest.raises(LoginTaken):
        await add_account(
            store,
            account_id=uuid4(),
            login="Duty",
            name="x",
            role=Role.OPERATOR,
            region="00",
            language="kk",
            password="x",
        )


async def test_the_cookie_is_closed_to_scripts_and_other_sites(client: Api) -> None:
    answer = await client.anonymous().post("/api/session", json={"login": "duty", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_session_ends_with_the_shift(client: Api, clock: ManualClock) -> None:
    seat = await client.login()
    for _ in range(12 * 3 - 1):
        clock.advance(20 * 60)
        await seat.ok("PUT", "/api/session/seen")
    clock.advance(20 * 60 - 1)
    await seat.ok("GET", "/api/me")
    clock.advance(2)
    assert code(await seat.get("/api/me")) == (401, "unauthenticated")


async def test_the_language_is_kept(client: Api) -> None:
    seat = await client.login()
    await seat.ok("PUT", "/api/me/language", json={"language": "ru"})
    assert (await seat.ok("GET", "/api/me"))["language"] == "ru"
    del seat.headers["Accept-Language"]
    assert (await seat.post("/api/devices", json={})).headers["Content-Language"] == "ru"


async def test_a_device_trades_its_code_for_a_key_once(client: Api, store: Store) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "kind": "tracker", "name": "Tracker 1", "unit_id": str(uuid4())}
    made = await admin.ok("POST", "/api/devices", json=body)
    typed = made["code"].lower().replace("-", " ")
    got = await client.anonymous().ok("POST", "/api/devices/enrol", json={"code": typed})
    assert (got["device_id"], got["unit_id"], got["region"]) == (body["id"], body["unit_id"], "00")
    again = await client.anonymous().post("/api/devices/enrol", json={"code": made["code"]})
    assert code(again) == (403, "enrolment_code_not_valid")
    assert await kinds(store, "access.device") == ["access.device_added", "access.device_enrolled"]


async def test_one_code_gives_one_key_even_at_the_same_moment(client: Api) -> None:
    admin = await client.login("admin")
    made = await admin.ok("POST", "/api/devices", json={"id": str(uuid4()), "kind": "post", "name": "P"})
    tries = [client.anonymous().post("/api/devices/enrol", json={"code": made["code"]}) for _ in range(5)]
    assert sorted(a.status_code for a in await asyncio.gather(*tries)) == [200, 403, 403, 403, 403]


async def test_a_code_is_valid_for_a_day(client: Api, clock: ManualClock) -> None:
    admin = await client.login("admin")
    made = await admin.ok("POST", "/api/devices", json={"id": str(uuid4()), "kind": "post", "name": "P"})
    clock.advance(24 * 3600 + 1)
    answer = await client.anonymous().post("/api/devices/enrol", json={"code": made["code"]})
    assert code(answer) == (403, "enrolment_code_not_valid")


async def test_a_new_code_ends_the_old_key(client: Api) -> None:
    device, device_id, _key = await client.device("tracker")
    admin = await client.login("admin")
    assert code(await device.get("/api/me")) == (403, "forbidden")
    renewed = await admin.ok("POST", f"/api/devices/{device_id}/code", json={"id": str(uuid4())})
    assert code(await device.get("/api/me")) == (401, "unauthenticated")
    await client.anonymous().ok("POST", "/api/devices/enrol", json={"code": renewed["code"]})


async def test_adding_a_device_twice_is_one_device(client: Api) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "kind": "panel", "name": "Panel", "account": "A1B2"}
    first = await admin.ok("POST", "/api/devices", json=body)
    second = await admin.ok("POST", "/api/devices", json=body)
    assert first["device"] == second["device"]
    old = await client.anonymous().post("/api/devices/enrol", json={"code": first["code"]})
    assert code(old) == (403, "enrolment_code_not_valid")
    await client.anonymous().ok("POST", "/api/devices/enrol", json={"code": second["code"]})
    third = await admin.ok("POST", "/api/devices", json=body)
    assert third["device"]["enrolled_at"] is not None
    assert [d["id"] for d in await admin.ok("GET", "/api/devices?kind=panel")] == [body["id"]]
    taken = await admin.post("/api/devices", json=body | {"id": str(uuid4())})
    assert code(taken) == (409, "panel_account_taken")


async def test_another_regions_device_does_not_exist(client: Api) -> None:
    _, device_id, _ = await client.device("post")
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", "/api/devices") == []
    refused = await elsewhere.post(f"/api/devices/{device_id}/code", json={"id": str(uuid4())})
    assert code(refused) == (403, "forbidden")
    admin = await client.login("admin")
    unknown = await admin.post(f"/api/devices/{uuid4()}/code", json={"id": str(uuid4())})
    assert code(unknown) == (404, "not_found")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer x", f"Bearer {UUID(int=7)}.x", "Basic eDp5", f"Bearer {UUID(int=7)}"]
)
async def test_tokens_that_are_none(client: Api, header: str) -> None:
    assert code(await client.anonymous(Authorization=header).get("/api/me")) == (401, "unauthenticated")


def test_codes_survive_typing() -> None:
    made = new_code()
    assert normal_code(made.lower().replace("-", "")) == made
    assert normal_code(made.replace("O", "0").replace("I", "1").replace("B", "8")) == made


def test_secrets_and_tokens() -> None:
    assert same_secret("a", digest("a"))
    assert not same_secret("b", digest("a"))
    assert not same_secret("", None)
    device = uuid4()
    assert split_device_token(f"{device}.k.ey") == (device, "k.ey")
    assert split_device_token(f"{device}.") is None
    assert split_device_token("no.key") is None
