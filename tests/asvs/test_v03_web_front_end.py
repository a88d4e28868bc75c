"""V3 Web front end: what browsers are told of pages and answers, what other sites' pages cannot do."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import httpx
import orjson
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from jedel.app.http import HSTS, WEB
from jedel.app.settings import Settings
from tests.asvs.operations import Callers, operations
from tests.support import Api
from tests.support.seed import PASSWORD

TEXTS = {"application/json", "application/problem+json", "text/plain; version=1.0.0; charset=utf-8"}
FOREIGN = [
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://test.evil.example"},
    {"Sec-Fetch-Site": "SAME-ORIGIN, cross-site"},
]


@pytest.fixture
def by_tls(app: FastAPI, settings: Settings) -> None:
    app.state.settings = settings.model_copy(update={"public_url": "https://centre.example"})


def directives(answer: httpx.Response) -> dict[str, list[str]]:
    said = [part.split() for part in answer.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in said}


def pages(app: FastAPI) -> list[str]:
    found = [f"{route.path}/" for route in app.routes if isinstance(route, Mount)]
    if not found:
        pytest.skip("no screen is built")
    return found


async def test_every_page_has_a_strict_policy(client: Api, app: FastAPI) -> None:
    for page in pages(app):
        answer = await client.anonymous().get(page)
        assert answer.headers["content-type"] == "text/html; charset=utf-8", page
        policy = directives(answer)
        scripts = policy.get("script-src", policy["default-src"])
        assert scripts == ["'self'"], page
        assert (policy["object-src"], policy["base-uri"]) == (["'none'"], ["'none'"]), page
        assert policy["frame-ancestors"] == ["'none'"], page
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "sandbox" not in policy


class Inline(HTMLParser):
    """What a page's own text would have the browser run."""

    found: list[str]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "script" and "src" not in names:
            self.found.append("script")
        self.found += [name for name in names if name.startswith("on")]
        for name in ("src", "href"):
            if (names.get(name) or "").startswith(("http:", "https:", "//", "javascript:")):
                self.found.append(f"{tag} {names[name]}")


def test_no_page_has_a_script_of_its_own_or_of_others() -> None:
    seen = 0
    for page in WEB.glob("*/dist/index.html"):
        parser = Inline()
        parser.found = []
        parser.feed(page.read_text())
        assert parser.found == [], page
        seen += 1
    if not seen:
        pytest.skip("no screen is built")


async def test_every_answer_of_the_api_is_no_page(client: Api, app: FastAPI) -> None:
    """Each operation once, as who may and as nobody: whatever the answer, it cannot be rendered or framed."""
    callers = Callers(client)
    for each in operations(app):
        if each.name == "DELETE /api/session":
            continue
        body = each.example() if each.body else None
        for seat in (client.anonymous(), await callers.seat(each.caller())):
            answer = await seat.request(each.method, each.address(), json=body)
            assert answer.status_code < 500, (each.name, answer.text)
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff", each.name
            policy = directives(answer)
            assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"], each.name
            assert (policy["object-src"], policy["base-uri"]) == (["'none'"], ["'none'"]), each.name
            assert "sandbox" in policy, each.name
            assert headers["referrer-policy"] == "same-origin", each.name
            assert not [name for name in headers if name.startswith("access-control-")], each.name
            assert "server" not in headers, each.name
            assert "x-powered-by" not in headers, each.name
            if answer.content:
                assert headers["content-type"] in TEXTS, (each.name, headers["content-type"])


async def test_errors_of_the_frame_have_the_same_headers(client: Api) -> None:
    seat = client.anonymous()
    for answer in (
        await seat.get("/api/nothing"),
        await seat.request("TRACE", "/api/me"),
        await seat.post("/api/session", content=b"{" * 300_000),
        await seat.post("/api/session", json={}, headers={"Origin": "https://evil.example"}),
    ):
        assert answer.status_code in {403, 404, 405, 413}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert directives(answer)["frame-ancestors"] == ["'none'"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("by_tls")
async def test_by_tls_browsers_never_speak_in_clear_again(client: Api) -> None:
    for path in ("/api/health", "/api/nothing", "/", "/citizen/"):
        assert (await client.anonymous().get(path)).headers["strict-transport-security"] == HSTS
    seconds = re.match(r"max-age=(\d+); includeSubDomains", HSTS)
    assert seconds is not None
    assert int(seconds[1]) >= 365 * 24 * 3600


async def test_in_clear_on_this_machine_nothing_is_promised(client: Api) -> None:
    assert "strict-transport-security" not in (await client.anonymous().get("/api/health")).headers


async def test_another_sites_page_cannot_use_a_persons_cookie(client: Api, app: FastAPI) -> None:
    """Every operation that changes anything, with a good session and a body that fits; each of the forged
    headers in turn (tests/access/test_cookies.py tries all of them on some)."""
    callers, forged, tried = Callers(client), cycle(FOREIGN), 0
    for each in operations(app):
        if each.method == "GET":
            continue
        seat = await callers.seat(each.caller())
        if "Authorization" in seat.headers:
            continue  # a browser sends no bearer token by itself
        answer = await seat.request(each.method, each.address(), json=each.example(), headers=next(forged))
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), each.name
        tried += 1
    assert tried > 5 * len(FOREIGN)


async def test_a_form_that_pretends_to_be_json_is_refused(client: Api, app: FastAPI) -> None:
    """A page without JavaScript rights sends text/plain, without a preflight; some browsers say no Origin."""
    callers = Callers(client)
    for each in operations(app):
        seat = await callers.seat(each.caller())
        if each.body is None or "Authorization" in seat.headers or "/citizen/" in each.path:
            continue  # nothing is done there by a cookie's right
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            answer = await seat.request(
                each.method,
                each.address(),
                content=orjson.dumps(each.example()),
                headers={"Content-Type": kind},
            )
            assert answer.status_code in {415, 422}, (each.name, kind, answer.status_code)
            assert answer.json()["code"] == "invalid_request", (each.name, kind)


async def test_a_preflight_is_answered_with_no(client: Api, app: FastAPI) -> None:
    asked = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    for each in operations(app):
        answer = await client.anonymous().options(each.address(), headers=asked)
        assert answer.status_code == 405, each.name
        assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_what_changes_something_is_no_get(client: Api, app: FastAPI) -> None:
    """Reading everything leaves the journal as it was, but for the marks of who read whom (auditor) and a
    sign-in that was begun at the provider."""
    callers = Callers(client)
    seats = {each.caller(): await callers.seat(each.caller()) for each in operations(app)}
    before = await journal_kinds(client)
    for each in operations(app):
        if each.method == "GET":
            await seats[each.caller()].get(each.address())
    more = await journal_kinds(client)
    assert {kind for kind in set(more) if more.count(kind) > before.count(kind)} <= {
        "lookups.audited",
        "lookups.sampled",
        "lookups.list_taken",
    }


async def journal_kinds(client: Api) -> list[str]:
    async with client.store.reading() as tx:
        rows = await (await tx.conn.execute("SELECT kind FROM journal")).fetchall()
    return [row["kind"] for row in rows]


@pytest.mark.usefixtures("by_tls")
async def test_every_cookie_is_ours_alone(client: Api) -> None:
    answer = await client.anonymous().post(
        "/api/session",
        json={"login": "duty", "password": PASSWORD},
        headers={"Origin": "https://centre.example"},
    )
    assert answer.status_code == 200
    for cookie in answer.headers.get_list("set-cookie"):
        name, *attributes = [part.strip().lower() for part in cookie.split(";")]
        assert name.startswith("__host-")
        assert {"secure", "httponly", "path=/", "samesite=strict"} <= set(attributes)
        assert not [each for each in attributes if each.startswith("domain")]
        assert len(cookie) < 4096
    token = answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    assert token not in answer.text, "the token is in the cookie and nowhere else"


def sources() -> Iterator[Path]:
    for app in ("ui", "console", "tablet", "citizen", "devices"):
        for ending in ("*.ts", "*.tsx"):
            yield from (path for path in (WEB / app / "src").rglob(ending) if ".test." not in path.name)


FORBIDDEN = re.compile(
    r"dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write"
    r"|\beval\(|new Function\("
    r"|addEventListener\(\s*['\"]message['\"]|window\.onmessage|javascript:|target=['\"]_blank"
)


WORKERS = {"citizen/src/work/solver.ts"}
"""Run in a worker, which hears nobody but the page that made it."""


def test_screens_write_no_html_by_hand_and_hear_no_messages() -> None:
    """React writes text as text; nothing goes round it."""
    found = [
        f"{path.relative_to(WEB)}: {line.strip()}"
        for path in sources()
        for line in path.read_text().splitlines()
        if FORBIDDEN.search(line) and str(path.relative_to(WEB)) not in WORKERS
    ]
    assert found == []
