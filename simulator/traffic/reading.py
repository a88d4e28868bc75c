"""What cameras make of cars that pass: reads, with the mistakes that cameras make."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.registers import names
from simulator.traffic.fleet import Cars
from simulator.traffic.keys import keys
from simulator.traffic.roads import Ints, Line

READ: Final = np.dtype(
    [
        ("event", "<i8"),  # the camera's own number of it: once in the whole traffic
        ("camera", "<i4"),  # number
        ("at_us", "<i8"),  # by the camera's clock, microseconds since 1970
        ("plate", "S12"),  # as read
        ("key", "<i8"),
        ("confidence", "u1"),
        ("weakest", "u1"),  # of its least sure sign
        ("frames", "u1"),
        ("speed", "<f4"),  # km/h; nan: not measured
        ("heading", "<f4"),
        ("make", "u1"),  # place in names.MAKES and one; 0: not seen
        ("colour", "u1"),
        ("body", "u1"),
        ("make_sure", "u1"),
        ("colour_sure", "u1"),
        ("body_sure", "u1"),
        # the truth, which no camera knows
        ("car", "<i8"),
        ("true_us", "<i8"),
        ("misread", "?"),
    ]
)
Reads = NDArray[np.void]

_MIXED_UP: Final = ("0OD", "8B3", "1I7", "5S", "2Z", "6G", "4A", "9P", "EF", "HMN", "KX", "UV", "CG", "TY")


def _others() -> NDArray[np.uint8]:
    """(256, 2) for each sign two that it is taken for."""
    found = np.zeros((256, 2), dtype=np.uint8)
    for group in _MIXED_UP:
        for n, sign in enumerate(group):
            others = [ord(other) for other in group[n + 1 :] + group[:n]]
            if not found[ord(sign), 0]:
                found[ord(sign)] = (others * 2)[:2]
    return found


_OTHERS: Final = _others()


@dataclass(frozen=True, slots=True)
class Mistakes:
    """How often. `misread`: one sign taken for another like it; of those `sure` are as confident as right
    reads. The colour's neighbours in the names' tuple are those that it is taken for."""

    missed: float = 0.03
    misread: float = 0.02
    sure: float = 0.1
    speed_unknown: float = 0.1
    make_unseen: float = 0.2
    make_wrong: float = 0.03
    colour_unseen: float = 0.05
    colour_wrong: float = 0.06
    body_unseen: float = 0.05
    body_wrong: float = 0.01


@dataclass(frozen=True)
class Passed:
    """Cars at cameras: (n,) each; `at`: seconds since the traffic's beginning, `speed`: km/h."""

    car: Ints
    camera: Ints
    at: Line
    speed: Line


def read(
    passed: Passed, cars: Cars, cameras: NDArray[np.void], start_us: int, mistakes: Mistakes,
    dice: np.random.Generator,
) -> Reads:  # fmt: skip
    """The cameras' reads, in the order in which they are made."""
    kept = dice.random(len(passed.at)) >= mistakes.missed
    order = np.argsort(passed.at[kept], kind="stable")
    car, camera = passed.car[kept][order], passed.camera[kept][order]
    made = np.zeros(len(car), dtype=READ)
    made["car"], made["camera"] = car, cameras["number"][camera]
    made["true_us"] = start_us + np.rint(passed.at[kept][order] * 1e6).astype(np.int64)
    made["at_us"] = made["true_us"] + cameras["clock_ms"][camera] * 1_000
    made["event"] = made["true_us"] * 4096 + camera % 4096
    made["plate"], made["key"] = cars["plate"][car], cars["key"][car]
    count = len(car)
    made["confidence"] = dice.integers(88, 100, count)
    made["weakest"] = made["confidence"] - dice.integers(1, 12, count)
    made["frames"] = dice.integers(2, 8, count)
    _misread(made, mistakes, dice)
    made["heading"] = (cameras["heading"][camera] + dice.normal(0, 3, count)) % 360
    speed = passed.speed[kept][order] * dice.normal(1, 0.05, count)
    made["speed"] = np.where(dice.random(count) < mistakes.speed_unknown, np.nan, speed)
    for name, words, unseen, wrong in (
        ("make", names.MAKES, mistakes.make_unseen, mistakes.make_wrong),
        ("colour", names.COLOURS, mistakes.colour_unseen, mistakes.colour_wrong),
        ("body", names.CLASSES, mistakes.body_unseen, mistakes.body_wrong),
    ):
        _look(made, name, len(words), cars[name][car].astype(np.int64), unseen, wrong, dice)
    return made


def _misread(made: Reads, mistakes: Mistakes, dice: np.random.Generator) -> None:
    """One sign of some plates becomes another; most of those reads know that they are unsure."""
    rows = np.flatnonzero(dice.random(len(made)) < mistakes.misread)
    signs = np.ascontiguousarray(made["plate"][rows]).view(np.uint8).reshape(len(rows), 12)
    can = _OTHERS[signs, 0] > 0
    place = np.argmax(can * dice.random(can.shape), axis=1)
    some = can.any(axis=1)
    rows, signs, place = rows[some], signs[some], place[some]
    nth = np.arange(len(rows))
    signs[nth, place] = _OTHERS[signs[nth, place], dice.integers(0, 2, len(rows))]
    made["plate"][rows] = signs.view("S12").ravel()
    made["key"][rows], made["misread"][rows] = keys(made["plate"][rows]), True
    unsure = rows[dice.random(len(rows)) >= mistakes.sure]
    made["confidence"][unsure] = dice.integers(45, 85, len(unsure))
    made["weakest"][unsure] = dice.integers(20, 60, len(unsure))
    made["frames"][unsure] = dice.integers(1, 3, len(unsure))


def _look(
    made: Reads, name: str, words: int, true: Ints, unseen: float, wrong: float, dice: np.random.Generator
) -> None:
    count = len(made)
    sure = dice.integers(75, 100, count)
    mistaken = dice.random(count) < wrong
    neighbour = (true - 1 + np.where(dice.random(count) < 0.5, 1, -1)) % words + 1
    sure = np.where(mistaken, dice.integers(40, 85, count), sure)
    hidden = dice.random(count) < unseen
    made[name] = np.where(hidden, 0, np.where(mistaken, neighbour, true))
    made[f"{name}_sure"] = np.where(hidden, 0, sure)
