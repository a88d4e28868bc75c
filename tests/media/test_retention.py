"""Recordings go on their clocks, or before, aloud, when the disk is nearly full; what is held stays."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from jedel.app.examine.database import examine
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.recording import repository, retention, rules, service
from jedel.media.recording.model import Segment, path_of
from jedel.media.recording.retention import Disk
from tests.conftest import Database

REGION = "00"


def stream(number: int) -> str:
    return f"camera/{UUID(int=number)}/main"


async def lying(
    store: Store, folder: Path, name: str, ages_days: Sequence[float], kind: str = "other", size: int = 1000
) -> list[Path]:
    """Segments of a minute that ended so long ago."""
    now = store.clock.now()
    made = []
    for age in ages_days:
        start = now - timedelta(days=age, minutes=1)
        path = folder / path_of(name, start)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
        made.append((start, path))
    async with store.transaction() as tx:
        await repository.know(tx.conn, name, REGION, 30, tx.now)
        await tx.conn.execute("UPDATE recorded_stream SET class = %s WHERE id = %s", (kind, name))
        await repository.add(
            tx.conn,
            [
                Segment(
                    name, start, start + timedelta(minutes=1), size, 10, 0, 0, 0, "ulaw", False, b"x" * 32
                )
                for start, _ in made
            ],
        )
    return [path for _, path in made]


async def shed(store: Store) -> bool:
    """Whether it is said that the disk is nearly full."""
    async with store.reading() as tx:
        row = await repository.disk(tx.conn)
    return bool(row and row["analytics_shed"])


def left(paths: Sequence[Path]) -> list[bool]:
    return [path.exists() for path in paths]


async def journal(store: Store, kind: str) -> int:
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT count(*) AS n FROM journal WHERE kind = %s", (kind,))
        row = await cursor.fetchone()
    return int(row["n"]) if row else 0


def test_the_rule_of_a_day_is_the_last_that_began() -> None:
    rule = rules.rule(datetime(2026, 11, 22, tzinfo=UTC).date())
    assert rule.keep("school", 7) == timedelta(days=30)
    assert rule.keep("school", 60) == timedelta(days=60)
    assert rule.keep("no such kind", 1) == rule.least["other"]
    assert rule.floor["school"] > rule.floor["other"]
    assert rules.rule(datetime(2020, 1, 1, tzinfo=UTC).date()) is rules.rules()[0]


async def test_what_ran_out_goes_with_its_file_and_nothing_else(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    paths = await lying(store, tmp_path, stream(1), [31, 30.01, 29.9, 1])
    assert await retention.erase(store, Disk(tmp_path, 0.1)) == 2
    assert left(paths) == [False, False, True, True]
    assert not paths[0].parent.exists()  # the day's folder too
    clock.advance(86_400)
    assert await retention.erase(store, Disk(tmp_path, 0.1)) == 1
    async with store.reading() as tx:
        assert await repository.count(tx.conn) == 1
        assert await repository.doomed(tx.conn, 10) == []


async def test_what_an_incident_holds_stays_beyond_retention(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    incident = uuid4()
    paths = await lying(store, tmp_path, stream(1), [10, 5, 0])
    async with store.transaction() as tx:
        await service.record_on_event(tx, REGION, [stream(1)], incident, reason="alarm")
    clock.advance(60)
    async with store.transaction() as tx:
        assert await service.end_event(tx, incident) == [stream(1)]
        assert await repository.orders(tx.conn, tx.now) == []
    clock.advance(86_400 * 200)
    await retention.erase(store, Disk(tmp_path, 0.1))
    assert left(paths) == [False, False, True]
    full = Disk(tmp_path, 0.5, lambda _: 0.01)
    assert not await retention.make_room(store, full)
    assert left(paths) == [False, False, True]
    clock.advance(86_400 * 1000)
    await retention.erase(store, Disk(tmp_path, 0.1))
    assert left(paths) == [False, False, False]


async def test_an_event_said_twice_is_one_and_may_last_longer(store: Store, clock: ManualClock) -> None:
    incident = uuid4()
    async with store.transaction() as tx:
        soon = tx.now + timedelta(minutes=5)
        for until in (soon, soon + timedelta(minutes=5), soon):
            await service.record_on_event(tx, REGION, [stream(1)], incident, reason="alarm", until=until)
        (order,) = await repository.orders(tx.conn, tx.now)
        assert order["until"] == soon + timedelta(minutes=5)
    clock.advance(601)
    async with store.transaction() as tx:
        assert await repository.orders(tx.conn, tx.now) == []
        (held,) = await repository.of_incident(tx.conn, incident)
    assert held["stream"] == stream(1)


async def test_a_nearly_full_disk_sheds_then_lowers_retention_aloud(store: Store, tmp_path: Path) -> None:
    """The disk has room for so many files; each one removed makes room."""
    street = await lying(store, tmp_path, stream(1), [20, 10, 8, 2], "street")
    school = await lying(store, tmp_path, stream(2), [25, 15, 13, 2], "school")
    places = 10

    def free(folder: Path) -> float:
        return 1 - sum(1 for _ in folder.rglob("*.mp4")) / places

    assert not await shed(store)
    assert await retention.make_room(store, Disk(tmp_path, 0.1, free))
    assert await journal(store, "media.retention_lowered") == 0
    # floors: a school's stay for fourteen days, a street's for seven
    disk = Disk(tmp_path, 0.6, free)
    assert await retention.make_room(store, disk)
    assert (left(street), left(school)) == ([False] * 3 + [True], [False] * 2 + [True] * 2)
    assert await journal(store, "media.retention_lowered") == 1
    assert await shed(store)
    async with store.reading() as tx:
        row = await repository.disk(tx.conn)
    assert row is not None
    assert row["lowered_at"] is not None
    assert row["lost_before"] is not None
    # not enough: whatever is oldest, rather than not to record
    assert await retention.make_room(store, Disk(tmp_path, 0.75, free))
    assert sum(left(street) + left(school)) < 3
    assert await journal(store, "media.retention_lowered") == 2


async def test_what_was_shed_comes_back_when_there_is_room_again(store: Store, tmp_path: Path) -> None:
    shares = [0.04]
    disk = Disk(tmp_path, 0.05, lambda _: shares[-1])
    for share, expected in ((0.04, True), (0.055, True), (0.07, False)):
        shares.append(share)
        await retention.make_room(store, disk)
        assert await shed(store) is expected


async def test_who_dies_between_row_and_file_leaves_a_name_and_the_next_goes_on(
    store: Store, tmp_path: Path
) -> None:
    (path,) = await lying(store, tmp_path, stream(1), [40])
    async with store.transaction() as tx:
        gone = await repository.run_out(tx.conn, 1, tx.now, tx.now, tx.now, 10)
        await repository.add_doomed(tx.conn, [(str(path.relative_to(tmp_path)), 1000)], tx.now)
    assert len(gone) == 1
    assert path.exists()
    assert await retention.remove_doomed(store, tmp_path) == 1000
    assert not path.exists()


async def test_the_free_share_is_that_of_the_disk(tmp_path: Path) -> None:
    assert 0 < await asyncio.to_thread(retention.free_share, tmp_path) < 1
    assert len(retention.jobs(None, tmp_path, 0.05)) == 2  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        retention.free_share(tmp_path / "no such folder")


async def test_the_doctor_names_a_disk_that_is_nearly_full(
    store: Store, database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    async def finding() -> tuple[str, str]:
        found = await asyncio.to_thread(examine, database.url, clock, tmp_path)
        return next((each.check, each.state) for each in found if each.check.startswith("recordings"))

    assert await finding() == ("recordings", "ok")
    await lying(store, tmp_path, stream(1), [20, 1])
    shares = [0.04]
    await retention.make_room(store, Disk(tmp_path, 0.05, lambda _: shares[-1]))
    assert await finding() == ("recordings_retention_lowered", "fault")
    clock.advance(2 * 86_400)
    assert await finding() == ("recordings_disk", "warning")
