"""The way that a car takes if it goes straight on. Pure, on the road graph of `places`."""

import itertools
import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import Point, bearing_deg, distance_m
from jedel.places.network import RoadNetwork
from jedel.places.network.graph import RoadGraph

ROAD_M_MAX: Final = 40.0
"""Further from any road nobody drives on one."""
METRES_MAX: Final = 2_000.0
TURN_MAX: Final = 100.0
"""Nobody goes straight on by turning more than this; degrees."""
ROADS_MAX: Final = 200
KMH: Final = 40.0
"""Of a car whose speed nobody knows, where the road has none."""


class Way(NamedTuple):
    """``line`` (p, 2) lon, lat; ``seconds``: for the whole of it."""

    line: NDArray[np.float64]
    seconds: float


def straight_on(network: RoadNetwork, at: Point, heading: float, kmh: float | None) -> Way:
    """From a place in a direction along its road, at each junction the road that turns least; a straight line
    where no road is near. ``kmh``: as the car drives now; None or standing: as the roads are driven."""
    pace = kmh if kmh is not None and kmh >= 5 else None
    picture = network.picture
    if picture is not None:
        road, off_m, place = picture.road_at(at)
        if off_m <= ROAD_M_MAX:
            return _walk(picture.roads.graph, road, place, heading, pace)
    end = _beyond(at, heading, METRES_MAX)
    return Way(np.array([at, end]), METRES_MAX / ((pace or KMH) / 3.6))


def _walk(graph: RoadGraph, road: int, place: Point, heading: float, pace: float | None) -> Way:
    shape = graph.shape(road)
    nearest, forward = _headed(shape, place, heading)
    ahead = shape[nearest + 1 :] if forward else shape[nearest::-1]
    line, node = [np.array([place]), ahead], int(graph.road_head[road] if forward else graph.road_tail[road])
    metres = _long(np.vstack(line))
    seconds = metres / ((pace or float(graph.road_kmh[road])) / 3.6)
    seen = {road}
    while metres < METRES_MAX and len(seen) < ROADS_MAX:
        found = _straightest(graph, node, np.vstack(line), seen)
        if found is None:
            break
        road, node, part = found
        long = _long(part)
        seen.add(road)
        line.append(part[1:])
        metres += long
        seconds += long / ((pace or float(graph.road_kmh[road])) / 3.6)
    return Way(np.vstack(line), seconds)


def _headed(shape: NDArray[np.float64], place: Point, heading: float) -> tuple[int, bool]:
    """The segment of a road's shape on which a place lies, and whether the heading follows it."""
    gaps = [_beside(Point(*a), Point(*b), place) for a, b in itertools.pairwise(shape)]
    nearest = int(np.argmin(gaps))
    along = bearing_deg(Point(*shape[nearest]), Point(*shape[nearest + 1]))
    return nearest, _turn(along, heading) <= 90.0


def _beside(a: Point, b: Point, place: Point) -> float:
    """How much longer the way from a to b is by a place."""
    return distance_m(a, place) + distance_m(place, b) - distance_m(a, b)


def _straightest(
    graph: RoadGraph, node: int, line: NDArray[np.float64], seen: set[int]
) -> tuple[int, int, NDArray[np.float64]] | None:
    before = next((p for p in line[-2::-1] if distance_m(Point(*p), Point(*line[-1])) > 1), None)
    if before is None:
        return None
    coming = bearing_deg(Point(*before), Point(*line[-1]))
    best: tuple[float, int, int, NDArray[np.float64]] | None = None
    for arc in range(int(graph.first_arc[node]), int(graph.first_arc[node + 1])):
        road = int(graph.arc_road[arc])
        if road in seen:
            continue
        shape = graph.shape(road) if graph.arc_along[arc] else graph.shape(road)[::-1]
        turn = _turn(bearing_deg(Point(*shape[0]), Point(*shape[1])), coming)
        if turn <= TURN_MAX and (best is None or turn < best[0]):
            best = turn, road, int(graph.arc_head[arc]), shape
    return None if best is None else best[1:]


def _turn(a: float, b: float) -> float:
    return abs((a - b + 180.0) % 360.0 - 180.0)


def _long(line: NDArray[np.float64]) -> float:
    return sum(distance_m(Point(*a), Point(*b)) for a, b in itertools.pairwise(line))


def _beyond(at: Point, heading: float, metres: float) -> Point:
    north = metres * math.cos(math.radians(heading)) / 111_195.0
    east = metres * math.sin(math.radians(heading)) / (111_195.0 * math.cos(math.radians(at.lat)))
    return Point(at.lon + east, at.lat + north)
