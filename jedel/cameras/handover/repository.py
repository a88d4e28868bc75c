"""All SQL of handing cameras over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection

Row = dict[str, Any]

_HANDOVER = (
    "SELECT h.id, h.camera_id, c.name AS camera_name, c.kind, c.lon, c.lat, c.owner, h.from_region,"
    " h.to_region, h.note, h.offered_by, h.offered_at, h.outcome"
    " FROM camera_handover h JOIN camera c ON c.id = h.camera_id"
)


async def offer(conn: Connection, row: Row) -> bool:
    """False where it is offered already."""
    cursor = await conn.execute(
        "INSERT INTO camera_handover (id, camera_id, from_region, to_region, note, offered_by, offered_at)"
        " VALUES (%(id)s, %(camera_id)s, %(from_region)s, %(to_region)s, %(note)s, %(offered_by)s,"
        " %(offered_at)s) ON CONFLICT (camera_id) WHERE outcome IS NULL DO NOTHING",
        row,
    )
    return cursor.rowcount == 1


async def find(conn: Connection, handover_id: UUID) -> Row | None:
    """Locked until the transaction ends."""
    cursor = await conn.execute(f"{_HANDOVER} WHERE h.id = %s FOR UPDATE OF h", (handover_id,))
    return await cursor.fetchone()


async def waiting(conn: Connection, region: str) -> list[Row]:
    """Offered by the region, and to it."""
    cursor = await conn.execute(
        f"{_HANDOVER} WHERE h.outcome IS NULL AND %s IN (h.from_region, h.to_region)"
        " ORDER BY h.offered_at LIMIT 500",
        (region,),
    )
    return await cursor.fetchall()


async def decide(conn: Connection, handover_id: UUID, by: UUID, outcome: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE camera_handover SET decided_by = %s, outcome = %s, decided_at = %s WHERE id = %s",
        (by, outcome, now, handover_id),
    )


async def leave(conn: Connection, camera_id: UUID, now: datetime) -> None:
    """What belonged to the old region ends: groups, unmasked pictures, changes of masks that wait."""
    await conn.execute("DELETE FROM camera_in_group WHERE camera_id = %s", (camera_id,))
    await conn.execute(
        "UPDATE camera_unmasking SET ended_at = %s WHERE camera_id = %s AND ended_at IS NULL",
        (now, camera_id),
    )
    await conn.execute(
        "DELETE FROM camera_mask_change WHERE camera_id = %s AND accepted IS NULL", (camera_id,)
    )
    await conn.execute(
        "UPDATE camera_state s SET region = c.region FROM camera c WHERE s.camera_id = c.id AND c.id = %s",
        (camera_id,),
    )
