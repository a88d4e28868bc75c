"""The worker of reads with Qorgau as its judge, on a real stream and database: hits, lists that change, and
where plates were last seen after a restart."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from nats.aio.client import Client

from jedel.app.settings import Settings
from jedel.journal import Store, Tx
from jedel.kernel.clock import ManualClock
from jedel.places import Networks
from jedel.plates.cameras import Cameras
from jedel.plates.codec import PARTITIONS, reads_of
from jedel.plates.keys import key
from jedel.plates.store.writer import ReadsWorker
from jedel.qorgau.matching import snapshot
from jedel.qorgau.matching.judge import QorgauJudge, legal_day
from jedel.qorgau.matching.saving import Saving
from jedel.qorgau.model import Ground, Hits
from jedel.units.positions.repository import microseconds
from tests.plates.made import publish, read
from tests.plates.test_writer import rows, until_rows
from tests.qorgau.watch_seen import approved
from tests.support import Api, eventually

ALL = list(range(PARTITIONS))
OURS = "777ABC02"


class Told:
    """Where the alerts stand: keeps the hits that it is given."""

    def __init__(self) -> None:
        self.hits: list[Hits] = []

    async def write(self, tx: Tx, hits: Hits) -> None:
        await tx.conn.execute("SELECT 1")
        self.hits.append(hits)


Make = Callable[[], tuple[QorgauJudge, Told]]


@pytest.fixture
def make(bus: Client, settings: Settings) -> Make:
    def made() -> tuple[QorgauJudge, Told]:
        told = Told()
        return QorgauJudge(bus, Cameras(), Networks(settings.blob_dir), told, settings.blob_dir), told

    return made


@pytest.fixture
async def cameras(store: Store) -> tuple[int, int]:
    """Two cameras with measured clocks, 160 km apart, in two regions."""
    numbers = []
    async with store.transaction() as tx:
        for region, lon in (("02", 76.0), ("05", 78.0)):
            cursor = await tx.conn.execute(
                "INSERT INTO plate_camera (id, region, name, lon, lat, driver, clock_error_ms, created_at,"
                " changed_at) VALUES (%s, %s, 'c', %s, 43.2, 'http', 0, %s, %s) RETURNING number",
                (uuid4(), region, lon, tx.now, tx.now),
            )
            row = await cursor.fetchone()
            assert row is not None
            numbers.append(int(row["number"]))
    return numbers[0], numbers[1]


@asynccontextmanager
async def judging(store: Store, bus: Client, judge: QorgauJudge) -> AsyncIterator[None]:
    task = asyncio.create_task(ReadsWorker(store, bus, judge).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await judge.close()


async def grounds(store: Store) -> list[tuple[str, int]]:
    return [(row["text"], row["grounds"]) for row in await rows(store)]


async def test_a_list_reaches_the_worker_while_it_works(
    client: Api, store: Store, bus: Client, clock: ManualClock, make: Make
) -> None:
    judge, told = make()
    at = clock.now() - timedelta(minutes=9)
    async with judging(store, bus, judge):
        await publish(bus, [read(OURS, at)])
        await until_rows(store, 1)
        await approved(client, store, plate=OURS)

        async def found() -> bool:
            nonlocal at
            at += timedelta(seconds=1)
            await publish(bus, [read(OURS, at)])
            await until_rows(store, 2)
            return bool(told.hits)

        await eventually(found, within_s=30)
    first, *_, last = await grounds(store)
    assert first == (OURS, 0)
    assert last == (OURS, Ground.WANTED)
    hits = told.hits[0]
    assert hits.reads["plate"].tolist() == [key(OURS)]
    assert hits.score[0] >= 90


def pair(at: datetime, cameras: tuple[int, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    return read(OURS, at, cameras[0]), read(OURS, at + timedelta(minutes=5), cameras[1])


async def first_seen(
    store: Store, bus: Client, judge: QorgauJudge, one: dict[str, Any], *, saved: bool = False
) -> None:
    """A worker that takes in one read and ends, with a snapshot if that is wanted."""
    async with judging(store, bus, judge):
        await publish(bus, [one])
        await until_rows(store, 1)
        if saved:
            at = Saving(judge._blob_dir, ALL, every_s=0.0)
            name = snapshot.path_of(judge._blob_dir, ALL)

            async def whole() -> bool:
                at.step(judge.engine.seen, one["heard_us"], 0)
                return name.exists()

            await eventually(whole)
            await at.stop()


async def then(
    store: Store, bus: Client, made: tuple[QorgauJudge, Told], other: dict[str, Any], n: int
) -> Told:
    judge, told = made
    async with judging(store, bus, judge):
        await publish(bus, [other])
        await until_rows(store, n)
    return told


async def test_a_pair_over_a_restart_without_a_snapshot(
    store: Store, bus: Client, clock: ManualClock, make: Make, cameras: tuple[int, int]
) -> None:
    one, other = pair(clock.now() - timedelta(hours=3), cameras)
    await first_seen(store, bus, make()[0], one)
    told = await then(store, bus, make(), other, 2)
    assert [row[1] for row in await grounds(store)] == [0, Ground.TWO_PLACES]
    found = told.hits[0].pairs[0]
    assert found.before["id"].tobytes() == one["id"].bytes
    assert found.seconds == pytest.approx(300)
    assert found.metres == pytest.approx(162_000, rel=0.02)


async def test_a_pair_over_a_restart_by_the_snapshot_alone(
    store: Store, bus: Client, clock: ManualClock, make: Make, cameras: tuple[int, int]
) -> None:
    one, other = pair(clock.now() - timedelta(hours=3), cameras)
    await first_seen(store, bus, make()[0], one, saved=True)
    async with store.transaction() as tx:
        await tx.conn.execute("DELETE FROM plate_read")
    assert len((await then(store, bus, make(), other, 1)).hits[0].pairs) == 1


async def test_a_broken_snapshot_is_named_and_the_table_asked(
    store: Store, bus: Client, clock: ManualClock, make: Make, cameras: tuple[int, int],
    settings: Settings, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one, other = pair(clock.now() - timedelta(hours=3), cameras)
    await first_seen(store, bus, make()[0], one, saved=True)
    path = snapshot.path_of(settings.blob_dir, ALL)
    raw = bytearray(path.read_bytes())
    raw[-40] ^= 1
    path.write_bytes(raw)
    assert len((await then(store, bus, make(), other, 2)).hits[0].pairs) == 1
    assert "checksum does not fit" in capsys.readouterr().out


async def test_what_was_judged_but_not_stored_is_judged_anew(
    store: Store, clock: ManualClock, make: Make, cameras: tuple[int, int]
) -> None:
    judge, _ = make()
    one, _ = pair(clock.now(), cameras)
    batch = reads_of([one])
    try:
        await judge.begin(store, ALL, {})
        assert not judge.judge(batch, microseconds(clock.now())).repeated.any()
        assert judge.judge(batch, microseconds(clock.now())).repeated.all()
        await judge.begin(store, ALL, {})
        assert not judge.judge(batch, microseconds(clock.now())).repeated.any()
    finally:
        await judge.close()


async def test_a_disk_that_fails_stops_nothing(
    make: Make, store: Store, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.blob_dir.mkdir(parents=True, exist_ok=True)
    (settings.blob_dir / "qorgau").write_text("no folder")
    at = Saving(settings.blob_dir, ALL, every_s=0.0)
    judge, _ = make()
    at.step(judge.engine.seen, 0, 0)
    assert "cannot be saved" in capsys.readouterr().out


def test_the_legal_day_begins_at_nineteen_hours_utc() -> None:
    evening = 20_700 * 86_400_000_000 + 19 * 3_600_000_000
    assert legal_day(evening - 1) == 20_700
    assert legal_day(evening) == 20_701
