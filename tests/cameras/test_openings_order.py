"""Which cameras stand first, by the plan alone."""

import math
from uuid import UUID, uuid4

import pytest

from jedel.cameras.openings.model import (
    STREET_CAMERAS_MAX,
    STREET_TILES,
    WALL_TILES,
    Camera,
    Spot,
    around,
    in_order,
    on_the_wall,
    sees,
)
from jedel.kernel.geo import Point

BUTTON = Spot("corridor", 2, 0.0, 0.0)
SCHOOL = Point(76.93, 43.25)
METRE = 1 / 111_320


def camera(
    name: str = "c",
    zone: str | None = "corridor",
    floor: int | None = 2,
    at: tuple[float, float] = (0.0, -10.0),
    heading: float | None = 0.0,
    place: Point = SCHOOL,
    fov: float | None = 90,
    range_m: float | None = None,
) -> Camera:
    return Camera(uuid4(), name, zone, floor, *at, place, heading, fov, range_m)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (camera(), True),  # from the south, looking north
        (camera(heading=44), True),
        (camera(heading=46), False),
        (camera(heading=180), False),
        (camera(at=(-10.0, 0.0), heading=90), True),  # from the west, looking east
        (camera(at=(0.0, 10.0), heading=180), True),
        (camera(at=(0.0, -16.0)), False),  # farther than is usual indoors
        (camera(at=(0.0, -16.0), range_m=20), True),
        (camera(heading=None), True),  # nobody said where it looks, and it is near
        (camera(at=(0.0, -0.5), heading=180), True),  # above the button itself
        (camera(floor=1), False),
        (camera(at=(math.nan, math.nan)), False),
        (camera(heading=44, fov=None), True),
    ],
)
def test_a_camera_sees_the_button_by_the_plan(looks: Camera, expected: bool) -> None:
    assert sees(looks, BUTTON) is expected


def test_what_sees_comes_first_then_the_floor_then_the_zones() -> None:
    cameras = [
        camera("yard", "surroundings", 0, heading=180),
        camera("unknown floor", "corridor", None),
        camera("third", "corridor", 3),
        camera("undrawn", "corridor", 2, (math.nan, math.nan)),
        camera("far", "corridor", 2, (40.0, 0.0), 90),
        camera("class", "classroom", 2, (5.0, 9.0), 0),
        camera("nameless zone", None, 2, (5.0, 9.0), 0),
        camera("sees", "stairs", 2),
    ]
    found = [each.name for each in in_order(reversed(cameras), BUTTON)]
    assert found == [
        "sees", "far", "undrawn", "class", "nameless zone", "third", "yard", "unknown floor",
    ]  # fmt: skip


def test_without_a_button_who_comes_in_is_seen_first() -> None:
    zones = ("surroundings", None, "classroom", "stairs", "corridor", "entrance")
    found = in_order([camera(zone=zone) for zone in zones], None)
    order = [each.zone for each in found]
    assert order == ["entrance", "corridor", "stairs", "classroom", "surroundings", None]


def street(name: str, east_m: float, heading: float | None) -> Camera:
    place = Point(SCHOOL.lon + east_m * METRE / math.cos(math.radians(SCHOOL.lat)), SCHOOL.lat)
    return camera(name, "street", heading=heading, place=place)


def test_streets_that_look_at_the_school_come_before_nearer_ones() -> None:
    cameras = [
        street("near", 20, 90),
        street("unknown", 60, None),
        street("looks", 200, 270),
        street("too far", 401, 270),
    ]
    assert [each.name for each in around(cameras, SCHOOL)] == ["looks", "near", "unknown"]
    assert len(around([street(str(n), n, None) for n in range(1, 30)], SCHOOL)) == STREET_CAMERAS_MAX


def test_sixteen_tiles_leave_some_to_the_streets() -> None:
    site, streets = ([UUID(int=n) for n in range(a, a + 20)] for a in (1, 100))
    full = on_the_wall(site, streets)
    assert (len(full), full[-STREET_TILES:]) == (WALL_TILES, streets[:STREET_TILES])
    assert on_the_wall(site[:4], streets[:2]) == [*site[:4], *streets[:2]]
    assert on_the_wall(site, []) == site[:WALL_TILES]
    assert on_the_wall([], streets) == streets[:WALL_TILES]
