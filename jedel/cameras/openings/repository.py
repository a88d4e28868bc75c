"""All SQL of openings, of where buttons are, and of what a patrol must know of a site."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.cameras.openings.model import STREET_WITHIN_M, Camera, Spot, in_force
from jedel.journal import Connection
from jedel.kernel.geo import Point

Row = dict[str, Any]

_CAMERA = (
    "SELECT id, number, name, kind, zone, floor, plan_x, plan_y, lon, lat, heading, fov, range_m,"
    " ptz IS NOT NULL AS ptz, CASE WHEN streams @> '[{\"name\": \"sub\"}]' THEN 'sub'"
    " ELSE coalesce(streams -> 0 ->> 'name', 'main') END AS stream FROM camera"
)
NEAR_MAX = 200


async def open_cameras(conn: Connection, ids: Sequence[UUID], now: datetime) -> dict[UUID, list[UUID]]:
    """Incidents for which each of these cameras may be watched now; a camera that is not in it has a quiet
    day. The incident's own end counts from its commit, before anybody has heard of it."""
    cursor = await conn.execute(
        "SELECT c.camera_id, o.incident_id, o.opened_at, least(o.closed_at, i.closed_at) AS closed_at"
        " FROM camera_opening_camera c JOIN camera_opening o ON o.id = c.opening_id"
        " JOIN incident i ON i.id = o.incident_id JOIN camera k ON k.id = c.camera_id"
        " WHERE c.camera_id = ANY(%s) AND o.closed_at IS NULL AND k.region = o.region"
        " ORDER BY o.level = 'lockdown' DESC, o.opened_at",
        (list(ids),),
    )
    found: dict[UUID, list[UUID]] = {}
    for row in await cursor.fetchall():
        if in_force(row["opened_at"], row["closed_at"], now):
            found.setdefault(row["camera_id"], []).append(row["incident_id"])
    return found


def camera(row: Row) -> Camera:
    """What the order needs of a camera's row."""
    drawn = row["plan_x"] is not None and row["plan_y"] is not None
    return Camera(
        id=row["id"],
        name=row["name"],
        zone=row["zone"],
        floor=row["floor"],
        x=row["plan_x"] if drawn else math.nan,
        y=row["plan_y"] if drawn else math.nan,
        at=Point(row["lon"], row["lat"]),
        heading=row["heading"],
        fov=row["fov"],
        range_m=row["range_m"],
    )


async def of_site(conn: Connection, region: str, site_id: UUID, limit: int) -> list[Row]:
    """A site's cameras that are in use."""
    cursor = await conn.execute(
        f"{_CAMERA} WHERE region = %s AND site_id = %s AND enabled AND zone IS DISTINCT FROM 'street'"
        " ORDER BY number LIMIT %s",
        (region, site_id, limit),
    )
    return await cursor.fetchall()


async def of_streets(conn: Connection, region: str, place: Point) -> list[Row]:
    """Street cameras in a box around a place."""
    up = STREET_WITHIN_M / 110_000
    side = up / max(0.1, math.cos(math.radians(place.lat)))
    cursor = await conn.execute(
        f"{_CAMERA} WHERE region = %s AND enabled AND (zone = 'street' OR (zone IS NULL AND site_id IS NULL))"
        " AND kind IN ('fixed', 'ptz') AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s"
        " ORDER BY number LIMIT %s",
        (region, place.lat - up, place.lat + up, place.lon - side, place.lon + side, NEAR_MAX),
    )
    return await cursor.fetchall()


_OPENING = (
    "SELECT id, region, incident_id, site_id, level, alarm_id, device_id, facts, purpose, asked_by, asked_at,"
    " approved_by, opened_at, closed_at FROM camera_opening"
)


async def insert(conn: Connection, opening: Row, cameras: list[tuple[UUID, str]]) -> None:
    """``cameras``: id and part, in their order."""
    await conn.execute(
        "INSERT INTO camera_opening (id, region, incident_id, site_id, level, alarm_id, device_id, facts,"
        " purpose, asked_by, asked_at, approved_by, opened_at) VALUES (%(id)s, %(region)s, %(incident_id)s,"
        " %(site_id)s, %(level)s, %(alarm_id)s, %(device_id)s, %(facts)s, %(purpose)s, %(asked_by)s,"
        " %(asked_at)s, %(approved_by)s, %(opened_at)s)",
        opening | {"facts": Jsonb(opening["facts"])},
    )
    await save_cameras(conn, opening["id"], cameras)


async def save_cameras(conn: Connection, opening_id: UUID, cameras: list[tuple[UUID, str]]) -> None:
    await conn.execute(
        "INSERT INTO camera_opening_camera (opening_id, camera_id, place, part)"
        " SELECT %s, c.id, c.place - 1, c.part FROM unnest(%s::uuid[], %s::text[]) WITH ORDINALITY"
        " AS c (id, part, place)",
        (opening_id, [camera_id for camera_id, _ in cameras], [part for _, part in cameras]),
    )


async def at_site(conn: Connection, incident_id: UUID, site_id: UUID) -> Row | None:
    """The incident's opening of this site that is not over, asked for or in force."""
    cursor = await conn.execute(
        f"{_OPENING} WHERE incident_id = %s AND site_id = %s AND closed_at IS NULL FOR UPDATE",
        (incident_id, site_id),
    )
    return await cursor.fetchone()


async def of_incident(conn: Connection, incident_id: UUID) -> list[Row]:
    """The incident's openings that are not over, locked until the transaction ends."""
    cursor = await conn.execute(
        f"{_OPENING} WHERE incident_id = %s AND closed_at IS NULL ORDER BY id FOR UPDATE", (incident_id,)
    )
    return await cursor.fetchall()


async def find(conn: Connection, opening_id: UUID) -> Row | None:
    cursor = await conn.execute(f"{_OPENING} WHERE id = %s FOR UPDATE", (opening_id,))
    return await cursor.fetchone()


async def of_region(conn: Connection, region: str) -> list[Row]:
    """All that are not over: in force, or waiting for the second person."""
    cursor = await conn.execute(f"{_OPENING} WHERE region = %s AND closed_at IS NULL ORDER BY id", (region,))
    return await cursor.fetchall()


async def raise_level(conn: Connection, opening_id: UUID, level: str) -> None:
    await conn.execute("UPDATE camera_opening SET level = %s WHERE id = %s", (level, opening_id))


async def approve(conn: Connection, opening_id: UUID, by: str, now: datetime, facts: Row) -> None:
    await conn.execute(
        "UPDATE camera_opening SET approved_by = %s, opened_at = %s, facts = %s WHERE id = %s",
        (by, now, Jsonb(facts), opening_id),
    )


async def close(conn: Connection, opening_id: UUID, now: datetime) -> None:
    await conn.execute("UPDATE camera_opening SET closed_at = %s WHERE id = %s", (now, opening_id))


async def overdue(conn: Connection, opened_before: datetime, asked_before: datetime) -> list[Row]:
    """Openings that have been in force, or asked for, too long, and those whose incident is over."""
    cursor = await conn.execute(
        f"{_OPENING} WHERE closed_at IS NULL AND (opened_at <= %s OR (opened_at IS NULL AND asked_at <= %s)"
        " OR EXISTS (SELECT FROM incident i WHERE i.id = incident_id AND i.closed_at IS NOT NULL))"
        " ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED",
        (opened_before, asked_before),
    )
    return await cursor.fetchall()


async def button(conn: Connection, device_id: UUID | None) -> Spot | None:
    """Where a button is on its site's plan."""
    cursor = await conn.execute(
        "SELECT zone, floor, plan_x, plan_y FROM button_place WHERE device_id = %s", (device_id,)
    )
    row = await cursor.fetchone()
    return Spot(row["zone"], row["floor"], row["plan_x"], row["plan_y"]) if row else None


async def place_button(conn: Connection, device_id: UUID, region: str, spot: Spot) -> None:
    await conn.execute(
        "INSERT INTO button_place (device_id, region, zone, floor, plan_x, plan_y)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (device_id) DO UPDATE SET zone = excluded.zone,"
        " floor = excluded.floor, plan_x = excluded.plan_x, plan_y = excluded.plan_y",
        (device_id, region, spot.zone, spot.floor, spot.x, spot.y),
    )


async def folder(conn: Connection, site_id: UUID) -> Row | None:
    cursor = await conn.execute(
        "SELECT site_id, region, contacts, floors, updated_at FROM site_folder WHERE site_id = %s", (site_id,)
    )
    return await cursor.fetchone()


async def save_folder(conn: Connection, folder: Row) -> None:
    await conn.execute(
        "INSERT INTO site_folder (site_id, region, contacts, floors, updated_at, updated_by)"
        " VALUES (%(site_id)s, %(region)s, %(contacts)s, %(floors)s, %(updated_at)s, %(updated_by)s)"
        " ON CONFLICT (site_id) DO UPDATE SET contacts = excluded.contacts, floors = excluded.floors,"
        " updated_at = excluded.updated_at, updated_by = excluded.updated_by",
        folder | {"contacts": Jsonb(folder["contacts"]), "floors": Jsonb(folder["floors"])},
    )
