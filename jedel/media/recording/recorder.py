"""One stream's recorder: its sink, what it keeps in memory before an event, its thread, its rows."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from jedel.journal import Store
from jedel.media.model import AccessUnit, Fault, Track, first_video
from jedel.media.recording import metrics, repository
from jedel.media.recording.intake import Intake, Item
from jedel.media.recording.model import SEGMENT_S, Segment
from jedel.media.recording.writer import SegmentWriter

log = structlog.get_logger()

EVERY_S: Final = 0.25
BUFFER_BYTES_MAX: Final = 32 * 1024**2
ROWS_WAITING_MAX: Final = 10_000
"""Beyond it closed files wait for `media check`."""


class Buffer:
    """The last seconds, from a keyframe on; older ones go, also what is more than `BUFFER_BYTES_MAX`."""

    def __init__(self, seconds: float, bytes_max: int = BUFFER_BYTES_MAX) -> None:
        self._us = int(seconds * 1_000_000)
        self._bytes_max = bytes_max
        self._tracks: tuple[Track, ...] = ()
        self._video: int | None = None
        self._groups: deque[list[AccessUnit]] = deque()
        """Each begins with a keyframe; without a picture each has one unit."""
        self._bytes = 0

    def take(self, items: Iterable[Item]) -> None:
        """Keep what came."""
        for item in items:
            if isinstance(item, AccessUnit):
                self._unit(item)
            elif isinstance(item, Fault):
                self._forget()
            elif item != self._tracks:
                self._tracks, self._video = item, first_video(item)
                self._forget()

    def drain(self) -> list[Item]:
        """All of it, tracks first."""
        found: list[Item] = [self._tracks] if self._tracks else []
        found += [unit for group in self._groups for unit in group]
        self._forget()
        return found

    def _unit(self, unit: AccessUnit) -> None:
        if self._video is None or (unit.keyframe and unit.track == self._video):
            self._groups.append([])
        if not self._groups:
            return
        self._groups[-1].append(unit)
        self._bytes += unit.size
        since = unit.at_us - self._us
        while len(self._groups) > 1 and (self._groups[1][0].at_us <= since or self._bytes > self._bytes_max):
            self._bytes -= sum(old.size for old in self._groups.popleft())
        if self._bytes > self._bytes_max:
            self._forget()

    def _forget(self) -> None:
        self._groups.clear()
        self._bytes = 0


class Recorder:
    """`intake` is the sink; `run` works until it ended. ``wanted``: whether it is recorded now; otherwise
    the last ``pre_event_s`` are kept in memory."""

    def __init__(
        self,
        store: Store,
        pool: Executor,
        folder: Path,
        stream: str,
        *,
        pre_event_s: float = 0,
        segment_s: float = SEGMENT_S,
    ) -> None:
        self.stream = stream
        self.intake = Intake()
        self.wanted = False
        self.on_event = False
        self.recording = False
        """Whether it writes, and something comes."""
        self._store, self._pool = store, pool
        self._writer = SegmentWriter(folder, stream, segment_s)
        self._buffer = Buffer(pre_event_s)
        self._rows: list[Segment] = []
        self._counted_lost = self._counted_bytes = 0
        self._writing = False

    @property
    def fault(self) -> str | None:
        """Why the disk refuses, as errno names it."""
        return self._writer.fault

    @property
    def dropped(self) -> int:
        """Units that no file has."""
        return self.intake.dropped + self._writer.lost

    @property
    def rows_waiting(self) -> int:
        """Closed files that PostgreSQL does not know yet."""
        return len(self._rows)

    async def run(self) -> None:
        """Until the sink ended, then what is open is closed; also when cancelled."""
        try:
            while not self.intake.ended:
                await self._turn(last=False)
                await asyncio.sleep(EVERY_S)
        finally:
            await asyncio.shield(self._turn(last=True))

    async def _turn(self, *, last: bool) -> None:
        loop = asyncio.get_running_loop()
        done = await loop.run_in_executor(self._pool, partial(self._work, self.wanted and not last, last))
        self._rows += done
        metrics.SEGMENTS.inc(len(done))
        self._count()
        if self._rows:
            await self._insert()

    def _work(self, wanted: bool, last: bool) -> list[Segment]:
        """On a thread."""
        items = self.intake.drain()
        if not wanted and not (last and self._writing):
            return self._pause(items)
        now_us = time.time_ns() // 1000
        if not self._writing:
            items = self._buffer.drain() + items
            self._writing = True
        self._writer.on_event = self.on_event
        self.recording = bool(items) and self._writer.fault is None
        self._writer.dropped_before = self.intake.dropped
        done = self._writer.take(items, now_us)
        return done + self._writer.close() if last else done

    def _pause(self, items: list[Item]) -> list[Segment]:
        """Not recorded, or no longer: what comes is only kept in memory."""
        closed = []
        if self._writing:
            closed = self._writer.take([], time.time_ns() // 1000) + self._writer.close()
            self._buffer.take([self._writer.tracks])
        self._writing = self.recording = False
        self._buffer.take(items)
        return closed

    def _count(self) -> None:
        metrics.DROPPED.inc(self.dropped - self._counted_lost)
        metrics.BYTES.inc(self._writer.written - self._counted_bytes)
        self._counted_lost, self._counted_bytes = self.dropped, self._writer.written

    async def _insert(self) -> None:
        """Rows of closed files; where PostgreSQL is away they wait, and the files with them."""
        rows = self._rows
        try:
            async with self._store.transaction() as tx:
                await repository.add(tx.conn, rows)
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("recording: rows wait", stream=self.stream, rows=len(rows), error=repr(error))
            if len(rows) > ROWS_WAITING_MAX:
                self._rows = rows[-ROWS_WAITING_MAX:]
            return
        self._rows = []
