"""The cameras of one region on the map: where they are, what they are, and their tiles. Pure."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.cameras.tiles import mvt
from jedel.cameras.tiles.mercator import BITS, codes, degrees, places, steps, tile_range
from jedel.cameras.tiles.model import KINDS, STATES, Cameras, Wanted
from jedel.cameras.tiles.pyramid import FINEST, Pyramid, by_state

SINGLES_FROM: Final = 14
"""From this zoom on a tile shows each camera, unless there are more than SINGLES_MAX."""
SINGLES_MAX: Final = 1_000
ZOOM_MAX: Final = 17
"""The map enlarges tiles of this zoom beyond it."""
_AROUND_M: Final = 40_075_016.7
"""Around the equator."""
_COARSE, _FINE = 3, 5
"""A tile is cut into 8 x 8 cells, one that is too full for single cameras into 32 x 32."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Cells with what lies in them. ``x``, ``y``: steps; ``counts`` (m, len(STATES)); ``single``: the place
    of the camera where the cell has no other, else -1."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    counts: NDArray[np.int64]
    single: NDArray[np.int64]


class Layer:
    """Arrays (n,) in the order of the cameras' codes. Changed by one thread only."""

    def __init__(self, cameras: Cameras) -> None:
        x, y = steps(cameras["lon"], cameras["lat"])
        code = codes(x, y)
        order = np.argsort(code, kind="stable")
        self.codes, x, y = code[order], x[order], y[order]
        self.number = cameras["number"][order]
        self.ids = cameras["id"][order]
        self.kind = cameras["kind"][order]
        self.state = cameras["state"][order]
        self.heading = cameras["heading"][order]
        self.fov = cameras["fov"][order]
        self.range_m = cameras["range_m"][order]
        self.pyramid = Pyramid(self.codes, x, y, self._signs(self.kind, self.state))
        self.changes = 0
        """Grows with each change of state."""

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def nbytes(self) -> int:
        """What is held, in bytes."""
        arrays = (self.codes, self.number, self.ids, self.kind, self.state, self.heading, self.fov)
        return sum(array.nbytes for array in arrays) + self.range_m.nbytes + self.pyramid.nbytes

    @staticmethod
    def _signs(kind: NDArray[np.uint8], state: NDArray[np.uint8]) -> NDArray[np.intp]:
        return kind.astype(np.intp) * len(STATES) + state

    def set_states(self, at: NDArray[np.intp], state: NDArray[np.uint8]) -> None:
        """The cameras at these places, each at most once, are in these states now."""
        differs = self.state[at] != state
        at, state = at[differs], state[differs]
        if len(at):
            kind = self.kind[at]
            self.pyramid.move(at, self._signs(kind, self.state[at]), self._signs(kind, state))
            self.state[at] = state
            self.changes += 1

    def near(self, lon: float, lat: float, metres: float) -> NDArray[np.intp]:
        """Places of all cameras within so many metres, and some beyond."""
        x, y = (int(each[0]) for each in steps(np.array([lon]), np.array([lat])))
        reach = metres / (_AROUND_M * max(math.cos(math.radians(lat)), 0.05)) * (1 << BITS)
        level = max(min(BITS - math.ceil(math.log2(max(reach, 1.0))), BITS), 0)
        shift, side = BITS - level, 1 << level
        found = [
            np.arange(*self._range(level, east, south))
            for east in range(max((x >> shift) - 1, 0), min((x >> shift) + 2, side))
            for south in range(max((y >> shift) - 1, 0), min((y >> shift) + 2, side))
        ]
        return np.concatenate(found)

    def where(self, at: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude of cameras at these places."""
        return degrees(*places(self.codes[at]))

    def tile(self, zoom: int, x: int, y: int, wanted: Wanted) -> bytes:
        """A vector tile: layer ``clusters`` (n, up, recording, down, unknown) and layer ``cameras`` (id,
        kind, state, and heading, fov, range where they are known)."""
        if zoom < SINGLES_FROM:
            clusters = self._coarse(zoom, x, y, wanted)
        else:
            low, high = self._range(zoom, x, y)
            at = np.arange(low, high)
            if not wanted.everything:
                at = at[wanted.table()[self.kind[at], self.state[at]]]
            if len(at) <= SINGLES_MAX:
                return self._singles(at, zoom, x, y)
            clusters = self._fine(at, zoom)
        single = clusters.single >= 0
        return self._singles(clusters.single[single], zoom, x, y) + self._clustered(
            clusters, ~single, zoom, x, y
        )

    def _range(self, zoom: int, x: int, y: int) -> tuple[int, int]:
        first, beyond = tile_range(zoom, x, y)
        low, high = np.searchsorted(self.codes, np.array([first, beyond], dtype=np.uint64))
        return int(low), int(high)

    def _coarse(self, zoom: int, x: int, y: int, wanted: Wanted) -> Clusters:
        level = self.pyramid.levels[min(zoom + _COARSE, FINEST)]
        shift = 2 * (BITS - min(zoom + _COARSE, FINEST))
        bounds = np.array([code >> shift for code in tile_range(zoom, x, y)], dtype=np.uint64)
        low, high = (int(at) for at in np.searchsorted(level.codes, bounds))
        everyone = level.counts[low:high]
        counts = by_state(everyone, wanted.table())
        some = counts.any(axis=1)
        alone = everyone.sum(axis=1) == 1
        single = np.where(alone, level.first[low:high], -1)
        return Clusters(level.x[low:high][some], level.y[low:high][some], counts[some], single[some])

    def _fine(self, at: NDArray[np.intp], zoom: int) -> Clusters:
        keys = self.codes[at] >> np.uint64(2 * max(BITS - zoom - _FINE, 0))
        begins = np.ones(len(keys), dtype=np.bool_)
        begins[1:] = keys[1:] != keys[:-1]
        first = np.flatnonzero(begins)
        cell = np.cumsum(begins) - 1
        flat = np.bincount(cell * len(STATES) + self.state[at], minlength=len(first) * len(STATES))
        counts = flat.reshape(-1, len(STATES))
        many = counts.sum(axis=1)
        x, y = places(self.codes[at])
        mean_x, mean_y = np.add.reduceat(x.astype(float), first), np.add.reduceat(y.astype(float), first)
        return Clusters(mean_x / many, mean_y / many, counts, np.where(many == 1, at[first], -1))

    def _singles(self, at: NDArray[np.intp], zoom: int, x: int, y: int) -> bytes:
        east, south = places(self.codes[at])
        looks = (self.heading[at] >= 0) & (self.fov[at] > 0) & (self.range_m[at] > 0)
        groups = []
        for chosen, more in ((at[~looks], False), (at[looks], True)):
            which = looks if more else ~looks
            columns: dict[str, mvt.Column] = {
                "id": mvt.Ids(self.ids[chosen]),
                "kind": mvt.Words(KINDS, self.kind[chosen].astype(np.int64)),
                "state": mvt.Words(STATES, self.state[chosen].astype(np.int64)),
            }
            if more:
                columns["heading"] = self.heading[chosen].astype(np.int64)
                columns["fov"] = self.fov[chosen].astype(np.int64)
                columns["range"] = self.range_m[chosen].astype(np.int64)
            groups.append(
                mvt.Points(
                    self.number[chosen].astype(np.int64),
                    _within(east[which], x, zoom),
                    _within(south[which], y, zoom),
                    columns,
                )
            )
        return mvt.layer("cameras", groups)

    def _clustered(self, clusters: Clusters, which: NDArray[np.bool_], zoom: int, x: int, y: int) -> bytes:
        counts = clusters.counts[which]
        unknown, up, down, recording = counts.T
        columns: dict[str, mvt.Column] = {
            "n": counts.sum(axis=1),
            "up": up + recording,
            "down": down,
            "unknown": unknown,
            "recording": recording,
        }
        east = _within(clusters.x[which].astype(np.int64), x, zoom)
        south = _within(clusters.y[which].astype(np.int64), y, zoom)
        return mvt.layer("clusters", [mvt.Points(np.arange(len(counts)), east, south, columns)])


def _within(step: NDArray[np.int64] | NDArray[np.uint32], tile: int, zoom: int) -> NDArray[np.int64]:
    """Steps as places in a tile."""
    inside = step.astype(np.int64) - (tile << (BITS - zoom))
    found: NDArray[np.int64] = ((inside << 12) >> (BITS - zoom)).clip(0, mvt.EXTENT - 1)
    return found
