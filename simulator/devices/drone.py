"""A drone and a mobile complex, each with its crew's tablet.

The drone says where it is and where its camera looks by MAVLink 2, signed, over UDP; the complex by JSON over
HTTP. Both are told where to go as every crew is: by the tablet's feed. `link(False)` is a lost radio link:
the crew's tablet goes on, telemetry and picture do not.
"""

import math
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from pymavlink.dialects.v20 import common as mavlink

from simulator.config import Address, Flying
from simulator.duty import Task
from simulator.motion import Drive, Spot
from simulator.patrol import Patrol
from simulator.planning import Place

SPEED_MS: Final = 12.0
ROUND_M: Final = 110.0
"""Radius of its round over a place."""
HEIGHT_M: Final = 85.0
MAST_M: Final = 9.0
STAY_S: Final = 60.0
TELEMETRY_S: Final = 0.25
"""Between two of a drone's; of a complex `SAYS_S`."""
SAYS_S: Final = 1.0
HEARTBEAT_S: Final = 1.0
AHEAD_DEG: Final = -25.0
"""Its camera's pitch on the way."""
METRE: Final = 1 / 111_320
EPOCH_S: Final = 1_420_070_400
"""MAVLink counts the time of its signatures from 2015."""
TICKS_S: Final = 100_000


class Told(Protocol):
    """Hears that a camera's picture is lost, or back."""

    def __call__(self, camera: str, *, lost: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class Flight:
    """Straight to the nearest point of a round over ``centre``, then round it for as long as it takes."""

    start: Place
    centre: Place
    speed_ms: float = SPEED_MS

    @property
    def _entry_deg(self) -> float:
        """Where of the round it begins, degrees from north."""
        east, north = _metres(self.centre, self.start)
        return math.degrees(math.atan2(east, north))

    @property
    def _way(self) -> Drive:
        return Drive([self.start, _beside(self.centre, self._entry_deg)], self.speed_ms)

    @property
    def seconds(self) -> float:
        """Until it is there."""
        return self._way.seconds

    def at(self, seconds: float) -> tuple[Spot, float, float]:
        """Where it is so long after its start, and its camera's pitch and bearing, degrees."""
        way = self._way
        over = seconds - way.seconds
        if over < 0:
            spot = way.at(seconds)
            return spot, AHEAD_DEG, spot.heading
        angle = self._entry_deg + math.degrees(over * self.speed_ms / ROUND_M)
        lon, lat = _beside(self.centre, angle)
        spot = Spot(lon, lat, (angle + 90) % 360, self.speed_ms * 3.6)
        return spot, -math.degrees(math.atan2(HEIGHT_M, ROUND_M)), (angle + 180) % 360


def _metres(origin: Place, place: Place) -> tuple[float, float]:
    """East and north of ``origin``."""
    east = (place[0] - origin[0]) * math.cos(math.radians(origin[1])) / METRE
    return east, (place[1] - origin[1]) / METRE


def _beside(centre: Place, angle_deg: float) -> Place:
    """`ROUND_M` away from ``centre`` in that direction."""
    east, north = (ROUND_M * part(math.radians(angle_deg)) for part in (math.sin, math.cos))
    return centre[0] + east * METRE / math.cos(math.radians(centre[1])), centre[1] + north * METRE


class Radio:
    """Telemetry of one vehicle as datagrams: MAVLink 2, signed. ``clock``: seconds since 1970."""

    def __init__(
        self, system: int, key: bytes, address: Address, clock: Callable[[], float] = time.time
    ) -> None:
        self._link: Any = mavlink.MAVLink(None, srcSystem=system, srcComponent=1)
        self._link.signing.secret_key = key
        self._link.signing.sign_outgoing = True
        self._clock = clock
        self._began = clock()
        self._beat_at = 0.0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # nobody hears: the system drops it
        self._to = (address.host, address.port)
        self.sent = 0

    def say(self, spot: Spot, height_m: float, pitch: float, bearing: float) -> None:
        """Where it is now and where it looks; a heartbeat when it is time for one."""
        now = self._clock()
        signing = self._link.signing
        signing.timestamp = max(signing.timestamp + 1, round((now - EPOCH_S) * TICKS_S))
        since_ms = round((now - self._began) * 1000)
        messages = [_place(since_ms, spot, height_m), _gimbal(since_ms, pitch, bearing)]
        if now - self._beat_at >= HEARTBEAT_S:
            self._beat_at = now
            messages.append(
                mavlink.MAVLink_heartbeat_message(
                    mavlink.MAV_TYPE_QUADROTOR, mavlink.MAV_AUTOPILOT_GENERIC,
                    mavlink.MAV_MODE_FLAG_SAFETY_ARMED, 0, mavlink.MAV_STATE_ACTIVE, 3,
                )
            )  # fmt: skip
        try:
            self._socket.sendto(b"".join(bytes(each.pack(self._link)) for each in messages), self._to)
        except OSError:
            return  # no link: the next one comes at once
        self.sent += 1

    def close(self) -> None:
        self._socket.close()


def _place(since_ms: int, spot: Spot, height_m: float) -> Any:
    towards, speed_cms = math.radians(spot.heading), spot.speed_kmh / 0.036
    return mavlink.MAVLink_global_position_int_message(
        since_ms, round(spot.lat * 1e7), round(spot.lon * 1e7), 700_000, round(height_m * 1000),
        round(speed_cms * math.cos(towards)), round(speed_cms * math.sin(towards)), 0,
        round(spot.heading * 100) % 36_000,
    )  # fmt: skip


def _gimbal(since_ms: int, pitch: float, bearing: float) -> Any:
    """Its attitude, the yaw from north."""
    p, y = math.radians(pitch) / 2, math.radians(bearing) / 2
    q = [math.cos(p) * math.cos(y), -math.sin(p) * math.sin(y), math.sin(p) * math.cos(y)]
    q.append(math.cos(p) * math.sin(y))
    flags = mavlink.GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME
    return mavlink.MAVLink_gimbal_device_attitude_status_message(0, 0, since_ms, flags, q, 0, 0, 0, 0)


@dataclass
class Complex(Patrol):
    """A van with a mast of cameras: it drives as a patrol does, and its tablet says more than a place."""

    flying: Flying = field(kw_only=True)
    told: Told = field(kw_only=True)
    linked: bool = True

    def link(self, up: bool) -> None:
        """Whether its telemetry and its picture come through."""
        self.linked = up
        self.told(self.flying.camera, lost=not up)

    async def _tell_place(self) -> bool:
        if not self.linked:
            return False
        spot = self._spot()
        body = {
            "at": datetime.now(UTC).isoformat(), "lon": round(spot.lon, 7), "lat": round(spot.lat, 7),
            "speed_kmh": round(spot.speed_kmh, 1), "heading": round(spot.heading, 1) % 360,
            "altitude_m": MAST_M, "pitch": -12.0, "bearing": round(spot.heading, 1) % 360,
        }  # fmt: skip
        return await self.web.once(self.keys, "POST", "/api/mobile/telemetry", body)

    async def _at_scene(self, task: Task) -> None:
        """It looks on until the desk releases it; nobody of it closes an incident."""
        await self._changed.wait()


@dataclass
class Drone(Complex):
    """It flies over the roofs to where its crew is called, and rounds the place; else from place to place."""

    mavlink: Address = field(kw_only=True)
    _flight: Flight = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        here = self._drive.line[0]
        self._flight = Flight(here, here, SPEED_MS)
        assert self.flying.system is not None
        self._radio = Radio(self.flying.system, bytes.fromhex(self.flying.secret or ""), self.mavlink)

    def _spot(self) -> Spot:
        return self._now()[0]

    def _now(self) -> tuple[Spot, float, float]:
        return self._flight.at((self.clock() - self._since) * self.pace)

    async def _tell_place(self) -> bool:
        if self.linked:
            self._radio.say(*_at_height(self._now()))
        return self.linked

    async def _go(self, place: Place, share: float) -> bool:
        """Fly there; False when something changed on the way."""
        self._flight, self._since = Flight(self._here(), place), self.clock()
        return await self._pause(self._flight.seconds / self.pace)

    async def _stay(self) -> None:
        await self._pause(STAY_S / self.pace)


def _at_height(now: tuple[Spot, float, float]) -> tuple[Spot, float, float, float]:
    spot, pitch, bearing = now
    return spot, HEIGHT_M, pitch, bearing
