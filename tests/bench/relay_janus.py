"""Debian's Janus with its streaming plugin: the same film (by bare RTP), the same viewers as ours."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import httpx

from tests.bench.relay_viewer import CountingViewer

JANUS: Final = shutil.which("janus")
_PLUGINS: Final = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus", "/usr/lib/janus")


def missing() -> str | None:
    """Why it cannot take part."""
    if JANUS is None:
        return "janus is not installed (apt-get install janus)"
    return None if _home() else "janus has no streaming plugin"


def _home() -> Path | None:
    return next((Path(one) for one in _PLUGINS if Path(one, "plugins/libjanus_streaming.so").exists()), None)


@contextmanager
def janus(folder: Path, host: str, http_port: int, rtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Running, with one mount point (1)."""
    home = _home()
    assert home is not None
    (folder / "janus.jcfg").write_text(f"""
general: {{ plugins_folder = "{home}/plugins" transports_folder = "{home}/transports" events_folder = "{folder}"
  loggers_folder = "{folder}" debug_level = 3 log_to_stdout = true }}
nat: {{ ice_enforce_list = "{host}" ice_lite = false full_trickle = false }}
media: {{ }}
plugins: {{ disable = "libjanus_voicemail.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_nosip.so,libjanus_lua.so,libjanus_duktape.so,libjanus_audiobridge.so,libjanus_echotest.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so" }}
transports: {{ disable = "libjanus_pfunix.so,libjanus_websockets.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_rabbitmq.so" }}
""")  # noqa: E501  # their form
    (folder / "janus.transport.http.jcfg").write_text(
        'general: { json = "plain" base_path = "/janus" http = true ip = "127.0.0.1" '
        f"port = {http_port} }}\n"
    )
    (folder / "janus.plugin.streaming.jcfg").write_text(f"""
film: {{ type = "rtp" id = 1 audio = false video = true videoport = {rtp_port} videopt = 96
  videocodec = "h264" videofmtp = "profile-level-id=42e01f;packetization-mode=1" }}
""")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(JANUS), "-F", str(folder)], stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(10)


async def join(url: str, viewer: CountingViewer) -> httpx.AsyncClient:
    """One viewer goes through Janus's talk; the client is to be kept: its session dies with it."""
    client = httpx.AsyncClient(base_url=url, timeout=30)
    session = await _ask(client, "", {"janus": "create"})
    handle = await _ask(client, f"/{session}", {"janus": "attach", "plugin": "janus.plugin.streaming"})
    place = f"/{session}/{handle}"
    await client.post(place, json=_said({"janus": "message", "body": {"request": "watch", "id": 1}}))
    offer = await _jsep(client, session)
    mid = next(line for line in offer.splitlines() if line.startswith("a=mid:")).partition(":")[2]
    number = int(next(line for line in offer.splitlines() if line.startswith("m=video")).split()[3])
    viewer.connect(offer)
    answer = {"type": "answer", "sdp": viewer.answer(mid, number)}
    await client.post(place, json=_said({"janus": "message", "body": {"request": "start"}, "jsep": answer}))
    return client


def _said(what: dict[str, Any]) -> dict[str, Any]:
    return {"transaction": token_hex(6)} | what


async def _ask(client: httpx.AsyncClient, path: str, what: dict[str, Any]) -> int:
    for _ in range(50):
        try:
            answer = await client.post(path, json=_said(what))
        except httpx.TransportError:
            await asyncio.sleep(0.2)  # it is not up yet
            continue
        return int(answer.json()["data"]["id"])
    raise AssertionError("janus does not answer")


async def _jsep(client: httpx.AsyncClient, session: int) -> str:
    for _ in range(10):
        event = (await client.get(f"/{session}")).json()
        if "jsep" in event:
            return str(event["jsep"]["sdp"])
    raise AssertionError("janus offers nothing")
