"""The cars on the road: who they are, what their plates say, and what is the truth about them."""

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.registers import names, numbers
from simulator.registers.make import Plan
from simulator.traffic.book import Book, Ground, Ints
from simulator.traffic.keys import Plates, keys


class Kind(IntEnum):
    """How a car came by its plate."""

    HONEST = 0
    FOREIGN = 1
    NEVER_ISSUED = 2
    IMPOSSIBLE = 3
    CLONE = 4  # its plate is that of a car that drives as well
    BORROWED = 5  # … of one that stands at home


@dataclass(frozen=True, slots=True)
class Mix:
    """Which share of the cars is what; the rest are honest and nothing is to be found about them."""

    wanted: float = 0.002
    uninsured: float = 0.008
    unpaid_fines: float = 0.004
    systematic: float = 0.003
    not_on_register: float = 0.002
    foreign: float = 0.01
    never_issued: float = 0.001
    impossible: float = 0.001
    clone: float = 0.002
    borrowed: float = 0.001

    def counts(self, cars: int) -> dict[str, int]:
        """How many cars of each."""
        return {each.name: round(getattr(self, each.name) * cars) for each in fields(self)}


CAR: Final = np.dtype(
    [
        ("place", "<i8"),  # of the plate in the register; -1: it is not there
        ("plate", "S12"),  # that it bears
        ("key", "<i8"),
        ("kind", "u1"),
        ("victim", "<i8"),  # a clone's: the car whose plate it is; else -1
        ("make", "u1"),  # what it is in truth: place in the names' tuple and one
        ("colour", "u1"),
        ("body", "u1"),
        ("grounds", "<u2"),  # what is to be found when its plate and looks are read rightly
    ]
)
Cars = NDArray[np.void]

_LISTED: Final = ("wanted", "uninsured", "unpaid_fines", "systematic", "not_on_register")
_FALSE: Final = ("foreign", "never_issued", "impossible", "clone", "borrowed")
_NO_REGIONS: Final = np.array([b"00", b"33", b"47", b"77", b"99"])
_RUSSIAN: Final = np.frombuffer(b"ABCEHKMOPTXY", dtype=np.uint8)


def make_fleet(
    plan: Plan, book: Book, grounds: NDArray[np.uint16], cars: int, mix: Mix, dice: np.random.Generator
) -> Cars:
    """So many cars in the mix's shares, in random order. Raises ValueError where the register has too few."""
    counts = mix.counts(cars)
    taken = _registered(book, grounds, counts, cars, dice)
    made = np.zeros(cars, dtype=CAR)
    made["victim"] = -1
    honest = len(taken)
    _bear(made[:honest], taken, book, grounds)
    rest = made[honest:]
    free = np.setdiff1d(np.flatnonzero(grounds == 0), taken)
    bounds = np.cumsum([counts[name] for name in _FALSE])
    foreign, never, impossible, clones, borrowed = np.split(np.arange(len(rest)), bounds[:-1])
    rest["plate"][foreign], rest["kind"][foreign] = _russian(len(foreign), dice), Kind.FOREIGN
    rest["plate"][never], rest["kind"][never] = _never_issued(plan, len(never), dice), Kind.NEVER_ISSUED
    rest["grounds"][never] = Ground.NOT_ON_REGISTER
    rest["plate"][impossible], rest["kind"][impossible] = _impossible(len(impossible), dice), Kind.IMPOSSIBLE
    rest["grounds"][impossible] = Ground.IMPOSSIBLE_PLATE
    _own_looks(rest, dice)
    rest["place"] = -1
    clean = np.flatnonzero((made["grounds"][:honest] == 0) & (made["body"][:honest] == 1))
    victims = dice.choice(clean, len(clones), replace=False)
    _false(rest, clones, Kind.CLONE, taken[victims], book, dice)
    made["grounds"][victims] |= np.uint16(Ground.TWO_PLACES)
    rest["grounds"][clones] |= np.uint16(Ground.TWO_PLACES)
    at_home = dice.choice(free[book.body[free] == 1], len(borrowed), replace=False)
    _false(rest, borrowed, Kind.BORROWED, at_home, book, dice)
    rest["victim"][clones] = victims
    order = dice.permutation(cars)
    now_at = np.argsort(order)
    made = made[order]
    made["victim"] = np.where(made["victim"] < 0, -1, now_at[made["victim"]])
    made["key"] = keys(made["plate"])
    return made


def spare_cars(book: Book, grounds: NDArray[np.uint16], made: Cars, count: int) -> Cars:
    """Ordinary cars of which nothing is to be found and which are not on the road: for shows. The first in
    the register that bear private plates."""
    private = numbers.series_of(np.arange(len(grounds))) == len(numbers.SERIES) - 1
    free = (grounds == 0) & private & (book.body == 1)
    free[made["place"][made["place"] >= 0]] = False
    places = np.flatnonzero(free)[:count]
    spare = np.zeros(len(places), dtype=CAR)
    _bear(spare, places, book, grounds)
    spare["victim"], spare["key"] = -1, keys(spare["plate"])
    return spare


def _registered(
    book: Book, grounds: NDArray[np.uint16], counts: dict[str, int], cars: int, dice: np.random.Generator
) -> Ints:
    """Places in the register of the cars that bear their own plates, each once."""
    chosen: list[Ints] = []
    drawn = np.zeros(len(grounds), dtype=np.bool_)
    for name in _LISTED:
        pool = np.flatnonzero((grounds & Ground[name.upper()] > 0) & ~drawn)
        some = dice.choice(pool, min(counts[name], len(pool)), replace=False)
        drawn[some] = True
        chosen.append(some)
    false = sum(counts[name] for name in counts if name not in _LISTED)
    left = cars - false - int(drawn.sum())
    clean = np.flatnonzero(grounds == 0)
    if left + counts["borrowed"] > len(clean):
        raise ValueError(f"a register of {len(grounds)} vehicles is too small for {cars} cars on the road")
    chosen.append(dice.choice(clean, left, replace=False))
    return np.concatenate(chosen)


def _bear(made: Cars, places: Ints, book: Book, grounds: NDArray[np.uint16]) -> None:
    made["place"], made["plate"] = places, numbers.plates(places)
    for name in ("make", "colour", "body"):
        made[name] = getattr(book, name)[places]
    made["grounds"] = grounds[places]


def _own_looks(made: Cars, dice: np.random.Generator) -> None:
    made["make"] = dice.integers(1, len(names.MAKES) + 1, len(made))
    made["colour"] = dice.integers(1, len(names.COLOURS) + 1, len(made))
    made["body"] = 1


def _false(made: Cars, rows: Ints, kind: Kind, places: Ints, book: Book, dice: np.random.Generator) -> None:
    """Plates of other cars: half of the clones look like them, the rest differ in make and colour."""
    made["kind"][rows], made["place"][rows], made["plate"][rows] = kind, places, numbers.plates(places)
    made["body"][rows] = book.body[places]
    alike = (dice.random(len(rows)) < 0.5) & (kind == Kind.CLONE)
    for name, words in (("make", names.MAKES), ("colour", names.COLOURS)):
        its = getattr(book, name)[places].astype(np.int64)
        other = (its - 1 + dice.integers(1, len(words), len(rows))) % len(words) + 1
        made[name][rows] = np.where(alike, its, other)
    made["grounds"][rows] = np.where(alike, 0, Ground.LOOKS_DIFFER)


def _never_issued(plan: Plan, count: int, dice: np.random.Generator) -> Plates:
    """Private plates as they are issued, of places after the register's last."""
    pool = dice.integers(plan.vehicles, numbers.PLATES_MAX, 4 * count + 20)
    private = len(numbers.SERIES) - 1
    pool = np.unique(pool[numbers.series_of(pool) == private])
    found: Plates = numbers.plates(dice.permutation(pool)[:count]).astype("S12")
    return found


def _impossible(count: int, dice: np.random.Generator) -> Plates:
    """Of regions that there are none."""
    pool = numbers.plates(_of_private(dice, count))
    bodies = np.ascontiguousarray(pool.astype("S8")).view("S1").reshape(count, 8)[:, :6]
    begin = np.ascontiguousarray(bodies).view("S6").ravel()
    return np.strings.add(begin, dice.choice(_NO_REGIONS, count)).astype("S12")


def _of_private(dice: np.random.Generator, count: int) -> Ints:
    pool = dice.integers(0, numbers.PLATES_MAX, 4 * count + 20)
    found: Ints = pool[numbers.series_of(pool) == len(numbers.SERIES) - 1][:count]
    return found


def _russian(count: int, dice: np.random.Generator) -> Plates:
    """``A123BC777``: neighbours' plates are read as they are."""
    found = dice.integers(48, 58, (count, 9)).astype(np.uint8)
    for column in (0, 4, 5):
        found[:, column] = dice.choice(_RUSSIAN, count)
    found[:, 6] = 49
    return found.view("S9").ravel().astype("S12")
