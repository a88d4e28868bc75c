"""Moving along a route: where one is after so many seconds. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, radians

from simulator.planning import Place, metres


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a unit is. `heading` degrees clockwise from north, `speed_kmh`."""

    lon: float
    lat: float
    heading: float
    speed_kmh: float


def _heading(a: Place, b: Place) -> float:
    return degrees(atan2((b[0] - a[0]) * cos(radians(a[1])), b[1] - a[1])) % 360


class Drive:
    """A drive along `line` at one speed; corners are taken as they come."""

    def __init__(self, line: Sequence[Place], speed_ms: float) -> None:
        self.line = [line[0], *(b for a, b in pairwise(line) if a != b)]
        self.speed_ms = speed_ms
        self.ends = [0.0]
        for a, b in pairwise(self.line):
            self.ends.append(self.ends[-1] + metres(a, b))

    @classmethod
    def standing(cls, place: Place) -> "Drive":
        return cls([place], 0.0)

    @property
    def seconds(self) -> float:
        """How long the whole of it takes."""
        return self.ends[-1] / self.speed_ms if self.speed_ms else 0.0

    def at(self, seconds: float) -> Spot:
        """Where one is so long after the start; at the end one stands."""
        walked = max(0.0, seconds * self.speed_ms)
        if walked >= self.ends[-1]:
            last = self.line[-1]
            heading = _heading(self.line[-2], last) if len(self.line) > 1 else 0.0
            return Spot(last[0], last[1], heading, 0.0)
        n = next(n for n in range(1, len(self.ends)) if self.ends[n] > walked)
        a, b = self.line[n - 1], self.line[n]
        share = (walked - self.ends[n - 1]) / (self.ends[n] - self.ends[n - 1])
        return Spot(
            a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, _heading(a, b), self.speed_ms * 3.6
        )
