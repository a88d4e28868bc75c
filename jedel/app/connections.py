"""Links to PostgreSQL and NATS: waited for at the start, said so, and mended by themselves afterwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from jedel.app.settings import Settings
from jedel.journal import Pool, Store
from jedel.kernel.clock import Clock, SystemClock

log = structlog.get_logger()

RETRY_S = 1.0
WAKE_SUBJECT = "jedel.wake"


class _Nats(Client):
    """In nats-py 2.16 the answer to a flush that nobody waits for any longer (it took too long, its task was
    cancelled) ends the task that reads, by asyncio.InvalidStateError: the process hears nothing of NATS until
    the third ping has failed, 15 s later."""

    async def _process_pong(self) -> None:
        # in its place and not left out: PONGs come in the order of their PINGs
        if self._pongs and self._pongs[0].done():
            self._pongs[0] = asyncio.get_running_loop().create_future()
        await super()._process_pong()


async def connect_nats(url: str, name: str) -> Client:
    """A client that is connected now and reconnects for ever."""

    async def gone() -> None:
        log.warning("NATS is away")

    async def back() -> None:
        log.warning("NATS is back")

    async def erred(error: Exception) -> None:
        log.warning("NATS error", error=repr(error))

    while True:
        try:
            client = _Nats()
            await client.connect(
                url,
                name=name,
                connect_timeout=2,
                reconnect_time_wait=0.25,  # type: ignore[arg-type]  # it is slept; only the annotation is whole
                max_reconnect_attempts=-1,
                ping_interval=5,
                max_outstanding_pings=2,
                pending_size=8 * 1024 * 1024,
                disconnected_cb=gone,
                reconnected_cb=back,
                error_cb=erred,
            )
            return client
        except (OSError, NatsError, TimeoutError) as error:
            log.warning("waiting for NATS", error=str(error) or repr(error))
            await asyncio.sleep(RETRY_S)


def make_pool(url: str, size: int) -> Pool:
    """Connections with rows as dictionaries; made broken ones anew by itself. Not open yet."""

    async def configure(conn: AsyncConnection[dict[str, Any]]) -> None:
        await conn.set_autocommit(True)

    return AsyncConnectionPool(
        url,
        min_size=2,
        max_size=size,
        open=False,
        timeout=10,
        reconnect_timeout=2,
        kwargs={
            "row_factory": dict_row,
            "connect_timeout": 5,
            "application_name": "jedel",
            "options": "-c idle_in_transaction_session_timeout=15s -c lock_timeout=5s -c timezone=UTC",
        },
        configure=configure,
    )


async def wait_for_database(url: str) -> None:
    """Return when PostgreSQL answers."""
    while True:
        try:
            async with await AsyncConnection.connect(url, connect_timeout=3) as conn:
                await conn.execute("SELECT 1")
                return
        except psycopg.OperationalError as error:
            log.warning("waiting for PostgreSQL", error=str(error).strip().splitlines()[0])
            await asyncio.sleep(RETRY_S)


def waker(client: Client) -> Callable[[set[str]], Awaitable[None]]:
    """Tells readers of the journal in all processes to look now; nothing waits for NATS."""

    async def wake(regions: set[str]) -> None:
        if client.is_connected:
            for region in regions:
                await client.publish(f"{WAKE_SUBJECT}.{region}")

    return wake


@asynccontextmanager
async def open_links(
    settings: Settings, name: str, clock: Clock | None = None
) -> AsyncIterator[tuple[Store, Client]]:
    """A store and a NATS client for one process; waits until both servers answer."""
    assert settings.database_url is not None
    assert settings.nats_url is not None
    await wait_for_database(settings.database_url)
    client = await connect_nats(settings.nats_url, name)
    pool = make_pool(settings.database_url, settings.database_pool)
    try:
        await pool.open()
        yield Store(pool, clock or SystemClock(), waker(client)), client
    finally:
        await pool.close()
        await client.close()
