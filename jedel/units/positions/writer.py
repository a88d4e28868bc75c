"""Positions from the stream into PostgreSQL, each exactly once, then on to the hot pictures.

In turn: take what waits; in one transaction copy it to the daily partitions and move `position_progress`;
then publish it as `jedel.positions.now.<region>`. A crash before the commit repeats the batch, after it skips
it. Any fault ends the session and the next begins after the last committed message: one way to recover.
The same check holds against a second writer: progress moves only from where this one left it.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from prometheus_client import Counter, Gauge
from psycopg_pool import PoolTimeout

from jedel.journal import Connection, Store
from jedel.journal.relay import stream_state
from jedel.kernel.tasks import heed_cancel
from jedel.units.positions import repository as positions
from jedel.units.positions import stream
from jedel.units.positions.batch import Batch, Sorter
from jedel.units.positions.lastheard import LastHeard
from jedel.units.positions.reader import Reader, ReaderFault
from jedel.units.positions.resume import first_unwritten
from jedel.units.positions.rows import copy_data

log = structlog.get_logger()

FLUSH_S: Final = 0.2
LAST_EVERY_S: Final = 5.0
LISTENED_EVERY_S: Final = 2.0
RETRY_S: Final = 0.5
NOW_RECORDS_MAX: Final = 1_000  # in one message, so that a receiver is never busy for long

WRITTEN = Counter("jedel_positions_written_total", "Positions written to PostgreSQL")
LOST = Counter("jedel_positions_lost_total", "Messages that the stream had to drop before they were written")
LAG = Gauge("jedel_positions_lag_seconds", "From the stream's receipt to the commit, of the last batch")
WRITING = Gauge("jedel_positions_writing", "1 while the writer works, 0 while it waits for a server")

FAULTS: Final = (psycopg.Error, PoolTimeout, NatsError, ReaderFault, TimeoutError, OSError)


class Overtaken(ReaderFault):
    """Another writer has written what this one was about to write."""


class PositionWriter:
    """One of these runs at a time; a second one does no harm, only work."""

    def __init__(self, store: Store, nats: Client) -> None:
        self._store = store
        self._nats = nats
        self._sorter = Sorter()

    async def run(self) -> None:
        """Write for ever; a server that is away is named once, waited for, and its return is told."""
        away: str | None = None
        while True:
            heed_cancel()
            session = _Session(self._store, self._nats, self._sorter)
            try:
                await session.begin()
                if away is not None:
                    log.info("positions are written again", were=away)
                    away = None
                WRITING.set(1)
                await session.work()
            except FAULTS as error:
                WRITING.set(0)
                why = str(error).strip().partition("\n")[0] or type(error).__name__
                if why != away:
                    log.warning("positions wait in the stream", why=why)
                away = why
                await asyncio.sleep(RETRY_S)
            finally:
                await session.end()


class _Session:
    """From one fault to the next."""

    def __init__(self, store: Store, nats: Client, sorter: Sorter) -> None:
        self._store = store
        self._nats = nats
        self._sorter = sorter
        self._reader = Reader(nats, stream.STREAM)
        self._last = LastHeard()
        self._partitions_until: datetime | None = None

    async def begin(self) -> None:
        js = self._nats.jetstream()
        await stream.ensure(js)
        self._created = (await stream_state(js, stream.STREAM)).created
        now = self._store.clock.now()
        async with self._store.pool.connection() as conn, conn.transaction():
            await self._ready_partitions(conn, now)
            await positions.catch_up_last(conn, now - timedelta(days=1))
            self._at = await positions.progress(conn, stream.STREAM, self._created)
        start = await self._start(js)
        if 0 < self._at.seq < start - 1:
            LOST.inc(start - 1 - self._at.seq)
            log.error("positions were lost", first=self._at.seq + 1, last=start - 1)
        await self._reader.open(start)

    async def _start(self, js: JetStreamContext) -> int:
        """The first message that is not written yet.

        The stream is asked after the progress was read: what another writer has just written would look lost
        in an older answer.
        """
        at, state = self._at, await stream_state(js, stream.STREAM)
        if state.created != self._created:
            raise ReaderFault("the stream was made anew")
        start, known = await first_unwritten(js, stream.STREAM, at, state.first, state.last)
        if not known:
            log.error("the stream had lost its end", written=at.seq, last=state.last, going_on_at=start)
        return start

    async def work(self) -> None:
        loop = asyncio.get_running_loop()
        last_due, listened_due = loop.time() + LAST_EVERY_S, loop.time()
        while True:
            heed_cancel()
            began = loop.time()
            messages = await self._reader.take(1.0)
            due = loop.time() >= listened_due or loop.time() >= last_due
            if messages or due:
                async with self._store.pool.connection() as conn:
                    batch = await self._sorter.sort(conn, messages)
                    self._last.hear(batch)
                    last = self._last.rows() if loop.time() >= last_due else None
                    await self._write(conn, batch, last)
                listened_due = loop.time() + LISTENED_EVERY_S
                if last is not None:
                    self._last.written()
                    last_due = loop.time() + LAST_EVERY_S
                await self._tell(batch)
            await self._reader.room()
            await asyncio.sleep(max(0.0, began + FLUSH_S - loop.time()))

    async def end(self) -> None:
        try:
            await self._reader.close()
        except (NatsError, TimeoutError, OSError) as error:
            log.debug("the consumer goes by itself", error=repr(error))

    async def _write(self, conn: Connection, batch: Batch, last: bytes | None) -> None:
        now = self._store.clock.now()
        after = batch.progress or self._at
        async with conn.transaction():
            await self._ready_partitions(conn, now)
            if len(batch.records):
                await positions.copy(conn, copy_data(batch.records, batch.heard_us))
            if last is not None:
                await positions.copy_last(conn, last)
            listened = now if self._reader.pending == 0 else positions.moment(after.taken_us)
            if not await positions.move(conn, stream.STREAM, self._created, self._at, after, listened):
                raise Overtaken("another writer is at work")
        self._at = after
        WRITTEN.inc(len(batch.records))
        if batch.progress is not None:
            LAG.set(max(0.0, now.timestamp() - batch.oldest_us / 1e6))

    async def _tell(self, batch: Batch) -> None:
        for region, records in batch.by_region():
            for at in range(0, len(records), NOW_RECORDS_MAX):
                raw = records[at : at + NOW_RECORDS_MAX].tobytes()
                await self._nats.publish(f"{stream.NOW}.{region}", raw)

    async def _ready_partitions(self, conn: Connection, now: datetime) -> None:
        """The job makes them days ahead; this is for the first start and for a job that stood still."""
        if self._partitions_until is None or now >= self._partitions_until:
            today = now.date()
            await positions.make_partitions(conn, today - timedelta(days=1), 3)
            self._partitions_until = positions.midnight(today + timedelta(days=1))
