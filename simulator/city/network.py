"""From the street plan to a network: lines cut where they cross, near crossings joined, tails gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from simulator.city.ground import Ground, Line
from simulator.city.streets import Street

JOIN_M: Final = 13.0
TAIL_M: Final = 34.0

Path = list[tuple[float, int | None, float, float]]
"""A piece's points in order: (place along it, number of the crossing or None, x, y)."""


@dataclass(frozen=True)
class Way:
    """A run of nodes of one street with the same tags."""

    street: int
    nodes: tuple[int, ...]
    bridge: bool


@dataclass(frozen=True)
class Network:
    """`nodes` (n, 2) metres; `crossing[n]` tells how many streets' ends or lines meet in node n."""

    nodes: Line
    ways: tuple[Way, ...]
    arms: NDArray[np.int64]


def _cuts(pieces: list[Line]) -> list[list[tuple[float, float, float]]]:
    """For each piece its crossings with all others: (segment + share along it, x, y)."""
    segments = np.concatenate([np.stack([piece[:-1], piece[1:]], axis=1) for piece in pieces])
    owner = np.repeat(np.arange(len(pieces)), [len(piece) - 1 for piece in pieces])
    offset = np.concatenate([np.arange(len(piece) - 1) for piece in pieces])
    lines = shapely.linestrings(segments)
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    other = (a < b) & (owner[a] != owner[b])
    a, b = a[other], b[other]
    start_a, start_b = segments[a, 0], segments[b, 0]
    along_a, along_b = segments[a, 1] - start_a, segments[b, 1] - start_b
    cross = along_a[:, 0] * along_b[:, 1] - along_a[:, 1] * along_b[:, 0]
    slanted = np.abs(cross) > 1e-6
    a, b, start_a, start_b = a[slanted], b[slanted], start_a[slanted], start_b[slanted]
    along_a, along_b, cross = along_a[slanted], along_b[slanted], cross[slanted]
    gap = start_b - start_a
    t = (gap[:, 0] * along_b[:, 1] - gap[:, 1] * along_b[:, 0]) / cross
    s = (gap[:, 0] * along_a[:, 1] - gap[:, 1] * along_a[:, 0]) / cross
    points = start_a + along_a * t[:, None]
    found: list[list[tuple[float, float, float]]] = [[] for _ in pieces]
    shares = np.clip(np.concatenate([t, s]), 0.0, 1.0)
    for segment, share, at in zip(np.concatenate([a, b]), shares, np.tile(points, (2, 1)), strict=True):
        found[owner[segment]].append((float(offset[segment] + share), float(at[0]), float(at[1])))
    return found


@dataclass
class _Nodes:
    """Crossings within JOIN_M of each other become one node; shape points stay their own."""

    points: list[tuple[float, float]]
    of_crossing: dict[tuple[float, float], int]

    @classmethod
    def of(cls, crossings: list[tuple[float, float]]) -> "_Nodes":
        unique = sorted({(round(x, 1), round(y, 1)) for x, y in crossings})
        spots = shapely.points(np.array(unique))
        tree = shapely.STRtree(spots)
        chosen = np.full(len(unique), -1)
        near_a, near_b = tree.query(spots, predicate="dwithin", distance=JOIN_M)
        points: list[tuple[float, float]] = []
        neighbours: list[list[int]] = [[] for _ in unique]
        for one, two in zip(near_a, near_b, strict=True):
            neighbours[one].append(int(two))
        for n in range(len(unique)):
            if chosen[n] < 0:
                group = [m for m in neighbours[n] if chosen[m] < 0]
                chosen[group] = len(points)
                middle = np.mean([unique[m] for m in group], axis=0)
                points.append((float(middle[0]), float(middle[1])))
        return cls(points, {spot: int(chosen[n]) for n, spot in enumerate(unique)})

    def crossing(self, x: float, y: float) -> int:
        return self.of_crossing[(round(x, 1), round(y, 1))]

    def shape(self, x: float, y: float) -> int:
        self.points.append((x, y))
        return len(self.points) - 1


def _without_tails(path: Path) -> Path:
    """Cut what hangs over the first and last crossing by less than TAIL_M."""

    def cut(points: Path) -> Path:
        walked = 0.0
        for n, (_, node, x, y) in enumerate(points):
            if n:
                walked += float(np.hypot(x - points[n - 1][2], y - points[n - 1][3]))
            if node is not None:
                return points[n:] if walked < TAIL_M else points
        return points

    return cut(cut(path)[::-1])[::-1]


def make_network(streets: list[Street], ground: Ground) -> Network:
    """Cut all streets where they cross each other and where they enter and leave the river."""
    pieces = [piece for street in streets for piece in street.pieces]
    owner = [n for n, street in enumerate(streets) for _ in street.pieces]
    banks = shapely.buffer(ground.river, 16)
    shores = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(banks))]
    cuts = _cuts([*pieces, *shores])
    shore_spots = {(round(x, 1), round(y, 1)) for found in cuts[len(pieces) :] for _, x, y in found}
    real = [(x, y) for found in cuts[: len(pieces)] for _, x, y in found]
    nodes = _Nodes.of(real)
    shapely.prepare(banks)
    ways: list[Way] = []
    for number, piece in enumerate(pieces):
        shape: Path = [(float(n), None, float(x), float(y)) for n, (x, y) in enumerate(piece)]
        marks: Path = [(at, nodes.crossing(x, y), x, y) for at, x, y in cuts[number]]
        path = sorted(shape + marks, key=lambda point: point[0])
        if not streets[owner[number]].roundabout:
            path = _without_tails(path)
        ways.extend(_ways(owner[number], path, nodes, shore_spots, banks))
    return _finished(nodes, ways)


def _ways(
    street: int,
    path: Path,
    nodes: _Nodes,
    shores: set[tuple[float, float]],
    water: shapely.Geometry,
) -> Iterator[Way]:
    """The piece as one way, or several where a bridge begins and ends."""
    parts: list[list[int]] = [[]]
    first: int | None = None
    closed = path[0][2:] == path[-1][2:]
    for n, (_, crossing, x, y) in enumerate(path):
        ids = parts[-1]
        node = crossing
        if crossing is None:
            inner = 0 < n < len(path) - 1
            if inner and ids and np.hypot(x - nodes.points[ids[-1]][0], y - nodes.points[ids[-1]][1]) < 4:
                continue
            node = first if closed and n == len(path) - 1 else nodes.shape(x, y)
        if node is not None and (not ids or ids[-1] != node):
            ids.append(node)
        first = ids[0] if first is None else first
        if (round(x, 1), round(y, 1)) in shores and len(ids) > 1:
            parts.append([ids[-1]])
    for part in parts:
        if len(part) < 2:
            continue
        one, two = nodes.points[part[0]], nodes.points[part[1]]
        middle = shapely.Point((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
        yield Way(street, tuple(part), bool(shapely.contains(water, middle)))


def _finished(nodes: _Nodes, ways: list[Way]) -> Network:
    """Renumber: only nodes in use, and count the arms of each."""
    used = sorted({node for way in ways for node in way.nodes})
    number = {node: n for n, node in enumerate(used)}
    ways = [Way(way.street, tuple(number[node] for node in way.nodes), way.bridge) for way in ways]
    arms = np.zeros(len(used), dtype=np.int64)
    for way in ways:
        ends = np.array([way.nodes[:-1], way.nodes[1:]]).ravel()
        np.add.at(arms, ends, 1)
    return Network(np.array([nodes.points[node] for node in used]), tuple(ways), arms)
