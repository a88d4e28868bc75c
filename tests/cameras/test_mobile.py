"""Drones: what they see of the ground, their frames as bytes, and a real MAVLink sender over a socket."""

import asyncio
import math
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from pymavlink.dialects.v20 import common as mavlink

from jedel.access.seal import Sealer
from jedel.cameras.mobile import Mavlink
from jedel.cameras.mobile.codec import (
    DATAGRAM_BYTES_MAX,
    FRAMES_MAX,
    SIGNING_EPOCH_S,
    STREAMS_MAX,
    TICKS_S,
    Frame,
    Gimbal,
    Lens,
    Malformed,
    Place,
    Reader,
    Reason,
    frames,
)
from jedel.cameras.mobile.model import REACH_M, STALE_AFTER, Pose, footprint
from jedel.kernel.geo import Point, bearing_deg, distance_m
from jedel.units.codec import decode
from jedel.units.positions import stream
from tests.support import Api, eventually

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = Point(76.9, 43.2)
KEY = bytes(range(32))
PLAIN, KEYED = Reader(None), Reader(KEY)


def pose(**more: Any) -> Pose:
    return Pose(NOW, HERE.lon, HERE.lat, **{"altitude_m": 100.0, "pitch": -90.0, "bearing": 0.0} | more)


class Sender:
    """pymavlink as the vehicle."""

    def __init__(self, system: int, key: bytes | None = None) -> None:
        self.link: Any = mavlink.MAVLink(None, srcSystem=system, srcComponent=1)
        if key is not None:
            self.link.signing.secret_key = key
            self.link.signing.sign_outgoing = True
            self.link.signing.timestamp = round((time.time() - SIGNING_EPOCH_S) * TICKS_S)

    def place(self, point: Point = HERE, heading: float = 90.0, altitude_m: float = 80.0) -> bytes:
        said = mavlink.MAVLink_global_position_int_message(
            0, round(point.lat * 1e7), round(point.lon * 1e7), 900_000, round(altitude_m * 1000), 500, 0, 0,
            round(heading * 100),
        )  # fmt: skip
        return bytes(said.pack(self.link))

    def gimbal(self, pitch: float, yaw: float, flags: int = 0) -> bytes:
        p, y = math.radians(pitch) / 2, math.radians(yaw) / 2
        q = [math.cos(p) * math.cos(y), -math.sin(p) * math.sin(y), math.sin(p) * math.cos(y)]
        q.append(math.cos(p) * math.sin(y))
        said = mavlink.MAVLink_gimbal_device_attitude_status_message(0, 0, 0, flags, q, 0, 0, 0, 0)
        return bytes(said.pack(self.link))


def only(datagram: bytes) -> Frame:
    (found,) = frames(datagram)
    assert isinstance(found, Frame)
    return found


# the ground that is seen


def test_straight_down_it_sees_what_is_below() -> None:
    corners = footprint(pose(), fov=90)
    assert corners is not None
    metres = [distance_m(HERE, Point(*corner)) for corner in corners]
    assert metres == pytest.approx([math.hypot(100, 100 * 9 / 16)] * 4, rel=1e-3)
    west, east = corners[0][0], corners[1][0]
    assert west < HERE.lon < east


@pytest.mark.parametrize("bearing", [0.0, 90.0, 200.0, 359.0])
def test_it_sees_where_the_gimbal_points(bearing: float) -> None:
    corners = footprint(pose(pitch=-45.0, bearing=bearing), fov=40)
    assert corners is not None
    lon, lat = (sum(axis) / 4 for axis in zip(*corners, strict=True))
    turned = (bearing_deg(HERE, Point(lon, lat)) - bearing + 180) % 360 - 180
    assert abs(turned) < 1
    near, far = (distance_m(HERE, Point(*corners[n])) for n in (3, 0))
    assert near < 100 < far


def test_a_horizon_ends_at_its_reach_and_the_sky_is_no_ground() -> None:
    corners = footprint(pose(pitch=-5.0), fov=60)
    assert corners is not None
    assert [distance_m(HERE, Point(*corner)) for corner in corners[:2]] == pytest.approx(
        [REACH_M] * 2, rel=1e-3
    )
    assert footprint(pose(pitch=40.0), fov=60) is None


def test_what_is_not_known_gives_none() -> None:
    for unknown in ({"altitude_m": None}, {"altitude_m": 0.0}, {"pitch": None}, {"bearing": None}):
        assert footprint(pose(**unknown), fov=60) is None
    assert footprint(pose(bearing=None, heading=10.0), fov=60) is not None


def test_it_is_old_after_three_seconds() -> None:
    assert not pose().stale(NOW + STALE_AFTER)
    assert pose().stale(NOW + STALE_AFTER + timedelta(milliseconds=1))


# bytes


def test_a_place_and_a_gimbal_are_read() -> None:
    sender, reader = Sender(7), Reader(None)
    datagram = sender.place() + sender.gimbal(-30, 20) + sender.gimbal(-30, 20, flags=16)
    said = [reader.read(each, time.time()) for each in frames(datagram) if isinstance(each, Frame)]
    assert said[0] == Place(HERE.lon, HERE.lat, 80.0, 90.0, 5.0)
    for each, absolute in zip(said[1:], (False, True), strict=True):
        assert isinstance(each, Gimbal)
        assert (round(each.pitch), round(each.yaw), each.absolute) == (-30, 20, absolute)


def test_other_messages_are_read_or_passed_over() -> None:
    sender, reader = Sender(7), Reader(None)

    def read(message: Any) -> object:
        return reader.read(only(bytes(message.pack(sender.link))), time.time())

    orientation = mavlink.MAVLink_mount_orientation_message
    assert read(orientation(0, 0, -20, 30, math.nan)) == Gimbal(-20, 30, False)
    assert read(orientation(0, 0, -20, 30, 350)) == Gimbal(-20, 350, True)
    assert read(orientation(0, 0, math.nan, 30, 0)) is None
    zoom = mavlink.MAVLink_camera_fov_status_message
    assert read(zoom(0, 0, 0, 0, 0, 0, 0, [1, 0, 0, 0], 42, 20)) == Lens(42)
    assert read(zoom(0, 0, 0, 0, 0, 0, 0, [1, 0, 0, 0], math.nan, 20)) is None
    assert read(mavlink.MAVLink_heartbeat_message(2, 3, 0, 0, 4, 3)) is None
    no_fix = mavlink.MAVLink_global_position_int_message
    assert read(no_fix(0, 0, 0, 0, 0, 0, 0, 0, 65535)) is Reason.NO_PLACE
    assert read(no_fix(0, 1, 1, 0, 0, 0, 0, 0, 65535)) == Place(1e-7, 1e-7, 0.0, None, 0.0)


def test_the_first_version_is_read_too() -> None:
    old: Any = mavlink.MAVLink(None, srcSystem=9)
    heartbeat = mavlink.MAVLink_heartbeat_message(2, 3, 0, 0, 4, 3)
    raw = bytes(heartbeat.pack(old, force_mavlink1=True))
    assert only(raw).system_id == 9
    assert Reader(None).read(only(raw), time.time()) is None


def test_only_what_is_signed_is_believed_where_there_is_a_key() -> None:
    now, reader = time.time(), Reader(KEY)
    assert reader.read(only(Sender(7).place()), now) is Reason.NOT_SIGNED
    assert reader.read(only(Sender(7, bytes(32)).place()), now) is Reason.BAD_FRAME
    honest = Sender(7, KEY)
    first, second = only(honest.place()), only(honest.place())
    assert isinstance(reader.read(first, now), Place)
    assert reader.read(first, now) is Reason.BAD_FRAME, "heard twice"
    assert isinstance(reader.read(second, now), Place)
    late = Sender(8, KEY)
    late.link.signing.timestamp -= 120 * TICKS_S
    assert Reader(KEY).read(only(late.place()), now) is Reason.BAD_FRAME, "recorded two minutes ago"


def test_a_forged_frame_from_the_future_silences_nobody() -> None:
    now, reader, forger, honest = time.time(), Reader(KEY), Sender(7, bytes(32)), Sender(7, KEY)
    forger.link.signing.timestamp += 10**9
    assert reader.read(only(forger.place()), now) is Reason.BAD_FRAME
    assert isinstance(reader.read(only(honest.place()), now), Place)


def test_links_of_one_vehicle_are_bounded() -> None:
    now, reader = time.time(), Reader(KEY)
    sender = Sender(7, KEY)
    taken = 0
    for link in range(STREAMS_MAX + 5):
        sender.link.signing.link_id = link
        taken += isinstance(reader.read(only(sender.place()), now), Place)
    assert taken == STREAMS_MAX


def test_garbage_is_counted_and_ends_the_datagram() -> None:
    whole = Sender(7).place()
    assert [type(each) for each in frames(whole + b"\x00rubbish")] == [Frame, Malformed]
    assert list(frames(whole[:-1])) == [Malformed(Reason.NOT_A_FRAME, len(whole) - 1)]
    assert list(frames(bytes(DATAGRAM_BYTES_MAX + 1))) == [Malformed(Reason.TOO_LONG, DATAGRAM_BYTES_MAX + 1)]
    many = b"\xfe" + bytes(7)
    assert sum(isinstance(each, Frame) for each in frames(many * (FRAMES_MAX + 1))) == FRAMES_MAX
    broken = bytearray(whole)
    broken[12] ^= 1
    assert Reader(None).read(only(bytes(broken)), time.time()) is Reason.BAD_FRAME


HONEST = Sender(7).place() + Sender(7).gimbal(-20, 10)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 2**32))
def test_no_bytes_do_harm(noise: bytes, seed: int) -> None:
    """Noise, and honest frames with bytes of them changed."""
    dice = Random(seed)
    honest = bytearray(HONEST)
    for _ in range(dice.randrange(6)):
        honest[dice.randrange(len(honest))] = dice.randrange(256)
    for datagram in (noise, bytes(honest), b"\xfd" + noise, b"\xfe" + noise):
        for each in frames(datagram):
            if isinstance(each, Frame):
                PLAIN.read(each, 0.0)
                KEYED.read(each, 0.0)


# a socket


@asynccontextmanager
async def listening(app: FastAPI, nats: Client, networks: str = "127.0.0.0/8") -> AsyncIterator[Mavlink]:
    sealer = Sealer(app.state.settings.seal_key)
    drones = Mavlink(app.state.store, nats, sealer, ("127.0.0.1", 0), networks)
    task = asyncio.create_task(drones.run())

    async def there() -> bool:
        if task.done():
            task.result()
        return drones.port != 0

    await eventually(there)
    try:
        yield drones
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def drone(client: Api, system_id: int | None, **more: Any) -> UUID:
    admin = await client.login("admin")
    body = {
        "id": str(uuid4()),
        "call_sign": f"D{os.urandom(2).hex()}",
        "kind": "drone",
        "crew": [],
        "skills": [],
    }
    unit = await admin.ok("POST", "/api/units", json=body)
    said = {"id": str(uuid4()), "system_id": system_id, "fov": 70} | more
    view = await admin.ok("PUT", f"/api/mobile/{unit['id']}", json=said)
    assert view["stale"]
    assert view["pose"] is None
    return UUID(unit["id"])


async def test_a_vehicle_is_heard_placed_and_shown(client: Api, app: FastAPI, bus: Client) -> None:
    """Each place reaches the stream of positions; the screens have the last with its footprint."""
    unit, desk = await drone(client, 7, key=KEY.hex()), await client.login("duty")
    carried: list[Any] = []
    await stream.ensure(bus.jetstream())

    async def carry(message: Any) -> None:
        carried.extend(decode(message.data))

    await bus.subscribe("jedel.positions.raw.00", cb=carry)
    async with listening(app, bus) as drones:
        sender, other = Sender(7, KEY), Sender(8)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.connect(("127.0.0.1", drones.port))
            wire.send(other.place() + b"rubbish")
            wire.send(sender.gimbal(-45, 0))
            for n in range(8):
                wire.send(sender.place(Point(HERE.lon + n * 1e-4, HERE.lat)))
                seen = len(carried)

                async def told(before: int = seen) -> bool:
                    return len(carried) > before

                await eventually(told)
    assert len(carried) == 8
    assert {UUID(bytes=bytes(each["unit"])) for each in carried} == {unit}
    (shown,) = await desk.ok("GET", "/api/mobile")
    assert (shown["unit_id"], shown["kind"], shown["signed"], shown["system_id"]) == (
        str(unit),
        "drone",
        True,
        7,
    )
    assert shown["pose"]["altitude_m"] == 80
    assert len(shown["pose"]["footprint"]) == 4


async def test_nobody_speaks_from_elsewhere(client: Api, app: FastAPI, bus: Client) -> None:
    await drone(client, 7)
    async with listening(app, bus, networks="10.0.0.0/8") as drones:
        drones.datagram_received(Sender(7).place(), ("127.0.0.1", 1))
        await asyncio.sleep(0)
    desk = await client.login("duty")
    (shown,) = await desk.ok("GET", "/api/mobile")
    assert shown["pose"] is None


async def test_a_complex_says_it_in_json(client: Api, app: FastAPI) -> None:
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "call_sign": "MC-1", "kind": "complex", "crew": [], "skills": []}
    unit = await admin.ok("POST", "/api/units", json=body)
    tracker, _, _ = await client.device("tracker", unit_id=unit["id"])
    said = {"at": app.state.store.clock.now().isoformat(), "lon": HERE.lon, "lat": HERE.lat, "altitude_m": 9}
    said |= {"pitch": -20, "bearing": 120, "heading": 10}
    refused = await tracker.post("/api/mobile/telemetry", json=said)
    assert refused.status_code == 403, "its unit is none of the mobile ones"
    await admin.ok("PUT", f"/api/mobile/{unit['id']}", json={"id": str(uuid4())})
    await tracker.ok("POST", "/api/mobile/telemetry", json=said)
    (shown,) = await admin.ok("GET", "/api/mobile")
    assert (shown["stale"], shown["pose"]["bearing"]) == (False, 120)
    app.state.store.clock.advance(6)
    (shown,) = await admin.ok("GET", "/api/mobile")
    assert shown["stale"]


async def test_two_vehicles_have_two_system_ids(client: Api) -> None:
    await drone(client, 7)
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "call_sign": "D2", "kind": "drone", "crew": [], "skills": []}
    unit = await admin.ok("POST", "/api/units", json=body)
    taken = await admin.put(f"/api/mobile/{unit['id']}", json={"id": str(uuid4()), "system_id": 7})
    assert taken.status_code == 409
    gone = await admin.put(f"/api/mobile/{uuid4()}", json={"id": str(uuid4())})
    assert gone.status_code == 404
    no_camera = {"id": str(uuid4()), "camera_id": str(uuid4())}
    assert (await admin.put(f"/api/mobile/{unit['id']}", json=no_camera)).status_code == 404
