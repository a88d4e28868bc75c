"""What an alarm opens: which cameras, in which order, and when that is over. Pure.

Invariants
1. Cameras inside a site are open while an opening is in force, and at no other time.
2. An opening is in force from its alarm, or from the agreement of a second person, until its incident closes.
3. Nothing that an operator can do alone makes an opening.
4. A camera is opened only with the site that it stands on, or as a street camera around it.

A plan's axes: metres, x to the east, y to the north, so that headings mean the same as on the map.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from jedel.kernel.geo import Point, bearing_deg, distance_m

SITE_CAMERAS_MAX: Final = 64
STREET_CAMERAS_MAX: Final = 8
STREET_WITHIN_M: Final = 400.0
POST: Final = "post"
"""Kind of device: somebody speaks there."""
WALL_TILES: Final = 16
"""Tiles that are live at once; of them so many are the street's where the site has more than fit."""
STREET_TILES: Final = 3
LIFE: Final = timedelta(hours=8)
"""An incident that nobody closes does not leave a school open for ever."""
ASKED_LIFE: Final = timedelta(minutes=30)
"""A supervisor's request waits so long for the second person."""

USUAL_RANGE_M: Final = 15.0
USUAL_FOV: Final = 90.0
"""What a camera sees indoors where its owner did not say."""

ZONES: Final = ("entrance", "corridor", "stairs", "classroom", "surroundings")
"""In this order where nobody knows where the button is: who comes in is seen first."""
NEAR_ZONES: Final = ("corridor", "classroom", "stairs", "entrance", "surroundings")
"""In this order on the button's own floor."""


class Level(StrEnum):
    """As alarms have it."""

    HELP = "help"
    LOCKDOWN = "lockdown"


class Part(StrEnum):
    SITE = "site"
    STREET = "street"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a site's plan: its zone, floor, and metres."""

    zone: str
    floor: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Camera:
    """What the order needs to know. ``x``, ``y``: on the plan, NaN where it is not drawn in."""

    id: UUID
    name: str
    zone: str | None
    floor: int | None
    x: float
    y: float
    at: Point
    heading: float | None = None
    fov: float | None = None
    range_m: float | None = None


def in_force(opened_at: datetime | None, closed_at: datetime | None, now: datetime) -> bool:
    """Whether an opening holds at this moment. ``closed_at``: of the opening or its incident, the earlier."""
    if opened_at is None or not opened_at <= now < opened_at + LIFE:
        return False
    return closed_at is None or now < closed_at


def sees(camera: Camera, button: Spot) -> bool:
    """Whether the button lies in the camera's picture, by the plan."""
    if camera.floor != button.floor or math.isnan(camera.x):
        return False
    dx, dy = button.x - camera.x, button.y - camera.y
    away = math.hypot(dx, dy)
    if away > (camera.range_m or USUAL_RANGE_M):
        return False
    if camera.heading is None or away < 1.0:
        return True
    turned = abs((math.degrees(math.atan2(dx, dy)) - camera.heading + 180) % 360 - 180)
    return turned <= (camera.fov or USUAL_FOV) / 2


def in_order(cameras: Iterable[Camera], button: Spot | None) -> list[Camera]:
    """A site's cameras as they stand on the wall. With a button: those that see it, then its floor by zone
    and distance, then the other floors by how far they are. Without: by zone and floor."""
    if button is None:
        return sorted(
            cameras, key=lambda each: (_rank(ZONES, each.zone), each.floor or 0, each.name, each.id)
        )

    def key(camera: Camera) -> tuple[object, ...]:
        away = math.hypot(camera.x - button.x, camera.y - button.y)
        away = math.inf if math.isnan(away) else away
        if sees(camera, button):
            return 0, 0, 0, away, camera.name, camera.id
        floors = 99 if camera.floor is None else abs(camera.floor - button.floor)
        zone = -1 if camera.zone == button.zone else _rank(NEAR_ZONES, camera.zone)
        return 1, floors, zone, away, camera.name, camera.id

    return sorted(cameras, key=key)


def around(cameras: Iterable[Camera], place: Point) -> list[Camera]:
    """Street cameras near a place: those that look at it first, then by distance."""
    near = [(distance_m(each.at, place), each) for each in cameras]
    near = [(away, each) for away, each in near if away <= STREET_WITHIN_M]

    def key(found: tuple[float, Camera]) -> tuple[object, ...]:
        away, camera = found
        return not _looks_at(camera, place), away, camera.name, camera.id

    return [camera for _, camera in sorted(near, key=key)][:STREET_CAMERAS_MAX]


def _looks_at(camera: Camera, place: Point) -> bool:
    if camera.heading is None:
        return False
    turned = abs((bearing_deg(camera.at, place) - camera.heading + 180) % 360 - 180)
    return turned <= (camera.fov or USUAL_FOV) / 2


def _rank(zones: Sequence[str], zone: str | None) -> int:
    return zones.index(zone) if zone in zones else len(zones)


def comes_up(device_kind: str, parts: Collection[Part]) -> bool:
    """Whether an alarm brings up a wall. A post in the street has a conversation with a camera of its own:
    the streets around it are no wall; a post at a site that has cameras is a button of the site."""
    return Part.SITE in parts or (device_kind != POST and Part.STREET in parts)


def on_the_wall(site: Sequence[UUID], street: Sequence[UUID]) -> list[UUID]:
    """The first sixteen tiles: the site's, with room left for the street's where both are many."""
    streets = min(len(street), max(STREET_TILES, WALL_TILES - len(site)))
    return [*site[: WALL_TILES - streets], *street[:streets]]
