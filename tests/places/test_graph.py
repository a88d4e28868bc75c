"""The graph's invariants, and the hierarchy against Dijkstra."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from jedel.kernel.geo import Point, distance_m
from jedel.places.network.build import build
from jedel.places.network.cch import CchEngine
from jedel.places.network.dijkstra import DijkstraEngine
from jedel.places.network.engines import engine
from jedel.places.network.graph import RoadGraph
from jedel.places.osm.extract import RawRoad
from tests.places.graphs import graph_of, random_roads, raw_road


def _length_m(graph: RoadGraph, road: int) -> float:
    shape = [Point(*place) for place in graph.shape(road)]
    return sum(distance_m(a, b) for a, b in pairwise(shape))


@settings(max_examples=80, deadline=None)
@given(random_roads())
def test_invariants_hold_for_any_ways(roads: list[RawRoad]) -> None:
    graph = build(roads, [-1] * len(roads))
    if graph is None:
        return
    assert (graph.road_forward | graph.road_backward).all()
    assert (graph.road_tail != graph.road_head).all()
    tails = graph.arc_tail
    assert (np.diff(tails) >= 0).all()
    matrix = csr_matrix((np.ones(graph.arcs), (tails, graph.arc_head)), shape=(graph.nodes, graph.nodes))
    assert connected_components(matrix, connection="strong")[0] == 1
    for road in range(graph.roads):
        shape = graph.shape(road)
        assert tuple(shape[0]) == (
            graph.node_lon[graph.road_tail[road]],
            graph.node_lat[graph.road_tail[road]],
        )
        assert tuple(shape[-1]) == (
            graph.node_lon[graph.road_head[road]],
            graph.node_lat[graph.road_head[road]],
        )
        assert abs(graph.road_metres[road] - _length_m(graph, road)) < 0.01
    along = np.where(graph.arc_along, graph.road_tail[graph.arc_road], graph.road_head[graph.arc_road])
    assert (along == tails).all()


@settings(max_examples=80, deadline=None)
@given(random_roads(), st.integers(0, 2**32 - 1))
def test_the_hierarchy_and_dijkstra_agree(roads: list[RawRoad], seed: int) -> None:
    graph = build(roads, [-1] * len(roads))
    assume(graph is not None)
    assert graph is not None
    dice = np.random.default_rng(seed)
    weights = dice.integers(1, 100_000, graph.arcs)
    ours, peer = CchEngine(graph).times(weights), DijkstraEngine(graph).times(weights)
    sources = dice.integers(0, graph.nodes, dice.integers(1, 3 * graph.nodes)).astype(np.int32)
    goals = [(int(dice.integers(graph.nodes)), int(dice.integers(0, 5_000))) for _ in range(2)]
    np.testing.assert_array_equal(ours.to(sources, goals), peer.to(sources, goals))
    starts = [(int(node), int(dice.integers(0, 5_000))) for node in sources[:2]]
    for times in (ours, peer):
        arcs = times.path(starts, goals)
        best = min(ms + float(peer.to(np.array([node], np.int32), goals)[0]) for node, ms in starts)
        assert _driven(graph, weights, arcs, dict_min(starts), dict_min(goals)) == best


def dict_min(ends: list[tuple[int, int]]) -> dict[int, int]:
    """node → the least milliseconds it is given with."""
    return {node: min(ms for other, ms in ends if other == node) for node, _ in ends}


def _driven(
    graph: RoadGraph, weights: np.ndarray, arcs: list[int], starts: dict[int, int], goals: dict[int, int]
) -> float:
    """Milliseconds of a path from a start to a goal; checks that its arcs hang together."""
    if not arcs:
        return min(starts[node] + goals[node] for node in starts.keys() & goals.keys())
    tails = graph.arc_tail
    for before, after in pairwise(arcs):
        assert graph.arc_head[before] == tails[after]
    first, last = int(tails[arcs[0]]), int(graph.arc_head[arcs[-1]])
    return starts[first] + float(weights[arcs].sum()) + goals[last]


def test_the_faster_of_two_parallel_roads_is_driven() -> None:
    slow = raw_road([(0, 0), (1, 0)], kmh=10)
    fast = raw_road([(0, 0), (0.5, 0.01), (1, 0)], kmh=60)
    graph = graph_of([slow, fast])
    weights = graph.road_ms(graph.road_kmh)[graph.arc_road]
    for made in (CchEngine(graph), DijkstraEngine(graph)):
        times = made.times(weights)
        a, b = int(graph.road_tail[0]), int(graph.road_head[0])
        assert times.to(np.array([a], np.int32), [(b, 0)])[0] == weights.min()
        assert [int(graph.arc_road[arc]) for arc in times.path([(a, 0)], [(b, 0)])] == [1]


def test_only_the_largest_part_that_hangs_together_is_kept() -> None:
    town = [raw_road([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])]
    island = raw_road([(5, 5), (6, 5)])
    trap = raw_road([(1, 1), (2, 1)], backward=False)
    graph = graph_of([*town, raw_road([(0, 0), (1, 1)]), island, trap])
    assert (graph.nodes, graph.roads) == (2, 3)  # the ring's two halves and its diagonal
    assert graph.node_lon.max() < 76.90 + 2.5 * 0.002


def test_a_ring_on_one_junction_is_cut_in_two() -> None:
    ring = raw_road([(1, 0), (2, 0), (2, 1), (1, 1), (1, 0)])
    graph = graph_of([raw_road([(0, 0), (1, 0)]), ring])
    assert graph.roads == 3
    assert (graph.road_tail != graph.road_head).all()


def test_nothing_to_drive_gives_no_graph() -> None:
    assert build([], []) is None
    assert build([raw_road([(0, 0), (1, 0)], backward=False)], [-1]) is None


def test_saved_arrays_come_back(tmp_path: Path) -> None:
    graph = graph_of([raw_road([(0, 0), (1, 0), (1, 1)]), raw_road([(1, 0), (2, 0)], 60)])
    graph.save(tmp_path / "g.npz", extra=np.array([7]))
    with np.load(tmp_path / "g.npz") as file:
        assert file["extra"].tolist() == [7]
        for name in RoadGraph.__dataclass_fields__:
            np.testing.assert_array_equal(file[name], getattr(graph, name))


def test_without_an_order_dijkstra_answers() -> None:
    graph = graph_of([raw_road([(0, 0), (1, 0), (1, 1)])])
    assert isinstance(engine(graph), CchEngine)
    assert isinstance(engine(replace(graph, order=np.empty(0, np.int32))), DijkstraEngine)
