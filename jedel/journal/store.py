"""The one way to write: state and journal in one transaction, committed before anybody hears about it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from jedel.journal import repository
from jedel.journal.model import Entry
from jedel.journal.repository import Connection
from jedel.kernel.clock import Clock, SystemClock

Wake = Callable[[set[str]], Awaitable[None]]
"""Tells the journal's readers that regions have new entries. It may not arrive: they also look themselves."""

Pool = AsyncConnectionPool[Connection]


async def no_wake(_regions: set[str]) -> None:
    """For programs without a message bus: the readers find new entries at their next look."""


class Tx:
    """One transaction: ``conn`` for state, ``now`` for its times, ``record`` for the journal."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn = conn
        self.now = now
        self.entries: list[Entry] = []

    def record(self, entry: Entry) -> None:
        """Journal ``entry`` as the transaction's last act, when its state is already written.

        Last, because the region's chain is locked from then until the commit.
        """
        self.entries.append(entry)

    async def recorded(self, command_id: UUID) -> bool:
        """Whether this command was carried out before; a twin that is under way is waited for."""
        return await repository.claim(self.conn, command_id)


@asynccontextmanager
async def opened(given: "Store | str") -> AsyncIterator["Store"]:
    """A store as it was given, or one at a database's address, for a command that runs beside the system."""
    if isinstance(given, Store):
        yield given
        return
    pool: Pool = AsyncConnectionPool(
        given, min_size=1, max_size=2, open=False, kwargs={"row_factory": dict_row, "autocommit": True}
    )
    async with pool:
        yield Store(pool, SystemClock())


class Store:
    """PostgreSQL as the rooms see it."""

    def __init__(self, pool: Pool, clock: Clock, wake: Wake = no_wake) -> None:
        self.pool = pool
        self.clock = clock
        self._wake = wake

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Read and write; everything is committed when the block ends, nothing if it raises."""
        async with self._begun("BEGIN") as tx:
            yield tx
            await repository.append_and_commit(tx.conn, tx.entries, tx.now)
        if tx.entries:
            await self._wake({entry.region for entry in tx.entries})

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Read only, all of it as of one moment."""
        async with self._begun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as tx:
            yield tx
            await tx.conn.commit()

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[Tx]:
        """For one statement that reads: it is a moment of its own, and needs no transaction around it."""
        async with self.pool.connection() as conn:
            yield Tx(conn, self.clock.now())

    @asynccontextmanager
    async def _begun(self, begin: LiteralString) -> AsyncIterator[Tx]:
        async with self.pool.connection() as conn:
            await conn.execute(begin)
            try:
                yield Tx(conn, self.clock.now())
            except BaseException:
                with suppress(psycopg.Error):  # a connection that broke has nothing to take back
                    await conn.rollback()
                raise
