"""What one gateway records: of the streams that lie on it, those that are always kept, those whose week says
so, and those that an event asks for.

A gateway looks once a second which streams are its own, so that those of one that died are recorded by
another a second after the others notice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from psycopg_pool import PoolTimeout

from jedel.journal import Store
from jedel.kernel.errors import Problem
from jedel.kernel.tasks import heed_cancel
from jedel.media.book import CHANGED, Book
from jedel.media.recording import metrics, repository
from jedel.media.recording.model import Window, recordable, scheduled
from jedel.media.recording.recorder import Recorder
from jedel.media.recording.service import RECORD
from jedel.media.streams import Stream, Streams

log = structlog.get_logger()

EVERY_S: Final = 1.0
ORDERS_EVERY_S: Final = 2.0
BOOK_EVERY_S: Final = 30.0
THREADS: Final = 8
"""That may wait for the disk at once."""
STARTS_AT_ONCE: Final = 20
"""Streams that are begun in one turn."""


@dataclass(slots=True)
class _Kept:
    stream: Stream
    recorder: Recorder
    task: asyncio.Task[None]


class Recordings:
    """``mine``: whether a stream lies on this gateway. ``local``: a moment by the local clock, for weekly
    windows. `run` works until it is cancelled, and then closes what is open."""

    def __init__(
        self,
        store: Store,
        nats: Client | None,
        folder: Path,
        book: Book,
        streams: Streams,
        mine: Callable[[str], bool],
        local: Callable[[datetime], datetime],
    ) -> None:
        self._store, self._nats, self._folder = store, nats, folder
        self._book, self._streams, self._mine, self._local = book, streams, mine, local
        self._pool = ThreadPoolExecutor(THREADS, "recording")
        self._kept: dict[str, _Kept] = {}
        self._always: list[str] = []
        self._orders: dict[str, datetime | None] = {}
        self._windows: dict[str, list[Window]] = {}
        self._bell = asyncio.Event()
        self._look_at: dict[str, float] = {}

    @property
    def recording(self) -> frozenset[str]:
        """Streams of which something is being written now."""
        return frozenset(name for name, kept in self._kept.items() if kept.recorder.recording)

    @property
    def faults(self) -> Mapping[str, str]:
        """Streams whose disk refuses, and as what."""
        return {name: kept.recorder.fault for name, kept in self._kept.items() if kept.recorder.fault}

    @property
    def dropped(self) -> int:
        """Units of the streams recorded now that no file has."""
        return sum(kept.recorder.dropped for kept in self._kept.values())

    async def run(self) -> None:
        """Until cancelled."""
        if self._nats is not None:
            await self._nats.subscribe(RECORD, cb=self._rung)
            await self._nats.subscribe(CHANGED, cb=self._rung)
        try:
            while True:
                await self._supervised(self.turn)
                heed_cancel()
                self._bell.clear()
                try:
                    async with asyncio.timeout(EVERY_S):
                        await self._bell.wait()
                except TimeoutError:
                    continue
                self._look_at.clear()
        finally:
            await asyncio.gather(*(self._stop(name) for name in list(self._kept)))
            self._pool.shutdown(wait=False)

    async def _rung(self, _message: Msg) -> None:
        self._bell.set()

    async def _supervised(self, what: Callable[[], Awaitable[None]]) -> None:
        try:
            await what()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            # what is recorded goes on; what is to begin waits until PostgreSQL is back
            log.warning("recordings: could not look what to record", error=repr(error))

    async def turn(self) -> None:
        """Look what is to be recorded, begin it, end what is no longer."""
        now = self._store.clock.now()
        if self._due("orders", ORDERS_EVERY_S):
            await self._read_orders(now)
        if self._due("book", BOOK_EVERY_S):
            self._always = [each for each in await self._book.recorded() if recordable(each)]
        local = self._local(now)
        timed = {name for name, windows in self._windows.items() if scheduled(windows, local)}
        ordered = {name for name, until in self._orders.items() if until is None or until > now}
        wanted = {name for name in {*self._always, *timed, *ordered} if self._mine(name)}
        for name in [name for name in self._kept if name not in wanted or self._kept[name].stream.ended]:
            await self._stop(name)
        for name in sorted(wanted - self._kept.keys(), key=lambda name: (name not in ordered, name))[
            :STARTS_AT_ONCE
        ]:
            await self._start(name)
        for name, kept in self._kept.items():
            always = kept.stream.spec.record or name in timed
            kept.recorder.wanted = always or name in ordered
            kept.recorder.on_event = name in ordered
        self._measure()

    def _due(self, what: str, every_s: float) -> bool:
        now = asyncio.get_running_loop().time()
        if now < self._look_at.get(what, 0.0):
            return False
        self._look_at[what] = now + every_s
        return True

    async def _read_orders(self, now: datetime) -> None:
        async with self._store.transaction() as tx:
            rows = await repository.orders(tx.conn, now)
            weekly = await repository.schedules(tx.conn)
        self._orders = {row["stream"]: row["until"] for row in rows if recordable(row["stream"])}
        self._windows = {
            row["id"]: [Window.read(each) for each in row["schedule"]]
            for row in weekly
            if recordable(row["id"])
        }

    async def _start(self, name: str) -> None:
        try:
            stream = await self._streams.get(name)
        except Problem as problem:
            log.info("recordings: no such stream", stream=name, code=problem.code)
            return
        spec = stream.spec
        async with self._store.transaction() as tx:
            await repository.know(tx.conn, name, spec.region, spec.keep_days, tx.now)
        recorder = Recorder(self._store, self._pool, self._folder, name, pre_event_s=spec.pre_event_s)
        stream.hub.add(recorder.intake)
        self._kept[name] = _Kept(stream, recorder, asyncio.create_task(recorder.run()))

    async def _stop(self, name: str) -> None:
        kept = self._kept.pop(name)
        kept.stream.hub.remove(kept.recorder.intake)
        kept.recorder.intake.end()
        await asyncio.wait({kept.task})
        if not kept.task.cancelled() and (error := kept.task.exception()):
            log.error("a recorder broke", stream=name, exc_info=error)

    def _measure(self) -> None:
        metrics.STREAMS.set(len(self.recording))
        metrics.FAULTY.set(len(self.faults))
        metrics.WAITING.set(sum(kept.recorder.rows_waiting for kept in self._kept.values()))
        for name, kept in list(self._kept.items()):
            if kept.task.done():  # it broke: begin it again
                error = None if kept.task.cancelled() else kept.task.exception()
                log.error("a recorder broke", stream=name, exc_info=error)
                kept.stream.hub.remove(kept.recorder.intake)
                del self._kept[name]
