"""Who lost the passkey or the phone is let in again by a second person; every way round that is refused."""

import asyncio
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest

from jedel.access.accounts.model import RECOVERED_BY, may_recover
from jedel.access.jobs import forget_sign_in
from jedel.access.model import FRESH, Principal, Role
from jedel.access.recovery.service import ANSWER_S, ASKED_LIFE, CODE_LIFE, PER_MINUTE_MAX
from jedel.access.service import add_account
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import OTHER_REGION, PASSWORD, REGION, STAFF, account_id

GOOD = "жеті қара бұлт көшті"


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


def command() -> dict[str, Any]:
    return {"id": str(uuid4())}


async def asks(api: Api, login: str = "duty") -> None:
    answer = await api.anonymous().post("/api/recoveries", json={"login": login})
    assert (answer.status_code, answer.content) == (202, b"null")


async def add_second(store: Store, login: str) -> None:
    """A second one of a role, as `admin2`."""
    role, region = STAFF[login.rstrip("2")]
    await add_account(
        store,
        account_id=account_id(login),
        login=login,
        name=f"Test {login}",
        role=role,
        region=region,
        language="en",
        password=PASSWORD,
    )


async def approved(api: Api, by: Seat, login: str = "duty") -> str:
    await asks(api, login)
    [asked] = [each for each in await by.ok("GET", "/api/recoveries") if each["login"] == login]
    given = await by.ok("POST", f"/api/recoveries/{asked['id']}/approve", json=command())
    return str(given["code"])


async def brings(api: Api, given: str, login: str = "duty") -> tuple[Seat, httpx.Response]:
    seat = api.anonymous()
    return seat, await seat.post("/api/session/code", json={"login": login, "code": given})


async def test_a_second_person_lets_in_who_lost_the_phone(
    client: Api, clock: ManualClock, store: Store
) -> None:
    owner = client.anonymous()
    await owner.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    begun = await owner.ok("POST", "/api/totp")
    first = {"code": pyotp.TOTP(begun["secret"]).at(clock.now())}
    await owner.ok("POST", "/api/totp/confirm", json=command() | first)
    given = await approved(client, await client.login("supervisor"))
    clock.advance(60)
    old = {"login": "duty", "password": PASSWORD, "code": pyotp.TOTP(begun["secret"]).at(clock.now())}
    await client.anonymous().ok("POST", "/api/session", json=old)
    await owner.ok("GET", "/api/me")  # until the code is brought nothing has changed

    seat, answer = await brings(client, given)
    assert (answer.json()["method"], answer.json()["waiting"]) == ("code", True)
    assert (await owner.get("/api/me")).status_code == 401, "all sessions end"
    clock.advance(60)
    old["code"] = pyotp.TOTP(begun["secret"]).at(clock.now())
    assert code(await client.anonymous().post("/api/session", json=old)) == "wrong_password"
    assert code(await seat.get("/api/units")) == "second_factor_needed"
    await seat.ok("PUT", "/api/me/password", json=command() | {"new": GOOD})
    fresh = await seat.ok("POST", "/api/totp")
    shown = {"code": pyotp.TOTP(fresh["secret"]).at(clock.now())}
    await seat.ok("POST", "/api/totp/confirm", json=command() | shown)
    await seat.ok("GET", "/api/units")
    assert code((await brings(client, given))[1]) == "sign_in_code_not_valid"
    assert await (await client.login("supervisor")).ok("GET", "/api/recoveries") == []
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT kind, actor, payload::text AS said FROM journal"
                " WHERE kind LIKE 'access.recovery%' OR kind = 'access.begun' ORDER BY seq"
            )
        ).fetchall()
    assert [(row["kind"], row["actor"]) for row in rows] == [
        ("access.recovery_asked", "system:access"),
        ("access.recovery_approved", f"account:{account_id('supervisor')}"),
        ("access.begun", f"account:{account_id('duty')}"),
    ]
    assert all(given not in row["said"] for row in rows)


async def test_whether_there_is_such_an_account_is_not_said(client: Api) -> None:
    took = {}
    for login in ("duty", "nobody"):
        began = time.monotonic()
        await asks(client, login)
        took[login] = time.monotonic() - began
    assert min(took.values()) >= ANSWER_S
    supervisor = await client.login("supervisor")
    assert [each["login"] for each in await supervisor.ok("GET", "/api/recoveries")] == ["duty"]


async def test_asking_twice_is_asking_once(client: Api, store: Store) -> None:
    await asyncio.gather(*(asks(client, login) for login in ("duty", "DUTY", " duty ")))
    assert len(await (await client.login("supervisor")).ok("GET", "/api/recoveries")) == 1
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute("SELECT 1 FROM journal WHERE kind = 'access.recovery_asked'")
        ).fetchall()
    assert len(rows) == 1


async def test_a_flood_of_made_up_names_is_bounded(client: Api, clock: ManualClock) -> None:
    seat = client.anonymous()
    answers = await asyncio.gather(
        *(seat.post("/api/recoveries", json={"login": f"x{n}"}) for n in range(PER_MINUTE_MAX + 20))
    )
    passed = [answer for answer in answers if answer.status_code == 202]
    assert PER_MINUTE_MAX <= len(passed) < PER_MINUTE_MAX + 10  # those that were under way at once
    assert {answer.status_code for answer in answers} == {202, 429}
    clock.advance(61)
    await asks(client)


LETS_IN = [
    ("supervisor", "duty", True),
    ("supervisor", "officer", True),
    ("admin", "operator", True),
    ("admin", "supervisor", True),
    ("supervisor", "supervisor2", True),
    ("admin", "admin2", True),
    ("auditor", "auditor2", True),
    ("supervisor", "supervisor", False),
    ("admin", "admin", False),
    ("auditor", "auditor", False),
    ("supervisor", "admin", False),
    ("supervisor", "auditor", False),
    ("admin", "auditor", False),
    ("auditor", "duty", False),
    ("auditor", "admin", False),
]


@pytest.mark.parametrize(("by", "whom", "may"), LETS_IN)
async def test_who_lets_in_whom(client: Api, store: Store, by: str, whom: str, may: bool) -> None:
    if whom not in STAFF:
        await add_second(store, whom)
    await asks(client, whom)
    async with store.reading() as tx:
        row = await (await tx.conn.execute("SELECT id FROM recovery")).fetchone()
    assert row is not None
    seat = await client.login(by)
    listed = [each["id"] for each in await seat.ok("GET", "/api/recoveries")]
    assert listed == ([str(row["id"])] if may else [])
    for verb, status in (("approve", 200), ("refuse", 204)):
        answer = await seat.post(f"/api/recoveries/{row['id']}/{verb}", json=command())
        if may:
            assert answer.status_code == status
        else:
            assert (answer.status_code, code(answer)) == (403, "recovery_not_yours")


def test_nobody_lets_in_somebody_of_another_region_or_himself() -> None:
    for role, helpers in RECOVERED_BY.items():
        for helper in Role:
            who = Principal("account", uuid4(), "h", REGION, helper)
            assert may_recover(who, uuid4(), role, REGION) is (helper in helpers)
            assert not may_recover(who, uuid4(), role, OTHER_REGION)
            assert not may_recover(who, who.id, role, REGION)


async def test_another_regions_request_does_not_exist(client: Api, store: Store) -> None:
    await asks(client, "elsewhere")
    async with store.reading() as tx:
        row = await (await tx.conn.execute("SELECT id FROM recovery")).fetchone()
    assert row is not None
    supervisor = await client.login("supervisor")
    assert await supervisor.ok("GET", "/api/recoveries") == []
    for asked in (row["id"], uuid4()):
        answer = await supervisor.post(f"/api/recoveries/{asked}/approve", json=command())
        assert (answer.status_code, code(answer)) == (404, "not_found")


async def test_the_second_person_proves_a_moment_ago_who_he_is(client: Api, clock: ManualClock) -> None:
    await asks(client)
    supervisor = await client.login("supervisor")
    [asked] = await supervisor.ok("GET", "/api/recoveries")
    clock.advance(FRESH.total_seconds() + 1)
    for verb in ("approve", "refuse"):
        answer = await supervisor.post(f"/api/recoveries/{asked['id']}/{verb}", json=command())
        assert (answer.status_code, code(answer)) == (403, "fresh_sign_in_needed")


async def test_a_waiting_session_lets_nobody_in(client: Api) -> None:
    await asks(client)
    half = client.anonymous()
    await half.ok("POST", "/api/session", json={"login": "supervisor", "password": PASSWORD})
    assert code(await half.get("/api/recoveries")) == "second_factor_needed"


async def test_the_code_is_for_one_log_in_one_time_one_hour(client: Api, clock: ManualClock) -> None:
    supervisor = await client.login("supervisor")
    given = await approved(client, supervisor)
    for login in ("operator", "supervisor", "nobody", ""):
        answer = await client.anonymous().post(
            "/api/session/code", json={"login": login or "x", "code": given}
        )
        assert (answer.status_code, code(answer)) == (403, "sign_in_code_not_valid")
    tries = await asyncio.gather(*(brings(client, given) for _ in range(4)))
    assert sorted(answer.status_code for _, answer in tries) == [200, 403, 403, 403]
    given = await approved(client, supervisor)
    clock.advance(CODE_LIFE.total_seconds() + 1)
    assert code((await brings(client, given))[1]) == "sign_in_code_not_valid"


async def test_a_new_code_ends_the_one_before_and_a_refusal_ends_all(client: Api) -> None:
    supervisor = await client.login("supervisor")
    first = await approved(client, supervisor)
    second = await approved(client, supervisor)
    assert code((await brings(client, first))[1]) == "sign_in_code_not_valid"
    [asked] = await supervisor.ok("GET", "/api/recoveries")
    assert asked["approved_at"] is not None
    body = command()
    for _ in range(2):
        answer = await supervisor.post(f"/api/recoveries/{asked['id']}/refuse", json=body)
        assert answer.status_code == 204
    assert code((await brings(client, second))[1]) == "sign_in_code_not_valid"
    sign_in = {"login": "duty", "password": PASSWORD}
    await client.anonymous().ok("POST", "/api/session", json=sign_in)


async def test_requests_and_codes_run_out(client: Api, clock: ManualClock, store: Store) -> None:
    await approved(client, await client.login("supervisor"))
    await asks(client, "nobody")
    assert await forget_sign_in(store) == 0
    clock.advance((ASKED_LIFE + timedelta(seconds=1)).total_seconds())
    assert await (await client.login("supervisor")).ok("GET", "/api/recoveries") == []
    assert await forget_sign_in(store) == 3


async def test_a_blocked_person_is_not_let_in(client: Api) -> None:
    given = await approved(client, await client.login("supervisor"))
    admin = await client.login("admin")
    body = command() | {"reason": "left"}
    await admin.ok("POST", f"/api/accounts/{account_id('duty')}/block", json=body)
    assert code((await brings(client, given))[1]) == "sign_in_code_not_valid"
    assert await admin.ok("GET", "/api/recoveries") == []
