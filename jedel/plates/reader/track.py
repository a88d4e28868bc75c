"""Several frames of one camera → one passing of each car, by vote.

A read belongs to its own crop of its own frame. It joins a car's earlier reads only where the plate could
have moved there since *and* its signs say that it may be the same plate: two cars side by side never share a
read, and one that follows in another's place does not take over its plate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from jedel.plates.model import parse
from jedel.plates.reader.model import Box, Choice, Picture, PlateSeen, sure_of

AGREE_MIN: Final = 2
"""Frames that must agree before a passing is said."""
GAP_US: Final = 1_200_000
"""A car not seen for so long has passed."""
TRACKS_MAX: Final = 200
BLIND: Final = 0.01
"""How likely any plate is in a frame that shows something else."""
JOINT: Final = 0.7
"""Exponent of frames put together: those of one car are wrong in the same way more often than by chance."""
ALLOWS: Final = 0.1
"""A frame agrees where it holds the plate at least so likely."""
SAID_MIN: Final = 0.5
_ALIKE_MIN: Final = 0.6
_SURE_TEXT: Final = 0.5
_FAR: Final = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Passing:
    """A car that passed. ``at_us``: when its sharpest frame was taken; ``frames``: how many agree;
    ``plate_picture`` and ``car_picture`` are of that same frame, BGR."""

    text: str
    at_us: int
    first_us: int
    last_us: int
    frames: int
    confidence: float
    sure: tuple[float, ...]
    series: str | None
    region: str | None
    rows: int
    box: Box
    plate_picture: Picture
    car_picture: Picture

    @property
    def weakest(self) -> float:
        return min(self.sure, default=0.0)


@dataclass(slots=True, eq=False)
class _Car:
    """One plate followed from frame to frame."""

    seen: list[tuple[int, PlateSeen]] = field(default_factory=list)
    speed: NDArray[np.float64] = field(default_factory=lambda: np.zeros(2))  # pixels a microsecond
    sharpest: float = -1.0
    best: tuple[int, PlateSeen, Picture, Picture] | None = None

    def take(self, at_us: int, frame: Picture, seen: PlateSeen) -> None:
        if self.seen:
            before_us, before = self.seen[-1]
            if at_us > before_us:
                self.speed = (_middle(seen.box) - _middle(before.box)) / (at_us - before_us)
        self.seen.append((at_us, seen))
        plate = _cut(frame, seen.box, 0.12, 0.25, 0.25)
        sharp = sharpness(plate) * (0.2 + seen.confidence)
        if sharp > self.sharpest:
            car = _cut(frame, seen.box, 1.7 if seen.rows == 1 else 3.2, 9.0 if seen.rows == 1 else 5.0, 2.2)
            self.sharpest, self.best = sharp, (at_us, seen, plate.copy(), car.copy())


class Tracker:
    """Of one camera. Frames in the order of their times."""

    def __init__(self, least: int = AGREE_MIN, gap_us: int = GAP_US) -> None:
        self._least, self._gap_us = least, gap_us
        self._cars: list[_Car] = []
        self.single = 0
        """Cars that passed without enough agreement: nothing is said of them."""

    def add(self, at_us: int, frame: Picture, seen: Sequence[PlateSeen]) -> list[Passing]:
        """Take one frame; the cars that have passed by then. Cost of a match: how far from where it was
        expected, in widths of the plate."""
        gone = [car for car in self._cars if at_us - car.seen[-1][0] > self._gap_us]
        self._cars = [car for car in self._cars if car not in gone]
        taken = set()
        if self._cars and seen:
            costs = np.array([[_cost(car, at_us, each) for each in seen] for car in self._cars])
            for nth, which in zip(*linear_sum_assignment(costs), strict=True):
                if costs[nth, which] < _FAR:
                    self._cars[nth].take(at_us, frame, seen[which])
                    taken.add(int(which))
        for which, each in enumerate(seen):
            if which not in taken and len(self._cars) < TRACKS_MAX:
                car = _Car()
                car.take(at_us, frame, each)
                self._cars.append(car)
        return self._said(gone)

    def flush(self) -> list[Passing]:
        """No more frames come: every car has passed."""
        gone, self._cars = self._cars, []
        return self._said(gone)

    def _said(self, cars: list[_Car]) -> list[Passing]:
        passings = [vote(car, self._least) for car in cars]
        self.single += sum(passing is None for passing in passings)
        return [passing for passing in passings if passing is not None]


def vote(car: _Car, least: int) -> Passing | None:
    """What all frames together make likeliest; None where fewer than ``least`` frames allow it or the rest is
    as likely. A frame that holds it for nothing does not rule it out: it may have been taken in the sun."""
    said: dict[str, float] = {}
    for _, each in car.seen:
        for choice in each.choices:
            said.setdefault(choice.text, 0.0)
    for text in said:
        said[text] = sum(log(_likely(each, text) + BLIND) for _, each in car.seen)
    unsaid = sum(log(max(0.0, 1 - sum(c.likely for c in each.choices)) + BLIND) for _, each in car.seen)
    best = max(said, key=lambda text: said[text])
    weights = {text: exp(JOINT * (of - said[best])) for text, of in said.items()}
    whole = sum(weights.values()) + exp(min(0.0, JOINT * (unsaid - said[best])))
    together = [Choice(text, text, weight / whole) for text, weight in weights.items()]
    confidence = 1 / whole
    agree = [each for _, each in car.seen if _likely(each, best) >= ALLOWS]
    if len(agree) < least or confidence < SAID_MIN or car.best is None:
        return None
    at_us, sharpest, plate_picture, car_picture = car.best
    plate = parse(best)
    return Passing(
        best, at_us, car.seen[0][0], car.seen[-1][0], len(agree), confidence, sure_of(best, together),
        plate.series, plate.region, max(each.rows for each in agree), sharpest.box, plate_picture,
        car_picture,
    )  # fmt: skip


def _likely(seen: PlateSeen, text: str) -> float:
    return next((choice.likely for choice in seen.choices if choice.text == text), 0.0)


def alike(a: str, b: str) -> float:
    """0…1: 1 less the number of signs to change, add or drop, as a part of the longer text."""
    before = list(range(len(b) + 1))
    for nth, sign in enumerate(a, start=1):
        row = [nth]
        for place, other in enumerate(b, start=1):
            row.append(min(row[-1] + 1, before[place] + 1, before[place - 1] + (sign != other)))
        before = row
    return 1 - before[-1] / max(1, len(a), len(b))


def sharpness(picture: Picture) -> float:
    """How much edge a picture has, more for a larger one."""
    if min(picture.shape[:2]) < 3:
        return 0.0
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var() ** 0.5 * min(picture.shape[1], 300))


def _cost(car: _Car, at_us: int, seen: PlateSeen) -> float:
    before_us, before = car.seen[-1]
    if at_us <= before_us:
        return _FAR
    size = max(1, before.box.right - before.box.left)
    grown = (seen.box.right - seen.box.left) / size
    if not 0.45 < grown < 2.2:
        return _FAR
    gap = at_us - before_us
    moved = _middle(seen.box) - _middle(before.box)
    off = float(np.hypot(*(moved - car.speed * gap))) / size
    alone = len(car.seen) == 1  # nothing is known of its speed: it may have gone anywhere near
    same = max(alike(seen.text, each.text) for _, each in car.seen[-3:])
    if same < _ALIKE_MIN and (seen.confidence > _SURE_TEXT or before.confidence > _SURE_TEXT or off > 0.5):
        return _FAR
    reach = (4.0 if alone else 1.5) + gap / 400_000
    if off > reach and not (same == 1.0 and off < 3 * reach):
        return _FAR
    return off + 4 * (1 - same)


def _middle(box: Box) -> NDArray[np.float64]:
    return np.array([(box.left + box.right) / 2, (box.top + box.bottom) / 2])


def _cut(frame: Picture, box: Box, aside: float, above: float, below: float) -> Picture:
    """The box and so much around it: aside in widths of it, above and below in heights."""
    wide, tall = box.right - box.left, box.bottom - box.top
    left, right = max(0, round(box.left - aside * wide)), min(frame.shape[1], round(box.right + aside * wide))
    top, bottom = max(0, round(box.top - above * tall)), min(frame.shape[0], round(box.bottom + below * tall))
    return frame[top:bottom, left:right]
