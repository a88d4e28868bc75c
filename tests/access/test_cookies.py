"""The session's cookie: its name, its fences, what another site's page can do with it (ASVS 5.0, 3 and 7)."""

from http.cookies import SimpleCookie

import httpx
import pytest
from fastapi import FastAPI

from jedel.access.cookies import SAFE_COOKIE, SESSION_COOKIE
from jedel.app.settings import Settings
from tests.support import Api
from tests.support.seed import PASSWORD

BODY = {"login": "duty", "password": PASSWORD}
PUBLIC = "https://centre.example"


def cookie(answer: httpx.Response) -> SimpleCookie:
    return SimpleCookie(answer.headers["set-cookie"])


@pytest.fixture
def by_tls(app: FastAPI, settings: Settings) -> None:
    app.state.settings = settings.model_copy(update={"public_url": PUBLIC})


async def test_on_this_machine_the_name_is_plain(client: Api) -> None:
    found = cookie(await client.anonymous().post("/api/session", json=BODY))[SESSION_COOKIE]
    assert (found["httponly"], found["samesite"], found["path"], found["domain"], found["secure"]) == (
        *(True, "strict", "/", "", ""),
    )


@pytest.mark.usefixtures("by_tls")
async def test_by_tls_no_other_host_and_no_plain_page_can_set_it(client: Api) -> None:
    seat = client.anonymous()
    answer = await seat.post("/api/session", json=BODY)
    found = cookie(answer)[SAFE_COOKIE]
    assert (found["httponly"], found["samesite"], found["path"], found["domain"], found["secure"]) == (
        *(True, "strict", "/", "", True),
    )
    token = found.value
    plain, safe = client.anonymous(), client.anonymous()
    plain.cookies.set(SESSION_COOKIE, token)
    assert (await plain.get("/api/me")).status_code == 401, "a plain one that somebody planted is not read"
    safe.headers["Cookie"] = f"{SAFE_COOKIE}={token}"
    assert (await safe.get("/api/me")).status_code == 200
    gone = cookie(await safe.delete("/api/session"))[SAFE_COOKIE]
    assert (gone["secure"], gone["max-age"]) == (True, "0")
    assert (await safe.get("/api/me")).status_code == 401, "a token that was signed out is dead"


async def test_a_password_does_not_cross_a_network_in_clear(app: FastAPI, settings: Settings) -> None:
    far = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="http://centre"
    )
    for path, body in (
        ("/api/session", BODY),
        ("/api/session/code", {"login": "duty", "code": "x"}),
        ("/api/session/passkey", {"credential": {}}),
    ):
        answer = await far.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "tls_needed"), path
    app.state.settings = settings.model_copy(update={"public_url": PUBLIC})
    assert (await far.post("/api/session", json=BODY)).status_code == 200


async def test_every_sign_in_has_a_token_of_its_own(client: Api) -> None:
    """Session fixation: what was there before is neither used nor left alive as somebody else's."""
    seat = client.anonymous()
    tokens = [cookie(await seat.post("/api/session", json=BODY))[SESSION_COOKIE].value for _ in range(2)]
    assert len(set(tokens)) == 2
    assert all(len(token) >= 43 for token in tokens)


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://test.evil.example"},
    {"Origin": "http://test@evil.example"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://test"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_sites_page_changes_nothing(client: Api, headers: dict[str, str]) -> None:
    seat = await client.login("duty")
    for method, path, body in (
        ("PUT", "/api/me/language", {"language": "ru"}),
        ("POST", "/api/session", BODY),
        ("POST", "/api/recoveries", {"login": "duty"}),
        ("DELETE", "/api/session", None),
    ):
        answer = await seat.request(method, path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path
    assert (await seat.ok("GET", "/api/me"))["language"] == "en"


async def test_our_own_page_and_what_is_no_browser_pass(client: Api) -> None:
    seat = await client.login("duty")
    for headers in (
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://test"},
        {"Sec-Fetch-Site": "none"},
    ):
        await seat.ok("PUT", "/api/me/language", json={"language": "ru"}, headers=headers)
    tablet, _, _ = await client.device("tablet")
    answer = await tablet.post(
        "/api/positions", json={"positions": []}, headers={"Origin": "https://evil.example"}
    )
    assert answer.json().get("code") != "cross_site", "a bearer token is sent by nobody's browser by itself"


@pytest.mark.usefixtures("by_tls")
async def test_behind_a_proxy_the_public_address_is_our_own(client: Api) -> None:
    seat = client.anonymous()
    assert (await seat.post("/api/session", json=BODY, headers={"Origin": "http://test"})).status_code == 403
    assert (await seat.post("/api/session", json=BODY, headers={"Origin": PUBLIC})).status_code == 200
