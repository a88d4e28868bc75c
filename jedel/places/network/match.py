"""Where on the road graph a point is: the nearest road, and how far along it.

Roads are sampled every SAMPLE_M metres and at every bend; a KD-tree finds the nearest sample, and the point
is then projected on that sample's segment. For points beside a road the tree's answer stands ready in a grid
of small cells (grid.py). A point that is as near to one road as to another, to about 10 m, may go to either.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from jedel.places.network.graph import Floats, Ints, RoadGraph, metres_per_degree
from jedel.places.network.grid import Grid

SAMPLE_M: Final = 10.0
SAMPLES_MAX: Final = 8_000_000
"""Past this the spacing grows: a country's roads, not a city's."""


@dataclass(frozen=True, slots=True)
class Matches:
    """For n points: the road, the share of it from its tail (0…1), and metres between point and road."""

    road: Ints
    share: Floats
    off_m: Floats


class Matcher:
    """Matches points to the roads of one graph. ``grid``: as it was built before for this very graph."""

    def __init__(self, graph: RoadGraph, grid: Grid | None = None) -> None:
        self._centre = (float(graph.node_lon.mean()), float(graph.node_lat.mean()))
        self._scale = np.array(metres_per_degree(self._centre[1]))
        points = self.plane(np.column_stack((graph.shape_lon, graph.shape_lat)))
        road = np.repeat(np.arange(graph.roads, dtype=np.int32), np.diff(graph.shape_first))
        starts = np.flatnonzero(road[:-1] == road[1:])
        self._road = road[starts]
        step = points[starts + 1] - points[starts]
        self._long = np.hypot(step[:, 0], step[:, 1])
        # Metres from the road's tail to each segment, in the same plane, as a share of the road.
        reach = np.concatenate((np.zeros(1), np.cumsum(self._long)))
        first = np.searchsorted(self._road, np.arange(graph.roads + 1))
        self._whole = np.maximum(np.diff(reach[first]), 1e-6)
        share = (reach[:-1] - reach[first[:-1]][self._road]) / self._whole[self._road]
        # One row a segment, so a match touches one cache line: x, y, dx, dy, 1/length², share, its growth.
        inverse = 1.0 / np.maximum(self._long**2, 1e-9)
        growth = self._long / self._whole[self._road]
        # Single precision: millimetres in a city, centimetres in a country.
        rows = np.column_stack((points[starts], step, inverse, share, growth))
        self._segments = rows.astype(np.float32)
        samples, self._segment = self._samples()
        self._tree = cKDTree(samples)
        self.grid = grid or Grid.build(self._tree, self._segment)

    def plane(self, lonlat: Floats) -> Floats:
        """(n, 2) degrees → metres east and north of the graph's middle; for a region, not a country."""
        flat: Floats = (lonlat - self._centre) * self._scale
        return flat

    def _samples(self) -> tuple[Floats, Ints]:
        spacing = max(SAMPLE_M, float(self._long.sum()) / SAMPLES_MAX)
        count = np.maximum(np.ceil(self._long / spacing).astype(np.int64), 1) + 1
        segment = np.repeat(np.arange(len(count), dtype=np.int32), count)
        nth = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
        share = nth / (count[segment] - 1)
        return self._segments[segment, :2] + share[:, None] * self._segments[segment, 2:4], segment

    def match(self, lonlat: Floats) -> Matches:
        """Match (n, 2) longitude, latitude."""
        at_x = (lonlat[:, 0] - self._centre[0]) * self._scale[0]
        at_y = (lonlat[:, 1] - self._centre[1]) * self._scale[1]
        segment = self.grid.nearest(at_x, at_y)
        far = np.flatnonzero(segment < 0)
        if len(far):
            segment[far] = self._segment[self._tree.query(np.column_stack((at_x[far], at_y[far])))[1]]
        x, y, dx, dy, inverse, share, growth = np.ascontiguousarray(self._segments[segment].T)
        gap_x, gap_y = at_x.astype(np.float32) - x, at_y.astype(np.float32) - y
        along = (gap_x * dx + gap_y * dy) * inverse
        np.clip(along, 0.0, 1.0, out=along)
        gap_x -= along * dx
        gap_y -= along * dy
        off_m = np.sqrt(gap_x * gap_x + gap_y * gap_y)
        return Matches(self._road[segment], np.minimum(share + along * growth, 1.0), off_m)

    def near(self, lonlat: tuple[float, float], radius_m: float) -> Ints:
        """Roads that come within ``radius_m`` of a point."""
        at = self.plane(np.array([lonlat]))[0]
        found = np.array(self._tree.query_ball_point(at, radius_m), dtype=np.int64)
        roads: Ints = np.unique(self._road[self._segment[found]]) if len(found) else np.empty(0, np.int32)
        if not len(roads):
            # A circle smaller than the spacing may lie between two samples.
            match = self.match(np.array([lonlat]))
            roads = match.road[match.off_m <= radius_m]
        return roads

    def along(self, line: NDArray[np.float64], width_m: float, spacing_m: float = 5.0) -> Ints:
        """Roads that run under a line (p, 2) in degrees: half of the road, or 50 m of it, within ``width_m``.

        A street that the line only crosses is not among them.
        """
        at = self.plane(line)
        steps = np.hypot(*np.diff(at, axis=0).T)
        reach = np.concatenate((np.zeros(1), np.cumsum(steps)))
        marks = np.linspace(0.0, reach[-1], max(int(reach[-1] / spacing_m), 1) + 1)
        walked = np.column_stack([np.interp(marks, reach, line[:, axis]) for axis in (0, 1)])
        match = self.match(walked)
        hit = match.road[match.off_m <= width_m]
        roads, times = np.unique(hit, return_counts=True)
        return roads[times * spacing_m >= np.minimum(self._whole[roads] / 2, 50.0)]
