"""What one process hears of each camera, and how it gets into the database, where the screens look."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from jedel.journal import Store
from jedel.kernel.tasks import heed_cancel
from jedel.plates.cameras import repository
from jedel.plates.cameras.model import Bucket, Camera, ClockWatch, Lately
from jedel.plates.cameras.repository import Heard

log = structlog.get_logger()

WRITE_AFTER_S: Final = 2.0
CLOCK_MOVED_MS: Final = 100
"""A clock error that moved less is not written again."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Known:
    """One camera, as long as the process runs; ``reads`` and ``faults`` since they were last written."""

    def __init__(self, camera: Camera) -> None:
        self.number = camera.number
        self.bucket = Bucket()
        self.lately = Lately()
        self.clock = ClockWatch(camera.clock_error_ms)
        self._clock_written = camera.clock_error_ms
        self._heard_us = 0
        self._reads = 0
        self._faults: Counter[str] = Counter()
        self._fault: tuple[str, int] | None = None

    def heard(self, now_us: int, faults: Sequence[str]) -> None:
        """A message came, and this was wrong with it."""
        self._heard_us = now_us
        self._faults.update(faults)
        if faults:
            self._fault = (faults[-1], now_us)

    def carried(self, ids: list[bytes]) -> None:
        """These reads are JetStream's now."""
        self.lately.carried(ids)
        self._reads += len(ids)

    def since(self) -> Heard | None:
        """What is to be written; None where nothing was heard. Reads may be carried after the message that
        brought them was written as heard."""
        if not self._heard_us and not self._reads:
            return None
        error, before = self.clock.error_ms, self._clock_written
        moved = error is not None and (before is None or abs(error - before) >= CLOCK_MOVED_MS)
        fault, fault_us = self._fault or (None, 0)
        return Heard(
            number=self.number,
            heard_at=_moment(self._heard_us),
            reads=self._reads,
            faults={str(name): count for name, count in self._faults.items()},
            fault=None if fault is None else str(fault),
            fault_at=None if fault is None else _moment(fault_us),
            clock_error_ms=error if moved else None,
        )

    def written(self, heard: Heard) -> None:
        """It is in the database: what came since then stays."""
        self._reads -= heard.reads
        self._faults.subtract(heard.faults)
        self._faults += Counter()
        if heard.clock_error_ms is not None:
            self._clock_written = heard.clock_error_ms
        if self._fault is not None and heard.fault_at == _moment(self._fault[1]):
            self._fault = None
        if heard.heard_at == _moment(self._heard_us):
            self._heard_us = 0


class States:
    """Of all cameras that this process hears."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, Known] = {}
        self._task: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()

    def of(self, camera: Camera) -> Known:
        known = self._known.get(camera.number)
        if known is None:
            known = self._known[camera.number] = Known(camera)
        return known

    def touch(self) -> None:
        """Something was heard: write it soon."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_soon())

    async def write(self) -> None:
        """Write what was heard since the last time."""
        async with self._busy:
            heard = [(known, since) for known in self._known.values() if (since := known.since()) is not None]
            if not heard:
                return
            async with self._store.transaction() as tx:
                rows = sorted((each for _, each in heard), key=lambda each: each.number)
                await repository.hear(tx.conn, rows)
            for known, since in heard:
                known.written(since)

    async def close(self) -> None:
        """Write the last of it; what a server that is away does not take is lost with us."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._try()

    async def _write_soon(self) -> None:
        """Until all is written: what is heard while a write is under way begins no task of its own."""
        while True:
            await asyncio.sleep(WRITE_AFTER_S)
            await self._try()
            if all(known.since() is None for known in self._known.values()):
                return

    async def _try(self) -> None:
        try:
            await self.write()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("what was heard of plate cameras waits", error=repr(error))
        heed_cancel()


def _moment(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)
