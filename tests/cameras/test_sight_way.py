"""The way of a car that goes straight on."""

import itertools

import numpy as np
import pytest

from jedel.cameras.sight.way import METRES_MAX, straight_on
from jedel.kernel.geo import Point, distance_m
from jedel.places.network import RoadNetwork
from jedel.places.network.network import Shown
from tests.places.graphs import picture_of, raw_road
from tests.places.osm_files import at

STREETS = [
    raw_road([(0, 0), (1, 0), (2, 0.2), (3, 0.4)], name="main"),
    raw_road([(1, 0), (1, 1)], name="aside"),
    raw_road([(3, 0.4), (3, 1)], name="left"),
    raw_road([(3, 0.4), (1, 1)], name="back"),
]


def network() -> RoadNetwork:
    made = RoadNetwork("00")
    made.show(Shown(None, 1, picture_of(STREETS)))
    return made


def test_it_follows_the_road_and_turns_least() -> None:
    way = straight_on(network(), Point(*at(0.5, 0)), 90.0, None)
    corners = [at(0.5, 0), at(1, 0), at(2, 0.2), at(3, 0.4), at(3, 1)]
    assert way.line.tolist() == [pytest.approx(corner, abs=1e-6) for corner in corners]
    metres = sum(distance_m(Point(*a), Point(*b)) for a, b in itertools.pairwise(corners))
    assert way.seconds == pytest.approx(metres / 10, rel=0.01), "at the roads' own pace"
    faster = straight_on(network(), Point(*at(0.5, 0)), 90.0, 72.0)
    assert faster.seconds == pytest.approx(metres / 20, rel=0.01)


def test_it_goes_the_way_it_looks() -> None:
    way = straight_on(network(), Point(*at(0.5, 0)), 260.0, 36.0)
    assert way.line[-1].tolist() == pytest.approx(at(0, 0), abs=1e-6)


def test_where_no_road_is_it_goes_straight() -> None:
    for where in (network(), RoadNetwork("00")):
        way = straight_on(where, Point(*at(-30, -30)), 45.0, None)
        assert distance_m(Point(*way.line[0]), Point(*way.line[1])) == pytest.approx(METRES_MAX, rel=0.01)
        assert np.all(way.line[1] > way.line[0])
