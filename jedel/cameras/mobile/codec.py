"""MAVLink datagrams → what a vehicle says, frame by frame. Pure: keys and the time are passed in.

A datagram is cut into frames here, so that each frame is read with the key of the vehicle that it names;
`pymavlink` checks the sum and reads the fields. What is no frame is `Malformed`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final

from pymavlink.dialects.v20 import common as mavlink

DATAGRAM_BYTES_MAX: Final = 2048
FRAMES_MAX: Final = 32
"""Of one datagram; what is above is not read."""
_V1, _V2 = 0xFE, 0xFD
_V1_EXTRA, _V2_EXTRA, _SIGNATURE = 8, 12, 13
_SIGNED: Final = 0x01

SIGNING_EPOCH_S: Final = 1_420_070_400
"""2015-01-01: MAVLink counts its signatures' time from there, in `TICKS_S` of a second."""
TICKS_S: Final = 100_000
BEHIND_S_MAX: Final = 60.0
"""How old the first signed frame of a link may be."""
STREAMS_MAX: Final = 64


class Reason(StrEnum):
    """Why a frame cannot be used. The label of the counter, so a closed list."""

    NOT_A_FRAME = "not_a_frame"
    TOO_LONG = "too_long"
    BAD_FRAME = "bad_frame"  # its sum, its signature or its time is wrong
    NOT_SIGNED = "not_signed"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    WRONG_NETWORK = "wrong_network"
    NO_PLACE = "no_place"


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it came. ``system_id``: who says that he sent it."""

    system_id: int
    signed: bool
    raw: bytes


@dataclass(frozen=True, slots=True)
class Malformed:
    reason: Reason
    size: int


def frames(datagram: bytes) -> Iterator[Frame | Malformed]:
    """The frames of a datagram; the first thing that is none ends it."""
    if len(datagram) > DATAGRAM_BYTES_MAX:
        yield Malformed(Reason.TOO_LONG, len(datagram))
        return
    at = 0
    for _ in range(FRAMES_MAX):
        if at == len(datagram):
            return
        found = _frame(datagram, at)
        if found is None:
            break
        yield found
        at += len(found.raw)
    yield Malformed(Reason.NOT_A_FRAME, len(datagram) - at)


def _frame(raw: bytes, at: int) -> Frame | None:
    left = len(raw) - at
    if left >= _V2_EXTRA and raw[at] == _V2:
        signed = bool(raw[at + 2] & _SIGNED)
        size = raw[at + 1] + _V2_EXTRA + signed * _SIGNATURE
        system = raw[at + 5]
    elif left >= _V1_EXTRA and raw[at] == _V1:
        signed, size, system = False, raw[at + 1] + _V1_EXTRA, raw[at + 3]
    else:
        return None
    return Frame(system, signed, bytes(raw[at : at + size])) if size <= left else None


@dataclass(frozen=True, slots=True)
class Place:
    """``altitude_m``: above the ground (above where it started, as MAVLink has it). ``heading``: degrees."""

    lon: float
    lat: float
    altitude_m: float
    heading: float | None
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class Gimbal:
    """``pitch``: degrees, 0 level, -90 down. ``yaw``: degrees; from north where ``absolute``, else from the
    vehicle's nose."""

    pitch: float
    yaw: float
    absolute: bool


@dataclass(frozen=True, slots=True)
class Lens:
    """``fov``: horizontal, degrees."""

    fov: float


Said = Place | Gimbal | Lens


class Reader:
    """Of one vehicle. ``key``: 32 bytes of MAVLink 2 signing; with one, nothing unsigned is taken.

    Signatures are checked here and not by pymavlink, which remembers the time of a frame before it knows that
    its signature is right: one forged frame from the future would silence the vehicle.
    """

    def __init__(self, key: bytes | None) -> None:
        self._link: Any = mavlink.MAVLink(None)
        self._key = key
        self._latest: dict[bytes, int] = {}
        """By link and component the time of its last frame: a frame that is heard twice counts once."""

    def read(self, frame: Frame, now_s: float) -> Said | Reason | None:
        """What it says; None: nothing that we need; a Reason where it must not be believed. ``now_s``: our
        clock, seconds since 1970."""
        if self._key is not None:
            refused = self._signature(self._key, frame, now_s)
            if refused is not None:
                return refused
        try:
            found = self._link.decode(bytearray(frame.raw))
        except mavlink.MAVError:
            return Reason.BAD_FRAME
        return _said(found)

    def _signature(self, key: bytes, frame: Frame, now_s: float) -> Reason | None:
        if not frame.signed:
            return Reason.NOT_SIGNED
        raw = frame.raw
        if not compare_digest(sha256(key + raw[:-6]).digest()[:6], raw[-6:]):
            return Reason.BAD_FRAME
        said = int.from_bytes(raw[-12:-6], "little")
        stream = raw[-13:-12] + raw[6:7]
        latest = self._latest.get(stream, round((now_s - SIGNING_EPOCH_S - BEHIND_S_MAX) * TICKS_S))
        if said <= latest or (stream not in self._latest and len(self._latest) >= STREAMS_MAX):
            return Reason.BAD_FRAME
        self._latest[stream] = said
        return None


def _said(message: Any) -> Said | Reason | None:
    kind = message.get_type()
    if kind == "GLOBAL_POSITION_INT":
        return _place(message)
    if kind == "GIMBAL_DEVICE_ATTITUDE_STATUS":
        return _gimbal(message)
    if kind == "MOUNT_ORIENTATION":
        absolute = not math.isnan(message.yaw_absolute)
        yaw = message.yaw_absolute if absolute else message.yaw
        return _finite(Gimbal(message.pitch, yaw % 360 if math.isfinite(yaw) else yaw, absolute))
    if kind == "CAMERA_FOV_STATUS" and 0 < message.hfov < 180:
        return Lens(message.hfov)
    return None


def _place(message: Any) -> Place | Reason:
    lon, lat = message.lon / 1e7, message.lat / 1e7
    if (lon, lat) == (0.0, 0.0) or abs(lat) > 90 or abs(lon) > 180:
        return Reason.NO_PLACE  # a receiver without a fix says 0,0
    heading = None if message.hdg == 65535 else message.hdg / 100 % 360
    speed = math.hypot(message.vx, message.vy) / 100
    return Place(lon, lat, message.relative_alt / 1000, heading, speed)


def _gimbal(message: Any) -> Gimbal | None:
    w, x, y, z = message.q
    pitch = math.degrees(math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x)))))
    yaw = math.degrees(math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))) % 360
    flags = message.flags
    absolute = bool(
        flags & (mavlink.GIMBAL_DEVICE_FLAGS_YAW_LOCK | mavlink.GIMBAL_DEVICE_FLAGS_YAW_IN_EARTH_FRAME)
    )
    return _finite(Gimbal(pitch, yaw, absolute))


def _finite(gimbal: Gimbal) -> Gimbal | None:
    return gimbal if math.isfinite(gimbal.pitch) and math.isfinite(gimbal.yaw) else None
