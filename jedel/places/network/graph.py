"""The road graph as arrays.

A node is a junction or a road's end; a road is what lies between two nodes, with its shape; an arc is one
direction of a road. Two roads may join the same two nodes: both stay, the faster one is driven.

Invariants
1. Every road has at least one open direction and two different end nodes.
2. All nodes form one strongly connected whole: whoever is on the graph gets everywhere on it.
3. Arcs are sorted by tail (CSR): node ``n`` has the arcs ``first_arc[n]`` … ``first_arc[n + 1] - 1``.
4. ``shape_first[r]`` … ``shape_first[r + 1] - 1`` are road ``r``'s points, from its tail to its head.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

FORMAT: Final = 1
"""Raised whenever the arrays change their meaning; an older file is then built anew."""


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """N nodes, R roads, A arcs, P shape points. Degrees, metres, km/h."""

    node_lon: Floats
    node_lat: Floats
    road_tail: Ints
    road_head: Ints
    road_metres: Floats
    road_kmh: Floats
    road_forward: Bools
    road_backward: Bools
    road_kind: Ints
    road_street: Ints
    shape_first: Ints
    shape_lon: Floats
    shape_lat: Floats
    first_arc: Ints
    arc_head: Ints
    arc_road: Ints
    arc_along: Bools
    order: Ints

    @property
    def nodes(self) -> int:
        return len(self.node_lon)

    @property
    def roads(self) -> int:
        return len(self.road_tail)

    @property
    def arcs(self) -> int:
        return len(self.arc_head)

    @property
    def arc_tail(self) -> Ints:
        """(A,) the node each arc starts from."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.first_arc))

    def road_ms(self, kmh: Floats) -> NDArray[np.int64]:
        """(R,) milliseconds to drive each road at ``kmh``, at least 1."""
        return np.maximum(np.rint(self.road_metres / kmh * 3_600.0), 1).astype(np.int64)

    def shape(self, road: int) -> Floats:
        """(p, 2) longitude and latitude of a road's points, tail to head."""
        part = slice(int(self.shape_first[road]), int(self.shape_first[road + 1]))
        return np.column_stack((self.shape_lon[part], self.shape_lat[part]))

    def save(self, path: Path, **more: NDArray[np.generic]) -> None:
        """Write all arrays and ``more`` into one .npz file."""
        arrays = {name: getattr(self, name) for name in self.__dataclass_fields__}
        with path.open("wb") as file:
            np.savez(file, format=np.array(FORMAT), **arrays, **more)  # type: ignore[arg-type]


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres per degree of longitude and latitude near a latitude, on the mean sphere."""
    along = float(np.pi * 6_371_008.8 / 180.0)
    return along * float(np.cos(np.radians(lat))), along


def lengths_m(lon: Floats, lat: Floats) -> Floats:
    """(n-1,) great-circle metres between consecutive points."""
    la, lo = np.radians(lat), np.radians(lon)
    half = np.sin(np.diff(la) / 2) ** 2 + np.cos(la[:-1]) * np.cos(la[1:]) * np.sin(np.diff(lo) / 2) ** 2
    metres: Floats = 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres


def joined(parts: Sequence[Sequence[float]]) -> tuple[Ints, Floats]:
    """(first, values) of lists laid end to end."""
    sizes = np.fromiter((len(part) for part in parts), dtype=np.int32, count=len(parts))
    first = np.concatenate((np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)))
    return first, np.fromiter((v for part in parts for v in part), dtype=np.float64, count=int(first[-1]))
