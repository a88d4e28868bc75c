"""Positions on the wire: round trips, damage, and what is not believed."""

import struct
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.units.codec import (
    FUTURE_S_MAX,
    MAX_BYTES,
    PAST_S_MAX,
    POSITION,
    UNKNOWN,
    Fix,
    Malformed,
    Reason,
    decode,
    encode,
    now_json,
    sift,
)

NOW_US = 1_793_000_000_000_000  # 2026-10-26
UNIT = UUID("0198a1b2-0000-7000-8000-00000000002a")

fixes = st.builds(
    Fix,
    unit=st.uuids(),
    at_us=st.integers(min_value=NOW_US - PAST_S_MAX * 10**6, max_value=NOW_US + FUTURE_S_MAX * 10**6),
    lon=st.floats(min_value=0.001, max_value=180),
    lat=st.floats(min_value=-90, max_value=90),
    speed_kmh=st.none() | st.floats(min_value=0, max_value=400),
    heading_deg=st.none() | st.floats(min_value=0, max_value=360),
    accuracy_m=st.none() | st.floats(min_value=0, max_value=6000),
)


def everybody(n: int) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    return np.ones(n, dtype=np.bool_)


@given(st.lists(fixes, min_size=1, max_size=20))
def test_what_is_encoded_is_decoded_and_believed(sent: list[Fix]) -> None:
    records = decode(encode(sent))
    sifted = sift(records, everybody(len(sent)), NOW_US)
    assert sifted.counts() == {}
    assert len(sifted.kept) == len(sent)
    for fix, record, row in zip(sent, records, now_json(records), strict=True):
        assert UUID(bytes=bytes(record["unit"])) == fix.unit
        assert record["at_us"] == fix.at_us
        assert record["lon_e7"] / 1e7 == pytest.approx(fix.lon, abs=1e-7)
        assert record["lat_e7"] / 1e7 == pytest.approx(fix.lat, abs=1e-7)
        if fix.accuracy_m is None:
            assert record["accuracy_dm"] == UNKNOWN
        else:
            assert record["accuracy_dm"] / 10 == pytest.approx(fix.accuracy_m, abs=0.05 + 1e-9)
        unit, lon, lat, heading, speed, _at = row
        assert (unit, lon, lat) == (str(fix.unit), record["lon_e7"] / 1e7, record["lat_e7"] / 1e7)
        if fix.speed_kmh is None:
            assert speed is None
        else:
            assert speed == pytest.approx(fix.speed_kmh, abs=0.1)
        if fix.heading_deg is None:
            assert heading is None
        else:
            assert isinstance(heading, float)
            assert (heading - fix.heading_deg + 180) % 360 - 180 == pytest.approx(0, abs=0.1)


def test_the_wire_form_is_fixed() -> None:
    """Other programs speak it: 40 bytes, little-endian, in this order."""
    raw = encode([Fix(UNIT, NOW_US, 76.9, 43.25, 36.0, 90.0, 5.0)])
    assert raw == struct.pack("<16sqiiHHHH", UNIT.bytes, NOW_US, 769_000_000, 432_500_000, 1000, 9000, 50, 0)


def test_an_impossible_speed_becomes_the_greatest_known_one() -> None:
    assert decode(encode([Fix(UNIT, NOW_US, 1, 1, speed_kmh=1e9)]))[0]["speed_cms"] == UNKNOWN - 1


@given(st.binary(max_size=400) | st.binary(min_size=80, max_size=80))
def test_any_bytes_are_records_or_malformed(raw: bytes) -> None:
    if not raw or len(raw) % POSITION.itemsize:
        with pytest.raises(Malformed, match=r"empty|length"):
            decode(raw)
        return
    records = decode(raw)
    assert records.tobytes() == raw
    sifted = sift(records, everybody(len(records)), NOW_US)
    assert len(sifted.kept) + sum(sifted.counts().values()) == len(records)
    assert len(now_json(sifted.kept)) == len(sifted.kept)


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_truncated_batch_is_refused_whole(cut: int) -> None:
    raw = encode([Fix(UNIT, NOW_US, 76.9, 43.25)] * 3)
    with pytest.raises(Malformed, match="length"):
        decode(raw[:-cut])


def test_a_batch_over_the_limit_is_refused_whole() -> None:
    with pytest.raises(Malformed, match="too_long"):
        decode(bytes(MAX_BYTES + POSITION.itemsize))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lon_e7": 1_800_000_001}, Reason.OUTSIDE_RANGE),
        ({"lon_e7": -1_800_000_001}, Reason.OUTSIDE_RANGE),
        ({"lat_e7": 900_000_001}, Reason.OUTSIDE_RANGE),
        ({"lat_e7": -900_000_001}, Reason.OUTSIDE_RANGE),
        ({"lat_e7": 0, "lon_e7": 0}, Reason.OUTSIDE_RANGE),
        ({"heading_cdeg": 36000}, Reason.HEADING),
        ({"at_us": NOW_US + FUTURE_S_MAX * 10**6 + 1}, Reason.FUTURE),
        ({"at_us": NOW_US - PAST_S_MAX * 10**6 - 1}, Reason.PAST),
        ({"at_us": -(2**63)}, Reason.PAST),
        ({"at_us": 2**63 - 1}, Reason.FUTURE),
    ],
)
def test_what_is_not_believed_is_left_out_with_its_reason(change: dict[str, int], reason: Reason) -> None:
    records = decode(encode([Fix(UNIT, NOW_US, 76.9, 43.25)] * 3)).copy()
    for name, value in change.items():
        records[name][1] = value
    sifted = sift(records, everybody(3), NOW_US)
    assert sifted.counts() == {reason: 1}
    assert [sifted.reason(i) for i in range(3)] == [None, reason, None]
    assert sifted.kept.tobytes() == records[[0, 2]].tobytes()


def test_an_unknown_unit_comes_before_other_faults() -> None:
    records = decode(encode([Fix(UNIT, 0, 0, 0)] * 2))
    sifted = sift(records, np.array([False, True]), NOW_US)
    assert sifted.counts() == {Reason.UNKNOWN_UNIT: 1, Reason.OUTSIDE_RANGE: 1}
    assert not len(sifted.kept)


def test_each_record_is_compared_with_the_time_it_came() -> None:
    """A batch that waited in the stream for a day is not old for that."""
    records = decode(encode([Fix(UNIT, NOW_US, 76.9, 43.25)] * 2))
    came_us = np.array([NOW_US, NOW_US + PAST_S_MAX * 2 * 10**6])
    assert sift(records, everybody(2), came_us).counts() == {Reason.PAST: 1}


def test_the_live_feed_has_times_as_text() -> None:
    (row,) = now_json(decode(encode([Fix(UNIT, NOW_US + 1500, 76.9, 43.25)])))
    assert row == [str(UNIT), 76.9, 43.25, None, None, "2026-10-26T07:33:20.001Z"]
