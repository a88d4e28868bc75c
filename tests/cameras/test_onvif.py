"""Cameras that say themselves what they are: ipycam as the peer, and a server that says anything at all."""

import asyncio
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from ipycam.config import CameraConfig
from ipycam.http import IPCameraHTTPHandler
from ipycam.onvif import ONVIFService
from ipycam.ptz import PTZController
from onveef.wsdiscovery import DiscoveredDevice

from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.cameras.book import CameraBook
from jedel.cameras.onvif import client as onvif
from jedel.cameras.onvif.client import Described, Profile, describe, without_credentials
from jedel.cameras.onvif.discovery import answers
from jedel.cameras.onvif.errors import NoSuchProfile, OnvifCredentials, OnvifMalformed, OnvifUnreachable
from jedel.cameras.onvif.service import chosen
from jedel.journal import Store
from jedel.kernel.errors import Problem
from jedel.media.model import SourceFault
from tests.support import Api, in_proportion

LOOPBACK = ["127.0.0.0/8"]
USER, PASSWORD = "admin", "верный пароль"


@contextmanager
def listening(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[int]:
    """A server on loopback; its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=partial(server.serve_forever, 0.02), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def camera() -> Iterator[str]:
    """ipycam's ONVIF service behind its own HTTP handler."""
    config = CameraConfig()
    config.username, config.password, config.local_ip = USER, PASSWORD, "127.0.0.1"
    service = ONVIFService(config, PTZController())
    told = SimpleNamespace(config=config, onvif=service)
    handler = type("Handler", (IPCameraHTTPHandler,), {"camera": told})
    with listening(handler) as port:
        config.onvif_port = port
        yield f"http://127.0.0.1:{port}/onvif/device_service"


class Anything(http.server.BaseHTTPRequestHandler):
    """Answers every request with ``said``; ``asked`` are the paths."""

    said: bytes = b""
    status = 200
    asked: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        self.send_response(self.status)
        self.send_header("Content-Type", "application/soap+xml")
        self.send_header("Content-Length", str(len(self.said)))
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def app(app: FastAPI, settings: Settings) -> FastAPI:
    """Cameras lie on loopback here."""
    app.state.settings = settings.model_copy(update={"camera_networks": "127.0.0.0/8"})
    return app


async def test_a_camera_describes_itself(camera: str) -> None:
    found = await describe(camera, LOOPBACK, USER, PASSWORD)
    assert (found.manufacturer, found.model) == ("PythonCam", "VirtualCam-1")
    assert found.clock_error_ms is not None
    assert abs(found.clock_error_ms) < 5_000
    main, sub = chosen(found, None, None)
    assert sub is not None
    assert main.width > sub.width > 0
    assert main.fps == 30
    assert main.url.startswith("rtsp://127.0.0.1:")
    with pytest.raises(OnvifCredentials):
        await describe(camera, LOOPBACK, USER, "wrong")
    with pytest.raises(SourceFault):
        await describe(camera, ["10.0.0.0/8"], USER, PASSWORD)
    ahead = datetime.fromtimestamp(time.time() - 3600, UTC)
    wrong = await describe(camera, LOOPBACK, USER, PASSWORD, ahead)
    assert wrong.clock_error_ms is not None
    assert abs(wrong.clock_error_ms - 3_600_000) < 5_000


async def test_onboarding_keeps_what_was_tested_and_nothing_else(
    client: Api, app: FastAPI, store: Store, settings: Settings, camera: str
) -> None:
    admin = await client.login("admin")
    good = {"user": USER, "password": PASSWORD}
    body = {"id": str(uuid4()), "url": camera, "name": "Gate", "lon": 76.9, "lat": 43.2, "zone": "street"}
    bad = await admin.post("/api/cameras/onvif", json=body | {"credentials": good | {"password": "x"}})
    assert (bad.status_code, bad.json()["code"]) == (422, "camera_onvif_credentials")
    assert await admin.ok("GET", "/api/cameras") == [], "untested credentials are not kept"
    asked = await admin.ok("POST", "/api/cameras/onvif/probe", json={"url": camera, "credentials": good})
    assert len(asked["profiles"]) >= 2
    made = await admin.ok("POST", "/api/cameras/onvif", json=body | {"credentials": good})
    assert made["onvif"]
    assert made["credentials"]
    assert {each["name"] for each in made["streams"]} == {"main", "sub"}
    async with store.reading() as tx:
        book = CameraBook(Sealer(settings.seal_key), LOOPBACK)
        spec = await book.spec(tx.conn, f"camera/{made['id']}/main")
    assert spec is not None
    assert (spec.user, spec.password) == (USER, PASSWORD)
    wrong = body | {"id": str(uuid4()), "credentials": good, "main": "no such"}
    assert (await admin.post("/api/cameras/onvif", json=wrong)).json()["code"] == "camera_onvif_no_profile"
    outside = {"url": "http://169.254.169.254/latest/meta-data", "credentials": good}
    refused = await admin.post("/api/cameras/onvif/probe", json=outside)
    assert refused.json()["code"] == "camera_address_refused"
    supervisor = await client.login("supervisor")
    assert (await supervisor.post("/api/cameras/onvif/probe", json={"url": camera})).status_code == 403


def envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f"{body}</s:Body></s:Envelope>"
    ).encode()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x0 "ha">'
    + b"".join(b'<!ENTITY x%d "%s">' % (n, b"&x%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><a>&x11;</a>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Envelope><Body>'
    b"<Manufacturer>&x;</Manufacturer></Body></Envelope>"
)


@pytest.mark.parametrize(
    "said",
    [
        b"", b"no xml", BOMB, OUTSIDE, b"<a>" * 50_000, b"\x00" * 1000, b"<a/>", envelope("<Fault/>"),
        b"x" * (onvif.ANSWER_BYTES_MAX + 1), envelope("<Profiles token='a'/>" * 3),
        envelope("<UTCDateTime><Date><Year>99999999999</Year><Month>x</Month></Date></UTCDateTime>"),
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 400, 401, 500, 302])
async def test_whatever_it_answers_is_one_of_our_errors(said: bytes, status: int) -> None:
    handler = type("Handler", (Anything,), {"said": said, "status": status, "asked": []})
    with listening(handler) as port:
        began = time.monotonic()
        with pytest.raises((OnvifUnreachable, OnvifMalformed, OnvifCredentials)):
            await describe(f"http://127.0.0.1:{port}/", LOOPBACK, USER, PASSWORD)
        assert time.monotonic() - began < in_proportion(2 * onvif.WITHIN_S)


GOOD = envelope(
    "<UTCDateTime><Time><Hour>1</Hour></Time><Date><Year>2026</Year><Month>1</Month><Day>1</Day></Date>"
    "</UTCDateTime><Manufacturer>M</Manufacturer><Model>m</Model><Service><Namespace>"
    "http://www.onvif.org/ver10/media/wsdl</Namespace><XAddr>http://8.8.8.8/onvif/media</XAddr></Service>"
    "<Profiles token='a'><Name>n</Name><VideoEncoderConfiguration><Encoding>H264</Encoding><Resolution>"
    "<Width>640</Width><Height>360</Height></Resolution></VideoEncoderConfiguration></Profiles>"
    "<MediaUri><Uri>rtsp://u:p@8.8.8.8:554/live</Uri></MediaUri>"
)


async def test_what_it_says_of_other_addresses_leads_nowhere_else() -> None:
    handler = type("Handler", (Anything,), {"said": GOOD, "asked": []})
    with listening(handler) as port:
        found = await describe(f"http://127.0.0.1:{port}/", LOOPBACK, USER, PASSWORD)
    assert [each.url for each in found.profiles] == ["rtsp://127.0.0.1:554/live"]
    assert handler.asked, "all questions came to the one address"  # type: ignore[attr-defined]
    only = onvif.OneHost("127.0.0.1", 80)
    for url in ("http://127.0.0.2/", "http://127.0.0.1:81/", "https://127.0.0.1/", "http://8.8.8.8/"):
        with pytest.raises(httpx.UnsupportedProtocol):
            await only.handle_async_request(httpx.Request("POST", url))
    await only.aclose()


@how(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_answers(data: st.DataObject) -> None:
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        what = data.draw(st.sampled_from(["flip", "cut", "twice", "number"]))
        if what == "flip":
            raw[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        elif what == "twice":
            raw[at:at] = raw[at : at + 60]
        else:
            raw[at:at] = b"-99999999999999999999"
        if not raw:
            raw = bytearray(b"<")
    handler = type("Handler", (Anything,), {"said": bytes(raw), "asked": []})

    async def ask(port: int) -> Described:
        return await describe(f"http://127.0.0.1:{port}/", LOOPBACK, USER, PASSWORD)

    with listening(handler) as port:
        try:
            found = asyncio.run(ask(port))
        except Problem:
            return
    assert all("8.8.8.8" not in each.url and "@" not in each.url for each in found.profiles)


async def test_what_is_heard_on_the_network_is_not_believed() -> None:
    def said(*urls: str) -> DiscoveredDevice:
        return DiscoveredDevice("", xaddrs=list(urls), name="gate\x1b[0m", hardware="h" * 999)

    heard = await answers(
        [
            said("http://127.0.0.1/onvif", "http://127.0.0.2/onvif"),
            said("http://8.8.8.8/onvif"),
            said("http://localhost/onvif"),
            said("rtsp://127.0.0.1/"),
            said("nonsense", "http://127.0.0.3:8080/onvif"),
        ],
        LOOPBACK,
    )
    assert [each.url for each in heard] == ["http://127.0.0.1/onvif", "http://127.0.0.3:8080/onvif"]
    assert heard[0].name == "gate[0m"
    assert len(heard[0].hardware) == 200


def test_which_profiles_are_taken() -> None:
    def profile(token: str, width: int, url: str = "") -> Profile:
        return Profile(token, token, "H264", width, width, 25, url or f"rtsp://10.0.0.1/{token}", False)

    found = Described("", "", "", "", None, (profile("b", 640), profile("a", 1920), profile("c", 320)))
    large, small = chosen(found, None, None)
    assert (large.token, small and small.token) == ("a", "c")
    large, small = chosen(found, "b", "a")
    assert (large.token, small and small.token) == ("b", "a")
    one = Described("", "", "", "", None, (profile("a", 1),))
    assert chosen(one, None, None)[1] is None
    with pytest.raises(NoSuchProfile):
        chosen(found, None, "z")
    assert without_credentials("rtsp://u:p@h:1/a@b") == "rtsp://h:1/a@b"
