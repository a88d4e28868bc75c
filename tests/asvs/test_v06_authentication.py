"""V6 Authentication: guessing, bad passwords, ways in that nobody documented, what time tells."""

import statistics
import time
from uuid import uuid4

from fastapi import FastAPI

from jedel.access.accounts.model import PASSWORD_MAX, PASSWORD_MIN, weakness
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import FAILURES_MAX, Method, new_code, new_token
from jedel.access.service import HASHER, NOBODY_HASH
from jedel.access.totp.model import DRIFT_STEPS, STEP_S, new_secret
from jedel.app.settings import Settings
from jedel.journal import Store
from tests.asvs.source import ROOT
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import PASSWORD, STAFF

ROUNDS = 5
GOOD = "жеті қара бұлт көшті"


async def answered_in(seat: Seat, login: str) -> float:
    began = time.perf_counter()
    answer = await seat.post("/api/session", json={"login": login, "password": "wrong password"})
    assert answer.status_code == 401
    return time.perf_counter() - began


async def test_time_does_not_tell_who_has_an_account(client: Api, store: Store) -> None:
    """Medians of a wrong password for log-ins that exist and that do not, taken in turn: within a half of
    each other, where a missing hash would make it a tenth."""
    seat = client.anonymous()
    await answered_in(seat, "warm up")
    known, unknown = [], []
    for login in list(STAFF)[:ROUNDS]:
        known.append(await answered_in(seat, login))
        unknown.append(await answered_in(seat, f"{login}-nobody"))
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.5 < ratio < 2.0, (known, unknown)


def test_the_hash_of_nobody_costs_what_a_real_one_costs() -> None:
    assert not HASHER.check_needs_rehash(NOBODY_HASH)


async def test_the_words_do_not_tell_either(client: Api) -> None:
    """Wrong, unknown, blocked, without a password: one answer, but for the id of nothing."""
    admin = await client.login("admin")
    new = {"id": str(uuid4()), "login": "fresh", "name": "Fresh", "role": "operator"}
    await admin.ok("POST", "/api/accounts", json=new)
    out = {"id": str(uuid4()), "reason": "left"}
    [operator] = [each for each in await admin.ok("GET", "/api/accounts") if each["login"] == "operator"]
    await admin.ok("POST", f"/api/accounts/{operator['id']}/block", json=out)
    said = set()
    for login, password in (
        ("duty", "wrong"),
        ("nobody", "wrong"),
        ("fresh", "wrong"),
        ("operator", PASSWORD),
        ("OPERATOR", PASSWORD),
    ):
        answer = await client.anonymous().post("/api/session", json={"login": login, "password": password})
        said.add((answer.status_code, answer.text, answer.headers.get("set-cookie")))
    assert len(said) == 1, said


def test_what_a_password_must_be() -> None:
    """Long enough, unknown to guessers, not one's own name; of any letters, and no rule about which."""
    assert PASSWORD_MIN >= 8
    assert PASSWORD_MAX >= 64
    for good in (
        GOOD,
        "onlylowercaseletters",
        "       spaces count too       ",
        "пароль без единой цифры",
        "🔑🚓🌲🐫🍞🚪🔔🌊🏔🎻🧭🪁",
    ):
        assert weakness(good, ("duty", "Test duty")) is None, good
    for bad in ("password1234", "123456789012", "qwertyuiop12", "duty duty duty"):
        assert weakness(bad, ("duty", "Test duty")) is not None, bad


async def test_a_password_counts_letter_by_letter(client: Api) -> None:
    """Neither cut off nor turned into capitals nor trimmed."""
    near = (PASSWORD[:-1], PASSWORD + "x", PASSWORD.upper(), f" {PASSWORD}")
    assert len(near) < FAILURES_MAX, "or the lock would answer"
    for wrong in near:
        answer = await client.anonymous().post("/api/session", json={"login": "duty", "password": wrong})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password"), wrong
    await client.anonymous().ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})


def test_no_account_is_built_in(settings: Settings) -> None:
    """Outside the demo there is none; and a real installation does not let a password alone in."""
    for migration in (ROOT / "migrations/versions").glob("*.py"):
        assert "INSERT INTO account" not in migration.read_text(), migration
    assert settings.demo is False
    assert settings.password_is_enough is False


async def test_there_are_no_other_ways_in(app: FastAPI) -> None:
    """Every public route that gives a session is one of those that docs/design/access.md describes."""
    sessions = {
        path
        for path, methods in app.openapi()["paths"].items()
        if path.startswith("/api/session")
        and "post" in methods
        and not path.endswith(("/options", "/end", "/ended"))
    }
    assert sessions == {
        "/api/session",
        "/api/session/again",
        "/api/session/again/passkey",
        "/api/session/code",
        "/api/session/first",
        "/api/session/passkey",
    }
    assert set(Method) == {"password", "password+totp", "passkey", "oidc", "code"}


SAID = (
    *("Basic ZHV0eTpjb3JyZWN0IGhvcnNlIGJhdHRlcnkgc3RhcGxl", "Bearer duty", "Bearer null.undefined"),
    *(f"Bearer {uuid4()}.", f"Bearer .{'x' * 43}", "Digest username=duty", "Negotiate abc"),
)


async def test_other_ways_to_say_who_one_is_are_not_heard(client: Api) -> None:
    for header in SAID:
        answer = await client.anonymous(Authorization=header).get("/api/me")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), header


async def test_a_bearer_beside_a_cookie_does_not_mix(client: Api) -> None:
    """A bad token is not forgiven for a good cookie, nor a device's right lent to a session."""
    seat = await client.login("duty")
    answer = await seat.get("/api/me", headers={"Authorization": f"Bearer {uuid4()}.{'x' * 43}"})
    assert answer.status_code == 401
    post, _, _ = await client.device("post")
    post.cookies.set(SESSION_COOKIE, seat.cookies[SESSION_COOKIE])
    assert (await post.get("/api/me")).status_code == 403


def test_secrets_are_long_and_of_chance() -> None:
    """256 bits for tokens, 80 for codes that are typed (used once, for a day), 160 for one-time passwords."""
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(len(each) for each in tokens) >= 43
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert {len(each.replace("-", "")) for each in codes} == {16}
    assert len(new_secret()) == 32
    assert STEP_S == 30
    assert DRIFT_STEPS == 1


async def test_a_replayed_code_opens_nothing(client: Api) -> None:
    """An invitation's code, used: again, by another, for another log-in, in another shape."""
    admin = await client.login("admin")
    new = {"id": str(uuid4()), "login": "fresh", "name": "Fresh", "role": "operator"}
    made = await admin.ok("POST", "/api/accounts", json=new)
    code = made["code"]
    for wrong in ("duty", "nobody", "admin"):
        answer = await client.anonymous().post("/api/session/code", json={"login": wrong, "code": code})
        assert answer.status_code == 403, "it is another's, and stays good for its owner"
    seat = client.anonymous()
    await seat.ok("POST", "/api/session/code", json={"login": "fresh", "code": code})
    for again in (code, code.lower(), code.replace("-", ""), f" {code} "):
        answer = await client.anonymous().post("/api/session/code", json={"login": "fresh", "code": again})
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_code_not_valid")
        enrol = await client.anonymous().post("/api/devices/enrol", json={"code": again})
        assert enrol.status_code == 403
    assert (await seat.get("/api/units")).status_code == 403, "the code alone is one factor"


def test_the_screens_take_passwords_as_such() -> None:
    """type=password, a name that password managers know, and nobody stops a paste."""
    text = "\n".join(
        path.read_text()
        for app in ("ui", "console", "tablet")
        for path in (ROOT / "web" / app / "src").rglob("*.tsx")
    )
    assert "PasswordInput" in text or 'type="password"' in text
    assert "current-password" in text
    assert "new-password" in text
    assert "onPaste" not in text
