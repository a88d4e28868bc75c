"""MAVSDK as the vehicle: another make of MAVLink than the one we read with."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from fastapi import FastAPI
from mavsdk.mavsdk import Configuration, Mavsdk
from mavsdk.plugins.telemetry_server.telemetry_server import Heading, Position, TelemetryServer, VelocityNed
from nats.aio.client import Client

from jedel.access.seal import Sealer
from jedel.cameras.mobile import Mavlink
from jedel.cameras.mobile.codec import Frame, Place, Reader, frames
from tests.support import Api, eventually

SYSTEM = 42
PLACES = 50
SENT_EVERY_S = 0.01


@contextmanager
def vehicle(port: int) -> Iterator[TelemetryServer]:
    """An autopilot that speaks to a port of this machine."""
    flown = Mavsdk(Configuration.create_manual(SYSTEM, 1, True))
    flown.add_any_connection(f"udpout://127.0.0.1:{port}")
    telemetry = TelemetryServer(flown.server_component())
    try:
        yield telemetry
    finally:
        telemetry.destroy()
        flown.destroy()


def fly(telemetry: TelemetryServer) -> None:
    for n in range(PLACES):
        place = Position(43.2, 76.9 + n * 1e-4, 900.0, 80.0)
        telemetry.publish_position(place, VelocityNed(0.0, 12.0, 0.0), Heading(90.0))
        time.sleep(SENT_EVERY_S)  # the peer's own pace, in a thread of its own


def test_each_of_its_places_is_read() -> None:
    reader = Reader(None)
    found: list[Place] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(10)
        with vehicle(ear.getsockname()[1]) as telemetry:
            fly(telemetry)
            while len(found) < PLACES:
                said = [reader.read(each, 0.0) for each in frames(ear.recv(4096)) if isinstance(each, Frame)]
                found += [each for each in said if isinstance(each, Place)]
    assert [round(each.lon, 4) for each in found] == [round(76.9 + n * 1e-4, 4) for n in range(PLACES)]
    assert {(each.altitude_m, each.heading, each.speed_m_s) for each in found} == {(80.0, 90.0, 12.0)}


async def test_it_flies_over_the_map(client: Api, app: FastAPI, bus: Client) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "call_sign": "D1", "kind": "drone", "crew": [], "skills": []}
    unit = await admin.ok("POST", "/api/units", json=body)
    await admin.ok("PUT", f"/api/mobile/{unit['id']}", json={"id": str(uuid4()), "system_id": SYSTEM})
    sealer = Sealer(app.state.settings.seal_key)
    drones = Mavlink(app.state.store, bus, sealer, ("127.0.0.1", 0), "127.0.0.0/8")
    listening = asyncio.create_task(drones.run())

    async def there() -> bool:
        return drones.port != 0

    async def arrived() -> bool:
        (shown,) = await admin.ok("GET", "/api/mobile")
        return bool(shown["pose"]) and round(shown["pose"]["lon"], 4) == round(76.9 + (PLACES - 1) * 1e-4, 4)

    try:
        await eventually(there)
        with vehicle(drones.port) as telemetry:
            await asyncio.to_thread(fly, telemetry)
            await eventually(arrived, within_s=30)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
