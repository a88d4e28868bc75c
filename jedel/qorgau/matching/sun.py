"""Whether it is dark at a place: colours are then what the lamps make of them."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

_DAY_US: Final = 86_400_000_000
_SPRING_US: Final = 79 * _DAY_US
"""The spring equinox, from the start of 1970's year, near enough."""
_YEAR_US: Final = 365.2422 * _DAY_US
_DARK_DEG: Final = 0.0
"""Height of the sun below which lamps are on."""


def dark(at_us: NDArray[np.int64], lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) whether the sun is down, to about a quarter of an hour. Nowhere (nan) it is never dark."""
    season = 2 * np.pi * ((at_us - _SPRING_US) / _YEAR_US % 1.0)
    declination = np.radians(23.44) * np.sin(season)
    hour = 2 * np.pi * ((at_us % _DAY_US) / _DAY_US + lon / 360.0) + np.pi
    north = np.radians(lat)
    height = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(hour)
    found: NDArray[np.bool_] = height < np.sin(np.radians(_DARK_DEG))
    return found
