"""All SQL of walls."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.journal import Connection

Row = dict[str, Any]
_WALL = "SELECT id, region, account_id, name, layout, tiles, shared, updated_at FROM camera_wall"


async def find(conn: Connection, wall_id: UUID) -> Row | None:
    """Locked until the transaction ends."""
    cursor = await conn.execute(f"{_WALL} WHERE id = %s FOR UPDATE", (wall_id,))
    return await cursor.fetchone()


async def shared(conn: Connection, region: str) -> list[Row]:
    cursor = await conn.execute(f"{_WALL} WHERE region = %s AND shared ORDER BY id", (region,))
    return await cursor.fetchall()


async def of_account(conn: Connection, region: str, account_id: UUID) -> list[Row]:
    cursor = await conn.execute(
        f"{_WALL} WHERE region = %s AND account_id = %s AND NOT shared ORDER BY id", (region, account_id)
    )
    return await cursor.fetchall()


async def save(conn: Connection, wall: Row) -> None:
    await conn.execute(
        "INSERT INTO camera_wall (id, region, account_id, name, layout, tiles, shared, updated_at) VALUES"
        " (%(id)s, %(region)s, %(account_id)s, %(name)s, %(layout)s, %(tiles)s, %(shared)s, %(updated_at)s)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, layout = excluded.layout,"
        " tiles = excluded.tiles, shared = excluded.shared, updated_at = excluded.updated_at",
        wall | {"tiles": Jsonb(wall["tiles"])},
    )


async def delete(conn: Connection, wall_id: UUID) -> None:
    await conn.execute("DELETE FROM camera_wall WHERE id = %s", (wall_id,))
