"""Which patrol can meet a car: be at a junction of its likely ways before it.

The worth of patrol p waiting at junction n is

    worth(n, p) = chance(n) · Φ((car(n) - gone - patrol(n, p) - READY_S) / spread(n, p))

the chance that the car passes there times the chance that the patrol is there, ready, before it. A patrol
that is nearest but behind the car has a long way to every junction ahead, and its worth is small.

Three steps, each exact for fewer: how much a place is worth at best (a raster over the cone, kept), the
junctions that suit the patrols of the best places (by straight line), and travel times on the road graph for
those.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from jedel.places.network.graph import Floats, Ints, metres_per_degree
from jedel.places.network.picture import Picture
from jedel.qorgau.approach.cone import Cone

READY_S: Final = 20.0
"""From the alert to a moving patrol, and from its arrival to being ready."""
PATROL_PACE: Final = 0.2
"""Standard deviation of a patrol's time against that of the roads."""
STRAIGHT_MPS: Final = 11.0
"""How fast a patrol gets nearer as the crow flies, where that is all that is asked."""
CELL_M: Final = 250.0
REACH_M: Final = 3_000.0
"""Patrols further than this from the cone are not looked at."""
CELLS_MAX: Final = 4_000
PATROLS: Final = 48
NODES: Final = 24
EACH_NODES: Final = 4
WORTH_MIN: Final = 0.05
"""A patrol that is less likely to meet the car is not told."""
SECOND_FROM: Final = 0.85
"""Where the first is this sure, nobody else is told."""
SAME_PLACE: Final = 0.4
"""What a second patrol at the first one's place is still worth."""
SAME_M: Final = 400.0


@dataclass(frozen=True, slots=True)
class Choice:
    """``patrol``: place in the positions; ``node``: place in the cone; ``worth`` 0…1; seconds from now."""

    patrol: int
    node: int
    worth: float
    patrol_s: float
    car_s: float


class Worths:
    """What it is worth at best to stand in each cell around a cone, by whole tens of seconds since a read."""

    def __init__(self, cone: Cone) -> None:
        self._cone = cone
        west, south, east, north = cone.box
        self.scale = np.array(metres_per_degree((south + north) / 2))
        low = np.array((west, south)) * self.scale - REACH_M
        high = np.array((east, north)) * self.scale + REACH_M
        self._side = max(CELL_M, float(np.sqrt(np.prod(high - low) / CELLS_MAX)))
        self._low = low
        self._cells = np.maximum(np.ceil((high - low) / self._side).astype(np.int64), 1)
        self._kept: OrderedDict[int, Floats] = OrderedDict()

    def of(self, lonlat: Floats, gone_s: float) -> Floats:
        """(n,) for each position; 0 outside."""
        cell = np.floor((lonlat * self.scale - self._low) / self._side)
        inside = ((cell >= 0) & (cell < self._cells)).all(axis=1)
        at = np.where(inside[:, None], cell, 0).astype(np.int64)
        worth = self._raster(int(gone_s // 10))[at[:, 0] * self._cells[1] + at[:, 1]]
        return np.where(inside, worth, 0.0)

    def _raster(self, tens: int) -> Floats:
        if tens not in self._kept:
            columns, rows = self._cells
            nth = np.arange(columns * rows)
            middle = np.column_stack((nth // rows, nth % rows)) * self._side + self._side / 2 + self._low
            worth = np.zeros(len(middle))
            for part in np.array_split(np.arange(len(middle)), max(len(middle) // 500, 1)):
                worth[part] = straight_worth(self._cone, self.scale, middle[part], tens * 10.0).max(axis=0)
            self._kept[tens] = worth
            if len(self._kept) > 8:
                self._kept.popitem(last=False)
        return self._kept[tens]


def straight_worth(cone: Cone, scale: Floats, plane: Floats, gone_s: float) -> Floats:
    """(K, n) worth of each junction for whoever is at (n, 2) metres of the plane, by straight line."""
    nodes = (cone.lonlat * scale).astype(np.float32)
    at = plane.astype(np.float32)
    metres = np.hypot(nodes[:, 0, None] - at[None, :, 0], nodes[:, 1, None] - at[None, :, 1])
    return _worth(cone, slice(None), metres / STRAIGHT_MPS, gone_s)


def _worth(cone: Cone, nodes: slice | Ints, patrol_s: Floats, gone_s: float) -> Floats:
    left = cone.seconds[nodes] - gone_s
    spread = np.sqrt(cone.spread_s[nodes][:, None] ** 2 + (PATROL_PACE * patrol_s) ** 2)
    ready = ndtr((left[:, None] - patrol_s - READY_S) / np.where(np.isfinite(spread), spread, 1.0))
    worth: Floats = cone.chance[nodes][:, None] * np.where(np.isfinite(patrol_s), ready, 0.0)
    return worth * (left > READY_S)[:, None]


def choose(
    cone: Cone, worths: Worths, picture: Picture, lonlat: Floats, gone_s: float, many: int = 2
) -> list[Choice]:
    """The best one or two of (n, 2) positions and their places of waiting, the best first; none where nobody
    is likely to be there in time. ``gone_s``: since the camera saw the car."""
    if not len(cone) or not len(lonlat):
        return []
    at_best = worths.of(lonlat, gone_s)
    near = np.flatnonzero(at_best >= WORTH_MIN)
    if len(near) > PATROLS:
        near = near[np.argpartition(-at_best[near], PATROLS)[:PATROLS]]
    if not len(near):
        return []
    guess = straight_worth(cone, worths.scale, lonlat[near] * worths.scale, gone_s)
    nodes = _nodes(guess)
    patrol_s = picture.table(lonlat[near], cone.node[nodes])
    worth = _worth(cone, nodes, patrol_s, gone_s)
    return _best(cone, worths.scale, near, nodes, worth, patrol_s, gone_s, many)


def _nodes(guess: Floats) -> Ints:
    """Junctions that are among the best few of any patrol, the worthiest of them."""
    few = min(EACH_NODES, len(guess))
    best = np.argpartition(-guess, few - 1, axis=0)[:few]
    nodes = np.unique(best)
    worth = guess[nodes].max(axis=1)
    kept: NDArray[np.int64] = nodes[np.argsort(-worth, kind="stable")[:NODES]]
    return kept.astype(np.int32)


def _best(
    cone: Cone, scale: Floats, near: NDArray[np.int64], nodes: Ints, worth: Floats, patrol_s: Floats,
    gone_s: float, many: int,
) -> list[Choice]:  # fmt: skip
    chosen: list[Choice] = []
    plane = cone.lonlat[nodes] * scale
    worth = worth.copy()
    while len(chosen) < many:
        node, patrol = np.unravel_index(int(worth.argmax()), worth.shape)
        found = float(worth[node, patrol])
        if found < WORTH_MIN or (chosen and chosen[0].worth >= SECOND_FROM):
            break
        at = int(nodes[node])
        car_s = float(cone.seconds[at]) - gone_s
        chosen.append(Choice(int(near[patrol]), at, found, float(patrol_s[node, patrol]), car_s))
        worth[:, patrol] = 0.0
        worth[np.hypot(*(plane - plane[node]).T) < SAME_M] *= SAME_PLACE
    return chosen
