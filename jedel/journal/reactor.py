"""How one room follows another: entries in order, each dealt with exactly once.

A reactor's position stands in PostgreSQL and moves in the same transaction as what the reactor did, so a
crash at any moment repeats nothing and skips nothing. NATS only says "look now".
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol

import structlog
from prometheus_client import Counter

from jedel.journal import repository
from jedel.journal.model import Recorded
from jedel.journal.store import Store, Tx
from jedel.kernel.tasks import heed_cancel

log = structlog.get_logger()

BATCH = 100
ATTEMPTS_MAX = 5
"""Tries at one entry before it is set aside: one poisoned entry must not hold up the alarms behind it."""

BATCHES_FAILED = Counter(
    "jedel_journal_batches_failed_total", "Batches gone through again one by one", ["reader"]
)
READINGS_FAILED = Counter("jedel_journal_readings_failed_total", "Looks into the journal that failed")
SET_ASIDE = Counter("jedel_journal_set_aside_total", "Entries that a reactor could not deal with", ["reader"])


class Reactor(Protocol):
    """What a room does when an entry of certain kinds appears."""

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[str]: ...

    async def react(self, tx: Tx, entry: Recorded) -> None: ...


class Follower:
    """Runs one reactor over all regions."""

    def __init__(self, store: Store, reactor: Reactor) -> None:
        self.store = store
        self.reactor = reactor
        self._failures: dict[tuple[str, int], int] = {}

    async def catch_up(self) -> int:
        """Deal with everything that stands in the journal now; how many entries were reacted to."""
        done = 0
        while True:
            async with self.store.reading() as tx:
                regions = await repository.behind(tx.conn, self.reactor.name)
            if not regions:
                return done
            for region, _seq, _head in regions:
                done += await self._region(region)

    async def _region(self, region: str) -> int:
        try:
            return await self._step(region, BATCH)
        except Exception:  # noqa: BLE001
            # A supervised boundary: whatever the room raised, find the one entry that did it.
            BATCHES_FAILED.labels(self.reactor.name).inc()
            log.warning("reactor batch failed, going one by one", reader=self.reactor.name, region=region)
            return await self._one_by_one(region)

    async def _step(self, region: str, limit: int) -> int:
        async with self.store.transaction() as tx:
            position = await repository.lock_cursor(tx.conn, self.reactor.name, region)
            upto = await repository.head(tx.conn, region)
            entries = await repository.of_kinds(
                tx.conn, region, position, upto, sorted(self.reactor.kinds), limit
            )
            for entry in entries:
                await self.reactor.react(tx, entry)
            if not entries:
                await repository.need_not_last(
                    tx.conn
                )  # what was passed over would only be passed over again
            reached = entries[-1].seq if len(entries) == limit else upto
            await repository.move_cursor(tx.conn, self.reactor.name, region, reached)
        return len(entries)

    async def _one_by_one(self, region: str) -> int:
        for done in range(BATCH):
            try:
                if not await self._step(region, 1):
                    return done
            except Exception as error:
                # The same boundary: counted, logged, and after ATTEMPTS_MAX tries set aside for a person.
                if not await self._failed(region, error):
                    raise
        return BATCH

    async def _failed(self, region: str, error: Exception) -> bool:
        """Count a failure of the region's next entry; True when it was set aside: the next has its turn."""
        async with self.store.transaction() as tx:
            position = await repository.lock_cursor(tx.conn, self.reactor.name, region)
            upto = await repository.head(tx.conn, region)
            kinds = sorted(self.reactor.kinds)
            entries = await repository.of_kinds(tx.conn, region, position, upto, kinds, 1)
            if not entries:
                return True
            entry = entries[0]
            failures = self._failures[region, entry.seq] = self._failures.get((region, entry.seq), 0) + 1
            if failures < ATTEMPTS_MAX:
                return False
            await repository.set_aside(tx.conn, self.reactor.name, entry, repr(error))
            await repository.move_cursor(tx.conn, self.reactor.name, region, entry.seq)
        SET_ASIDE.labels(self.reactor.name).inc()
        log.error(
            "entry set aside", reader=self.reactor.name, region=region, seq=entry.seq, error=repr(error)
        )
        return True


async def follow(catch_up: Callable[[], Awaitable[int]], bell: asyncio.Event, every_s: float = 0.2) -> None:
    """Run ``catch_up`` whenever ``bell`` rings, and every ``every_s`` seconds in case a ring got lost."""
    while True:
        bell.clear()
        try:
            await catch_up()
        except Exception as error:  # noqa: BLE001
            # Supervised: the database or the bus may be away; the work waits in the journal.
            READINGS_FAILED.inc()
            log.warning("journal reader waits", error=repr(error))
            heed_cancel()
            await asyncio.sleep(1.0)
        heed_cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):  # not wait_for: in 3.11 it can lose a cancellation
                await bell.wait()


async def react_to_all(store: Store, reactors: Sequence[Reactor]) -> None:
    """Let every reactor catch up once, left to right; for tests and for tools that need no process."""
    for reactor in reactors:
        await Follower(store, reactor).catch_up()
