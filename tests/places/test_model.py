"""Tags, closures and plans."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.places.model import (
    CLOSED_KMH,
    ROAD_CLASSES,
    SPEED_KMH_MAX,
    Closure,
    Names,
    SiteKind,
    drive,
    limit_kmh,
    names,
    plan,
    site_id,
    site_kind,
    slowed_kmh,
)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "no"}, True, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "circular", "oneway": "no"}, True, True),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway_link", "oneway": "no"}, True, True),
        ({"highway": "trunk"}, True, True),
    ],
)
def test_directions(tags: dict[str, str], forward: bool, backward: bool) -> None:
    found = drive({"highway": "primary"} | tags)
    assert found is not None
    assert (found.forward, found.backward) == (forward, backward)


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"building": "yes"},
        {"highway": "service", "area": "yes"},
        {"highway": "residential", "access": "no"},
        {"highway": "residential", "motor_vehicle": "no"},
        {"highway": "track", "vehicle": "forestry"},
    ],
)
def test_what_no_car_drives(tags: dict[str, str]) -> None:
    assert drive(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"access": "private"},
        {"access": "no", "motor_vehicle": "yes"},
        {"access": "destination"},
        {"foot": "no"},
    ],
)
def test_a_patrol_goes_where_it_is_called(tags: dict[str, str]) -> None:
    assert drive({"highway": "service"} | tags) is not None


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("60", 60),
        (" 60 km/h", 60),
        ("60km/h", 60),
        ("10 mph", 16.09344),
        ("10mph", 16.09344),
        ("KZ:urban", 60),
        ("RU:motorway", 110),
        ("KZ:walk", None),
        ("", None),
        ("none", None),
        ("0", None),
        ("9999", None),
        ("60;80", None),
    ],
)
def test_limits(text: str, kmh: float | None) -> None:
    found = limit_kmh(text)
    assert found == (None if kmh is None else pytest.approx(kmh))


def test_a_signed_limit_is_not_what_is_driven_on_average() -> None:
    signed = drive({"highway": "primary", "maxspeed": "40"})
    assert signed is not None
    assert signed.kmh == pytest.approx(34)


@given(
    st.dictionaries(
        st.sampled_from(["highway", "oneway", "maxspeed", "access", "junction", "area"]), st.text()
    )
)
def test_any_tags_give_a_sane_way_or_none(tags: dict[str, str]) -> None:
    found = drive(tags)
    assert found is None or ((found.forward or found.backward) and 0 < found.kmh <= SPEED_KMH_MAX)


@given(st.sampled_from(ROAD_CLASSES), st.text(max_size=10))
def test_every_class_with_any_limit_has_a_speed(road: str, limit: str) -> None:
    found = drive({"highway": road, "maxspeed": limit})
    assert found is not None
    assert 5 <= found.kmh <= SPEED_KMH_MAX


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "school"}, SiteKind.SCHOOL),
        ({"amenity": "police"}, SiteKind.POLICE),
        ({"amenity": "hospital"}, SiteKind.HOSPITAL),
        ({"amenity": "bank"}, SiteKind.BANK),
        ({"leisure": "park"}, SiteKind.PARK),
        ({"emergency": "phone", "amenity": "bank"}, SiteKind.POST),
        ({"emergency": "fire_hydrant"}, None),
        ({"amenity": "cafe"}, None),
        ({}, None),
    ],
)
def test_site_kinds(tags: dict[str, str], kind: SiteKind | None) -> None:
    assert site_kind(tags) is kind


def test_a_site_keeps_its_id_in_its_region_only() -> None:
    assert site_id("02", "w7") == site_id("02", "w7")
    assert len({site_id("02", "w7"), site_id("02", "n7"), site_id("00", "w7")}) == 3


def test_names_fall_back_to_the_nearest_language() -> None:
    assert names({"name": "Абай", "name:ru": "Абая"}).label() == {"kk": "Абай", "ru": "Абая", "en": "Абай"}
    assert names({"name:kk": "Достық"}).label() == {"kk": "Достық", "ru": "Достық", "en": "Достық"}
    assert Names(en="River").any == "River"
    assert Names().label() == {"kk": "", "ru": "", "en": ""}


def test_a_plan_holds_only_what_is_known() -> None:
    assert plan({}, {}, []) == {}
    door: dict[str, object] = {"lon": 1.0, "lat": 2.0, "kind": "main", "name": ""}
    found = plan(
        {
            "ref": "P-7",
            "phone": "1",
            "contact:email": "a@b",
            "building:levels:underground": "1",
            "capacity": "",
        },
        {"building:levels": "3"},
        [door],
    )
    assert found == {
        "ref": "P-7",
        "levels": 3,
        "underground_levels": 1,
        "contacts": {"phone": "1", "email": "a@b"},
        "entrances": [door],
    }
    assert plan({"building:levels": "2,5"}, {}, []) == {}


def test_a_closure_ends_at_its_time() -> None:
    end = datetime(2026, 11, 1, tzinfo=UTC)
    closure = Closure(uuid4(), 0.0, until=end)
    assert closure.holds(end - timedelta(seconds=1))
    assert not closure.holds(end)
    assert Closure(uuid4(), 0.5).holds(end)


@given(st.floats(5, SPEED_KMH_MAX), st.floats(0, 1))
def test_a_closed_road_can_still_be_walked(kmh: float, factor: float) -> None:
    slowed = slowed_kmh(kmh, factor)
    assert CLOSED_KMH <= slowed <= kmh
