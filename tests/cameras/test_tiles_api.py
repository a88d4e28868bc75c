"""Tiles of the map of cameras, through the API and NATS."""

import asyncio
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI
from nats.aio.client import Client

from jedel.cameras.tiles import CHANGED_SUBJECT, STATE_RECORD, STATE_SUBJECT, CameraMap
from jedel.cameras.tiles.model import Wanted
from jedel.journal import Store
from tests.cameras.made import add_camera
from tests.cameras.tiles import decoded
from tests.support import Api, eventually

LON, LAT = 76.945, 43.238
TILE_14 = "/api/cameras/tiles/14/11693/6005.mvt"
TILE_0 = "/api/cameras/tiles/0/0/0.mvt"


@pytest.fixture
async def held(app: FastAPI, bus: Client) -> CameraMap:
    found: CameraMap = app.state.camera_map
    await found.listen(bus)
    return found


async def test_a_camera_is_on_the_tile_of_its_place(client: Api, store: Store) -> None:
    camera = await add_camera(store, lon=LON, lat=LAT, heading=359.8, fov=90, range_m=60, kind="ptz")
    bare = await add_camera(store, lon=LON, lat=LAT)
    seat = await client.login("operator")
    answer = await seat.get(TILE_14)
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    by_id = {UUID(each["camera"]): each for each in decoded(answer.content)["cameras"]}
    assert set(by_id) == {camera, bare}
    assert (
        by_id[camera].items()
        >= {"kind": "ptz", "state": "unknown", "heading": 0, "fov": 90, "range": 60}.items()
    )
    assert "heading" not in by_id[bare]
    again = await seat.get(TILE_14, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert decoded((await seat.get(TILE_0)).content)["clusters"][0]["n"] == 2


async def test_another_region_sees_none_of_it(client: Api, store: Store) -> None:
    await add_camera(store, lon=LON, lat=LAT)
    seat = await client.login("elsewhere")
    assert (await seat.get(TILE_14)).content == b""
    assert (await seat.get(TILE_0)).content == b""


async def test_filters(client: Api, store: Store) -> None:
    for kind in ("ptz", "fixed", "fixed"):
        await add_camera(store, lon=LON, lat=LAT, kind=kind)
    seat = await client.login("duty")
    for path, count in (
        ("?kind=fixed", 2),
        ("?kind=ptz&kind=fixed", 3),
        ("?state=up", 0),
        ("?state=unknown", 3),
    ):
        near = decoded((await seat.get(TILE_14 + path)).content).get("cameras", [])
        far = decoded((await seat.get(TILE_0 + path)).content).get("clusters", [])
        assert (len(near), sum(each["n"] for each in far)) == (count, count)
    for path in (TILE_14 + "?kind=person", "/api/cameras/tiles/18/0/0.mvt", "/api/cameras/tiles/1/x/0.mvt"):
        assert (await seat.get(path)).status_code == 422
    assert (await seat.get("/api/cameras/tiles/1/2/0.mvt")).status_code == 404


async def test_states_come_by_the_bus(client: Api, store: Store, bus: Client, held: CameraMap) -> None:
    await add_camera(store, lon=LON, lat=LAT)
    await held.ready()
    number = int(held.picture.layer("00").number[0])
    seat = await client.login("duty")
    said = np.array([(number, 1, 0), (number, 1, 1), (10**9, 2, 0)], dtype=STATE_RECORD)
    await bus.publish(STATE_SUBJECT, b"what?")
    await bus.publish(STATE_SUBJECT, said.tobytes())

    async def recording() -> bool:
        (camera,) = decoded((await seat.get(TILE_14)).content)["cameras"]
        return bool(camera["state"] == "recording")

    await eventually(recording)
    assert held.malformed == 1
    (alone,) = decoded((await seat.get(TILE_0)).content)["cameras"]
    assert alone["state"] == "recording", "one camera is no cluster, however far out"


async def test_what_changed_in_the_registry_is_looked_at(client: Api, store: Store, held: CameraMap) -> None:
    first = await add_camera(store, lon=LON, lat=LAT)
    await held.ready()
    version = held.version
    await held.refresh()
    assert held.version == version, "nothing changed: the same picture stays"
    second = await add_camera(store, lon=LON, lat=LAT)
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO camera_state (camera_id, number, region, state, code, since, changed_at)"
            " SELECT id, number, region, 2, 'black', now(), now() FROM camera WHERE id = %s",
            (second,),
        )
        await tx.conn.execute("UPDATE camera SET enabled = false, updated_at = now() WHERE id = %s", (first,))
    await held.refresh()
    seat = await client.login("duty")
    (camera,) = decoded((await seat.get(TILE_14)).content)["cameras"]
    assert (UUID(camera["camera"]), camera["state"]) == (second, "down")


async def test_a_change_of_one_leaves_the_others(client: Api, store: Store, held: CameraMap) -> None:
    kept = [await add_camera(store, lon=LON, lat=LAT) for _ in range(2)]
    await held.ready()
    # long before the minute that is asked for again: only what changes now is read
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE camera SET updated_at = now() - interval '1 hour'")
    await held.refresh()
    changed = await add_camera(store, lon=LON, lat=LAT)
    await held.refresh()
    seat = await client.login("duty")
    found = {UUID(each["camera"]) for each in decoded((await seat.get(TILE_14)).content)["cameras"]}
    assert found == {*kept, changed}
    assert (await seat.get("/api/camera-health")).json()["unknown"] == len(found)


async def test_a_ring_makes_the_keeper_look(store: Store, bus: Client, held: CameraMap) -> None:
    keeper = asyncio.create_task(held.keep_fresh())
    try:
        await held.ready()
        await add_camera(store, lon=LON, lat=LAT)
        await bus.publish(CHANGED_SUBJECT, b"")

        async def there() -> bool:
            return len(held.picture) == 1

        await eventually(there)
    finally:
        keeper.cancel()


def test_there_is_nobody_before_the_first_look() -> None:
    layer = CameraMap(None).picture.layer("00")
    assert [layer.tile(zoom, 0, 0, Wanted()) for zoom in range(18)] == [b""] * 18
