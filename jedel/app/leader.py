"""Work that only one process at a time may do: it holds a PostgreSQL advisory lock while it does it."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import structlog
from psycopg import AsyncConnection

from jedel.kernel.tasks import heed_cancel

log = structlog.get_logger()

LOOK_EVERY_S = 1.0


async def lead(database_url: str, name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run ``work`` for ever whenever this process holds the lock ``name``; stop it when the lock is lost.

    The lock goes with the connection: a process that dies, or that PostgreSQL no longer hears, frees it.
    """
    while True:
        try:
            async with await AsyncConnection.connect(
                database_url, autocommit=True, connect_timeout=3
            ) as conn:
                await _hold(conn, name, work)
        except psycopg.OperationalError as error:
            log.warning("leadership waits for PostgreSQL", work=name, error=str(error).strip())
        heed_cancel()
        await asyncio.sleep(LOOK_EVERY_S)


async def _hold(conn: AsyncConnection, name: str, work: Callable[[], Awaitable[None]]) -> None:
    cursor = await conn.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", (name,))
    row = await cursor.fetchone()
    if row is None or not row[0]:
        return
    log.info("leading", work=name)
    running = asyncio.ensure_future(work())
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=LOOK_EVERY_S)
            await conn.execute("SELECT 1")
        await running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
