"""All SQL of plate cameras."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.journal import Connection
from jedel.plates.cameras.model import Camera, DriverName

CAMERA = (
    "c.number, c.id, c.region, c.name, c.road, c.lon, c.lat, c.heading, c.driver, c.mapping, c.device_id,"
    " c.enabled, c.clock_error_ms"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What one process heard of a camera since it last wrote; ``clock_error_ms``: None: it did not move."""

    number: int
    heard_at: datetime
    reads: int
    faults: dict[str, int]
    fault: str | None
    fault_at: datetime | None
    clock_error_ms: int | None


async def insert(conn: Connection, row: dict[str, Any], now: datetime) -> Camera | None:
    """None where the device speaks for another camera."""
    cursor = await conn.execute(
        "INSERT INTO plate_camera AS c (id, region, name, road, lon, lat, heading, driver, mapping,"
        " device_id, enabled, created_at, changed_at) VALUES (%(id)s, %(region)s, %(name)s, %(road)s,"
        " %(lon)s, %(lat)s, %(heading)s, %(driver)s, %(mapping)s, %(device_id)s, %(enabled)s, %(now)s,"
        " %(now)s)"
        f" ON CONFLICT (device_id) DO NOTHING RETURNING {CAMERA}",
        row | {"mapping": Jsonb(row["mapping"]), "now": now},
    )
    return _camera(await cursor.fetchone())


async def update(conn: Connection, camera_id: UUID, row: dict[str, Any], now: datetime) -> Camera:
    cursor = await conn.execute(
        "UPDATE plate_camera c SET name = %(name)s, road = %(road)s, lon = %(lon)s, lat = %(lat)s,"
        " heading = %(heading)s, driver = %(driver)s, mapping = %(mapping)s, device_id = %(device_id)s,"
        f" enabled = %(enabled)s, changed_at = %(now)s WHERE id = %(camera)s RETURNING {CAMERA}",
        row | {"mapping": Jsonb(row["mapping"]), "now": now, "camera": camera_id},
    )
    found = _camera(await cursor.fetchone())
    assert found is not None
    return found


async def find(conn: Connection, camera_id: UUID) -> Camera | None:
    cursor = await conn.execute(f"SELECT {CAMERA} FROM plate_camera c WHERE id = %s", (camera_id,))
    return _camera(await cursor.fetchone())


async def speaks_for(conn: Connection, device_id: UUID) -> UUID | None:
    """The camera for which a device speaks."""
    cursor = await conn.execute("SELECT id FROM plate_camera WHERE device_id = %s", (device_id,))
    row = await cursor.fetchone()
    return row["id"] if row else None


async def everything(conn: Connection) -> list[Camera]:
    """All cameras of all regions; one whose device is blocked counts as switched off."""
    cursor = await conn.execute(
        f"SELECT {CAMERA}, d.blocked_at IS NULL AS lets_in FROM plate_camera c"
        " LEFT JOIN device d ON d.id = c.device_id ORDER BY number"
    )
    rows = await cursor.fetchall()
    return [_of(row | {"enabled": row["enabled"] and row["lets_in"]}) for row in rows]


async def page(
    conn: Connection, region: str, after: int, limit: int
) -> list[tuple[Camera, dict[str, Any] | None]]:
    """Cameras of a region and what was heard of each, after a number."""
    cursor = await conn.execute(
        f"SELECT {CAMERA}, s.heard_at, s.reads, s.faults, s.fault, s.fault_at FROM plate_camera c"
        " LEFT JOIN plate_camera_state s ON s.camera = c.number"
        " WHERE c.region = %s AND c.number > %s ORDER BY c.number LIMIT %s",
        (region, after, limit),
    )
    return [(_of(row), _state(row)) for row in await cursor.fetchall()]


async def with_state(conn: Connection, camera_id: UUID) -> tuple[Camera, dict[str, Any] | None] | None:
    cursor = await conn.execute(
        f"SELECT {CAMERA}, s.heard_at, s.reads, s.faults, s.fault, s.fault_at FROM plate_camera c"
        " LEFT JOIN plate_camera_state s ON s.camera = c.number WHERE c.id = %s",
        (camera_id,),
    )
    row = await cursor.fetchone()
    return (_of(row), _state(row)) if row else None


async def hear(conn: Connection, heard: Sequence[Heard]) -> None:
    """Add what a process heard to what is known."""
    await conn.cursor().executemany(
        "INSERT INTO plate_camera_state AS s (camera, heard_at, reads, faults, fault, fault_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (camera) DO UPDATE SET"
        " heard_at = greatest(s.heard_at, excluded.heard_at), reads = s.reads + excluded.reads,"
        " faults = (SELECT coalesce(jsonb_object_agg(k, coalesce((s.faults->>k)::bigint, 0)"
        "   + coalesce((excluded.faults->>k)::bigint, 0)), '{}') FROM"
        "   (SELECT jsonb_object_keys(s.faults || excluded.faults) AS k) names),"
        " fault = coalesce(excluded.fault, s.fault), fault_at = coalesce(excluded.fault_at, s.fault_at)",
        [(h.number, h.heard_at, h.reads, Jsonb(h.faults), h.fault, h.fault_at) for h in heard],
    )
    await conn.cursor().executemany(
        "UPDATE plate_camera SET clock_error_ms = %s WHERE number = %s",
        [(h.clock_error_ms, h.number) for h in heard if h.clock_error_ms is not None],
    )


def _state(row: dict[str, Any]) -> dict[str, Any] | None:
    names = ("heard_at", "reads", "faults", "fault", "fault_at")
    return None if row["heard_at"] is None else {name: row[name] for name in names}


def _camera(row: dict[str, Any] | None) -> Camera | None:
    return _of(row) if row else None


def _of(row: dict[str, Any]) -> Camera:
    names = (
        "number", "id", "region", "name", "road", "lon", "lat", "heading", "mapping", "device_id", "enabled",
        "clock_error_ms",
    )  # fmt: skip
    return Camera(driver=DriverName(row["driver"]), **{name: row[name] for name in names})
