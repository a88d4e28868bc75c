"""16 cameras of 4 Mbit/s recorded at once: how much of a core, and whether every picture is in a file.

The pictures are real H.264 (1080p25, encoded beforehand at that rate), published on hubs at their pace; rows
go to a real PostgreSQL. Counted is all that the process does, the publishing included. Peer: Debian's ffmpeg,
one for each camera, that copies the same pictures into segments of fragmented MP4; it keeps no times of ours,
makes no hashes and knows no database.
"""

import asyncio
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.app.migrate import upgrade
from jedel.journal import opened
from jedel.media.fmp4 import init_segment
from jedel.media.fragmenter import Fragmenter
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Track
from jedel.media.recording import repository
from jedel.media.recording.check import check
from jedel.media.recording.recorder import Recorder
from tests.bench.report import Result
from tests.media.made import noisy_video

STREAMS = 16
BITS_PER_S = 4_000_000
FPS = 25
GOAL_CORE = 0.5
SIZE = (1920, 1080)


def run(seconds: float = 70.0) -> Result:
    """Of one core, all in all."""
    track, units = noisy_video(FPS * 2, size=SIZE, fps=FPS, bit_rate=BITS_PER_S)
    rate = sum(unit.size for unit in units) * 8 / (len(units) / FPS)
    print(f"{STREAMS} streams of {rate / 1e6:.2f} Mbit/s, {SIZE[0]}x{SIZE[1]}, {FPS} a second, {seconds:g} s")
    with tempfile.TemporaryDirectory(prefix="jedel-bench-") as place:
        folder = Path(place)
        server = EmbeddedPostgres(folder / "postgres")
        server.start()
        try:
            url = server.url
            upgrade(url)
            core = asyncio.run(_record(url, folder / "recordings", track, units, seconds))
        finally:
            server.stop()
        peer = _ffmpeg(folder, track, units, seconds)
    print(f"ours: {core:.3f} of a core; ffmpeg: {peer:.3f}" if peer else f"ours: {core:.3f} of a core")
    return Result(
        bench="record",
        figure=round(core, 3),
        unit="of a core",
        goal=GOAL_CORE,
        met=core <= GOAL_CORE,
        peer="ffmpeg -c copy, 16 processes" if peer else None,
        peer_figure=round(peer, 3) if peer else None,
        ratio=round(core / peer, 2) if peer else None,
    )


async def _record(url: str, folder: Path, track: Track, units: Sequence[AccessUnit], seconds: float) -> float:
    async with opened(url) as store:
        with ThreadPoolExecutor(8) as pool:
            recorders = [Recorder(store, pool, folder, f"camera/{uuid4()}/main") for _ in range(STREAMS)]
            async with store.transaction() as tx:
                for recorder in recorders:
                    await repository.know(tx.conn, recorder.stream, "00", 30, tx.now)
            hubs = [Hub() for _ in recorders]
            tasks = []
            for hub, recorder in zip(hubs, recorders, strict=True):
                recorder.wanted = True
                hub.begin([track])
                hub.add(recorder.intake)
                tasks.append(asyncio.create_task(recorder.run()))
            cpu, began = time.process_time(), time.monotonic()
            sent = await _publish(hubs, units, seconds)
            core = (time.process_time() - cpu) / (time.monotonic() - began)
            for hub in hubs:
                hub.end()
            await asyncio.gather(*tasks)
        dropped = sum(recorder.dropped for recorder in recorders)
        async with store.reading() as tx:
            rows = await repository.of_page(tx.conn, None, 10_000)
        kept = sum(row["units"] for row in rows)
        print(f"{sent} pictures sent, {kept} in {len(rows)} files, {dropped} dropped")
        report = await check(store, folder)
        if kept != sent or dropped or report.findings:
            raise AssertionError(f"lost: {sent - kept}; {[f.path for f in report.findings][:5]}")
    return core


async def _publish(hubs: Sequence[Hub], units: Sequence[AccessUnit], seconds: float) -> int:
    """Every stream's pictures at their pace, the streams' keyframes spread over the group."""
    began, number = time.monotonic(), 0
    while (due := number / FPS) < seconds:
        await asyncio.sleep(max(0.0, began + due - time.monotonic()))
        now = time.time_ns() // 1000
        for nth, hub in enumerate(hubs):
            offset = nth * len(units) // len(hubs)
            if number < offset and not units[(number - offset) % len(units)].keyframe and not hub.units:
                continue
            unit = units[(number - offset) % len(units)]
            hub.publish(replace(unit, rtp=number * 3600, at_us=now))
        number += 1
    return sum(hub.units for hub in hubs)


def _ffmpeg(folder: Path, track: Track, units: Sequence[AccessUnit], seconds: float) -> float | None:
    if shutil.which("ffmpeg") is None:
        return None
    source = folder / "source.mp4"
    fragmenter = Fragmenter([track])
    for unit in units:
        fragmenter.add(unit)
    cut = fragmenter.cut(last=True)
    assert cut is not None
    source.write_bytes(init_segment([track]) + cut.data)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    processes = [
        subprocess.Popen(
            [
                *("ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(source), "-c", "copy"),
                *("-t", str(seconds), "-f", "segment", "-segment_time", "60", "-segment_format", "mp4"),
                *("-segment_format_options", "movflags=frag_keyframe+empty_moov", "-reset_timestamps", "1"),
                str(folder / f"peer-{nth}-%03d.mp4"),
            ],
            stdin=subprocess.DEVNULL,
        )
        for nth in range(STREAMS)
    ]
    for process in processes:
        process.wait(seconds * 3 + 30)
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / took
