"""Travel times, routes, closures, and what is answered where there is no road."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jedel.kernel.geo import Point, distance_m
from jedel.places.model import Closure
from jedel.places.network import RoadNetwork
from jedel.places.network.answers import ESTIMATE_DETOUR
from jedel.places.network.build import build
from jedel.places.network.grid import Grid
from jedel.places.network.match import Matcher
from jedel.places.network.picture import Picture, Roads
from jedel.places.osm.extract import RawRoad
from tests.places.graphs import graph_of, picture_of, random_roads, raw_road, roads_of
from tests.places.osm_files import at

EAST_M = distance_m(Point(*at(0, 0)), Point(*at(1, 0)))
NORTH_M = distance_m(Point(*at(0, 0)), Point(*at(0, 1)))
NOW = datetime(2026, 11, 22, tzinfo=UTC)

LADDER = [
    raw_road([(x, 0) for x in range(5)], name="south"),
    raw_road([(x, 1) for x in range(5)], name="north"),
    *(raw_road([(x, 0), (x, 1)]) for x in range(5)),
]
"""Two streets of four blocks, joined at each corner; everything at 10 m/s."""


def _at(*places: tuple[float, float]) -> np.ndarray:
    return np.array([at(*place) for place in places])


def _seconds(picture: Picture, start: tuple[float, float], goal: tuple[float, float]) -> float:
    return float(picture.travel(_at(start), Point(*at(*goal))).seconds[0])


def test_times_count_the_parts_of_roads_at_both_ends() -> None:
    picture = picture_of(LADDER)
    assert _seconds(picture, (0.25, 0), (2.5, 0)) == pytest.approx(2.25 * EAST_M / 10, abs=0.02)
    assert _seconds(picture, (0.25, 0), (0.75, 0)) == pytest.approx(0.5 * EAST_M / 10, abs=0.02)
    assert _seconds(picture, (0, 0.5), (4, 0.5)) == pytest.approx((4 * EAST_M + NORTH_M) / 10, abs=0.02)
    assert _seconds(picture, (1, 0), (1, 0)) == pytest.approx(0, abs=0.02)


def test_a_oneway_is_not_driven_backwards() -> None:
    roads = [raw_road([(0, 0), (1, 0)], backward=False), raw_road([(1, 0), (1, 1), (0, 1), (0, 0)])]
    picture = picture_of(roads)
    assert _seconds(picture, (0.2, 0), (0.8, 0)) == pytest.approx(0.6 * EAST_M / 10, abs=0.02)
    around = 0.2 * EAST_M + 2 * NORTH_M + EAST_M + 0.2 * EAST_M
    assert _seconds(picture, (0.8, 0), (0.2, 0)) == pytest.approx(around / 10, abs=0.02)
    route = picture.route(Point(*at(0.8, 0)), Point(*at(0.2, 0)))
    assert route.metres == pytest.approx(around, abs=1)
    assert [tuple(place) for place in route.line[1:-1]] == [
        tuple(np.round(at(*p), 6).tolist()) for p in [(1, 0), (1, 1), (0, 1), (0, 0)]
    ]


@settings(max_examples=60, deadline=None)
@given(random_roads(), st.integers(0, 2**32 - 1))
def test_a_route_is_as_long_and_as_fast_as_it_says(roads: list[RawRoad], seed: int) -> None:
    graph = build(roads, [-1] * len(roads))
    assume(graph is not None)
    assert graph is not None
    pictures = [Picture(roads_of(graph)), Picture(roads_of(graph, peer=True))]
    dice = np.random.default_rng(seed)
    origins = _at(*dice.uniform(-0.3, 3.3, (8, 2)).tolist())
    to = Point(*at(*dice.uniform(0, 2, 2).tolist()))
    travel, peer = (picture.travel(origins, to) for picture in pictures)
    np.testing.assert_allclose(travel.seconds, peer.seconds, atol=0.002)
    assert np.isfinite(travel.seconds).all()
    for n, origin in enumerate(origins):
        route = pictures[0].route(Point(*origin), to)
        assert route.estimated == travel.guessed[n]
        assert route.seconds == pytest.approx(float(travel.seconds[n]), abs=0.01)
        assert route.metres == pytest.approx(float(travel.metres[n]), abs=0.5)
        drawn = sum(
            distance_m(Point(*a), Point(*b)) for a, b in zip(route.line, route.line[1:], strict=False)
        )
        if not route.estimated:
            assert drawn == pytest.approx(route.metres, rel=0.01, abs=3)
        assert tuple(route.line[0]) == pytest.approx(tuple(origin))
        assert tuple(route.line[-1]) == pytest.approx(to)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1, 5), st.floats(-1, 2)), min_size=1, max_size=30))
def test_a_match_is_the_nearest_road_or_nearly(places: list[tuple[float, float]]) -> None:
    graph = graph_of(LADDER)
    matcher = Matcher(graph)
    points = _at(*places)
    match = matcher.match(points)
    for n, point in enumerate(matcher.plane(points)):
        best = min(_off(matcher.plane(graph.shape(road)), point) for road in range(graph.roads))
        assert best - 0.05 <= match.off_m[n] <= best + 18
    assert ((match.share >= 0) & (match.share <= 1)).all()


def _off(line: np.ndarray, point: np.ndarray) -> float:
    step = np.diff(line, axis=0)
    along = np.clip(((point - line[:-1]) * step).sum(1) / (step**2).sum(1), 0, 1)
    return float(np.hypot(*(point - line[:-1] - along[:, None] * step).T).min())


def test_a_closed_road_is_gone_around_and_opened_again() -> None:
    roads = roads_of(graph_of(LADDER))
    middle = Closure(uuid4(), 0.0, line=(at(2.2, 0), at(2.8, 0)))
    assert len(roads.under(middle)) == 1
    straight, around = 4 * EAST_M / 10, (4 * EAST_M + 2 * NORTH_M) / 10
    assert _seconds(Picture(roads), (0, 0), (4, 0)) == pytest.approx(straight, abs=0.05)
    assert _seconds(Picture(roads, [middle]), (0, 0), (4, 0)) == pytest.approx(around, abs=0.05)
    assert _seconds(Picture(roads, []), (0, 0), (4, 0)) == pytest.approx(straight, abs=0.05)


def test_the_hardest_of_several_closures_counts_and_slower_is_slower() -> None:
    roads = roads_of(graph_of([raw_road([(0, 0), (4, 0)]), raw_road([(4, 0), (5, 0)])]))
    circle = Closure(uuid4(), 0.5, centre=at(2, 0), radius_m=30)
    hard = Closure(uuid4(), 0.25, centre=at(1, 0), radius_m=1)
    free = _seconds(Picture(roads), (0, 0), (5, 0))
    assert free == pytest.approx(5 * EAST_M / 10, abs=0.1)
    assert _seconds(Picture(roads, [circle]), (0, 0), (5, 0)) == pytest.approx(
        free + 4 * EAST_M / 10, abs=0.1
    )
    both = _seconds(Picture(roads, [hard, circle]), (0, 0), (5, 0))
    assert both == pytest.approx(free + 12 * EAST_M / 10, abs=0.1)


def test_a_place_behind_the_only_closed_road_is_still_reached_last() -> None:
    roads = roads_of(graph_of([raw_road([(0, 0), (1, 0), (2, 0)]), raw_road([(1, 0), (1, 1)])]))
    bridge = Closure(uuid4(), 0.0, centre=at(1.5, 0), radius_m=10)
    travel = Picture(roads, [bridge]).travel(_at((0, 0), (1, 1)), Point(*at(2, 0)))
    assert np.isfinite(travel.seconds).all()
    assert not travel.estimated


def test_closing_a_street_by_name_leaves_its_crossings_open() -> None:
    graph = graph_of(LADDER, [0, 1, -1, -1, -1, -1, -1])
    roads = roads_of(graph, ("south", "north"))
    assert len(roads.under(Closure(uuid4(), 0.0, street="south"))) == 4
    assert not len(roads.under(Closure(uuid4(), 0.0, street="elsewhere")))


def test_a_line_across_a_street_does_not_close_it() -> None:
    roads = roads_of(graph_of(LADDER))
    across = Closure(uuid4(), 0.0, line=(at(2, 0.05), at(2, 0.95)))
    touched = roads.under(across)
    assert len(touched) == 1
    assert roads.graph.shape(int(touched[0]))[:, 0] == pytest.approx([at(2, 0)[0]] * 2)


def test_far_from_any_road_the_times_say_that_they_are_estimates() -> None:
    picture = picture_of(LADDER)
    origins = _at((0, 0), (0, 9))
    travel = picture.travel(origins, Point(*at(4, 0)))
    assert travel.guessed.tolist() == [False, True]
    assert travel.estimated
    crow = distance_m(Point(*origins[1]), Point(*at(4, 0)))
    assert travel.metres[1] == pytest.approx(crow * ESTIMATE_DETOUR, rel=0.01)
    everywhere = picture.travel(origins, Point(*at(4, 9)))
    assert everywhere.guessed.all()
    assert (everywhere.seconds > 0).all()
    assert len(everywhere.metres) == 2
    route = picture.route(Point(*at(0, 9)), Point(*at(4, 0)))
    assert route.estimated
    assert len(route.line) == 2


def test_a_network_without_a_map_estimates() -> None:
    network = RoadNetwork("00")
    travel = network.travel_times(_at((0, 0), (1, 0)), Point(*at(1, 0)))
    assert travel.estimated
    assert travel.seconds[1] == 0 < travel.seconds[0]
    assert network.route(Point(*at(0, 0)), Point(*at(1, 0))).estimated
    assert network.inside(Point(0, 0))
    assert network.nearest_address(Point(0, 0)).street == ""
    assert network.under(Closure(uuid4(), 0.0, centre=at(0, 0), radius_m=5)) == []
    assert len(network.travel_times(np.empty((0, 2)), Point(0, 0)).seconds) == 0


def test_both_engines_give_the_same_answers_to_callers() -> None:
    graph = graph_of(LADDER)
    ours, peer = (
        Picture(Roads(r.graph, r.matcher, r.engine, ()))
        for r in (roads_of(graph), roads_of(graph, peer=True))
    )
    to = Point(*at(3.3, 0.4))
    origins = _at((0.1, 0), (1.7, 1), (3.3, 0.4), (4, 0.9))
    np.testing.assert_allclose(ours.travel(origins, to).seconds, peer.travel(origins, to).seconds, atol=0.002)
    np.testing.assert_allclose(ours.travel(origins, to).metres, peer.travel(origins, to).metres, atol=0.01)


def test_of_two_streets_with_one_name_the_near_one_is_closed() -> None:
    graph = graph_of([*LADDER, raw_road([(4, 1), (4, 9)]), raw_road([(4, 9), (5, 9)])], [0, *[-1] * 7, 1])
    roads = roads_of(graph, ("абай", "абай"))
    assert len(roads.under(Closure(uuid4(), 0.0, street="абай", centre=at(0, 0)))) == 4
    assert len(roads.under(Closure(uuid4(), 0.0, street="абай", centre=at(5, 8)))) == 1
    assert len(roads.under(Closure(uuid4(), 0.0, street="абай"))) == 5


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-40, 40), st.floats(-40, 40)), min_size=1, max_size=30))
def test_the_grid_finds_the_same_by_table_and_by_search(places: list[tuple[float, float]]) -> None:
    grid = Matcher(graph_of(LADDER)).grid
    searched = Grid(grid.keys, grid.cells, directory_max=0)
    x, y = (np.array(places) * 40).T
    np.testing.assert_array_equal(grid.nearest(x, y), searched.nearest(x, y))


def test_another_thread_may_ask_too() -> None:
    picture = picture_of(LADDER)
    here = picture.route(Point(*at(0, 0)), Point(*at(3, 1)))
    with ThreadPoolExecutor(1) as thread:
        there = thread.submit(picture.route, Point(*at(0, 0)), Point(*at(3, 1))).result()
    assert there == here == picture.route(Point(*at(0, 0)), Point(*at(3, 1)))
