"""Signing in by an identity provider that runs beside us, and every token that must not sign anybody in."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from jedel.access.accounts.service import add
from jedel.access.jobs import forget_sign_in
from jedel.access.model import Principal, Role
from jedel.access.oidc.model import FLOW_LIFE
from jedel.access.oidc.provider import KEYS_EVERY, SecretFault, client_secret
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.support import Api, idp
from tests.support.api import Seat
from tests.support.seed import REGION, account_id


@pytest.fixture
async def provider(app: FastAPI, settings: Settings, store: Store) -> AsyncIterator[idp.Provider]:
    """The provider, with an account that waits for its `aigerim`."""
    async with idp.running() as provider:
        app.state.settings = settings.model_copy(
            update={
                "oidc_issuer": provider.issuer,
                "oidc_client_secret": SecretStr(idp.SECRET),
                "oidc_name": "Department",
            }
        )
        await external(store, "aigerim")
        yield provider


async def external(store: Store, login: str) -> UUID:
    who = Principal(
        "account", account_id("admin"), "admin", REGION, Role.ADMINISTRATOR, proved_at=store.clock.now()
    )
    made = uuid4()
    account, code, _ = await add(
        store,
        who,
        account_id=made,
        login=login,
        name=login.title(),
        role=Role.OFFICER,
        language="kk",
        external=True,
    )
    assert (account.external, code) == (True, None)
    return made


async def to_provider(seat: Seat) -> str:
    """The callback's address as the provider sends the browser there."""
    away = await seat.get("/api/session/oidc")
    assert away.status_code == 303
    async with httpx.AsyncClient() as browser:
        back = await browser.get(away.headers["location"])
    assert back.status_code == 303, back.text
    return str(back.headers["location"])


async def through(api: Api, seat: Seat | None = None) -> tuple[Seat, str]:
    """A browser that went there and back, and where Jedel then sent it."""
    seat = seat or api.anonymous()
    answer = await seat.get(await to_provider(seat))
    assert answer.status_code == 303
    return seat, answer.headers["location"]


async def refused(api: Api, why: str = "oidc_not_valid") -> None:
    seat, where = await through(api)
    assert where == f"/#refused={why}"
    assert (await seat.get("/api/me")).status_code == 401


async def test_who_the_department_vouches_for_is_signed_in(client: Api, provider: idp.Provider) -> None:
    assert await client.anonymous().ok("GET", "/api/session/ways") == {
        "first": False,
        "provider": "Department",
    }
    seat, where = await through(client)
    assert where == "/"
    me = await seat.ok("GET", "/api/me")
    assert (me["name"], me["role"], me["method"], me["waiting"]) == ("Aigerim", "officer", "oidc", False)
    away = await seat.ok("POST", "/api/session/oidc/end")
    parts = urlsplit(away["url"])
    assert parts.path == "/end_session"
    assert parse_qs(parts.query) == {"client_id": ["jedel"], "post_logout_redirect_uri": ["http://test/"]}
    assert (await seat.get("/api/me")).status_code == 401


async def test_the_subject_counts_and_not_the_name(client: Api, provider: idp.Provider) -> None:
    """A log-in that the department gives to somebody else later opens nothing here."""
    await through(client)
    provider.person = {"sub": "s-2", "preferred_username": "aigerim"}
    await refused(client, "oidc_no_account")
    provider.person = {"sub": "s-1", "preferred_username": "married"}
    seat, where = await through(client)
    assert (where, (await seat.ok("GET", "/api/me"))["name"]) == ("/", "Aigerim")


@pytest.mark.parametrize("login", ["duty", "admin", "auditor", "nobody"])
async def test_accounts_of_our_own_and_strangers_do_not_come_by_the_provider(
    client: Api, provider: idp.Provider, login: str
) -> None:
    provider.person = {"sub": "s-9", "preferred_username": login}
    await refused(client, "oidc_no_account")


NOT_THOSE: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": None},
    {"aud": ["jedel", "another"]},
    {"aud": ["jedel", "another"], "azp": "another"},
    {"azp": "another"},
    {"iss": "http://127.0.0.1:1"},
    {"exp": 1},
    {"exp": None},
    {"iat": None},
    {"iat": 99_999_999_999},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
]


@pytest.mark.parametrize("claims", NOT_THOSE, ids=str)
async def test_tokens_that_say_something_else(
    client: Api, provider: idp.Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    await refused(client)
    provider.claims = {}
    assert (await through(client))[1] == "/"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
async def test_signatures_that_are_none(client: Api, provider: idp.Provider, algorithm: str) -> None:
    """`none`, and one by the secret that the client itself knows."""
    provider.algorithm = algorithm
    await refused(client)


async def test_a_token_by_a_key_that_is_not_the_providers(client: Api, provider: idp.Provider) -> None:
    published = provider.published
    provider.new_key()
    provider.published = published
    await refused(client)


async def test_keys_may_change(client: Api, provider: idp.Provider, clock: ManualClock) -> None:
    await through(client)
    provider.new_key()
    await refused(client)  # the old ones were asked for a moment ago
    clock.advance(KEYS_EVERY.total_seconds() + 1)
    assert (await through(client))[1] == "/"


async def test_a_state_is_the_browsers_own(client: Api, provider: idp.Provider) -> None:
    """Whoever makes somebody follow his own callback does not sign that person in as himself."""
    attacker, victim = client.anonymous(), client.anonymous()
    planted = await to_provider(attacker)
    await victim.get("/api/session/oidc")
    assert (await victim.get(planted)).headers["location"] == "/#refused=oidc_not_valid"
    assert (await victim.get("/api/me")).status_code == 401
    assert (await attacker.get(planted)).headers["location"] == "/#refused=oidc_not_valid", "it is used up"


async def test_mixed_up_states_and_issuers(client: Api, provider: idp.Provider) -> None:
    for name, value in (("state", "another"), ("iss", "http://evil"), ("iss", None), ("code", "another")):
        seat = client.anonymous()
        parts = urlsplit(await to_provider(seat))
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        query = {key: text for key, text in (query | {name: value}).items() if text is not None}
        answer = await seat.get(parts.path, params=query)
        assert answer.headers["location"] == "/#refused=oidc_not_valid", name


async def test_a_code_is_traded_once(client: Api, provider: idp.Provider) -> None:
    seat = client.anonymous()
    back = await to_provider(seat)
    cookies = dict(seat.cookies)
    assert (await seat.get(back)).headers["location"] == "/"
    again = client.anonymous()
    again.cookies.update(cookies)
    assert (await again.get(back)).headers["location"] == "/#refused=oidc_not_valid"


async def test_a_sign_in_that_took_too_long(
    client: Api, provider: idp.Provider, clock: ManualClock, store: Store
) -> None:
    seat = client.anonymous()
    back = await to_provider(seat)
    clock.advance(FLOW_LIFE.total_seconds() + 1)
    assert (await seat.get(back)).headers["location"] == "/#refused=oidc_not_valid"
    await to_provider(seat)
    clock.advance(FLOW_LIFE.total_seconds() + 1)
    assert await forget_sign_in(store) == 2


async def test_two_factors_may_be_demanded_there(client: Api, provider: idp.Provider, app: FastAPI) -> None:
    app.state.settings = app.state.settings.model_copy(update={"oidc_acr": "mfa"})
    await refused(client)
    assert provider.seen_acr == "mfa"
    provider.claims = {"acr": "mfa"}
    assert (await through(client))[1] == "/"


async def test_who_comes_from_there_has_no_other_way_in(client: Api, provider: idp.Provider) -> None:
    """Who is put out there is out here."""
    seat, _ = await through(client)
    body = {"id": str(uuid4()), "new": "жеті қара бұлт көшті"}
    for method, path, sent in (
        ("POST", "/api/totp", None),
        ("POST", "/api/passkeys/options", None),
        ("PUT", "/api/me/password", body),
    ):
        answer = await seat.request(method, path, json=sent)
        assert (answer.status_code, answer.json()["code"]) == (409, "account_is_external"), path


async def test_a_blocked_account_stays_out(client: Api, provider: idp.Provider) -> None:
    admin = await client.login("admin")
    await through(client)
    [account] = [each for each in await admin.ok("GET", "/api/accounts") if each["login"] == "aigerim"]
    body = {"id": str(uuid4()), "reason": "left"}
    await admin.ok("POST", f"/api/accounts/{account['id']}/block", json=body)
    await refused(client, "oidc_no_account")


@pytest.mark.parametrize("by", [{"sub": "s-1"}, {"sid": "p-1"}, {"sub": "s-1", "sid": "p-1"}])
async def test_who_signs_out_there_is_out_here(
    client: Api, provider: idp.Provider, by: dict[str, str]
) -> None:
    provider.claims = {"sid": "p-1"}
    seat, _ = await through(client)
    for wrong in (
        provider.logout_token(sub="s-2"),
        provider.logout_token(sub="s-1", sid="p-2"),
    ):
        answer = await client.anonymous().post("/api/session/oidc/ended", data={"logout_token": wrong})
        assert answer.status_code == 200
    await seat.ok("GET", "/api/me")
    told = await client.anonymous().post(
        "/api/session/oidc/ended", data={"logout_token": provider.logout_token(**by)}
    )
    assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
    assert (await seat.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [{"events": None}, {"events": []}, {"nonce": "n"}, {"sub": None}, {"iat": 1}, {"aud": "another"}],
    ids=str,
)
async def test_what_is_no_logout_token_ends_nothing(
    client: Api, provider: idp.Provider, claims: dict[str, Any]
) -> None:
    seat, _ = await through(client)
    token = provider.logout_token(**{"sub": "s-1"} | claims)
    for data in ({"logout_token": token}, {}, {"logout_token": [token, token]}, {"logout_token": "x.y.z"}):
        answer = await client.anonymous().post("/api/session/oidc/ended", data=data)
        assert (answer.status_code, answer.json()["code"]) == (403, "oidc_not_valid")
    await seat.ok("GET", "/api/me")


async def test_a_provider_that_is_away_or_strange(client: Api, app: FastAPI, settings: Settings) -> None:
    answer = await client.anonymous().get("/api/session/oidc")
    assert (answer.status_code, answer.json()["code"]) == (404, "oidc_no_provider")
    for issuer, status, code in (
        ("http://127.0.0.1:9", 503, "unavailable"),
        ("http://department.example", 403, "oidc_not_valid"),
    ):
        app.state.settings = settings.model_copy(update={"oidc_issuer": issuer})
        answer = await client.anonymous().get("/api/session/oidc")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    async with idp.running() as strange:
        issuer = strange.issuer
        app.state.settings = settings.model_copy(update={"oidc_issuer": issuer})
        strange.issuer = "https://another.example"
        answer = await client.anonymous().get("/api/session/oidc")
        assert (answer.status_code, answer.json()["code"]) == (403, "oidc_not_valid")


@pytest.mark.parametrize("said", [{"keys": 5}, {"no": "keys"}, [], {"keys": [{"kty": "EC"}]}], ids=str)
async def test_keys_that_are_none(client: Api, provider: idp.Provider, said: object) -> None:
    provider.keys_said = said
    await refused(client)


@pytest.mark.parametrize(("status", "code"), [(500, "unavailable"), (400, "oidc_not_valid")])
async def test_a_token_endpoint_that_fails(
    client: Api, provider: idp.Provider, status: int, code: str
) -> None:
    provider.token_status = status
    await refused(client, code)


def test_the_secret_lies_in_a_file_of_its_own(settings: Settings) -> None:
    path = settings.data_dir / "oidc.secret"
    with pytest.raises(SecretFault, match="read"):
        client_secret(None, path)
    path.write_text("s3cret\n")
    path.chmod(0o640)
    with pytest.raises(SecretFault, match="chmod 600"):
        client_secret(None, path)
    path.chmod(0o600)
    assert client_secret(None, path) == "s3cret"
    assert client_secret(None, None) is None
