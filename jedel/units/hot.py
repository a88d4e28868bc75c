"""The hot picture: where every unit of one region is now, in numpy arrays, and who is nearest.

Nearest is exact on the sphere. It looks at a band of latitudes first: nobody whose latitude differs by more
than r can be nearer than r, so once k units lie within r the answer is among the band. r is remembered from
question to question, which makes one pass the rule. Within the band longitude is cut the same way.
Measured by `make bench B=nearest`.
"""

import math
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jedel.kernel.geo import EARTH_RADIUS_M, Point
from jedel.units.codec import POSITION, Records

_FIRST_ROOM: Final = 1024
_TRIES_MAX: Final = 6
_BYTES: Final = f"V{POSITION.itemsize}"
_NEVER: Final = np.iinfo(np.int64).min


class Near(NamedTuple):
    """`places` (m,) in the picture, nearest first; `metres` (m,) as the crow flies; m <= k."""

    places: NDArray[np.intp]
    metres: NDArray[np.float64]


class HotUnits:
    """Arrays of shape (room,), of which the first `len(self)` are in use. Not for use from many threads."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._records = np.zeros(_FIRST_ROOM, dtype=POSITION)
        self._lat = np.full(_FIRST_ROOM, np.inf)  # degrees; inf: in no band, so never near
        self._lon = np.zeros(_FIRST_ROOM)
        self._at = np.full(_FIRST_ROOM, _NEVER)
        self._changed = np.zeros(_FIRST_ROOM, dtype=np.int64)  # the version of the last change
        self._keys = np.zeros(0, dtype=np.uint64)  # the low halves of the ids, sorted
        self._key_places = np.zeros(0, dtype=np.intp)  # whose they are
        self._version = 0
        self._reach_m = 500.0

    def __len__(self) -> int:
        return len(self._places)

    @property
    def version(self) -> int:
        """Grows with every update; give it to `moved` later."""
        return self._version

    def update(self, records: Records) -> NDArray[np.intp]:
        """Takes positions in any order: the newest `at_us` of a unit stays, of equal ones the last heard.

        Returns the place of each record's unit, shape (n,). Unknown units are added.
        """
        index = self._index(records)
        at = np.ascontiguousarray(records["at_us"])
        order = np.argsort(at, kind="stable")  # oldest first: of one unit's, the later assignment stays
        order = order[at[order] >= self._at[index[order]]]
        where, fresh = index[order], np.take(records, order)
        self._version += 1
        # As plain bytes: numpy copies records field by field, ten times slower.
        self._records.view(_BYTES)[where] = fresh.view(_BYTES)
        self._at[where] = at[order]
        self._lon[where] = fresh["lon_e7"] / 1e7
        self._lat[where] = fresh["lat_e7"] / 1e7
        self._changed[where] = self._version
        return index

    def position(self, unit_id: UUID) -> np.void | None:
        """The unit's last record (dtype POSITION, a copy), or None when nothing was ever heard."""
        place = self._places.get(unit_id.bytes)
        record: np.void | None = None if place is None else self._records[place].copy()
        return record

    def points(self, index: NDArray[np.intp]) -> NDArray[np.float64]:
        """Longitude and latitude in degrees of the units at `index`, shape (m, 2)."""
        return np.column_stack((self._lon[index], self._lat[index]))

    def ids(self, index: NDArray[np.intp]) -> list[UUID]:
        return [UUID(bytes=raw) for raw in self._records["unit"][index].tolist()]

    def records(self, index: NDArray[np.intp]) -> Records:
        """The last records of the units at `index`, shape (m,)."""
        return np.take(self._records, index)

    def mask(self, unit_ids: list[UUID]) -> NDArray[np.bool_]:
        """Shape (len(self),): true for those of `unit_ids` that have a position. For `nearest`."""
        mask = np.zeros(len(self), dtype=np.bool_)
        places = self._places
        mask[[place for unit in unit_ids if (place := places.get(unit.bytes)) is not None]] = True
        return mask

    def moved(self, since: int) -> Records:
        """The last records of the units that changed after version `since`."""
        return self._records[: len(self)][self._changed[: len(self)] > since]

    def nearest(self, point: Point, k: int, mask: NDArray[np.bool_] | None = None) -> Near:
        """The up to `k` units nearest to `point`, only those in `mask` where one is given."""
        size = len(self) if mask is None else len(mask)  # units added since the mask was made are not in it
        lat, lon = self._lat[:size], self._lon[:size]
        apart = np.abs(lat - point.lat)
        reach = self._reach_m
        for _ in range(_TRIES_MAX):
            near = apart < math.degrees(reach / EARTH_RADIUS_M)
            if mask is not None:
                near &= mask
            band = np.flatnonzero(near)
            if len(band) >= k:
                band = band[np.abs(lon[band] - point.lon) < _lon_reach_deg(point, reach)]
                metres = _metres(point, lon[band], lat[band])
                within = np.flatnonzero(metres < reach)
                if len(within) >= k:
                    self._reach_m = reach if len(within) < 8 * k else reach / 2
                    return _first(band[within], metres[within], k)
            reach *= 3
        everyone = np.flatnonzero(mask) if mask is not None else np.arange(size)
        return _first(everyone, _metres(point, lon[everyone], lat[everyone]), k)

    def _index(self, records: Records) -> NDArray[np.intp]:
        """The place of each record's unit. `_places` is the truth, the sorted halves are the fast way."""
        low, high = _halves(records)
        if len(self._places):
            found = np.minimum(np.searchsorted(self._keys, low), len(self._keys) - 1)
            index = self._key_places[found]
            known_low, known_high = _halves(self._records)
            strange = np.flatnonzero((known_low[index] != low) | (known_high[index] != high))
        else:
            index, strange = np.zeros(len(records), dtype=np.intp), np.arange(len(records))
        if len(strange):
            before = len(self._places)
            for i, unit in zip(strange.tolist(), records["unit"][strange].tolist(), strict=True):
                index[i] = self._places.setdefault(unit, len(self._places))
            if len(self._places) > before:
                self._take_in(records, index)
        return index

    def _take_in(self, records: Records, index: NDArray[np.intp]) -> None:
        if len(self._places) > len(self._at):
            self._grow(2 * len(self._places))
        self._records["unit"][index] = records["unit"]
        low, _ = _halves(self._records[: len(self._places)])
        self._key_places = np.argsort(low, kind="stable")
        self._keys = low[self._key_places]

    def _grow(self, room: int) -> None:
        more = room - len(self._at)
        self._records = np.concatenate((self._records, np.zeros(more, dtype=POSITION)))
        self._lat = np.concatenate((self._lat, np.full(more, np.inf)))
        self._lon = np.concatenate((self._lon, np.zeros(more)))
        self._at = np.concatenate((self._at, np.full(more, _NEVER)))
        self._changed = np.concatenate((self._changed, np.zeros(more, dtype=np.int64)))


def _halves(records: Records) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The second and the first eight bytes of each id; of a UUIDv7 the second are the random ones."""
    words = np.ascontiguousarray(records).view(np.uint64).reshape(-1, POSITION.itemsize // 8)
    return words[:, 1], words[:, 0]


def _lon_reach_deg(point: Point, reach_m: float) -> float:
    """How far apart in longitude two places within `reach_m` can be; inf at the poles and the date line.

    From the haversine: sin(d/2) >= sqrt(cos a * cos b) * sin(lon/2), with the smallest cos b in the band.
    """
    half = reach_m / EARTH_RADIUS_M / 2
    here = math.radians(abs(point.lat))
    thin = math.cos(here) * math.cos(min(here + 2 * half, math.pi / 2))
    if thin <= 0 or (sine := math.sin(min(half, math.pi / 2)) / math.sqrt(thin)) >= 1:
        return math.inf
    apart = math.degrees(2 * math.asin(sine))
    return apart if abs(point.lon) + apart < 180 else math.inf


def _metres(point: Point, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distance by the haversine, which is exact enough at every range and over the date line."""
    half_lat = np.sin(np.radians(lat - point.lat) / 2)
    half_lon = np.sin(np.radians(lon - point.lon) / 2)
    chord = half_lat**2 + math.cos(math.radians(point.lat)) * np.cos(np.radians(lat)) * half_lon**2
    metres: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(chord, 1.0)))
    return metres


def _first(index: NDArray[np.intp], metres: NDArray[np.float64], k: int) -> Near:
    if len(index) > k:
        part = np.argpartition(metres, k - 1)[:k]
        index, metres = index[part], metres[part]
    order = np.argsort(metres, kind="stable")
    return Near(index[order], metres[order])
