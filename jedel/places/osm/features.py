"""The basemap's raw material: one GeoJSON feature a line, one file a layer.

Layers and attributes (the console's style reads these names)
- ``roads``: class (motorway trunk primary secondary tertiary street service track path rail), link, oneway,
  bridge, tunnel, names
- ``buildings``: levels, house, name
- ``water``: kind (water river stream canal); polygons and lines
- ``green``: kind (park forest grass pitch cemetery)
- ``places``: kind (city town village suburb …), names
- ``sites``: id, kind, ref, names
- ``districts``: names; polygons
Names are ``name`` (as the map says), ``name_kk``, ``name_ru``, ``name_en``; absent where the map has none.
"""

from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from jedel.places.model import Names, Tags, names

LAYERS = ("districts", "green", "water", "buildings", "roads", "places", "sites")

_ROAD = {
    "motorway": ("motorway", 4), "trunk": ("trunk", 5), "primary": ("primary", 7),
    "secondary": ("secondary", 9),
    "tertiary": ("tertiary", 10), "unclassified": ("street", 11), "residential": ("street", 11),
    "road": ("street", 12), "living_street": ("street", 12), "unsurfaced": ("track", 13),
    "service": ("service", 13), "track": ("track", 13), "pedestrian": ("path", 12), "footway": ("path", 14),
    "path": ("path", 14), "steps": ("path", 14), "cycleway": ("path", 14),
}  # fmt: skip
_GREEN = {
    "park": "park", "garden": "park", "golf_course": "park", "common": "park", "nature_reserve": "forest",
    "pitch": "pitch", "stadium": "pitch", "playground": "pitch", "forest": "forest", "wood": "forest",
    "scrub": "grass", "heath": "grass", "grass": "grass", "meadow": "grass", "grassland": "grass",
    "recreation_ground": "park", "village_green": "park", "cemetery": "cemetery", "orchard": "grass",
}  # fmt: skip
_PLACE = {"city": 4, "town": 7, "village": 10, "suburb": 11, "neighbourhood": 13, "hamlet": 12, "quarter": 12}
_WATERWAY = {"river": 8, "canal": 10, "stream": 13, "drain": 14, "ditch": 14}


def name_attributes(found: Names) -> dict[str, str]:
    """The names as attributes; empty ones are left out."""
    every = {"name": found.any, "name_kk": found.kk, "name_ru": found.ru, "name_en": found.en}
    return {key: value for key, value in every.items() if value}


class Features:
    """Writes features to ``folder``; use as a context. Keeps the bounds of all that was written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts = dict.fromkeys(LAYERS, 0)
        self._files: dict[str, IO[bytes]] = {}

    def __enter__(self) -> Self:
        self._files = {layer: self.path(layer).open("wb") for layer in LAYERS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def path(self, layer: str) -> Path:
        return self.folder / f"{layer}.ndjson"

    def write(self, layer: str, geometry: object, attributes: dict[str, object], zoom: int) -> None:
        """One feature. ``geometry``: mapping or ready GeoJSON; ``zoom``: the first level that shows it."""
        feature = {
            "type": "Feature",
            "tippecanoe": {"minzoom": zoom},
            "properties": attributes,
            "geometry": orjson.Fragment(geometry) if isinstance(geometry, (bytes, str)) else geometry,
        }
        self._files[layer].write(orjson.dumps(feature) + b"\n")
        self.counts[layer] += 1

    def place(self, tags: Tags, lon: float, lat: float) -> None:
        kind = tags["place"]
        if kind in _PLACE and (called := name_attributes(names(tags))):
            point = {"type": "Point", "coordinates": [lon, lat]}
            self.write("places", point, {"kind": kind, **called}, _PLACE[kind])

    def line(self, tags: Tags, points: list[tuple[float, float]]) -> None:
        """An open or closed way as a line: roads, rails and running water."""
        geometry = {"type": "LineString", "coordinates": points}
        road = tags.get("highway", "").removesuffix("_link")
        if road in _ROAD and tags.get("area") != "yes":
            self.write("roads", geometry, _road(tags), _ROAD[road][1])
        elif tags.get("railway") in ("rail", "light_rail", "tram"):
            self.write("roads", geometry, {"class": "rail"}, 10)
        elif tags.get("waterway") in _WATERWAY:
            kind = tags["waterway"]
            self.write("water", geometry, {"kind": kind, **name_attributes(names(tags))}, _WATERWAY[kind])

    def area(self, tags: Tags, outline: BaseGeometry) -> None:
        """A closed shape: buildings, water, green."""
        if "building" in tags and tags["building"] != "no":
            house = {"levels": tags.get("building:levels"), "house": tags.get("addr:housenumber")}
            known = {key: value for key, value in house.items() if value}
            self.write(
                "buildings", shapely.to_geojson(outline), {**known, **name_attributes(names(tags))}, 13
            )
            return
        green = next(
            (_GREEN[tags[k]] for k in ("leisure", "landuse", "natural") if tags.get(k) in _GREEN), None
        )
        wet = tags.get("natural") == "water" or tags.get("landuse") in ("reservoir", "basin")
        if wet or tags.get("waterway") == "riverbank":
            self.write(
                "water", shapely.to_geojson(outline), {"kind": "water", **name_attributes(names(tags))}, 6
            )
        elif green:
            zoom = 8 if green == "forest" else 11
            self.write(
                "green", shapely.to_geojson(outline), {"kind": green, **name_attributes(names(tags))}, zoom
            )


def _road(tags: Tags) -> dict[str, object]:
    road = tags["highway"]
    attributes: dict[str, object] = {
        "class": _ROAD[road.removesuffix("_link")][0],
        **name_attributes(names(tags)),
    }
    if road.endswith("_link"):
        attributes["link"] = True
    if tags.get("oneway") in ("yes", "1", "true", "-1") or tags.get("junction") == "roundabout":
        attributes["oneway"] = -1 if tags.get("oneway") == "-1" else 1
    for key in ("bridge", "tunnel"):
        if tags.get(key, "no") != "no":
            attributes[key] = True
    return attributes
