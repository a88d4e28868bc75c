"""What the made-up registers say of each car, as arrays: the truth by which a list's hits are judged."""

from dataclasses import dataclass
from datetime import date
from enum import IntFlag
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from simulator.registers import make, names
from simulator.registers.make import Plan

Ints = NDArray[np.int64]

STATES: Final = ("registered", "deregistered", "scrapped", "exported")
NEVER: Final = -(2**31)


class Ground(IntFlag):
    """Why a car is to be found; the codes are their names in small letters."""

    WANTED = 1
    UNINSURED = 2
    UNPAID_FINES = 4
    SYSTEMATIC = 8
    TWO_PLACES = 32
    LOOKS_DIFFER = 64
    NOT_ON_REGISTER = 128
    IMPOSSIBLE_PLATE = 256

    @property
    def code(self) -> str:
        return str(self.name).lower()


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on a car counts as one. Only the present owner's fines and offences do. A test holds the
    grounds against the centre's own."""

    grace_days: int = 10
    fines: int = 3
    tenge: int = 60_000
    due_days: int = 40
    offences: int = 5
    period_days: int = 365


@dataclass(frozen=True)
class Book:
    """(vehicles,) each, by the car's place. make, colour, body: place in the names' tuple and one; state:
    place in STATES; insured_until: day since 1970; fines, tenge: due; offences: within the period."""

    make: NDArray[np.uint8]
    colour: NDArray[np.uint8]
    body: NDArray[np.uint8]
    state: NDArray[np.uint8]
    insured_until: Ints
    fines: Ints
    tenge: Ints
    offences: Ints
    wanted: NDArray[np.bool_]

    def grounds(self, plan: Plan, rules: Rules) -> NDArray[np.uint16]:
        """(vehicles,) bits of Ground on the plan's day."""
        today = day_of(plan.today)
        trailer = self.body == 1 + names.CLASSES.index("trailer")
        found = np.where(self.wanted, Ground.WANTED, 0)
        late = (self.insured_until + rules.grace_days < today) & ~trailer & (self.state == 0)
        found |= np.where(late, Ground.UNINSURED, 0)
        many = (self.fines >= rules.fines) & (self.tenge >= rules.tenge)
        found |= np.where(many, Ground.UNPAID_FINES, 0)
        found |= np.where(self.offences >= rules.offences, Ground.SYSTEMATIC, 0)
        found |= np.where(self.state != 0, Ground.NOT_ON_REGISTER, 0)
        return found.astype(np.uint16)


def day_of(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def read_book(plan: Plan, rules: Rules) -> Book:
    """The registers that `simulator.registers` writes for this plan. Two seconds for 100,000 cars."""
    looks = {"make": names.MAKES, "colour": names.COLOURS, "class": names.CLASSES, "state": STATES}
    parts: dict[str, list[NDArray[np.uint8]]] = {name: [] for name in looks}
    for table in make.vehicles(plan):
        for name, words in looks.items():
            index = pc.index_in(table[name], value_set=pa.array(words))
            parts[name].append(index.to_numpy().astype(np.uint8))
    bodies = {name: np.concatenate(pieces) for name, pieces in parts.items()}
    today = day_of(plan.today)
    insured = np.full(plan.vehicles, NEVER, dtype=np.int64)
    for table in make.insurance(plan):
        np.maximum.at(insured, _places(table["policy"], 5), _days(table["until"]))
    since = np.concatenate(
        [_days(table["since"]) for table in make.owners(plan) if table["until"].null_count == len(table)]
    )
    fines, tenge = np.zeros((2, plan.vehicles), dtype=np.int64)
    for table in make.fines(plan):
        issued, places = _days(table["issued"]), _places(table["notice"], 3) // 10
        due = (issued + rules.due_days <= today) & (issued >= since[places])
        places = places[due]
        fines += np.bincount(places, minlength=plan.vehicles)
        amounts = table["amount_tenge"].to_numpy()[due]
        tenge += np.bincount(places, amounts, plan.vehicles).astype(np.int64)
    offences = np.zeros(plan.vehicles, dtype=np.int64)
    for table in make.offences(plan):
        committed, places = _days(table["committed"]), _places(table["notice"], 3) // 10
        counts = (committed > today - rules.period_days) & (committed >= since[places])
        offences += np.bincount(places[counts], minlength=plan.vehicles)
    wanted = np.zeros(plan.vehicles, dtype=np.bool_)
    for table in make.wanted_vehicles(plan):
        wanted[_places(table["entry"], 3)] = True
    return Book(
        bodies["make"] + np.uint8(1), bodies["colour"] + np.uint8(1), bodies["class"] + np.uint8(1),
        bodies["state"], insured, fines, tenge, offences, wanted,
    )  # fmt: skip


def _places(numbered: pa.ChunkedArray, prefix: int) -> Ints:
    found: Ints = pc.utf8_slice_codeunits(numbered, prefix).cast(pa.int64()).to_numpy()
    return found


def _days(dates: pa.ChunkedArray) -> Ints:
    return np.asarray(dates.cast(pa.int32()).to_numpy(), dtype=np.int64)
