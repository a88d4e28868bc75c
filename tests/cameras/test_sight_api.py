"""The cameras that look at a place, and those ahead of a unit or a car, through the API."""

from datetime import UTC, datetime
from uuid import uuid4

import numpy as np
import pytest
from fastapi import FastAPI

from jedel.journal import Store
from jedel.units.codec import POSITION
from tests.cameras.made import LAT, LON, add_camera
from tests.support import Api

M = 1 / 111_195  # degrees of latitude in a metre


async def test_the_cameras_that_look_at_a_place(client: Api, store: Store) -> None:
    looks = await add_camera(store, lat=LAT - 30 * M, heading=0, fov=90, range_m=50)
    turns = await add_camera(store, lat=LAT - 20 * M, heading=180, fov=60, range_m=50, kind="ptz")
    await add_camera(store, lat=LAT - 30 * M, heading=180, fov=90, range_m=50)
    await add_camera(store, lat=LAT - 30 * M, heading=0, fov=90, range_m=50, region="02")
    seat = await client.login("duty")
    found = await seat.ok("GET", "/api/cameras/looking-at", params={"lon": LON, "lat": LAT})
    assert [(each["camera"]["id"], each["sees"]) for each in found] == [
        (str(looks), "well"),
        (str(turns), "turns"),
    ]
    assert found[0]["metres"] == pytest.approx(30, abs=0.2)
    assert (found[0]["off_deg"], found[0]["behind"]) == (0.0, None)
    (one,) = await seat.ok("GET", "/api/cameras/looking-at", params={"lon": LON, "lat": LAT, "limit": 1})
    assert one["camera"]["id"] == str(looks)
    nobody = await (await client.login("elsewhere")).ok(
        "GET", "/api/cameras/looking-at", params={"lon": LON, "lat": LAT + 1}
    )
    assert nobody == []


async def test_the_cameras_ahead_of_a_car(client: Api, store: Store) -> None:
    near = await add_camera(store, lat=LAT + 100 * M, range_m=20)
    far = await add_camera(store, lat=LAT + 900 * M, range_m=20)
    await add_camera(store, lat=LAT - 100 * M, range_m=20)
    seat = await client.login("duty")
    asked = {"lon": LON, "lat": LAT, "heading": 0, "speed_kmh": 72}
    found = await seat.ok("GET", "/api/cameras/ahead", params=asked)
    assert [each["camera"]["id"] for each in found["cameras"]] == [str(near), str(far)]
    assert [each["seconds"] for each in found["cameras"]] == pytest.approx([4, 44], abs=0.3)
    assert found["line"][0] == [LON, LAT]
    refused = await seat.get("/api/cameras/ahead", params={"lon": LON, "lat": LAT})
    assert refused.json()["code"] == "cameras_where_from"


async def test_one_of_unknown_range_sees_fifty_metres_and_a_post_only_who_calls(
    client: Api, store: Store
) -> None:
    near = await add_camera(store, lat=LAT + 40 * M, range_m=None)
    await add_camera(store, lat=LAT + 400 * M, range_m=None)
    await add_camera(store, lat=LAT + 10 * M, kind="post", source="push", range_m=None)
    seat = await client.login("duty")
    found = await seat.ok("GET", "/api/cameras/looking-at", params={"lon": LON, "lat": LAT})
    assert [(each["camera"]["id"], each["sees"]) for each in found] == [(str(near), "around")]


async def test_what_hangs_inside_is_not_ahead_and_comes_last(client: Api, store: Store) -> None:
    inside = await add_camera(store, lat=LAT + 10 * M, zone="corridor", range_m=40)
    street = await add_camera(store, lat=LAT + 30 * M, zone="street", range_m=40)
    await add_camera(store, lat=LAT + 20 * M, kind="post", range_m=40)
    seat = await client.login("duty")
    asked = {"lon": LON, "lat": LAT, "heading": 0, "speed_kmh": 72, "limit": 1}
    ahead = await seat.ok("GET", "/api/cameras/ahead", params=asked)
    assert [each["camera"]["id"] for each in ahead["cameras"]] == [str(street)]
    found = await seat.ok("GET", "/api/cameras/looking-at", params={"lon": LON, "lat": LAT})
    assert [each["camera"]["id"] for each in found][-1] == str(inside)
    assert str(street) in [each["camera"]["id"] for each in found]


async def test_the_cameras_ahead_of_a_unit(client: Api, app: FastAPI, store: Store) -> None:
    near = await add_camera(store, lat=LAT + 100 * M)
    supervisor, seat = await client.login("supervisor"), await client.login("duty")
    unit = uuid4()
    await supervisor.ok("POST", "/api/units", json={"id": str(unit), "call_sign": "P9", "kind": "car"})
    nowhere = await seat.get("/api/cameras/ahead", params={"unit_id": str(unit)})
    assert nowhere.json()["code"] == "cameras_unit_nowhere"
    at = np.zeros(1, dtype=POSITION)
    at["unit"] = unit.bytes
    at["at_us"] = int(datetime.now(UTC).timestamp() * 1e6)
    at["lon_e7"], at["lat_e7"], at["speed_cms"], at["heading_cdeg"] = LON * 1e7, LAT * 1e7, 1000, 0
    app.state.hub.hot_of("00").update(at)
    found = await seat.ok("GET", "/api/cameras/ahead", params={"unit_id": str(unit)})
    assert [each["camera"]["id"] for each in found["cameras"]] == [str(near)]
    stranger = await (await client.login("elsewhere")).get(
        "/api/cameras/ahead", params={"unit_id": str(unit)}
    )
    assert stranger.status_code == 404


async def test_a_unit_on_its_way_is_followed_to_its_incident(client: Api, app: FastAPI, store: Store) -> None:
    east = 1 / (111_195 * np.cos(np.radians(LAT)))
    ahead = await add_camera(store, lon=LON + 300 * east)
    seat, supervisor = await client.login("duty"), await client.login("supervisor")
    unit, incident = uuid4(), uuid4()
    await supervisor.ok("POST", "/api/units", json={"id": str(unit), "call_sign": "P9", "kind": "car"})
    await supervisor.ok("POST", f"/api/units/{unit}/shift", json={"id": str(uuid4()), "on": True})
    at = np.zeros(1, dtype=POSITION)
    at["unit"], at["lon_e7"], at["lat_e7"] = unit.bytes, LON * 1e7, LAT * 1e7
    at["at_us"], at["heading_cdeg"] = int(datetime.now(UTC).timestamp() * 1e6), 65535
    app.state.hub.hot_of("00").update(at)
    body = {"id": str(incident), "class": "fight", "priority": "urgent", "lon": LON + 600 * east, "lat": LAT}
    await seat.ok("POST", "/api/incidents", json=body)
    await seat.ok(
        "POST", f"/api/incidents/{incident}/assign", json={"id": str(uuid4()), "unit_id": str(unit)}
    )
    found = await seat.ok("GET", "/api/cameras/ahead", params={"unit_id": str(unit)})
    assert [each["camera"]["id"] for each in found["cameras"]] == [str(ahead)]
    assert found["line"][-1] == pytest.approx([LON + 600 * east, LAT], abs=1e-5)
