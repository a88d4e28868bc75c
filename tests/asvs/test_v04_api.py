"""V4 API and web service: bodies, messages, headers and methods that no honest client sends."""

import re
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
import websockets
from fastapi import FastAPI

from jedel.access.cookies import SESSION_COOKIE
from jedel.app.problems import body_max
from jedel.app.settings import Settings
from jedel.kernel.limits import BODY_BYTES_MAX
from tests.asvs.operations import Callers, operations
from tests.asvs.wire import exchange, serving
from tests.support import Api

DEEP = b'{"id":' * 50_000
NESTED = b"[" * 100_000 + b"]" * 100_000


async def test_bodies_too_big_or_too_deep_are_refused_on_every_route(client: Api, app: FastAPI) -> None:
    """Also on those that read no body, and by those who may; never a 5xx, and soon."""
    callers = Callers(client)
    for each in operations(app):
        if each.method == "GET":
            continue
        seat = await callers.seat(each.caller())
        most = body_max(each.path)
        for content in (b" " * (most + 1), b'{"a":"' + b"x" * most + b'"}'):
            answer = await seat.request(
                each.method, each.address(), content=content, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large"), each.name
        if each.body is None:
            continue
        for content in (DEEP[:BODY_BYTES_MAX], NESTED):
            answer = await seat.request(
                each.method, each.address(), content=content, headers={"Content-Type": "application/json"}
            )
            # 409: the device speaks for no camera, so that its body is not read at all
            refused = {400, 409, 413, 422}
            assert answer.status_code in refused, (each.name, answer.status_code, answer.text[:200])


async def test_methods_that_nobody_offers_are_refused(client: Api, app: FastAPI) -> None:
    seat = client.anonymous()
    offered = [
        re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path))
        for each in operations(app)
        if each.method == "PATCH"
    ]
    for path, each in {each.path: each for each in operations(app)}.items():
        patched = any(
            shape.fullmatch(path) for shape in offered
        )  # also by a wider path: /cameras/{camera_id}
        for method in ("TRACE", "PROPFIND", *(() if patched else ("PATCH",))):
            answer = await seat.request(method, each.address())
            assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), (method, path)


async def test_screens_are_only_read(client: Api) -> None:
    for method in ("TRACE", "PUT", "POST", "DELETE", "OPTIONS"):
        for path in ("/", "/citizen/", "/tablet/", "/index.html"):
            answer = await client.anonymous().request(method, path)
            assert answer.status_code in {404, 405}, (method, path)


async def test_the_length_of_a_message_is_beyond_doubt(app: FastAPI, settings: Settings) -> None:
    """Request smuggling: a message that two readers could read differently is one message here, or none."""
    head = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    hidden = b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n"
    tries = {
        "both lengths": head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
        "two lengths": head + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + hidden,
        "an odd coding": head + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
        "a length that is none": head + b"Content-Length: +2\r\n\r\n{}" + hidden,
        "a space before the colon": head + b"Content-Length : 2\r\n\r\n{}" + hidden,
        "a folded header": head + b"X: a\r\n Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "a bare line feed": head + b"X: a\nContent-Length: 2\r\n\r\n{}",
        "a NUL in a header": head + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    }
    async with serving(app, settings) as port:
        for what, sent in tries.items():
            closing = sent.replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1)
            got = await exchange(port, closing)
            statuses = [line.split()[1] for line in got.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
            assert len(statuses) <= 1, (what, got)
            assert all(status.startswith(b"4") for status in statuses), (what, got)
            assert b"server:" not in got.lower(), what
            assert b"Traceback" not in got


INJECTED = "x\r\nSet-Cookie: planted=1\r\n\r\n<script>"


async def test_no_value_of_a_callers_becomes_a_header(client: Api, app: FastAPI) -> None:
    """In paths, queries and bodies; what comes back in a header is our own words only."""
    seat, tablet = await client.login("supervisor"), (await client.device("tablet", unit_id=uuid4()))[0]
    answers = [
        await seat.get("/api/map/basemap.pmtiles", params={"map": INJECTED}),
        await seat.get("/api/places/search", params={"q": INJECTED}),
        await seat.get(
            "/api/session/oidc/callback", params=dict.fromkeys(("state", "code", "iss"), INJECTED)
        ),
        await seat.get(f"/api/units/{quote(INJECTED)}"),
        await seat.get("/tablet%0d%0aSet-Cookie:planted=1"),
        await seat.get("/%0d%0aSet-Cookie:%20planted=1/"),
        await seat.post("/api/devices", json={"id": str(uuid4()), "kind": "post", "name": INJECTED}),
        await seat.put("/api/me/language", json={"language": INJECTED}),
        await tablet.get("/api/lookups/wanted-list", headers={"If-None-Match": f'"{quote(INJECTED)}"'}),
        await seat.get("/api/me", headers={"Accept-Language": f"ru{quote(INJECTED)}"}),
    ]
    for answer in answers:
        assert answer.status_code < 500, answer.text
        assert "planted" not in str(answer.headers), (answer.request.url, answer.headers)
        assert "<script>" not in str(answer.headers)
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_header_with_a_line_break_is_no_request(app: FastAPI, settings: Settings) -> None:
    async with serving(app, settings) as port:
        for name in (b"Accept-Language", b"If-None-Match", b"User-Agent", b"Host", b"Origin"):
            got = await exchange(
                port,
                b"GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + name
                + b": ru\rSet-Cookie: planted=1\r\n\r\n",
            )
            assert b"planted" not in got, name
            assert got.startswith(b"HTTP/1.1 400") or b"\r\nset-cookie" not in got.lower(), name


async def test_nobody_names_his_own_address(client: Api, app: FastAPI, settings: Settings) -> None:
    """X-Forwarded-For and its like do not make a far caller near: a password in clear stays refused."""
    far = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="http://centre"
    )
    for headers in (
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1;proto=https"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Host": "localhost", "X-Forwarded-Scheme": "https"},
    ):
        answer = await far.post("/api/session", json={"login": "duty", "password": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "tls_needed"), headers
    async with serving(app, settings) as port:
        got = await exchange(
            port,
            b"GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"X-User-Id: 1\r\nX-Forwarded-User: admin\r\n\r\n",
        )
        assert got.startswith(b"HTTP/1.1 401")


async def test_a_method_is_not_named_in_a_header(client: Api) -> None:
    seat = await client.login("duty")
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        await seat.get("/api/session", headers={name: "DELETE"})
        await seat.post("/api/session", headers={name: "DELETE"}, json={})
    await seat.ok("GET", "/api/me")


ORIGINS = (
    *("https://evil.example", "null", "http://127.0.0.1.evil.example", "http://evil@127.0.0.1"),
    "http://127.0.0.1:1",
)


async def test_another_sites_page_opens_no_live_feed(served: Api) -> None:
    """Cross-site WebSocket hijacking: with a good cookie, from a page that is not ours."""
    seat = await served.login("duty")
    headers = {"Cookie": f"{SESSION_COOKIE}={seat.cookies[SESSION_COOKIE]}"}
    url = served.url.replace("http", "ws") + "/api/live"
    for origin in ORIGINS:
        async with websockets.connect(url, additional_headers=headers | {"Origin": origin}) as socket:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401, origin


async def test_a_feed_needs_its_own_proof(served: Api) -> None:
    """No cookie, a made-up token, a session's token in a device's place: nothing is heard."""
    seat = await served.login("duty")
    token = seat.cookies[SESSION_COOKIE]
    url = served.url.replace("http", "ws")
    for path, first in (
        ("/api/live", None),
        (f"/api/live?token={token}", None),
        ("/api/live/unit", "{}"),
        ("/api/live/unit", "not json"),
        ("/api/live/unit", f'{{"token":"{token}"}}'),
        ("/api/live/unit", f'{{"token":"{uuid4()}.{token}"}}'),
    ):
        async with websockets.connect(url + path) as socket:
            if first is not None:
                await socket.send(first)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401, path


def test_what_the_description_refers_to_is_in_it(app: FastAPI) -> None:
    """A body without a schema would be tried by no generated attack."""
    described = app.openapi()
    schemas = set(described["components"]["schemas"])
    missing = {
        name
        for methods in described["paths"].values()
        for said in methods.values()
        for content in said.get("requestBody", {}).get("content", {}).values()
        if (name := content["schema"].get("$ref", "").rsplit("/", 1)[-1]) and name not in schemas
    }
    assert missing == set()
