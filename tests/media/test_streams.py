"""Streams of one gateway: one source however many look, faults, floods, changes; none touches another."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from jedel.media import streams as running
from jedel.media.errors import StreamFault, StreamNotThere, TooManyViewers
from jedel.media.hub import Hub
from jedel.media.limits import TRANSCODERS_MAX
from jedel.media.model import AccessUnit, Codec, Fault, Mask, SourceFault, SourceKind, StreamSpec
from jedel.media.sources import Source
from jedel.media.streams import Outlet, Stream, Streams
from tests.media.playing import Playing, Seen, Specs, made
from tests.support import eventually

WHAT = made()
MASK = Mask(((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)))


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "IDLE_S", 0.2)
    monkeypatch.setattr(running, "PAUSE_S_MIN", 0.05)


class Again:
    """A stream made of a stream, without a decoder: what it is given it gives."""

    def __init__(self, base: Stream) -> None:
        self.base = base

    async def run(self, hub: Hub) -> None:
        class Through(Seen):
            def begin(self, tracks: object) -> None:
                hub.begin(tracks)  # type: ignore[arg-type]

            def take(self, unit: AccessUnit) -> None:
                hub.publish(unit)

        through = Through()
        self.base.hub.add(through)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.base.hub.remove(through)


class Garden:
    def __init__(self) -> None:
        self.specs = Specs()
        self.sources: dict[str, Source] = {}
        self.uncovered: list[str] = []
        self.streams = Streams(
            self.specs,
            lambda spec: self.sources.get(spec.id),
            lambda base, _accepts, _masked: Again(base),
            uncovered=lambda stream: self.uncovered.append(stream.id),
        )

    def add(self, name: str, source: Source | None = None, **more: object) -> Playing:
        spec = StreamSpec(name, "00", SourceKind.RTSP)
        self.specs.specs[name] = replace(spec, **more)  # type: ignore[arg-type]
        playing = Playing(WHAT)
        self.sources[name] = source or playing
        return playing

    async def tend(self) -> None:
        while True:
            await self.streams.stop_idle()
            await asyncio.sleep(0.05)


@pytest.fixture
async def garden() -> AsyncIterator[Garden]:
    one = Garden()
    tending = asyncio.ensure_future(one.tend())
    yield one
    tending.cancel()
    await one.streams.close()


def units(sink: Seen, count: int = 5) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(sink.units) >= count

    return enough


@asynccontextmanager
async def looking(garden: Garden, name: str) -> AsyncIterator[tuple[Stream, Seen]]:
    stream, sink = await garden.streams.get(name), Seen()
    stream.hub.add(sink)
    try:
        yield stream, sink
    finally:
        stream.hub.remove(sink)


async def test_one_source_from_the_first_look_to_a_while_after_the_last(garden: Garden) -> None:
    playing = garden.add("camera/1/main")
    first, second = await asyncio.gather(*(garden.streams.get("camera/1/main") for _ in range(2)))
    assert first is second
    assert garden.specs.asked == 1
    async with looking(garden, "camera/1/main") as (_, one), looking(garden, "camera/1/main") as (_, two):
        await eventually(units(one))
        await eventually(units(two))
        assert two.units[0].keyframe
        assert playing.runs == 1

    async def gone() -> bool:
        return playing.running == 0 and garden.streams.find("camera/1/main") is None

    await eventually(gone)
    async with looking(garden, "camera/1/main") as (_, again):
        await eventually(units(again))
    assert playing.runs == 2


async def test_what_is_recorded_or_wanted_is_kept(garden: Garden) -> None:
    garden.add("camera/1/main", record=True)
    garden.add("camera/2/main")
    garden.add("camera/3/main")
    kept, warm, idle = [await garden.streams.get(f"camera/{n}/main") for n in (1, 2, 3)]
    warm.keep_warm(60)
    listener = Seen()
    idle.observe(listener)  # who only listens keeps nothing

    async def stopped() -> bool:
        return idle.ended and listener.ended  # the one a moment after the other

    await eventually(stopped)
    assert not kept.ended
    assert not warm.ended


async def test_a_wall_that_begins_is_seen_and_one_camera_is_none(garden: Garden) -> None:
    for nth in range(running.BURST):
        garden.add(f"camera/{nth}/sub")
    for nth in range(running.BURST):
        assert not garden.streams.bursting()
        await garden.streams.get(f"camera/{nth}/sub")
    assert garden.streams.bursting()

    async def over() -> bool:
        return not garden.streams.bursting()

    await eventually(over)


async def test_a_source_that_breaks_off_is_made_anew(garden: Garden) -> None:
    playing = garden.add("camera/1/main")
    playing.faults = [SourceFault(Fault.UNREACHABLE), SourceFault(Fault.CREDENTIALS)]
    async with looking(garden, "camera/1/main") as (stream, sink):
        await eventually(units(sink))
        assert sink.faults == [Fault.UNREACHABLE, Fault.CREDENTIALS]
        assert stream.hub.fault is None
        assert playing.runs == 3


async def test_a_source_that_breaks_its_promise_is_a_fault_as_any(garden: Garden) -> None:
    class Broken:
        async def run(self, hub: Hub) -> None:
            raise ZeroDivisionError

    garden.add("camera/1/main", Broken())
    good = garden.add("camera/2/main")
    async with looking(garden, "camera/1/main") as (_, bad), looking(garden, "camera/2/main") as (_, sink):

        async def said() -> bool:
            return Fault.PROTOCOL in bad.faults

        await eventually(said)
        await eventually(units(sink))
    assert good.runs == 1


async def test_a_stream_is_not_there(garden: Garden) -> None:
    garden.add("camera/1/main", masks=(MASK,))
    with pytest.raises(StreamNotThere):
        await garden.streams.get("camera/9/main")
    await garden.streams.look("camera/1/main", Outlet.WEBRTC, unmasked=False)
    with pytest.raises(StreamNotThere):  # though it runs
        await garden.streams.get("camera/1/main#masked")


async def test_floods_and_stalls_reach_nobody_else(garden: Garden) -> None:
    """A source that says far too much, one that says nothing, one that faults at once: what an even stream
    brings comes on time, and the loop is not held up."""
    tracks, all_units, _ = WHAT

    class Flood:
        runs = 0

        async def run(self, hub: Hub) -> None:
            self.runs += 1
            hub.begin(tracks)
            while True:
                for _ in range(50):
                    hub.publish(replace(all_units[0], at_us=time.time_ns() // 1000))
                await asyncio.sleep(0)

    class Stall:
        async def run(self, hub: Hub) -> None:
            await asyncio.get_running_loop().create_future()

    flood = Flood()
    garden.add("camera/1/main", flood)
    garden.add("camera/2/main", Stall())
    garden.add("camera/3/main").faults = [SourceFault(Fault.UNREACHABLE)] * 1000
    garden.add("camera/4/main")
    async with (
        looking(garden, "camera/1/main") as (flooded, wet),
        looking(garden, "camera/2/main"),
        looking(garden, "camera/3/main"),
        looking(garden, "camera/4/main") as (_, sink),
    ):
        await eventually(units(sink, 12))

        async def let_go() -> bool:
            return flooded.hub.fault is Fault.TOO_MANY or Fault.TOO_MANY in wet.faults

        await eventually(let_go)
        late_us = [
            (b.at_us - a.at_us) - (b.rtp - a.rtp) * 1_000_000 // 90_000
            for a, b in zip(sink.units, sink.units[1:], strict=False)
        ]
        assert sorted(late_us)[len(late_us) // 2] < 50_000
    assert flood.runs >= 1


async def test_a_changed_spec_begins_anew_and_viewers_stay(garden: Garden) -> None:
    playing = garden.add("camera/1/main")
    async with looking(garden, "camera/1/main") as (_, sink):
        await eventually(units(sink))
        await garden.streams.changed("camera/1")  # nothing is other
        assert playing.runs == 1
        garden.add("camera/1/main", playing, url="rtsp://10.0.0.2/b")
        await garden.streams.changed("camera/1")

        async def anew() -> bool:
            return playing.runs == 2 and len(sink.tracks) == 2

        await eventually(anew)
        stays = not sink.ended
        assert stays
        del garden.specs.specs["camera/1/main"]
        await garden.streams.changed("camera/1/main")
        assert sink.ended
        assert garden.streams.find("camera/1/main") is None


async def test_who_sees_what(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "IDLE_S", 60.0)
    garden.add("camera/1/main", masks=(MASK,))
    garden.add("camera/2/main", Playing(made(Codec.H265)))
    garden.add("camera/3/main", Playing(made(Codec.H264, Codec.PCMU)))

    async def look(number: int, outlet: Outlet, *, unmasked: bool = False) -> str:
        return (await garden.streams.look(f"camera/{number}/main", outlet, unmasked=unmasked)).id[7:]

    assert await look(1, Outlet.WEBRTC) == "1/main#masked"
    assert await look(1, Outlet.MP4) == "1/main#masked"
    assert await look(1, Outlet.ANY) == "1/main#masked"
    assert await look(1, Outlet.WEBRTC, unmasked=True) == "1/main"
    assert await look(2, Outlet.WEBRTC) == "2/main#webrtc"
    assert await look(2, Outlet.MP4) == "2/main#mp4"
    assert await look(2, Outlet.ANY) == "2/main"
    assert await look(3, Outlet.WEBRTC) == "3/main"
    assert await look(3, Outlet.MP4) == "3/main#mp4"
    assert len([stream for stream in garden.streams if stream.derived]) == TRANSCODERS_MAX
    garden.add("camera/4/main", masks=(MASK,))
    with pytest.raises(StreamFault) as refused:
        await look(4, Outlet.MP4)
    assert refused.value.params["fault"] is Fault.TOO_MANY


async def test_masks_that_change_are_told_and_begin_anew(garden: Garden) -> None:
    garden.add("camera/1/main", masks=(MASK,))
    masked, sink = await garden.streams.look("camera/1/main", Outlet.MP4, unmasked=False), Seen()
    masked.hub.add(sink)
    await eventually(units(sink))
    garden.add("camera/1/main", garden.sources["camera/1/main"], masks=(MASK, MASK))
    await garden.streams.look_all_up()
    assert garden.uncovered == ["camera/1/main"]
    assert sink.ended
    assert await garden.streams.look("camera/1/main", Outlet.MP4, unmasked=False) is not masked


async def test_no_more_than_so_many(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "STREAMS_MAX", 1)
    garden.add("camera/1/main")
    garden.add("camera/2/main")
    async with looking(garden, "camera/1/main"):
        with pytest.raises(TooManyViewers):
            await garden.streams.get("camera/2/main")


async def test_nothing_comes_and_that_is_said(garden: Garden) -> None:
    garden.add("camera/1/main").faults = [SourceFault(Fault.NOT_FOUND)] * 1000
    garden.sources["camera/2/main"] = None  # type: ignore[assignment]
    garden.specs.specs["camera/2/main"] = StreamSpec("camera/2/main", "00", SourceKind.PUSH)
    for name, fault in (("camera/1/main", Fault.NOT_FOUND), ("camera/2/main", Fault.NO_PUBLISHER)):
        stream = await garden.streams.get(name)
        with pytest.raises(StreamFault) as refused:
            await stream.ready(0.2)
        assert refused.value.params["fault"] is fault


async def test_what_is_described_is_there_at_once_and_not_for_long_without_a_picture(garden: Garden) -> None:
    """Who comes is answered before the first keyframe; who comes after a while of nothing hears so."""

    class Described:
        async def run(self, hub: Hub) -> None:
            tracks, pictures, _ = WHAT
            hub.begin(tracks)
            await begin.wait()
            hub.begin(tracks)  # its first keyframe says the same
            for unit in pictures:
                hub.publish(unit)
            await asyncio.get_running_loop().create_future()

    begin = asyncio.Event()
    garden.add("camera/1/main", Described())
    async with looking(garden, "camera/1/main") as (stream, seen):
        await stream.ready(0.5)
        assert seen.units == []

        async def said() -> bool:
            try:
                await stream.ready(0.1)
            except StreamFault as refused:
                return refused.params["fault"] is Fault.NO_FRAMES
            return False

        await eventually(said)
        begin.set()
        await eventually(units(seen, 1))
        assert len(seen.tracks) == 1, "the same twice is no other stream"
        await stream.ready(0.1)
