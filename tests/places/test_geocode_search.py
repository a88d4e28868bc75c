"""The search over a map that was imported: the demo city and, where it lies beside the repository, Almaty."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI

from jedel.app.connections import make_pool
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.errors import OutsideMap
from jedel.kernel.geo import Point, distance_m
from jedel.places import repository
from jedel.places.errors import NoMap
from jedel.places.geocode import Found, Geocoder
from jedel.places.importer import import_map
from simulator import city_file
from tests.support import Api, Seat

DEMO, REAL = "00", "02"


@dataclass
class Search:
    """A search over one region's map."""

    store: Store
    region: str
    geocoder: Geocoder

    async def all(self, text: str, near: Point | None = None, limit: int = 10) -> list[Found]:
        return await self.geocoder.search(self.store, self.region, text, near, limit)

    async def first(self, text: str, near: Point | None = None) -> Found:
        found = await self.all(text, near)
        assert found, f"nothing for {text!r}"
        return found[0]


@pytest.fixture(scope="module")
async def maps(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """The demo city in one region; the tests only read."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    folder = tmp_path_factory.mktemp("search")
    file = folder / "city.osm.pbf"
    city_file.write(file, city_file.KEPT)
    async with make_pool(postgres.url_of(name), 4) as pool:
        store = Store(pool, SystemClock())
        await import_map(store, folder / "blobs", file, DEMO)
        yield store
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
async def city(maps: Store) -> Search:
    return Search(maps, DEMO, Geocoder())


@pytest.fixture(scope="module")
async def real(maps: Store, almaty: Path, tmp_path_factory: pytest.TempPathFactory) -> Search:
    await import_map(maps, tmp_path_factory.mktemp("almaty"), almaty, REAL)
    return Search(maps, REAL, Geocoder())


@pytest.mark.parametrize(
    "typed",
    [
        "Абай / Достық",
        "абая угол достык",
        "abai/dostyk",
        "Достык и Абая",
        "пр. Абая & пр. Достык",
        "абай/досытк",
    ],
)
async def test_a_crossroad_in_any_spelling(city: Search, typed: str) -> None:
    found = await city.first(typed)
    assert found.kind == "crossroad"
    assert {*found.label["kk"].split(" / ")} == {"Абай даңғылы", "Достық даңғылы"}
    assert {*found.label["ru"].split(" / ")} == {"проспект Абая", "проспект Достык"}


@pytest.mark.parametrize(
    "typed", ["Яблоневая 3", "Алма көшесі, 3", "алма кошеси 3", "yablonevaya 3", "3 яблоневая", "ябло́невая 3"]
)
async def test_a_house_in_any_spelling(city: Search, typed: str) -> None:
    found = await city.first(typed)
    assert (found.kind, found.approximate) == ("address", False)
    assert found.label["ru"] == "улица Яблоневая, 3"


async def _houses(city: Search, street: str) -> set[str]:
    async with city.store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT house_key FROM address a JOIN street s ON s.id = a.street_id WHERE s.name_ru = %s",
                (street,),
            )
        ).fetchall()
    return {row["house_key"] for row in rows}


async def test_every_house_of_a_street_is_found_as_itself(city: Search) -> None:
    known = await _houses(city, "проспект Абая")
    assert len(known) > 100
    for house in sorted(known)[::9]:
        found = await city.first(f"Абая {house}")
        assert found.label["ru"].lower() == f"проспект абая, {house}"
        assert not found.approximate


async def test_a_missing_house_is_never_its_neighbour_silently(city: Search) -> None:
    known = await _houses(city, "проспект Абая")
    missing = [str(n) for n in range(1, 400) if str(n) not in known]
    assert missing
    for house in missing[::25]:
        found = await city.first(f"Абая {house}")
        assert found.approximate
        assert found.score < 0.9
    lost = await city.first("Абая 12/99")
    assert lost.approximate
    assert lost.label["ru"].startswith("проспект Абая, 12")


@pytest.mark.parametrize(
    ("typed", "ru"),
    [
        ("школа 17", "№17"),
        ("№17 мектеп", "№17"),
        ("sch17", "№17"),
        ("больница 2", "Больница №2"),
        ("sos 7", "SOS-07"),
    ],
)
async def test_sites_by_their_number(city: Search, typed: str, ru: str) -> None:
    found = await city.first(typed)
    assert found.kind == "site"
    assert ru in found.label["ru"]


async def test_a_site_that_is_not_there_is_not_another_one(city: Search) -> None:
    assert not [found for found in await city.all("школа 99") if found.kind == "site"]


async def test_sites_and_districts_by_name(city: Search) -> None:
    assert (await city.first("центральный парк")).label["en"] == "Central Park"
    assert (await city.first("орталык саябак")).site_kind == "park"
    district = await city.first("Самал ауданы")
    assert (district.kind, district.label["ru"]) == ("district", "Самалский район")
    assert {found.site_kind for found in await city.all("банк")} == {"bank"}


async def test_slips_of_the_finger(city: Search) -> None:
    for typed in ("досытк", "дотык", "Достыкк", "lostyk"):
        assert (await city.first(typed)).label["ru"] == "проспект Достык"


async def test_equal_scores_go_by_distance(city: Search) -> None:
    banks = await city.all("дала банк")
    assert len(banks) >= 3
    last = banks[-1]
    near = await city.all("дала банк", Point(last.lon, last.lat))
    same = [found for found in near if round(found.score, 2) == round(near[0].score, 2)]
    metres = [distance_m(Point(last.lon, last.lat), Point(found.lon, found.lat)) for found in same]
    assert metres == sorted(metres)


async def test_limits(city: Search) -> None:
    assert len(await city.all("банк", limit=3)) == 3
    assert await city.all("…") == []
    assert await city.all("ъъъъъ") == []


async def test_a_region_without_a_map(maps: Store) -> None:
    geocoder = Geocoder()
    with pytest.raises(NoMap):
        await geocoder.search(maps, "07", "Абай")
    with pytest.raises(NoMap):
        await geocoder.reverse(maps, "07", Point(68.0, 47.0))


async def test_words_for_a_place(city: Search) -> None:
    house = await city.first("Яблоневая 3")
    found = await city.geocoder.reverse(city.store, DEMO, Point(house.lon, house.lat))
    assert (found.kind, found.label["kk"]) == ("address", "Алма көшесі, 3")
    assert found.metres < 1
    crossing = await city.first("Абай / Достық")
    found = await city.geocoder.reverse(city.store, DEMO, Point(crossing.lon, crossing.lat))
    assert found.kind == "crossroad"
    assert {*found.label["kk"].split(" / ")} == {*crossing.label["kk"].split(" / ")}


async def test_words_for_a_place_far_from_everything(city: Search) -> None:
    async with city.store.reading() as tx:
        row = await repository.map_in_force(tx.conn, DEMO)
    assert row is not None
    corner = Point(row["west"] + 0.001, row["south"] + 0.001)
    found = await city.geocoder.reverse(city.store, DEMO, corner)
    assert found.kind == "point"
    assert found.label["en"] == f"{corner.lat:.5f}, {corner.lon:.5f}"
    with pytest.raises(OutsideMap):
        await city.geocoder.reverse(city.store, DEMO, Point(row["west"] - 1, row["south"]))


@pytest.mark.almaty
@pytest.mark.parametrize(
    ("typed", "kind", "words"),
    [
        ("Абая / Достык", "crossroad", "Достык"),
        ("абай/достык", "crossroad", "Абая"),
        ("розыбакиева абая", "street", ""),
        ("Розыбакиева угол Абая", "crossroad", "Розыбакиева"),
        ("Абая 10", "address", "Абая, 10"),
        ("Ауезова", "street", "Ауэзова"),
        ("Ауэзова", "street", "Ауэзова"),
        ("Satpaev", "street", "Сатпаев"),
        ("Tole bi", "street", "Толе Би"),
        ("тимерязева", "street", "Тимирязева"),
    ],
)
async def test_the_real_almaty(real: Search, typed: str, kind: str, words: str) -> None:
    found = [place for place in await real.all(typed) if place.kind == kind]
    assert found or not words, typed
    if words:
        assert words in found[0].label["ru"]


@pytest.mark.almaty
async def test_every_known_house_of_almaty_is_found_exactly(real: Search) -> None:
    async with real.store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT s.name, a.house, a.lon, a.lat FROM address a JOIN street s ON s.id = a.street_id"
                " JOIN map m ON m.id = a.map_id AND m.region = %s ORDER BY a.id",
                (REAL,),
            )
        ).fetchall()
    assert len(rows) > 300
    asked = rows[::10]
    right = 0
    for row in asked:
        found = await real.all(f"{row['name']}, {row['house']}", Point(row["lon"], row["lat"]), 3)
        exact = [place for place in found if place.kind == "address" and not place.approximate]
        assert all(
            place.label["ru"].endswith(f", {row['house']}") or place is not exact[0] for place in exact
        )
        right += any(distance_m(Point(p.lon, p.lat), Point(row["lon"], row["lat"])) < 60 for p in exact)
    assert right >= 0.97 * len(asked)


@pytest.fixture
async def seat(client: Api, store: Store, app: FastAPI, tmp_path: Path) -> Seat:
    """A duty officer over a small real map."""
    from tests.places.osm_files import town

    assert app.state.store.pool is store.pool
    await import_map(store, tmp_path / "blobs", town().write(tmp_path / "town.osm.pbf"), DEMO)
    return await client.login("duty")


async def test_over_http(seat: Seat) -> None:
    streets = await seat.ok("GET", "/api/sites")
    assert isinstance(streets, list)
    bounds = (await seat.ok("GET", "/api/map"))["bounds"]
    centre = (bounds["west"] + bounds["east"]) / 2, (bounds["south"] + bounds["north"]) / 2
    words = await seat.ok("GET", "/api/places/reverse", params={"lon": centre[0], "lat": centre[1]})
    assert {"kk", "ru", "en"} == set(words["label"])
    typed = words["label"]["ru"].split(" / ")[0].split(",")[0]
    near = f"{centre[0]:.6f},{centre[1]:.6f}"
    found: list[dict[str, Any]] = await seat.ok(
        "GET", "/api/places/search", params={"q": typed, "near": near, "limit": 5}
    )
    assert 0 < len(found) <= 5
    assert typed in found[0]["label"]["ru"]
    assert found[0]["approximate"] is False


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": ""},
        {"q": "а" * 201},
        {"q": "а\x00"},
        {"q": "абай", "near": "12"},
        {"q": "абай", "near": "x,y"},
        {"q": "абай", "limit": "0"},
        {"q": "абай", "limit": "51"},
    ],
)
async def test_bad_questions_are_refused(seat: Seat, params: dict[str, str]) -> None:
    answer = await seat.get("/api/places/search", params=params)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_outside_the_map_has_no_words(seat: Seat) -> None:
    answer = await seat.get("/api/places/reverse", params={"lon": 0, "lat": 0})
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_map")
