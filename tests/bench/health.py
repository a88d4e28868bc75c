"""How many cameras a core looks at: keyframes pulled by RTSP, decoded and judged, as the prober does it.

The cameras are RTSP streams of 640 x 360 at 10 pictures a second, served by a process of their own on
loopback; what counts is the processor time of this process alone, over looks at all of them by turns, 24 at
once. Each camera is looked at every 8.5 s on average, so that the figure is 8.5 s over the cost of a look.
The cost of pulling and of what comes after are stated apart.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import orjson
import uvloop

from jedel.app.media_role import source_of
from jedel.cameras.health import keyframe
from jedel.cameras.health.keyframe import Keyframe
from jedel.cameras.health.model import Look, judged
from jedel.cameras.health.picture import Memory, measure, remember
from jedel.cameras.health.prober import EVERY_S
from jedel.media.model import SourceKind, StreamSpec
from simulator.cameras import CamerasProcess
from tests.bench.report import Result

CAMERAS = 12
GOAL = 200.0
AT_ONCE = 24
SECONDS = 20.0
DRAWN_WITHIN_S = 240.0
KINDS = ("street", "corridor", "classroom", "entrance")


async def pulls(specs: list[StreamSpec], seconds: float) -> tuple[float, list[Keyframe]]:
    """Processor seconds of one pull, and the keyframes of the last turn."""
    room, until, found, done = asyncio.Semaphore(AT_ONCE), time.monotonic() + seconds, [], 0

    async def one(spec: StreamSpec) -> Keyframe:
        async with room:
            return await keyframe.pulled(spec, source_of)

    began = time.process_time()
    while time.monotonic() < until:
        found = await asyncio.gather(*(one(spec) for spec in specs))
        done += len(found)
    return (time.process_time() - began) / done, found


async def _drawn(specs: list[StreamSpec]) -> None:
    """Return when each camera has pictures: they are drawn when first asked for."""
    deadline = time.monotonic() + DRAWN_WITHIN_S
    for spec in specs:
        while True:
            try:
                await keyframe.pulled(spec, source_of)
                break
            except keyframe.NoKeyframe:
                assert time.monotonic() < deadline, "the cameras give no pictures"


def judgements(found: list[Keyframe], seconds: float) -> tuple[float, float]:
    """Processor seconds of decoding one keyframe, and of measuring and judging it."""
    memories = [Memory() for _ in found]
    decode_s = judge_s = 0.0
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        for each, memory in zip(found, memories, strict=True):
            began = time.process_time()
            grey, _, _ = keyframe.brightness(each)
            decoded = time.process_time()
            measured = measure(grey, memory)
            judged(Look(measured.seen, usual=memory.usual))
            remember(memory, measured, well=True)
            decode_s, judge_s = decode_s + decoded - began, judge_s + time.process_time() - decoded
            done += 1
    return decode_s / done, judge_s / done


def run(seconds: float | None = None) -> Result:
    """Half of `seconds` (default 20) pulls, half judges; then the same for large pictures, not counted."""
    half = (seconds or SECONDS) / 2
    cameras = {f"camera-{n}": KINDS[n % len(KINDS)] for n in range(CAMERAS)}
    with tempfile.TemporaryDirectory(prefix="jedel-health-") as folder:
        config = Path(folder, "cameras.json")
        config.write_bytes(orjson.dumps([{"name": name, "kind": kind} for name, kind in cameras.items()]))
        return uvloop.run(_measured(config, list(cameras), Path(folder), half))


async def _measured(config: Path, names: list[str], folder: Path, half: float) -> Result:
    async with CamerasProcess(config, films=folder) as cameras:
        costs = {}
        for stream in ("sub", "main"):
            specs = [
                StreamSpec(
                    id=f"camera/{name}/{stream}", region="00", kind=SourceKind.RTSP,
                    url=f"rtsp://127.0.0.1:{cameras.port}/{name}/{stream}", networks=("127.0.0.0/8",),
                )
                for name in names
            ]  # fmt: skip
            await _drawn(specs)
            pull_s, found = await pulls(specs, half if stream == "sub" else 3.0)
            decode_s, judge_s = judgements(found, half if stream == "sub" else 3.0)
            costs[stream] = pull_s + decode_s + judge_s
            size = "640 x 360" if stream == "sub" else "1280 x 720"
            print(
                f"{size}: pull {pull_s * 1e3:.2f} ms, decode {decode_s * 1e3:.2f} ms, measure and judge"
                f" {judge_s * 1e3:.2f} ms of a core: {sum(EVERY_S) / 2 / costs[stream]:.0f} cameras"
            )
    figure = round(sum(EVERY_S) / 2 / costs["sub"])
    print("the camera's own side is another process and not counted", file=sys.stderr)
    return Result("health", figure, "cameras a core", GOAL, figure >= GOAL)
