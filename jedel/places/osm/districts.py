"""Districts from a GeoJSON file, for extracts whose boundaries are missing or too coarse."""

from pathlib import Path

import orjson
import shapely

from jedel.places.errors import DistrictsFileBad
from jedel.places.model import Names
from jedel.places.osm.extract import RawDistrict

_LEVEL = 9


def read_districts(path: Path) -> list[RawDistrict]:
    """The polygons of a FeatureCollection that have a name (name, name:kk, name_ru, shapeName …)."""
    try:
        features = orjson.loads(path.read_bytes())["features"]
        found = [
            RawDistrict(
                _names(feature["properties"]), _LEVEL, shapely.from_geojson(orjson.dumps(feature["geometry"]))
            )
            for feature in features
        ]
    except OSError as error:
        raise DistrictsFileBad(file=path.name, reason=error.strerror or "") from error
    except (orjson.JSONDecodeError, KeyError, TypeError, shapely.errors.ShapelyError) as error:
        raise DistrictsFileBad(file=path.name, reason=str(error)) from error
    found = [d for d in found if d.names.any and d.outline.geom_type in ("Polygon", "MultiPolygon")]
    if not found:
        raise DistrictsFileBad(file=path.name, reason="no polygon with a name")
    return found


def _names(properties: dict[str, object]) -> Names:
    texts = {
        key.lower().replace("_", ":"): value.strip()
        for key, value in properties.items()
        if isinstance(value, str)
    }
    plain = texts.get("name") or texts.get("shapename", "")
    local = texts.get("osm:name", "").partition(",")[0]
    latin = plain if plain.isascii() else ""
    return Names(
        plain, texts.get("name:kk") or local, texts.get("name:ru") or local, texts.get("name:en") or latin
    )
