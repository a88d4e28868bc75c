"""Cameras' cones and who can meet a car, for one region; made anew where the map or its closures change."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from jedel.kernel.geo import Point
from jedel.places import RoadNetwork
from jedel.places.network.graph import Floats, Ints, RoadGraph
from jedel.places.network.picture import Picture
from jedel.qorgau.approach.cone import Cone, Start, cone
from jedel.qorgau.approach.meeting import Choice, Worths, choose
from jedel.qorgau.approach.turns import Turns, turns_of

COMPASS: Final = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
NEAR_M: Final = 45.0
"""Roads so near to a camera may be the one that it looks at."""
AGAINST_M: Final = 0.6
"""Metres that a degree of disagreement between camera and road counts as."""
HEADING_STEP: Final = 10.0
"""Degrees by which headings of reads are told apart."""
KEPT: Final = 2_000
"""Cones of cameras that are kept."""


@dataclass(frozen=True, slots=True)
class Patrols:
    """Units that may be told: ``ids`` (n,), ``lonlat`` (n, 2) degrees."""

    ids: list[UUID]
    lonlat: Floats


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where a unit can meet the car: place, its words, the street by which the car comes and the way it
    drives (one of COMPASS); seconds from now until the car and the unit are there; ``chance`` of success."""

    unit_id: UUID
    at: Point
    label: str
    street: str
    compass: str
    car_s: float
    patrol_s: float
    chance: float


class Approach:
    """Of one region. Asked by one thread."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self._graph: RoadGraph | None = None
        self._turns: Turns | None = None
        self._version: int | None = None
        self._starts: dict[tuple[Point, int | None], tuple[Start, ...]] = {}
        self._cones: dict[tuple[Start, ...], tuple[Cone, Worths]] = {}

    def meet(
        self, camera: Point, heading: float | None, gone_s: float, patrols: Patrols, many: int = 2
    ) -> list[Meeting]:
        """The best one or two units for a car that a camera saw ``gone_s`` seconds ago, the likeliest first.

        ``heading``: degrees, the way the car drives; None: either way of the road. Without a map nobody.
        """
        picture = self._ready()
        if picture is None or not len(patrols.ids):
            return []
        known = self._cone(picture, camera, heading)
        if known is None:
            return []
        chosen = choose(*known, picture, patrols.lonlat, gone_s, many)
        return [self._meeting(known[0], picture.roads.graph, patrols.ids, choice) for choice in chosen]

    def cone(self, camera: Point, heading: float | None) -> Cone | None:
        """Where cars that a camera sees are over the next ten minutes; None where no road is near it."""
        picture = self._ready()
        known = None if picture is None else self._cone(picture, camera, heading)
        return known[0] if known else None

    def _ready(self) -> Picture | None:
        picture = self._network.picture
        if picture is None:
            return None
        graph = picture.roads.graph
        if graph is not self._graph:
            self._graph, self._turns, self._version = graph, turns_of(graph), None
        if self._network.version != self._version:
            self._cones.clear()
            self._starts.clear()
            self._version = self._network.version
        return picture

    def _cone(self, picture: Picture, camera: Point, heading: float | None) -> tuple[Cone, Worths] | None:
        assert self._turns is not None
        place = (camera, None if heading is None else round(heading / HEADING_STEP))
        if place not in self._starts:
            if len(self._starts) >= KEPT:
                self._starts.clear()
            self._starts[place] = _starts(picture, self._turns, camera, heading)
        starts = self._starts[place]
        if not starts:
            return None
        if starts not in self._cones:
            while len(self._cones) >= KEPT:
                del self._cones[next(iter(self._cones))]
            made = cone(picture.roads.graph, self._turns, picture.arc_ms, starts)
            if not len(made):
                return None
            self._cones[starts] = (made, Worths(made))
        return self._cones[starts]

    def _meeting(self, known: Cone, graph: RoadGraph, ids: list[UUID], choice: Choice) -> Meeting:
        assert self._turns is not None
        arc = int(known.arc[choice.node])
        at = Point(*known.lonlat[choice.node].tolist())
        street = self._street(int(graph.arc_road[arc]))
        compass = COMPASS[round(float(self._turns.in_deg[arc]) / 45.0) % 8]
        return Meeting(
            unit_id=ids[choice.patrol],
            at=at,
            label=self._label(graph, int(known.node[choice.node]), street, at),
            street=street,
            compass=compass,
            car_s=choice.car_s,
            patrol_s=choice.patrol_s,
            chance=choice.worth,
        )

    def _street(self, road: int) -> str:
        assert self._network.map is not None
        places = self._network.map.places
        number = int(self._network.map.roads.graph.road_street[road])
        return places.street_names[number] if number >= 0 else ""

    def _label(self, graph: RoadGraph, node: int, street: str, at: Point) -> str:
        """The junction's two streets, the one by which the car comes first; else the nearest address."""
        leaving = graph.arc_road[graph.first_arc[node] : graph.first_arc[node + 1]]
        names = dict.fromkeys(name for name in (street, *map(self._street, leaving.tolist())) if name)
        if len(names) > 1:
            return " / ".join(list(names)[:2])
        address = self._network.nearest_address(at)
        return f"{address.street}, {address.house}" if address.house else address.street or street


def _starts(picture: Picture, turns: Turns, camera: Point, heading: float | None) -> tuple[Start, ...]:
    """The arcs that the camera looks at: of the roads near it the one that lies and runs best."""
    graph, matcher = picture.roads.graph, picture.roads.matcher
    roads = matcher.near((camera.lon, camera.lat), NEAR_M)
    if not len(roads):
        match = matcher.match(np.array([camera]))
        roads = match.road if match.off_m[0] <= 4 * NEAR_M else roads[:0]
    arcs = np.flatnonzero(np.isin(graph.arc_road, roads))
    if not len(arcs):
        return ()
    off_m, share, runs = _beside(picture, graph.arc_road[arcs], camera)
    cost = off_m
    if heading is not None:
        runs = np.where(graph.arc_along[arcs], runs, runs + 180.0)
        cost = off_m + AGAINST_M * np.abs((runs - heading + 180.0) % 360.0 - 180.0)
    best = int(cost.argmin())
    chosen = [best]
    if heading is None:
        chosen = np.flatnonzero(graph.arc_road[arcs] == graph.arc_road[arcs[best]]).tolist()
    left = np.where(graph.arc_along[arcs], 1.0 - share, share)
    ms = picture.arc_ms[arcs]
    return tuple(
        (int(arcs[n]), 1.0 / len(chosen), round(float(left[n] * ms[n]) / 1_000.0, 1)) for n in chosen
    )


def _beside(picture: Picture, roads: Ints, camera: Point) -> tuple[Floats, Floats, Floats]:
    """(n,) metres from a point to each road; the share of it, from its tail, at which it is nearest; the way
    it runs there, degrees from north."""
    graph, matcher = picture.roads.graph, picture.roads.matcher
    at = matcher.plane(np.array([camera]))[0]
    found = np.empty((3, len(roads)))
    for nth, road in enumerate(roads.tolist()):
        line = matcher.plane(graph.shape(road))
        step = np.diff(line, axis=0)
        long = np.maximum(np.hypot(*step.T), 1e-6)
        along = np.clip(((at - line[:-1]) * step).sum(axis=1) / long**2, 0.0, 1.0)
        gap = np.hypot(*(line[:-1] + along[:, None] * step - at).T)
        best = int(gap.argmin())
        reached = long[:best].sum() + along[best] * long[best]
        runs = np.degrees(np.arctan2(step[best, 0], step[best, 1])) % 360.0
        found[:, nth] = gap[best], reached / long.sum(), runs
    return found[0], found[1], found[2]
