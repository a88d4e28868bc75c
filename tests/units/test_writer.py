"""The writer between a real stream and a real database: everything once, whatever dies."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import nats
import nats.errors
import psycopg
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.app.connections import make_pool
from jedel.app.embedded.nats import EmbeddedNats
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.units import PositionWriter, Unit, UnitKind, UnitStatus, last_positions, repository
from jedel.units.codec import Fix, decode, encode
from jedel.units.positions import repository as positions
from jedel.units.positions import stream
from jedel.units.positions.batch import ASK_MAX, MALFORMED
from jedel.units.positions.intake import REFUSED
from jedel.units.positions.writer import LOST
from tests.conftest import Database
from tests.support import eventually

REGION = "00"
UNITS = [UUID(int=n) for n in range(1, 41)]


def fix(unit: UUID, at_us: int, lon: float = 76.9) -> Fix:
    return Fix(unit, at_us, lon, 43.25, 36.0, None, 5.0)


async def add_units(store: Store, units: list[UUID], region: str = REGION) -> None:
    async with store.transaction() as tx:
        for n, unit_id in enumerate(units):
            unit = Unit(
                *(unit_id, region, f"U{n}", UnitKind.CAR, None, (), (), None),
                *(UnitStatus.OFF_SHIFT, tx.now, False, None, None),
            )
            assert await repository.insert(tx.conn, unit, tx.now)


@pytest.fixture
async def known(store: Store, bus: Client) -> Client:
    """NATS with the stream, and units in the database."""
    await add_units(store, UNITS)
    await stream.ensure(bus.jetstream())
    return bus


@asynccontextmanager
async def writing(store: Store, client: Client) -> AsyncIterator[None]:
    task = asyncio.create_task(PositionWriter(store, client).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def count(store: Store) -> tuple[int, int]:
    """Rows, and different rows."""
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT count(*) AS rows, count(DISTINCT (unit_id, at, lon_e7)) AS different FROM position"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row["rows"], row["different"]


async def until_rows(store: Store, n: int) -> None:
    async def there() -> bool:
        return (await count(store))[0] >= n

    await eventually(there, within_s=30)


def now_us(clock: ManualClock) -> int:
    return positions.microseconds(clock.now())


async def test_from_the_stream_to_the_table_and_the_screens(
    store: Store, known: Client, clock: ManualClock
) -> None:
    heard: list[tuple[str, Any]] = []

    async def on_now(message: Msg) -> None:
        heard.extend((message.subject, record) for record in decode(message.data))

    await known.subscribe(f"{stream.NOW}.*", cb=on_now)
    sent = [fix(unit, now_us(clock) - n * 10**6, 76.9 + n / 100) for n, unit in enumerate(UNITS)]
    async with writing(store, known):
        for one in sent:
            await known.jetstream().publish(f"{stream.RAW}.{REGION}", encode([one]))
        await until_rows(store, len(sent))

        async def all_heard() -> bool:
            return len(heard) == len(sent)

        await eventually(all_heard)
    assert {subject for subject, _ in heard} == {f"{stream.NOW}.{REGION}"}
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT * FROM position ORDER BY at DESC")
        rows = await cursor.fetchall()
    for one, row in zip(sent, rows, strict=True):
        assert (row["unit_id"], positions.microseconds(row["at"])) == (one.unit, one.at_us)
        assert (row["lon_e7"], row["lat_e7"]) == (round(one.lon * 1e7), 432_500_000)
        assert (row["speed_cms"], row["heading_cdeg"], row["accuracy_dm"]) == (1000, None, 50)
        assert abs(row["heard_at"] - clock.now()) < timedelta(seconds=60)


async def test_what_is_refused_is_counted_and_nothing_else_suffers(
    store: Store, known: Client, clock: ManualClock
) -> None:
    async with store.transaction() as tx:
        far = Unit(
            *(uuid4(), "02", "A1", UnitKind.CAR, None, (), (), None),
            *(UnitStatus.OFF_SHIFT, tx.now, False, None, None),
        )
        await repository.insert(tx.conn, far, tx.now)
    now = now_us(clock)
    bad = [
        fix(uuid4(), now),  # nobody
        fix(far.id, now),  # of another region
        fix(UNITS[0], now + 3600 * 10**6),
        fix(UNITS[0], now - 48 * 3600 * 10**6),
        Fix(UNITS[0], now, 0.0, 0.0),
    ]
    before = {
        reason: _value(REFUSED, reason) for reason in ("unknown_unit", "future", "past", "outside_range")
    }
    malformed = _value(MALFORMED, "length")
    subject, js = f"{stream.RAW}.{REGION}", known.jetstream()
    async with writing(store, known):
        await js.publish(subject, encode([fix(UNITS[0], now), *bad, fix(UNITS[1], now)]))
        await js.publish(subject, b"not a position")
        await js.publish(subject, encode([fix(UNITS[2], now)])[:-1])
        late = uuid4()
        await js.publish(subject, encode([fix(UNITS[3], now)]))
        await until_rows(store, 3)
        await add_units_later(store, late)
        await js.publish(subject, encode([fix(late, now)]))  # a unit made while the writer runs
        await until_rows(store, 4)
    after = {reason: _value(REFUSED, reason) - n for reason, n in before.items()}
    assert after == {"unknown_unit": 2, "future": 1, "past": 1, "outside_range": 1}
    assert _value(MALFORMED, "length") - malformed == 2
    assert await count(store) == (4, 4)


async def add_units_later(store: Store, unit_id: UUID) -> None:
    async with store.transaction() as tx:
        unit = Unit(
            *(unit_id, REGION, "LATE", UnitKind.FOOT, None, (), (), None),
            *(UnitStatus.OFF_SHIFT, tx.now, False, None, None),
        )
        await repository.insert(tx.conn, unit, tx.now)


def _value(counter: Any, *labels: str) -> float:
    child = counter.labels(*labels) if labels else counter
    value: float = child._value.get()
    return value


async def test_a_whole_region_may_report_at_once_after_a_start(
    store: Store, bus: Client, clock: ManualClock
) -> None:
    """More units than one question to PostgreSQL takes, all strangers to a new writer, in one batch."""
    units = [UUID(int=n) for n in range(1, 2 * ASK_MAX + 3)]
    async with store.pool.connection() as conn:
        await conn.execute(
            "INSERT INTO unit (id, region, call_sign, kind, crew, skills, status, since, silent, created_at)"
            " SELECT id, %s, 'U' || n, 'car', '{}', '{}', 'off_shift', now(), false, now()"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS t(id, n)",
            (REGION, units),
        )
    await stream.ensure(bus.jetstream())
    for at in range(0, len(units), 5000):
        batch = encode(fix(unit, now_us(clock)) for unit in units[at : at + 5000])
        await bus.jetstream().publish(f"{stream.RAW}.{REGION}", batch)
    async with writing(store, bus):
        await until_rows(store, len(units))
    assert await count(store) == (len(units), len(units))


async def test_the_last_position_is_kept_and_found_again(
    store: Store, known: Client, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noted every few seconds; what a killed writer had not noted yet is taken over by the next."""
    now, js, subject = now_us(clock), known.jetstream(), f"{stream.RAW}.{REGION}"
    async with writing(store, known):
        await js.publish(subject, encode([fix(UNITS[0], now, 77.0), fix(UNITS[0], now - 10**6, 76.0)]))
        await until_rows(store, 2)
    async with store.reading() as tx:
        assert await last_positions(tx.conn) == {}
    monkeypatch.setattr("jedel.units.positions.writer.LAST_EVERY_S", 0.1)
    async with writing(store, known):
        await js.publish(subject, encode([fix(UNITS[1], now, 78.0), fix(UNITS[0], now - 2 * 10**6, 75.0)]))

        async def noted() -> bool:
            async with store.reading() as tx:
                found = await last_positions(tx.conn)
            where = {bytes(r["unit"]): int(r["lon_e7"]) for r in found.get(REGION, [])}
            return where == {UNITS[0].bytes: 770_000_000, UNITS[1].bytes: 780_000_000}

        await eventually(noted)


async def test_a_stream_that_was_made_anew_is_read_from_its_beginning(
    store: Store, known: Client, clock: ManualClock
) -> None:
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"
    async with writing(store, known):
        for n in range(5):
            await js.publish(subject, encode([fix(UNITS[n], now_us(clock))]))
        await until_rows(store, 5)
        await js.delete_stream(stream.STREAM)
        await stream.ensure(js)
        for n in range(3):
            await js.publish(subject, encode([fix(UNITS[10 + n], now_us(clock))]))
        await until_rows(store, 8)
    assert await count(store) == (8, 8)


async def test_a_stream_that_lost_its_end_loses_nothing_that_came_after(
    store: Store, known: Client, clock: ManualClock
) -> None:
    """JetStream may lose acknowledged messages in a crash and give their numbers to others."""
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"
    for n in range(4):
        await js.publish(subject, encode([fix(UNITS[n], now_us(clock))]))
    info = await js.stream_info(stream.STREAM)
    third = await js.get_msg(stream.STREAM, 3)
    assert info.created is not None
    assert third.time is not None
    async with (
        store.transaction() as tx
    ):  # as if 3 … 20 had been others, the last of them taken before today's 4
        took = positions.Progress(20, positions.microseconds(third.time))
        assert await positions.move(
            tx.conn, stream.STREAM, info.created, positions.Progress(0, 0), took, tx.now
        )
    async with writing(store, known):
        await until_rows(store, 1)
        await js.publish(subject, encode([fix(UNITS[9], now_us(clock))]))
        await until_rows(store, 2)
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT unit_id FROM position ORDER BY unit_id")
        assert [row["unit_id"] for row in await cursor.fetchall()] == [UNITS[3], UNITS[9]]


async def test_what_the_stream_had_to_drop_is_told(store: Store, known: Client, clock: ManualClock) -> None:
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"
    async with writing(store, known):
        await js.publish(subject, encode([fix(UNITS[0], now_us(clock))]))
        await until_rows(store, 1)
    for n in range(1, 6):
        await js.publish(subject, encode([fix(UNITS[n], now_us(clock))]))
    await js.purge_stream(stream.STREAM, keep=2)
    lost = _value(LOST)
    async with writing(store, known):
        await until_rows(store, 3)
    assert _value(LOST) - lost == 3


async def test_two_writers_write_once(store: Store, known: Client, clock: ManualClock) -> None:
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"
    async with writing(store, known), writing(store, known):
        for n in range(300):
            await js.publish(subject, encode([fix(UNITS[n % 40], now_us(clock) - n)]))
        await until_rows(store, 300)
        await js.publish(subject, encode([fix(UNITS[0], now_us(clock) + 1)]))
        await until_rows(store, 301)
    assert await count(store) == (301, 301)


@pytest.mark.fault
@pytest.mark.thorough
@pytest.mark.parametrize("seed", [1])
async def test_killed_at_random_moments_it_writes_everything_once(
    store: Store, known: Client, database: Database, nats_url: str, clock: ManualClock, seed: int
) -> None:
    """kill -9 of the process while positions pour in."""
    dice, total = random.Random(seed), 3000
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"

    async def pour() -> None:
        for n in range(total):
            batch = [fix(UNITS[i], now_us(clock) - n * 50 - i) for i in range(3)]
            await js.publish_async(subject, encode(batch), wait_stall=10)
            if n % 100 == 0:
                await asyncio.sleep(0)
        await js.publish_async_completed()

    async def start() -> asyncio.subprocess.Process:
        command = [sys.executable, "-m", "tests.units.writer_process", database.url, nats_url]
        return await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL,
                                                    stdout=asyncio.subprocess.DEVNULL)  # fmt: skip

    pouring = asyncio.create_task(pour())
    process = await start()
    try:
        for _ in range(3):
            written = (await count(store))[0]
            await until_rows(store, min(written + dice.randrange(1, 2000), 3 * total))
            process.kill()
            await process.wait()
            process = await start()
        await pouring
        await until_rows(store, 3 * total)
    finally:
        process.kill()
        await process.wait()
    async with writing(store, known):  # whatever might still be written twice would be now
        await js.publish(subject, encode([fix(UNITS[0], now_us(clock) + 1)]))
        await until_rows(store, 3 * total + 1)
    assert await count(store) == (3 * total + 1, 3 * total + 1)


@pytest.mark.fault
async def test_nats_killed_and_back(store: Store, clock: ManualClock, tmp_path: Path) -> None:
    """Whatever the stream still has when NATS is back is written once; what it had before is not lost."""
    await add_units(store, UNITS)
    server = EmbeddedNats(tmp_path)
    server.start()
    client = await nats.connect(server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.05)
    try:
        await stream.ensure(client.jetstream())
        async with writing(store, client):
            for n in range(200):
                await _carried(client, encode([fix(UNITS[n % 40], now_us(clock) - n)]), str(n))
                if n == 100:
                    os.kill(server.pid, signal.SIGKILL)
                    server.restart()
            await until_rows(store, 200)
        assert await count(store) == (200, 200)
    finally:
        await client.close()
        server.stop()


async def _carried(client: Client, raw: bytes, name: str) -> None:
    """Publish until it is acknowledged, as every sender must; by its name the stream takes it once."""
    while True:
        with suppress(nats.errors.Error):
            headers = {"Nats-Msg-Id": name}
            await client.jetstream().publish(f"{stream.RAW}.{REGION}", raw, timeout=2, headers=headers)
            return


async def test_postgresql_away_and_back(
    store: Store, known: Client, database: Database, clock: ManualClock
) -> None:
    js, subject = known.jetstream(), f"{stream.RAW}.{REGION}"
    async with make_pool(database.url, 3) as pool, writing(Store(pool, clock), known):
        await js.publish(subject, encode([fix(UNITS[0], now_us(clock))]))
        await until_rows(store, 1)
        async with store.transaction() as tx:
            await tx.conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await js.publish(subject, encode([fix(UNITS[1], now_us(clock))]))

        async def back() -> bool:
            async with store.pool.connection() as conn:
                cursor = await conn.execute("SELECT count(*) AS n FROM position")
                row = await cursor.fetchone()
            return row is not None and row["n"] == 2

        await eventually(_trying(back), within_s=30)


def _trying(look: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    """The test's own connections were cut, too."""

    async def tried() -> bool:
        with suppress(psycopg.Error):
            return bool(await look())
        return False

    return tried
