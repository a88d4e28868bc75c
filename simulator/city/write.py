"""Writes the demo city as an OpenStreetMap extract (.osm.pbf): nodes, ways, relations, each by rising id."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import osmium
import shapely
from osmium.osm import Location
from osmium.osm.mutable import Node, Relation, Way

from simulator.city.ground import Line, to_lon_lat
from simulator.city.numbers import Address
from simulator.city.plan import City
from simulator.city.sites import Tags
from simulator.city.streets import Street

_ROADS: Final[dict[str, Tags]] = {
    "trunk": {"maxspeed": "80", "lanes": "4", "surface": "asphalt"},
    "primary": {"maxspeed": "60", "lanes": "4", "surface": "asphalt"},
    "secondary": {"maxspeed": "60", "lanes": "2", "surface": "asphalt"},
    "tertiary": {"maxspeed": "50", "surface": "asphalt"},
    "residential": {"maxspeed": "40"},
    "service": {},
}


class _Objects:
    """Collects nodes, ways and relations. A node is one per place unless it carries tags of its own."""

    def __init__(self) -> None:
        self.lon_lat: list[Line] = []
        self.count = 0
        self.node_tags: dict[int, Tags] = {}
        self.ways: list[tuple[Sequence[int], Tags]] = []
        self.relations: list[tuple[list[tuple[str, int, str]], Tags]] = []

    def nodes(self, points: Line) -> range:
        """Ids (from 1) of new nodes at these places in metres."""
        self.lon_lat.append(points)
        first = self.count + 1
        self.count += len(points)
        return range(first, first + len(points))

    def tag(self, node: int, tags: Tags) -> None:
        self.node_tags[node] = self.node_tags.get(node, {}) | tags

    def way(self, nodes: Sequence[int], tags: Tags) -> int:
        self.ways.append((nodes, tags))
        return len(self.ways)

    def ring(self, outline: Line, tags: Tags) -> int:
        """A closed way; its last point is its first node."""
        ids = list(self.nodes(outline[:-1]))
        return self.way([*ids, ids[0]], tags)

    def polygon(self, shape: shapely.Geometry, tags: Tags) -> None:
        """A polygon as one closed way, or as a multipolygon when it has holes."""
        for part in shapely.get_parts(shape):
            rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(part)]
            if len(rings) == 1:
                self.ring(rings[0], tags)
                continue
            members = [("w", self.ring(ring, {}), "inner" if n else "outer") for n, ring in enumerate(rings)]
            self.relations.append((members, {"type": "multipolygon"} | tags))


def _names(street: Street) -> Tags:
    if street.name is None:
        return {}
    kk, ru = street.name
    return {"name": kk, "name:kk": kk, "name:ru": ru}


def _roads(out: _Objects, city: City) -> None:
    first = out.nodes(city.network.nodes).start
    for node in city.lights:
        out.tag(first + node, {"highway": "traffic_signals"})
    tracks = [way for way in city.network.ways if city.streets[way.street].kind == "railway"]
    rails = {node for way in tracks for node in way.nodes}
    for way in city.network.ways:
        street = city.streets[way.street]
        nodes = [first + node for node in way.nodes]
        bridge = {"bridge": "yes", "layer": "1"} if way.bridge else {}
        if street.kind == "railway":
            out.way(nodes, {"railway": "rail", "electrified": "contact_line"} | bridge)
            continue
        for node in rails.intersection(way.nodes):
            out.tag(first + node, {"railway": "level_crossing"})
        tags = {"highway": street.kind} | _names(street) | _ROADS[street.kind] | bridge
        if street.roundabout:
            tags |= {"junction": "roundabout"}
        elif street.oneway:
            tags |= {"oneway": "yes"}
        out.way(nodes, tags)


def _address(city: City, address: Address | None) -> Tags:
    if address is None:
        return {}
    street, number = address
    name = city.streets[street].name
    return {"addr:street": name[0], "addr:housenumber": number} if name else {}


def _houses(out: _Objects, city: City) -> None:
    for shape, rule, levels, address in zip(
        city.houses.shapes, city.houses.rule, city.houses.levels, city.addresses, strict=True
    ):
        tags = {"building": rule.kind, "building:levels": str(levels)}
        out.ring(shapely.get_coordinates(shape), tags | _address(city, address))


def _sites(out: _Objects, city: City) -> None:
    for site, address in zip(city.sites.sites, city.site_addresses, strict=True):
        first = out.count + 1
        corners = len(shapely.get_coordinates(site.building)) - 1
        out.ring(shapely.get_coordinates(site.building), site.tags | _address(city, address))
        for n in range(site.entrances):
            kind = "main" if n == 0 else "yes"
            names = {"name": ("Басты кіреберіс", "Аула", "Спортзал")[n], "ref": "АБВ"[n]}
            out.tag(first + n * corners // 3, {"entrance": kind} | names)
        out.polygon(site.grounds, site.grounds_tags)


def _green_and_water(out: _Objects, city: City) -> None:
    river = {"name": "Ақсу", "name:kk": "Ақсу", "name:ru": "Аксу", "name:en": "Aksu"}
    out.polygon(city.ground.river, {"natural": "water", "water": "river"} | river)
    out.way(list(out.nodes(city.ground.river_line[::3])), {"waterway": "river"} | river)
    for park, tags in city.sites.parks:
        out.polygon(park, tags)
    for path in city.sites.paths:
        out.way(list(out.nodes(path)), {"highway": "footway"})
    for face, zone in zip(city.blocks.faces, city.blocks.zones, strict=True):
        if zone == "I":
            out.polygon(shapely.buffer(face, -8, join_style="mitre"), {"landuse": "industrial"})


def _districts(out: _Objects, city: City) -> None:
    for shape, tags in city.districts:
        way = out.ring(shapely.get_coordinates(shape.exterior), {})
        out.relations.append(([("w", way, "outer")], tags))


def write_pbf(city: City, path: Path) -> None:
    """Write the extract; the file appears whole or not at all. The same city gives the same bytes."""
    out = _Objects()
    _roads(out, city)
    _houses(out, city)
    _sites(out, city)
    _green_and_water(out, city)
    _districts(out, city)
    for spot in city.spots:
        out.tag(out.nodes(spot.at[None, :]).start, spot.tags)
    half = path.with_name(path.name + ".half")
    header = osmium.io.Header()
    header.set("generator", "jedel demo city")
    lon_lat = to_lon_lat(np.vstack(out.lon_lat))
    low, high = lon_lat.min(axis=0), lon_lat.max(axis=0)
    header.add_box(osmium.osm.Box(Location(*low.tolist()), Location(*high.tolist())))
    writer = osmium.SimpleWriter(osmium.io.File(str(half), "osm.pbf"), header=header, overwrite=True)
    try:
        for n, place in enumerate(lon_lat.tolist(), 1):
            writer.add_node(Node(id=n, version=1, location=place, tags=out.node_tags.get(n, {})))
        for n, (nodes, tags) in enumerate(out.ways, 1):
            writer.add_way(Way(id=n, version=1, nodes=nodes, tags=tags))
        for n, (members, tags) in enumerate(out.relations, 1):
            writer.add_relation(Relation(id=n, version=1, members=members, tags=tags))
    finally:
        writer.close()
    half.replace(path)
