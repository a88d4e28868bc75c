"""What is recorded is on the disk whole, with our clock's times; what is not is counted."""

import asyncio
import errno
import hashlib
import io
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import av
import pytest

from jedel.journal import Store
from jedel.media import fmp4
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault
from jedel.media.recording import repository
from jedel.media.recording.intake import Intake
from jedel.media.recording.model import Segment, at_us, from_us, path_of, read_path
from jedel.media.recording.recorder import Buffer, Recorder
from jedel.media.recording.writer import SegmentWriter
from tests.media.made import START_US, sound, video
from tests.support import eventually

STREAM = f"camera/{uuid4()}/main"
LATER_US = START_US + 10**9


def frames_of(path: Path) -> int:
    with av.open(str(path), "r") as container:
        return sum(1 for _ in container.decode(video=0))


def file_of(folder: Path, segment: Segment) -> Path:
    return folder / path_of(segment.stream, segment.start)


def test_segments_begin_with_a_keyframe_and_lose_nothing(tmp_path: Path) -> None:
    track, units = video(Codec.H264, 200)
    voice, packets = sound(Codec.PCMA, 8)
    both = sorted(units + packets, key=lambda unit: unit.at_us)
    writer = SegmentWriter(tmp_path, STREAM, segment_s=3)
    done = writer.take([(track, voice), *both], both[-1].at_us) + writer.close()
    assert [at_us(s.start) - START_US for s in done] == [0, 3_000_000, 6_000_000]
    assert all(a.end == b.start for a, b in pairwise(done))
    assert at_us(done[-1].end) - START_US == pytest.approx(8_000_000, abs=21_000)
    assert sum(s.units for s in done) == len(both)
    assert writer.lost == 0
    for segment in done:
        path = file_of(tmp_path, segment)
        data = path.read_bytes()
        assert (hashlib.sha256(data).digest(), len(data)) == (segment.sha256, segment.size)
        assert read_path(str(path.relative_to(tmp_path))) == (STREAM, segment.start)
        found, end = fmp4.parse_fragments(data, fmp4.init_end(data))
        assert end == len(data)
        assert found[0].at_us == at_us(segment.start)
        assert found[0].runs[0].samples[0].keyframe
        assert max(b.at_us - a.at_us for a, b in pairwise(found)) <= 1_000_000
    assert sum(frames_of(file_of(tmp_path, s)) for s in done) == 200


def test_what_came_is_in_the_file_before_the_segment_ends(tmp_path: Path) -> None:
    """A killed process loses what it had not written: look at the file while it is open."""
    track, units = video(Codec.H264, 100)
    writer = SegmentWriter(tmp_path, STREAM)
    assert writer.take([(track,), *units], units[-1].at_us) == []
    (path,) = tmp_path.rglob("*.mp4")
    assert frames_of(path) >= 100 - 13
    writer.take([], units[-1].at_us + 5_000_000)  # nothing comes: the rest is written too
    assert frames_of(path) == 100


def test_another_size_and_a_break_begin_another_file(tmp_path: Path) -> None:
    small, first = video(Codec.H264, 25)
    large, second = video(Codec.H264, 25, size=(320, 240), start_us=START_US + 1_000_000)
    second = [AccessUnit(0, u.rtp + 90_000, u.at_us, u.keyframe, u.parts) for u in second]
    writer = SegmentWriter(tmp_path, STREAM)
    done = writer.take([(small,), *first, *second], LATER_US)
    done += writer.take([Fault.UNREACHABLE, (large,), *first], LATER_US) + writer.close()
    assert [(s.width, s.height) for s in done[:2]] == [(160, 120), (320, 240)]
    assert [frames_of(file_of(tmp_path, s)) for s in done[:2]] == [25, 25]


def test_our_clock_set_back_or_a_silence_begins_another_file(tmp_path: Path) -> None:
    track, units = video(Codec.H264, 50)
    for jump in (-3_600_000_000, 3_600_000_000):
        moved = [
            AccessUnit(0, u.rtp, u.at_us + jump * (n >= 25), u.keyframe, u.parts) for n, u in enumerate(units)
        ]
        writer = SegmentWriter(tmp_path / str(jump), STREAM)
        done = writer.take([(track,), *moved], LATER_US + abs(jump)) + writer.close()
        assert [s.units for s in done] == [25, 25]
        assert at_us(done[1].start) == START_US + 1_000_000 + jump
        assert done[0].end - done[0].start == timedelta(seconds=1)


def test_parameters_that_only_the_pictures_bring(tmp_path: Path) -> None:
    track, units = video(Codec.H265, 30)
    bare = type(track)(Codec.H265, 90_000)
    writer = SegmentWriter(tmp_path, STREAM)
    done = writer.take([(bare,), *units], LATER_US) + writer.close()
    assert [s.units for s in done] == [30]
    assert done[0].codecs.startswith("hvc1.")


def test_garbage_is_counted_and_makes_no_file(tmp_path: Path) -> None:
    track, _ = video(Codec.H264, 1)
    noise = [AccessUnit(0, n * 3600, START_US + n * 40_000, True, (b"\x09\x10",)) for n in range(10)]
    writer = SegmentWriter(tmp_path, STREAM)
    bare = type(track)(Codec.H264, 90_000)
    assert writer.take([(bare,), *noise], LATER_US) + writer.close() == []
    assert writer.lost == 10
    assert not list(tmp_path.rglob("*.mp4"))


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_full_disk_is_said_counted_and_got_over(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        track, units = video(Codec.H264, 250, bit_rate=2_000_000, size=(320, 240))
        writer = SegmentWriter(disk, STREAM, segment_s=4)
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(190_000))
        done = writer.take([(track,), *units[:150]], units[149].at_us)
        assert writer.fault == errno.errorcode[errno.ENOSPC]
        assert writer.lost > 0
        ballast.unlink()
        done += writer.take(units[150:], units[-1].at_us) + writer.close()
        assert not writer.fault
        assert sum(s.units for s in done) + writer.lost == 250
        assert sum(s.dropped for s in done) == writer.lost
        for segment in done:
            data = file_of(disk, segment).read_bytes()
            assert hashlib.sha256(data).digest() == segment.sha256
            with av.open(io.BytesIO(data), "r") as container:
                assert sum(1 for _ in container.decode(video=0)) == segment.units
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_slow_disk_drops_to_the_next_keyframe_and_counts() -> None:
    track, units = video(Codec.H264, 100)
    intake = Intake(units_max=31)
    intake.begin([track])
    for unit in units[:60]:
        intake.take(unit)
    assert (intake.dropped, len(intake.drain())) == (30, 31)
    for unit in units[60:]:
        intake.take(unit)
    rest = intake.drain()
    assert isinstance(rest[0], AccessUnit)
    assert rest[0] is units[75]
    assert intake.dropped == 45


def test_the_seconds_before_an_event_are_kept_and_no_more() -> None:
    track, units = video(Codec.H264, 250)
    buffer = Buffer(3)
    buffer.take([(track,), *units])
    kept = buffer.drain()
    assert kept[0] == (track,)
    first = kept[1]
    assert isinstance(first, AccessUnit)
    assert first.keyframe
    assert 3_000_000 <= units[-1].at_us - first.at_us < 4_100_000
    assert buffer.drain() == [(track,)]
    small = Buffer(3, bytes_max=2000)
    small.take([(track,), *units])
    assert sum(u.size for u in small.drain() if isinstance(u, AccessUnit)) <= 2000


async def test_a_recorder_writes_before_the_event_and_its_rows(store: Store, tmp_path: Path) -> None:
    track, units = video(Codec.H264, 150)
    async with store.transaction() as tx:
        await repository.know(tx.conn, STREAM, "00", 30, tx.now)
    with ThreadPoolExecutor(1) as pool:
        recorder = Recorder(store, pool, tmp_path, STREAM, pre_event_s=2, segment_s=2)
        hub = Hub()
        hub.begin([track])
        hub.add(recorder.intake)
        task = asyncio.create_task(recorder.run())
        for unit in units[:100]:
            hub.publish(unit)
        await eventually(lambda: _drained(recorder))
        assert not list(tmp_path.rglob("*.mp4"))
        recorder.wanted = recorder.on_event = True
        for unit in units[100:]:
            hub.publish(unit)
        await eventually(lambda: _file(tmp_path))
        hub.end()
        await asyncio.wait_for(task, 30)
    async with store.reading() as tx:
        rows = await repository.between(tx.conn, STREAM, from_us(START_US), from_us(LATER_US), 10)
    assert all(row.on_event for row in rows)
    assert rows[0].start <= from_us(units[100].at_us) - timedelta(seconds=2)
    assert sum(frames_of(file_of(tmp_path, row)) for row in rows) == sum(row.units for row in rows)
    assert rows[-1].end == from_us(START_US + 6_000_000)
    assert recorder.dropped == 0


async def _drained(recorder: Recorder) -> bool:
    return not recorder.intake.waiting


async def _file(folder: Path) -> bool:
    return bool(list(folder.rglob("*.mp4")))
