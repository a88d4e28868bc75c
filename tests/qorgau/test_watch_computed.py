"""What the registers say: who is under a ground, who is not, and what happens when a register is too old."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates import keys, looks
from jedel.qorgau.model import ActionNumber, Ground
from jedel.qorgau.watch import compute, jobs, load, reasons
from jedel.qorgau.watch.errors import WatchForgotten
from jedel.qorgau.watch.rows import ALWAYS, STATES
from jedel.registers import Kind
from jedel.registers.importer import import_register
from tests.lookups.world import journal
from tests.registers import make
from tests.support import Api

PLATE = "123ABC02"


async def bring(
    store: Store, folder: Path, kind: Kind, *rows: dict[str, str], age_days: float = 0, whole: bool = True
) -> None:
    """These rows are the register, as of so many days ago."""
    as_of = store.clock.now() - timedelta(days=age_days, minutes=1)
    file = make.file(folder, kind, *rows, name=f"{kind}-{as_of.timestamp()}.csv")
    await import_register(store, kind, file, source="Test", as_of=as_of, whole=whole)


async def grounds(store: Store) -> dict[str, Ground]:
    """What workers hold, by plate."""
    async with store.reading() as tx:
        found, _ = await load.load_watch(tx.conn, local_day(tx.now))
    return {keys.text(int(row["plate"])): Ground(int(row["grounds"])) for row in found}


def ago(store: Store, days: int) -> str:
    return (local_day(store.clock.now()) - timedelta(days=days)).isoformat()


def policies(store: Store, *ended: int) -> list[dict[str, str]]:
    """Policies that ended so many days ago (less than 0: end then)."""
    return [
        {"policy": f"P-{nth}", "since": ago(store, days + 365), "until": ago(store, days)}
        for nth, days in enumerate(ended)
    ]


@pytest.mark.parametrize(
    ("ended", "owned", "more", "uninsured"),
    [
        ([-30], 900, {}, False),
        ([10], 900, {}, False),  # the last day of grace
        ([11], 900, {}, True),
        ([400, 200], 900, {}, True),
        ([400, -1], 900, {}, False),
        ([200], 10, {}, False),  # the present owner has it for ten days
        ([200], 11, {}, True),
        ([200], 900, {"class": "Trailer"}, False),
        ([200], 900, {"class": "прицеп"}, False),
        ([200], 900, {"state": "scrapped"}, False),
        ([-400], 900, {}, True),  # a policy that has not begun
    ],
)
async def test_without_insurance(
    store: Store, tmp_path: Path, ended: list[int], owned: int, more: dict[str, str], uninsured: bool
) -> None:
    await bring(store, tmp_path, Kind.VEHICLES, more)
    await bring(store, tmp_path, Kind.OWNERS, {"since": ago(store, owned)})
    await bring(store, tmp_path, Kind.INSURANCE, *policies(store, *ended))
    await jobs.refresh(store)
    assert await grounds(store) == ({PLATE: Ground.UNINSURED} if uninsured else {})


async def test_a_car_that_is_insured_again_is_free_at_once(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, Kind.VEHICLES)
    await bring(store, tmp_path, Kind.INSURANCE, *policies(store, 100), age_days=1)
    await jobs.refresh(store)
    async with store.reading() as tx:
        found, version = await load.load_watch(tx.conn)
        (why,) = (await reasons.reasons(tx.conn, [PLATE], local_day(tx.now)))[PLATE]
    assert (int(found["action"][0]), int(found["until_day"][0])) == (ActionNumber.STOP, ALWAYS)
    assert why.detail == {"insured_until": ago(store, 100)}
    assert (why.entry_id, why.source) == (None, "Test")
    await bring(store, tmp_path, Kind.INSURANCE, *policies(store, -30))
    (done,) = [each for each in await jobs.refresh(store) if each.standing.ground is Ground.UNINSURED]
    assert (done.rows, done.changed, done.gone) == (0, 0, 1)
    async with store.reading() as tx:
        came, gone, _ = await load.changes(tx.conn, version)
        assert await reasons.reasons(tx.conn, [PLATE], local_day(tx.now)) == {}
    assert (len(came), [keys.text(int(each)) for each in gone]) == (0, [PLATE])


async def test_a_stale_register_gives_no_hits_and_says_so(
    client: Api, store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    await bring(store, tmp_path, Kind.VEHICLES)
    await bring(store, tmp_path, Kind.INSURANCE, *policies(store, 100))
    await jobs.refresh(store)
    assert await grounds(store) == {PLATE: Ground.UNINSURED}
    clock.advance(3 * 86_400)
    await jobs.refresh(store)
    assert await grounds(store) == {PLATE: Ground.UNINSURED}
    clock.advance(86_400)
    await jobs.refresh(store)
    assert await grounds(store) == {}
    duty = await client.login("duty")
    told = {each["ground"]: each for each in (await duty.ok("GET", "/api/qorgau/watch/settings"))["grounds"]}
    its = told["uninsured"]
    assert (its["stands"], its["why"], its["register_name"], its["rows"]) == (False, "stale", "insurance", 0)
    assert (told["wanted"]["stands"], told["wanted"]["why"]) == (False, "missing")
    facts = [each["data"] for each in await journal(store, "qorgau.watch_computed")]
    last = [fact for fact in facts if fact["ground"] == "uninsured"][-1]
    assert (last["stands"], last["why"], last["gone"]) == (False, "stale", 1)
    # the next import brings it back
    await bring(store, tmp_path, Kind.INSURANCE, *policies(store, 104))
    await jobs.refresh(store)
    assert await grounds(store) == {PLATE: Ground.UNINSURED}


async def test_without_a_register_nobody_is_uninsured(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, Kind.VEHICLES)
    await jobs.refresh(store)
    assert await grounds(store) == {}


def fines(store: Store, *issued: int, **more: str) -> list[dict[str, str]]:
    return [
        {"notice": f"F-{nth}", "issued": ago(store, days), "amount_tenge": "21625"} | more
        for nth, days in enumerate(issued)
    ]


@pytest.mark.parametrize(
    ("issued", "more", "owned", "listed"),
    [
        ([41, 50, 60], {}, 900, True),
        ([40, 40, 40], {}, 900, True),
        ([41, 50], {}, 900, False),  # too few
        ([41, 50, 60], {"amount_tenge": "5000"}, 900, False),  # too little
        ([39, 50, 60], {}, 900, False),  # one may still be paid in time
        ([41, 50, 60], {}, 45, False),  # two are the former owner's
        ([41, 50, 60], {"plate": ""}, 900, False),  # nobody says of which car
    ],
)
async def test_unpaid_fines(
    store: Store, tmp_path: Path, issued: list[int], more: dict[str, str], owned: int, listed: bool
) -> None:
    await bring(store, tmp_path, Kind.OWNERS, {"since": ago(store, owned)})
    await bring(store, tmp_path, Kind.FINES, *fines(store, *issued, **more))
    await jobs.refresh(store)
    assert await grounds(store) == ({PLATE: Ground.UNPAID_FINES} if listed else {})


@pytest.mark.parametrize(
    ("committed", "owned", "listed"),
    [
        ([1, 2, 3, 4, 5], 900, True),
        ([1, 2, 3, 4], 900, False),
        ([1, 2, 3, 4, 365], 900, False),
        ([1, 2, 3, 4, 364], 900, True),
        ([1, 2, 3, 4, 30], 20, False),  # one is the former owner's
    ],
)
async def test_systematic_violators(
    store: Store, tmp_path: Path, committed: list[int], owned: int, listed: bool
) -> None:
    rows = [{"notice": f"O-{nth}", "committed": ago(store, days)} for nth, days in enumerate(committed)]
    await bring(store, tmp_path, Kind.OWNERS, {"since": ago(store, owned)})
    await bring(store, tmp_path, Kind.OFFENCES, *rows)
    await jobs.refresh(store)
    assert await grounds(store) == ({PLATE: Ground.SYSTEMATIC} if listed else {})


async def test_wanted_by_plate_and_by_vin_until_the_last_day(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    await bring(store, tmp_path, Kind.VEHICLES, {}, {"plate": "001AAA01", "vin": ""})
    entries = [
        {"entry": "W-1", "plate": "", "vin": make.VIN, "expires": ago(store, -1)},
        {"entry": "W-2", "plate": "001AAA01", "expires": ago(store, -2)},
        {"entry": "W-3", "plate": "002AAA01", "expires": ago(store, 1)},
        {"entry": "W-4", "plate": "003AAA01", "since": ago(store, -1)},
    ]
    await bring(store, tmp_path, Kind.WANTED_VEHICLES, *entries)
    await jobs.refresh(store)
    assert await grounds(store) == {PLATE: Ground.WANTED, "001AAA01": Ground.WANTED}
    async with store.reading() as tx:
        (why,) = (await reasons.reasons(tx.conn, [PLATE], local_day(tx.now)))[PLATE]
    assert (why.detail["entry"], why.text, str(why.until)) == ("W-1", "stolen", ago(store, -1))
    clock.advance(2 * 86_400)
    assert await grounds(store) == {"001AAA01": Ground.WANTED}  # no job has run
    await jobs.refresh(store)
    assert set(await grounds(store)) == {"001AAA01", "003AAA01"}


async def test_the_same_again_is_no_work_and_only_changes_are_written(store: Store, tmp_path: Path) -> None:
    names = [f"{nth:03}AAA01" for nth in range(20)]
    await bring(store, tmp_path, Kind.VEHICLES, *({"plate": name, "vin": ""} for name in names))
    covered = [{"policy": f"P-{name}", "plate": name} | policies(store, 100)[0] for name in names]
    rows = [row | {"policy": f"P-{nth}"} for nth, row in enumerate(covered)]
    await bring(store, tmp_path, Kind.INSURANCE, *rows, age_days=1)
    assert len(await jobs.refresh(store)) == len(compute.NEEDS)
    assert await jobs.refresh(store) == ()
    async with store.reading() as tx:
        before = await load.version(tx.conn)
    rows[7] |= {"until": ago(store, -20)}
    await bring(store, tmp_path, Kind.INSURANCE, *rows)
    (done,) = await jobs.refresh(store)
    assert (done.standing.ground, done.rows, done.changed, done.gone) == (Ground.UNINSURED, 19, 0, 1)
    async with store.reading() as tx:
        came, gone, _ = await load.changes(tx.conn, before)
    assert (len(came), [keys.text(int(each)) for each in gone]) == (0, ["007AAA01"])


async def test_what_takes_long_rests_but_goes_off_at_once(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    await bring(store, tmp_path, Kind.FINES, *fines(store, 41, 50, 60), age_days=1)
    await jobs.refresh(store)
    async with store.transaction() as tx:
        await tx.conn.execute(
            "UPDATE watch_ground SET seconds = 30 WHERE ground = %s", (int(Ground.UNPAID_FINES),)
        )
    await bring(store, tmp_path, Kind.FINES, *fines(store, 41))
    clock.advance(299)
    assert await jobs.refresh(store) == ()
    clock.advance(2)
    (done,) = await jobs.refresh(store)
    assert (done.standing.ground, done.gone) == (Ground.UNPAID_FINES, 1)
    async with store.transaction() as tx:
        await tx.conn.execute(
            "UPDATE watch_ground SET seconds = 1e6 WHERE ground = %s", (int(Ground.UNPAID_FINES),)
        )
    clock.advance(4 * 86_400)
    off = {each.standing.ground: each.standing.why for each in await jobs.refresh(store)}
    assert off[Ground.UNPAID_FINES] == "stale"


async def test_what_is_forgotten_makes_a_worker_load_all(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    await bring(store, tmp_path, Kind.FINES, *fines(store, 41, 50, 60), age_days=1)
    await jobs.refresh(store)
    async with store.reading() as tx:
        _, version = await load.load_watch(tx.conn)
    await bring(store, tmp_path, Kind.FINES, *fines(store, 41))
    await jobs.refresh(store)
    assert await jobs.forget(store) == 0
    clock.advance(compute.KEPT.total_seconds() + 1)
    assert await jobs.forget(store) == 1
    async with store.reading() as tx:
        with pytest.raises(WatchForgotten):
            await load.changes(tx.conn, version)
        found, version = await load.load_watch(tx.conn)
        assert len(found) == 0
        assert len((await load.changes(tx.conn, version))[0]) == 0


async def test_known_cars(store: Store, tmp_path: Path) -> None:
    async with store.reading() as tx:
        assert await load.known_version(tx.conn) == 0
        assert len(await load.load_known(tx.conn)) == 0
    rows: list[dict[str, Any]] = [
        {"plate": f"{nth:03}AAA01", "vin": "", "make": "Toyota", "colour": "white", "state": state}
        for nth, state in enumerate(STATES)
    ]
    rows.append({"plate": "777AAA01", "vin": "", "make": "Nobody's", "colour": "?", "class": "?"})
    await bring(store, tmp_path, Kind.VEHICLES, *rows)
    async with store.reading() as tx:
        found = await load.load_known(tx.conn)
        assert await load.known_version(tx.conn) > 0
    by_plate = {keys.text(int(row["plate"])): row for row in found}
    assert [int(by_plate[f"{nth:03}AAA01"]["state"]) for nth in range(4)] == [1, 2, 3, 4]
    assert {int(row["make"]) for row in found} == {looks.make("Toyota"), 0}
    assert int(by_plate["000AAA01"]["colour"]) == looks.colour("white") > 0
    strange = by_plate["777AAA01"]
    assert (int(strange["make"]), int(strange["colour"]), int(strange["body"])) == (0, 0, 0)


async def test_a_vehicles_register_that_is_too_old_knows_nobody(store: Store, tmp_path: Path) -> None:
    """Else every car bought since would be "not on the register"."""
    await bring(store, tmp_path, Kind.VEHICLES, age_days=15)
    async with store.reading() as tx:
        assert await load.known_version(tx.conn) == 0
        assert len(await load.load_known(tx.conn)) == 1


def test_a_live_source_that_says_nothing_new_is_no_work() -> None:
    """Its moment moves every few seconds; the rows do not."""
    from jedel.qorgau.watch.rules import settings_on
    from jedel.registers.model import Age
    from jedel.registers.repository import InForce

    day = date(2026, 11, 22)
    settings = settings_on(day)
    found = []
    for minute in (1, 2):
        age = Age(Kind.FINES, "Test", datetime(2026, 11, 22, 0, minute, tzinfo=UTC), 1)
        force = InForce({}, {Kind.FINES: age}, day)
        found.append(compute.standing(Ground.UNPAID_FINES, force, {Kind.FINES: 7}, settings, day))
    assert found[0].inputs == found[1].inputs
    later = compute.standing(Ground.UNPAID_FINES, force, {Kind.FINES: 8}, settings, day)
    assert later.inputs != found[0].inputs
