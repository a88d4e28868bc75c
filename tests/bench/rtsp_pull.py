"""Pulling a camera: CPU of one core for a 1080p25 H.264 stream of 4 Mbit/s over loopback, our client's.

The camera is our own server in another process, so that it costs neither side anything. Peer: PyAV
(libavformat) demuxing the same stream without decoding, in a thread as it must be. Both hand over every
access unit; what is measured is this process's CPU time while one of them pulls.
"""

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Sequence
from fractions import Fraction
from multiprocessing.connection import Connection
from statistics import median
from typing import Final

import av
import numpy as np

from rtsp import auth, nal
from rtsp.client import Client
from rtsp.payloads import Format, Unit, with_parameters
from rtsp.server import Mount, Server, Viewer
from tests.bench.report import Result

SECONDS: Final = 12.0
WARM_S: Final = 2.0
FPS: Final = 25
BITS_S: Final = 4_000_000
SIZE: Final = (1920, 1080)
GOAL_PERCENT: Final = 3.0
"""Of a core and a stream: a quarter of it carries eight."""


def film() -> list[tuple[bytes, ...]]:
    """Two seconds at the bit rate, a keyframe a second; moving bars with noise."""
    coder = av.CodecContext.create("libx264", "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height = SIZE
    coder.pix_fmt = "yuv420p"
    coder.framerate, coder.time_base = Fraction(FPS), Fraction(1, FPS)
    coder.bit_rate = BITS_S
    coder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(FPS), "nal-hrd": "cbr"}
    coder.options |= {"maxrate": str(BITS_S), "bufsize": str(BITS_S // 2), "x264-params": "filler=0"}
    dice, found = np.random.default_rng(1), []
    ground = dice.integers(60, 200, (SIZE[1] // 4, SIZE[0] // 4), dtype=np.uint8).repeat(4, 0).repeat(4, 1)
    for nth in range(2 * FPS):
        planes = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
        planes[: SIZE[1]] = np.roll(ground, nth * 7, 1)
        shot = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        shot.pts = nth
        found += [tuple(nal.from_annex_b(bytes(packet))) for packet in coder.encode(shot)]
    return found


class _Stage:
    def __init__(self) -> None:
        self.pictures = film()
        sets = tuple(part for part in self.pictures[0] if nal.kind_h264(part) in (7, 8))
        self.tracks: Sequence[Format] = (with_parameters(Format("H264", 90_000), sets),)
        self._plays: dict[Viewer, asyncio.Task[None]] = {}

    async def attach(self, viewer: Viewer) -> None:
        self._plays[viewer] = asyncio.create_task(self._play(viewer))

    def detach(self, viewer: Viewer) -> None:
        self._plays.pop(viewer).cancel()

    async def _play(self, viewer: Viewer) -> None:
        loop = asyncio.get_running_loop()
        began, nth = loop.time(), 0
        while True:
            parts = self.pictures[nth % len(self.pictures)]
            viewer.send(0, Unit(nth * 90_000 // FPS, any(part[0] & 31 == 5 for part in parts), parts))
            nth += 1
            await asyncio.sleep(max(0.0, began + nth / FPS - loop.time()))


def serve(said: Connection) -> None:
    """The camera's process: says its port and the film's bits a second, and ends with the pipe."""

    async def run() -> None:
        stage = _Stage()

        async def find(_: str, __: auth.Login | None) -> Mount:
            return stage

        server = Server(find)
        await server.start()
        bits = sum(len(part) for picture in stage.pictures for part in picture) * 8 // 2
        said.send((server.port, bits))
        await asyncio.to_thread(said.poll, None)
        await server.close()

    asyncio.run(run())


async def _first(url: str, port: int) -> float:
    """Seconds from nothing to the first picture."""
    client, there = Client(url), asyncio.Event()
    began = time.monotonic()
    await client.open("127.0.0.1", port)
    plays = asyncio.create_task(client.play(lambda *_: there.set()))
    await there.wait()
    took = time.monotonic() - began
    plays.cancel()
    await asyncio.gather(plays, return_exceptions=True)
    client.close()
    return took


def _first_libavformat(url: str) -> float:
    began = time.monotonic()
    with av.open(url, options={"rtsp_transport": "tcp"}) as source:
        next(source.demux(video=0))
    return time.monotonic() - began


async def _ours(url: str, port: int, seconds: float) -> tuple[float, int]:
    client, units = Client(url), 0

    def take(_: int, __: Unit, ___: int) -> None:
        nonlocal units
        units += 1

    await client.open("127.0.0.1", port)
    plays = asyncio.create_task(client.play(take))
    await asyncio.sleep(WARM_S)
    cpu, began, before = _cpu(), time.monotonic(), units
    await asyncio.sleep(seconds)
    share, count = (_cpu() - cpu) / (time.monotonic() - began), units - before
    plays.cancel()
    await asyncio.gather(plays, return_exceptions=True)
    client.close()
    return share, count


def _libavformat(url: str, seconds: float) -> tuple[float, int]:
    with av.open(url, options={"rtsp_transport": "tcp"}) as source:
        began, cpu, units = time.monotonic() + WARM_S, 0.0, 0
        for packet in source.demux(video=0):
            now = time.monotonic()
            bytes(packet)
            if now < began:
                cpu = _cpu()
                continue
            units += 1
            if now - began >= seconds:
                return (_cpu() - cpu) / (now - began), units
    raise AssertionError("the stream ended")


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(seconds: float = SECONDS) -> Result:
    """Measure both, ours first, each for so long."""
    context = multiprocessing.get_context("spawn")
    ours_end, its_end = context.Pipe()
    camera = context.Process(target=serve, args=(its_end,), daemon=True)
    camera.start()
    port, bits = ours_end.recv()
    url = f"rtsp://127.0.0.1:{port}/live"
    share, count = asyncio.run(_ours(url, port, seconds))
    peer_share, peer_count = _libavformat(url, seconds)
    firsts = [asyncio.run(_first(url, port)) for _ in range(5)], [_first_libavformat(url) for _ in range(5)]
    ours_end.send(None)
    camera.join(10)
    print(
        f"{bits / 1e6:.1f} Mbit/s; ours {share:.2%} of a core, {count} pictures in {seconds:.0f} s; ", end=""
    )
    print(f"libavformat {peer_share:.2%}, {peer_count} pictures")
    print(f"first picture after {median(firsts[0]):.3f} s; libavformat after {median(firsts[1]):.3f} s")
    percent, peer = round(share * 100, 2), round(peer_share * 100, 2)
    met = percent <= GOAL_PERCENT and count >= seconds * FPS * 0.98
    return Result(
        "rtsp-pull", percent, "% of a core", GOAL_PERCENT, met, "libavformat", peer, round(percent / peer, 2)
    )


if __name__ == "__main__":
    print(run().line())
