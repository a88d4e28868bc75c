"""What one gateway records, and when it begins and ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import av
from nats.aio.client import Client

from jedel.journal import Connection, Store
from jedel.kernel.clock import ManualClock
from jedel.media.book import Book
from jedel.media.model import Codec, SourceKind, StreamSpec
from jedel.media.recording import repository, service
from jedel.media.recording.keeper import Recordings
from jedel.media.recording.model import Window, gaps, path_of, ranges, read_path, scheduled
from jedel.media.sources import Source
from jedel.media.streams import Streams
from tests.media.playing import Playing, made
from tests.support import eventually

PICTURES = made(Codec.H264, size=(160, 120))


class Room:
    prefix = "camera/"

    def __init__(self) -> None:
        self.specs: dict[str, StreamSpec] = {}

    def add(self, **more: object) -> str:
        stream = f"camera/{uuid4()}/main"
        self.specs[stream] = replace(StreamSpec(stream, "00", SourceKind.RTSP), **more)  # type: ignore[arg-type]
        return stream

    async def spec(self, _conn: Connection, stream_id: str) -> StreamSpec | None:
        return self.specs.get(stream_id)

    async def published_by(self, _conn: Connection, _publisher: UUID) -> str | None:
        return None

    async def recorded(self, _conn: Connection) -> list[str]:
        return [name for name, spec in self.specs.items() if spec.record or spec.pre_event_s]


@dataclass
class Running:
    recordings: Recordings
    streams: Streams
    task: asyncio.Task[None]


def _no_derived(*_: object) -> Source:
    raise AssertionError("nothing here is derived")


@asynccontextmanager
async def running(
    store: Store, bus: Client, folder: Path, room: Room, mine: Callable[[str], bool] = lambda _: True
) -> AsyncIterator[Running]:
    book = Book(store, [room])
    streams = Streams(book, lambda _: Playing(PICTURES), _no_derived)
    recordings = Recordings(store, bus, folder, book, streams, mine, lambda moment: moment)
    task = asyncio.create_task(recordings.run())
    try:
        yield Running(recordings, streams, task)
    finally:
        task.cancel()
        await asyncio.wait({task})
        await streams.close()


def written(folder: Path, stream: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return any(
            path.stat().st_size > 5000
            for path in folder.rglob("*.mp4")
            if (found := read_path(str(path.relative_to(folder)))) and found[0] == stream
        )

    return look


async def test_what_is_always_kept_is_and_what_another_gateway_has_is_not(
    store: Store, bus: Client, tmp_path: Path
) -> None:
    room = Room()
    mine, other = room.add(record=True), room.add(record=True)
    async with running(store, bus, tmp_path, room, lambda name: name == mine) as at:
        await eventually(written(tmp_path, mine))
        assert at.recordings.recording == {mine}
        assert at.streams.find(other) is None
        assert at.recordings.dropped == 0
        assert not at.recordings.faults
        await at.streams.stop(next(iter(at.streams)))  # it is begun again
        await eventually(lambda: _files(tmp_path, 2))
    async with store.reading() as tx:
        rows = await repository.of_page(tx.conn, None, 10)
    assert len(rows) == 2
    for row in rows:
        with av.open(str(tmp_path / path_of(mine, row["start_at"]))) as container:
            assert sum(1 for _ in container.decode(video=0)) == row["units"] > 0


async def _files(folder: Path, count: int) -> bool:
    return sum(1 for _ in folder.rglob("*.mp4")) >= count


async def test_an_event_records_what_was_before_it_and_ends(
    store: Store, bus: Client, tmp_path: Path, clock: ManualClock
) -> None:
    room = Room()
    ready, off = room.add(pre_event_s=1), room.add()
    incident = uuid4()
    async with running(store, bus, tmp_path, room) as at:
        await eventually(lambda: _units(at.streams, ready, 30))
        assert not list(tmp_path.rglob("*.mp4"))
        async with store.transaction() as tx:
            await service.record_on_event(tx, "00", [ready, off], incident, reason="alarm")
        await service.ring(bus)
        await eventually(written(tmp_path, ready))
        await eventually(written(tmp_path, off))
        clock.advance(30)
        async with store.transaction() as tx:
            assert set(await service.end_event(tx, incident)) == {ready, off}
        await service.ring(bus)
        await eventually(lambda: _none(at.recordings))
        assert at.streams.find(ready) is not None  # the seconds before the next event
    async with store.reading() as tx:
        rows = await repository.of_page(tx.conn, None, 10)
    assert {row["stream_id"] for row in rows} == {ready, off}
    assert all(row["on_event"] for row in rows)


async def _units(streams: Streams, name: str, least: int) -> bool:
    found = streams.find(name)
    return found is not None and found.hub.units >= least


async def _none(recordings: Recordings) -> bool:
    return not recordings.recording


async def test_a_week_says_when(store: Store, bus: Client, tmp_path: Path, clock: ManualClock) -> None:
    room = Room()
    stream = room.add()
    now = clock.now()
    whole_day = {"day": now.weekday(), "from": 0, "until": 1440}
    async with store.transaction() as tx:
        await repository.set_schedule(tx.conn, stream, "00", [whole_day], now)
    async with running(store, bus, tmp_path, room) as at:
        await eventually(written(tmp_path, stream))
        clock.advance(86_400)
        await eventually(lambda: _none(at.recordings))


def test_windows_ranges_and_gaps() -> None:
    window = Window.read({"day": 0, "from": 480, "until": 600})
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert scheduled([window], monday)
    assert not scheduled([window], monday + timedelta(hours=2))
    assert not scheduled([window], monday + timedelta(days=1))
    for wrong in ({"day": 7, "from": 0, "until": 1}, {"day": 0, "from": 5, "until": 5}):
        try:
            Window.read(wrong)
        except ValueError:
            continue
        raise AssertionError(wrong)
    minute = timedelta(minutes=1)
    parts = [(monday, monday + minute), (monday + minute, monday + 2 * minute)]
    later = (monday + 5 * minute, monday + 6 * minute)
    found = ranges([*parts, later])
    assert [(each.since, each.until) for each in found] == [(monday, monday + 2 * minute), later]
    holes = gaps(found, monday - minute, monday + 7 * minute)
    assert [(each.until - each.since) // minute for each in holes] == [1, 3, 1]
    assert gaps(found, monday, monday + minute) == []


def test_paths_are_ours_or_nothing() -> None:
    stream, start = f"camera/{uuid4()}/main", datetime(2026, 11, 22, 1, 2, 3, 45, tzinfo=UTC)
    path = path_of(stream, start)
    assert read_path(path) == (stream, start)
    for strange in (path + "x", path.replace("main", "../x"), path.replace("-010203", "-250203"), ""):
        assert read_path(strange) is None
    for strange in ("camera/../main", "call/x/desk", stream + "#masked", "camera"):
        try:
            path_of(strange, start)
        except ValueError:
            continue
        raise AssertionError(strange)
