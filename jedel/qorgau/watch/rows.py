"""Watched and known cars as arrays: what workers match reads against. Pure.

A row of `WATCH` is all that is held against one plate, folded together: the bits of its grounds, the
strongest action, the strongest entry made by hand, and the first day on which any of it ends. A worker
leaves a row out after ``until_day``; what goes on of it comes with the next change: time can only take hits
away.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.keys import LONGEST, Keys, keys

WATCH: Final = np.dtype(
    [("plate", "<i8"), ("grounds", "<u2"), ("action", "u1"), ("until_day", "<i4"), ("entry", "V16")]
)
"""``action``: `model.ActionNumber`. ``until_day``: the last day, in days since 1970 of the legal time zone.
``entry``: id of the strongest entry made by hand, zeros where there is none."""

KNOWN: Final = np.dtype(
    [("plate", "<i8"), ("make", "<u2"), ("colour", "u1"), ("body", "u1"), ("state", "u1")]
)
"""The vehicles register. ``make``, ``colour``, ``body``: numbers of `plates.looks`, 0 not known.
``state``: `STATES`."""

STATES: Final = {"registered": 1, "deregistered": 2, "scrapped": 3, "exported": 4}

ALWAYS: Final = np.iinfo(np.int32).max
"""``until_day`` of what ends when the registers say so."""

RAW: Final = np.dtype(
    [("plate", f"S{LONGEST}"), ("grounds", ">i2"), ("action", ">i2"), ("until_day", ">i4"), ("entry", "V16")]
)
"""One reason against one plate, as the database gives it: bytes one after the other, numbers big-endian, the
plate filled up with spaces."""

RAW_KNOWN: Final = np.dtype([("plate", f"S{LONGEST}"), ("looks", ">i8")])

SHIFT: Final = {"make": 24, "colour": 16, "class": 8, "state": 0}
"""Where each number begins in ``looks`` of `RAW_KNOWN`."""

Watch = NDArray[np.void]
"""(n,) of dtype WATCH, sorted by plate, each plate once."""

Known = NDArray[np.void]
"""(n,) of dtype KNOWN, in no order, each plate once."""

_NONE: Final = np.void(bytes(16))


def plate_keys(padded: NDArray[np.bytes_]) -> Keys:
    """(n,) keys of plates filled up with spaces; 0 for what is no plate."""
    raw = np.ascontiguousarray(padded).view(np.uint8).reshape(len(padded), LONGEST)
    return keys(np.where(raw == ord(" "), 0, raw).astype(np.uint8).view(f"S{LONGEST}").ravel())


def known(raw: bytes) -> Known:
    """Rows of `RAW_KNOWN` as `KNOWN`; what is no plate is left out."""
    rows = np.frombuffer(raw, dtype=RAW_KNOWN)
    found = np.zeros(len(rows), dtype=KNOWN)
    found["plate"] = plate_keys(rows["plate"])
    seen = rows["looks"].astype(np.int64)
    found["make"] = seen >> SHIFT["make"]
    found["colour"] = seen >> SHIFT["colour"] & 255
    found["body"] = seen >> SHIFT["class"] & 255
    found["state"] = seen >> SHIFT["state"] & 255
    good: Known = found[found["plate"] != 0]
    return good


def fold(raw: bytes) -> Watch:
    """Reasons (`RAW`) put together by plate; what is no plate is left out."""
    rows = np.frombuffer(raw, dtype=RAW)
    plates = plate_keys(rows["plate"])
    manual = rows["entry"] != _NONE
    # of a plate's reasons the strongest entry made by hand stands first
    order = np.lexsort((-rows["action"].astype(np.int16), ~manual, plates))
    order = order[plates[order] != 0]
    found, first = np.unique(plates[order], return_index=True)
    folded = np.zeros(len(found), dtype=WATCH)
    if not len(found):
        return folded
    folded["plate"] = found
    folded["grounds"] = np.bitwise_or.reduceat(rows["grounds"][order].astype(np.uint16), first)
    folded["action"] = np.maximum.reduceat(rows["action"][order].astype(np.uint8), first)
    folded["until_day"] = np.minimum.reduceat(rows["until_day"][order].astype(np.int32), first)
    folded["entry"] = rows["entry"][order][first]
    return folded
