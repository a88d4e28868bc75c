"""The ground under the demo city: a plane in metres, the warp that bends its grid, river, outline, zones.

Plane: x metres east, y metres north of the centre. Grid: u, v metres before the warp. All arrays are (n, 2).
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray

Line = NDArray[np.float64]
"""(n, 2) metres."""

# Empty steppe: no real town lies within a day's walk, so nobody can take this map for one.
CENTRE_LON: Final = 68.0
CENTRE_LAT: Final = 47.0
_METRES_PER_DEGREE: Final = 111_320.0

# One letter a superblock, north at the top: Centre, Slab estates, Private houses, Industry, New quarter,
# Green park, Open.
ZONES: Final = (
    "OIIIIIIIOO",
    "OPPISSPPPO",
    "PPSSSCSPPO",
    "PPSGCCGSPO",
    "PSSCCCCSSP",
    "PSSCCGCSSP",
    "PPSSCCSSNP",
    "OPPSSSSNNO",
    "OOPPPPPPOO",
)
_AVENUES_U: Final = (-5000, -3950, -2950, -2000, -1150, -400, 400, 1250, 2200, 3250, 4350)
_AVENUES_V: Final = (-3700, -2800, -1950, -1200, -550, 150, 1000, 1800, 2650, 3500)


def to_lon_lat(points: Line) -> Line:
    """Metres on the plane to degrees, rounded as OpenStreetMap keeps them (1e-7)."""
    lon = CENTRE_LON + points[:, 0] / (_METRES_PER_DEGREE * math.cos(math.radians(CENTRE_LAT)))
    lat = CENTRE_LAT + points[:, 1] / _METRES_PER_DEGREE
    return np.asarray(np.round(np.column_stack([lon, lat]), 7), dtype=np.float64)


def resample(points: Line, step_m: float) -> Line:
    """The same line with a point at least every `step_m` metres; its own corners stay."""
    gaps = np.hypot(*np.diff(points, axis=0).T)
    parts: list[Line] = [
        np.linspace(points[n], points[n + 1], max(1, math.ceil(gap / step_m)), endpoint=False)
        for n, gap in enumerate(gaps)
    ]
    return np.asarray(np.vstack([*parts, points[-1:]]), dtype=np.float64)


def _warp(grid: Line, waves: Line) -> Line:
    """A turn of six degrees and long soft waves; `waves` are rows of length m, direction, phase, height m."""
    u, v = grid[:, 0], grid[:, 1]
    turn = math.radians(6)
    x = u * math.cos(turn) - v * math.sin(turn)
    y = u * math.sin(turn) + v * math.cos(turn)
    for length, direction, phase, height in waves:
        along = (u * math.cos(direction) + v * math.sin(direction)) * 2 * math.pi / length + phase
        x = x + height * np.sin(along)
        y = y + height * np.cos(along * 0.9 + 1.3)
    return np.column_stack([x, y])


@dataclass(frozen=True)
class Ground:
    """What streets and houses have to respect. Geometry is shapely's, in metres."""

    avenues_u: tuple[float, ...]
    avenues_v: tuple[float, ...]
    waves: Line  # (4, 4): wavelength m, direction rad, phase rad, height m
    river_line: Line
    river: shapely.Geometry
    outline: shapely.Geometry
    railway: Line

    def warp(self, grid: Line) -> Line:
        """Grid metres to plane metres."""
        return _warp(grid, self.waves)

    def zone(self, column: int, row: int) -> str:
        """The zone's letter of a superblock; row 0 is the southernmost; beyond the grid it is open."""
        inside = 0 <= column < len(ZONES[0]) and 0 <= row < len(ZONES)
        return ZONES[len(ZONES) - 1 - row][column] if inside else "O"

    def superblocks(self) -> tuple[list[str], NDArray[np.object_]]:
        """Zones and outlines (polygons) of all superblocks that are not open."""
        zones, outlines = [], []
        for row in range(len(ZONES)):
            for column in range(len(ZONES[0])):
                if (zone := self.zone(column, row)) == "O":
                    continue
                (u0, u1), (v0, v1) = self.avenues_u[column : column + 2], self.avenues_v[row : row + 2]
                corners = np.array([(u0, v0), (u1, v0), (u1, v1), (u0, v1), (u0, v0)])
                zones.append(zone)
                outlines.append(shapely.Polygon(self.warp(resample(corners, 150))))
        return zones, np.array(outlines, dtype=object)


def _river_grid() -> Line:
    """The river's middle on the grid: between two avenues in town, wilder outside."""
    u = np.arange(-8600.0, 8601.0, 80.0)
    wild = np.clip((np.abs(u) - 4300) / 1500, 0, 1)
    v = 580 + (165 + 320 * wild) * np.sin(u / 1450 + 0.7) + 50 * np.sin(u / 610 + 2.0)
    return np.column_stack([u, v])


def _river(line: Line) -> shapely.Geometry:
    """A ribbon of 65 to 125 metres, wider in its bends, with two islands."""
    along = np.gradient(line, axis=0)
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    half = 46 + 11 * np.sin(line[:, 0] / 640) + 6 * np.sin(line[:, 0] / 233 + 1)
    ribbon = np.vstack([line + normal * half[:, None], (line - normal * half[:, None])[::-1]])
    islands = [
        shapely.affinity.rotate(shapely.affinity.scale(shapely.Point(line[at]).buffer(1, 6), 110, 17), turn)
        for at, turn in ((82, 8), (137, 4))
    ]
    return shapely.difference(shapely.Polygon(ribbon), shapely.union_all(islands))


def _outline(rng: Random) -> shapely.Geometry:
    angles = np.linspace(0, 2 * math.pi, 96, endpoint=False)
    rough = np.ones_like(angles)
    for times in (2, 3, 5, 7, 11):
        rough += rng.uniform(0.008, 0.026) * np.sin(angles * times + rng.uniform(0, 6.28))
    cos, sin = np.cos(angles), np.sin(angles)
    radius = (np.abs(cos / 5900) ** 2.6 + np.abs(sin / 4350) ** 2.6) ** (-1 / 2.6)
    return shapely.Polygon(np.column_stack([cos * radius * rough, sin * radius * rough]))


def make_ground(rng: Random) -> Ground:
    """The ground for one seed."""
    waves = [
        (rng.uniform(*length), rng.uniform(0, 6.28), rng.uniform(0, 6.28), rng.uniform(*height))
        for length, height in (
            ((6500, 8500), (110, 150)),
            ((3600, 4600), (45, 65)),
            ((2300, 2900), (24, 34)),
            ((1300, 1700), (8, 13)),
        )
    ]
    wave_table = np.array(waves)
    river_line = _warp(_river_grid(), wave_table)
    x = np.arange(-8000.0, 8001.0, 200.0)
    railway = np.column_stack([x, 2520 + 0.00000115 * (x - 800) ** 2 * 9 + 0.03 * x])
    return Ground(
        avenues_u=tuple(u + rng.uniform(-70, 70) for u in _AVENUES_U),
        avenues_v=tuple(v + rng.uniform(-60, 60) for v in _AVENUES_V),
        waves=wave_table,
        river_line=river_line,
        river=_river(river_line),
        outline=_outline(rng),
        railway=railway,
    )
