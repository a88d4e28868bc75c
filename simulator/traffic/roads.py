"""Roads on which cars drive: from the demo city's own plan, or from any OpenStreetMap extract."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import osmium
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from simulator.city.ground import make_ground, to_lon_lat
from simulator.city.network import make_network
from simulator.city.streets import plan_streets

LIMIT_KMH: Final = {
    "motorway": 110.0, "trunk": 80.0, "primary": 60.0, "secondary": 60.0, "tertiary": 50.0,
    "motorway_link": 60.0, "trunk_link": 60.0, "primary_link": 50.0, "secondary_link": 50.0,
    "tertiary_link": 40.0, "unclassified": 40.0, "residential": 40.0, "living_street": 20.0,
}  # fmt: skip
"""What is signed, or what is meant where nothing is. Other ways are not driven."""
BUSY: Final = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
NODES_MAX: Final = 60_000
"""Of a larger map only the larger roads are driven."""
TURN_S: Final = 3.0
"""What a crossing costs on average."""

Line = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Roads:
    """A strongly connected directed graph.

    lon_lat: (n, 2) degrees of the nodes. start, end: (m,) nodes of the edges, sorted by start; no edge comes
    twice. metres, limit_ms: (m,). wait_s: (m,) spent at the edge's end by whoever is in no hurry.
    busy: (m,) whether a camera may stand there.
    """

    lon_lat: Line
    start: Ints
    end: Ints
    metres: Line
    limit_ms: Line
    wait_s: Line
    busy: NDArray[np.bool_]

    @property
    def seconds(self) -> Line:
        """(m,) at the limit."""
        return self.metres / self.limit_ms

    @property
    def xy(self) -> Line:
        """(n, 2) metres on a plane, good within a city."""
        middle = self.lon_lat.mean(axis=0)
        found: Line = (self.lon_lat - middle) * (111_320 * math.cos(math.radians(middle[1])), 111_320)
        return found

    def headings(self) -> Line:
        """(m,) degrees clockwise from north."""
        along = self.xy[self.end] - self.xy[self.start]
        found: Line = np.degrees(np.arctan2(along[:, 0], along[:, 1])) % 360
        return found

    def fastest(self, from_edges: Ints) -> Line:
        """(k, n) seconds at the limit, without any wait, from the ends of these edges to every node."""
        found: Line = dijkstra(self._matrix(self.seconds), indices=self.end[from_edges])
        return found

    def fastest_from(self, node: int) -> Line:
        """(n,) likewise from one node."""
        found: Line = dijkstra(self._matrix(self.seconds), indices=node)
        return found

    def towards(self, goals: Ints) -> Ints:
        """(k, n) the edge to take next from every node to each goal; -1 at the goal itself."""
        backwards = self._matrix(self.seconds + self.wait_s).T.tocsr()
        _, before = dijkstra(backwards, indices=goals, return_predecessors=True)
        size = len(self.lon_lat)
        codes = self.start * size + self.end
        wanted = np.arange(size) * size + before
        found = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        return np.where(before < 0, -1, found)

    def _matrix(self, weights: Line) -> csr_matrix:
        size = len(self.lon_lat)
        return csr_matrix((weights, (self.start, self.end)), shape=(size, size))


def city_roads(seed: int = 7) -> Roads:
    """Of the demo city of this seed; as they are in its extract."""
    rng = Random(seed)
    ground = make_ground(rng)
    streets = plan_streets(ground, rng)
    network = make_network(streets, ground)
    ways = (
        (way.nodes, street.kind, LIMIT_KMH[street.kind], not (street.oneway or street.roundabout))
        for way in network.ways
        if (street := streets[way.street]).kind in LIMIT_KMH
    )
    return _roads(to_lon_lat(network.nodes), ways)


def extract_roads(file: Path) -> Roads:
    """Of an .osm.pbf. Raises RuntimeError where osmium cannot read it, ValueError where it has no roads."""
    places: dict[int, int] = {}
    lon_lat: list[tuple[float, float]] = []
    ways: list[tuple[tuple[int, ...], str, float, bool]] = []
    found = osmium.FileProcessor(str(file)).with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    for way in found:
        if not isinstance(way, osmium.osm.Way) or (kind := way.tags["highway"]) not in LIMIT_KMH:
            continue
        nodes = []
        for node in way.nodes:
            if node.location.valid():
                if node.ref not in places:
                    places[node.ref] = len(lon_lat)
                    lon_lat.append((node.lon, node.lat))
                nodes.append(places[node.ref])
        oneway = way.tags.get("oneway", "no")
        if oneway in ("-1", "reverse"):
            nodes.reverse()
        round_about = way.tags.get("junction") in ("roundabout", "circular")
        both = oneway == "no" and not round_about and kind != "motorway"
        ways.append((tuple(nodes), kind, _limit(way.tags.get("maxspeed") or "", kind), both))
    if len(lon_lat) > NODES_MAX:
        ways = [way for way in ways if way[1].removesuffix("_link") in BUSY]
    if not ways:
        raise ValueError(f"{file}: no roads")
    return _roads(np.array(lon_lat), iter(ways))


def _limit(text: str, kind: str) -> float:
    try:
        return min(max(float(text), 10.0), 130.0)
    except ValueError:
        return LIMIT_KMH[kind]


def _roads(lon_lat: Line, ways: Iterator[tuple[tuple[int, ...], str, float, bool]]) -> Roads:
    """Edges both ways where allowed; only what is reachable from everywhere is kept."""
    ends: list[tuple[int, int]] = []
    limits: list[float] = []
    busy: list[bool] = []
    for nodes, kind, limit, both in ways:
        steps = [(a, b) for a, b in pairwise(nodes) if a != b]
        steps += [(b, a) for a, b in steps] if both else []
        ends += steps
        limits += [limit / 3.6] * len(steps)
        busy += [kind in BUSY] * len(steps)
    edges, limit_ms, at_busy = np.array(ends), np.array(limits), np.array(busy)
    size = len(lon_lat)
    _, first = np.unique(edges @ (size, 1), return_index=True)
    edges, limit_ms, at_busy = edges[first], limit_ms[first], at_busy[first]
    joined = csr_matrix((np.ones(len(edges)), edges.T), shape=(size, size))
    _, part = connected_components(joined, connection="strong")
    largest = np.bincount(part).argmax()
    keep = (part[edges] == largest).all(axis=1)
    edges, limit_ms, at_busy = edges[keep], limit_ms[keep], at_busy[keep]
    used = np.unique(edges)
    edges = np.searchsorted(used, edges)
    roads = Roads(lon_lat[used], edges[:, 0], edges[:, 1], limit_ms, limit_ms, limit_ms, at_busy)
    metres = np.hypot(*(roads.xy[edges[:, 1]] - roads.xy[edges[:, 0]]).T)
    arms = np.bincount(edges[:, 0], minlength=len(used))
    wait_s = np.where(arms[edges[:, 1]] > 2, TURN_S, 0.0)
    return Roads(lon_lat[used], edges[:, 0], edges[:, 1], np.maximum(metres, 0.1), limit_ms, wait_s, at_busy)
