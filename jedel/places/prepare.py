"""Everything of an import that needs no database: files in a folder, rows ready to be copied."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid5

import numpy as np
import osmium
import shapely

from jedel.places import basemap
from jedel.places.errors import MapWithoutRoads
from jedel.places.geocode_model import house_key, street_key
from jedel.places.model import Names, site_id
from jedel.places.network.build import build
from jedel.places.network.graph import RoadGraph
from jedel.places.network.mapfile import BASEMAP_FILE, GRAPH_FILE, Places, save
from jedel.places.osm.districts import read_districts
from jedel.places.osm.extract import Extract, Progress, RawDistrict, read
from jedel.places.osm.features import Features, name_attributes
from jedel.places.osm.joins import Inside, SitePlans, address_streets, finest, site_addresses
from jedel.places.osm.streets import Crossroad, Streets, crossroads, streets

Rows = list[tuple[object, ...]]
OUTLINE_GRID_DEG = 1e-6


@dataclass(frozen=True, slots=True)
class Job:
    """What to import, and as what. ``tiler``: the program that makes tiles; None: the map gets none."""

    file: Path
    districts: Path | None
    region: str
    map_id: UUID
    name: str
    attribution: str
    tiler: str | None


@dataclass(slots=True)
class Prepared:
    """Rows by table, in the columns of ``COLUMNS`` (sites: repository.SITE_COLUMNS without the last bits)."""

    bounds: tuple[float, float, float, float]
    centre: tuple[float, float]
    basemap: bool
    counts: dict[str, int]
    rows: dict[str, Rows] = field(default_factory=dict)


COLUMNS = {
    "district": ("id", "map_id", "name_kk", "name_ru", "name_en", "outline"),
    "street": ("id", "map_id", "name", "name_kk", "name_ru", "lon", "lat", "key"),
    "crossroad": ("id", "map_id", "street_a", "street_b", "lon", "lat", "key"),
    "address": ("id", "map_id", "street_id", "street_name", "house", "lon", "lat", "key", "house_key"),
}


def prepare(job: Job, folder: Path, progress: Progress) -> Prepared:
    """Read the extract and write graph and basemap into ``folder``. Raises the map Problems of errors.py."""
    with Features(folder) as features:
        extract = read(job.file, features, progress)
        given = read_districts(job.districts) if job.districts else finest(extract.districts)
        progress("sites", -1)
        districts = _district_rows(job, given, features)
        sites = _site_rows(job, extract, given, districts, features)
    with basemap.building(job.tiler, features, folder / BASEMAP_FILE, job.name, job.attribution) as tiles:
        prepared = _tables(job, folder, progress, extract, given)
        prepared.rows |= {"district": districts, "site": sites}
        progress("basemap", -1)
        prepared.basemap = tiles.made()
    for layer in features.counts:
        features.path(layer).unlink()
    return prepared


def _tables(
    job: Job, folder: Path, progress: Progress, extract: Extract, given: list[RawDistrict]
) -> Prepared:
    """What can be reckoned while the tiles are cut: streets, crossroads, addresses, and the road graph."""
    progress("streets", -1)
    found = streets(extract.roads)
    crossing = crossroads(extract.roads, found)
    houses = address_streets(extract.addresses, extract.roads, found)
    progress("graph", -1)
    graph = build(extract.roads, found.of_way)
    if graph is None:
        raise MapWithoutRoads(file=job.file.name)
    prepared = Prepared(
        bounds=_bounds(job.file, graph),
        centre=(float(np.median(graph.node_lon)), float(np.median(graph.node_lat))),
        basemap=False,
        counts=_counts(graph, extract, found, crossing, given),
    )
    street_ids = [uuid5(job.map_id, f"street/{n}") for n in range(len(found.streets))]
    prepared.rows = {
        "street": [
            (i, job.map_id, s.names.any, s.names.kk, s.names.ru, s.lon, s.lat, s.key)
            for i, s in zip(street_ids, found.streets, strict=True)
        ],
        "crossroad": [
            (
                uuid5(job.map_id, f"crossroad/{n}"),
                job.map_id,
                street_ids[c.a],
                street_ids[c.b],
                c.lon,
                c.lat,
                c.key,
            )
            for n, c in enumerate(crossing)
        ],
        "address": _address_rows(job, extract, found, houses, street_ids),
    }
    progress("matching", -1)
    save(folder / GRAPH_FILE, graph, _places(extract, found, houses, prepared))
    return prepared


def _bounds(file: Path, graph: RoadGraph) -> tuple[float, float, float, float]:
    """What the file says it covers, widened to the roads it has."""
    west, east = float(graph.shape_lon.min()), float(graph.shape_lon.max())
    south, north = float(graph.shape_lat.min()), float(graph.shape_lat.max())
    box = osmium.io.Reader(str(file)).header().box()
    if box.valid():
        low, high = box.bottom_left, box.top_right
        west, south, east, north = (
            min(west, low.lon),
            min(south, low.lat),
            max(east, high.lon),
            max(north, high.lat),
        )
    return west, south, east, north


def _counts(
    graph: RoadGraph,
    extract: Extract,
    found: Streets,
    crossing: list[Crossroad],
    districts: list[RawDistrict],
) -> dict[str, int]:
    return {
        "road_km": round(float(graph.road_metres.sum()) / 1_000),
        "nodes": graph.nodes,
        "roads": graph.roads,
        "ways": len(extract.roads),
        "streets": len(found.streets),
        "crossroads": len(crossing),
        "addresses": len(extract.addresses),
        "districts": len(districts),
        "sites": len(extract.sites),
        "buildings": len(extract.building_wkb),
        "skipped": sum(extract.skipped.values()),
    }


def _labels(names: Names) -> tuple[str, str, str]:
    label = names.label()
    return label["kk"], label["ru"], label["en"]


def _district_rows(job: Job, districts: list[RawDistrict], features: Features) -> Rows:
    rows: Rows = []
    for n, district in enumerate(districts):
        outline = shapely.to_geojson(shapely.set_precision(district.outline, OUTLINE_GRID_DEG))
        rows.append((uuid5(job.map_id, f"district/{n}"), job.map_id, *_labels(district.names), outline))
        features.write("districts", outline, dict(name_attributes(district.names)), 6)
    return rows


def _site_rows(
    job: Job, extract: Extract, districts: list[RawDistrict], district_rows: Rows, features: Features
) -> Rows:
    plans, inside = SitePlans(extract), Inside([d.outline for d in districts])
    rows: Rows = []
    for site, address in zip(extract.sites, site_addresses(extract.sites, extract.addresses), strict=True):
        number = inside.of(site.lon, site.lat)
        district: tuple[object, ...] = (None, "", "", "")
        if number >= 0:
            district = (district_rows[number][0], *_labels(districts[number].names))
        identity = site_id(job.region, site.osm)
        plan = plans.of(site)
        rows.append(
            (identity, job.region, job.map_id, site.kind.value, *_labels(site.names), site.lon, site.lat,
             address, *district, plan)
        )  # fmt: skip
        point = {"type": "Point", "coordinates": [site.lon, site.lat]}
        called: dict[str, object] = dict(name_attributes(site.names))
        called |= {"ref": plan["ref"]} if "ref" in plan else {}
        features.write("sites", point, {"id": str(identity), "kind": site.kind.value, **called}, 11)
    return rows


def _address_rows(
    job: Job, extract: Extract, found: Streets, houses: list[int], street_ids: list[UUID]
) -> Rows:
    rows: Rows = []
    for n, (address, street) in enumerate(zip(extract.addresses, houses, strict=True)):
        key = found.streets[street].key if street >= 0 else street_key(address.street)
        name = address.street or (found.streets[street].names.any if street >= 0 else "")
        street_id = street_ids[street] if street >= 0 else None
        rows.append(
            (uuid5(job.map_id, f"address/{n}"), job.map_id, street_id, name, address.house, address.lon,
             address.lat, key, house_key(address.house))
        )  # fmt: skip
    return rows


def _places(extract: Extract, found: Streets, houses: list[int], prepared: Prepared) -> Places:
    return Places(
        street_keys=[s.key for s in found.streets],
        street_names=[s.names.any for s in found.streets],
        address_lon=np.array([a.lon for a in extract.addresses]),
        address_lat=np.array([a.lat for a in extract.addresses]),
        address_text=[str(row[3]) for row in prepared.rows["address"]],
        address_house=[a.house for a in extract.addresses],
        bounds=prepared.bounds,
    )
