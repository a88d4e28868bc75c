"""What lies in what: houses on streets, sites in districts, entrances in buildings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from jedel.places.geocode_model import street_key
from jedel.places.model import plan
from jedel.places.network.graph import Floats, metres_per_degree
from jedel.places.osm.extract import Extract, RawAddress, RawDistrict, RawRoad, RawSite
from jedel.places.osm.limits import ADDRESS_STREET_M, DISTRICT_COVERED
from jedel.places.osm.streets import Streets

ENTRANCE_GAP_DEG = 5e-5
"""About 5 m: entrances are drawn on the wall, walls are drawn beside the grounds."""
SITE_ADDRESS_M = 60.0


def address_streets(addresses: Sequence[RawAddress], roads: Sequence[RawRoad], found: Streets) -> list[int]:
    """For each address the number of the street it names, -1 where none of that name is near."""
    by_name: dict[str, set[int]] = defaultdict(set)
    for number, street in enumerate(found.streets):
        for name in street.key.split("|"):
            by_name[name].add(number)
    trees = _street_trees(roads, found)
    return [_street_of(address, by_name, trees) for address in addresses]


def _street_trees(roads: Sequence[RawRoad], found: Streets) -> dict[int, Floats]:
    points: dict[int, list[Floats]] = defaultdict(list)
    for road, street in zip(roads, found.of_way, strict=True):
        if street >= 0:
            points[street].append(np.column_stack((road.lons, road.lats)))
    return {street: np.concatenate(parts) for street, parts in points.items()}


def _street_of(address: RawAddress, by_name: dict[str, set[int]], points: dict[int, Floats]) -> int:
    scale = np.array(metres_per_degree(address.lat))
    best, best_m = -1, ADDRESS_STREET_M
    for street in by_name.get(street_key(address.street), ()):
        metres = float(np.hypot(*((points[street] - (address.lon, address.lat)) * scale).T).min())
        if metres < best_m:
            best, best_m = street, metres
    return best


def finest(districts: Sequence[RawDistrict]) -> list[RawDistrict]:
    """Without units that finer ones cover almost whole: a city gives way to its districts."""
    kept: list[RawDistrict] = []
    for unit in districts:
        finer = [d.outline for d in districts if d.level > unit.level and d.outline.intersects(unit.outline)]
        covered = shapely.union_all(finer).intersection(unit.outline).area if finer else 0.0
        if covered < DISTRICT_COVERED * unit.outline.area:
            kept.append(unit)
    return kept


class Inside:
    """Which of some outlines a point is in; the smallest, where several are."""

    def __init__(self, outlines: Sequence[BaseGeometry]) -> None:
        self.outlines = outlines
        self._tree = STRtree(outlines)

    def of(self, lon: float, lat: float) -> int:
        """The number of the outline, -1 for none."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="within")
        return int(min(hits, key=lambda n: self.outlines[n].area)) if len(hits) else -1


class SitePlans:
    """Gathers what the map says about a site's buildings and entrances."""

    def __init__(self, extract: Extract) -> None:
        self._extract = extract
        self._buildings = shapely.from_wkb(extract.building_wkb)
        self._tree = STRtree(self._buildings)
        self._entrances = STRtree([shapely.Point(e.lon, e.lat) for e in extract.entrances])

    def of(self, site: RawSite) -> dict[str, object]:
        """The plan of one site (see model.plan)."""
        ground = site.outline if site.outline is not None else shapely.Point(site.lon, site.lat)
        houses = [int(n) for n in self._tree.query(ground, predicate="intersects")]
        tags = [self._extract.building_tags[n] for n in houses]
        tallest = max(tags, key=_levels, default={})
        whole = shapely.union_all([ground, *(self._buildings[n] for n in houses)]).buffer(ENTRANCE_GAP_DEG)
        doors = [
            self._extract.entrances[n] for n in sorted(self._entrances.query(whole, predicate="intersects"))
        ]
        entrances: list[dict[str, object]] = [
            {"lon": door.lon, "lat": door.lat, "kind": door.kind, "name": door.name} for door in doors
        ]
        return plan(site.tags, tallest, entrances)


def _levels(tags: dict[str, str]) -> int:
    text = tags.get("building:levels", "")
    return int(text) if text.isdecimal() else 0


def site_addresses(sites: Sequence[RawSite], addresses: Sequence[RawAddress]) -> Iterator[str]:
    """One line of address a site: its own tags, else the nearest house."""
    tree = None
    if addresses:
        scale = np.array(metres_per_degree(addresses[0].lat))
        tree = cKDTree(np.array([(a.lon, a.lat) for a in addresses]) * scale)
    for site in sites:
        street, house = site.tags.get("addr:street", ""), site.tags.get("addr:housenumber", "")
        if not (street and house) and tree is not None:
            metres, nth = tree.query(np.array((site.lon, site.lat)) * scale)
            if metres <= SITE_ADDRESS_M:
                street, house = addresses[nth].street, addresses[nth].house
        yield ", ".join(part for part in (street, house) if part)
