"""Which cameras look at a place, and how well they see it. Pure.

Straight geometry on the ground: a camera sees a place that lies within its field of view and within the range
that its card names (how far a person is recognisable as one). What stands between them is said apart, where
somebody knows it: a wall makes a camera useless for a place, whatever the angles say.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.cameras.tiles.model import DOWN, KINDS, NONE, RECORDING, UNKNOWN, UP
from jedel.kernel.geo import EARTH_RADIUS_M

Floats = NDArray[np.float64]

RANGE_M: Final = 50.0
"""Of a camera whose card names none."""
FOV_DEG: Final = 90.0
"""Of a camera whose card names a heading and no field of view."""
WIDTH_PX: Final = 1920
"""Of a picture of unknown size."""
FAR: Final = 4.0
"""So many times the range away something moving is still told from nothing."""
REACH_M: Final = 600.0
"""Nothing further away is looked for."""


class Sees(StrEnum):
    """How a camera stands to a place, the best first."""

    WELL = "well"  # within the field of view and the range
    TURNS = "turns"  # in range of one that can be turned there
    AROUND = "around"  # in range of one of which nobody wrote down where it looks
    FAR = "far"  # within the field of view, beyond the range


_RANK: Final = {sees: rank for rank, sees in enumerate(Sees)}
_NOT: Final = len(Sees)


@dataclass(frozen=True, slots=True)
class Looks:
    """Of n cameras: ``sees`` (n,) rank in Sees, len(Sees) for not at all; ``metres``; ``bearing``: from the
    camera to the place; ``off_deg``: beside its axis, NaN unknown; ``px_per_m``: in WIDTH_PX of picture."""

    sees: NDArray[np.int64]
    metres: Floats
    bearing: Floats
    off_deg: Floats
    px_per_m: Floats


def looks(
    at: tuple[float, float],
    lon: Floats,
    lat: Floats,
    kind: NDArray[np.uint8],
    heading: NDArray[np.int16],
    fov: NDArray[np.int16],
    range_m: NDArray[np.int32],
) -> Looks:
    """How n cameras see the place ``at`` (lon, lat)."""
    east, north = _metres(at, lon, lat)
    metres = np.hypot(east, north)
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    reach = np.where(range_m > 0, range_m, RANGE_M).astype(np.float64)
    knows, turns = heading != NONE, kind == KINDS.index("ptz")
    width = np.where(fov > 0, fov, FOV_DEG).astype(np.float64)
    off = np.where(knows, np.abs((bearing - heading + 180.0) % 360.0 - 180.0), np.nan)
    inside = np.where(knows, off <= width / 2, False) | (width >= 360)
    near = metres <= reach
    sees = np.full(len(metres), _NOT)
    sees[inside & (metres <= FAR * reach)] = _RANK[Sees.FAR]
    sees[near & ~knows] = _RANK[Sees.AROUND]
    sees[near & turns & ~inside] = _RANK[Sees.TURNS]
    sees[near & inside] = _RANK[Sees.WELL]
    half = np.radians(np.minimum(width, 170.0) / 2)
    px = WIDTH_PX / (2 * np.maximum(metres, 1.0) * np.tan(half))
    return Looks(sees, metres, bearing, off, px)


def best(looks: Looks, state: NDArray[np.uint8], behind: NDArray[np.bool_], limit: int) -> NDArray[np.intp]:
    """Indices of those that see the place, the best first: those that work before those that do not, an open
    view before one that something stands in, then by how they see it, then by size of what they see."""
    seeing = np.flatnonzero(looks.sees < _NOT)
    down = np.where(state == DOWN, 2, np.where(state == UNKNOWN, 1, 0))
    order = np.lexsort((-looks.px_per_m[seeing], looks.sees[seeing], behind[seeing], down[seeing]))
    return seeing[order][:limit]


def behind(
    at: tuple[float, float], lon: Floats, lat: Floats, edges: NDArray[np.float64], margin: float = 0.02
) -> NDArray[np.bool_]:
    """Of n cameras, whether a wall stands between camera and place. ``edges`` (m, 4): lon, lat, lon, lat of
    outlines' sides. A wall that the camera itself hangs on (within ``margin`` of the way) hides nothing."""
    if not len(edges) or not len(lon):
        return np.zeros(len(lon), dtype=np.bool_)
    east, north = _metres(at, lon, lat)
    x0, y0 = (-each for each in _metres(at, edges[:, 0], edges[:, 1]))
    x1, y1 = (-each for each in _metres(at, edges[:, 2], edges[:, 3]))
    # From the camera (-east, -north) to the place (0, 0); from (x0, y0) to (x1, y1).
    way_x, way_y = east[:, None], north[:, None]
    side_x, side_y = (x1 - x0)[None, :], (y1 - y0)[None, :]
    from_x, from_y = x0[None, :] + way_x, y0[None, :] + way_y
    cross = way_x * side_y - way_y * side_x
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (from_x * side_y - from_y * side_x) / cross
        across = (from_x * way_y - from_y * way_x) / cross
    metres = np.hypot(east, north)[:, None]
    clear = np.maximum(margin, 1.5 / np.maximum(metres, 1.0))
    hit = (along > clear) & (along < 1 - margin) & (across >= 0) & (across <= 1)
    found: NDArray[np.bool_] = np.asarray(hit.any(axis=1))
    return found


def _metres(at: tuple[float, float], lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Metres east and north from each to ``at``; flat, for a few hundred metres."""
    degree = np.radians(1.0) * EARTH_RADIUS_M
    return (at[0] - lon) * degree * np.cos(np.radians(at[1])), (at[1] - lat) * degree


def distances(line: Floats, to: tuple[float, float]) -> list[float]:
    """Metres of each point (p, 2) of a line from a place."""
    found: list[float] = np.hypot(*_metres(to, line[:, 0], line[:, 1])).tolist()
    return found


@dataclass(frozen=True, slots=True)
class Ahead:
    """``at``: index of the camera; ``metres``, ``seconds``: along the way until it is passed."""

    at: int
    metres: float
    seconds: float


BESIDE_M: Final = 45.0
"""A camera further from the way is none on the way."""


CALLED: Final = tuple(KINDS.index(kind) for kind in ("post", "badge"))
"""They send while somebody calls, or is called, and not to whoever would like to look."""


def sending(kind: NDArray[np.uint8], state: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Of n cameras, those that have a picture: all but posts and badges that send none now."""
    return ~np.isin(kind, CALLED) | np.isin(state, (UP, RECORDING))


ROADSIDE: Final = tuple(KINDS.index(kind) for kind in ("fixed", "ptz", "mobile"))
"""A post and a badge look at who is before them, a drone stands nowhere."""
_GLANCES: Final = np.linspace(-1.0, 1.0, 9)
"""Where on the way it is looked whether a camera sees it: parts of its range before it and behind it."""


def along(
    line: Floats,
    seconds: float,
    lon: Floats,
    lat: Floats,
    sees_m: Floats,
    kind: NDArray[np.uint8],
    heading: NDArray[np.int16],
    fov: NDArray[np.int16],
) -> list[Ahead]:
    """Cameras that see a way, in the order of time. ``line`` (p, 2) lon, lat; ``seconds``: for the whole of
    it; ``sees_m`` (n,): how far each sees, so that it comes up when the car comes into it, not when it is
    under it. One beside the way that looks elsewhere sees nothing of it."""
    if len(line) < 2 or not len(lon):
        return []
    at = (float(line[0, 0]), float(line[0, 1]))
    x, y = (-each for each in _metres(at, line[:, 0], line[:, 1]))
    east, north = (-each for each in _metres(at, lon, lat))
    step_x, step_y = np.diff(x), np.diff(y)
    long = np.hypot(step_x, step_y)
    before = np.concatenate(([0.0], np.cumsum(long)))
    gap_x, gap_y = east[:, None] - x[:-1], north[:, None] - y[:-1]
    share = np.clip((gap_x * step_x + gap_y * step_y) / np.maximum(long**2, 1e-9), 0.0, 1.0)
    off = np.hypot(gap_x - share * step_x, gap_y - share * step_y)
    nearest = off.argmin(axis=1)
    rows = np.arange(len(lon))
    beside = off[rows, nearest]
    passed = before[nearest] + share[rows, nearest] * long[nearest]
    seen = np.maximum(passed - np.sqrt(np.maximum(sees_m**2 - beside**2, 0.0)), 0.0)
    whole = max(float(before[-1]), 1e-6)
    turns = (kind == KINDS.index("ptz")) | (heading == NONE) | (fov >= 360)
    glances = passed[:, None] + sees_m[:, None] * _GLANCES
    to_x, to_y = np.interp(glances, before, x) - east[:, None], np.interp(glances, before, y) - north[:, None]
    off = np.abs((np.degrees(np.arctan2(to_x, to_y)) - heading[:, None] + 180.0) % 360.0 - 180.0)
    half = np.where(fov > 0, fov, FOV_DEG)[:, None] / 2
    sees = turns | ((off <= half) & (np.hypot(to_x, to_y) <= sees_m[:, None])).any(axis=1)
    on_way = np.flatnonzero((beside <= BESIDE_M) & np.isin(kind, ROADSIDE) & sees)
    order = on_way[np.argsort(passed[on_way], kind="stable")]
    return [Ahead(int(n), float(seen[n]), float(seen[n] / whole * seconds)) for n in order]
