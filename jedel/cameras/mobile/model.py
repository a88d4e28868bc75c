"""What a flying or driving camera says of itself, and which ground it sees. Pure.

Invariants
1. A pose older than `STALE_AFTER` is shown as old; it is never drawn as if it were now.
2. What is not known (no gimbal, no altitude) gives no footprint, never a guessed one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from jedel.kernel.geo import EARTH_RADIUS_M

STALE_AFTER: Final = timedelta(seconds=3)
"""A drone speaks several times a second: so long a silence is a lost link, and the screens say so within five
seconds of it."""
REACH_M: Final = 800.0
"""Farther away nobody is made out: a footprint that reaches the horizon ends here."""
ASPECT: Final = 9 / 16


@dataclass(frozen=True, slots=True)
class Pose:
    """``altitude_m``: above the ground. ``heading``: of the vehicle. ``pitch``: of the gimbal, degrees,
    0 level, -90 straight down; ``bearing``: of the gimbal, degrees from north. None: not said."""

    at: datetime
    lon: float
    lat: float
    altitude_m: float | None = None
    heading: float | None = None
    pitch: float | None = None
    bearing: float | None = None

    def stale(self, now: datetime) -> bool:
        return now - self.at > STALE_AFTER


@dataclass(frozen=True, slots=True)
class Vehicle:
    """``system_id``: of its MAVLink; ``key``: of MAVLink 2 signing, 32 bytes, None: it signs nothing."""

    unit_id: UUID
    region: str
    camera_id: UUID | None
    system_id: int | None
    fov: float
    key: bytes | None = None


Corners = Sequence[tuple[float, float]]


def footprint(pose: Pose, fov: float) -> Corners | None:
    """The ground in the picture: four corners (lon, lat) from its upper left, clockwise; None where altitude
    or gimbal are not known, or the camera looks wholly above the horizon.

    ``fov``: horizontal, degrees. The ground is level; a corner above the horizon, or too far, ends at
    `REACH_M` in its direction.
    """
    bearing = pose.bearing if pose.bearing is not None else pose.heading
    if pose.altitude_m is None or pose.altitude_m <= 0 or pose.pitch is None or bearing is None:
        return None
    wide = math.tan(math.radians(fov) / 2)
    high = wide * ASPECT
    found = [
        _ray(pose.altitude_m, math.radians(pose.pitch), x * wide, y * high)
        for x, y in ((-1, 1), (1, 1), (1, -1), (-1, -1))
    ]
    if not any(meets for *_, meets in found):
        return None
    turned = math.radians(bearing)
    return [
        _moved(
            pose,
            east=right * math.cos(turned) + ahead * math.sin(turned),
            north=ahead * math.cos(turned) - right * math.sin(turned),
        )
        for right, ahead, _ in found
    ]


def _ray(altitude_m: float, pitch: float, x: float, y: float) -> tuple[float, float, bool]:
    """Metres to the right and ahead at which a ray meets the ground; False where it ends at `REACH_M`.

    The ray goes one ahead, ``x`` to the right and ``y`` up in the camera's own frame.
    """
    ahead = math.cos(pitch) - y * math.sin(pitch)
    up = math.sin(pitch) + y * math.cos(pitch)
    flat = math.hypot(ahead, x)
    if up < 0 and flat * altitude_m <= REACH_M * -up:
        along = altitude_m / -up
        return x * along, ahead * along, True
    along = REACH_M / flat
    return x * along, ahead * along, False


def _moved(pose: Pose, east: float, north: float) -> tuple[float, float]:
    lat = pose.lat + math.degrees(north / EARTH_RADIUS_M)
    lon = pose.lon + math.degrees(east / (EARTH_RADIUS_M * math.cos(math.radians(pose.lat))))
    return round(lon, 7), round(lat, 7)
