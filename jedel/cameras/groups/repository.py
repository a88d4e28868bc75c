"""All SQL of groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection

Row = dict[str, Any]


async def of_region(conn: Connection, region: str, limit: int) -> list[Row]:
    """{id, name, cameras} by name."""
    cursor = await conn.execute(
        "SELECT g.id, g.name, (SELECT count(*) FROM camera_in_group i WHERE i.group_id = g.id) AS cameras"
        " FROM camera_group g WHERE g.region = %s ORDER BY g.name LIMIT %s",
        (region, limit),
    )
    return await cursor.fetchall()


async def find(conn: Connection, region: str, group_id: UUID) -> Row | None:
    cursor = await conn.execute(
        "SELECT g.id, g.name, (SELECT count(*) FROM camera_in_group i WHERE i.group_id = g.id) AS cameras"
        " FROM camera_group g WHERE g.id = %s AND g.region = %s",
        (group_id, region),
    )
    return await cursor.fetchone()


async def insert(conn: Connection, group_id: UUID, region: str, name: str, now: datetime) -> bool:
    """False where the name is taken."""
    cursor = await conn.execute(
        "INSERT INTO camera_group (id, region, name, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (region, name) DO NOTHING",
        (group_id, region, name, now),
    )
    return cursor.rowcount == 1


async def rename(conn: Connection, group_id: UUID, name: str) -> bool:
    """False where the name is taken."""
    cursor = await conn.execute(
        "UPDATE camera_group g SET name = %(name)s WHERE id = %(id)s AND NOT EXISTS"
        " (SELECT 1 FROM camera_group o WHERE o.region = g.region AND o.name = %(name)s AND o.id <> g.id)",
        {"id": group_id, "name": name},
    )
    return cursor.rowcount == 1


async def delete(conn: Connection, group_id: UUID) -> None:
    """Gone, with the rules that speak of it; its cameras stay."""
    await conn.execute("DELETE FROM camera_in_group WHERE group_id = %s", (group_id,))
    await conn.execute("DELETE FROM camera_group WHERE id = %s", (group_id,))


async def add(conn: Connection, group_id: UUID, region: str, cameras: Sequence[UUID]) -> list[UUID]:
    """Those that are of the region and were not in it."""
    cursor = await conn.execute(
        "INSERT INTO camera_in_group (group_id, camera_id) SELECT %s, id FROM camera"
        " WHERE id = ANY(%s) AND region = %s ON CONFLICT DO NOTHING RETURNING camera_id",
        (group_id, list(cameras), region),
    )
    return [row["camera_id"] for row in await cursor.fetchall()]


async def remove(conn: Connection, group_id: UUID, cameras: Sequence[UUID]) -> list[UUID]:
    """Those that were in it."""
    cursor = await conn.execute(
        "DELETE FROM camera_in_group WHERE group_id = %s AND camera_id = ANY(%s) RETURNING camera_id",
        (group_id, list(cameras)),
    )
    return [row["camera_id"] for row in await cursor.fetchall()]
