"""What units asks of the road network (jedel.places has it)."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import Point


class TravelTimes(Protocol):
    """Shape (n,): seconds, metres, and which of them are straight-line estimates."""

    @property
    def seconds(self) -> NDArray[np.float32]: ...

    @property
    def metres(self) -> NDArray[np.float32]: ...

    @property
    def guessed(self) -> NDArray[np.bool_]: ...


class Roads(Protocol):
    """Travel times from many places (n, 2) of longitude, latitude to one."""

    def travel_times(self, origins: NDArray[np.float64], to: Point) -> TravelTimes: ...
