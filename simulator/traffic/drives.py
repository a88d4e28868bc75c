"""Rounds through the city: closed, so that a car drives its own for ever and is never moved by a hand."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.traffic.roads import Ints, Line, Roads

STOPS: Final = (4, 9)
"""A round has at least and fewer than so many."""
GOALS: Final = 96
"""Places in the city where rounds turn."""
STEPS_MAX: Final = 20_000


@dataclass(frozen=True)
class Rounds:
    """The edges that each round takes, one round after the other.

    of: (s,) which round; edge: (s,); begins: (s,) seconds after the round's start at which the edge is
    entered by one who drives at the limit; period: (k,) seconds of the whole round.
    """

    of: Ints
    edge: Ints
    begins: Line
    period: Line

    def use(self, edges: int) -> Ints:
        """(edges,) how many rounds take each."""
        return np.bincount(self.edge, minlength=edges)


def make_rounds(roads: Roads, count: int, dice: np.random.Generator) -> Rounds:
    """So many rounds by the quickest ways, all stepped at once."""
    goals = _goals(roads, dice)
    towards = roads.towards(goals)
    stops = dice.integers(*STOPS, count)
    plan = dice.integers(0, len(goals), (count, STOPS[1]))
    seconds = roads.seconds + roads.wait_s
    rounds = np.arange(count)
    at, now, leg = goals[plan[:, 0]], np.zeros(count), np.ones(count, dtype=np.int64)
    done: list[tuple[Ints, Ints, Line]] = []
    period = np.zeros(count)
    for _ in range(STEPS_MAX):
        if not len(rounds):
            break
        goal = plan[rounds, np.where(leg < stops[rounds], leg, 0)]
        arrived = goals[goal] == at
        leg = leg + arrived
        over = leg > stops[rounds]
        period[rounds[over]] = now[over]
        moving = ~arrived
        edge = towards[goal, at]
        done.append((rounds[moving], edge[moving], now[moving]))
        now = np.where(moving, now + seconds[edge], now)
        at = np.where(moving, roads.end[edge], at)
        stay = ~over
        rounds, at, now, leg = rounds[stay], at[stay], now[stay], leg[stay]
    of, edge, begins = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.lexsort((begins, of))
    return Rounds(of[order], edge[order], begins[order], np.maximum(period, 1.0))


def _goals(roads: Roads, dice: np.random.Generator) -> Ints:
    """Ends of edges, those near the middle more often."""
    away = np.hypot(*(roads.xy - np.median(roads.xy, axis=0)).T)
    weight = np.exp(-away / max(float(np.median(away)), 1.0))
    count = min(GOALS, len(roads.lon_lat))
    return dice.choice(len(roads.lon_lat), count, replace=False, p=weight / weight.sum())


CAMERA: Final = np.dtype(
    [
        ("number", "<i4"),
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("heading", "<f8"),  # the way the cars drive that it sees
        ("edge", "<i8"),
        ("share", "<f8"),  # how far along the edge
        ("clock_ms", "<i8"),  # what its clock is ahead
    ]
)
Cameras = NDArray[np.void]

SLOW_CLOCKS: Final = 0.1
"""This share of the cameras is up to two seconds off, the others at most 150 ms."""
APART_M: Final = 3_000.0


def place_cameras(roads: Roads, rounds: Rounds, count: int, dice: np.random.Generator) -> Cameras:
    """On the busiest roads, as far apart as so many fit; numbered from 1. Raises ValueError where there are
    more than busy edges."""
    use = np.where(roads.busy, rounds.use(len(roads.start)), 0)
    if count > np.count_nonzero(roads.busy):
        raise ValueError(f"{count} cameras on {np.count_nonzero(roads.busy)} edges of busy roads")
    order = np.argsort(-use + dice.random(len(use)), kind="stable")
    order = order[roads.busy[order] & ((use[order] > 0) | (np.count_nonzero(use) < count))]
    middle = (roads.xy[roads.start] + roads.xy[roads.end]) / 2
    apart_m, edges = APART_M, order[:0]
    while len(edges) < count:
        edges = _apart(middle, order, apart_m if apart_m > 20 else 0.0, count)
        apart_m *= 0.8
    made = np.zeros(count, dtype=CAMERA)
    made["number"] = np.arange(1, count + 1)
    made["edge"], made["share"] = edges, dice.uniform(0.2, 0.8, count)
    a, b = roads.lon_lat[roads.start[edges]], roads.lon_lat[roads.end[edges]]
    at = a + (b - a) * made["share"][:, None]
    made["lon"], made["lat"] = np.round(at, 7).T
    made["heading"] = np.round(roads.headings()[edges], 1)
    off = np.where(dice.random(count) < SLOW_CLOCKS, 2_000, 150)
    made["clock_ms"] = np.rint(dice.uniform(-1, 1, count) * off)
    return made


def _apart(middle: Line, order: Ints, apart_m: float, count: int) -> Ints:
    """The first of the order, then each next that lies at least so far from all chosen; at most so many."""
    chosen: list[int] = []
    left = order
    while len(left) and len(chosen) < count:
        chosen.append(int(left[0]))
        away = np.hypot(*(middle[left[1:]] - middle[left[0]]).T)
        left = left[1:][away >= apart_m]
    return np.array(chosen, dtype=np.int64)


@dataclass(frozen=True)
class Passings:
    """Where rounds pass cameras, by round and then by time: `of`, `camera` (place in Cameras), `at` seconds
    at the limit; `first[k]:first[k + 1]` are round k's."""

    of: Ints
    camera: Ints
    at: Line
    first: Ints
    period: Line


def passings(roads: Roads, rounds: Rounds, cameras: Cameras) -> Passings:
    """Every time that a round passes a camera."""
    stands = np.full(len(roads.start), -1)
    stands[cameras["edge"]] = np.arange(len(cameras))
    seen = stands[rounds.edge] >= 0
    camera = stands[rounds.edge[seen]]
    at = rounds.begins[seen] + roads.seconds[rounds.edge[seen]] * cameras["share"][camera]
    of = rounds.of[seen]
    first = np.searchsorted(of, np.arange(len(rounds.period) + 1))
    return Passings(of, camera, at, first, rounds.period)
