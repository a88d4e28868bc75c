"""All SQL of mobile units and their poses."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jedel.cameras.mobile.model import Pose, Vehicle
from jedel.journal import Connection

Row = dict[str, Any]
VEHICLES_MAX = 10_000


async def vehicles(conn: Connection) -> list[Row]:
    """All that speak MAVLink: ``unit_id``, ``region``, ``camera_id``, ``system_id``, ``fov``, ``key``."""
    cursor = await conn.execute(
        "SELECT unit_id, region, camera_id, system_id, fov, key FROM mobile WHERE system_id IS NOT NULL"
        " ORDER BY system_id"
    )
    return await cursor.fetchall()


async def find(conn: Connection, unit_id: UUID) -> Row | None:
    cursor = await conn.execute(
        "SELECT unit_id, region, camera_id, system_id, fov, key FROM mobile WHERE unit_id = %s", (unit_id,)
    )
    return await cursor.fetchone()


async def save(conn: Connection, vehicle: Vehicle, sealed: bytes | None) -> None:
    """Raises psycopg's UniqueViolation for a system id or a camera that another unit has."""
    await conn.execute(
        "INSERT INTO mobile (unit_id, region, camera_id, system_id, fov, key) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (unit_id) DO UPDATE SET camera_id = excluded.camera_id,"
        " system_id = excluded.system_id, fov = excluded.fov, key = excluded.key",
        (vehicle.unit_id, vehicle.region, vehicle.camera_id, vehicle.system_id, vehicle.fov, sealed),
    )


async def said(conn: Connection, poses: Sequence[tuple[UUID, Pose]]) -> None:
    """The last pose of each, and its camera's place with it; an older one than is known changes nothing."""
    await conn.cursor().executemany(
        "WITH pose AS (INSERT INTO mobile_pose (unit_id, at, lon, lat, altitude_m, heading, pitch, bearing)"
        " VALUES (%(unit_id)s, %(at)s, %(lon)s, %(lat)s, %(altitude_m)s, %(heading)s, %(pitch)s, %(bearing)s)"
        " ON CONFLICT (unit_id) DO UPDATE SET at = excluded.at, lon = excluded.lon, lat = excluded.lat,"
        " altitude_m = excluded.altitude_m, heading = excluded.heading, pitch = excluded.pitch,"
        " bearing = excluded.bearing WHERE mobile_pose.at < excluded.at RETURNING unit_id)"
        " UPDATE camera SET lon = %(lon)s, lat = %(lat)s, heading = coalesce(%(looks)s, camera.heading)"
        " FROM mobile, pose WHERE mobile.unit_id = pose.unit_id AND camera.id = mobile.camera_id",
        [
            {
                "unit_id": unit_id,
                "at": pose.at,
                "lon": pose.lon,
                "lat": pose.lat,
                "altitude_m": pose.altitude_m,
                "heading": pose.heading,
                "pitch": pose.pitch,
                "bearing": pose.bearing,
                "looks": pose.bearing if pose.bearing is not None else pose.heading,
            }
            for unit_id, pose in poses
        ],
    )


async def of_region(conn: Connection, region: str) -> list[Row]:
    """Mobile units by call sign: the unit's columns, and the pose's, NULL where it said nothing yet."""
    cursor = await conn.execute(
        "SELECT m.unit_id, m.camera_id, m.system_id, m.fov, m.key IS NOT NULL AS signed, u.call_sign, u.kind,"
        " p.at, p.lon, p.lat, p.altitude_m, p.heading, p.pitch, p.bearing FROM mobile m"
        " JOIN unit u ON u.id = m.unit_id LEFT JOIN mobile_pose p ON p.unit_id = m.unit_id"
        " WHERE m.region = %s ORDER BY u.call_sign LIMIT %s",
        (region, VEHICLES_MAX),
    )
    return await cursor.fetchall()
