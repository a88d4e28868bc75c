"""Reads from the stream into PostgreSQL, each exactly once, judged on the way.

In turn: take what waits; leave out what was written before; judge; in one transaction copy the reads to their
partitions, write what follows of them, and move `plate_read_progress`; then tell. That commit is the
acknowledgement: a crash before it repeats the batch, after it skips it, and what all have written is taken
out of the stream. Any fault ends the session and the next begins after the last committed message, with the
judge's state as of there. The same check holds against a second worker with the same share.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import psycopg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from numpy.typing import NDArray
from prometheus_client import Counter, Gauge, Histogram
from psycopg_pool import PoolTimeout

from jedel.journal import Store, Tx
from jedel.journal.relay import stream_state
from jedel.kernel.tasks import heed_cancel
from jedel.plates import stream
from jedel.plates.codec import PARTITIONS, READ, Reads
from jedel.plates.store import batch as batches
from jedel.plates.store import partitions, repository, rules
from jedel.plates.store.batch import Batch
from jedel.plates.store.fresh import Fresh
from jedel.plates.store.judging import Judge, Judged
from jedel.plates.store.partitions import HIT, PLAIN
from jedel.plates.store.purge import take_out
from jedel.plates.store.repository import Progress, microseconds
from jedel.plates.store.rows import rows
from jedel.units.positions.reader import Carried, Reader, ReaderFault
from jedel.units.positions.resume import first_unwritten

log = structlog.get_logger()

FLUSH_S: Final = 0.05
RETRY_S: Final = 0.5
TIDY_EVERY_S: Final = 30.0
READS_MAX: Final = 20_000
"""In one transaction: what is behind is caught up in steps that each end soon."""
LATE_HITS: Final = timedelta(days=3)
"""A day that read, outage and stream may make a hit late, and one more."""

WRITTEN = Counter("jedel_reads_written_total", "Reads written to PostgreSQL")
REPEATED = Counter("jedel_reads_repeated_total", "Reads that were said again and written once")
EXPIRED = Counter(
    "jedel_reads_expired_total", "Reads without a hit whose clock ran out before they were written"
)
LOST = Counter("jedel_reads_lost_total", "Messages that the stream had to drop before they were written")
LAG = Gauge("jedel_reads_lag_seconds", "From the stream's receipt to the commit, of the last batch")
WRITING = Gauge("jedel_reads_writing", "1 while the worker works, 0 while it waits for a server")
SIZES = Histogram(
    "jedel_reads_batch", "Reads in one transaction", buckets=[1, 10, 100, 1000, 5000, READS_MAX]
)

FAULTS: Final = (psycopg.Error, PoolTimeout, NatsError, ReaderFault, TimeoutError, OSError)

KeepPictures = Callable[[Reads], Awaitable[None]]
"""Puts the pictures of hits where they are kept as long as the hits; harmless to say twice."""


class Overtaken(ReaderFault):
    """Another worker has written what this one was about to write."""


async def no_pictures(_hits: Reads) -> None:
    """Where no pictures are taken."""


class ReadsWorker:
    """Writes the reads of its share: the partitions p with p mod ``of`` == ``nth``; share = (nth, of)."""

    def __init__(
        self,
        store: Store,
        nats: Client,
        judge: Judge,
        share: tuple[int, int] = (0, 1),
        keep_pictures: KeepPictures = no_pictures,
    ) -> None:
        self._store = store
        self._nats = nats
        self._judge = judge
        nth, of = share
        self._partitions = [part for part in range(PARTITIONS) if part % of == nth]
        self._keep_pictures = keep_pictures

    async def run(self) -> None:
        """Write for ever; a server that is away is named once, waited for, and its return is told."""
        away: str | None = None
        while True:
            heed_cancel()
            session = _Session(self._store, self._nats, self._judge, self._partitions, self._keep_pictures)
            try:
                await session.begin()
                if away is not None:
                    log.info("reads are written again", were=away)
                    away = None
                WRITING.set(1)
                await session.work()
            except FAULTS as error:
                WRITING.set(0)
                why = str(error).strip().partition("\n")[0] or type(error).__name__
                if why != away:
                    log.warning("reads wait in the stream", why=why)
                away = why
                await asyncio.sleep(RETRY_S)
            finally:
                await session.end()


class _Session:
    """From one fault to the next."""

    def __init__(
        self, store: Store, nats: Client, judge: Judge, parts: Sequence[int], keep_pictures: KeepPictures
    ) -> None:
        self._store = store
        self._nats = nats
        self._judge = judge
        self._parts = parts
        self._keep_pictures = keep_pictures
        subjects = [] if len(parts) == PARTITIONS else [f"{stream.BATCH}.{part}" for part in parts]
        self._reader = Reader(nats, stream.STREAM, subjects)
        self._ready_until: datetime | None = None
        self._begins_at = {PLAIN: 0, HIT: 0}

    async def begin(self) -> None:
        js = self._nats.jetstream()
        await stream.ensure(js)
        self._created = (await stream_state(js, stream.STREAM)).created
        async with self._store.transaction() as tx:
            await self._ready_partitions(tx)
            self._at = await repository.progress(tx.conn, stream.STREAM, self._created, self._parts)
            others = await repository.all_progress(tx.conn, stream.STREAM, self._created)
            self._newest = max(at.seq for at in others.values())
            written_us = await repository.written_us(tx.conn)
            self._ahead = await repository.cameras_ahead(tx.conn, tx.now)
        self._fresh = Fresh(written_us, self._ahead)
        progress = {part: at.seq for part, at in self._at.items()}
        await self._judge.begin(self._store, self._parts, progress)
        await self._reader.open(await self._start(js))

    async def _start(self, js: JetStreamContext) -> int:
        """The first message that a partition of the share has not written yet.

        The stream is asked after the progress was read: what another worker has just written would look lost
        in an older answer.
        """
        state = await stream_state(js, stream.STREAM)
        if state.created != self._created:
            raise ReaderFault("the stream was made anew")
        starts = []
        for at in set(self._at.values()):
            start, known = await first_unwritten(js, stream.STREAM, at, state.first, state.last)
            if not known:
                log.error(
                    "the stream of reads had lost its end", written=at.seq, last=state.last, on_at=start
                )
            starts.append(start)
        if 0 < self._newest < state.first - 1:
            LOST.inc(state.first - 1 - self._newest)
            log.error("reads were lost", first=self._newest + 1, last=state.first - 1)
        return min(starts)

    async def work(self) -> None:
        loop = asyncio.get_running_loop()
        tidy_due = loop.time()
        while True:
            heed_cancel()
            began = loop.time()
            for messages in _steps(await self._reader.take(1.0)):
                await self._write(messages)
            await self._reader.room()
            if loop.time() >= tidy_due:
                tidy_due = loop.time() + TIDY_EVERY_S
                await self._tidy()
            await asyncio.sleep(max(0.0, began + FLUSH_S - loop.time()))

    async def end(self) -> None:
        try:
            await self._reader.close()
        except (NatsError, TimeoutError, OSError) as error:
            log.debug("the consumer goes by itself", error=repr(error))

    async def _tidy(self) -> None:
        """Partitions are there in time even where reads are rare; the stream keeps what is not written."""
        async with self._store.transaction() as tx:
            await self._ready_partitions(tx)
        if self._parts[0] == 0:
            await take_out(self._store, self._nats.jetstream(), self._created)

    async def _write(self, messages: Sequence[Carried]) -> None:
        last = Progress(messages[-1].seq, messages[-1].taken_us)
        after = {part: at if _passed(at, last) else last for part, at in self._at.items()}
        batch = batches.sort([message for message in messages if self._unwritten(message)])
        judged: Judged | None = None
        async with self._store.transaction() as tx:
            await self._ready_partitions(tx)
            new = await self._new(tx, batch)
            if len(new.reads):
                judged = self._judge.judge(new.reads, microseconds(tx.now))
                await self._keep(tx, new, judged)
                await self._judge.write(tx, new.reads, judged)
            if not await repository.move(tx.conn, stream.STREAM, self._created, self._at, after):
                raise Overtaken("another worker is at work")
        self._at = after
        self._fresh.written(batch.reads, batch.said_us)
        self._note_ahead(new)
        LAG.set(max(0.0, tx.now.timestamp() - messages[0].taken_us / 1e6))
        if judged is not None:
            await self._judge.committed(judged)

    async def _keep(self, tx: Tx, new: Batch, judged: Judged) -> None:
        hit = judged.grounds != 0
        keep = ~judged.repeated & self._in_time(new.reads, hit)
        pictured = new.reads[keep & hit & (new.reads["pictures"] > 0)]
        if len(pictured):  # before the commit: a hit that is stored has its pictures
            await self._keep_pictures(pictured)
        # neighbours in the index come together: a quarter less work for PostgreSQL
        order = np.flatnonzero(keep)[np.argsort(new.reads["plate"][keep])]
        if len(order):
            made = rows(new.reads[order], new.said_us[order], judged.grounds[order], judged.score[order])
            await repository.copy(tx.conn, made)
        SIZES.observe(len(order))
        WRITTEN.inc(len(order))

    def _unwritten(self, message: Carried) -> bool:
        """Whether its partition has not passed it; partitions of a share may have come from other shares."""
        at = self._at.get(_part(message.subject))
        return at is None or not _passed(at, Progress(message.seq, message.taken_us))

    async def _new(self, tx: Tx, batch: Batch) -> Batch:
        """Without what was written before, or comes twice."""
        repeated, doubtful = self._fresh.sort(batch.reads, batch.said_us)
        if doubtful.any():
            asked = batch.only(doubtful)
            ahead = bool(self._ahead) and bool(np.isin(asked.reads["camera"], list(self._ahead)).any())
            repeated[doubtful] = await repository.known(tx.conn, asked, tx.now, ahead=ahead)
        if count := int(repeated.sum()):
            REPEATED.inc(count)
        return batch.only(~repeated)

    def _in_time(self, reads: Reads, hit: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which reads are not to be erased by now."""
        since_us = np.where(hit, self._begins_at[HIT], self._begins_at[PLAIN])
        in_time = reads["at_us"] >= since_us
        if count := int((~in_time).sum()):
            EXPIRED.inc(count)
        return in_time

    def _note_ahead(self, batch: Batch) -> None:
        for nth in np.flatnonzero(batch.said_us != batch.reads["at_us"]).tolist():
            camera, said_us = int(batch.reads["camera"][nth]), int(batch.said_us[nth])
            self._ahead[camera] = max(said_us, self._ahead.get(camera, 0))

    async def _ready_partitions(self, tx: Tx) -> None:
        """The job makes them hours ahead; this is for the first start and for a job that stood still."""
        if self._ready_until is not None and tx.now < self._ready_until:
            return
        rule, minute = rules.retention(tx.now.date()), timedelta(minutes=1)
        for kind, first in (
            (PLAIN, partitions.erased_until(rule, PLAIN, tx.now)),
            (HIT, tx.now - LATE_HITS),
        ):
            await partitions.make(tx.conn, kind, first, tx.now + 2 * kind.step)
            begins = (await partitions.there(tx.conn, kind))[0]
            # a minute more than what the job may erase until we look again
            erased = partitions.erased_until(rule, kind, tx.now) + 2 * minute
            self._begins_at[kind] = microseconds(max(begins, erased))
        self._ready_until = tx.now + minute


def _steps(messages: Sequence[Carried]) -> Iterator[Sequence[Carried]]:
    """All of them, in steps of at most READS_MAX reads (a message more)."""
    start, size = 0, 0
    for nth, message in enumerate(messages):
        size += len(message.data)
        if size >= READS_MAX * READ.itemsize:
            yield messages[start : nth + 1]
            start, size = nth + 1, 0
    if start < len(messages):
        yield messages[start:]


def _passed(at: Progress, other: Progress) -> bool:
    """Whether ``at`` is at this message or after it. A stream that lost its end gives numbers anew: what it
    took later is later."""
    return other.seq <= at.seq and other.taken_us <= at.taken_us


def _part(subject: str) -> int:
    part = subject.rpartition(".")[2]
    return int(part) if part.isdecimal() else -1
