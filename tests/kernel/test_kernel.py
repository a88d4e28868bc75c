"""Ids, clock, geometry, schema bases."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from jedel.kernel.clock import ManualClock, SystemClock
from jedel.kernel.geo import Point, bearing_deg, distance_m
from jedel.kernel.ids import derived_id, id_at, new_id
from jedel.kernel.schema import Body, LongText, Place, ShortText

lons = st.floats(-180, 180)
lats = st.floats(-89, 89)
points = st.builds(Point, lons, lats)


def test_ids_are_version_7_and_sort_by_time() -> None:
    made = [id_at(ms) for ms in (1, 2, 1_700_000_000_000)]
    assert made == sorted(made)
    assert {i.version for i in made} == {7}
    assert {i.variant for i in made} == {"specified in RFC 4122"}
    assert new_id() != new_id()
    assert new_id().int >> 80 == pytest.approx(datetime.now(UTC).timestamp() * 1000, abs=60_000)


@given(st.uuids(), st.text(max_size=20))
def test_a_derived_id_is_the_same_each_time(cause: UUID, name: str) -> None:
    assert derived_id(cause, name) == derived_id(cause, name)
    assert derived_id(cause, name) != derived_id(cause, name + "x")
    assert derived_id(cause, name) != derived_id(uuid4(), name)


def test_clocks() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.advance(90) == clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert clock.advance(-90) == datetime(2026, 1, 1, tzinfo=UTC)
    assert SystemClock().now().tzinfo is UTC


@given(points, points)
def test_distance_is_symmetric_and_bounded(a: Point, b: Point) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert 0 <= distance_m(a, b) <= 20_015_200
    assert distance_m(a, a) == 0


@given(points, points)
def test_bearing_is_a_compass_direction(a: Point, b: Point) -> None:
    assert 0 <= bearing_deg(a, b) <= 360


def test_known_distance_and_bearing() -> None:
    # Astana (51.1694 N, 71.4491 E) to Almaty (43.2220 N, 76.8512 E): about 973 km, south-east.
    astana, almaty = Point(71.4491, 51.1694), Point(76.8512, 43.2220)
    assert distance_m(astana, almaty) == pytest.approx(973_000, rel=0.01)
    assert bearing_deg(astana, almaty) == pytest.approx(153, abs=2)
    assert bearing_deg(Point(0, 0), Point(1, 0)) == pytest.approx(90)


class Note(Body):
    short: ShortText
    long: LongText = "x"


@pytest.mark.parametrize("text", ["", "x" * 201, "a\x00b", "half \ud83d pair"])
def test_texts_that_cannot_be_kept_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Note(short=text)


def test_unknown_fields_are_refused_and_bodies_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Note.model_validate({"short": "a", "extra": 1})
    note = Note(short="Абай даңғылы")
    with pytest.raises(ValidationError):
        note.short = "b"  # type: ignore[misc]


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (0, 91), (float("nan"), 0), (0, float("inf"))])
def test_places_off_the_earth_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(ValidationError):
        Place(lon=lon, lat=lat)
    assert Place(lon=1, lat=2).point == Point(1, 2)
