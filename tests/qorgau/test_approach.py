"""Where a car can be, and who can meet it."""

from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jedel.kernel.geo import Point
from jedel.places import RoadNetwork
from jedel.places.model import Closure
from jedel.places.network.build import build
from jedel.places.osm.extract import RawRoad
from jedel.qorgau.approach import Approach, Patrols
from jedel.qorgau.approach.cone import Cone
from tests.places.graphs import graph_of, random_roads
from tests.places.osm_files import STEP, at
from tests.qorgau.alerts_world import COLUMNS, EAST, STREETS, network_of, town

BEHIND, AHEAD, FAR = UUID(int=1), UUID(int=2), UUID(int=3)


def town_network() -> RoadNetwork:
    return network_of(town(), RoadNetwork("00"))


def patrols(**places: tuple[float, float]) -> Patrols:
    names = {"behind": BEHIND, "ahead": AHEAD, "far": FAR}
    return Patrols([names[name] for name in places], np.array([at(*place) for place in places.values()]))


def metres_east(point: Point) -> float:
    """Columns of the town."""
    return (point.lon - at(0, 0)[0]) / STEP


def _is(cone: Cone, place: tuple[float, float]) -> NDArray[np.bool_]:
    """(K,) which of the cone's junctions it is."""
    there: NDArray[np.bool_] = np.all(np.abs(cone.lonlat - place) < 1e-9, axis=1)
    return there


CAMERA = Point(*at(4.5, 4.0))


def test_the_nearest_is_behind_the_car_and_another_is_told() -> None:
    """The nearest is 81 m from the camera, and can only follow; the other waits half a kilometre ahead."""
    approach = Approach(town_network())
    found = approach.meet(CAMERA, EAST, 2.0, patrols(behind=(4.0, 4.0), ahead=(8.0, 5.0)))
    assert found[0].unit_id == AHEAD
    assert metres_east(found[0].at) > 4.5
    assert found[0].patrol_s < found[0].car_s
    assert found[0].chance > max((one.chance for one in found[1:]), default=0.0)
    alone = approach.meet(CAMERA, EAST, 2.0, patrols(behind=(4.0, 4.0)))
    assert not alone or alone[0].chance < found[0].chance * 0.7


def test_the_same_patrols_and_a_car_that_drives_west() -> None:
    approach = Approach(town_network())
    found = approach.meet(CAMERA, 270.0, 2.0, patrols(behind=(2.0, 4.0), ahead=(8.0, 5.0)))
    assert found[0].unit_id == BEHIND
    assert found[0].compass == "W"


def test_the_place_is_told_in_words() -> None:
    (first, *_) = Approach(town_network()).meet(CAMERA, EAST, 2.0, patrols(ahead=(9.0, 4.0)))
    assert first.street == STREETS[4]
    assert first.label.startswith(f"{STREETS[4]} / Пр. ")
    assert first.compass == "E"


def test_a_read_that_comes_late_leaves_less_time() -> None:
    approach = Approach(town_network())
    soon = approach.meet(CAMERA, EAST, 1.0, patrols(ahead=(7.0, 4.0)))
    assert soon[0].chance > 0.25
    assert approach.meet(CAMERA, EAST, 500.0, patrols(ahead=(7.0, 4.0))) == []


def test_nobody_can_be_told_without_a_map_a_road_or_a_patrol() -> None:
    assert Approach(RoadNetwork("00")).meet(CAMERA, EAST, 0.0, patrols(ahead=(8.0, 4.0))) == []
    assert Approach(RoadNetwork("00")).cone(CAMERA, EAST) is None
    approach = Approach(town_network())
    assert approach.meet(Point(77.9, 43.9), EAST, 0.0, patrols(ahead=(8.0, 4.0))) == []
    assert approach.meet(CAMERA, EAST, 0.0, Patrols([], np.empty((0, 2)))) == []
    assert approach.meet(CAMERA, EAST, 0.0, Patrols([FAR], np.array([[79.0, 45.0]]))) == []


def test_two_are_told_at_two_places_and_never_one_twice() -> None:
    found = Approach(town_network()).meet(CAMERA, EAST, 1.0, patrols(ahead=(9.0, 6.0), far=(9.0, 2.0)))
    assert {one.unit_id for one in found} == {AHEAD, FAR}
    assert found[0].chance >= found[1].chance


def test_no_car_turns_back_at_once() -> None:
    cone = Approach(town_network()).cone(CAMERA, EAST)
    assert cone is not None
    assert not _is(cone, at(4, 4)).any()


def test_of_a_camera_that_sees_both_ways_the_car_may_be_on_either() -> None:
    approach = Approach(town_network())
    both, east = approach.cone(CAMERA, None), approach.cone(CAMERA, EAST)
    assert both is not None
    assert east is not None
    columns = (both.lonlat[:, 0] - at(0, 0)[0]) / STEP
    assert columns.min() < 4.0
    assert columns.max() > 5.0
    assert both.chance[_is(both, at(5, 4))] == pytest.approx(0.5, abs=0.1)


def test_a_closed_road_is_not_where_cars_go_and_the_cone_is_made_anew() -> None:
    network = town_network()
    approach = Approach(network)
    before = approach.cone(CAMERA, EAST)
    assert before is not None
    assert approach.cone(CAMERA, EAST) is before
    closed = Closure(id=uuid4(), factor=0.0, until=None, line=(at(6.1, 4.0), at(6.9, 4.0)))
    network.show(network.prepare(network.map, [closed], network.version + 1))
    after = approach.cone(CAMERA, EAST)
    assert after is not None
    beyond = at(7, 4)
    then, now = (float(cone.chance[_is(cone, beyond)].sum()) for cone in (before, after))
    assert now < then * 0.8


def test_cameras_that_are_forgotten_are_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jedel.qorgau.approach.approach.KEPT", 1)
    approach = Approach(town_network())
    first = approach.cone(CAMERA, EAST)
    approach.cone(Point(*at(2.5, 2.0)), EAST)
    again = approach.cone(CAMERA, EAST)
    assert first is not None
    assert again is not None
    assert again is not first
    assert (again.chance == first.chance).all()


@settings(max_examples=60, deadline=None)
@given(random_roads(), st.integers(0, 10_000))
def test_chances_are_chances_and_time_goes_on(roads: list[RawRoad], seed: int) -> None:
    if build(roads, [-1] * len(roads)) is None:
        return
    graph = graph_of(roads)
    network = network_of(roads, RoadNetwork("00"), [""] * len(roads))
    dice = np.random.default_rng(seed)
    road = int(dice.integers(graph.roads))
    place = Point(*graph.shape(road).mean(axis=0).tolist())
    cone = Approach(network).cone(place, float(dice.uniform(0, 360)))
    if cone is None:
        return
    assert ((cone.chance > 0) & (cone.chance <= 1)).all()
    assert (cone.seconds >= 0).all()
    assert np.isfinite(cone.spread_s).all()
    assert len(np.unique(cone.node)) == len(cone)


def test_the_town_has_as_many_columns_as_its_tests_think() -> None:
    cone = Approach(town_network()).cone(Point(*at(COLUMNS - 1.5, 4.0)), EAST)
    assert cone is not None
    assert ((cone.lonlat[:, 0] - at(0, 0)[0]) / STEP).max() == pytest.approx(COLUMNS - 1)
