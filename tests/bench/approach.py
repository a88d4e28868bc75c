"""Which patrol can meet a car that a camera saw: the answer's time with 22,000 patrols in one city, and how
often it is right beside "the nearest by straight line".

The cars of the trial know nothing of the cone's shares at junctions: each goes to a place of its own, by the
way that it thinks the fastest, at its own pace, and for as long as its trip lasts. A patrol meets a car if it
is at a junction of the car's way, ready, before the car. Real traffic may be otherwise: nobody has counted it
for us.
"""

import time
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from jedel.kernel.geo import Point
from jedel.places import RoadNetwork
from jedel.places.network.build import build
from jedel.places.network.engines import engine
from jedel.places.network.graph import Ints, RoadGraph, metres_per_degree
from jedel.places.network.mapfile import MapFile, Places
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Picture, Roads
from jedel.qorgau.approach import Approach, Meeting, Patrols
from jedel.qorgau.approach.cone import HORIZON_S, PACE, TRIP_LEFT_S
from jedel.qorgau.approach.meeting import READY_S
from jedel.qorgau.approach.turns import Turns, turns_of
from tests.bench.eta import ALMATY, _positions, _roads
from tests.bench.report import Result

PATROLS = 22_000
CAMERAS = 60
ROUNDS = 600
FEW = 120
"""Patrols on the road at one time in the trial of choices: a city's, not a country's."""
CARS = 600
THINKS = 0.25
"""How far drivers' ideas of a road's time differ from one another (of its logarithm)."""
GOAL_MS = 20.0


@dataclass(frozen=True)
class _Camera:
    at: Point
    heading: float
    arc: int


def run() -> Result:
    dice = np.random.default_rng(20261122)
    network, picture = _network()
    graph = picture.roads.graph
    which = "Almaty" if ALMATY.is_file() else "grid"
    print(f"{which}: {graph.nodes} nodes, {graph.arcs} arcs")
    start = time.perf_counter()
    turns = turns_of(graph)
    print(f"shares at junctions, once for a map: {time.perf_counter() - start:.2f} s")
    approach, cameras = Approach(network), _cameras(graph, turns, dice)
    cold = _times(approach, cameras)
    print(f"a camera's cone, once for a map's state: p50 {np.median(cold):.0f} ms, most {cold.max():.0f} ms")
    p99 = _answers(approach, cameras, graph, dice)
    _choices(approach, cameras, picture, dice)
    return Result("approach", round(p99, 2), "ms p99, 22,000 patrols", GOAL_MS, p99 <= GOAL_MS)


def _network() -> tuple[RoadNetwork, Picture]:
    roads = _roads()
    graph = build(roads, [-1] * len(roads))
    assert graph is not None
    west, south = float(graph.node_lon.min()), float(graph.node_lat.min())
    east, north = float(graph.node_lon.max()), float(graph.node_lat.max())
    empty = np.zeros(0)
    places = Places([], [], empty, empty, [], [], (west, south, east, north))
    network = RoadNetwork("00")
    whole = Roads(graph, Matcher(graph), engine(graph), ())
    network.show(network.prepare(MapFile(uuid4(), whole, places), (), 1))
    assert network.picture is not None
    return network, network.picture


def _cameras(graph: RoadGraph, turns: Turns, dice: np.random.Generator) -> list[_Camera]:
    """On main roads, each in the middle of an arc."""
    main = np.flatnonzero((graph.road_kmh[graph.arc_road] >= 40) & (graph.road_metres[graph.arc_road] > 60))
    cameras = []
    for arc in dice.choice(main, CAMERAS, replace=False).tolist():
        shape = graph.shape(int(graph.arc_road[arc]))
        at = Point(*(shape[len(shape) // 2 - 1] * 0.5 + shape[len(shape) // 2] * 0.5).tolist())
        cameras.append(_Camera(at, float(turns.out_deg[arc]), arc))
    return cameras


def _times(approach: Approach, cameras: list[_Camera]) -> NDArray[np.float64]:
    times = np.empty(len(cameras))
    for nth, camera in enumerate(cameras):
        start = time.perf_counter()
        approach.cone(camera.at, camera.heading)
        times[nth] = (time.perf_counter() - start) * 1_000.0
    return times


def _answers(
    approach: Approach, cameras: list[_Camera], graph: RoadGraph, dice: np.random.Generator
) -> float:
    patrols = [_patrols(graph, PATROLS, dice) for _ in range(4)]
    for nth, camera in enumerate(cameras):  # what is worth where is kept with the cone
        approach.meet(camera.at, camera.heading, 1.0, patrols[nth % 4])
    times, found = np.empty(ROUNDS), 0
    for nth in range(ROUNDS):
        camera = cameras[nth % len(cameras)]
        start = time.perf_counter()
        found += bool(approach.meet(camera.at, camera.heading, 1.0, patrols[nth % 4]))
        times[nth] = (time.perf_counter() - start) * 1_000.0
    p50, p99 = np.percentile(times, (50, 99))
    print(f"{PATROLS} patrols: p50 {p50:.2f} ms, p99 {p99:.2f} ms; somebody found in {found} of {ROUNDS}")
    return float(p99)


def _patrols(graph: RoadGraph, count: int, dice: np.random.Generator) -> Patrols:
    return Patrols([UUID(int=n) for n in range(count)], _positions(graph, count, dice))


def _choices(approach: Approach, cameras: list[_Camera], picture: Picture, dice: np.random.Generator) -> None:
    """How often the chosen patrol meets the car, and how often the nearest one does or could."""
    graph = picture.roads.graph
    told = strict = loose = one = near = near_any = 0
    chance = 0.0
    for nth in range(CARS):
        camera, patrols = cameras[nth % len(cameras)], _patrols(graph, FEW, dice)
        way, at_s = _drive(graph, picture, camera.arc, dice)
        scale = metres_per_degree(camera.at.lat)
        nearest = int(np.hypot(*((patrols.lonlat - camera.at) * scale).T).argmin())
        alone = Patrols(patrols.ids[nearest : nearest + 1], patrols.lonlat[nearest : nearest + 1])
        here = approach.meet(camera.at, camera.heading, 1.0, alone)
        near += any(_meets(graph, meeting, way, at_s) for meeting in here)
        near_any += _can_meet(picture, patrols, nearest, way, at_s)
        meetings = approach.meet(camera.at, camera.heading, 1.0, patrols)
        if meetings:
            told += 1
            chance += meetings[0].chance
            one += _meets(graph, meetings[0], way, at_s)
            strict += any(_meets(graph, meeting, way, at_s) for meeting in meetings)
            places = [patrols.ids.index(meeting.unit_id) for meeting in meetings]
            loose += any(_can_meet(picture, patrols, place, way, at_s) for place in places)
    print(f"{CARS} cars, {FEW} patrols in the city; somebody was told of {told}")
    print(
        f"met where we said, by the first: {one / CARS:.0%} (we said {chance / CARS:.0%});"
        f" by the first or the second: {strict / CARS:.0%}"
    )
    print(f"the nearest by straight line, told the best place for it: {near / CARS:.0%}")
    print(
        f"could not have met the car anywhere, even knowing its way: the nearest {1 - near_any / CARS:.0%},"
        f" both of ours {1 - loose / CARS:.0%}"
    )


def _drive(
    graph: RoadGraph, picture: Picture, arc: int, dice: np.random.Generator
) -> tuple[Ints, NDArray[np.float64]]:
    """One car's junctions and when it passes them, seconds: to a place of its own by the roads that it thinks
    the fastest, for as long as its trip lasts; a place to which nobody would go by the camera is none."""
    thinks = picture.arc_ms * dice.lognormal(0.0, THINKS, graph.arcs) / 1_000.0
    tail = graph.arc_tail
    order = np.lexsort((thinks, graph.arc_head, tail))
    first = np.ones(len(order), np.bool_)
    first[1:] = (tail[order][1:] != tail[order][:-1]) | (
        graph.arc_head[order][1:] != graph.arc_head[order][:-1]
    )
    kept = order[first]
    matrix = csr_array((thinks[kept], (tail[kept], graph.arc_head[kept])), shape=(graph.nodes, graph.nodes))
    begin = int(tail[arc])
    times, before = dijkstra(matrix, indices=begin, return_predecessors=True)
    head = int(graph.arc_head[arc])
    below = _descendants(before, head) if int(before[head]) == begin else np.array([head])
    trip = min(float(dice.exponential(TRIP_LEFT_S)), 0.9 * float(times[below].max()))
    end = int(dice.choice(below[times[below] >= trip]))
    way = [end]
    while way[-1] != head:
        way.append(int(before[way[-1]]))
    nodes = np.array(way[::-1], np.int32)
    pace = max(1.0 + dice.normal(0.0, PACE), 0.5)
    legs = np.array([_fastest(graph, picture, int(a), int(b)) for a, b in pairwise(nodes)])
    at_s = (picture.arc_ms[arc] / 2_000.0 + np.concatenate((np.zeros(1), np.cumsum(legs)))) * pace
    within = at_s < HORIZON_S
    return nodes[within], at_s[within]


def _fastest(graph: RoadGraph, picture: Picture, a: int, b: int) -> float:
    arcs = slice(graph.first_arc[a], graph.first_arc[a + 1])
    ms = picture.arc_ms[arcs]
    return float(ms[graph.arc_head[arcs] == b].min()) / 1_000.0


def _descendants(before: Ints, root: int) -> NDArray[np.int64]:
    """All nodes whose fastest way leads by a node, itself too."""
    below = np.zeros(len(before), np.bool_)
    below[root] = True
    while True:
        more = below | np.where(before >= 0, below[np.maximum(before, 0)], False)
        if (more == below).all():
            return np.flatnonzero(below)
        below = more


def _meets(graph: RoadGraph, meeting: Meeting, way: Ints, at_s: NDArray[np.float64]) -> bool:
    """Whether the car passes the place that was said after the patrol can be there."""
    here = (np.abs(graph.node_lon[way] - meeting.at.lon) < 1e-9) & (
        np.abs(graph.node_lat[way] - meeting.at.lat) < 1e-9
    )
    return bool((at_s[here] - 1.0 >= meeting.patrol_s + READY_S).any())


def _can_meet(picture: Picture, patrols: Patrols, place: int, way: Ints, at_s: NDArray[np.float64]) -> bool:
    """Whether a patrol could be at any junction of the car's way before it, if it knew the way."""
    if not len(way):
        return False
    patrol_s = picture.table(patrols.lonlat[place : place + 1], way)[:, 0]
    return bool((at_s - 1.0 >= patrol_s + READY_S).any())


if __name__ == "__main__":
    print(run().line())
