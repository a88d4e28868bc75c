"""The least time in which a car gets from one camera to another.

Two bounds, the greater of which holds: as the crow flies at FASTEST_KMH, which is true everywhere; and by the
roads of a region's map at SPEEDING times their usual speed with nothing closed, which needs a map. A network
that only estimates says nothing here: no clone is ever found by an estimate.

The roads' bound is worked out when a pair of cameras is asked for whose crow-fly speed is above SUSPECT_KMH,
at most PAIRS_PER_BATCH pairs a batch, and kept. Until it is known, only the crow speaks; `waiting` counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import EARTH_RADIUS_M, Point
from jedel.places import Travel
from jedel.qorgau.matching.table import Table

FASTEST_KMH: Final = 220.0
SPEEDING: Final = 1.6
"""Times the usual speed of every road, all the way, without one stop."""
SUSPECT_KMH: Final = 30.0
SIGHT_M: Final = 60.0
"""A camera reads plates as far away as this; twice, for two of them."""
BESIDE_M: Final = 30.0
"""A camera stands beside the road and may seem to stand at the other carriageway: five points are tried."""
PAIRS_PER_BATCH: Final = 8
KEPT_MAX: Final = 1 << 20
"""Pairs. When so many are known they are all forgotten: 60 MB at the most."""
_PAIR: Final = np.dtype([("seconds", "<f4"), ("metres", "<f4")])

Floats = NDArray[np.float64]
Cameras = NDArray[np.int64]


class Network(Protocol):
    """What is asked of a region's roads (`jedel.places.RoadNetwork`, with nothing closed)."""

    def travel_times(self, origins: Floats, to: Point) -> Travel: ...


@dataclass(frozen=True, slots=True)
class Spots:
    """Cameras by number (index): degrees, nan where there is none; ``region``: any numbers that are equal in
    one region; ``clock_s``: how far its clock is off at the most."""

    lon: Floats
    lat: Floats
    region: NDArray[np.int64]
    clock_s: Floats

    @classmethod
    def none(cls) -> "Spots":
        """No camera is known."""
        return cls(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0))


class Bound(NamedTuple):
    """(n,) ``fastest_s``: nobody is quicker; ``metres``: by road where that is known, else straight;
    ``taken_s``: between the two clocks, with the errors of both."""

    fastest_s: Floats
    metres: Floats
    taken_s: Floats
    clock_s: Floats


class Roads:
    """Bounds between cameras. Asked by one thread, which is that of the networks."""

    def __init__(self, spots: Spots, networks: Mapping[int, Network]) -> None:
        """``networks``: by the region's number as `Spots` has it."""
        self._spots = spots
        self._networks = networks
        lon, lat = np.radians(spots.lon), np.radians(spots.lat)
        ball = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
        # One more, which is nowhere: cameras that we do not know.
        self._ball = np.vstack((ball * EARTH_RADIUS_M, np.full((1, 3), np.nan))).astype(np.float32)
        self._clock = np.append(spots.clock_s, np.nan)
        self._known = Table(_PAIR)
        self.waiting = 0
        """Pairs whose roads were not looked at yet when they were asked for, ever."""

    def known(self, cameras: NDArray[np.int32]) -> Cameras:
        """(n,) places in our arrays; the last one for cameras that we do not know."""
        numbers = cameras.astype(np.int64)
        return np.where((numbers >= 0) & (numbers < len(self._spots.lon)), numbers, len(self._spots.lon))

    def places(self, cameras: NDArray[np.int32]) -> tuple[Floats, Floats]:
        """(n,) longitudes and latitudes; nan of cameras that we do not know."""
        where = self.known(cameras)
        return np.append(self._spots.lon, np.nan)[where], np.append(self._spots.lat, np.nan)[where]

    def suspicious(self, one: Cameras, other: Cameras, apart_s: Floats) -> tuple[NDArray[np.int64], Bound]:
        """Which of (n,) pairs of cameras a car may have been too quick between, and their bounds."""
        straight = np.sqrt(
            np.square(self._ball.take(one, axis=0) - self._ball.take(other, axis=0)).sum(axis=1)
        )
        near = straight - 2 * SIGHT_M
        which = np.flatnonzero((near > 0) & (near > apart_s * (SUSPECT_KMH / 3.6)))
        one, other, near = one[which], other[which], near[which].astype(np.float64)
        clock = self._clock[one] + self._clock[other]
        taken = apart_s[which] + clock
        # Clocks counted in, most were quick enough.
        keep = near > taken * (SUSPECT_KMH / 3.6)
        which, one, other, near, clock, taken = (
            each[keep] for each in (which, one, other, near, clock, taken)
        )
        air = near / (FASTEST_KMH / 3.6)
        road_s, road_m = self._by_road(one, other, near / np.maximum(taken, 1.0))
        on_road = road_s > air
        return which, Bound(
            np.where(on_road, road_s, air), np.where(on_road, road_m, near + 2 * SIGHT_M), taken, clock
        )

    def _by_road(self, one: Cameras, other: Cameras, pace: Floats) -> tuple[Floats, Floats]:
        """(n,) seconds and metres, -1 where no road says anything (yet)."""
        seconds, metres = np.full(len(one), -1.0), np.zeros(len(one))
        region = np.append(self._spots.region, -1)
        inside = np.flatnonzero(region[one] == region[other])
        if not len(inside):
            return seconds, metres
        keys = one[inside] * (len(self._spots.lon) + 1) + other[inside] + 1
        slots = self._known.find(keys)
        new = np.flatnonzero(slots < 0)
        if len(new):
            self._look_up(keys[new], one[inside[new]], other[inside[new]], pace[inside[new]])
            slots = self._known.find(keys)
        there = np.flatnonzero(slots >= 0)
        found = self._known.take(slots[there])
        seconds[inside[there]], metres[inside[there]] = found["seconds"], found["metres"]
        return seconds, metres

    def _look_up(self, keys: NDArray[np.int64], one: Cameras, other: Cameras, pace: Floats) -> None:
        keys, first = np.unique(keys, return_index=True)
        quickest = np.argsort(-pace[first])  # what needs an answer most comes first
        self.waiting += max(len(quickest) - PAIRS_PER_BATCH, 0)
        chosen = quickest[:PAIRS_PER_BATCH]
        if len(self._known) + len(chosen) > KEPT_MAX:
            self._known = Table(_PAIR)
        made = np.array([self._drive(int(one[first[n]]), int(other[first[n]])) for n in chosen], _PAIR)
        self._known.put(keys[chosen], made)

    def _drive(self, one: int, other: int) -> tuple[float, float]:
        network = self._networks.get(int(self._spots.region[one]))
        if network is None:
            return -1.0, 0.0
        ways = [
            network.travel_times(_around(self._spots, one), Point(*to)) for to in _around(self._spots, other)
        ]
        if any(way.estimated for way in ways):
            return -1.0, 0.0
        best = min(ways, key=lambda way: float(way.seconds.min()))
        nth = int(best.seconds.argmin())
        seconds, metres = float(best.seconds[nth]), float(best.metres[nth])
        share = max(metres - 2 * SIGHT_M, 0.0) / max(metres, 1.0)
        return seconds * share / SPEEDING, metres


def _around(spots: Spots, camera: int) -> Floats:
    """(5, 2) the camera's place and four beside it."""
    lon, lat = float(spots.lon[camera]), float(spots.lat[camera])
    x, y = BESIDE_M / (111_195 * max(np.cos(np.radians(lat)), 0.01)), BESIDE_M / 111_195
    return np.array([[lon, lat], [lon + x, lat], [lon - x, lat], [lon, lat + y], [lon, lat - y]])
