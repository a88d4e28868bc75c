"""What the simulator holds for true of the cars is what the centre computes from the same registers."""

from pathlib import Path

import numpy as np

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.plates import looks
from jedel.plates.keys import keys
from jedel.qorgau.watch.jobs import refresh
from jedel.qorgau.watch.load import load_known, load_watch
from jedel.qorgau.watch.rows import STATES
from jedel.registers import Kind
from jedel.registers.importer import import_register
from simulator.registers import names, numbers
from simulator.registers.__main__ import write
from simulator.registers.make import KINDS, Plan
from simulator.traffic import Ground, Rules
from simulator.traffic.book import read_book

VEHICLES = 4_000
LISTED = Ground.WANTED | Ground.UNINSURED | Ground.UNPAID_FINES | Ground.SYSTEMATIC


async def test_the_truth_of_the_cars_is_what_the_registers_say(store: Store, tmp_path: Path) -> None:
    now = store.clock.now()
    plan = Plan(VEHICLES, 7, local_day(now))
    for kind in (
        Kind.VEHICLES, Kind.OWNERS, Kind.INSURANCE, Kind.WANTED_VEHICLES, Kind.FINES, Kind.OFFENCES,
    ):  # fmt: skip
        write(KINDS[kind](plan), tmp_path / f"{kind}.csv")
        await import_register(store, kind, tmp_path / f"{kind}.csv", as_of=now)
    await refresh(store)
    async with store.pool.connection() as conn:
        watch, _ = await load_watch(conn)
        known = await load_known(conn)
    book = read_book(plan, Rules())
    plates = keys(numbers.plates(np.arange(VEHICLES)))
    true = dict(zip(plates.tolist(), (book.grounds(plan, Rules()) & LISTED).tolist(), strict=True))
    assert dict(zip(watch["plate"].tolist(), watch["grounds"].tolist(), strict=True)) == {
        plate: grounds for plate, grounds in true.items() if grounds
    }
    assert np.bincount(watch["grounds"])[[1, 2, 4, 8]].min() > 5
    place = np.searchsorted(np.sort(plates), known["plate"])
    cars = np.argsort(plates)[place]
    assert np.array_equal(
        known["make"], np.array([looks.make(word) for word in names.MAKES])[book.make[cars] - 1]
    )
    assert np.array_equal(
        known["colour"], np.array([looks.colour(word) for word in names.COLOURS])[book.colour[cars] - 1]
    )
    states = np.array(list(STATES.values()))
    assert list(STATES) == ["registered", "deregistered", "scrapped", "exported"]
    assert np.array_equal(known["state"], states[book.state[cars]])
