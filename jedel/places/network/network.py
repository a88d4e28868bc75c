"""A region's roads as other rooms see them. Without a map it still answers, and says that it estimates."""

from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from jedel.kernel.geo import Point
from jedel.places.model import Closure
from jedel.places.network.answers import Address, Route, Travel
from jedel.places.network.graph import Ints, metres_per_degree
from jedel.places.network.mapfile import MapFile
from jedel.places.network.picture import Picture, straight_route, straight_travel

BOUNDS_MARGIN_M = 500.0
ADDRESS_M_MAX = 150.0
"""Further from the nearest house, the street alone is the better answer."""


class RoadNetwork:
    """Handle on one region; it stays the same object while maps and closures change under it."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.version = 0
        self._map: MapFile | None = None
        self._picture: Picture | None = None
        self._addresses: cKDTree | None = None
        # The hierarchy's query objects are not for two threads at once.
        self._lock = Lock()

    @property
    def map(self) -> MapFile | None:
        """The map that answers now; None before the first import."""
        return self._map

    def show(self, map_file: MapFile | None, closures: Sequence[Closure], version: int) -> None:
        """Answer from this map under these closures from now on: milliseconds where the map is the same."""
        picture = Picture(map_file.roads, closures) if map_file else None
        changed = map_file is not self._map
        with self._lock:
            self._map, self._picture, self.version = map_file, picture, version
            if changed:
                self._addresses = self._address_tree()

    def _address_tree(self) -> cKDTree | None:
        if self._map is None or not len(self._map.places.address_lon):
            return None
        return cKDTree(self._plane(self._map.places.address_lon, self._map.places.address_lat))

    def _plane(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        assert self._map is not None
        west, south, _, north = self._map.places.bounds
        x, y = metres_per_degree((south + north) / 2)
        return np.column_stack(((lon - west) * x, (lat - south) * y))

    def travel_times(self, origins: NDArray[np.float64], to: Point) -> Travel:
        """Times from (n, 2) longitude, latitude to a place; all finite. About 0.5 ms for 500 origins."""
        origins = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
        with self._lock:
            if self._picture is None or not len(origins):
                return straight_travel(origins, to)
            return self._picture.travel(origins, to)

    def route(self, a: Point, b: Point) -> Route:
        """The fastest way from a to b; a straight line that says so where no road is near."""
        with self._lock:
            return self._picture.route(a, b) if self._picture else straight_route(a, b)

    def inside(self, point: Point) -> bool:
        """Whether the map reaches there; everywhere, while there is no map."""
        if self._map is None:
            return True
        west, south, east, north = self._map.places.bounds
        x, y = metres_per_degree(point.lat)
        return (
            west - BOUNDS_MARGIN_M / x <= point.lon <= east + BOUNDS_MARGIN_M / x
            and south - BOUNDS_MARGIN_M / y <= point.lat <= north + BOUNDS_MARGIN_M / y
        )

    def nearest_address(self, point: Point) -> Address:
        """The nearest house, or the nearest named street; empty where neither is known."""
        if self._map is None or self._picture is None:
            return Address("", "", point.lon, point.lat, 0.0)
        places = self._map.places
        if self._addresses is not None:
            metres, nth = self._addresses.query(self._plane(np.array([point.lon]), np.array([point.lat]))[0])
            if metres <= ADDRESS_M_MAX:
                lon, lat = float(places.address_lon[nth]), float(places.address_lat[nth])
                return Address(places.address_text[nth], places.address_house[nth], lon, lat, float(metres))
        road, metres, at = self._picture.road_at(point)
        street = int(self._picture.roads.graph.road_street[road])
        return Address(places.street_names[street] if street >= 0 else "", "", at.lon, at.lat, metres)

    def under(self, closure: Closure) -> list[list[list[float]]]:
        """The lines of the roads that a closure would touch."""
        if self._picture is None:
            return []
        roads: Ints = self._picture.roads.under(closure)
        return [np.round(self._picture.roads.graph.shape(int(road)), 6).tolist() for road in roads]
