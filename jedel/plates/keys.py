"""A plate as one 64-bit number: what reads, lists and the registers are joined by.

Twelve signs in base 38 (nothing, 0–9, A–Z, unreadable), the first sign the most significant, so that plates
sort as their text does and a beginning is a range of numbers. 38¹² < 2⁶³: PostgreSQL's `bigint` holds it; the
database's `plate_text(bigint)` (migration 0017) says it as text.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ?"
"""In the order of their values 1…37; 0 is no sign. ``?`` stands for one that could not be read."""
LONGEST: Final = 12
BASE: Final = len(SIGNS) + 1

Keys = NDArray[np.int64]

_NOTHING, _FOREIGN = 0, 255
_VALUE = np.full(256, _FOREIGN, dtype=np.uint8)
_VALUE[0] = _NOTHING
for _nth, _sign in enumerate(SIGNS, start=1):
    _VALUE[ord(_sign)] = _nth
_SIGN = np.frombuffer(b"\0" + SIGNS.encode(), dtype=np.uint8)
_WEIGHT = np.array([BASE**power for power in reversed(range(LONGEST))], dtype=np.int64)


def key(text: str) -> int:
    """The number of one normalised plate. Raises ValueError for one that is empty, too long, or has a sign
    that is none of SIGNS."""
    if not 0 < len(text) <= LONGEST:
        raise ValueError(f"a plate has 1 to {LONGEST} signs, not {len(text)}")
    number = 0
    for sign in text.ljust(LONGEST, "\0"):
        value = 0 if sign == "\0" else SIGNS.find(sign) + 1
        if value == 0 and sign != "\0":
            raise ValueError(f"{sign!r} is on no plate")
        number = number * BASE + value
    return number


def text(number: int) -> str:
    """The plate of a number; signs after an empty place are not looked at."""
    signs = []
    for _ in range(LONGEST):
        number, value = divmod(number, BASE)
        signs.append("" if value == 0 else SIGNS[value - 1])
    return "".join(reversed(signs))


def keys(plates: Sequence[str] | NDArray[np.bytes_]) -> Keys:
    """(n,) numbers of normalised plates, 0 for whatever is no plate. About 20 million a second."""
    raw = np.asarray(plates, dtype=f"S{LONGEST + 1}") if len(plates) else np.zeros(0, dtype="S13")
    signs = _VALUE[np.ascontiguousarray(raw).view(np.uint8).reshape(len(raw), LONGEST + 1)]
    found: Keys = signs[:, :LONGEST].astype(np.int64) @ _WEIGHT
    found[(signs == _FOREIGN).any(axis=1) | (signs[:, LONGEST] != _NOTHING)] = 0
    return found


def texts(numbers: Keys) -> NDArray[np.bytes_]:
    """(n,) plates as ``S12``."""
    left = np.array(numbers, dtype=np.int64)
    signs = np.zeros((len(left), LONGEST), dtype=np.uint8)
    for place in reversed(range(LONGEST)):
        left, value = np.divmod(left, BASE)
        signs[:, place] = _SIGN[value]
    return signs.view(f"S{LONGEST}").ravel()


def prefix_range(beginning: str) -> tuple[int, int]:
    """[first, end) of the numbers of all plates that begin so. Raises ValueError as `key`."""
    first = key(beginning)
    return first, first + BASE ** (LONGEST - len(beginning))
