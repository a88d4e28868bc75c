"""Whatever dies, and whenever: each read that the stream took is stored once."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import nats
import nats.errors
import psycopg
import pytest
from nats.aio.client import Client

from jedel.app.connections import make_pool
from jedel.app.embedded.nats import EmbeddedNats
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates import stream
from tests.conftest import Database
from tests.plates.made import one_by_one, plates, publish, read
from tests.plates.test_writer import count, until_rows, writing
from tests.plates.worker_process import GAPS
from tests.support import eventually

pytestmark = pytest.mark.fault


async def start(*arguments: object) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tests.plates.worker_process", *map(str, arguments)]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*command, stderr=quiet, stdout=quiet)


async def pour(client: Client, messages: list[tuple[str, bytes]]) -> None:
    js = client.jetstream()
    for n, (subject, data) in enumerate(messages):
        await js.publish_async(subject, data, wait_stall=10)
        if n % 50 == 0:
            await asyncio.sleep(0.005)
    await js.publish_async_completed()


async def feed(
    client: Client, messages: Iterator[tuple[str, bytes]], worker: asyncio.subprocess.Process
) -> int:
    """Something new every moment, so that there is always a next batch; how the worker ended."""
    try:
        async with asyncio.timeout(60):
            while worker.returncode is None:
                await client.jetstream().publish(*next(messages))
                await asyncio.sleep(0.02)
    finally:
        if worker.returncode is None:
            worker.terminate()  # not left behind; its end tells it apart
    return await worker.wait()


async def test_killed_in_every_gap(store: Store, bus: Client, database: Database, nats_url: str) -> None:
    """After it took a batch, kept its pictures, copied it, committed it: the next one knows."""
    now = store.clock.now()
    said = [
        read(plate, now - timedelta(milliseconds=n), pictures=1) for n, plate in enumerate(plates(15_000))
    ]
    messages = iter(one_by_one(said))
    await stream.ensure(bus.jetstream())
    for gap in GAPS:
        worker = await start(database.url, nats_url, 0, 1, gap, 2)
        assert await feed(bus, messages, worker) == -signal.SIGKILL
        await publish(bus, said[:20])  # and somebody repeats himself
    await pour(bus, list(messages))
    async with writing(store, bus):
        await until_rows(store, len(said))
        await publish(bus, [read("999XYZ01", now)])
        await until_rows(store, len(said) + 1)
    assert await count(store) == (len(said) + 1, len(said) + 1)


@pytest.mark.parametrize("seed", [1])
async def test_killed_at_random_moments_two_workers_write_everything_once(
    store: Store, bus: Client, database: Database, nats_url: str, seed: int
) -> None:
    dice, now = random.Random(seed), store.clock.now()
    said = [read(plate, now - timedelta(milliseconds=n)) for n, plate in enumerate(plates(6000))]
    await stream.ensure(bus.jetstream())
    pouring = asyncio.create_task(pour(bus, one_by_one(said)))
    workers = [await start(database.url, nats_url, nth, 2) for nth in range(2)]
    try:
        for _ in range(4):
            written = (await count(store))[0]
            await until_rows(store, min(written + dice.randrange(1, 800), len(said)))
            nth = dice.randrange(2)
            workers[nth].kill()
            await workers[nth].wait()
            workers[nth] = await start(database.url, nats_url, nth, 2)
        await pouring
        await until_rows(store, len(said))
    finally:
        for worker in workers:
            worker.kill()
            await worker.wait()
    async with writing(store, bus):  # whatever might still be written twice would be now
        await publish(bus, [read("999XYZ01", now)])
        await until_rows(store, len(said) + 1)
    assert await count(store) == (len(said) + 1, len(said) + 1)


async def test_nats_killed_and_back(store: Store, clock: ManualClock, tmp_path: Path) -> None:
    """A sender repeats what was not acknowledged; what the stream had is not lost, and nothing is doubled."""
    server = EmbeddedNats(tmp_path)
    server.start()
    client = await nats.connect(server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.05)
    said = [read(plate, clock.now() - timedelta(seconds=n)) for n, plate in enumerate(plates(200))]
    try:
        await stream.ensure(client.jetstream())
        async with writing(store, client):
            for n, (subject, data) in enumerate(one_by_one(said)):
                await _carried(client, subject, data)
                if n == 100:
                    os.kill(server.pid, signal.SIGKILL)
                    server.restart()
            await until_rows(store, 200)
        assert await count(store) == (200, 200)
    finally:
        await client.close()
        server.stop()


async def _carried(client: Client, subject: str, data: bytes) -> None:
    """Publish until it is acknowledged, without a name by which the stream would know it: the id must do."""
    while True:
        with suppress(nats.errors.Error):
            await client.jetstream().publish(subject, data, timeout=2)
            return


async def test_postgresql_away_and_back(
    store: Store, bus: Client, database: Database, clock: ManualClock
) -> None:
    said = [read(plate, clock.now()) for plate in plates(2)]
    async with make_pool(database.url, 3) as pool, writing(Store(pool, clock), bus):
        await publish(bus, said[:1])
        await until_rows(store, 1)
        async with store.transaction() as tx:
            await tx.conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await publish(bus, said[1:])

        async def back() -> bool:
            with suppress(psycopg.Error):  # the test's own connections were cut, too
                return await count(store) == (2, 2)
            return False

        await eventually(back, within_s=30)
