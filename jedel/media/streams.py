"""The streams that a gateway runs: each one source, one hub, one task.

Invariants
1. However many look, a stream has one source, and streams know nothing of each other: what one does (floods,
   stalls, ends) reaches none of the others.
2. A stream runs while somebody looks, records, publishes or wants it kept warm, and `IDLE_S` longer.
3. The picture of a stream with masks leaves by `look` in no other way than drawn over, except for who holds a
   right that says so; a derived stream (``…#masked``) cannot be asked for by its own name.
"""

import asyncio
import time
from asyncio import FIRST_COMPLETED
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import Any, Final, Protocol

import structlog

from jedel.media import metrics
from jedel.media.errors import StreamFault, StreamNotThere, TooManyViewers
from jedel.media.hub import Hub, Sink
from jedel.media.limits import STREAMS_MAX, TRANSCODERS_MAX
from jedel.media.model import (
    LIVE_AUDIO,
    LIVE_VIDEO,
    AccessUnit,
    Codec,
    Fault,
    SourceFault,
    StreamSpec,
    Track,
)
from jedel.media.sources import Source

log = structlog.get_logger()

IDLE_S: Final = 10.0
PAUSE_S_MIN: Final = 0.5
PAUSE_S_MAX: Final = 10.0
WELL_AFTER_S: Final = 5.0
"""A source that gave units for so long begins with the least pause when it breaks off."""
READY_WITHIN_S: Final = 1.5
BURST: Final = 4
BURST_S: Final = 3.0
"""So many streams that began within so short a time are a wall that somebody opens."""
FLOOD_BYTES_S: Final = 12 * 1024**2
FLOOD_UNITS_S: Final = 2000
"""No camera needs as much (100 Mbit/s): one that sends more is broken, and is let go for a while."""


MASKED: Final = "#masked"
LIVE: Final = frozenset({Codec.H264, Codec.OPUS})
"""What every outlet takes."""


def _nobody(_stream: "Stream") -> None:
    """Hears nothing."""


class Outlet(Enum):
    """How a stream leaves, by the codecs that fit."""

    WEBRTC = "webrtc", LIVE_VIDEO | LIVE_AUDIO
    MP4 = "mp4", frozenset({Codec.H264, Codec.OPUS, Codec.AAC})
    ANY = "any", frozenset(Codec)

    @property
    def accepts(self) -> frozenset[Codec]:
        """Codecs that leave as they came."""
        return self.value[1]

    def fits(self, tracks: tuple[Track, ...]) -> bool:
        """Whether everything in it can leave as it came."""
        return all(track.codec in self.accepts for track in tracks)


class Specs(Protocol):
    """Who knows what streams are: a `jedel.media.book.Book`."""

    async def spec(self, stream_id: str) -> StreamSpec | None: ...


class GuardedHub(Hub):
    """A hub that takes no more than any camera has to say; beyond it ``flooded`` is called, and nothing given
    on. ``begun``: the tracks are known, or are others."""

    def __init__(self, flooded: Callable[[], None], begun: Callable[[], None]) -> None:
        super().__init__()
        self.ready = asyncio.Event()
        """Set while the tracks are known and it is not paused."""
        self._flooded, self._begun = flooded, begun
        self._second = 0
        self._bytes_s = self._units_s = 0

    def begin(self, tracks: Sequence[Track]) -> None:
        super().begin(tracks)
        self.ready.set()
        self._begun()

    def pause(self, fault: Fault) -> None:
        self.ready.clear()
        super().pause(fault)

    def publish(self, unit: AccessUnit) -> None:
        second = unit.at_us // 1_000_000
        if second != self._second:
            self._second, self._bytes_s, self._units_s = second, 0, 0
        self._bytes_s += unit.size
        self._units_s += 1
        if self._bytes_s > FLOOD_BYTES_S or self._units_s > FLOOD_UNITS_S:
            self._flooded()
            return
        super().publish(unit)


class Stream:
    """A stream that runs. ``make``: gives a source for what the stream is asked to be, None where a device
    publishes it. ``begun``: hears when its tracks are known, or are others."""

    def __init__(
        self,
        name: str,
        spec: StreamSpec,
        make: Callable[[StreamSpec], Source | None],
        begun: Callable[["Stream"], None],
    ) -> None:
        self.id = name
        self.spec = spec
        self.hub = GuardedHub(self._flooded, lambda: begun(self))
        self.began_at = time.monotonic()
        self.publisher: object | None = None
        self.shared: dict[str, Any] = {}
        """What outlets make once for all their viewers."""
        self.ended = False
        self._make = make
        self._observers = 0
        self._warm_until = 0.0
        self._idle_since: float | None = None
        self._source: asyncio.Task[None] | None = None
        self._let_go: SourceFault | None = None
        self._task = asyncio.ensure_future(self._run())

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(self.hub.tracks)

    @property
    def masked(self) -> bool:
        """Whether what leaves here is drawn over."""
        return self.id.endswith(MASKED)

    @property
    def derived(self) -> bool:
        return "#" in self.id

    @property
    def watched(self) -> int:
        """Sinks that want the stream."""
        return self.hub.sinks - self._observers

    def observe(self, sink: Sink) -> None:
        """A sink that listens while the stream runs, and does not keep it running."""
        self._observers += 1
        self.hub.add(sink)

    def unobserve(self, sink: Sink) -> None:
        self._observers -= 1
        self.hub.remove(sink)

    def keep_warm(self, seconds: float) -> None:
        """Whether somebody looks or not."""
        self._warm_until = max(self._warm_until, time.monotonic() + seconds)

    def idle(self, now: float) -> bool:
        """Whether nobody has wanted it for `IDLE_S`; ``now``: of `time.monotonic`."""
        kept = self.spec.record and not self.derived
        if kept or self.watched > 0 or self.publisher is not None or now < self._warm_until:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        return self._idle_since is not None and now - self._idle_since >= IDLE_S

    async def ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return when it is known what is in it. Raises StreamFault, also where that has been known for so
        long and nothing came."""
        waiting = asyncio.ensure_future(self.hub.ready.wait())
        done, _ = await asyncio.wait({waiting, self._task}, timeout=within_s, return_when=FIRST_COMPLETED)
        waiting.cancel()
        if waiting not in done or self.ended:
            raise StreamFault(stream=self.id, fault=self.hub.fault or Fault.NO_FRAMES)
        if self.hub.empty and time.monotonic() - self.hub.began_s > within_s:
            raise StreamFault(stream=self.id, fault=Fault.NO_FRAMES)

    def renew(self, spec: StreamSpec) -> None:
        """It is asked to be something else: its source begins anew, its viewers stay."""
        self.spec = spec
        if self._source is not None:
            self._source.cancel()

    async def end(self) -> None:
        """Let go of the source and of everybody who looks."""
        self.ended = True
        self._task.cancel()
        await asyncio.wait({self._task})
        self.hub.end()

    def _flooded(self) -> None:
        metrics.FLOODED.inc()
        if self._let_go is None and self._source is not None:
            self._let_go = SourceFault(Fault.TOO_MANY, "it sends more than any camera")
            self._source.cancel()

    async def _run(self) -> None:
        """Source after source, until cancelled."""
        pause_s = PAUSE_S_MIN
        while True:
            source = self._make(self.spec)
            if source is None:  # the publisher comes by itself, and feeds the hub
                self.hub.pause(Fault.NO_PUBLISHER)
                await asyncio.get_running_loop().create_future()
                continue
            units, began = self.hub.units, time.monotonic()
            fault = await self._attempt(source)
            if fault is None:
                continue  # it is asked to be something else: at once
            metrics.FAULTS.labels(fault.fault).inc()
            self.hub.pause(fault.fault)
            if self.hub.units > units and time.monotonic() - began >= WELL_AFTER_S:
                pause_s = PAUSE_S_MIN
            log.info("a stream broke off", stream=self.id, fault=fault.fault, detail=fault.detail)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_S_MAX)

    async def _attempt(self, source: Source) -> SourceFault | None:
        """Run one source; why it ended, None where it was let go for a new one."""
        self._source = asyncio.ensure_future(source.run(self.hub))
        try:
            await asyncio.wait({self._source})
        finally:
            self._source.cancel()  # if it runs still, we are ending ourselves
            await asyncio.gather(self._source, return_exceptions=True)
        if self._source.cancelled():
            fault, self._let_go = self._let_go, None
            return fault
        error = self._source.exception()
        if error is None:
            return SourceFault(Fault.NO_FRAMES, "it ended")
        if isinstance(error, SourceFault):
            return error
        # Sources promise that nothing else comes out of them. The others go on, and we hear of it.
        metrics.BROKEN.inc()
        log.error("a source broke its promise", stream=self.id, exc_info=error)
        return SourceFault(Fault.PROTOCOL, repr(error))


class Streams:
    """All streams of one gateway.

    ``make``: a source for a spec. ``derive``: a source that makes something else of a stream: its codecs
    (those of ``accepts`` leave as they came), and its masks drawn where ``masked``. ``started``, ``begun``:
    hear of a stream that starts, and of one whose tracks are known or are others; ``uncovered``: of one whose
    masks are others from now on.
    """

    def __init__(
        self,
        specs: Specs,
        make: Callable[[StreamSpec], Source | None],
        derive: Callable[[Stream, frozenset[Codec], bool], Source],
        *,
        started: Callable[[Stream], None] = _nobody,
        begun: Callable[[Stream], None] = _nobody,
        uncovered: Callable[[Stream], None] = _nobody,
    ) -> None:
        self._specs, self._make, self._derive = specs, make, derive
        self._started, self._begun, self._uncovered = started, begun, uncovered
        self._streams: dict[str, Stream] = {}
        self._starting: dict[str, asyncio.Task[Stream]] = {}

    def __iter__(self) -> Iterator[Stream]:
        return iter(list(self._streams.values()))

    def __len__(self) -> int:
        return len(self._streams)

    def bursting(self) -> bool:
        """Whether a wall begins just now: work that can wait gives way to it."""
        since = time.monotonic() - BURST_S
        return sum(stream.began_at > since for stream in self) >= BURST

    def find(self, name: str) -> Stream | None:
        """One that runs; ``name``: a derived one's too."""
        return self._streams.get(name)

    async def get(self, stream_id: str) -> Stream:
        """The stream as its source gives it, started where it does not run. Raises StreamNotThere,
        TooManyViewers. Its masks are not drawn: nobody's picture comes from here (see `look`)."""
        if "#" in stream_id:
            raise StreamNotThere(stream=stream_id)
        found = self._streams.get(stream_id)
        if found is not None:
            return found
        starting = self._starting.get(stream_id)
        if starting is None:
            starting = self._starting[stream_id] = asyncio.ensure_future(self._start(stream_id))
            starting.add_done_callback(lambda _: self._starting.pop(stream_id, None))
        return await asyncio.shield(starting)

    async def look(self, stream_id: str, outlet: Outlet, *, unmasked: bool) -> Stream:
        """The stream that one may see who asks for it: masked where it must be, transcoded where it does not
        fit the outlet. Raises StreamNotThere, StreamFault, TooManyViewers."""
        stream = await self.get(stream_id)
        if stream.spec.masks and not unmasked:
            return self._derived(stream, MASKED, LIVE, masked=True)
        await stream.ready()
        if outlet.fits(stream.tracks):
            return stream
        return self._derived(stream, f"#{outlet.name.lower()}", outlet.accepts, masked=False)

    async def changed(self, what: str) -> None:
        """A stream, or all of an owner, is to be looked up again."""
        for stream in self:
            if not stream.derived and (stream.id == what or stream.id.startswith(f"{what}/")):
                await self._look_up(stream)

    async def look_all_up(self) -> None:
        """What was said while nobody heard it."""
        for stream in self:
            if not stream.derived:
                await self._look_up(stream)

    async def stop(self, stream: Stream) -> None:
        """End a stream and what is derived from it."""
        for each in self:
            if each.id == stream.id or each.id.startswith(f"{stream.id}#"):
                self._streams.pop(each.id, None)
                await each.end()

    async def stop_idle(self) -> None:
        """End those that nobody wants any longer."""
        now = time.monotonic()
        for stream in self:
            if stream.idle(now) and stream.watched == 0:
                log.info("nobody looks", stream=stream.id)
                await self.stop(stream)

    async def close(self) -> None:
        """End all of them."""
        for stream in self:
            await self.stop(stream)

    async def _start(self, stream_id: str) -> Stream:
        spec = await self._specs.spec(stream_id)
        if spec is None:
            raise StreamNotThere(stream=stream_id)
        if len(self._streams) >= STREAMS_MAX:
            raise TooManyViewers(limit=STREAMS_MAX)
        return self._add(Stream(stream_id, spec, self._make, self._begun))

    def _derived(self, base: Stream, suffix: str, accepts: frozenset[Codec], *, masked: bool) -> Stream:
        found = self._streams.get(base.id + suffix)
        if found is not None:
            return found
        if sum(stream.derived for stream in self) >= TRANSCODERS_MAX:
            raise StreamFault(stream=base.id, fault=Fault.TOO_MANY)
        return self._add(
            Stream(base.id + suffix, base.spec, lambda _: self._derive(base, accepts, masked), self._begun)
        )

    def _add(self, stream: Stream) -> Stream:
        self._streams[stream.id] = stream
        self._started(stream)
        return stream

    async def _look_up(self, stream: Stream) -> None:
        spec = await self._specs.spec(stream.id)
        if stream.ended or spec == stream.spec:
            return
        if spec is None:
            log.info("a stream is gone", stream=stream.id)
            await self.stop(stream)
            return
        old = stream.spec
        if _pulled(spec) != _pulled(old):
            stream.renew(spec)
        stream.spec = spec
        if spec.masks != old.masks:
            self._uncovered(stream)
            for made in self:  # masked or bare: its viewers come back, to the new masks
                if made.derived and made.id.startswith(f"{stream.id}#"):
                    await self.stop(made)


def _pulled(spec: StreamSpec) -> tuple[object, ...]:
    return spec.kind, spec.url, spec.user, spec.password, spec.networks
