"""From named ways to streets and crossroads.

A street is all ways of one name that hang together or lie near each other; the same name in the next town is
another street.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from jedel.places.geocode_model import crossroad_key, street_key
from jedel.places.model import Names
from jedel.places.network.graph import metres_per_degree
from jedel.places.osm.extract import RawRoad
from jedel.places.osm.limits import CROSSROAD_GAP_M, STREET_GAP_M


@dataclass(frozen=True, slots=True)
class Street:
    """``lon``, ``lat``: a point on the street near its middle."""

    names: Names
    key: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Crossroad:
    """``a``, ``b``: numbers of streets."""

    a: int
    b: int
    key: str
    lon: float
    lat: float


@dataclass(slots=True)
class Streets:
    """``of_way``: for each way the number of its street, -1 for a nameless one."""

    streets: list[Street] = field(default_factory=list)
    of_way: list[int] = field(default_factory=list)


def streets(roads: Sequence[RawRoad]) -> Streets:
    """Join ways to streets."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for way, road in enumerate(roads):
        names = road.names
        if key := street_key(names.plain, names.kk, names.ru, names.en):
            by_key[_first(key)].append(way)
    found = Streets(of_way=[-1] * len(roads))
    for ways in by_key.values():
        for group in _near(roads, ways):
            for way in group:
                found.of_way[way] = len(found.streets)
            found.streets.append(_street(roads, group))
    return found


def _first(key: str) -> str:
    """Ways of one street often differ in which translations they carry; the plain name they share."""
    return key.split("|", 1)[0]


def _near(roads: Sequence[RawRoad], ways: Sequence[int]) -> Iterator[list[int]]:
    """Groups of ways of one name whose points come within STREET_GAP_M of each other."""
    if len(ways) == 1:
        yield list(ways)
        return
    lons = np.concatenate([roads[way].lons for way in ways])
    lats = np.concatenate([roads[way].lats for way in ways])
    owner = np.repeat(np.arange(len(ways)), [len(roads[way].lons) for way in ways])
    tree = cKDTree(np.column_stack((lons, lats)) * metres_per_degree(float(lats.mean())))
    pairs = owner[tree.query_pairs(STREET_GAP_M, output_type="ndarray")]
    joined = csr_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ways), len(ways)))
    _, label = connected_components(joined, directed=False)
    for group in range(label.max() + 1):
        yield [ways[int(n)] for n in np.flatnonzero(label == group)]


def _street(roads: Sequence[RawRoad], group: Sequence[int]) -> Street:
    lons = np.concatenate([roads[way].lons for way in group])
    lats = np.concatenate([roads[way].lats for way in group])
    gap = (lons - lons.mean()) ** 2 + (lats - lats.mean()) ** 2
    middle = int(gap.argmin())
    every = [roads[way].names for way in group]
    names = Names(
        *(next((text for n in every if (text := getattr(n, x))), "") for x in ("plain", "kk", "ru", "en"))
    )
    key = street_key(names.plain, names.kk, names.ru, names.en)
    return Street(names, key, float(lons[middle]), float(lats[middle]))


def crossroads(roads: Sequence[RawRoad], found: Streets) -> list[Crossroad]:
    """Where two streets share a node; the junctions of dual carriageways count as one."""
    at: dict[int, tuple[float, float]] = {}
    crossing: dict[int, set[int]] = defaultdict(set)
    for road, street in zip(roads, found.of_way, strict=True):
        if street >= 0:
            for ref, lon, lat in zip(road.refs, road.lons, road.lats, strict=True):
                crossing[ref].add(street)
                at[ref] = (lon, lat)
    by_pair: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for ref, met in crossing.items():
        for pair in combinations(sorted(met), 2):
            by_pair[pair].append(at[ref])
    return [
        Crossroad(a, b, crossroad_key(found.streets[a].key, found.streets[b].key), lon, lat)
        for (a, b), places in by_pair.items()
        for lon, lat in _merged(places)
    ]


def _merged(places: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The middles of groups of places within CROSSROAD_GAP_M."""
    points = np.array(places)
    scale = np.array(metres_per_degree(float(points[0, 1])))
    while len(points):
        near = np.hypot(*((points - points[0]) * scale).T) <= CROSSROAD_GAP_M
        lon, lat = points[near].mean(axis=0)
        yield float(lon), float(lat)
        points = points[~near]
