"""1080p25 H.264 at 4 Mbit/s from an RTSP camera to eight viewers by WebRTC: what it costs, and how late the
picture is.

Cost: processor time of the gateway's process, with the stream pulled and nobody looking, then with eight
viewers that decode nothing (they go through ICE and DTLS as a browser does). Late: the camera writes the time
into the picture before it is encoded, Chromium reads it off its screen. Beside it Debian's Janus with the
same film and the same viewers where it is installed (its film comes by bare RTP, which spares it the RTSP),
and, in docs/decisions/0009, aiortc's RTCPeerConnection.
"""

import asyncio
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from jedel.app.embedded.child import free_port
from tests.bench import relay_ends, relay_janus
from tests.bench.relay_viewer import CountingViewer, own_address
from tests.bench.report import Result
from tests.media.webrtc_support import chromium, page_for, stat

VIEWERS: Final = 8
GOAL_SHARE: Final = 25.0
GOAL_MS: Final = 400.0
SETTLES_S: Final = 1.5
LEAST: Final = 0.5
"""Of the film's rate: where less comes, the machine is too busy to say anything."""
_SPAWN: Final = multiprocessing.get_context("spawn")
_TICK: Final = os.sysconf("SC_CLK_TCK")

READ: Final = """async ([blocks, block, count]) => {
  const {video} = window.players.a, canvas = document.createElement('canvas'), late = [];
  canvas.width = blocks * block; canvas.height = block;
  const context = canvas.getContext('2d', {willReadFrequently: true});
  while (late.length < count) {
    const shown = await new Promise((done) => video.requestVideoFrameCallback((_, meta) => done(meta)));
    const at = Math.max(Date.now(), performance.timeOrigin + shown.expectedDisplayTime);
    context.drawImage(video, 0, 0, canvas.width, block, 0, 0, canvas.width, block);
    const row = context.getImageData(0, block >> 1, canvas.width, 1).data;
    let stamp = 0;
    for (let nth = 0; nth < blocks; nth++) stamp = stamp * 2 + (row[4 * (nth * block + (block >> 1))] > 128);
    late.push(Math.round(at) % 2 ** 32 - stamp);
  }
  return late;
}"""


def cpu_s(pid: int) -> float:
    """Processor time of a process so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


@contextmanager
def started(target: Callable[..., None], *arguments: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=target, args=(theirs, *arguments), daemon=True)
    process.start()
    try:
        yield process, ours
    finally:
        process.terminate()
        process.join(10)


Join = Callable[[CountingViewer], Awaitable[Any]]


async def share(pid: int, join: Join, host: str, seconds: float) -> tuple[float, float, int]:
    """(% of a core without viewers, with eight, packets that they missed)."""
    alone = await _measured(pid, seconds / 2)
    viewers = [CountingViewer() for _ in range(VIEWERS)]
    kept = []
    for viewer in viewers:
        await viewer.open(host)
        kept.append(await join(viewer))
    await asyncio.gather(*(asyncio.wait_for(viewer.secured.wait(), 30) for viewer in viewers))
    await asyncio.sleep(SETTLES_S)
    before = [viewer.bytes for viewer in viewers]
    missed = sum(viewer.lost for viewer in viewers)
    began = time.monotonic()
    looked = await _measured(pid, seconds)
    took = time.monotonic() - began
    rates = [(viewer.bytes - old) * 8 / took / 1e6 for viewer, old in zip(viewers, before, strict=True)]
    print(f"   {min(rates):.1f} to {max(rates):.1f} Mbit/s came to each viewer")
    if min(rates) < LEAST * relay_ends.BITS_PER_S / 1e6:
        raise AssertionError(f"viewers got too little: {[round(rate, 2) for rate in rates]} Mbit/s")
    missed = sum(viewer.lost for viewer in viewers) - missed
    for viewer in viewers:
        await viewer.close()
    return alone, looked, missed


async def _measured(pid: int, seconds: float) -> float:
    began, used = time.monotonic(), cpu_s(pid)
    await asyncio.sleep(seconds)
    return 100 * (cpu_s(pid) - used) / (time.monotonic() - began)


async def ask(orders: Connection, offer: str) -> str:
    orders.send(offer)
    return str(await asyncio.get_running_loop().run_in_executor(None, orders.recv))


async def of_gateway(url: str, kind: str, seconds: float) -> tuple[float, float, int]:
    host = own_address() if kind == "aiortc" else "127.0.0.1"
    with started(relay_ends.gateway, url, host, kind) as (process, orders):
        await asyncio.get_running_loop().run_in_executor(None, orders.recv)

        async def join(viewer: CountingViewer) -> None:
            viewer.connect(await ask(orders, viewer.offer()))

        return await share(int(process.pid or 0), join, host, seconds)


async def of_janus(rtp_port: int, seconds: float) -> tuple[float, float, int]:
    host, http_port = own_address(), free_port()
    with (
        tempfile.TemporaryDirectory() as folder,
        relay_janus.janus(Path(folder), host, http_port, rtp_port) as process,
    ):
        clients = []

        async def join(viewer: CountingViewer) -> None:
            clients.append(await relay_janus.join(f"http://127.0.0.1:{http_port}/janus", viewer))

        try:
            return await share(process.pid, join, host, seconds)
        finally:
            for client in clients:
                await client.aclose()


async def lateness(url: str, seconds: float) -> list[float]:
    """Milliseconds from the camera's clock to the screen's, picture by picture."""
    with started(relay_ends.gateway, url, "127.0.0.1", "ours") as (_, orders):
        await asyncio.get_running_loop().run_in_executor(None, orders.recv)

        async def watch(_: str, offer: str) -> str:
            return await ask(orders, offer)

        async with chromium() as browser, page_for(browser, watch) as page:
            await page.evaluate("window.watch('a', 'live')")
            settle = [relay_ends.STAMP_BITS, relay_ends.BLOCK, 2 * relay_ends.FPS]
            await page.evaluate(READ, settle)
            settle[2] = int(seconds * relay_ends.FPS)
            late = [float(each) for each in await page.evaluate(READ, settle)]
            seen = await stat(page, "a", "inbound-rtp", "video")
            held, came = seen["jitterBufferDelay"], max(1, seen["jitterBufferEmittedCount"])
            decoding = seen["totalDecodeTime"] / max(1, seen["framesDecoded"])
            print(f"in Chromium: held {1000 * held / came:.0f} ms, decoded in {1000 * decoding:.0f} ms")
            return late


async def _run(seconds: float) -> Result:
    without = relay_janus.missing()
    rtp_port = 0 if without else free_port()
    with started(relay_ends.camera, int(120 + 8 * seconds), rtp_port) as (_, told):
        camera = await asyncio.get_running_loop().run_in_executor(None, told.recv)
        base = f"rtsp://127.0.0.1:{camera['port']}"
        print(f"1080p{relay_ends.FPS}, {camera['mbps']:.1f} Mbit/s, {VIEWERS} viewers")
        late = await lateness(f"{base}/live", seconds)
        ordered = sorted(late)
        p50, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
        print(
            f"glass to glass: p50 {p50:.0f}, p95 {p95:.0f}, worst {ordered[-1]:.0f} ms ({len(late)} of them)"
        )
        alone, looked, missed = await of_gateway(f"{base}/loop", "ours", seconds)
        each = (looked - alone) / VIEWERS
        print(f"ours: {alone:.1f} % of a core for the stream, {each:.2f} % a viewer, {missed} packets missed")
        peer: float | None = None
        if without:
            print(f"without Janus: {without}")
        else:
            its_alone, peer, missed = await of_janus(rtp_port, seconds)
            its = (peer - its_alone) / VIEWERS
            print(f"janus: {its_alone:.1f} % for the stream, {its:.2f} % a viewer, {missed} packets missed")
    return Result(
        bench="relay",
        figure=round(looked, 1),
        unit=f"% of a core, stream and 8 viewers; glass to glass p95 {p95:.0f} ms (goal {GOAL_MS:.0f})",
        goal=GOAL_SHARE,
        met=looked <= GOAL_SHARE and p95 <= GOAL_MS,
        peer=None if peer is None else "janus 1.1",
        peer_figure=None if peer is None else round(peer, 1),
        ratio=None if not peer else round(looked / peer, 2),
    )


def run(seconds: float = 10.0) -> Result:
    """`seconds` of each measurement."""
    return asyncio.run(_run(seconds))


def compare(seconds: float = 6.0) -> None:
    """Ours beside aiortc's RTCPeerConnection for each viewer (docs/decisions/0009): prints both.
    ``python -c 'from tests.bench.relay import compare; compare()'``"""

    async def both() -> None:
        with started(relay_ends.camera, int(60 + 8 * seconds), 0) as (_, told):
            camera = await asyncio.get_running_loop().run_in_executor(None, told.recv)
            for kind in ("ours", "aiortc"):
                alone, looked, missed = await of_gateway(
                    f"rtsp://127.0.0.1:{camera['port']}/loop", kind, seconds
                )
                print(f"{kind}: {alone:.1f} % for the stream, {looked:.1f} % with 8 viewers, {missed} missed")

    asyncio.run(both())
