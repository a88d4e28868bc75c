"""City blocks (the faces of the street network) and the buildings that stand along their edges."""

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from simulator.city.ground import Ground, Line
from simulator.city.network import Network
from simulator.city.streets import Street

Geometries = NDArray[np.object_]


@dataclass(frozen=True)
class Blocks:
    """`faces` (n,) polygons with their `zones`; parks, water and open land are among them."""

    faces: Geometries
    zones: list[str]


@dataclass(frozen=True)
class Row:
    """How a zone builds one row along its block's edge. Metres."""

    setback: float
    lengths: tuple[float, ...]
    depths: tuple[float, float]
    gap: tuple[float, float]
    filled: float
    kind: str  # OpenStreetMap's building value
    levels: tuple[int, ...]
    area_min: float = 0.0


ROWS: Final[dict[str, tuple[Row, ...]]] = {
    "P": (Row(11, (9, 10, 11, 12, 13, 15), (8, 11), (21, 32), 0.86, "house", (1, 1, 1, 2)),),
    "N": (
        Row(14, (16, 20, 26), (12, 14), (14, 20), 0.9, "residential", (3, 4, 5)),
        Row(60, (14, 18), (12, 14), (14, 22), 0.6, "residential", (3, 4), 16000),
    ),
    "C": (
        Row(17, (22, 28, 34, 44, 58), (13, 16), (3, 9), 0.94, "apartments", (3, 4, 5, 5, 6, 9)),
        Row(56, (12, 18, 26), (10, 14), (16, 30), 0.45, "commercial", (1, 2, 3), 12000),
    ),
    "S": (
        Row(24, (24, 48, 64, 80), (12, 14), (16, 26), 0.9, "apartments", (5, 5, 5, 9, 9, 12)),
        Row(78, (24, 48, 64), (12, 14), (20, 34), 0.86, "apartments", (5, 5, 9), 20000),
        Row(132, (48, 64, 80), (12, 14), (24, 40), 0.8, "apartments", (5, 9), 45000),
    ),
    "I": (
        Row(24, (34, 50, 70, 96), (24, 42), (14, 30), 0.82, "industrial", (1, 1, 2)),
        Row(96, (40, 60, 90), (24, 40), (20, 40), 0.75, "warehouse", (1, 1), 30000),
    ),
}


def find_blocks(streets: list[Street], network: Network, ground: Ground) -> Blocks:
    """The faces between the streets, each with the zone its middle lies in."""
    edges: set[tuple[int, int]] = set()
    for way in network.ways:
        if streets[way.street].kind != "railway":
            edges.update((min(a, b), max(a, b)) for a, b in zip(way.nodes[:-1], way.nodes[1:], strict=True))
    ends = np.array(sorted(edges))
    noded = shapely.node(shapely.multilinestrings(shapely.linestrings(network.nodes[ends])))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces = faces[shapely.area(faces) > 900]
    letters, outlines = ground.superblocks()
    middles = shapely.point_on_surface(faces)
    zones = ["O"] * len(faces)
    for face, block in zip(*shapely.STRtree(outlines).query(middles, predicate="within"), strict=True):
        zones[face] = letters[block]
    return Blocks(faces, zones)


@dataclass(frozen=True)
class Houses:
    """Candidate buildings: (n,) polygons with their front's middle (n, 2), block, row rule and levels."""

    shapes: Geometries
    fronts: Line
    face: NDArray[np.int64]
    rule: tuple[Row, ...]
    levels: tuple[int, ...]


def _front(start: Line, along: Line, inward: Line, length: float, depth: float, corner: float) -> Line:
    """The outline of one building whose front begins at `start`; `corner` > 0 takes a corner out (an L)."""
    a, b = start, start + along * length
    c, d = b + inward * depth, a + inward * depth
    if corner <= 0:
        return np.array([a, b, c, d, a])
    e = c - along * length * 0.45
    f = e - inward * depth * corner
    g = d + (f - e)
    return np.array([a, b, c, e, f, g, a])


def _row(ring: Line, rule: Row, rng: Random) -> list[tuple[Line, Line, int]]:
    """Buildings along one ring: (outline, middle of the front, levels)."""
    found = []
    sides = np.diff(ring, axis=0)
    for start, side, size in zip(ring[:-1], sides, np.hypot(*sides.T), strict=True):
        at = rng.uniform(2, 8)
        if size < rule.lengths[0] + 4:
            continue
        along = side / size
        inward = np.array([-along[1], along[0]])
        while True:
            length = rng.choice(rule.lengths) * rng.uniform(0.94, 1.06)
            if at + length > size - 1:
                break
            if rng.random() < rule.filled:
                depth = rng.uniform(*rule.depths)
                back = inward * rng.uniform(0, 2.5)
                corner = rng.choice((0.0, 0.0, 0.42)) if rule.kind in ("house", "commercial") else 0.0
                first = start + along * at + back
                outline = _front(first, along, inward, length, depth, corner)
                found.append((outline, first + along * length / 2, rng.choice(rule.levels)))
            at += length + rng.uniform(*rule.gap)
    return found


def houses_along(blocks: Blocks, keep_out: shapely.Geometry, rng: Random) -> Houses:
    """Buildings of all blocks, the ones that would touch each other, a site or the water left out."""
    outlines: list[Line] = []
    fronts: list[Line] = []
    face_of: list[int] = []
    rules: list[Row] = []
    levels: list[int] = []
    for n, face in enumerate(blocks.faces):
        for rule in ROWS.get(blocks.zones[n], ()):
            if face.area < rule.area_min:
                continue
            inner = shapely.get_parts(shapely.buffer(face, -rule.setback, join_style="mitre", mitre_limit=2))
            for part in inner:
                ring = shapely.get_coordinates(shapely.simplify(shapely.orient_polygons(part), 2.5).exterior)
                for outline, front, level in _row(ring, rule, rng):
                    outlines.append(outline)
                    fronts.append(front)
                    face_of.append(n)
                    rules.append(rule)
                    levels.append(level)
    shapes = np.array([shapely.Polygon(outline) for outline in outlines], dtype=object)
    kept = _standing(shapes, blocks.faces[face_of], keep_out)
    return Houses(
        shapes[kept],
        np.array(fronts)[kept],
        np.array(face_of)[kept],
        tuple(rules[n] for n in kept),
        tuple(levels[n] for n in kept),
    )


def _standing(shapes: Geometries, faces: Geometries, keep_out: shapely.Geometry) -> NDArray[np.int64]:
    """Indices of the buildings that lie in their block, clear of `keep_out` and of each earlier one."""
    shapely.prepare(keep_out)
    shapely.prepare(faces)
    good = shapely.contains_properly(faces, shapes) & ~shapely.intersects(keep_out, shapes)
    near, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=2.0)
    earlier: list[list[int]] = [[] for _ in shapes]
    for one, two in zip(near, other, strict=True):
        if two < one:
            earlier[one].append(int(two))
    for n in range(len(shapes)):
        if good[n]:
            good[n] = not any(good[m] for m in earlier[n])
    return np.flatnonzero(good)
