"""Positions by HTTP and the nearest units, through the application."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from nats.aio.client import Client

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.units import PositionWriter
from jedel.units.codec import decode
from jedel.units.positions import stream
from tests.support import Api, Seat, eventually


def report(at: datetime, lon: float = 76.9, **more: Any) -> dict[str, Any]:
    return {"at": at.isoformat(), "lon": lon, "lat": 43.25} | more


async def patrol(client: Api, call_sign: str) -> tuple[str, Seat]:
    """A unit on shift, and its tablet."""
    supervisor = await client.login("supervisor")
    unit = {"id": str(uuid4()), "call_sign": call_sign, "kind": "car"}
    await supervisor.ok("POST", "/api/units", json=unit)
    await supervisor.ok("POST", f"/api/units/{unit['id']}/shift", json={"id": str(uuid4()), "on": True})
    tablet, _, _ = await client.device("tablet", unit_id=unit["id"])
    return unit["id"], tablet


@pytest.fixture
async def writer(store: Store, bus: Client) -> AsyncIterator[None]:
    task = asyncio.create_task(PositionWriter(store, bus).run())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.usefixtures("writer")
async def test_from_a_tablet_to_the_nearest_list(client: Api, app: FastAPI, clock: ManualClock) -> None:
    near, near_tablet = await patrol(client, "P1")
    far, far_tablet = await patrol(client, "P2")
    busy, busy_tablet = await patrol(client, "P3")
    duty = await client.login("duty")
    await duty.ok("POST", f"/api/units/{busy}/status", json={"id": str(uuid4()), "status": "busy"})
    for tablet, lon in ((near_tablet, 76.91), (far_tablet, 76.95), (busy_tablet, 76.901)):
        taken = await tablet.ok("POST", "/api/positions", json={"positions": [report(clock.now(), lon)]})
        assert taken == {"accepted": 1, "refused": []}
    hot = app.state.hub.hot_of("00")

    async def all_there() -> bool:
        return len(hot) == 3

    await eventually(all_there)
    found = await duty.ok("GET", "/api/units/nearest?lon=76.9&lat=43.25&k=5")
    assert [near_unit["unit"]["id"] for near_unit in found["units"]] == [near, far]
    assert found["estimated"] is True  # this region has no map: by straight line, and it says so
    first = found["units"][0]
    assert (first["lon"], first["lat"], first["estimated"]) == (76.91, 43.25, True)
    assert 0 < first["eta_s"] < found["units"][1]["eta_s"]
    one = await duty.ok("GET", "/api/units/nearest?lon=76.9&lat=43.25&k=1")
    assert len(one["units"]) == 1
    elsewhere = await client.login("elsewhere")
    assert (await elsewhere.ok("GET", "/api/units/nearest?lon=76.9&lat=43.25"))["units"] == []


async def test_clocks_that_are_wrong_are_told_so(client: Api, bus: Client, clock: ManualClock) -> None:
    _, tablet = await patrol(client, "P1")
    now = clock.now()
    good, ahead, old = report(now), report(now + timedelta(minutes=5)), report(now - timedelta(days=2))
    taken = await tablet.ok("POST", "/api/positions", json={"positions": [ahead, good, old]})
    assert taken == {
        "accepted": 1,
        "refused": [{"index": 0, "reason": "future"}, {"index": 2, "reason": "past"}],
    }
    answer = await tablet.post("/api/positions", json={"positions": [ahead, ahead, old]})
    assert (answer.status_code, answer.json()["code"]) == (422, "positions_refused")
    assert "future 2, past 1" in answer.json()["title"]
    info = await bus.jetstream().stream_info(stream.STREAM)
    assert info.state.messages == 1


async def test_a_repeated_request_is_carried_once(client: Api, bus: Client, clock: ManualClock) -> None:
    unit, tablet = await patrol(client, "P1")
    body = {
        "positions": [report(clock.now() - timedelta(seconds=n), speed_kmh=36, heading=360) for n in (2, 1)]
    }
    for _ in range(3):
        assert (await tablet.ok("POST", "/api/positions", json=body))["accepted"] == 2
    js = bus.jetstream()
    assert (await js.stream_info(stream.STREAM)).state.messages == 1
    message = await js.get_msg(stream.STREAM, 1)
    assert message.subject == f"{stream.RAW}.00"
    records = decode(message.data or b"")
    assert [UUID(bytes=bytes(r["unit"])) for r in records] == [UUID(unit)] * 2
    assert [(int(r["speed_cms"]), int(r["heading_cdeg"])) for r in records] == [(1000, 0)] * 2


BAD: list[dict[str, Any]] = [
    {"lat": 91},
    {"lon": "east"},
    {"at": "2026-11-01T10:00:00"},
    {"at": "0001-01-01T00:00:00Z"},
    {"at": "9999-12-31T23:59:59Z"},
    {"speed_kmh": -1},
    {"heading": 361},
    {"more": 1},
]


async def test_bad_positions_are_refused_whole(client: Api, bus: Client, clock: ManualClock) -> None:
    tablet, _, _ = await client.device("tracker", unit_id=uuid4())
    for change in BAD:
        positions = [report(clock.now()), report(clock.now()) | change]
        answer = await tablet.post("/api/positions", json={"positions": positions})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), change
    streams = [info.config.name or "" for info in await bus.jetstream().streams_info()]
    assert [name for name in streams if not name.startswith("$MQTT")] == []


async def test_who_has_no_unit_has_no_position(client: Api, clock: ManualClock) -> None:
    body = {"positions": [report(clock.now())]}
    nobody, _, _ = await client.device("tablet")
    for seat in (nobody, await client.login("duty")):
        assert (await seat.post("/api/positions", json=body)).json()["code"] == "forbidden"
    assert (await client.anonymous().post("/api/positions", json=body)).status_code == 401


async def test_without_nats_it_says_so(client: Api, app: FastAPI, clock: ManualClock) -> None:
    _, tablet = await patrol(client, "P1")
    app.state.nats = None
    answer = await tablet.post("/api/positions", json={"positions": [report(clock.now())]})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
