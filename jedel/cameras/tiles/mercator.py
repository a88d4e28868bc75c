"""Places on the square of the web map, and their order along its quadrants. Pure.

A place is two whole numbers of ``BITS`` bits, from the north-west corner: 2^30 steps around the earth, 4 cm
at the equator. Its code interleaves them (Morton), so that the codes of every tile of every zoom are one
range, and a tile's four children follow each other within it.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 30
LAT_MAX: Final = 85.0511
"""Beyond it the web map has no room."""

Codes = NDArray[np.uint64]
Steps = NDArray[np.uint32]

_SPREAD: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
_GATHER: Final = (
    (1, 0x3333333333333333),
    (2, 0x0F0F0F0F0F0F0F0F),
    (4, 0x00FF00FF00FF00FF),
    (8, 0x0000FFFF0000FFFF),
    (16, 0x00000000FFFFFFFF),
)


def steps(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[Steps, Steps]:
    """x and y of places in degrees, each (n,)."""
    side = float(1 << BITS)
    sine = np.sin(np.radians(np.clip(lat, -LAT_MAX, LAT_MAX)))
    x = (np.asarray(lon) + 180.0) / 360.0
    y = 0.5 - np.arctanh(sine) / (2 * np.pi)
    return _whole(x * side), _whole(y * side)


def _whole(value: NDArray[np.float64]) -> Steps:
    return np.clip(value, 0, (1 << BITS) - 1).astype(np.uint32)


def degrees(x: Steps, y: Steps) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude of the middle of each step."""
    side = float(1 << BITS)
    lon = (x + 0.5) / side * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (y + 0.5) / side))))
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def codes(x: Steps, y: Steps) -> Codes:
    """Morton codes, y in the higher bit of each pair."""
    return _spread(x) | (_spread(y) << np.uint64(1))


def places(code: Codes) -> tuple[Steps, Steps]:
    """x and y of codes."""
    return _gather(code), _gather(code >> np.uint64(1))


def tile_range(zoom: int, x: int, y: int) -> tuple[int, int]:
    """The codes of a tile: from the first, below the second."""
    code = int(codes(np.array([x], dtype=np.uint32), np.array([y], dtype=np.uint32))[0])
    width = 2 * (BITS - zoom)
    return code << width, (code + 1) << width


def _spread(value: Steps) -> Codes:
    found = value.astype(np.uint64)
    for shift, mask in _SPREAD:
        found = (found | (found << np.uint64(shift))) & np.uint64(mask)
    return found


def _gather(code: Codes) -> Steps:
    found = code & np.uint64(0x5555555555555555)
    for shift, mask in _GATHER:
        found = (found | (found >> np.uint64(shift))) & np.uint64(mask)
    return found.astype(np.uint32)
