"""V16 Logging and errors: a day's secrets leave no trace, what is sent begins no line, faults say nothing."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pyotp
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from jedel.access.cookies import SESSION_COOKIE
from jedel.app.embedded.child import free_port
from jedel.app.logs import on_one_line
from jedel.app.settings import Settings
from jedel.journal import Store
from tests.citizen.support import CLEAR_PHONE
from tests.citizen.test_guard import solve
from tests.support import Api, eventually
from tests.support.api import Seat
from tests.support.keypair import KeyPair
from tests.support.seed import PASSWORD

GOOD = "жеті қара бұлт көшті"
EVIL = "x\n2026-11-22 [error] forged line\x1b[2J\x1b]0;owned\x07\r\u2028\u202e"


@dataclass
class Process:
    """`jedel run web`, with all that it said."""

    url: str
    said: bytearray = field(default_factory=bytearray)


@asynccontextmanager
async def web(settings: Settings, folder: Path, **own: object) -> AsyncIterator[Process]:
    """The real program, its log at its loudest."""
    port = free_port()
    chosen = settings.model_copy(update={"http_port": port, "log_level": "debug"} | own)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "jedel", "run", "web"),
        env={**os.environ, **chosen.environment()},
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    process = Process(f"http://127.0.0.1:{port}")

    async def hear() -> None:
        assert child.stdout is not None
        while part := await child.stdout.read(65536):
            process.said += part

    hearing = asyncio.create_task(hear())

    async def up() -> bool:
        assert child.returncode is None, process.said.decode()
        try:
            async with httpx.AsyncClient() as asker:
                return (await asker.get(f"{process.url}/api/health")).status_code == 200
        except httpx.TransportError:
            return False

    try:
        await eventually(up, within_s=30.0, every_s=0.1)
        yield process
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        await child.wait()
        await hearing


def database_text(url: str) -> str:
    """Every row of every table, the journal's first of all."""
    with psycopg.connect(url) as conn:
        names = conn.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return "\n".join(
            row[0] for (name,) in names for row in conn.execute(f"SELECT t::text FROM {name} t").fetchall()
        )


async def the_day(seat: Callable[..., Seat], secrets: dict[str, str]) -> None:
    """Sign-ins that succeed and that fail, a phone's codes, a device, a citizen; every secret is noted."""
    secrets |= {"password": PASSWORD, "wrong password": "hunter2-hunter2-hunter2", "new password": GOOD}
    stranger, admin = seat(), seat()
    body = {"login": "admin", "password": secrets["wrong password"]}
    assert (await stranger.post("/api/session", json=body)).status_code == 401
    secrets["password typed as log-in"] = "MyPasswordIsMyLogin99"
    body = {"login": secrets["password typed as log-in"], "password": "x"}
    assert (await stranger.post("/api/session", json=body)).status_code == 401
    await admin.ok("POST", "/api/session", json={"login": "admin", "password": PASSWORD})
    secrets["waiting session"] = admin.cookies[SESSION_COOKIE]
    secrets["one-time secret"] = (await admin.ok("POST", "/api/totp"))["secret"]
    phone = pyotp.TOTP(secrets["one-time secret"])
    secrets["one-time code"] = phone.at(datetime.now(UTC))
    confirm = {"id": str(uuid4()), "code": secrets["one-time code"]}
    await admin.ok("POST", "/api/totp/confirm", json=confirm)
    secrets["session"] = admin.cookies[SESSION_COOKIE]
    body = {"login": "admin", "password": PASSWORD, "code": "000000"}
    await seat().post("/api/session", json=body)
    await admin.ok("PUT", "/api/me/password", json={"id": str(uuid4()), "current": PASSWORD, "new": GOOD})
    new = {"id": str(uuid4()), "login": "fresh", "name": "Fresh", "role": "operator"}
    secrets["invitation"] = (await admin.ok("POST", "/api/accounts", json=new))["code"]
    await seat().ok("POST", "/api/session/code", json={"login": "fresh", "code": secrets["invitation"]})
    await devices(seat, admin, secrets)
    await citizen(seat, secrets)


async def devices(seat: Callable[..., Seat], admin: Seat, secrets: dict[str, str]) -> None:
    post = {"id": str(uuid4()), "kind": "post", "name": "Post"}
    secrets["enrolment code"] = (await admin.ok("POST", "/api/devices", json=post))["code"]
    got = await seat().ok("POST", "/api/devices/enrol", json={"code": secrets["enrolment code"]})
    secrets["device key"] = got["key"]
    again = await seat().post("/api/devices/enrol", json={"code": secrets["enrolment code"]})
    assert again.status_code == 403
    bearer = seat(Authorization=f"Bearer {post['id']}.{secrets['device key']}")
    press = {"id": str(uuid4()), "kind": "press", "level": "help"}
    await bearer.ok("POST", "/api/device/signals", json=press)
    secrets["wrong device key"] = "w" * 43
    wrong = seat(Authorization=f"Bearer {post['id']}.{secrets['wrong device key']}")
    assert (await wrong.get("/api/devices/self")).status_code == 401
    pair, tablet = KeyPair(), {"id": str(uuid4()), "kind": "tablet", "name": "Tablet"}
    secrets["tablet code"] = (await admin.ok("POST", "/api/devices", json=tablet))["code"]
    enrol = {"code": secrets["tablet code"], "public_key": pair.public}
    device = (await seat().ok("POST", "/api/devices/enrol", json=enrol))["device_id"]
    secrets["proof"] = pair.proof(device, datetime.now(UTC))
    prove = {"device_id": device, "assertion": secrets["proof"]}
    secrets["device token"] = (await seat().ok("POST", "/api/devices/token", json=prove))["token"]
    assert (await seat().post("/api/devices/token", json=prove)).status_code == 401
    panel = {"id": str(uuid4()), "kind": "panel", "name": "Panel", "account": "ABC123"}
    await admin.ok("POST", "/api/devices", json=panel)
    secrets["panel key"] = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    key = {"id": str(uuid4()), "aes_key": secrets["panel key"]}
    await admin.ok("POST", f"/api/devices/{panel['id']}/panel", json=key)


async def citizen(seat: Callable[..., Seat], secrets: dict[str, str]) -> None:
    asker = seat()
    task = await asker.ok("GET", "/api/citizen/challenge?for=report")
    proof = solve(task["challenge"], task["bits"])
    secrets |= {"citizen's contact": "+7 700 765 43 21", "citizen's name": "Құпия Атымжоқ"}
    report = {
        "id": str(uuid4()), "region": "00", "imei": CLEAR_PHONE, "state": "lost",
        "happened_on": str(datetime.now(UTC).date()), "place": "Bus 12",
        "name": secrets["citizen's name"], "contact": secrets["citizen's contact"],
        "proof": {"challenge": proof.challenge, "answer": proof.answer},
    }  # fmt: skip
    await asker.ok("POST", "/api/citizen/phone-reports", json=report)
    await asker.post("/api/citizen/imei", json={"imei": "not a number " + secrets["citizen's contact"]})


def stands(secret: str, text: str) -> bool:
    """A short one only as a whole word: six digits stand somewhere in every few megabytes of keys and hashes,
    by chance."""
    if len(secret) >= 12:
        return secret in text
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", text) is not None


FOR_OFFICERS = {"citizen's contact", "citizen's name"}
"""Stand in the report, which an officer reads and time deletes; neither in the journal nor in the log."""

SEALED_LATER = {"panel key"}
"""The centre computes with it: it is in its own table, neither in the journal nor in the log."""


async def test_a_whole_day_leaves_no_secret_and_no_forged_line(
    settings: Settings, store: Store, nats_url: str, tmp_path: Path
) -> None:
    """On the real program with its log at its loudest, in the form for people."""
    secrets: dict[str, str] = {}
    secrets["identity provider's secret"] = "oidc-client-secret-0123456789"
    secrets["citizen secret"] = "citizen-secret-0123456789abcdef0123456789abcdef"
    own = {
        "oidc_issuer": "http://127.0.0.1:9",
        "oidc_client_secret": SecretStr(secrets["identity provider's secret"]),
        "citizen_secret": SecretStr(secrets["citizen secret"]),
    }
    async with web(settings, tmp_path, **own) as process:

        def seat(**headers: str) -> Seat:
            return Seat(base_url=process.url, headers={"Accept-Language": "en"} | headers, timeout=30)

        await the_day(seat, secrets)
        assert (await seat().get("/api/session/oidc")).status_code == 503, "a provider that is away is logged"
        await hostile(seat(), process.url)
    assert settings.database_url is not None
    said, kept = process.said.decode(), database_text(settings.database_url)
    with psycopg.connect(settings.database_url) as conn:
        journal = "\n".join(row[0] for row in conn.execute("SELECT j::text FROM journal j").fetchall())
    assert "access.device_enrolled" in journal, "the right place was looked at"
    assert "does not answer" in said
    for name, secret in secrets.items():
        shapes = {secret, secret.replace("-", ""), secret.encode().hex(), repr(secret)[1:-1]}
        for shape in shapes:
            assert not stands(shape, said), f"{name} is in the log"
            assert not stands(shape, journal), f"{name} is in the journal"
            assert name in FOR_OFFICERS | SEALED_LATER or not stands(shape, kept), (
                f"{name} is in the database"
            )
    lines = said.splitlines()
    assert any("refused" in line and "forged line" in line for line in lines), "the hostile path is told"
    assert [line for line in lines if "\x1b" in line or line.startswith("2026")] == []


async def hostile(asker: Seat, url: str) -> None:
    """Line breaks and escapes in paths, headers, names and log-ins."""
    for path in ("/api/units/", "/api/", "/api/devices/", "/"):
        await asker.get(httpx.URL(url, raw_path=path.encode() + quoted(EVIL)))
    await asker.get("/api/me", headers={"User-Agent": "x\t\x1b[2J", "Accept-Language": "\x1b[31mru"})
    await asker.post("/api/session", json={"login": EVIL, "password": EVIL})
    await asker.post("/api/recoveries", json={"login": EVIL})
    await asker.post(
        "/api/session", json={"login": "duty", "password": "x"}, headers={"Origin": "evil\x1b[2J"}
    )


def quoted(text: str) -> bytes:
    return "".join(f"%{byte:02x}" for byte in text.encode()).encode()


def test_control_characters_are_written_out() -> None:
    said = on_one_line(None, "info", {"event": "refused", "path": EVIL, "n": 7, "name": "Әлия Ұлы"})
    assert said["name"] == "Әлия Ұлы"
    assert said["n"] == 7
    assert said["path"].isprintable()
    assert "\\u000a" in said["path"]


REFUSED = (
    (None, "GET", "/api/me", "unauthenticated"),
    ("duty", "GET", "/api/metrics", "forbidden"),
    ("elsewhere", "GET", "/api/units/{unit}", "wrong_region"),
    (None, "POST", "/api/session", "wrong_password"),
    (None, "POST", "/api/devices/enrol", "enrolment_code_not_valid"),
)


async def test_what_was_refused_is_in_the_log(client: Api) -> None:
    """Who, what and why; not what was typed."""
    unit = {"id": str(uuid4()), "call_sign": "P1", "kind": "car"}
    await (await client.login("admin")).ok("POST", "/api/units", json=unit)
    bodies = {"/api/session": {"login": "duty", "password": "x"}, "/api/devices/enrol": {"code": "x" * 19}}
    for login, method, path, code in REFUSED:
        seat = client.anonymous() if login is None else await client.login(login)
        with capture_logs() as logs:
            answer = await seat.request(method, path.replace("{unit}", unit["id"]), json=bodies.get(path))
        assert answer.status_code in {401, 403, 404}
        [line] = [each for each in logs if each["event"] == "refused"]
        assert (line["code"], line["method"]) == (code, method)
        assert (line["who"] is None) == (login is None)
        assert "password" not in line


async def test_sign_ins_and_their_ends_are_on_record(client: Api, store: Store) -> None:
    seat = client.anonymous()
    await seat.ok("POST", "/api/session", json={"login": "duty", "password": PASSWORD})
    await seat.ok("DELETE", "/api/session")
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT kind, payload::json->'data' AS data FROM journal WHERE kind LIKE 'access.s%'"
        )
        rows = [(row["kind"], row["data"]) for row in await cursor.fetchall()]
    assert ("access.signed_in", {"method": "password"}) in rows
    assert "access.session_ended" in {kind for kind, _ in rows}


class Hidden(Exception):
    """A fault whose words must stay inside."""


async def test_a_fault_says_nothing_but_its_number(client: Api, app: FastAPI) -> None:
    async def breaks() -> None:
        password = "secret-in-a-local-variable"
        raise Hidden(f"SELECT * FROM account WHERE password = {password}")

    app.add_api_route("/api/breaks", breaks)
    app.router.routes.insert(0, app.router.routes.pop())  # before the screens, which take what is left
    with capture_logs() as logs:
        answer = await client.anonymous().get("/api/breaks")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    for word in ("SELECT", "Hidden", "Traceback", "secret", ".py", "psycopg", "starlette"):
        assert word not in answer.text, word
    [line] = [each for each in logs if each["event"] == "internal error"]
    assert line["id"] in answer.text, "the answer names the log's line"


async def test_what_is_away_refuses_and_lets_nobody_in(client: Api) -> None:
    """The check of a session cannot be made: the answer is a refusal, and says nothing of our servers."""
    seat = await client.login("admin")
    await client.store.pool.close()
    for path in ("/api/accounts", "/api/me", "/api/units"):
        answer = await seat.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable"), answer.text
        assert "5432" not in answer.text
        assert "pool" not in answer.text
