"""Silence and partitions, as the jobs find them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from jedel.app.wiring import COLLECTIONS
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.units import Unit, UnitKind, UnitStatus, jobs, repository
from jedel.units.codec import Fix, decode, encode
from jedel.units.jobs import UnitSettings, keep_partitions, sweep_silence
from jedel.units.positions import repository as positions
from jedel.units.positions.rows import copy_data
from tests.support.replay import assert_live_equals_fetched, entries
from tests.support.seed import REGION

SETTINGS = UnitSettings()
UNITS = [UUID(int=n) for n in (1, 2, 3)]


@pytest.fixture
async def on_shift(store: Store) -> list[UUID]:
    """Three units on shift since now; the third is busy."""
    async with store.transaction() as tx:
        for n, unit_id in enumerate(UNITS):
            unit = Unit(
                *(unit_id, REGION, f"P{n}", UnitKind.CAR, None, (), (), None),
                *(UnitStatus.OFF_SHIFT, tx.now, False, None, None),
            )
            await repository.insert(tx.conn, unit, tx.now)
            status = UnitStatus.BUSY if n == 2 else UnitStatus.AVAILABLE
            await repository.save(tx.conn, replace(unit, status=status, shift_started_at=tx.now))
    return UNITS


async def hear(store: Store, units: Sequence[UUID], at: datetime) -> None:
    """What the writer notes: these were heard at `at`, and it listened up to then."""
    us = positions.microseconds(at)
    records = decode(encode([Fix(unit, us, 76.9, 43.2) for unit in units] or [Fix(UUID(int=9), us, 1, 1)]))
    async with store.transaction() as tx:
        await positions.copy_last(tx.conn, copy_data(records, np.full(len(records), us)))
        created = datetime(2026, 1, 1, tzinfo=UTC)
        progress = await positions.progress(tx.conn, "POSITIONS", created)
        assert await positions.move(tx.conn, "POSITIONS", created, progress, progress, at)


async def said(store: Store) -> list[tuple[str, UUID]]:
    kinds = {"units.silent", "units.heard"}
    return [(entry.kind, entry.subject) for entry in await entries(store, REGION) if entry.kind in kinds]


async def test_a_unit_goes_silent_and_is_heard_again(
    store: Store, on_shift: list[UUID], clock: ManualClock
) -> None:
    one, two, three = on_shift
    await hear(store, on_shift, clock.now())
    assert await sweep_silence(store, SETTINGS) == 0
    clock.advance(61)
    await hear(store, [one], clock.now())
    assert await sweep_silence(store, SETTINGS) == 2
    assert await sweep_silence(store, SETTINGS) == 0
    assert await said(store) == [("units.silent", two), ("units.silent", three)]
    async with store.reading() as tx:
        assert await repository.may_go(tx.conn, REGION) == [one]
        unit = await repository.find(tx.conn, three)
    assert unit is not None
    assert (unit.shown, unit.status) == (UnitStatus.UNAVAILABLE, UnitStatus.BUSY)
    clock.advance(5)
    await hear(store, [three], clock.now())
    assert await sweep_silence(store, SETTINGS) == 1
    assert (await said(store))[2:] == [("units.heard", three)]


async def test_while_we_do_not_listen_nobody_goes_silent(
    store: Store, on_shift: list[UUID], clock: ManualClock
) -> None:
    assert await sweep_silence(store, SETTINGS) == 0  # nobody has ever listened
    await hear(store, on_shift, clock.now())
    clock.advance(3600)
    assert await sweep_silence(store, SETTINGS) == 0
    await hear(store, [], clock.now())
    assert await sweep_silence(store, SETTINGS) == 3


async def test_a_shift_without_any_position_is_silent_after_the_threshold(
    store: Store, on_shift: list[UUID], clock: ManualClock
) -> None:
    await hear(store, [], clock.advance(59))
    assert await sweep_silence(store, SETTINGS) == 0
    await hear(store, [], clock.advance(2))
    assert await sweep_silence(store, SETTINGS) == 3


async def test_many_at_once_and_the_screens_agree(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "BATCH", 4)
    async with store.transaction() as tx:
        for n in range(11):
            unit = Unit(
                *(UUID(int=100 + n), REGION, f"M{n}", UnitKind.FOOT, None, (), (), None),
                *(UnitStatus.OFF_SHIFT, tx.now, False, None, None),
            )
            await repository.insert(tx.conn, unit, tx.now)
            await repository.save(
                tx.conn, replace(unit, status=UnitStatus.AVAILABLE, shift_started_at=tx.now)
            )
    await hear(store, [], clock.advance(100))
    assert await sweep_silence(store, SETTINGS) == 11
    await assert_live_equals_fetched(store, {"units": COLLECTIONS["units"]}, REGION)


async def test_partitions_are_made_ahead_and_dropped_after_their_time(
    store: Store, clock: ManualClock
) -> None:
    async def there() -> list[date]:
        async with store.reading() as tx:
            return await positions.partitions(tx.conn)

    today = clock.now().date()
    for _ in range(2):
        await keep_partitions(store, SETTINGS)
        assert await there() == [today + timedelta(days=n) for n in range(-1, 4)]
    clock.advance(86400)
    await keep_partitions(store, SETTINGS)
    assert await there() == [today + timedelta(days=n) for n in range(-1, 5)]
    clock.advance(86400 * 30)
    await keep_partitions(store, replace(SETTINGS, ahead_days=0))
    assert await there() == [today + timedelta(days=n) for n in (1, 2, 3, 4, 30, 31)]


def test_the_jobs_process_is_given_both(store: Store) -> None:
    assert {job.name for job in jobs.jobs(store)} == {"units.silence", "units.partitions"}
