"""From raw ways to the road graph."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from jedel.places.model import ROAD_CLASSES, Drive
from jedel.places.network.engines import order as contraction_order
from jedel.places.network.graph import Bools, Floats, Ints, RoadGraph, joined, lengths_m
from jedel.places.osm.extract import RawRoad


@dataclass(slots=True)
class _Parts:
    """Roads as they are cut, before numbering becomes final."""

    ids: dict[tuple[int, int], int] = field(default_factory=dict)
    at: list[tuple[float, float]] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    head: list[int] = field(default_factory=list)
    way: list[int] = field(default_factory=list)
    lons: list[list[float]] = field(default_factory=list)
    lats: list[list[float]] = field(default_factory=list)

    def node(self, ref: tuple[int, int], lon: float, lat: float) -> int:
        number = self.ids.setdefault(ref, len(self.at))
        if number == len(self.at):
            self.at.append((lon, lat))
        return number


def build(roads: Sequence[RawRoad], streets: Sequence[int]) -> RoadGraph | None:
    """The graph of the largest strongly connected part; None where no two places are joined both ways.

    ``streets``: for each way the number of its street, -1 for none.
    """
    parts = _Parts()
    uses: Counter[int] = Counter()
    for road in roads:
        uses.update(road.refs)
        uses.update((road.refs[0], road.refs[-1]))
    for number, road in enumerate(roads):
        for start, end in _cuts(road.refs, uses):
            _add(parts, number, road, start, end)
    if not parts.tail:
        return None
    return _whole(parts, roads, streets)


def _cuts(refs: Sequence[int], uses: Counter[int]) -> Iterator[tuple[int, int]]:
    """(start, end) of the pieces of a way between junctions; a piece that ends where it began is halved."""
    start = 0
    for end in range(1, len(refs)):
        if uses[refs[end]] < 2:
            continue
        if refs[start] != refs[end]:
            yield start, end
        elif end - start > 2:
            middle = (start + end) // 2
            yield start, middle
            yield middle, end
        start = end


def _add(parts: _Parts, way: int, road: RawRoad, start: int, end: int) -> None:
    parts.tail.append(parts.node((road.refs[start], 0), road.lons[start], road.lats[start]))
    parts.head.append(parts.node((road.refs[end], 0), road.lons[end], road.lats[end]))
    parts.way.append(way)
    parts.lons.append(road.lons[start : end + 1])
    parts.lats.append(road.lats[start : end + 1])


def _whole(parts: _Parts, roads: Sequence[RawRoad], streets: Sequence[int]) -> RoadGraph | None:
    tail, head = np.array(parts.tail, np.int32), np.array(parts.head, np.int32)
    way = np.array(parts.way, np.int32)
    drives: list[Drive] = [road.drive for road in roads]
    forward = np.array([d.forward for d in drives], np.bool_)[way]
    backward = np.array([d.backward for d in drives], np.bool_)[way]
    strong = _largest_strong(tail, head, forward, backward, len(parts.at))
    kept = strong[tail] & strong[head]
    if not kept.any():
        return None
    number = np.cumsum(strong, dtype=np.int32) - 1
    at = np.array(parts.at)[strong]
    chosen = np.flatnonzero(kept)
    shape_first, shape_lon = joined([parts.lons[i] for i in chosen])
    _, shape_lat = joined([parts.lats[i] for i in chosen])
    way = way[kept]
    kinds = np.array([ROAD_CLASSES.index(road.kind) for road in roads], np.int32)
    return _with_arcs(
        node_lon=at[:, 0].copy(), node_lat=at[:, 1].copy(),
        road_tail=number[tail[kept]], road_head=number[head[kept]],
        road_metres=_road_metres(shape_first, shape_lon, shape_lat),
        road_kmh=np.array([d.kmh for d in drives])[way],
        road_forward=forward[kept], road_backward=backward[kept],
        road_kind=kinds[way], road_street=np.array(streets, np.int32)[way],
        shape_first=shape_first, shape_lon=shape_lon, shape_lat=shape_lat,
    )  # fmt: skip


def _road_metres(first: Ints, lon: Floats, lat: Floats) -> Floats:
    steps = lengths_m(lon, lat)
    gaps = first[1:-1] - 1
    steps[gaps] = 0.0
    total = np.concatenate((np.zeros(1), np.cumsum(steps)))
    metres: Floats = np.maximum(total[first[1:] - 1] - total[first[:-1]], 0.1)
    return metres


def _largest_strong(tail: Ints, head: Ints, forward: Bools, backward: Bools, nodes: int) -> Bools:
    """(nodes,) which nodes belong to the strongly connected part with the most nodes."""
    starts = np.concatenate((tail[forward], head[backward]))
    ends = np.concatenate((head[forward], tail[backward]))
    matrix = csr_matrix((np.ones(len(starts), np.int8), (starts, ends)), shape=(nodes, nodes))
    _, label = connected_components(matrix, directed=True, connection="strong")
    largest: Bools = label == np.bincount(label).argmax()
    return largest


def _with_arcs(**roads: np.ndarray) -> RoadGraph:
    tail, head = roads["road_tail"], roads["road_head"]
    forward, backward = np.flatnonzero(roads["road_forward"]), np.flatnonzero(roads["road_backward"])
    arc_tail = np.concatenate((tail[forward], head[backward]))
    arc_head = np.concatenate((head[forward], tail[backward]))
    arc_road = np.concatenate((forward, backward)).astype(np.int32)
    along = np.repeat([True, False], [len(forward), len(backward)])
    by_tail = np.lexsort((arc_head, arc_tail))
    nodes = len(roads["node_lon"])
    first = np.searchsorted(arc_tail[by_tail], np.arange(nodes + 1)).astype(np.int32)
    order = contraction_order(
        nodes, arc_tail[by_tail], arc_head[by_tail], roads["node_lon"], roads["node_lat"]
    )
    return RoadGraph(
        **roads,
        first_arc=first, arc_head=arc_head[by_tail], arc_road=arc_road[by_tail], arc_along=along[by_tail],
        order=order,
    )  # fmt: skip
