"""Every route says who may call it, and nothing about a route is left to chance."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from jedel.access.gate import PublicGate
from jedel.app.policy import declared
from tests.support import Api

PUBLIC = {
    "GET /api/citizen/about",
    "GET /api/citizen/challenge",
    "POST /api/citizen/imei",
    "POST /api/citizen/phone-reports",
    "POST /api/citizen/phone-reports/status",
    "POST /api/citizen/vehicle",
    "GET /citizen",
    "GET /post",
    "GET /api/health",
    "GET /api/map/basemap.pmtiles",  # drawn from OpenStreetMap, which is public
    "GET /api/openapi.json",
    "GET /tablet",
    "GET /api/session/oidc",
    "GET /api/session/oidc/callback",  # good for the browser that began, once
    "GET /api/session/ways",
    "POST /api/recoveries",  # equal answers, whether there is such an account or not
    "POST /api/session",
    "POST /api/session/code",  # the code is the sign-in
    "POST /api/session/first",  # the server's own code is
    "POST /api/session/oidc/ended",  # signed by the identity provider
    "POST /api/session/passkey",
    "POST /api/session/passkey/options",
    "POST /api/devices/enrol",
    "POST /api/devices/token",  # the proof is the sign-in
    "WS /api/live",
    "WS /api/live/unit",
    "WS /api/cameras/{camera_id}/live.mp4",  # asks who it is by itself, and closes
}
"""Routes that anybody may call; a new one must be put here by a person who thought about it."""


async def test_every_route_declares_who_may_call_it(app: FastAPI) -> None:
    found = declared(app)
    assert len(found) > 8
    assert [name for name, its in found.items() if len(its) != 1] == []
    assert {name for name, its in found.items() if isinstance(its[0], PublicGate)} <= PUBLIC


async def test_a_route_without_a_declaration_is_noticed(app: FastAPI) -> None:
    @app.get("/api/forgotten")
    async def forgotten() -> None: ...

    assert declared(app)["GET /api/forgotten"] == []


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "code"),
    [
        ("GET", "/api/nothing", b"", 404, "no_such_route"),
        ("PUT", "/api/session", b"", 405, "method_not_allowed"),
        ("POST", "/api/session", b"{", 422, "invalid_request"),
        ("POST", "/api/session", b'{"login":"a","password":"b","c":1}', 422, "invalid_request"),
        ("POST", "/api/session", b'{"login":1,"password":"b"}', 422, "invalid_request"),
        ("POST", "/api/session", b'{"login":"a\\u0000","password":"b"}', 422, "invalid_request"),
        ("POST", "/api/session", b"[" * 100_000, 400, "invalid_request"),
        ("POST", "/api/session", b" " * 300_000, 413, "body_too_large"),
    ],
)
async def test_bad_requests_are_problems(
    client: Api, method: str, path: str, content: bytes, status: int, code: str
) -> None:
    seat = client.anonymous(**{"Content-Type": "application/json"})
    answer = await seat.request(method, path, content=content)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "language", "word"),
    [
        ("kk-KZ,ru;q=0.8", "kk", "Логин немесе"),
        ("de, ru;q=0.5", "ru", "Неверный"),
        ("en", "en", "The log-in"),
        ("", "kk", "Логин немесе"),
    ],
)
async def test_problems_speak_the_users_language(client: Api, accept: str, language: str, word: str) -> None:
    seat = client.anonymous(**{"Accept-Language": accept})
    answer = await seat.post("/api/session", json={"login": "x", "password": "y"})
    assert answer.headers["content-language"] == language
    assert answer.json()["title"].startswith(word)


async def test_a_body_without_a_declared_length_is_counted(client: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    seat = client.anonymous(**{"Content-Type": "application/json"})
    answer = await seat.post("/api/session", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_health_says_what_answers(client: Api) -> None:
    health = await client.anonymous().ok("GET", "/api/health")
    assert (health["status"], health["database"], health["nats"]) == ("ok", True, True)


async def test_metrics_are_for_the_administrator(client: Api) -> None:
    assert (await (await client.login("duty")).get("/api/metrics")).status_code == 403
    assert "jedel_journal_set_aside" in (await (await client.login("admin")).get("/api/metrics")).text
