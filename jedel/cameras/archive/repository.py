"""All SQL of looking back that is not of recordings themselves (`jedel.media.recording.repository`)."""

import math
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.cameras.archive.model import INCIDENT_CAMERAS_MAX, NEAR_M
from jedel.journal import Connection

Row = dict[str, Any]
EVENTS_MAX = 500


async def events(
    conn: Connection,
    region: str,
    camera_id: UUID,
    site_id: UUID | None,
    place: tuple[float, float],
    since: datetime,
    until: datetime,
) -> list[Row]:
    """What happened where a camera stands: incidents and alarms of its site, incidents near it, its own
    faults."""
    up = NEAR_M / 110_000
    side = up / max(0.1, math.cos(math.radians(place[1])))
    cursor = await conn.execute(
        """(SELECT 'incident' AS kind, id, received_at AS at, closed_at AS until, class AS what, number,
                priority FROM incident
            WHERE region = %(region)s AND received_at >= %(since)s AND received_at < %(until)s
                AND (site_id = %(site)s OR (lon BETWEEN %(west)s AND %(east)s
                     AND lat BETWEEN %(south)s AND %(north)s))
            ORDER BY received_at LIMIT %(limit)s)
        UNION ALL
        (SELECT 'alarm', id, received_at, closed_at, level, NULL, priority
            FROM alarm WHERE region = %(region)s AND received_at >= %(since)s AND received_at < %(until)s
                AND (site ->> 'id')::uuid = %(site)s
            ORDER BY received_at LIMIT %(limit)s)
        UNION ALL
        (SELECT 'fault', id, since, until, code, NULL, NULL
            FROM camera_fault WHERE camera_id = %(camera)s AND since < %(until)s
                AND coalesce(until, 'infinity') > %(since)s
            ORDER BY since LIMIT %(limit)s)
        ORDER BY 3 LIMIT %(limit)s""",
        {
            "region": region, "camera": camera_id, "site": site_id, "since": since, "until": until,
            "west": place[0] - side, "east": place[0] + side, "south": place[1] - up, "north": place[1] + up,
            "limit": EVENTS_MAX,
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def first(conn: Connection, stream: str) -> datetime | None:
    """Where the oldest segment that is kept begins."""
    cursor = await conn.execute(
        """SELECT s.start_at FROM segment s JOIN recorded_stream r ON r.number = s.stream WHERE r.id = %s
        ORDER BY s.start_at LIMIT 1""",
        (stream,),
    )
    row = await cursor.fetchone()
    return row["start_at"] if row else None


async def after(conn: Connection, stream: str, moment: datetime) -> datetime | None:
    """Where the next segment behind a moment begins."""
    cursor = await conn.execute(
        """SELECT s.start_at FROM segment s JOIN recorded_stream r ON r.number = s.stream
        WHERE r.id = %s AND s.start_at > %s ORDER BY s.start_at LIMIT 1""",
        (stream, moment),
    )
    row = await cursor.fetchone()
    return row["start_at"] if row else None


async def incident(conn: Connection, incident_id: UUID) -> Row:
    """Where and when it was; it is there."""
    cursor = await conn.execute(
        "SELECT received_at, closed_at, lon, lat, site_id FROM incident WHERE id = %s", (incident_id,)
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def cameras_of_incident(
    conn: Connection, region: str, incident_id: UUID, place: tuple[float, float], site_id: UUID | None
) -> list[UUID]:
    """The cameras that were opened or recorded for it in their order, then those of its site, then those near
    it."""
    up = NEAR_M / 110_000
    side = up / max(0.1, math.cos(math.radians(place[1])))
    cursor = await conn.execute(
        """SELECT id FROM (
            SELECT oc.camera_id AS id, 0 AS rank, oc.place::float8 AS place FROM camera_opening o
                JOIN camera_opening_camera oc ON oc.opening_id = o.id WHERE o.incident_id = %(incident)s
            UNION ALL
            SELECT split_part(stream, '/', 2)::uuid, 1, 0 FROM recording_hold
                WHERE incident_id = %(incident)s AND stream LIKE 'camera/%%'
            UNION ALL
            SELECT id, 2, number FROM camera WHERE region = %(region)s AND site_id = %(site)s AND enabled
            UNION ALL
            SELECT id, 3, abs(lon - %(lon)s) + abs(lat - %(lat)s) FROM camera
                WHERE region = %(region)s AND enabled AND lat BETWEEN %(lat)s - %(up)s AND %(lat)s + %(up)s
                AND lon BETWEEN %(lon)s - %(side)s AND %(lon)s + %(side)s
        ) AS found GROUP BY id ORDER BY min(rank), min(place) LIMIT %(limit)s""",
        {
            "incident": incident_id, "region": region, "site": site_id, "lon": place[0], "lat": place[1],
            "up": up, "side": side, "limit": INCIDENT_CAMERAS_MAX,
        },
    )  # fmt: skip
    return [row["id"] for row in await cursor.fetchall()]


async def classify(conn: Connection) -> None:
    """What retention of cameras' recordings goes by: the kind of their site, or the street."""
    await conn.execute(
        """UPDATE recorded_stream r SET class = found.class
        FROM (
            SELECT r.number, coalesce(max(s.kind), CASE
                WHEN max(c.zone) = 'street' OR max(c.site_id::text) IS NULL THEN 'street' ELSE 'other'
                END) AS class
            FROM recorded_stream r
            JOIN camera c ON c.id = split_part(r.id, '/', 2)::uuid
            LEFT JOIN site s ON s.id = c.site_id
            WHERE r.id LIKE 'camera/%%' GROUP BY r.number
        ) AS found
        WHERE found.number = r.number AND found.class <> r.class"""
    )


# exports


async def ask_export(conn: Connection, row: Row) -> None:
    names = ", ".join(row)
    marks = ", ".join(f"%({name})s" for name in row)
    await conn.execute(f"INSERT INTO recording_export ({names}) VALUES ({marks})", row)


async def export(conn: Connection, export_id: UUID) -> Row | None:
    cursor = await conn.execute("SELECT * FROM recording_export WHERE id = %s", (export_id,))
    return await cursor.fetchone()


async def exports_of(conn: Connection, camera_id: UUID, limit: int) -> list[Row]:
    """The newest first."""
    cursor = await conn.execute(
        "SELECT * FROM recording_export WHERE camera_id = %s ORDER BY asked_at DESC LIMIT %s",
        (camera_id, limit),
    )
    return await cursor.fetchall()


async def waiting_exports(conn: Connection, limit: int) -> list[Row]:
    cursor = await conn.execute(
        """SELECT * FROM recording_export WHERE made_at IS NULL AND fault IS NULL
        ORDER BY asked_at LIMIT %s""",
        (limit,),
    )
    return await cursor.fetchall()


async def export_made(
    conn: Connection, export_id: UUID, now: datetime, size: int, sha256: bytes, manifest: Row
) -> None:
    await conn.execute(
        "UPDATE recording_export SET made_at = %s, bytes = %s, sha256 = %s, manifest = %s WHERE id = %s",
        (now, size, sha256, Jsonb(manifest), export_id),
    )


async def export_failed(conn: Connection, export_id: UUID, fault: str) -> None:
    await conn.execute("UPDATE recording_export SET fault = %s WHERE id = %s", (fault, export_id))


async def old_exports(conn: Connection, before: datetime) -> list[UUID]:
    """Whose files are to go."""
    cursor = await conn.execute(
        "SELECT id FROM recording_export WHERE made_at < %s AND fault IS NULL LIMIT 200", (before,)
    )
    return [row["id"] for row in await cursor.fetchall()]
