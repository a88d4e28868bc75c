"""The first administrator, accounts as administrators keep them, passwords; and ways round, refused."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest

from jedel.access.accounts.errors import AdministratorExists
from jedel.access.accounts.model import FIRST_CODE_LIFE, INVITATION_LIFE, PASSWORD_MIN, may_manage, weakness
from jedel.access.accounts.service import first_admin_code
from jedel.access.model import FRESH, Principal, Role
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import PASSWORD, REGION, account_id

GOOD = "жеті қара бұлт көшті"


def code(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def without_administrators(store: Store) -> None:
    """An installation on its first day."""
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE account SET blocked_at = now() WHERE role = 'administrator'")


async def with_codes(seat: Seat, clock: ManualClock) -> str:
    """Make one-time passwords; the secret."""
    begun = await seat.ok("POST", "/api/totp")
    shown = pyotp.TOTP(begun["secret"]).at(clock.now())
    await seat.ok("POST", "/api/totp/confirm", json={"id": str(uuid4()), "code": shown})
    return str(begun["secret"])


def first(given: str, **more: Any) -> dict[str, Any]:
    return {"code": given, "login": "chief", "name": "Chief", "language": "kk"} | more


async def test_the_first_administrator_begins_with_the_servers_code(
    client: Api, store: Store, clock: ManualClock
) -> None:
    await without_administrators(store)
    assert (await client.anonymous().ok("GET", "/api/session/ways"))["first"] is True
    given, _ = await first_admin_code(store, "02")
    seat = client.anonymous()
    me = await seat.ok("POST", "/api/session/first", json=first(given.lower().replace("-", " ")))
    assert (me["role"], me["region"], me["method"], me["waiting"]) == ("administrator", "02", "code", True)
    assert code(await seat.get("/api/accounts")) == "second_factor_needed"
    assert code(await seat.post("/api/totp")) == "totp_needs_password"
    await seat.ok("PUT", "/api/me/password", json={"id": str(uuid4()), "new": GOOD})
    assert (await seat.ok("GET", "/api/me"))["waiting"] is True, "a password is one factor"
    secret = await with_codes(seat, clock)
    assert {each["login"] for each in await seat.ok("GET", "/api/accounts")} == {"elsewhere", "chief"}
    clock.advance(60)
    body = {"login": "Chief", "password": GOOD, "code": pyotp.TOTP(secret).at(clock.now())}
    assert (await client.anonymous().ok("POST", "/api/session", json=body))["waiting"] is False
    assert (await client.anonymous().ok("GET", "/api/session/ways"))["first"] is False
    with pytest.raises(AdministratorExists):
        await first_admin_code(store, "02")


async def test_the_servers_code_is_good_once_and_for_a_day(
    client: Api, store: Store, clock: ManualClock
) -> None:
    with pytest.raises(AdministratorExists):
        await first_admin_code(store, REGION)
    await without_administrators(store)
    old, _ = await first_admin_code(store, REGION)
    given, until = await first_admin_code(store, REGION)
    assert until - clock.now() == FIRST_CODE_LIFE
    for wrong in (old, "AAAA-BBBB-CCCC-DDDD", ""):
        answer = await client.anonymous().post("/api/session/first", json=first(wrong or "x"))
        assert (answer.status_code, code(answer)) == (403, "sign_in_code_not_valid")
    taken = await client.anonymous().post("/api/session/first", json=first(given, login="duty"))
    assert code(taken) == "login_taken", "and the code is not used up by that"
    tries = [
        client.anonymous().post("/api/session/first", json=first(given, login=f"chief{n}")) for n in range(5)
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*tries)) == [200, 403, 403, 403, 403]
    late, _ = await first_admin_code(store, REGION)
    clock.advance(FIRST_CODE_LIFE.total_seconds() + 1)
    answer = await client.anonymous().post("/api/session/first", json=first(late, login="late"))
    assert code(answer) == "sign_in_code_not_valid"


async def test_a_code_is_void_once_somebody_administers(
    client: Api, store: Store, clock: ManualClock
) -> None:
    await without_administrators(store)
    one, _ = await first_admin_code(store, "01")
    two, _ = await first_admin_code(store, "02")
    seat = client.anonymous()
    await seat.ok("POST", "/api/session/first", json=first(one))
    await seat.ok("PUT", "/api/me/password", json={"id": str(uuid4()), "new": GOOD})
    await with_codes(seat, clock)
    answer = await client.anonymous().post("/api/session/first", json=first(two, login="second"))
    assert code(answer) == "administrator_exists"


async def test_the_servers_code_opens_no_other_door(client: Api, store: Store) -> None:
    await without_administrators(store)
    given, _ = await first_admin_code(store, REGION)
    for login in ("duty", "admin", "nobody"):
        answer = await client.anonymous().post("/api/session/code", json={"login": login, "code": given})
        assert code(answer) == "sign_in_code_not_valid"
    answer = await client.anonymous().post("/api/devices/enrol", json={"code": given})
    assert answer.status_code in {403, 422}


def new(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "login": "fresh", "name": "Fresh Face", "role": "operator"} | more


async def test_a_new_colleague_begins_with_a_code(client: Api, clock: ManualClock, store: Store) -> None:
    admin = await client.login("admin")
    made = await admin.ok("POST", "/api/accounts", json=new())
    assert (made["account"]["begun"], made["account"]["password"]) == (False, False)
    wrong = await client.anonymous().post("/api/session/code", json={"login": "duty", "code": made["code"]})
    assert code(wrong) == "sign_in_code_not_valid", "it is good for one log-in"
    seat = client.anonymous()
    begin = {"login": "FRESH", "code": made["code"]}
    assert (await seat.ok("POST", "/api/session/code", json=begin))["waiting"] is True
    assert code(await client.anonymous().post("/api/session/code", json=begin)) == "sign_in_code_not_valid"
    await seat.ok("PUT", "/api/me/password", json={"id": str(uuid4()), "new": GOOD})
    await with_codes(seat, clock)
    [shown] = [each for each in await admin.ok("GET", "/api/accounts") if each["login"] == "fresh"]
    assert (shown["begun"], shown["password"], shown["totp"]) == (True, True, True)
    again = await admin.post(f"/api/accounts/{shown['id']}/code", json={"id": str(uuid4())})
    assert code(again) == "account_begun", "or the administrator would let himself in as anybody"
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT kind, actor FROM journal WHERE payload::text LIKE %s OR subject = %s ORDER BY seq",
                (f"%{made['code']}%", shown["id"]),
            )
        ).fetchall()
    assert [row["kind"] for row in rows] == [
        "access.account_added", "access.begun", "access.signed_in", "access.password_changed",
        "access.totp_added",
    ]  # fmt: skip


async def test_an_invitation_runs_out_and_is_renewed(client: Api, clock: ManualClock) -> None:
    admin = await client.login("admin")
    body = new()
    made = await admin.ok("POST", "/api/accounts", json=body)
    clock.advance(INVITATION_LIFE.total_seconds() + 1)
    answer = await client.anonymous().post("/api/session/code", json={"login": "fresh", "code": made["code"]})
    assert code(answer) == "sign_in_code_not_valid"
    admin = await client.login("admin")
    renewed = await admin.ok("POST", f"/api/accounts/{body['id']}/code", json={"id": str(uuid4())})
    twice = await admin.ok("POST", "/api/accounts", json=body)
    assert twice["account"]["id"] == body["id"]
    for given, status in ((renewed["code"], 403), (twice["code"], 200)):
        answer = await client.anonymous().post("/api/session/code", json={"login": "fresh", "code": given})
        assert answer.status_code == status


@pytest.mark.parametrize("login", ["operator", "duty", "supervisor", "officer", "auditor"])
async def test_only_administrators_keep_accounts(client: Api, login: str) -> None:
    seat = await client.login(login)
    assert code(await seat.post("/api/accounts", json=new())) == "forbidden"
    if login != "auditor":
        assert code(await seat.get("/api/accounts")) == "forbidden"


async def test_an_administrator_touches_no_auditor_and_not_himself(client: Api) -> None:
    """The auditor cannot be refused by whom he watches, nor planted by him."""
    admin = await client.login("admin")
    for target in ("auditor", "admin"):
        path = f"/api/accounts/{account_id(target)}"
        for verb, more in (
            ("block", {"reason": "x"}),
            ("unblock", {}),
            ("code", {}),
            ("role", {"role": "operator"}),
        ):
            answer = await admin.post(f"{path}/{verb}", json={"id": str(uuid4())} | more)
            assert (answer.status_code, code(answer)) == (403, "account_not_yours"), (target, verb)
    assert code(await admin.post("/api/accounts", json=new(role="auditor"))) == "account_not_yours"
    body = {"id": str(uuid4()), "role": "auditor"}
    assert (
        code(await admin.post(f"/api/accounts/{account_id('duty')}/role", json=body)) == "account_not_yours"
    )
    watched = await client.login("auditor")
    await watched.ok("GET", "/api/accounts")


async def test_another_regions_accounts_do_not_exist(client: Api) -> None:
    admin = await client.login("admin")
    assert "elsewhere" not in {each["login"] for each in await admin.ok("GET", "/api/accounts")}
    for target in (account_id("elsewhere"), uuid4()):
        answer = await admin.post(f"/api/accounts/{target}/block", json={"id": str(uuid4()), "reason": "x"})
        assert (answer.status_code, code(answer)) == (404, "not_found")


async def test_a_blocked_account_is_out_at_once(client: Api) -> None:
    admin, duty = await client.login("admin"), await client.login("duty")
    path = f"/api/accounts/{account_id('duty')}"
    body = {"id": str(uuid4()), "reason": "left the service"}
    assert (await admin.ok("POST", f"{path}/block", json=body))["blocked_at"] is not None
    await admin.ok("POST", f"{path}/block", json=body)
    assert (await duty.get("/api/me")).status_code == 401
    sign_in = {"login": "duty", "password": PASSWORD}
    assert code(await client.anonymous().post("/api/session", json=sign_in)) == "wrong_password"
    assert (await admin.ok("POST", f"{path}/unblock", json={"id": str(uuid4())}))["blocked_at"] is None
    assert (await duty.get("/api/me")).status_code == 401, "the old session stays ended"
    await client.anonymous().ok("POST", "/api/session", json=sign_in)


async def test_a_new_role_ends_the_sessions_of_the_old(client: Api) -> None:
    admin, duty = await client.login("admin"), await client.login("duty")
    path = f"/api/accounts/{account_id('duty')}/role"
    await admin.ok("POST", path, json={"id": str(uuid4()), "role": "operator"})
    assert (await duty.get("/api/me")).status_code == 401


async def test_accounts_change_only_after_a_fresh_proof(client: Api, clock: ManualClock) -> None:
    admin = await client.login("admin")
    clock.advance(FRESH.total_seconds() + 1)
    path = f"/api/accounts/{account_id('duty')}"
    for target, more in (
        ("/api/accounts", new()),
        (f"{path}/code", {}),
        (f"{path}/block", {"reason": "x"}),
        (f"{path}/unblock", {}),
        (f"{path}/role", {"role": "operator"}),
    ):
        answer = await admin.post(target, json={"id": str(uuid4())} | more)
        assert (answer.status_code, code(answer)) == (403, "fresh_sign_in_needed"), target


async def test_a_password_is_changed_with_the_one_before(client: Api, clock: ManualClock) -> None:
    seat, other = client.anonymous(), client.anonymous()
    for each in (seat, other):
        await each.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    for current in (None, "wrong"):
        body = {"id": str(uuid4()), "current": current, "new": GOOD}
        assert code(await seat.put("/api/me/password", json=body)) == "wrong_password"
    body = {"id": str(uuid4()), "current": PASSWORD, "new": GOOD}
    await seat.ok("PUT", "/api/me/password", json=body)
    assert (await other.get("/api/me")).status_code == 401, "whoever had the old one is out"
    await seat.ok("GET", "/api/me")
    for given, status in ((PASSWORD, 401), (GOOD, 200)):
        answer = await client.anonymous().post("/api/session", json={"login": "duty", "password": given})
        assert answer.status_code == status


async def test_guessing_the_old_password_locks(client: Api) -> None:
    seat = client.anonymous()
    await seat.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    body = {"id": str(uuid4()), "current": "wrong", "new": GOOD}
    said = [code(await seat.put("/api/me/password", json=body)) for _ in range(6)]
    assert said == ["wrong_password"] * 5 + ["too_many_failures"]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short words", "short"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("abababababababab", "common"),
        ("password1234", "common"),
        ("P@$$w0rd12345678", "common"),
        ("qwertyuiop[]123", "common"),
        ("йцукенгшщзхъ", "common"),
        ("1qaz2wsx3edc4rfv", "common"),
        ("Almaty2026!Almaty", "common"),
        ("iloveyoumadina99", "common"),
        ("poiuytrewq98765", "common"),
        ("duty-akhmetov-1", "personal"),
        ("AkhmetovDaniyar7", "personal"),
        (GOOD, None),
        (PASSWORD, None),
        ("vK7#tq2Lw9xZ", None),
        ("four unlikely grey otters", None),
    ],
)
def test_passwords_that_guessers_try_first(password: str, reason: str | None) -> None:
    assert weakness(password, ("duty", "Daniyar Akhmetov")) == reason
    assert PASSWORD_MIN <= 15


async def test_a_weak_password_is_refused_with_the_remedy(client: Api) -> None:
    seat = client.anonymous()
    await seat.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    body = {"id": str(uuid4()), "current": PASSWORD, "new": "password1234"}
    answer = await seat.put("/api/me/password", json=body)
    assert (answer.status_code, code(answer)) == (422, "password_too_weak")
    assert answer.json()["params"]["reason"] == "common"


def test_who_manages_whom() -> None:
    admin = Principal("account", uuid4(), "a", REGION, Role.ADMINISTRATOR)
    assert may_manage(admin, uuid4(), Role.ADMINISTRATOR)
    assert not may_manage(admin, admin.id, Role.ADMINISTRATOR)
    assert not may_manage(admin, uuid4(), Role.AUDITOR)
    assert not may_manage(Principal("account", uuid4(), "s", REGION, Role.SUPERVISOR), uuid4(), Role.OFFICER)
