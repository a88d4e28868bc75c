"""The map, its tiles, sites, routes and closures as clients see them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from jedel.app.settings import Settings
from jedel.journal import Store, snapshot
from jedel.kernel.clock import ManualClock
from jedel.places import service
from jedel.places.importer import Imported, import_map
from tests.places.osm_files import at, town
from tests.support import Api, Seat


@pytest.fixture
async def imported(store: Store, settings: Settings) -> Imported:
    file = settings.data_dir / "town.osm.pbf"
    return await import_map(store, settings.blob_dir, town().write(file), "00", name="Town")


@pytest.fixture
async def seat(client: Api, imported: Imported) -> Seat:
    assert imported.basemap
    return await client.login("duty")


def _lonlat(x: float, y: float) -> str:
    return "{:.7f},{:.7f}".format(*at(x, y))


async def _route(seat: Seat) -> Any:
    return await seat.ok("GET", "/api/places/route", params={"from": _lonlat(0, 2), "to": _lonlat(4, 2)})


def _circle(**changes: Any) -> dict[str, Any]:
    lon, lat = at(2.5, 2)
    return {"id": str(uuid4()), "lon": lon, "lat": lat, "radius_m": 30, "note": "авария"} | changes


async def test_the_map_of_ones_region(seat: Seat, imported: Imported) -> None:
    found = await seat.ok("GET", "/api/map")
    assert found["id"] == str(imported.map_id)
    assert found["name"] == "Town"
    assert found["centre"]["lon"] == pytest.approx(at(2, 2)[0])
    assert found["bounds"]["west"] == pytest.approx(at(0, 0)[0])
    assert found["basemap"] == f"/api/map/basemap.pmtiles?map={imported.map_id}"
    assert found["counts"]["streets"] == 10


async def test_a_region_without_a_map_says_how_to_get_one(client: Api, imported: Imported) -> None:
    elsewhere = await client.login("elsewhere")
    answer = await elsewhere.get("/api/map")
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_map"
    assert "jedel map import" in answer.text
    refused = await elsewhere.post("/api/places/closures", json=_circle())
    assert refused.json()["code"] == "no_map"
    assert imported.region == "00"


async def test_tiles_come_by_ranges_and_are_kept(seat: Seat, client: Api) -> None:
    address = (await seat.ok("GET", "/api/map"))["basemap"]
    anyone = client.anonymous()
    head = await anyone.get(address, headers={"Range": "bytes=0-126"})
    assert head.status_code == 206
    assert head.content.startswith(b"PMTiles\x03")
    assert len(head.content) == 127
    total = int(head.headers["content-range"].rsplit("/", 1)[1])
    whole = await anyone.get(address)
    assert whole.status_code == 200
    assert len(whole.content) == total
    assert whole.headers["accept-ranges"] == "bytes"
    middle = await anyone.get(address, headers={"Range": f"bytes=100-{total + 50}"})
    assert middle.content == whole.content[100:]
    beyond = await anyone.get(address, headers={"Range": f"bytes={total}-{total + 5}"})
    assert beyond.status_code == 416
    known = await anyone.get(address, headers={"If-None-Match": f'W/"x", {whole.headers["etag"]}'})
    assert known.status_code == 304
    assert "immutable" in known.headers["cache-control"]


async def test_tiles_without_a_map_id_are_those_of_ones_region(seat: Seat, client: Api) -> None:
    own = await seat.get("/api/map/basemap.pmtiles", headers={"Range": "bytes=0-6"})
    assert own.content == b"PMTiles"
    assert own.headers["cache-control"] == "no-cache"
    assert (await client.anonymous().get("/api/map/basemap.pmtiles")).status_code == 401
    unknown = await client.anonymous().get("/api/map/basemap.pmtiles", params={"map": str(uuid4())})
    assert unknown.json()["code"] == "not_found"


async def test_missing_tiles_say_what_helps(seat: Seat, imported: Imported, settings: Settings) -> None:
    (settings.blob_dir / "maps" / str(imported.map_id) / "basemap.pmtiles").unlink()
    answer = await seat.get("/api/map/basemap.pmtiles")
    assert answer.status_code == 404
    assert "tippecanoe" in answer.text


async def test_sites_by_kind_and_one_by_id(seat: Seat, client: Api) -> None:
    every = await seat.ok("GET", "/api/sites")
    assert {site["kind"] for site in every} == {"school", "bank", "post", "park"}
    schools = await seat.ok("GET", "/api/sites?kind=school&kind=bank")
    assert {site["kind"] for site in schools} == {"school", "bank"}
    school = next(site for site in schools if site["kind"] == "school")
    assert await seat.ok("GET", f"/api/sites/{school['id']}") == school
    assert school["plan"]["entrances"][0]["kind"] == "main"
    assert (await seat.get(f"/api/sites/{uuid4()}")).status_code == 404
    elsewhere = await client.login("elsewhere")
    assert (await elsewhere.get(f"/api/sites/{school['id']}")).status_code == 404
    assert await elsewhere.ok("GET", "/api/sites") == []


async def test_districts(seat: Seat) -> None:
    found = await seat.ok("GET", "/api/places/districts")
    assert [district["name"]["kk"] for district in found] == ["Оңтүстік ауданы", "Солтүстік ауданы"]


async def test_a_route_and_a_place_outside_the_map(seat: Seat) -> None:
    route = await _route(seat)
    assert not route["estimated"]
    assert route["metres"] == pytest.approx(650, abs=5)
    assert route["line"][0] == pytest.approx(at(0, 2))
    outside = await seat.get("/api/places/route", params={"from": _lonlat(0, 2), "to": "10,10"})
    assert outside.status_code == 422
    assert outside.json()["code"] == "outside_map"
    for bad in ("", "1", "a,b", "1,2,3", "1e9,2", "nan,nan", "181,0"):
        answer = await seat.get("/api/places/route", params={"from": bad, "to": _lonlat(0, 0)})
        assert answer.status_code == 422, bad


async def test_a_closure_is_driven_around_at_once_and_lifted(seat: Seat, store: Store) -> None:
    free = await _route(seat)
    body = _circle()
    made = await seat.ok("POST", "/api/places/closures", json=body)
    assert made["factor"] == 0
    assert len(made["lines"]) == 1
    around = await _route(seat)
    assert around["metres"] > free["metres"] + 200
    assert await seat.ok("GET", "/api/places/closures") == [made]
    assert await seat.ok("POST", "/api/places/closures", json=body) == made
    command = str(uuid4())
    for _ in range(2):
        answer = await seat.delete(f"/api/places/closures/{made['id']}", params={"command": command})
        assert answer.status_code == 204
    assert (await _route(seat))["seconds"] == free["seconds"]
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute("SELECT kind FROM journal WHERE kind LIKE 'places.closure%' ORDER BY seq")
        ).fetchall()
    assert [row["kind"] for row in rows] == ["places.closure_set", "places.closure_lifted"]


@pytest.mark.parametrize("shape", ["line", "street"])
async def test_lines_and_streets_can_be_closed_or_slowed(seat: Seat, store: Store, shape: str) -> None:
    free = await _route(seat)
    async with store.reading() as tx:
        row = await (await tx.conn.execute("SELECT id FROM street WHERE key = 'достык'")).fetchone()
    assert row is not None
    place = {"street_id": str(row["id"])} if shape == "street" else {"line": [at(0, 2), at(4, 2)]}
    made = await seat.ok("POST", "/api/places/closures", json={"id": str(uuid4()), "factor": 0.9, **place})
    assert len(made["lines"]) == 4
    assert made["street"] == ("Достық көшесі" if shape == "street" else "")
    assert (await _route(seat))["seconds"] == pytest.approx(free["seconds"] / 0.9, rel=0.02)


async def test_closures_end_by_themselves(seat: Seat, store: Store, clock: ManualClock, app: FastAPI) -> None:
    free = await _route(seat)
    until = clock.now() + timedelta(minutes=10)
    await seat.ok("POST", "/api/places/closures", json=_circle(until=until.isoformat()))
    assert await service.lift_ended(store) == 0
    clock.advance(601)
    assert await service.lift_ended(store) == 1
    assert await service.lift_ended(store) == 0
    await app.state.networks.refresh(store)
    assert (await _route(seat))["seconds"] == free["seconds"]
    assert await seat.ok("GET", "/api/places/closures") == []


async def test_snapshot_plus_events_is_the_fresh_snapshot(seat: Seat, store: Store) -> None:
    collections = {"closures": service.closures}
    first = await seat.ok("POST", "/api/places/closures", json=_circle())
    before = await snapshot(store, collections, "00")
    await seat.ok("POST", "/api/places/closures", json=_circle(factor=0.5))
    await seat.delete(f"/api/places/closures/{first['id']}", params={"command": str(uuid4())})
    state = {str(view["id"]): view for view in before.collections["closures"]}
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute(
                "SELECT payload::jsonb AS p FROM journal WHERE seq > %s ORDER BY seq", (before.seq,)
            )
        ).fetchall()
    for row in rows:
        state |= {view["id"]: view for view in row["p"]["changed"].get("closures", [])}
        for gone in row["p"]["gone"].get("closures", []):
            del state[gone]
    fresh = await snapshot(store, collections, "00")
    assert list(state.values()) == fresh.collections["closures"]


BAD_CLOSURES: list[dict[str, Any]] = [
    {"radius_m": None},
    {"radius_m": 0},
    {"radius_m": 1e9},
    {"line": [at(0, 0), at(1, 0)]},
    {"street_id": str(uuid4())},
    {"lon": None, "lat": None, "radius_m": None},
    {"lon": None, "lat": None, "radius_m": None, "line": [at(0, 0)]},
    {"factor": 1},
    {"factor": -0.1},
    {"until": "2026-11-22T10:00:00"},
    {"note": "x" * 5_000},
    {"id": "7"},
    {"colour": "red"},
]


async def test_bad_closures_are_refused_and_change_nothing(seat: Seat, store: Store) -> None:
    for changes in BAD_CLOSURES:
        _problem(await seat.post("/api/places/closures", json=_circle(**changes)), 422)
    async with store.reading() as tx:
        assert await service.closures(tx, "00") == []


def _problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_refusals_that_the_map_decides(seat: Seat, client: Api, clock: ManualClock) -> None:
    url = "/api/places/closures"
    for body, code in [
        (_circle(lon=10.0, lat=10.0), "outside_map"),
        (_circle(lat=at(0, 2.5)[1]), "closure_matches_no_road"),
        (_circle(until=clock.now().isoformat()), "closure_in_the_past"),
        (_circle(until="9999-12-31T23:59:59-14:00"), "closure_too_long"),
        ({"id": str(uuid4()), "line": [at(2, 2), at(2, 2)]}, "closure_matches_no_road"),
        ({"id": str(uuid4()), "street_id": str(uuid4())}, "not_found"),
        ({"id": str(uuid4()), "line": [at(0, 0), (10.0, 10.0)]}, "outside_map"),
    ]:
        answer = await seat.post(url, json=body)
        _problem(answer, 404 if code == "not_found" else 422)
        assert answer.json()["code"] == code
    missing = await seat.delete(f"{url}/{uuid4()}", params={"command": str(uuid4())})
    _problem(missing, 404)
    officer = await client.login("officer")
    _problem(await officer.post(url, json=_circle()), 403)


async def test_a_closure_of_another_region_does_not_exist(
    seat: Seat, client: Api, store: Store, settings: Settings
) -> None:
    made = await seat.ok("POST", "/api/places/closures", json=_circle())
    await import_map(store, settings.blob_dir, settings.data_dir / "town.osm.pbf", "02")
    elsewhere = await client.login("elsewhere")
    params = {"command": str(uuid4())}
    _problem(await elsewhere.delete(f"/api/places/closures/{made['id']}", params=params), 404)
    _problem(await elsewhere.post("/api/places/closures", json=_circle(id=made["id"])), 404)
    assert await elsewhere.ok("GET", "/api/places/closures") == []
    assert len(await seat.ok("GET", "/api/places/closures")) == 1


async def test_a_lifted_closure_is_not_made_again_by_its_late_twin(seat: Seat) -> None:
    body = _circle()
    made = await seat.ok("POST", "/api/places/closures", json=body)
    await seat.delete(f"/api/places/closures/{made['id']}", params={"command": str(uuid4())})
    _problem(await seat.post("/api/places/closures", json=body), 404)


async def test_too_many_closures(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CLOSURES_MAX", 1)
    await seat.ok("POST", "/api/places/closures", json=_circle())
    _problem(await seat.post("/api/places/closures", json=_circle()), 429)


async def test_another_process_hears_of_a_change(
    seat: Seat, app: FastAPI, store: Store, settings: Settings, nats_url: str
) -> None:
    import asyncio

    import nats

    from jedel.places import Networks
    from tests.support import eventually

    await app.state.networks.listen(app.state.nats)
    async with await nats.connect(nats_url) as other:
        networks = Networks(settings.blob_dir)
        network = await networks.ready(store, "00")
        await networks.listen(other)
        await other.flush()
        keeper = asyncio.create_task(networks.keep_fresh(store))
        try:
            before = network.version
            await seat.ok("POST", "/api/places/closures", json=_circle())

            async def newer() -> bool:
                return network.version > before

            await eventually(newer)
        finally:
            keeper.cancel()
