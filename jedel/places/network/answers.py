"""What the network answers with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import Point
from jedel.places.network.graph import Bools, Floats, metres_per_degree

ESTIMATE_DETOUR: Final = 1.35
"""Road metres per straight metre in a city."""
ESTIMATE_KMH: Final = 35.0


@dataclass(frozen=True, slots=True)
class Address:
    """The nearest known address. ``house`` is empty when only the street is known; ``metres`` away."""

    street: str
    house: str
    lon: float
    lat: float
    metres: float


@dataclass(frozen=True, slots=True)
class Route:
    """A way: ``line`` of [lon, lat], seconds, metres; ``estimated``: a straight line, no road is known."""

    line: list[list[float]]
    seconds: float
    metres: float
    estimated: bool


class Travel:
    """Times from n origins to one place; all finite.

    ``seconds`` (n,) float32; ``metres`` (n,) float32 along the fastest way, worked out when first asked for;
    ``guessed`` (n,) which of them are straight-line estimates, because the origin or the place is far from
    any road; ``estimated``: any of them is.
    """

    __slots__ = ("_measure", "_metres", "guessed", "seconds")

    def __init__(
        self, seconds: NDArray[np.float32], guessed: Bools, measure: Callable[[], NDArray[np.float32]]
    ) -> None:
        self.seconds = seconds
        self.guessed = guessed
        self._measure = measure
        self._metres: NDArray[np.float32] | None = None

    @property
    def estimated(self) -> bool:
        return bool(self.guessed.any())

    @property
    def metres(self) -> NDArray[np.float32]:
        if self._metres is None:
            self._metres = self._measure()
        return self._metres


@dataclass(frozen=True, slots=True)
class Straight:
    """Straight-line estimates: metres with a detour factor, seconds at a city's pace."""

    metres: Floats
    seconds: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seconds", self.metres / (ESTIMATE_KMH / 3.6))


def straight(origins: Floats, to: Point) -> Straight:
    """Estimates from (n, 2) longitude, latitude to one place."""
    x, y = metres_per_degree(to.lat)
    return Straight(np.hypot((origins[:, 0] - to.lon) * x, (origins[:, 1] - to.lat) * y) * ESTIMATE_DETOUR)
