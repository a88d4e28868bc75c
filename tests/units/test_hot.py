"""The hot picture against a naive one that is obviously right."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jedel.kernel.geo import Point, distance_m
from jedel.units.codec import Fix, decode, encode
from jedel.units.hot import HotUnits

lons = st.integers(min_value=-1800, max_value=1800).map(lambda n: n / 10)
lats = st.integers(min_value=-900, max_value=900).map(lambda n: n / 10)
near_lons = st.integers(min_value=0, max_value=500).map(lambda n: 76.9 + n / 1000)
near_lats = st.integers(min_value=0, max_value=500).map(lambda n: 43.2 + n / 1000)
places = st.tuples(lons, lats) | st.tuples(near_lons, near_lats)

reports = st.tuples(
    st.integers(min_value=0, max_value=30),  # the low half of the id: many share it
    st.integers(min_value=0, max_value=2),  # the high half
    st.integers(min_value=0, max_value=9),  # time
    places,
)


def unit(low: int, high: int) -> UUID:
    return UUID(int=high << 64 | low)


def batch(rows: list[tuple[int, int, int, tuple[float, float]]]) -> bytes:
    return encode(Fix(unit(low, high), at, lon, lat) for low, high, at, (lon, lat) in rows)


class Naive:
    """One report after the other into a dictionary."""

    def __init__(self) -> None:
        self.at: dict[UUID, tuple[int, Point]] = {}

    def update(self, raw: bytes) -> None:
        for record in decode(raw):
            who = UUID(bytes=bytes(record["unit"]))
            at, point = int(record["at_us"]), Point(record["lon_e7"] / 1e7, record["lat_e7"] / 1e7)
            if who not in self.at or at >= self.at[who][0]:
                self.at[who] = (at, point)

    def metres(self, point: Point, k: int, among: set[UUID]) -> list[float]:
        return sorted(distance_m(point, place) for who, (_, place) in self.at.items() if who in among)[:k]


@settings(deadline=None)
@given(
    st.lists(st.lists(reports, min_size=1, max_size=40), min_size=1, max_size=6),
    places,
    st.integers(min_value=1, max_value=12),
    st.sets(st.integers(min_value=0, max_value=30)),
)
def test_it_says_what_the_naive_one_says(
    batches: list[list[tuple[int, int, int, tuple[float, float]]]],
    place: tuple[float, float],
    k: int,
    chosen: set[int],
) -> None:
    hot, naive, point = HotUnits(), Naive(), Point(*place)
    for rows in batches:
        raw = batch(rows)
        index = hot.update(decode(raw))
        naive.update(raw)
        assert hot.ids(index) == [unit(low, high) for low, high, _, _ in rows]
    assert len(hot) == len(naive.at)
    for who, (at, where) in naive.at.items():
        record = hot.position(who)
        assert record is not None
        assert (int(record["at_us"]), record["lon_e7"] / 1e7, record["lat_e7"] / 1e7) == (at, *where)
    among = {unit(low, high) for low in chosen for high in range(3)}
    for mask, allowed in ((None, set(naive.at)), (hot.mask(sorted(among)), among)):
        for _ in range(2):  # the second question starts from the reach of the first
            near = hot.nearest(point, k, mask)
            assert near.metres.tolist() == pytest.approx(naive.metres(point, k, allowed), abs=0.01)
            assert {*hot.ids(near.places)} <= allowed
            for who, (lon, lat) in zip(hot.ids(near.places), hot.points(near.places).tolist(), strict=True):
                assert (lon, lat) == naive.at[who][1]


def test_moved_gives_what_changed_since_a_version() -> None:
    hot = HotUnits()
    hot.update(decode(batch([(1, 0, 5, (76.9, 43.2)), (2, 0, 5, (76.9, 43.2))])))
    seen = hot.version
    hot.update(decode(batch([(1, 0, 4, (1.0, 1.0)), (2, 0, 6, (77.0, 43.3)), (3, 0, 1, (77.1, 43.3))])))
    assert [UUID(bytes=raw) for raw in hot.moved(seen)["unit"].tolist()] == [unit(2, 0), unit(3, 0)]
    assert not len(hot.moved(hot.version))
    assert len(hot.moved(0)) == 3


def test_it_grows_and_keeps_what_it_knew() -> None:
    hot = HotUnits()
    for first in range(0, 5000, 250):
        rows = [(i, 0, 1, (76 + i / 5000, 43.0)) for i in range(first, first + 250)]
        hot.update(decode(batch(rows)))
    assert len(hot) == 5000
    near = hot.nearest(Point(76.5, 43.0), 3)
    assert {unit(n, 0) for n in (2499, 2500, 2501)} == {*hot.ids(near.places)}


def test_nobody_is_near_before_anybody_was_heard() -> None:
    hot = HotUnits()
    assert hot.position(unit(1, 0)) is None
    assert not len(hot.nearest(Point(76.9, 43.2), 10).places)
    assert not len(hot.nearest(Point(76.9, 43.2), 10, hot.mask([unit(1, 0)])).places)


def test_units_that_came_after_the_mask_are_not_in_it() -> None:
    hot = HotUnits()
    hot.update(decode(batch([(1, 0, 1, (76.9, 43.2))])))
    mask = hot.mask([unit(1, 0), unit(2, 0)])
    hot.update(decode(batch([(2, 0, 1, (76.9, 43.2))])))
    assert hot.ids(hot.nearest(Point(76.9, 43.2), 10, mask).places) == [unit(1, 0)]


def test_far_away_and_over_the_date_line() -> None:
    hot = HotUnits()
    hot.update(
        decode(batch([(1, 0, 1, (179.999, 66.0)), (2, 0, 1, (-179.99, 66.0)), (3, 0, 1, (179.9, 66.0))]))
    )
    hot.update(decode(batch([(n, 1, 1, (0.1, float(n))) for n in range(30)])))
    near = hot.nearest(Point(-179.999, 66.0), 3)
    assert hot.ids(near.places) == [unit(1, 0), unit(2, 0), unit(3, 0)]
    pole = hot.nearest(Point(10.0, 90.0), 1)
    assert hot.points(pole.places)[0, 1] == pytest.approx(66.0)
    assert np.all(np.diff(hot.nearest(Point(0, -90), 33).metres) >= 0)
