"""Positions on the wire: bytes to records and back, and what is refused. Pure.

A message is 1..MAX_RECORDS records of 40 bytes, little-endian. Ids are the 16 bytes of the UUID, time is
microseconds since 1970 UTC, coordinates are degrees times 10^7, UNKNOWN stands for "not measured".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

POSITION: Final = np.dtype(
    [
        ("unit", "V16"),
        ("at_us", "<i8"),
        ("lon_e7", "<i4"),
        ("lat_e7", "<i4"),
        ("speed_cms", "<u2"),
        ("heading_cdeg", "<u2"),
        ("accuracy_dm", "<u2"),
        ("flags", "<u2"),
    ]
)
UNKNOWN: Final = 65535
MAX_RECORDS: Final = 10_000
MAX_BYTES: Final = MAX_RECORDS * POSITION.itemsize

#: A tablet keeps its track while it has no link, and sends it later; a clock may run ahead a little.
PAST_S_MAX: Final = 24 * 3600
FUTURE_S_MAX: Final = 60

Records = NDArray[np.void]  # of dtype POSITION


class Malformed(Exception):
    """The bytes are no batch of positions; `reason` is a short code for the counters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Reason(StrEnum):
    """Why one record is refused, in the order in which they are looked at."""

    UNKNOWN_UNIT = "unknown_unit"
    OUTSIDE_RANGE = "outside_range"  # no such place on Earth, or the 0,0 of a receiver without a fix
    HEADING = "heading"
    FUTURE = "future"
    PAST = "past"


class Fix(NamedTuple):
    """One position as people speak of it; None is "not measured"."""

    unit: UUID
    at_us: int
    lon: float
    lat: float
    speed_kmh: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class Sifted:
    """`kept` records, and `refused` (n,): for each record given, its Reason's place from 1, 0 if kept."""

    kept: Records
    refused: NDArray[np.uint8]

    def counts(self) -> dict[Reason, int]:
        tally = np.bincount(self.refused, minlength=len(_REASONS) + 1)
        return {reason: int(n) for reason, n in zip(_REASONS, tally[1:], strict=True) if n}

    def reason(self, index: int) -> Reason | None:
        code = int(self.refused[index])
        return _REASONS[code - 1] if code else None


_REASONS: Final = tuple(Reason)


def decode(raw: bytes) -> Records:
    """The records in `raw`, shape (n,), read-only and without a copy. Raises Malformed."""
    if not raw:
        raise Malformed("empty")
    if len(raw) > MAX_BYTES:
        raise Malformed("too_long")
    if len(raw) % POSITION.itemsize:
        raise Malformed("length")
    return np.frombuffer(raw, dtype=POSITION)


def sift(records: Records, known: NDArray[np.bool_], now_us: int | NDArray[np.int64]) -> Sifted:
    """Parts what may be believed from what may not.

    `known` (n,) says which units exist in this region; `now_us` is when the records came, for all or each.
    """
    lon, lat, at, heading = (records[name] for name in ("lon_e7", "lat_e7", "at_us", "heading_cdeg"))
    outside = (lon < -180 * 10**7) | (lon > 180 * 10**7) | (lat < -90 * 10**7) | (lat > 90 * 10**7)
    faults = [
        ~known,
        outside | ((lon == 0) & (lat == 0)),
        (heading >= 36000) & (heading != UNKNOWN),
        at > now_us + FUTURE_S_MAX * 1_000_000,
        at < now_us - PAST_S_MAX * 1_000_000,
    ]
    refused = np.zeros(len(records), dtype=np.uint8)
    for code, fault in reversed(list(enumerate(faults, start=1))):
        refused[fault] = code
    return Sifted(kept=records[refused == 0] if refused.any() else records, refused=refused)


def encode(fixes: Iterable[Fix]) -> bytes:
    """The wire form of `fixes`; values beyond a field's range become its greatest known value."""
    rows = [
        (
            fix.unit.bytes,
            fix.at_us,
            round(fix.lon * 1e7),
            round(fix.lat * 1e7),
            _scaled(fix.speed_kmh, 100 / 3.6),
            UNKNOWN if fix.heading_deg is None else round(fix.heading_deg * 100) % 36000,
            _scaled(fix.accuracy_m, 10),
            0,
        )
        for fix in fixes
    ]
    return np.array(rows, dtype=POSITION).tobytes()


def _scaled(value: float | None, factor: float) -> int:
    return UNKNOWN if value is None else min(round(value * factor), UNKNOWN - 1)


def now_json(records: Records) -> list[list[object]]:
    """Rows of the live feed: [unit_id, lon, lat, heading_deg, speed_kmh, at], None where not measured."""
    heading, speed = records["heading_cdeg"], records["speed_cms"]
    columns = (
        [str(UUID(bytes=raw)) for raw in records["unit"].tolist()],
        (records["lon_e7"] / 1e7).tolist(),
        (records["lat_e7"] / 1e7).tolist(),
        _measured(heading == UNKNOWN, heading / 100.0),
        _measured(speed == UNKNOWN, speed * 0.036),
        [f"{at}Z" for at in np.datetime_as_string(records["at_us"].astype("M8[us]"), unit="ms").tolist()],
    )
    return [list(row) for row in zip(*columns, strict=True)]


def _measured(unknown: NDArray[np.bool_], values: NDArray[np.float64]) -> list[float | None]:
    rows = zip(unknown.tolist(), np.round(values, 1).tolist(), strict=True)
    return [None if missing else value for missing, value in rows]
