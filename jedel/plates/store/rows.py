"""Reads as PostgreSQL's binary COPY rows, made by numpy. Pure.

Every row has the same fields, none of them NULL, so that a batch is one array: a count of fields, then each
field's length and bytes, big-endian.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import UNKNOWN_2, Reads

_FIELDS: Final = {
    "plate": ">i8",
    "at": ">i8",
    "heard": ">i8",
    "said": ">i8",
    "id": "V16",
    "camera": ">i4",
    "grounds": ">i4",
    "make": ">i4",
    "score": ">i2",
    "confidence": ">i2",
    "weakest": ">i2",
    "frames": ">i2",
    "speed": ">i2",
    "heading": ">i2",
    "colour": ">i2",
    "body": ">i2",
    "make_sure": ">i2",
    "colour_sure": ">i2",
    "body_sure": ">i2",
    "reader": ">i2",
    "plate_rows": ">i2",
    "pictures": ">i2",
    "hit": "u1",
}
COLUMNS: Final = ", ".join(_FIELDS)
_SAME: Final = (
    *("plate", "id", "camera", "make", "confidence", "weakest", "frames"),
    *("colour", "body", "make_sure", "colour_sure", "body_sure", "reader", "pictures"),
)
"""Columns that are called as in `codec.READ` and hold the same."""
UNKNOWN: Final = -1
SPEED_MAX: Final = np.iinfo(np.int16).max
HEADINGS: Final = 3600

_LAYOUT: Final = np.dtype(
    [("count", ">i2")]
    + [part for name, form in _FIELDS.items() for part in ((f"{name}_size", ">i4"), (name, form))]
)
_EMPTY: Final = np.zeros(1, dtype=_LAYOUT)
_EMPTY["count"] = len(_FIELDS)
for _name in _FIELDS:
    _EMPTY[f"{_name}_size"] = _LAYOUT[_name].itemsize
HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TAIL: Final = b"\xff\xff"
_PG_EPOCH_US: Final = 946_684_800_000_000  # 2000-01-01 in microseconds since 1970


def rows(
    reads: Reads, said_us: NDArray[np.int64], grounds: NDArray[np.uint16], score: NDArray[np.uint8]
) -> NDArray[np.void]:
    """(n,) rows of ``COPY … (COLUMNS) FROM STDIN (FORMAT BINARY)``; ``said_us`` since 1970."""
    made = np.repeat(_EMPTY, len(reads))
    for name in _SAME:
        made[name] = reads[name]
    made["at"] = reads["at_us"] - _PG_EPOCH_US
    made["heard"] = reads["heard_us"] - _PG_EPOCH_US
    made["said"] = said_us - _PG_EPOCH_US
    made["plate_rows"] = reads["rows"]
    speed, heading = reads["speed_dkmh"], reads["heading_cdeg"]
    made["speed"] = np.where(speed == UNKNOWN_2, UNKNOWN, np.minimum(speed, SPEED_MAX).astype(np.int16))
    turned = ((heading.astype(np.int32) + 5) // 10 % HEADINGS).astype(np.int16)
    made["heading"] = np.where(heading == UNKNOWN_2, UNKNOWN, turned)
    made["grounds"], made["score"], made["hit"] = grounds, score, grounds != 0
    return made


def copy_data(made: NDArray[np.void]) -> bytes:
    """The whole stream of a COPY."""
    return b"".join((HEAD, made.tobytes(), TAIL))
