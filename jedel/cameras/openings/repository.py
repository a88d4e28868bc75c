"""All SQL of openings."""

from datetime import datetime
from uuid import UUID

from jedel.cameras.openings.model import in_force
from jedel.journal import Connection


async def open_cameras(conn: Connection, camera_id: UUID, now: datetime) -> list[UUID]:
    """Incidents for which this camera may be watched now; empty: a quiet day. The incident's own end counts
    from its commit, before anybody has heard of it."""
    cursor = await conn.execute(
        "SELECT o.incident_id, o.opened_at, least(o.closed_at, i.closed_at) AS closed_at"
        " FROM camera_opening_camera c JOIN camera_opening o ON o.id = c.opening_id"
        " JOIN incident i ON i.id = o.incident_id JOIN camera k ON k.id = c.camera_id"
        " WHERE c.camera_id = %s AND o.closed_at IS NULL AND k.region = o.region"
        " ORDER BY o.level = 'lockdown' DESC, o.opened_at",
        (camera_id,),
    )
    found = await cursor.fetchall()
    return [row["incident_id"] for row in found if in_force(row["opened_at"], row["closed_at"], now)]
