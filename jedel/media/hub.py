"""The fan-out of one stream: from its source to whoever looks, listens or records.

A sink takes each unit where the source gives it and must not block, so that the slowest of them slows nobody;
one that has slow work to do (a disk, a TCP connection) puts `Backlog` between.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol

from jedel.media.model import AccessUnit, Fault, Track, first_video

KEPT_UNITS_MAX: Final = 600
KEPT_BYTES_MAX: Final = 8 * 1024**2
"""Of the pictures since the last keyframe, which who comes later is given first."""


class Sink(Protocol):
    """Takes what a stream brings. Nothing here may block or raise."""

    def begin(self, tracks: Sequence[Track]) -> None:
        """The stream is there, or its tracks changed (another resolution, another codec)."""

    def take(self, unit: AccessUnit) -> None:
        """The first is a keyframe where there is a picture."""

    def pause(self, fault: Fault) -> None:
        """The source gives nothing for now; `begin` follows when it is back."""

    def end(self) -> None:
        """Nothing more comes."""


class Hub:
    """Of one stream. Not thread safe: everything happens on the gateway's loop."""

    def __init__(self) -> None:
        self.tracks: Sequence[Track] = ()
        self.fault: Fault | None = None
        self.units = 0
        self.bytes = 0
        self.last_at_us = 0
        self.began_s = 0.0
        """When it was said what comes; of `time.monotonic`."""
        self._units_then = 0
        self._sinks: dict[Sink, bool] = {}
        """Each with whether it has had its keyframe."""
        self._kept: deque[AccessUnit] = deque()
        self._kept_bytes = 0
        self._video: int | None = None

    @property
    def sinks(self) -> int:
        return len(self._sinks)

    @property
    def empty(self) -> bool:
        """Since it was said what comes, nothing came."""
        return self.units == self._units_then

    def begin(self, tracks: Sequence[Track]) -> None:
        """The source says what it brings; said again where that changes. The same twice before anything came
        is heard once."""
        if self.fault is None and self.empty and tuple(tracks) == self.tracks:
            return
        self.tracks, self.fault = tuple(tracks), None
        self.began_s, self._units_then = time.monotonic(), self.units
        self._video = first_video(self.tracks)
        self._forget()
        for sink in list(self._sinks):
            self._sinks[sink] = self._video is None
            sink.begin(self.tracks)

    def publish(self, unit: AccessUnit) -> None:
        """Hand a unit to every sink."""
        self.units += 1
        self.bytes += unit.size
        self.last_at_us = unit.at_us
        opens = unit.keyframe and unit.track == self._video
        if opens:
            self._forget()
        self._keep(unit)
        for sink, started in list(self._sinks.items()):
            if started or opens:
                if not started:
                    self._sinks[sink] = True
                sink.take(unit)

    def pause(self, fault: Fault) -> None:
        """The source broke off."""
        self.fault = fault
        self._forget()
        for sink in list(self._sinks):
            sink.pause(fault)

    def add(self, sink: Sink) -> None:
        """From now on; what came since the last keyframe is given at once."""
        self._sinks[sink] = self._video is None
        if not self.tracks:
            return
        sink.begin(self.tracks)
        for unit in list(self._kept):
            if not self._sinks[sink]:
                self._sinks[sink] = unit.keyframe and unit.track == self._video
            if self._sinks[sink]:
                sink.take(unit)

    def remove(self, sink: Sink) -> None:
        self._sinks.pop(sink, None)

    def end(self) -> None:
        """The stream is over."""
        self._forget()
        for sink in list(self._sinks):
            sink.end()
        self._sinks.clear()

    def _keep(self, unit: AccessUnit) -> None:
        if self._video is None:
            return
        self._kept.append(unit)
        self._kept_bytes += unit.size
        if self._kept_bytes > KEPT_BYTES_MAX or len(self._kept) > KEPT_UNITS_MAX:
            self._forget()  # keyframes are too far apart: who comes waits for the next

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0


class Backlog:
    """A sink for who works at his own pace: ``async for``; when it runs over, all is dropped up to the next
    keyframe, and counted."""

    def __init__(self, units_max: int = 500, bytes_max: int = 16 * 1024**2) -> None:
        self.dropped = 0
        self._units_max, self._bytes_max = units_max, bytes_max
        self._waiting: deque[AccessUnit | Sequence[Track] | Fault] = deque()
        self._bytes = 0
        self._skipping = False
        self._video: int | None = None
        self._there = asyncio.Event()
        self._ended = False

    def begin(self, tracks: Sequence[Track]) -> None:
        self._video = first_video(tracks)
        self._skipping = False
        self._put(tuple(tracks))

    def take(self, unit: AccessUnit) -> None:
        opens = self._video is None or (unit.keyframe and unit.track == self._video)
        if self._skipping and not opens:
            self.dropped += 1
            return
        if self._bytes + unit.size > self._bytes_max or len(self._waiting) >= self._units_max:
            self._skipping = True
            self.dropped += 1
            return
        self._skipping = False
        self._bytes += unit.size
        self._put(unit)

    def pause(self, fault: Fault) -> None:
        self._put(fault)

    def end(self) -> None:
        self._ended = True
        self._there.set()

    def _put(self, what: AccessUnit | Sequence[Track] | Fault) -> None:
        self._waiting.append(what)
        self._there.set()

    async def __aiter__(self) -> AsyncIterator[AccessUnit | Sequence[Track] | Fault]:
        """Units, tracks where they begin or change, and why it pauses."""
        while True:
            while self._waiting:
                found = self._waiting.popleft()
                if isinstance(found, AccessUnit):
                    self._bytes -= found.size
                yield found
            if self._ended:
                return
            self._there.clear()
            await self._there.wait()
