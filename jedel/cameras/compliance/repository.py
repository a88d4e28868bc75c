"""What a report on a site's cameras is made from."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.cameras.compliance.model import Held
from jedel.journal import Connection

CAMERAS_MAX = 500


async def cameras(conn: Connection, region: str, site_id: UUID, since: datetime, now: datetime) -> list[Held]:
    """The site's cameras that are in use, with their faults that lasted into this time."""
    cursor = await conn.execute(
        """
        SELECT c.id, c.number, c.name, c.zone, c.recording, c.keep_days, c.created_at,
               (SELECT x FROM jsonb_array_elements(c.streams) x ORDER BY x->>'name' = 'main' DESC LIMIT 1)
                   AS stream,
               s.state, s.code, s.seen,
               (SELECT min(g.start_at) FROM recorded_stream r JOIN segment g ON g.stream = r.number
                WHERE r.id = 'camera/' || c.id || '/main') AS kept_since,
               (SELECT array_agg(ARRAY[f.since, coalesce(f.until, %(now)s)])
                FROM camera_fault f
                WHERE f.camera_id = c.id AND coalesce(f.until, 'infinity') > %(since)s) AS down
        FROM camera c LEFT JOIN camera_state s ON s.camera_id = c.id
        WHERE c.region = %(region)s AND c.site_id = %(site)s AND c.enabled
        ORDER BY c.zone, c.number LIMIT %(limit)s
        """,
        {"region": region, "site": site_id, "since": since, "now": now, "limit": CAMERAS_MAX},
    )
    return [_held(row) for row in await cursor.fetchall()]


def _held(row: dict[str, Any]) -> Held:
    stream, seen = row["stream"] or {}, row["seen"] or {}
    return Held(
        id=str(row["id"]),
        number=row["number"],
        name=row["name"],
        zone=row["zone"],
        state=("unknown", "up", "down")[row["state"] or 0],
        fault=row["code"],
        width=stream.get("width") or seen.get("width"),
        height=stream.get("height") or seen.get("height"),
        fps=stream.get("fps") or None,
        always=row["recording"] == "always",
        keep_days=row["keep_days"],
        kept_since=row["kept_since"],
        since=row["created_at"],
        looked=row["state"] is not None,
        down=[(since, until) for since, until in row["down"] or ()],
    )
