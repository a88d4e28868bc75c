"""One pass over an extract: raw roads, addresses, sites, districts; map features go straight to disk.

Raw means as the map says it: nothing is joined, numbered or measured here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import osmium
import shapely
from osmium.geom import WKBFactory
from osmium.osm import Area, Node, Way
from shapely.geometry.base import BaseGeometry

from jedel.places.errors import MapFileDamaged
from jedel.places.model import Drive, Names, SiteKind, drive, names, site_kind
from jedel.places.osm.features import Features
from jedel.places.osm.limits import DISTRICT_LEVELS, OBJECTS_PER_STEP, PLACE_GRID_DEG

Progress = Callable[[str, float], None]
"""Called with a step's name and the share of it that is done, 0…1 (-1: unknown)."""


@dataclass(frozen=True, slots=True)
class RawRoad:
    """A way that cars drive: node references and positions (degrees) in order."""

    kind: str
    drive: Drive
    names: Names
    refs: list[int]
    lons: list[float]
    lats: list[float]


@dataclass(frozen=True, slots=True)
class RawAddress:
    street: str
    house: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class RawSite:
    """``osm`` names the object ("n12", "w12", "r12"); ``outline`` is None for a point."""

    osm: str
    kind: SiteKind
    names: Names
    lon: float
    lat: float
    tags: dict[str, str]
    outline: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class RawDistrict:
    names: Names
    level: int
    outline: BaseGeometry


@dataclass(frozen=True, slots=True)
class RawEntrance:
    lon: float
    lat: float
    kind: str
    name: str


@dataclass(slots=True)
class Extract:
    """Everything of an extract that the importer needs in memory."""

    roads: list[RawRoad] = field(default_factory=list)
    addresses: list[RawAddress] = field(default_factory=list)
    sites: list[RawSite] = field(default_factory=list)
    districts: list[RawDistrict] = field(default_factory=list)
    entrances: list[RawEntrance] = field(default_factory=list)
    building_wkb: list[bytes] = field(default_factory=list)
    building_tags: list[dict[str, str]] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def read(path: Path, features: Features, progress: Progress) -> Extract:
    """Read a checked PBF file. Raises MapFileDamaged when a block does not decode."""
    reader = _Reader(features)
    objects = osmium.FileProcessor(str(path)).with_locations().with_areas()
    try:
        tagged = osmium.filter.EmptyTagFilter()
        tagged.enable_for(osmium.osm.NODE)
        for count, thing in enumerate(objects.with_filter(tagged)):
            if count % OBJECTS_PER_STEP == 0:
                progress("read", -1)
            reader.take(thing)
    except (RuntimeError, ValueError) as error:
        # osmium's own errors are RuntimeErrors; a broken string table shows as a UnicodeDecodeError.
        raise MapFileDamaged(file=path.name, reason=str(error)) from error
    return reader.found


class _Reader:
    def __init__(self, features: Features) -> None:
        self.found = Extract()
        self.features = features
        self.wkb = WKBFactory()

    def take(self, thing: object) -> None:
        if isinstance(thing, Node):
            self.node(thing)
        elif isinstance(thing, Way):
            self.way(thing)
        elif isinstance(thing, Area):
            self.area(thing)

    def node(self, node: Node) -> None:
        tags = dict(node.tags)
        if not node.location.valid():
            return
        lon, lat = node.location.lon, node.location.lat
        self.address(tags, lon, lat)
        if "entrance" in tags:
            self.found.entrances.append(
                RawEntrance(lon, lat, tags["entrance"], tags.get("name") or tags.get("ref", ""))
            )
        if kind := site_kind(tags):
            self.found.sites.append(RawSite(f"n{node.id}", kind, names(tags), lon, lat, tags, None))
        if "place" in tags:
            self.features.place(tags, lon, lat)

    def way(self, way: Way) -> None:
        tags = dict(way.tags)
        if not tags:
            return
        line = [(n.ref, n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()]
        if len(line) < len(way.nodes):
            self.found.skipped["nodes without a place"] += len(way.nodes) - len(line)
        if len(line) < 2:
            return
        refs, lons, lats = (list(column) for column in zip(*line, strict=True))
        if driven := drive(tags):
            self.found.roads.append(RawRoad(tags["highway"], driven, names(tags), refs, lons, lats))
        self.features.line(tags, list(zip(lons, lats, strict=True)))

    def area(self, area: Area) -> None:
        tags = dict(area.tags)
        try:
            wkb = bytes.fromhex(self.wkb.create_multipolygon(area))
        except RuntimeError:
            self.found.skipped["areas without a shape"] += 1
            return
        outline = shapely.from_wkb(wkb)
        middle = shapely.set_precision(outline.representative_point(), PLACE_GRID_DEG)
        self.address(tags, middle.x, middle.y)
        if "building" in tags:
            self.found.building_wkb.append(wkb)
            self.found.building_tags.append({k: v for k, v in tags.items() if k.startswith("building")})
        if (kind := site_kind(tags)) and (kind is not SiteKind.PARK or names(tags).any):
            osm = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
            self.found.sites.append(RawSite(osm, kind, names(tags), middle.x, middle.y, tags, outline))
        if tags.get("boundary") == "administrative":
            self.district(tags, outline)
        self.features.area(tags, outline)

    def address(self, tags: dict[str, str], lon: float, lat: float) -> None:
        street = tags.get("addr:street") or tags.get("addr:place") or ""
        if house := tags.get("addr:housenumber", "").strip():
            self.found.addresses.append(RawAddress(street.strip(), house, lon, lat))

    def district(self, tags: dict[str, str], outline: BaseGeometry) -> None:
        level = tags.get("admin_level", "")
        if level.isdecimal() and int(level) in DISTRICT_LEVELS and names(tags).any:
            self.found.districts.append(RawDistrict(names(tags), int(level), outline))
