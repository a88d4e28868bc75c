"""`jedel media check` after kill -9, and after somebody touched the files."""

import asyncio
import os
import signal
import sys
import time
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import av
import pytest

from jedel.journal import Store
from jedel.media.model import AccessUnit, Codec
from jedel.media.recording import repository
from jedel.media.recording.check import Fault, check
from jedel.media.recording.cli import run
from jedel.media.recording.model import at_us, path_of
from jedel.media.recording.writer import SegmentWriter
from tests.conftest import Database
from tests.media.made import video

STREAM = f"camera/{uuid4()}/main"

RECORDER = """
import asyncio, sys, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from jedel.journal import opened
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec
from jedel.media.recording import repository
from jedel.media.recording.recorder import Recorder
from tests.media.made import video

async def main(url, folder, stream):
    track, units = video(Codec.H264, 250)
    async with opened(url) as store:
        async with store.transaction() as tx:
            await repository.know(tx.conn, stream, "00", 30, tx.now)
        recorder = Recorder(store, ThreadPoolExecutor(1), Path(folder), stream, segment_s=3)
        recorder.wanted = True
        hub = Hub()
        hub.begin([track])
        hub.add(recorder.intake)
        asyncio.create_task(recorder.run())
        began = time.time_ns() // 1000
        sent = 0
        while True:
            now = time.time_ns() // 1000
            while began + sent * 40_000 <= now:
                unit = units[sent % 250]
                hub.publish(AccessUnit(0, sent * 3600, now, unit.keyframe, unit.parts))
                sent += 1
                print(now, flush=True)
            await asyncio.sleep(0.01)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_after_kill_9_all_but_the_last_two_seconds_is_playable(
    database: Database, store: Store, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RECORDER, database.url, str(tmp_path), STREAM),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert process.stdout is not None
    sent_us = 0
    deadline = time.monotonic() + 60
    first_us = 0
    while (line := await process.stdout.readline()) and time.monotonic() < deadline:
        sent_us = int(line)
        first_us = first_us or sent_us
        if sent_us - first_us > 7_500_000:
            break
    live = await check(store, tmp_path)
    assert live.live == 1
    assert not live.findings
    process.send_signal(signal.SIGKILL)
    rest = await process.stdout.read()
    await process.wait()
    sent_us = max([sent_us, *map(int, rest.decode().splitlines())])

    found = await check(store, tmp_path)
    assert [finding.fault for finding in found.findings] == [Fault.NO_ROW]
    mended = await check(store, tmp_path, mend=True)
    assert (mended.mended, mended.unmended) == (1, 0)
    after = await check(store, tmp_path)
    assert not after.findings
    async with store.reading() as tx:
        rows = await repository.of_page(tx.conn, None, 10)
    assert sent_us - at_us(rows[-1]["end_at"]) <= 2_000_000
    assert rows[-1]["mended"]
    for row in rows:
        with av.open(str(tmp_path / path_of(STREAM, row["start_at"]))) as container:
            assert sum(1 for _ in container.decode(video=0)) == row["units"]
    for before, behind in pairwise(rows):
        assert abs(at_us(behind["start_at"]) - at_us(before["end_at"])) <= 100_000


async def recorded(store: Store, folder: Path, seconds: int = 9) -> list[Path]:
    """Three closed segments with their rows."""
    track, units = video(Codec.H264, seconds * 25)
    writer = SegmentWriter(folder, STREAM, segment_s=seconds // 3)
    done = writer.take([(track,), *units], units[-1].at_us) + writer.close()
    async with store.transaction() as tx:
        await repository.know(tx.conn, STREAM, "00", 30, tx.now)
        await repository.add(tx.conn, done)
    return [folder / path_of(STREAM, segment.start) for segment in done]


async def test_one_bit_is_found_and_not_mended(store: Store, tmp_path: Path) -> None:
    paths = await recorded(store, tmp_path)
    with paths[1].open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-100, os.SEEK_END)
        file.write(bytes([byte ^ 4]))
    found = await check(store, tmp_path, mend=True)
    assert [(f.fault, f.mended) for f in found.findings] == [(Fault.HASH, "")]
    assert found.findings[0].path == str(paths[1].relative_to(tmp_path))
    assert not (await check(store, tmp_path, hashes=False)).findings


async def test_what_is_missing_short_strange_or_twice_is_told(
    database: Database, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = await recorded(store, tmp_path)
    assert await asyncio.to_thread(run, database.url, tmp_path, mend=False, hashes=True) == 0
    paths[0].unlink()
    os.truncate(paths[1], 1000)
    (paths[2].parent / "notes.txt").write_text("mine")
    async with store.transaction() as tx:
        await tx.conn.execute(
            """UPDATE segment SET end_at = end_at + interval '5 s'
            WHERE start_at = (SELECT min(start_at) FROM segment)"""
        )
    assert await asyncio.to_thread(run, database.url, tmp_path, mend=False, hashes=True) == 1
    said = capsys.readouterr().out
    for fault in (Fault.NO_FILE, Fault.SIZE, Fault.STRANGE, Fault.OVERLAP):
        assert fault in said
    report = await check(store, tmp_path, mend=True)
    assert {f.fault for f in report.findings if f.mended} == {Fault.NO_FILE}
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT payload FROM journal WHERE kind = 'media.segment_missing'")
        rows = await cursor.fetchall()
    assert len(rows) == 1
    assert STREAM in rows[0]["payload"]


async def test_a_file_with_nothing_whole_in_it_goes(store: Store, tmp_path: Path) -> None:
    track, units = video(Codec.H264, 10)
    writer = SegmentWriter(tmp_path, STREAM)
    moved = [AccessUnit(0, u.rtp, u.at_us, u.keyframe, u.parts) for u in units]
    (segment,) = writer.take([(track,), *moved], units[-1].at_us) + writer.close()
    path = tmp_path / path_of(STREAM, segment.start)
    os.truncate(path, 900)
    report = await check(store, tmp_path, mend=True)
    assert [f.mended for f in report.findings] == ["removed"]
    assert not path.exists()


async def test_garbage_in_the_place_of_a_recording(store: Store, tmp_path: Path) -> None:
    paths = await recorded(store, tmp_path)
    async with store.transaction() as tx:
        await tx.conn.execute("DELETE FROM segment")
    paths[0].write_bytes(os.urandom(5000))
    data = bytearray(paths[1].read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4000] = os.urandom(4000)
    paths[1].write_bytes(data)
    report = await check(store, tmp_path, mend=True)
    assert (report.mended, report.unmended) == (2, 1)
    assert [f.fault for f in report.findings if not f.mended] == [Fault.STRANGE]
    assert paths[1].read_bytes() == data  # what no crash does is left to people
