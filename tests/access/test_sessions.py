"""Sign-in under attack, sessions that rest, sessions of others."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from jedel.access import model
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.jobs import forget_attempts
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.seed import PASSWORD


async def try_in(api: Api, login: str, password: str = "wrong") -> httpx.Response:
    return await api.anonymous().post("/api/session", json={"login": login, "password": password})


@pytest.mark.parametrize("login", ["duty", "no such person"])
async def test_five_failures_lock_whoever_it_is(client: Api, clock: ManualClock, login: str) -> None:
    """The log-in that does not exist is answered like the one that does (ASVS 5.0, 6.3.8)."""
    for _ in range(model.FAILURES_MAX):
        answer = await try_in(client, login)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")
    for password in ("wrong", PASSWORD):
        answer = await try_in(client, login.upper(), password)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_failures")
    clock.advance(model.LOCK.total_seconds() - 1)
    assert (await try_in(client, login, PASSWORD)).status_code == 429
    clock.advance(2)
    assert (await try_in(client, login, PASSWORD)).status_code == (200 if login == "duty" else 401)


async def test_the_lock_is_in_the_journal_once(client: Api, store: Store) -> None:
    for _ in range(model.FAILURES_MAX + 3):
        await try_in(client, "duty")
    async with store.reading() as tx:
        rows = await (await tx.conn.execute("SELECT 1 FROM journal WHERE kind = 'access.locked'")).fetchall()
    assert len(rows) == 1


async def test_guesses_sent_at_once_are_no_more_than_five(client: Api) -> None:
    answers = await asyncio.gather(*(try_in(client, "duty") for _ in range(20)))
    looked_at = [answer for answer in answers if answer.json()["code"] == "wrong_password"]
    assert len(looked_at) <= model.FAILURES_MAX
    assert (await try_in(client, "duty", PASSWORD)).status_code == 429


async def test_failures_far_apart_do_not_lock(client: Api, clock: ManualClock) -> None:
    for _ in range(2 * model.FAILURES_MAX):
        assert (await try_in(client, "duty")).status_code == 401
        clock.advance(model.ATTEMPTS_WITHIN.total_seconds() + 1)


async def test_the_right_password_forgets_the_wrong_ones(client: Api) -> None:
    for _ in range(3):
        for _ in range(model.FAILURES_MAX - 1):
            assert (await try_in(client, "duty")).status_code == 401
        assert (await try_in(client, "duty", PASSWORD)).status_code == 200


async def test_old_attempts_are_forgotten(client: Api, store: Store, clock: ManualClock) -> None:
    await try_in(client, "duty")
    assert await forget_attempts(store) == 0
    clock.advance(3700)
    assert await forget_attempts(store) == 1


async def test_a_session_rests_and_ends(client: Api, clock: ManualClock) -> None:
    seat = await client.login("duty")
    clock.advance(model.IDLE.total_seconds() - 1)
    await seat.ok("PUT", "/api/session/seen")
    clock.advance(model.IDLE.total_seconds() - 1)
    await seat.ok("GET", "/api/me")
    clock.advance(2)
    assert (await seat.get("/api/me")).status_code == 401
    assert (await seat.put("/api/session/seen")).status_code == 401


async def test_a_screen_that_asks_by_itself_does_not_count_as_a_person(
    client: Api, clock: ManualClock
) -> None:
    seat = await client.login("duty")
    for _ in range(4):
        await seat.get("/api/units")
        clock.advance(model.IDLE.total_seconds() / 3)
    assert (await seat.get("/api/me")).status_code == 401


async def test_sessions_are_listed_and_ended_by_their_owner_only(client: Api) -> None:
    one, two, stranger = await client.login("duty"), await client.login("duty"), await client.login("admin")
    listed = await one.ok("GET", "/api/sessions")
    assert len(listed) == 2
    [own] = [each["id"] for each in listed if each["own"]]
    [other] = [each["id"] for each in listed if not each["own"]]
    assert (await stranger.delete(f"/api/sessions/{other}")).status_code == 404
    assert (await stranger.delete(f"/api/sessions/{uuid4()}")).status_code == 404
    await one.ok("DELETE", f"/api/sessions/{other}")
    await one.ok("DELETE", f"/api/sessions/{other}")
    assert (await two.get("/api/me")).status_code == 401
    assert [each["id"] for each in await one.ok("GET", "/api/sessions")] == [own]


async def test_a_new_sign_in_takes_no_session_from_outside(client: Api) -> None:
    """Session fixation: a token that somebody planted is never signed in (ASVS 5.0, 7.2.4)."""
    seat = client.anonymous()
    seat.cookies.set(SESSION_COOKIE, "planted")
    await seat.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    assert all(cookie.value != "planted" for cookie in seat.cookies.jar if cookie.domain)
    planted = client.anonymous()
    planted.cookies.set(SESSION_COOKIE, "planted")
    assert (await planted.get("/api/me")).status_code == 401
