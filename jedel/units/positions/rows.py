"""Positions as PostgreSQL's binary COPY rows, made by numpy: 22,000 a second would be slow one by one. Pure.

A row is a count of fields, then each field's length and bytes, big-endian; length -1 is NULL. Whether speed,
heading and accuracy are NULL differs from row to row and with it the length, so rows are laid out in up to
eight groups, one for each combination. The order of rows in a COPY does not matter.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.units.codec import UNKNOWN, Records

#: In the order of the layouts below.
COLUMNS: Final = "unit_id, at, heard_at, lon_e7, lat_e7, speed_cms, heading_cdeg, accuracy_dm, flags"
_OPTIONAL: Final = ("speed_cms", "heading_cdeg", "accuracy_dm")
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TAIL: Final = b"\xff\xff"
_PG_EPOCH_US: Final = 946_684_800_000_000  # 2000-01-01 in microseconds since 1970


def copy_data(records: Records, heard_us: NDArray[np.int64]) -> bytes:
    """The whole stream for `COPY … (COLUMNS) FROM STDIN (FORMAT BINARY)`. `heard_us` (n,) since 1970."""
    missing = sum((records[name] == UNKNOWN).astype(np.uint8) << bit for bit, name in enumerate(_OPTIONAL))
    groups = [np.flatnonzero(missing == pattern) for pattern in range(8)]
    rows = [
        _group(np.take(records, index), heard_us[index], pattern)
        for pattern, index in enumerate(groups)
        if len(index)
    ]
    return b"".join((_HEAD, *rows, _TAIL))


def _layout(pattern: int) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("count", ">i2")]
    sizes = {"unit": "V16", "at": ">i8", "heard": ">i8", "lon_e7": ">i4", "lat_e7": ">i4"}
    for name, form in sizes.items():
        fields += [(f"{name}_size", ">i4"), (name, form)]
    for bit, name in enumerate(_OPTIONAL):
        fields.append((f"{name}_size", ">i4"))
        if not pattern >> bit & 1:
            fields.append((name, ">i4"))
    fields += [("flags_size", ">i4"), ("flags", ">i4")]
    return np.dtype(fields)


_LAYOUTS: Final = tuple(_layout(pattern) for pattern in range(8))


def _group(records: Records, heard_us: NDArray[np.int64], pattern: int) -> bytes:
    rows = np.zeros(len(records), dtype=_LAYOUTS[pattern])
    rows["count"] = 9
    rows["at"] = records["at_us"] - _PG_EPOCH_US
    rows["heard"] = heard_us - _PG_EPOCH_US
    present = rows.dtype.names or ()
    for name in ("unit", "lon_e7", "lat_e7", *_OPTIONAL, "flags"):
        if name in present:
            rows[name] = records[name]
    for name in present:
        if name.endswith("_size"):
            field = name.removesuffix("_size")
            rows[name] = rows.dtype[field].itemsize if field in present else -1
    return rows.tobytes()
