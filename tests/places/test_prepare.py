"""What an extract becomes: streets, crossroads, addresses, sites, districts, tiles."""

import subprocess
from pathlib import Path
from uuid import uuid4

import orjson
import pytest
from osmium.osm.mutable import Node

from jedel.places import basemap
from jedel.places.errors import DistrictsFileBad, MapWithoutRoads
from jedel.places.importer import silent
from jedel.places.network.mapfile import BASEMAP_FILE, GRAPH_FILE
from jedel.places.osm.districts import read_districts
from jedel.places.prepare import COLUMNS, Job, Prepared, prepare
from jedel.places.repository import SITE_COLUMNS
from tests.places.osm_files import Osm, at, town

TILER = basemap.tippecanoe()


def _prepare(osm: Osm, folder: Path, districts: Path | None = None, tiler: str | None = None) -> Prepared:
    file = osm.write(folder / "town.osm.pbf")
    (folder / "map").mkdir()
    return prepare(Job(file, districts, "00", uuid4(), "Town", "test", tiler), folder / "map", silent)


def _rows(prepared: Prepared, table: str) -> list[dict[str, object]]:
    columns = SITE_COLUMNS if table == "site" else COLUMNS[table]
    return [dict(zip(columns, row, strict=True)) for row in prepared.rows[table]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, Path]:
    folder = tmp_path_factory.mktemp("town")
    return _prepare(town(), folder, tiler=TILER), folder / "map"


def test_streets_have_names_and_keys(prepared: tuple[Prepared, Path]) -> None:
    streets = {row["name"]: row for row in _rows(prepared[0], "street")}
    assert len(streets) == 10
    abai = streets["Абай даңғылы"]
    assert (abai["name_kk"], abai["name_ru"], abai["key"]) == ("Абай даңғылы", "проспект Абая", "абай|абая")
    assert abai["lon"] == pytest.approx(at(1, 2)[0])
    assert abai["lat"] == pytest.approx(at(1, 2)[1])


def test_every_crossing_of_two_streets_is_a_crossroad_once(prepared: tuple[Prepared, Path]) -> None:
    crossroads = _rows(prepared[0], "crossroad")
    assert len(crossroads) == 25
    met = [row for row in crossroads if row["key"] == "абай|абая/достык"]
    assert len(met) == 1
    assert (met[0]["lon"], met[0]["lat"]) == pytest.approx(at(1, 2))
    names = {row["id"]: row["name"] for row in _rows(prepared[0], "street")}
    assert {names[met[0]["street_a"]], names[met[0]["street_b"]]} == {"Абай даңғылы", "Достық көшесі"}


def test_addresses_hang_on_their_streets(prepared: tuple[Prepared, Path]) -> None:
    streets = {row["name"]: row["id"] for row in _rows(prepared[0], "street")}
    addresses = {row["house"]: row for row in _rows(prepared[0], "address")}
    assert set(addresses) == {"12/1", "40А"}
    house = addresses["40А"]
    assert house["street_id"] == streets["Достық көшесі"]
    assert (house["key"], house["house_key"]) == ("достык", "40а")
    assert house["lon"] == pytest.approx(at(3.3, 0)[0], abs=2e-4)


def test_sites_know_their_district_address_and_plan(prepared: tuple[Prepared, Path]) -> None:
    sites = {row["kind"]: row for row in _rows(prepared[0], "site")}
    assert set(sites) == {"school", "bank", "post", "park"}
    school = sites["school"]
    assert (school["name_kk"], school["name_ru"]) == ("№5 мектеп", "Школа №5")
    assert school["address"] == "Достық көшесі, 12/1"
    assert school["district_kk"] == "Солтүстік ауданы"
    plan = school["plan"]
    assert isinstance(plan, dict)
    assert plan["levels"] == 3
    assert plan["contacts"] == {"phone": "+7 000 5"}
    assert [door["name"] for door in plan["entrances"]] == ["Басты кіреберіс"]
    assert sites["bank"]["address"] == "Достық көшесі, 40А"
    post = sites["post"]
    assert post["plan"] == {"ref": "P-1"}
    assert (post["lon"], post["lat"]) == pytest.approx(at(2.1, 2.05))


def test_districts_have_outlines(prepared: tuple[Prepared, Path]) -> None:
    districts = _rows(prepared[0], "district")
    assert {row["name_ru"] for row in districts} == {"Оңтүстік ауданы (ru)", "Солтүстік ауданы (ru)"}
    assert orjson.loads(str(districts[0]["outline"]))["type"] in ("Polygon", "MultiPolygon")


def test_the_folder_holds_graph_and_tiles_only(prepared: tuple[Prepared, Path]) -> None:
    found, folder = prepared
    assert found.basemap
    assert {path.name for path in folder.iterdir()} == {GRAPH_FILE, BASEMAP_FILE}
    assert (folder / BASEMAP_FILE).read_bytes().startswith(b"PMTiles\x03")
    west, south, east, north = found.bounds
    assert (west, south) == pytest.approx(at(0, 0))
    assert (east, north) == pytest.approx(at(4, 4))


def test_a_coarser_unit_gives_way_to_the_finer_ones_that_fill_it(tmp_path: Path) -> None:
    osm = town()
    osm.boundary(osm.box(-1, -1, 6), admin_level="8", name="Қала")
    osm.boundary(osm.box(-9, -9, 40), admin_level="6", name="Аудан")
    prepared = _prepare(osm, tmp_path)
    assert {row["name_kk"] for row in _rows(prepared, "district")} == {
        "Аудан",
        "Оңтүстік ауданы",
        "Солтүстік ауданы",
    }
    sites = {row["kind"]: row for row in _rows(prepared, "site")}
    assert sites["school"]["district_kk"] == "Солтүстік ауданы"


def test_same_name_far_away_is_another_street(tmp_path: Path) -> None:
    osm = town()
    osm.way([(4, 4), (40, 4)], highway="primary")
    osm.way([(40, 4), (40, 5)], highway="residential", name="Абай даңғылы")
    osm.node(40.1, 4.5, addr__street="Абай даңғылы", addr__housenumber="7")
    prepared = _prepare(osm, tmp_path)
    same = [row for row in _rows(prepared, "street") if row["name"] == "Абай даңғылы"]
    assert len(same) == 2
    house = next(row for row in _rows(prepared, "address") if row["house"] == "7")
    far = max(same, key=lambda row: float(str(row["lon"])))
    assert house["street_id"] == far["id"]


def test_dual_carriageways_cross_once(tmp_path: Path) -> None:
    osm = Osm()
    for y in (0.0, 0.1):
        osm.way([(x, y) for x in range(3)], highway="primary", name="Әл-Фараби даңғылы")
    osm.way([(1, -1), (1, 0), (1, 0.1), (1, 1)], highway="secondary", name="Абай даңғылы")
    assert len(_rows(_prepare(osm, tmp_path), "crossroad")) == 1


def test_an_extract_without_roads_is_refused(tmp_path: Path) -> None:
    osm = Osm()
    osm.way([(0, 0), (1, 0)], highway="footway")
    osm.node(0, 1, amenity="school")
    with pytest.raises(MapWithoutRoads):
        _prepare(osm, tmp_path)


def test_ways_whose_nodes_are_missing_are_left_out(tmp_path: Path) -> None:
    osm = town()
    osm.way_of([9_001, 9_002], highway="primary", name="Жоқ")
    prepared = _prepare(osm, tmp_path)
    assert prepared.counts["skipped"] == 2
    assert "Жоқ" not in {row["name"] for row in _rows(prepared, "street")}


def test_districts_from_a_file_replace_those_of_the_extract(tmp_path: Path) -> None:
    ring = [at(-1, -1), at(6, -1), at(6, 6), at(-1, 6), at(-1, -1)]
    feature = {
        "type": "Feature",
        "properties": {"name": "Medeu", "osm_name": "Медеу ауданы, Алматы"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file = tmp_path / "districts.geojson"
    file.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [feature]}))
    districts = _rows(_prepare(town(), tmp_path, file), "district")
    assert [(row["name_kk"], row["name_en"]) for row in districts] == [("Медеу ауданы", "Medeu")]


def _collection(geometry: str) -> bytes:
    return b'{"features": [{"properties": {"name": "A"}, "geometry": %s}]}' % geometry.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"features": 7}',
        b'{"features": []}',
        b'{"features": [{"properties": {}, "geometry": null}]}',
        _collection('{"type": "Point", "coordinates": [1, 2]}'),
        _collection('{"type": "Polygon", "coordinates": [[1]]}'),
    ],
)
def test_bad_district_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "districts.geojson"
    file.write_bytes(content)
    with pytest.raises(DistrictsFileBad):
        read_districts(file)


def test_a_missing_district_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DistrictsFileBad):
        read_districts(tmp_path / "none.geojson")


def test_without_tippecanoe_the_map_is_made_without_tiles(tmp_path: Path) -> None:
    prepared = _prepare(town(), tmp_path)
    assert not prepared.basemap
    assert {path.name for path in (tmp_path / "map").iterdir()} == {GRAPH_FILE}


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/tippecanoe"])
def test_a_failing_tippecanoe_leaves_the_map_without_tiles(tmp_path: Path, program: str) -> None:
    assert not _prepare(town(), tmp_path, tiler=program).basemap


def test_the_tiles_hold_every_layer_with_names_in_both_languages(tmp_path: Path) -> None:
    osm = town()
    osm.way([(0, 4.5), (4, 4.5)], highway="trunk_link", oneway="-1", bridge="yes", name="Көпір")
    osm.way([(0, 4.6), (4, 4.6)], railway="rail")
    osm.way([(0, 4.7), (4, 4.7)], waterway="river", name__kk="Өзен", name__ru="Река")
    osm.box(0, 3.2, 0.5, landuse="forest")
    osm.box(1, 3.2, 0.2, landuse="industrial")
    prepared = _prepare(osm, tmp_path, tiler=TILER)
    assert prepared.basemap
    assert TILER is not None
    decoded = subprocess.run(
        [str(Path(TILER).with_name("tippecanoe-decode")), "-c", str(tmp_path / "map" / BASEMAP_FILE)],
        capture_output=True,
        check=True,
    )
    found: dict[str, list[dict[str, object]]] = {}
    for line in decoded.stdout.splitlines():
        feature = orjson.loads(line)
        found.setdefault(feature["tippecanoe"]["layer"], []).append(feature["properties"])
    assert set(found) == {"roads", "buildings", "water", "green", "places", "sites", "districts"}
    bridge = next(road for road in found["roads"] if road.get("bridge"))
    assert (bridge["class"], bridge["link"], bridge["oneway"], bridge["name"]) == ("trunk", True, -1, "Көпір")
    assert any(road["class"] == "rail" for road in found["roads"])
    assert any(road.get("name_ru") == "проспект Абая" for road in found["roads"])
    assert {"kind": "river", "name": "Река", "name_kk": "Өзен", "name_ru": "Река"} in found["water"]
    assert {green["kind"] for green in found["green"]} == {"park", "forest"}
    assert {"id", "kind", "name"} <= set(found["sites"][0])


def test_broken_shapes_are_counted_and_left_out(tmp_path: Path) -> None:
    osm = town()
    osm.nodes[10_000] = Node(id=10_000, version=1, tags={"amenity": "school", "name": "Еш жерде"})
    bow = [osm.node(*place) for place in [(5, 5), (6, 6), (6, 5), (5, 6)]]
    osm.way_of([*bow, bow[0]], building="yes", addr__housenumber="9")
    prepared = _prepare(osm, tmp_path)
    assert "Еш жерде" not in {row["name_kk"] for row in _rows(prepared, "site")}
    assert "9" not in {row["house"] for row in _rows(prepared, "address")}
