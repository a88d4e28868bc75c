"""V7 Sessions: a stolen token after everything that must end it, on every kind of link."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import pytest
import websockets

from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import IDLE, SESSION_LIFE
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import PASSWORD, account_id

GOOD = "жеті қара бұлт көшті"

Ends = Callable[[Api, Seat, ManualClock], Awaitable[object]]


def command() -> dict[str, str]:
    return {"id": str(uuid4())}


async def signed_out(_: Api, owner: Seat, __: ManualClock) -> None:
    await owner.ok("DELETE", "/api/session")


async def ended_elsewhere(api: Api, owner: Seat, _: ManualClock) -> None:
    other = await api.login("duty")
    [listed] = [each for each in await other.ok("GET", "/api/sessions") if not each["own"]]
    await other.ok("DELETE", f"/api/sessions/{listed['id']}")


async def blocked(api: Api, _: Seat, __: ManualClock) -> None:
    admin = await api.login("admin")
    await admin.ok("POST", f"/api/accounts/{account_id('duty')}/block", json=command() | {"reason": "left"})


async def other_role(api: Api, _: Seat, __: ManualClock) -> None:
    admin = await api.login("admin")
    await admin.ok("POST", f"/api/accounts/{account_id('duty')}/role", json=command() | {"role": "operator"})


async def rested(_: Api, __: Seat, clock: ManualClock) -> None:
    clock.advance(IDLE.total_seconds() + 1)


async def shift_over(_: Api, owner: Seat, clock: ManualClock) -> None:
    for _each in range(int(SESSION_LIFE / IDLE) + 1):
        clock.advance(IDLE.total_seconds() - 1)
        await owner.put("/api/session/seen")


async def proved_again(_: Api, owner: Seat, __: ManualClock) -> None:
    await owner.ok("POST", "/api/session/again", json={"password": PASSWORD})


async def recovered(api: Api, _: Seat, __: ManualClock) -> None:
    await api.anonymous().ok("POST", "/api/recoveries", json={"login": "duty"})
    admin = await api.login("admin")
    [asked] = await admin.ok("GET", "/api/recoveries")
    given = await admin.ok("POST", f"/api/recoveries/{asked['id']}/approve", json=command())
    await api.anonymous().ok("POST", "/api/session/code", json={"login": "duty", "code": given["code"]})


async def new_password(api: Api, _: Seat, __: ManualClock) -> None:
    other = await api.login("duty")
    await other.ok("PUT", "/api/me/password", json=command() | {"current": PASSWORD, "new": GOOD})


ENDS: tuple[Ends, ...] = (
    *(signed_out, ended_elsewhere, blocked, other_role, rested, shift_over, proved_again, recovered),
    new_password,
)


@pytest.mark.parametrize("end", ENDS, ids=lambda each: str(each.__name__))
async def test_a_stolen_token_is_worth_nothing_afterwards(client: Api, clock: ManualClock, end: Ends) -> None:
    owner = await client.login("duty")
    thief = client.anonymous()
    thief.cookies.set(SESSION_COOKIE, owner.cookies[SESSION_COOKIE])
    await thief.ok("GET", "/api/me")
    await end(client, owner, clock)
    for method, path in (("GET", "/api/me"), ("GET", "/api/incidents"), ("PUT", "/api/session/seen")):
        answer = await thief.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), (path, answer.text)


@pytest.mark.parametrize("end", [signed_out, blocked], ids=lambda each: str(each.__name__))
async def test_an_open_feed_ends_with_its_session(served: Api, clock: ManualClock, end: Ends) -> None:
    """The live feed was opened with a good cookie: it is closed, not merely refused next time."""
    owner = await served.login("duty")
    headers = {"Cookie": f"{SESSION_COOKIE}={owner.cookies[SESSION_COOKIE]}"}
    async with websockets.connect(
        served.url.replace("http", "ws") + "/api/live", additional_headers=headers
    ) as socket:
        await socket.recv()
        await end(served, owner, clock)
        with suppress(websockets.ConnectionClosed):
            while True:
                await socket.recv()
        assert socket.close_code == 4401


async def test_a_planted_token_is_never_signed_in(client: Api, store: Store) -> None:
    """Session fixation, by every way of planting: cookie, header, path, query, body."""
    planted = "x" * 43
    seat = client.anonymous()
    seat.cookies.set(SESSION_COOKIE, planted)
    body = {"login": "duty", "password": PASSWORD}
    answer = await seat.post("/api/session", json=body, params={SESSION_COOKIE: planted})
    assert planted not in answer.headers["set-cookie"]
    thief = client.anonymous()
    thief.cookies.set(SESSION_COOKIE, planted)
    assert (await thief.get("/api/me")).status_code == 401
    for way in ({"params": {SESSION_COOKIE: "t"}}, {"headers": {SESSION_COOKIE: "t"}}):
        token = answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]
        filled = {name: {SESSION_COOKIE: token} for name in way}
        assert (await client.anonymous().get("/api/me", **filled)).status_code == 401  # type: ignore[arg-type]


async def test_a_token_stands_nowhere_in_the_database(client: Api, store: Store) -> None:
    seat = await client.login("duty")
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT s::text AS row FROM session s")
        rows = " ".join(row["row"] for row in await cursor.fetchall())
    token = seat.cookies[SESSION_COOKIE]
    assert token not in rows
    assert token.encode().hex() not in rows


async def test_who_signs_in_anew_leaves_the_session_before(client: Api) -> None:
    """In the same browser, as the same or as another: of a shared machine no session stays behind."""
    seat = client.anonymous()
    for login in ("duty", "duty", "operator"):
        before = seat.cookies.get(SESSION_COOKIE)
        await seat.ok("POST", "/api/session", json={"login": login, "password": PASSWORD})
        left = client.anonymous()
        left.cookies.set(SESSION_COOKIE, before or "none")
        assert (await left.get("/api/me")).status_code == 401
        assert (await seat.get("/api/me")).status_code == 200
    failed = await seat.post("/api/session", json={"login": "duty", "password": "wrong"})
    assert failed.status_code == 401
    assert (await seat.get("/api/me")).status_code == 200, "who fails loses nothing"
