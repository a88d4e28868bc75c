"""One-time passwords: made, confirmed, used once; and every way round the second factor refused."""

import asyncio
import os
import re
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from fastapi.requests import HTTPConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from jedel.access.gate import Gate, identify, still_signed_in
from jedel.access.model import FAILURES_MAX, FRESH, LOCK
from jedel.access.seal import Sealer, SealFault
from jedel.access.totp.model import PENDING_LIFE, STEP_S
from jedel.app.policy import declared
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import PASSWORD, account_id


def now(secret: str, clock: ManualClock, steps: int = 0) -> str:
    """The phone's code, some steps from now."""
    return pyotp.TOTP(secret).at(clock.now(), counter_offset=steps)


async def signed(api: Api, login: str = "duty", **more: Any) -> tuple[Seat, httpx.Response]:
    seat = api.anonymous()
    answer = await seat.post("/api/session", json={"login": login, "password": PASSWORD} | more)
    return seat, answer


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def enrolled(api: Api, clock: ManualClock, login: str = "duty") -> tuple[Seat, str]:
    """A seat whose session waited and made its codes, and the secret."""
    seat, answer = await signed(api, login)
    assert answer.json()["waiting"] is True
    begun = await seat.ok("POST", "/api/totp")
    await seat.ok("POST", "/api/totp/confirm", json={"id": str(uuid4()), "code": now(begun["secret"], clock)})
    return seat, begun["secret"]


async def test_a_password_alone_opens_nothing_but_the_way_to_a_factor(
    client: Api, clock: ManualClock
) -> None:
    seat, answer = await signed(client)
    assert (answer.status_code, answer.json()["method"], answer.json()["waiting"]) == (200, "password", True)
    for path in ("/api/units", "/api/incidents", "/api/sessions", "/api/passkeys"):
        refused = await seat.get(path)
        assert (refused.status_code, code(refused)) == (403, "second_factor_needed"), path
    assert code(await seat.post("/api/session/again", json={"password": PASSWORD})) == "second_factor_needed"
    before = dict(seat.cookies)
    begun = await seat.ok("POST", "/api/totp")
    assert begun["qr"].startswith("M")
    await seat.ok("POST", "/api/totp/confirm", json={"id": str(uuid4()), "code": now(begun["secret"], clock)})
    me = await seat.ok("GET", "/api/me")
    assert (me["method"], me["waiting"]) == ("password+totp", False)
    await seat.ok("GET", "/api/units")
    assert dict(seat.cookies) != before, "a session with more rights has a new token"
    stale = client.anonymous()
    stale.cookies.update(before)
    assert (await stale.get("/api/me")).status_code == 401


async def test_password_and_code_sign_in(client: Api, clock: ManualClock) -> None:
    _, secret = await enrolled(client, clock)
    _, without = await signed(client)
    assert (without.status_code, code(without)) == (401, "totp_needed")
    assert "set-cookie" not in without.headers
    clock.advance(STEP_S)
    typed = now(secret, clock)
    seat, answer = await signed(client, code=f" {typed[:3]} {typed[3:]} ")
    assert (answer.json()["method"], answer.json()["waiting"]) == ("password+totp", False)
    await seat.ok("GET", "/api/units")
    [mine, *_] = await seat.ok("GET", "/api/sessions")
    assert mine["method"] == "password+totp"


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
async def test_one_step_of_drift(client: Api, clock: ManualClock, steps: int, status: int) -> None:
    _, secret = await enrolled(client, clock)
    clock.advance(10 * STEP_S)
    assert (await signed(client, code=now(secret, clock, steps)))[1].status_code == status


async def test_a_code_is_used_once(client: Api, clock: ManualClock) -> None:
    _, secret = await enrolled(client, clock)
    first = now(secret, clock)
    assert code((await signed(client, code=first))[1]) == "totp_not_valid", "it confirmed the secret"
    clock.advance(2 * STEP_S)
    assert (await signed(client, code=now(secret, clock)))[1].status_code == 200
    assert code((await signed(client, code=now(secret, clock)))[1]) == "totp_not_valid"
    assert code((await signed(client, code=now(secret, clock, -1)))[1]) == "totp_not_valid", "an earlier one"


async def test_a_code_is_used_once_at_the_same_moment_too(client: Api, clock: ManualClock) -> None:
    _, secret = await enrolled(client, clock)
    clock.advance(2 * STEP_S)
    tries = await asyncio.gather(*(signed(client, code=now(secret, clock)) for _ in range(4)))
    assert sorted(answer.status_code for _, answer in tries) == [200, 401, 401, 401]


async def test_guessed_codes_lock_like_guessed_passwords(client: Api, clock: ManualClock) -> None:
    """ASVS 5.0, 6.3.1 and 6.5.1: the right password does not open the door to a million tries."""
    _, secret = await enrolled(client, clock)
    clock.advance(2 * STEP_S)
    right = now(secret, clock)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(FAILURES_MAX):
        # asking without a code in between neither counts nor forgives
        assert code((await signed(client))[1]) == "totp_needed"
        assert code((await signed(client, code=wrong))[1]) == "totp_not_valid"
    assert code((await signed(client, code=right))[1]) == "too_many_failures"
    clock.advance(LOCK.total_seconds() + 1)
    assert (await signed(client, code=now(secret, clock)))[1].status_code == 200


async def test_who_has_no_password_learns_nothing_of_the_factor(client: Api, clock: ManualClock) -> None:
    await enrolled(client, clock)
    answer = await client.anonymous().post(
        "/api/session", json={"login": "duty", "password": "wrong", "code": "000000"}
    )
    assert code(answer) == "wrong_password"


async def test_a_waiting_session_makes_the_first_factor_only(client: Api, clock: ManualClock) -> None:
    """Whoever knew the password before its owner made a factor gets nothing by it afterwards."""
    thief, _ = await signed(client)
    late, _ = await signed(client)
    begun = await thief.ok("POST", "/api/totp")
    await enrolled(client, clock)
    body = {"id": str(uuid4()), "code": now(begun["secret"], clock)}
    assert (await thief.post("/api/totp/confirm", json=body)).status_code == 401, "its session ended"
    assert (await late.post("/api/passkeys/options")).status_code == 401
    assert code((await signed(client))[1]) == "totp_needed"


async def test_a_secret_is_confirmed_in_time_and_by_its_owner(client: Api, clock: ManualClock) -> None:
    seat, _ = await signed(client)
    body = {"id": str(uuid4()), "code": "123456"}
    assert code(await seat.post("/api/totp/confirm", json=body)) == "totp_nothing_to_confirm"
    begun = await seat.ok("POST", "/api/totp")
    wrong = f"{(int(now(begun['secret'], clock)) + 1) % 1_000_000:06d}"
    assert code(await seat.post("/api/totp/confirm", json=body | {"code": wrong})) == "totp_not_valid"
    other, _ = await signed(client, "supervisor")
    body["code"] = now(begun["secret"], clock)
    assert code(await other.post("/api/totp/confirm", json=body)) == "totp_nothing_to_confirm"
    clock.advance(PENDING_LIFE.total_seconds() + 1)
    body["code"] = now(begun["secret"], clock)
    assert code(await seat.post("/api/totp/confirm", json=body)) == "fresh_sign_in_needed"
    assert PENDING_LIFE > FRESH
    again, _ = await signed(client)
    assert code(await again.post("/api/totp/confirm", json=body)) == "totp_nothing_to_confirm"


async def test_factors_change_only_after_a_fresh_proof(client: Api, clock: ManualClock) -> None:
    """A session left open on a desk makes its finder no way in of his own."""
    seat, secret = await enrolled(client, clock)
    clock.advance(FRESH.total_seconds() + 1)
    assert (await seat.ok("GET", "/api/me"))["fresh"] is False
    for method, path in (
        ("POST", "/api/totp"),
        ("DELETE", "/api/totp"),
        ("POST", "/api/passkeys/options"),
        ("DELETE", f"/api/passkeys/{uuid4()}"),
    ):
        refused = await seat.request(method, path)
        assert (refused.status_code, code(refused)) == (403, "fresh_sign_in_needed"), path
    again = {"password": PASSWORD, "code": now(secret, clock)}
    assert code(await seat.post("/api/session/again", json=again | {"password": "wrong"})) == "wrong_password"
    assert code(await seat.post("/api/session/again", json={"password": PASSWORD})) == "totp_needed"
    before = dict(seat.cookies)
    await seat.ok("POST", "/api/session/again", json=again)
    assert dict(seat.cookies) != before
    assert (await seat.ok("GET", "/api/me"))["fresh"] is True
    assert code(await seat.delete("/api/totp")) == "last_factor"
    begun = await seat.ok("POST", "/api/totp")
    clock.advance(2 * STEP_S)
    body = {"id": str(uuid4()), "code": now(begun["secret"], clock)}
    await seat.ok("POST", "/api/totp/confirm", json=body)
    await seat.ok("POST", "/api/totp/confirm", json=body)
    clock.advance(2 * STEP_S)
    assert code((await signed(client, code=now(secret, clock)))[1]) == "totp_not_valid", "the old phone"
    assert (await signed(client, code=now(begun["secret"], clock)))[1].status_code == 200


async def test_the_secret_is_sealed_and_in_no_journal(
    client: Api, store: Store, clock: ManualClock, settings: Settings
) -> None:
    _, secret = await enrolled(client, clock)
    async with store.reading() as tx:
        row = await (await tx.conn.execute("SELECT sealed FROM totp")).fetchone()
        journal = await (
            await tx.conn.execute(
                "SELECT count(*) AS n FROM journal WHERE payload::text LIKE %s", (f"%{secret}%",)
            )
        ).fetchone()
    assert row is not None
    assert journal == {"n": 0}
    assert secret.encode() not in row["sealed"]
    sealer = Sealer(settings.seal_key)
    assert sealer.open(row["sealed"], account_id("duty")).decode() == secret
    assert settings.seal_key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SealFault):
        sealer.open(row["sealed"], account_id("admin"))
    settings.seal_key.chmod(0o640)
    with pytest.raises(SealFault, match="chmod 600"):
        sealer.open(row["sealed"], account_id("duty"))
    settings.seal_key.chmod(0o600)
    settings.seal_key.write_bytes(os.urandom(32))
    with pytest.raises(SealFault, match="backup"):
        sealer.open(row["sealed"], account_id("duty"))
    settings.seal_key.write_bytes(b"short")
    with pytest.raises(SealFault, match="32"):
        sealer.seal(b"x", account_id("duty"))


async def test_the_demo_signs_in_by_password(client: Api, app: FastAPI, settings: Settings) -> None:
    for given, waiting in (({"demo": True}, False), ({"demo": True, "password_alone": False}, True)):
        app.state.settings = settings.model_copy(update=given)
        seat, answer = await signed(client)
        assert answer.json()["waiting"] is waiting
        assert (await seat.get("/api/units")).status_code == (403 if waiting else 200)


async def test_who_has_passkeys_does_not_get_in_by_password(client: Api, store: Store) -> None:
    early, _ = await signed(client)
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO passkey (id, credential_id, account_id, public_key, sign_count, name, created_at)"
            " VALUES (%s, 'x', %s, 'x', 0, 'key', %s)",
            (uuid4(), account_id("duty"), tx.now),
        )
    for _ in range(2 * FAILURES_MAX):
        assert code((await signed(client))[1]) == "passkey_needed"
    assert code((await signed(client, code="000000"))[1]) == "passkey_needed"
    for path in ("/api/totp", "/api/passkeys/options"):
        assert code(await early.post(path)) == "factor_exists", path
    body = {"id": str(uuid4()), "current": PASSWORD, "new": "four unlikely grey otters"}
    assert code(await early.put("/api/me/password", json=body)) == "factor_exists"


async def test_a_waiting_session_passes_no_route_that_is_not_meant_for_it(client: Api, app: FastAPI) -> None:
    """Every route, as `tests/app/test_policy.py` tries them for roles; and the live feed."""
    may, seat = set(), (await signed(client))[0]
    for name, (gate,) in declared(app).items():
        if not isinstance(gate, Gate) or name in {"DELETE /api/session", "PUT /api/me/password"}:
            continue
        method, path = name.split()
        path = re.sub(r"\{\w+\}", lambda _: str(uuid4()), path)
        answer = await seat.request(method, path, json={} if method != "GET" else None)
        if gate.waiting_too:
            may.add(name)
            assert answer.status_code not in {401, 403}, (name, answer.text)
        else:
            assert (answer.status_code, code(answer)) == (403, "second_factor_needed"), name
    assert may == {
        "GET /api/me",
        "GET /api/me/password",
        "GET /api/totp",
        "POST /api/passkeys",
        "POST /api/passkeys/options",
        "POST /api/totp",
        "POST /api/totp/confirm",
        "PUT /api/me/language",
        "PUT /api/session/seen",
    }


async def test_a_waiting_session_sees_no_live_feed(served: Api) -> None:
    seat, _ = await signed(served)
    headers = {"Cookie": cookie(seat).decode()}
    async with connect(f"{served.url.replace('http', 'ws')}/api/live", additional_headers=headers) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_a_live_feed_goes_on_under_the_new_token(served: Api, app: FastAPI, clock: ManualClock) -> None:
    seat, secret = await enrolled(served, clock)
    scope = {"type": "http", "app": app, "path": "/", "query_string": b""}
    who = await identify(HTTPConnection(scope | {"headers": [(b"cookie", cookie(seat))]}))
    assert who is not None
    clock.advance(2 * STEP_S)
    again = {"password": PASSWORD, "code": now(secret, clock)}
    await seat.ok("POST", "/api/session/again", json=again)
    connection = HTTPConnection(scope | {"headers": []})
    assert await still_signed_in(connection, who) == who
    await seat.ok("DELETE", "/api/session")
    assert await still_signed_in(connection, who) is None


def cookie(seat: Seat) -> bytes:
    return "; ".join(f"{name}={value}" for name, value in seat.cookies.items()).encode()
