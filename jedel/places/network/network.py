"""A region's roads as other rooms see them. Without a map it still answers, and says that it estimates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from jedel.kernel.geo import Point
from jedel.places.model import Closure
from jedel.places.network.answers import Address, Route, Travel
from jedel.places.network.graph import Floats, Ints, metres_per_degree
from jedel.places.network.mapfile import MapFile, Places
from jedel.places.network.picture import Picture, straight_route, straight_travel

BOUNDS_MARGIN_M = 500.0
ADDRESS_M_MAX = 150.0
"""Further from the nearest house, the street alone is the better answer."""


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a network answers from at one time."""

    map: MapFile | None
    version: int
    picture: Picture | None = None
    addresses: cKDTree | None = None
    under: dict[UUID, Ints] = field(default_factory=dict)


class RoadNetwork:
    """Handle on one region; it stays the same object while maps and closures change under it.

    To be asked and changed by one thread; ``prepare`` may run in another meanwhile.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self._shown = Shown(None, 0)

    @property
    def map(self) -> MapFile | None:
        """The map that answers now; None before the first import."""
        return self._shown.map

    @property
    def picture(self) -> Picture | None:
        """The roads as they are driven now; None before the first import."""
        return self._shown.picture

    @property
    def version(self) -> int:
        """Which state of the region's places it answers from."""
        return self._shown.version

    def prepare(self, map_file: MapFile | None, closures: Sequence[Closure], version: int) -> Shown:
        """Make ready to answer from a map under closures: milliseconds for a city whose map is the same."""
        before = self._shown
        if map_file is None:
            return Shown(None, version)
        same = map_file is before.map
        known = {c.id: before.under[c.id] for c in closures if c.id in before.under} if same else {}
        picture = Picture(map_file.roads, closures, known)
        addresses = before.addresses if same else _address_tree(map_file)
        return Shown(map_file, version, picture, addresses, known)

    def show(self, shown: Shown) -> None:
        """Answer from what was prepared, from now on."""
        self._shown = shown

    def travel_times(self, origins: NDArray[np.float64], to: Point) -> Travel:
        """Times from (n, 2) longitude, latitude to a place; all finite. About 0.5 ms for 500 origins."""
        origins = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
        picture = self._shown.picture
        if picture is None or not len(origins):
            return straight_travel(origins, to)
        return picture.travel(origins, to)

    def route(self, a: Point, b: Point) -> Route:
        """The fastest way from a to b; a straight line that says so where no road is near."""
        picture = self._shown.picture
        return picture.route(a, b) if picture else straight_route(a, b)

    def inside(self, point: Point) -> bool:
        """Whether the map reaches there; everywhere, while there is no map."""
        if self.map is None:
            return True
        west, south, east, north = self.map.places.bounds
        x, y = metres_per_degree(point.lat)
        return (
            west - BOUNDS_MARGIN_M / x <= point.lon <= east + BOUNDS_MARGIN_M / x
            and south - BOUNDS_MARGIN_M / y <= point.lat <= north + BOUNDS_MARGIN_M / y
        )

    def nearest_address(self, point: Point) -> Address:
        """The nearest house, or the nearest named street; empty where neither is known."""
        picture = self._shown.picture
        if self.map is None or picture is None:
            return Address("", "", point.lon, point.lat, 0.0)
        places = self.map.places
        if self._shown.addresses is not None:
            here = _plane(places, np.array([point.lon]), np.array([point.lat]))[0]
            metres, nth = self._shown.addresses.query(here)
            if metres <= ADDRESS_M_MAX:
                lon, lat = float(places.address_lon[nth]), float(places.address_lat[nth])
                return Address(places.address_text[nth], places.address_house[nth], lon, lat, float(metres))
        road, metres, at = picture.road_at(point)
        street = int(picture.roads.graph.road_street[road])
        return Address(places.street_names[street] if street >= 0 else "", "", at.lon, at.lat, metres)

    def under(self, closure: Closure) -> list[list[list[float]]]:
        """The lines of the roads that a closure would touch."""
        if self.map is None:
            return []
        roads = self.map.roads
        return [np.round(roads.graph.shape(int(road)), 6).tolist() for road in roads.under(closure)]


def _address_tree(map_file: MapFile) -> cKDTree | None:
    places = map_file.places
    if not len(places.address_lon):
        return None
    return cKDTree(_plane(places, places.address_lon, places.address_lat))


def _plane(places: Places, lon: Floats, lat: Floats) -> Floats:
    """(n, 2) metres east and north of the map's corner."""
    west, south, _, north = places.bounds
    x, y = metres_per_degree((south + north) / 2)
    return np.column_stack(((lon - west) * x, (lat - south) * y))
