"""One immutable picture of the roads: graph, matcher, engine and the weights of one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import Point
from jedel.places.model import Closure, slowed_kmh
from jedel.places.network.answers import Route, Travel, straight
from jedel.places.network.engine import Engine, ShortestTimes, Start
from jedel.places.network.graph import Floats, Ints, RoadGraph, metres_per_degree
from jedel.places.network.match import Matcher, Matches

ROAD_M_MAX: Final = 500.0
"""Further than this from any road, a point is not on the graph: its times are estimates."""
BESIDE_M: Final = 25.0
"""A position this near a road is on it: receivers err, roads have a width."""
YARD_KMH: Final = 10.0
"""Pace from the road to a point further off."""
CLOSURE_WIDTH_M: Final = 25.0
NEVER_MS: Final = 1e15
"""Against a oneway. Finite: of a unit that stands right on the junction, none of the road is left."""


@dataclass(frozen=True, slots=True)
class Roads:
    """What a map gives once and for all."""

    graph: RoadGraph
    matcher: Matcher
    engine: Engine
    street_keys: tuple[str, ...]

    def under(self, closure: Closure) -> Ints:
        """The roads that a closure touches."""
        if closure.line:
            return self.matcher.along(np.array(closure.line), CLOSURE_WIDTH_M)
        if closure.street:
            return self._street(closure.street, closure.centre)
        assert closure.centre is not None
        return self.matcher.near(closure.centre, closure.radius_m)

    def _street(self, key: str, near: tuple[float, float] | None) -> Ints:
        """The roads of the street of this name that comes nearest to a place."""
        same = [number for number, known in enumerate(self.street_keys) if known == key]
        roads = np.flatnonzero(np.isin(self.graph.road_street, same)).astype(np.int32)
        if len(same) < 2 or near is None or not len(roads):
            return roads
        ends = self.graph.road_tail[roads]
        at = self.matcher.plane(np.column_stack((self.graph.node_lon[ends], self.graph.node_lat[ends])))
        off = np.hypot(*(at - self.matcher.plane(np.array([near]))).T)
        nearest: Ints = roads[self.graph.road_street[roads] == self.graph.road_street[roads[off.argmin()]]]
        return nearest


class Picture:
    """Roads under a set of closures; made anew when they change, the hierarchy is not."""

    def __init__(
        self, roads: Roads, closures: Sequence[Closure] = (), known: dict[UUID, Ints] | None = None
    ) -> None:
        """``known``: roads of closures by id, as found before on this map; added to here."""
        graph = roads.graph
        known = {} if known is None else known
        kmh = graph.road_kmh.copy()
        factors = np.ones(graph.roads)
        for closure in closures:
            if closure.id not in known:
                known[closure.id] = roads.under(closure)
            touched = known[closure.id]
            factors[touched] = np.minimum(factors[touched], closure.factor)
        for road in np.flatnonzero(factors < 1.0):
            kmh[road] = slowed_kmh(float(kmh[road]), float(factors[road]))
        self.roads = roads
        self._ms = graph.road_ms(kmh)
        # A unit leaves the closed road it stands on, and gets to a place on one, at the usual speed.
        self._own_ms = graph.road_ms(np.where(factors > 0, kmh, graph.road_kmh)).astype(np.float64)
        self._forward_ms = np.where(graph.road_forward, self._own_ms, NEVER_MS)
        self._backward_ms = np.where(graph.road_backward, self._own_ms, NEVER_MS)
        self._times: ShortestTimes = roads.engine.times(self._ms[graph.arc_road])

    def travel(self, origins: Floats, to: Point) -> Travel:
        """Times from (n, 2) longitude, latitude to a place."""
        # One match for all: for a few hundred points it costs little more than for one.
        ends = self.roads.matcher.match(np.concatenate((origins, [to])))
        starts, goal = _part_of(ends, 0, len(origins)), _part_of(ends, len(origins), len(origins) + 1)
        guessed = (starts.off_m > ROAD_M_MAX) | bool(goal.off_m[0] > ROAD_M_MAX)
        if guessed.all():
            return straight_travel(origins, to)
        ms = self._road_ms(starts, goal) + _beside_ms(starts.off_m) + _beside_ms(goal.off_m)
        seconds = (ms / 1_000.0).astype(np.float32)
        metres = np.zeros(len(origins))
        if guessed.any():
            guess = straight(origins[guessed], to)
            seconds[guessed], metres[guessed] = guess.seconds, guess.metres
        return Travel(seconds, guessed, self._measure(starts, goal, guessed, metres))

    @property
    def arc_ms(self) -> NDArray[np.int64]:
        """(A,) milliseconds to drive each arc now."""
        arc_ms: NDArray[np.int64] = self._ms[self.roads.graph.arc_road]
        return arc_ms

    def table(self, origins: Floats, nodes: Ints) -> Floats:
        """(m, n) seconds to m junctions from each of (n, 2) longitude, latitude; inf: no road is near."""
        graph = self.roads.graph
        starts = self.roads.matcher.match(origins)
        by_head, by_tail = self._ends_ms(starts)
        ends = np.concatenate((graph.road_head[starts.road], graph.road_tail[starts.road]))
        reached = self._times.table(ends, nodes)
        n = len(origins)
        ms = np.minimum(reached[:, :n] + by_head, reached[:, n:] + by_tail) + _beside_ms(starts.off_m)
        ms[:, starts.off_m > ROAD_M_MAX] = np.inf
        seconds: Floats = ms / 1_000.0
        return seconds

    def _road_ms(self, starts: Matches, goal: Matches) -> Floats:
        """(n,) milliseconds on roads. A closed road is open to those who start or end on it."""
        graph, road = self.roads.graph, starts.road
        by_head, by_tail = self._ends_ms(starts)
        reached = self._times.to(
            np.concatenate((graph.road_head[road], graph.road_tail[road])), self._goals(goal)
        )
        best = np.minimum(reached[: len(road)] + by_head, reached[len(road) :] + by_tail)
        if (road == goal.road[0]).any():
            best = np.minimum(best, self._same_road(starts, goal))
        return best

    def _ends_ms(self, starts: Matches) -> tuple[Floats, Floats]:
        """(n,), (n,) milliseconds to the road's head and to its tail; beyond all measure against a oneway."""
        road, share = starts.road, starts.share
        return (1.0 - share) * self._forward_ms[road], share * self._backward_ms[road]

    def _same_road(self, starts: Matches, goal: Matches) -> Floats:
        graph, road = self.roads.graph, int(goal.road[0])
        ahead = (goal.share[0] - starts.share) * self._own_ms[road]
        direct = np.where(ahead >= 0, graph.road_forward[road], graph.road_backward[road])
        times: Floats = np.where((starts.road == road) & direct, np.abs(ahead), np.inf)
        return times

    def _goals(self, goal: Matches) -> list[Start]:
        graph, road = self.roads.graph, int(goal.road[0])
        whole, share = float(self._own_ms[road]), float(goal.share[0])
        goals: list[Start] = []
        if graph.road_forward[road]:
            goals.append((int(graph.road_tail[road]), round(share * whole)))
        if graph.road_backward[road]:
            goals.append((int(graph.road_head[road]), round((1.0 - share) * whole)))
        return goals

    def _measure(
        self, starts: Matches, goal: Matches, guessed: NDArray[np.bool_], guess: Floats
    ) -> Callable[[], NDArray[np.float32]]:
        def measure() -> NDArray[np.float32]:
            metres = guess.copy()
            for n in np.flatnonzero(~guessed):
                metres[n] = self._way(_one(starts, int(n)), goal)[1]
            return metres.astype(np.float32)

        return measure

    def _way(self, start: Matches, goal: Matches) -> tuple[list[tuple[int, float, float]], float]:
        """Pieces (road, from share, to share) of the fastest way, and its metres."""
        graph, road = self.roads.graph, int(start.road[0])
        by_head, by_tail = (float(ms[0]) for ms in self._ends_ms(start))
        share, end_share = float(start.share[0]), float(goal.share[0])
        pieces: list[tuple[int, float, float]]
        if float(self._same_road(start, goal)[0]) <= float(self._road_ms(start, goal)[0]):
            pieces = [(road, share, end_share)]
        else:
            head, tail = int(graph.road_head[road]), int(graph.road_tail[road])
            ends = ((head, by_head), (tail, by_tail))
            ways = [(node, round(ms)) for node, ms in ends if ms < NEVER_MS / 1e6]
            arcs = self._times.path(ways, self._goals(goal))
            pieces = self._pieces(arcs, ways, goal, start)
        metres = sum(abs(b - a) * float(graph.road_metres[r]) for r, a, b in pieces)
        return pieces, metres + float(start.off_m[0]) + float(goal.off_m[0])

    def _pieces(
        self, arcs: list[int], ways: Sequence[Start], goal: Matches, start: Matches
    ) -> list[tuple[int, float, float]]:
        graph, road, end = self.roads.graph, int(start.road[0]), int(goal.road[0])
        tails = graph.arc_tail
        if arcs:
            first, last = int(tails[arcs[0]]), int(graph.arc_head[arcs[-1]])
        else:
            # The origin's road and the goal's meet at one node: the cheapest such pair.
            goals = dict(self._goals(goal))
            first = last = min((n for n, _ in ways if n in goals), key=lambda n: dict(ways)[n] + goals[n])
        leave = 1.0 if first == int(graph.road_head[road]) else 0.0
        enter = 0.0 if last == int(graph.road_tail[end]) else 1.0
        middle = [(int(graph.arc_road[a]), *((0.0, 1.0) if graph.arc_along[a] else (1.0, 0.0))) for a in arcs]
        return [(road, float(start.share[0]), leave), *middle, (end, enter, float(goal.share[0]))]

    def route(self, a: Point, b: Point) -> Route:
        """The fastest way from a to b, drawn from point to point."""
        matcher = self.roads.matcher
        ends = matcher.match(np.array([a, b], dtype=np.float64))
        start, goal = _one(ends, 0), _one(ends, 1)
        if float(ends.off_m.max()) > ROAD_M_MAX:
            return straight_route(a, b)
        pieces, metres = self._way(start, goal)
        beside = float((_beside_ms(start.off_m) + _beside_ms(goal.off_m))[0])
        seconds = (float(self._road_ms(start, goal)[0]) + beside) / 1_000.0
        line = [[a.lon, a.lat]]
        for road, first, last in pieces:
            line.extend(_part(self.roads.graph.shape(road), first, last))
        line.append([b.lon, b.lat])
        return Route([p for n, p in enumerate(line) if n == 0 or p != line[n - 1]], seconds, metres, False)

    def road_at(self, point: Point) -> tuple[int, float, Point]:
        """The nearest road, metres to it, and the place on it."""
        match = self.roads.matcher.match(np.array([point], dtype=np.float64))
        road = int(match.road[0])
        at = _part(self.roads.graph.shape(road), float(match.share[0]), float(match.share[0]))[0]
        return road, float(match.off_m[0]), Point(at[0], at[1])


def straight_travel(origins: Floats, to: Point) -> Travel:
    """Estimates for all origins."""
    guess = straight(origins, to)
    everywhere = np.ones(len(origins), np.bool_)
    return Travel(guess.seconds.astype(np.float32), everywhere, lambda: guess.metres.astype(np.float32))


def straight_route(a: Point, b: Point) -> Route:
    """A straight line that says so."""
    guess = straight(np.array([a], dtype=np.float64), b)
    line = [[a.lon, a.lat], [b.lon, b.lat]]
    return Route(line, float(guess.seconds[0]), float(guess.metres[0]), True)


def _one(matches: Matches, n: int) -> Matches:
    return _part_of(matches, n, n + 1)


def _part_of(matches: Matches, first: int, last: int) -> Matches:
    part = slice(first, last)
    return Matches(matches.road[part], matches.share[part], matches.off_m[part])


def _beside_ms(off_m: Floats) -> Floats:
    beside: Floats = np.maximum(off_m - BESIDE_M, 0.0) / YARD_KMH * 3_600.0
    return beside


def _part(shape: Floats, first: float, last: float) -> list[list[float]]:
    """The points of a shape between two shares of its length, in driving order, to 1e-6 degree."""
    scale = metres_per_degree(float(shape[0, 1]))
    reach = np.concatenate((np.zeros(1), np.cumsum(np.hypot(*(np.diff(shape, axis=0) * scale).T))))
    low, high = sorted((first * reach[-1], last * reach[-1]))
    marks = np.concatenate(([low], reach[(reach > low) & (reach < high)], [high]))
    points = np.column_stack([np.interp(marks, reach, shape[:, axis]) for axis in (0, 1)])
    drawn: list[list[float]] = np.round(points if last >= first else points[::-1], 6).tolist()
    return drawn
