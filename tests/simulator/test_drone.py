"""The demo's drone: how it flies, what it says, and what a lost link takes away."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jedel.cameras.mobile.codec import Frame, Gimbal, Place, Reader, frames
from jedel.cameras.mobile.model import Pose, footprint
from jedel.kernel.geo import Point, distance_m
from simulator.cameras import Cameras, Config, Trouble
from simulator.cameras import Place as Camera
from simulator.cameras.__main__ import _as_told
from simulator.config import Address, Device, Flying
from simulator.config import Config as Devices
from simulator.devices.drone import HEIGHT_M, ROUND_M, SPEED_MS, Flight, Radio
from simulator.flights import LOST, Flights
from simulator.web import Web

KEY = bytes(range(32))
HERE, THERE = (76.90, 43.20), (76.92, 43.21)
SYSTEM = 201


def test_it_flies_straight_there_and_then_round_it() -> None:
    flight = Flight(HERE, THERE)
    half, pitch, bearing = flight.at(flight.seconds / 2)
    assert pitch == pytest.approx(-25)
    assert bearing == half.heading
    before = distance_m(Point(half.lon, half.lat), Point(*THERE))
    assert ROUND_M < before < distance_m(Point(*HERE), Point(*THERE))
    last = None
    for seconds in range(0, 120, 5):
        spot, _, looks = flight.at(flight.seconds + seconds)
        place = Point(spot.lon, spot.lat)
        assert distance_m(place, Point(*THERE)) == pytest.approx(ROUND_M, rel=0.01)
        assert spot.speed_kmh == pytest.approx(SPEED_MS * 3.6)
        assert last is None or 30 < distance_m(place, last) < 61
        last = place
        seen = footprint(Pose(None, *place, HEIGHT_M, None, -37.7, looks), fov=60)  # type: ignore[arg-type]
        assert seen is not None
        middle = [sum(axis) / 4 for axis in zip(*seen, strict=True)]
        assert distance_m(Point(*middle), Point(*THERE)) < ROUND_M, "it looks at what it rounds"
    ahead, _, _ = flight.at(flight.seconds - 0.01)
    entered, _, _ = flight.at(flight.seconds + 0.01)
    assert distance_m(Point(ahead.lon, ahead.lat), Point(entered.lon, entered.lat)) < 2


def test_a_round_begins_where_it_is() -> None:
    spot, _, _ = Flight(HERE, HERE).at(1e3)
    assert distance_m(Point(spot.lon, spot.lat), Point(*HERE)) == pytest.approx(ROUND_M, rel=0.01)


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(10)
        yield ear


def test_the_centre_believes_what_it_signs_and_nobody_elses(ear: socket.socket) -> None:
    radio = Radio(SYSTEM, KEY, Address(*ear.getsockname()))
    flight, reader, stranger = Flight(HERE, THERE), Reader(KEY), Reader(bytes(32))
    said: list[object] = []
    for seconds in range(20):
        spot, pitch, bearing = flight.at(seconds)
        radio.say(spot, HEIGHT_M, pitch, bearing)
        for each in frames(ear.recv(4096)):
            assert isinstance(each, Frame)
            assert each.system_id == SYSTEM
            said.append(reader.read(each, time.time()))
            assert not isinstance(stranger.read(each, time.time()), Place | Gimbal)
    radio.close()
    places = [each for each in said if isinstance(each, Place)]
    looks = [each for each in said if isinstance(each, Gimbal)]
    assert (len(places), len(looks), radio.sent) == (20, 20, 20)
    spot, pitch, bearing = flight.at(19)
    place, look = places[-1], looks[-1]
    assert [place.altitude_m, place.speed_m_s] == pytest.approx([HEIGHT_M, SPEED_MS], rel=0.01)
    assert [place.lon, place.lat] == pytest.approx([spot.lon, spot.lat])
    assert [look.pitch, look.yaw] == pytest.approx([pitch, bearing], abs=0.01)
    assert looks[-1].absolute


async def test_a_lost_link_takes_telemetry_and_picture(tmp_path: Path, ear: socket.socket) -> None:
    tablet = Device(id="t", key="k", kind="tablet", name="Tablet D1", unit_id="u")
    flying = Flying(tablet, "D1", "drone", "drone-1", SYSTEM, KEY.hex())
    nowhere = Address("127.0.0.1", 1)
    config = Devices(
        "http://127.0.0.1:1", nowhere, nowhere, (), {}, mavlink=Address(*ear.getsockname()), flying=(flying,)
    )
    file, web = tmp_path / "troubles.json", Web.of("http://127.0.0.1:1")
    flights = Flights(file)
    flights.prepare(config, web, 7, [HERE, THERE], 1.0)
    crew = flights.crews["u"]
    async with Cameras(_one(), folder=tmp_path) as cameras:
        stream, named = cameras.streams["drone-1"]["sub"], set[str]()
        for up, trouble in ((False, Trouble.STOP), (True, None)):
            await flights.link("u", up)
            assert await crew._tell_place() is up
            assert json.loads(file.read_text()) == ({} if up else {"drone-1": LOST})
            named = _as_told(cameras, file, named)
            assert stream.trouble is trouble
        file.write_text('{"drone-1": "no such trouble"}')
        assert _as_told(cameras, file, named) == named
    assert any(isinstance(each, Frame) for each in frames(ear.recv(4096)))
    with pytest.raises(KeyError):
        await flights.link("nobody", False)
    await web.close()


def _one() -> Config:
    return Config((Camera("drone-1", "drone"),))
