"""A stream made by libx264 and libopus, and a real browser before the edge."""

import asyncio
import contextlib
import fractions
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import av
import numpy as np
import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Track
from rtsp import nal
from tests.support import eventually

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
ORIGIN: Final = "http://127.0.0.1:9"
FPS: Final = 25
COLOUR: Final = (200, 40, 60)
"""RGB of the test picture."""


def pictures(count: int = 50, side: tuple[int, int] = (320, 240), **options: str) -> list[tuple[bytes, ...]]:
    """NAL units of encoded pictures; each ``g``-th is a keyframe. One colour, with a bar that moves."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height = side
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = fractions.Fraction(1, FPS)
    encoder.options = {
        "tune": "zerolatency",
        "preset": "ultrafast",
        "profile": "baseline",
        "g": "25",
    } | options
    found = []
    for nth in range(count):
        picture = np.empty((side[1], side[0], 3), np.uint8)
        picture[:] = COLOUR
        picture[-24:, : side[0] * (nth + 1) // count] = 255
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = nth
        found += [tuple(nal.from_annex_b(b"\0\0\0\1" + bytes(packet))) for packet in encoder.encode(frame)]
    return found


def track_of(units: list[tuple[bytes, ...]]) -> Track:
    sets = tuple(part for part in units[0] if nal.kind_h264(part) in (7, 8))
    return Track(Codec.H264, 90_000, parameters=sets, width=320, height=240)


def opus_packets(count: int = 50) -> list[bytes]:
    """A tone of 440 Hz, 20 ms each."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    encoder.time_base = fractions.Fraction(1, 48_000)
    found = []
    for nth in range(count + 5):
        times = (np.arange(960) + nth * 960) / 48_000
        wave = (np.sin(2 * np.pi * 440 * times) * 12_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48_000, nth * 960
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found[:count]


async def feed(hub: Hub, units: list[tuple[bytes, ...]], sound: list[bytes] | None = None) -> None:
    """Publish in real time, round and round, until cancelled."""
    hub.begin((track_of(units), *([Track(Codec.OPUS, 48_000, 2)] if sound else [])))
    started, nth, heard = time.monotonic(), 0, 0
    while True:
        parts = units[nth % len(units)]
        keyframe = any(nal.kind_h264(part) == 5 for part in parts)
        hub.publish(AccessUnit(0, 1_000_000 + nth * 90_000 // FPS, time.time_ns() // 1000, keyframe, parts))
        nth += 1
        while sound and heard * 960 / 48_000 < nth / FPS:
            element = sound[heard % len(sound)]
            hub.publish(AccessUnit(1, 7_000 + heard * 960, time.time_ns() // 1000, True, (element,)))
            heard += 1
        await asyncio.sleep(max(0.0, started + nth / FPS - time.monotonic()))


async def _begun(hub: Hub) -> int:
    return hub.units


@asynccontextmanager
async def fed(units: list[tuple[bytes, ...]], sound: list[bytes] | None = None) -> AsyncIterator[Hub]:
    """A hub with a stream in it."""
    hub = Hub()
    task = asyncio.create_task(feed(hub, units, sound))
    try:
        await eventually(lambda: _begun(hub))
        yield hub
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium; as root: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


class Lossy(asyncio.DatagramProtocol):
    """A way between a browser and the edge on which datagrams are lost, by a seeded dice."""

    def __init__(self, port: int, share: float) -> None:
        self.lost = 0
        self.port = 0
        self._far = ("127.0.0.1", port)
        self._share = share
        self._dice = random.Random(5)
        self._there: dict[tuple[str, int], asyncio.DatagramTransport] = {}
        self._near: asyncio.DatagramTransport
        self._opening: list[asyncio.Future[None]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._near = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        if source in self._there:
            self.pass_on(data, self._there[source])
        else:
            self._opening.append(asyncio.ensure_future(self._open(data, source)))

    async def _open(self, data: bytes, source: tuple[str, int]) -> None:
        lossy = self

        class Back(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
                lossy.pass_on(data, lossy._near, source)

        loop = asyncio.get_running_loop()
        self._there[source], _ = await loop.create_datagram_endpoint(Back, remote_addr=self._far)
        self.pass_on(data, self._there[source])

    def pass_on(self, data: bytes, by: asyncio.DatagramTransport, to: tuple[str, int] | None = None) -> None:
        media = 128 <= data[0] < 192 and not 192 <= data[1] <= 223
        if media and self._dice.random() < self._share:
            self.lost += 1
        else:
            by.sendto(data, to)

    def close(self) -> None:
        for transport in (self._near, *self._there.values()):
            transport.close()


@asynccontextmanager
async def lossy(port: int, share: float) -> AsyncIterator[Lossy]:
    """A relay before ``port``; ``share``: of the media's datagrams that it loses, both ways."""
    loop = asyncio.get_running_loop()
    _, relay = await loop.create_datagram_endpoint(lambda: Lossy(port, share), local_addr=("127.0.0.1", 0))
    try:
        yield relay
    finally:
        relay.close()


def decodes(track: Track, units: list[AccessUnit]) -> int:
    """How many pictures a decoder makes of them."""
    decoder = av.CodecContext.create("h264", "r")
    found = 0
    for unit in units:
        parts = (*(track.parameters if unit.keyframe else ()), *unit.parts)
        found += len(decoder.decode(av.Packet(b"".join(b"\0\0\0\1" + part for part in parts))))
    return found


SCRIPT: Final = """
window.players = {};
window.gathered = (pc) => new Promise((done) => {
  const look = () => { if (pc.iceGatheringState === 'complete') done(); };
  pc.addEventListener('icegatheringstatechange', look); look();
});
window.watch = async (name, hub, edit) => {
  const pc = new RTCPeerConnection();
  const video = document.createElement('video');
  Object.assign(video, {muted: true, autoplay: true, playsInline: true});
  document.body.append(video);
  const stream = new MediaStream();
  pc.ontrack = (event) => { stream.addTrack(event.track); video.srcObject = stream; };
  pc.addTransceiver('video', {direction: 'recvonly'});
  pc.addTransceiver('audio', {direction: 'recvonly'});
  await pc.setLocalDescription();
  const sent = performance.now();
  const answer = await window.askWatch(hub, pc.localDescription.sdp);
  const player = window.players[name] = {pc, video, frames: 0, first: null, answer};
  const count = () => { player.frames++; player.first ??= performance.now() - sent;
                        video.requestVideoFrameCallback(count); };
  video.requestVideoFrameCallback(count);
  await pc.setRemoteDescription({type: 'answer', sdp: edit ? edit(answer) : answer});
};
window.publish = async (name, hub, constraints, edit, codec) => {
  const media = await navigator.mediaDevices.getUserMedia(constraints);
  const pc = new RTCPeerConnection();
  for (const track of media.getTracks()) pc.addTransceiver(track, {direction: 'sendonly', streams: [media]});
  for (const one of codec ? pc.getTransceivers() : []) {
    const known = RTCRtpSender.getCapabilities(one.sender.track.kind).codecs;
    if (one.sender.track.kind === 'video')
      one.setCodecPreferences(known.filter((each) => each.mimeType === `video/${codec}`));
  }
  await pc.setLocalDescription();
  const answer = await window.askPublish(hub, pc.localDescription.sdp);
  window.players[name] = {pc, media, answer};
  await pc.setRemoteDescription({type: 'answer', sdp: edit ? edit(answer) : answer});
};
window.stat = async (name, type, kind) => {
  const found = [];
  for (const one of (await window.players[name].pc.getStats()).values())
    if (one.type === type && (!kind || one.kind === kind)) found.push(one);
  return found[0] ?? null;
};
window.pair = async (name) => {
  const stats = await window.players[name].pc.getStats();
  for (const one of stats.values())
    if (one.type === 'candidate-pair' && one.nominated && one.state === 'succeeded')
      return stats.get(one.localCandidateId).protocol;
};
window.tone = async (name) => {
  const context = new AudioContext(), analyser = context.createAnalyser();
  await context.resume();
  context.createMediaStreamSource(window.players[name].video.srcObject).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  for (let nth = 0; nth < 100; nth++) {
    await new Promise((done) => setTimeout(done, 100));
    analyser.getFloatFrequencyData(levels);
    const best = levels.indexOf(Math.max(...levels));
    if (levels[best] > -60) return best * context.sampleRate / analyser.fftSize;
  }
  return 0;
};
window.colour = (name) => {
  const video = window.players[name].video, canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d'); context.drawImage(video, 0, 0);
  return Array.from(context.getImageData(canvas.width / 2, canvas.height / 3, 1, 1).data);
};
"""

Ask = Callable[[str, str], Any]


@asynccontextmanager
async def page_for(browser: Browser, watch: Ask, publish: Ask | None = None) -> AsyncIterator[Page]:
    """A page whose offers come to ``watch(hub name, SDP)`` and ``publish``."""
    context = await browser.new_context()
    page = await context.new_page()

    async def serve(route: Route) -> None:
        await route.fulfill(
            body=f"<!doctype html><body><script>{SCRIPT}</script></body>", content_type="text/html"
        )

    await page.route(f"{ORIGIN}/**", serve)
    await page.expose_function("askWatch", watch)
    if publish:
        await page.expose_function("askPublish", publish)
    await page.goto(f"{ORIGIN}/")
    try:
        yield page
    finally:
        await context.close()


async def frames(page: Page, name: str) -> int:
    return int(await page.evaluate("(name) => window.players[name]?.frames ?? 0", name))


async def stat(page: Page, name: str, kind: str, media: str | None = None) -> dict[str, Any]:
    found = await page.evaluate("([a, b, c]) => window.stat(a, b, c)", [name, kind, media])
    return dict(found or {})
