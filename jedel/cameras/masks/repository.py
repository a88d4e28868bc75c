"""All SQL of masks and of pictures without them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.journal import Connection
from jedel.media.model import Mask

Row = dict[str, Any]

_UNMASKING = (
    "SELECT u.id, u.region, u.camera_id, c.name AS camera_name, u.requested_by, u.requested_at, u.purpose,"
    " u.incident_id, u.case_number, u.minutes, u.decided_by, u.decided_at, u.granted, u.until_at, u.ended_at"
    " FROM camera_unmasking u JOIN camera c ON c.id = u.camera_id"
)
_CHANGE = (
    "SELECT m.id, m.region, m.camera_id, c.name AS camera_name, m.masks, c.masks AS before, m.purpose,"
    " m.proposed_by, m.proposed_at, m.accepted FROM camera_mask_change m JOIN camera c ON c.id = m.camera_id"
)


def plain(masks: Sequence[Mask]) -> list[list[list[float]]]:
    """As JSON."""
    return [[list(corner) for corner in mask.corners] for mask in masks]


async def set_masks(conn: Connection, camera_id: UUID, masks: Any, now: datetime) -> None:
    await conn.execute(
        "UPDATE camera SET masks = %s, updated_at = %s WHERE id = %s", (Jsonb(masks), now, camera_id)
    )


async def propose(conn: Connection, row: Row) -> bool:
    """False where another change waits."""
    cursor = await conn.execute(
        "INSERT INTO camera_mask_change (id, region, camera_id, masks, purpose, proposed_by, proposed_at)"
        " VALUES (%(id)s, %(region)s, %(camera_id)s, %(masks)s, %(purpose)s, %(proposed_by)s,"
        " %(proposed_at)s) ON CONFLICT (camera_id) WHERE accepted IS NULL DO NOTHING",
        row | {"masks": Jsonb(row["masks"])},
    )
    return cursor.rowcount == 1


async def forget_old(conn: Connection, camera_id: UUID, before: datetime) -> None:
    """A proposal that nobody decided in time makes way."""
    await conn.execute(
        "DELETE FROM camera_mask_change WHERE camera_id = %s AND accepted IS NULL AND proposed_at <= %s",
        (camera_id, before),
    )


async def change(conn: Connection, change_id: UUID) -> Row | None:
    """Locked until the transaction ends."""
    cursor = await conn.execute(f"{_CHANGE} WHERE m.id = %s FOR UPDATE OF m", (change_id,))
    return await cursor.fetchone()


async def waiting_changes(conn: Connection, region: str, since: datetime) -> list[Row]:
    cursor = await conn.execute(
        f"{_CHANGE} WHERE m.region = %s AND m.accepted IS NULL AND m.proposed_at > %s ORDER BY m.proposed_at"
        " LIMIT 200",
        (region, since),
    )
    return await cursor.fetchall()


async def waiting_of(conn: Connection, camera_id: UUID, since: datetime) -> UUID | None:
    cursor = await conn.execute(
        "SELECT id FROM camera_mask_change WHERE camera_id = %s AND accepted IS NULL AND proposed_at > %s",
        (camera_id, since),
    )
    row = await cursor.fetchone()
    return row["id"] if row else None


async def decide_change(conn: Connection, change_id: UUID, by: UUID, accepted: bool, now: datetime) -> None:
    await conn.execute(
        "UPDATE camera_mask_change SET decided_by = %s, accepted = %s, decided_at = %s WHERE id = %s",
        (by, accepted, now, change_id),
    )


async def ask(conn: Connection, row: Row) -> None:
    await conn.execute(
        "INSERT INTO camera_unmasking (id, region, camera_id, requested_by, requested_at, purpose,"
        " incident_id, case_number, minutes) VALUES (%(id)s, %(region)s, %(camera_id)s, %(requested_by)s,"
        " %(requested_at)s, %(purpose)s, %(incident_id)s, %(case_number)s, %(minutes)s)",
        row,
    )


async def unmasking(conn: Connection, unmasking_id: UUID) -> Row | None:
    """Locked until the transaction ends."""
    cursor = await conn.execute(f"{_UNMASKING} WHERE u.id = %s FOR UPDATE OF u", (unmasking_id,))
    return await cursor.fetchone()


async def unmaskings(conn: Connection, region: str, asked_since: datetime, now: datetime) -> list[Row]:
    """Those that wait or are in force."""
    cursor = await conn.execute(
        f"{_UNMASKING} WHERE u.region = %s AND u.ended_at IS NULL AND (u.until_at > %s"
        " OR (u.granted IS NULL AND u.requested_at > %s)) ORDER BY u.requested_at LIMIT 200",
        (region, now, asked_since),
    )
    return await cursor.fetchall()


async def decide(
    conn: Connection, unmasking_id: UUID, by: UUID, until: datetime | None, now: datetime
) -> None:
    """``until``: None: refused."""
    await conn.execute(
        "UPDATE camera_unmasking SET decided_by = %(by)s, decided_at = %(now)s, until_at = %(until)s,"
        " granted = %(granted)s, ended_at = CASE WHEN %(granted)s THEN NULL ELSE %(now)s END"
        " WHERE id = %(id)s",
        {"id": unmasking_id, "by": by, "until": until, "now": now, "granted": until is not None},
    )


async def end(conn: Connection, unmasking_id: UUID, now: datetime) -> None:
    await conn.execute("UPDATE camera_unmasking SET ended_at = %s WHERE id = %s", (now, unmasking_id))


async def overdue(conn: Connection, now: datetime, asked_before: datetime) -> list[Row]:
    """Granted and over, or never decided; an incident's end counts too."""
    cursor = await conn.execute(
        "SELECT u.id, u.region, u.camera_id FROM camera_unmasking u"
        " LEFT JOIN incident i ON i.id = u.incident_id WHERE u.ended_at IS NULL AND (u.until_at <= %s"
        " OR (u.granted IS NULL AND u.requested_at <= %s) OR i.closed_at IS NOT NULL)"
        " ORDER BY u.id FOR UPDATE OF u SKIP LOCKED",
        (now, asked_before),
    )
    return await cursor.fetchall()
