"""All SQL of recordings."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from jedel.journal.repository import Connection
from jedel.media.recording.model import Segment

Row = dict[str, Any]

SEGMENT = """SELECT r.id AS stream, s.start_at, s.end_at, s.bytes, s.units, s.dropped, s.width, s.height,
    s.codecs, s.on_event, s.mended, s.sha256 FROM segment s JOIN recorded_stream r ON r.number = s.stream """


async def know(conn: Connection, stream: str, region: str, keep_days: int, now: datetime) -> None:
    """A stream is recorded from now on, or its owner's wish changed."""
    await conn.execute(
        """INSERT INTO recorded_stream (id, region, keep_days, since) VALUES (%s, %s, %s, %s)
        ON CONFLICT (id) DO UPDATE SET region = excluded.region, keep_days = excluded.keep_days
        WHERE (recorded_stream.region, recorded_stream.keep_days)
            IS DISTINCT FROM (excluded.region, excluded.keep_days)""",
        (stream, region, keep_days, now),
    )


async def add(conn: Connection, segments: Sequence[Segment]) -> None:
    """Rows for closed files; one that is there stays."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            """INSERT INTO segment (stream, start_at, end_at, bytes, units, dropped, width, height, codecs,
                on_event, mended, sha256)
            SELECT number, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM recorded_stream WHERE id = %s
            ON CONFLICT DO NOTHING""",
            [
                (s.start, s.end, s.size, s.units, s.dropped, s.width, s.height, s.codecs, s.on_event,
                 s.mended, s.sha256, s.stream)
                for s in segments
            ],
        )  # fmt: skip


async def known(conn: Connection, stream: str) -> Row | None:
    """What is known of a recorded stream."""
    cursor = await conn.execute("SELECT * FROM recorded_stream WHERE id = %s", (stream,))
    return await cursor.fetchone()


async def between(
    conn: Connection, stream: str, since: datetime, until: datetime, limit: int
) -> list[Segment]:
    """Segments that touch the time, the oldest first. ``since`` at most `SEGMENT_S_MAX` into one."""
    cursor = await conn.execute(
        SEGMENT
        + """WHERE r.id = %(stream)s AND s.end_at > %(since)s AND s.start_at < %(until)s
            AND s.start_at >= coalesce((SELECT max(b.start_at) FROM segment b
                WHERE b.stream = r.number AND b.start_at <= %(since)s), '-infinity')
        ORDER BY s.start_at LIMIT %(limit)s""",
        {"stream": stream, "since": since, "until": until, "limit": limit},
    )
    return [_segment(row) for row in await cursor.fetchall()]


async def of_page(conn: Connection, after: tuple[int, datetime] | None, limit: int) -> list[Row]:
    """Segments of all streams in order, with the stream's number; for `media check`."""
    cursor = await conn.execute(
        """SELECT s.*, r.id AS stream_id FROM segment s JOIN recorded_stream r ON r.number = s.stream
        WHERE (s.stream, s.start_at) > (%s, %s) ORDER BY s.stream, s.start_at LIMIT %s""",
        (*(after or (-1, datetime.min.replace(tzinfo=UTC))), limit),
    )
    return await cursor.fetchall()


async def count(conn: Connection) -> int:
    """About how many segments there are."""
    cursor = await conn.execute("SELECT count(*) AS n FROM segment")
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def have(conn: Connection, keys: Iterable[tuple[str, datetime]]) -> set[tuple[str, datetime]]:
    """Which of those segments have rows."""
    wanted = list(keys)
    cursor = await conn.execute(
        """SELECT r.id, s.start_at FROM unnest(%s::text[], %s::timestamptz[]) AS w (id, start_at)
        JOIN recorded_stream r ON r.id = w.id
        JOIN segment s ON s.stream = r.number AND s.start_at = w.start_at""",
        ([stream for stream, _ in wanted], [start for _, start in wanted]),
    )
    return {(row["id"], row["start_at"]) for row in await cursor.fetchall()}


async def forget(conn: Connection, stream: str, start: datetime) -> None:
    """A segment whose file is not there."""
    await conn.execute(
        """DELETE FROM segment s USING recorded_stream r
        WHERE r.number = s.stream AND r.id = %s AND s.start_at = %s""",
        (stream, start),
    )


# what is to be recorded


async def order(
    conn: Connection,
    order_id: UUID,
    region: str,
    stream: str,
    reason: str,
    incident_id: UUID | None,
    since: datetime,
    until: datetime | None,
) -> None:
    """Record the stream; said twice it is one order, which may last longer then."""
    await conn.execute(
        """INSERT INTO recording_order (id, region, stream, reason, incident_id, since, until)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (id) DO UPDATE SET until = CASE WHEN excluded.until IS NULL THEN NULL
            ELSE greatest(recording_order.until, excluded.until) END""",
        (order_id, region, stream, reason, incident_id, since, until),
    )


async def end_orders(conn: Connection, incident_id: UUID, now: datetime) -> list[str]:
    """The incident needs no more; the streams whose orders ended."""
    cursor = await conn.execute(
        """UPDATE recording_order SET ended_at = %s WHERE incident_id = %s AND ended_at IS NULL
        RETURNING stream""",
        (now, incident_id),
    )
    return [row["stream"] for row in await cursor.fetchall()]


async def orders(conn: Connection, now: datetime) -> list[Row]:
    """What is to be recorded now; orders that ran out are closed."""
    await conn.execute(
        "UPDATE recording_order SET ended_at = until WHERE ended_at IS NULL AND until <= %s", (now,)
    )
    cursor = await conn.execute(
        """SELECT stream, CASE WHEN bool_and(until IS NOT NULL) THEN max(until) END AS until
        FROM recording_order WHERE ended_at IS NULL GROUP BY stream"""
    )
    return await cursor.fetchall()


async def orders_of(conn: Connection, streams: Sequence[str], since: datetime, until: datetime) -> list[Row]:
    """Why streams were recorded in a time."""
    cursor = await conn.execute(
        """SELECT * FROM recording_order WHERE stream = ANY(%s) AND since < %s
            AND coalesce(ended_at, until, 'infinity') > %s ORDER BY since LIMIT 500""",
        (list(streams), until, since),
    )
    return await cursor.fetchall()


async def set_schedule(
    conn: Connection, stream: str, region: str, windows: list[Any] | None, now: datetime
) -> None:
    """Weekly windows of a stream; None: none."""
    await conn.execute(
        """INSERT INTO recorded_stream (id, region, schedule, since) VALUES (%s, %s, %s, %s)
        ON CONFLICT (id) DO UPDATE SET schedule = excluded.schedule""",
        (stream, region, orjson.dumps(windows).decode() if windows else None, now),
    )


async def schedules(conn: Connection) -> list[Row]:
    """Streams that have weekly windows."""
    cursor = await conn.execute("SELECT id, schedule FROM recorded_stream WHERE schedule IS NOT NULL")
    return await cursor.fetchall()


# what is kept


async def hold(
    conn: Connection,
    hold_id: UUID,
    region: str,
    stream: str,
    since: datetime,
    until: datetime | None,
    keep_until: datetime,
    *,
    incident_id: UUID | None = None,
    case_number: str | None = None,
) -> None:
    """Keep what is recorded of a stream in that time (``until`` None: from ``since`` on)."""
    await conn.execute(
        """INSERT INTO recording_hold (id, region, stream, incident_id, case_number, since, until, keep_until)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO NOTHING""",
        (hold_id, region, stream, incident_id, case_number, since, until, keep_until),
    )


async def end_holds(conn: Connection, incident_id: UUID, until: datetime) -> None:
    """The incident is over: what comes later is not kept for it."""
    await conn.execute(
        "UPDATE recording_hold SET until = %s WHERE incident_id = %s AND until IS NULL", (until, incident_id)
    )


async def of_incident(conn: Connection, incident_id: UUID) -> list[Row]:
    """What is kept for an incident."""
    cursor = await conn.execute(
        "SELECT * FROM recording_hold WHERE incident_id = %s ORDER BY stream", (incident_id,)
    )
    return await cursor.fetchall()


async def streams(conn: Connection) -> list[Row]:
    """All recorded streams."""
    cursor = await conn.execute("SELECT * FROM recorded_stream ORDER BY number")
    return await cursor.fetchall()


_FREE = """NOT EXISTS (SELECT FROM recording_hold h WHERE h.stream = r.id AND h.since < s.end_at
    AND coalesce(h.until, 'infinity') > s.start_at AND h.keep_until > %(now)s)"""


_TAKEN = """DELETE FROM segment s USING old, recorded_stream r
    WHERE s.stream = old.stream AND s.start_at = old.start_at AND r.number = s.stream
    RETURNING r.id AS stream, r.region, s.start_at, s.end_at, s.bytes"""


async def run_out(
    conn: Connection, number: int, before: datetime, event_before: datetime, now: datetime, limit: int
) -> list[Row]:
    """A stream's oldest segments whose time has run out and that nobody holds; their rows go, their files are
    to follow. ``event_before``: of those that were recorded on an event."""
    cursor = await conn.execute(
        f"""WITH old AS (
            SELECT s.stream, s.start_at FROM segment s JOIN recorded_stream r ON r.number = s.stream
            WHERE s.stream = %(number)s AND s.start_at < %(before)s AND s.end_at < %(before)s
                AND (NOT s.on_event OR s.end_at < %(event)s) AND {_FREE}
            ORDER BY s.start_at LIMIT %(limit)s
        ) {_TAKEN}""",
        {"before": before, "event": event_before, "now": now, "limit": limit, "number": number},
    )
    return await cursor.fetchall()


async def oldest(
    conn: Connection, floors: dict[str, datetime], other: datetime, now: datetime, limit: int
) -> list[Row]:
    """The oldest segments of all streams that nobody holds, before their time; those of a class that
    ``floors`` names no later than it says, of any other class no later than ``other``."""
    cursor = await conn.execute(
        f"""WITH old AS (
            SELECT s.stream, s.start_at FROM segment s JOIN recorded_stream r ON r.number = s.stream
            LEFT JOIN unnest(%(classes)s::text[], %(times)s::timestamptz[]) AS f (class, before)
                ON f.class = r.class
            WHERE s.end_at < coalesce(f.before, %(other)s) AND {_FREE}
            ORDER BY s.start_at LIMIT %(limit)s
        ) {_TAKEN}""",
        {
            "classes": list(floors), "times": list(floors.values()), "other": other, "now": now,
            "limit": limit,
        },
    )  # fmt: skip
    return await cursor.fetchall()


async def add_doomed(conn: Connection, files: Sequence[tuple[str, int]], now: datetime) -> None:
    """Files to remove."""
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO segment_doomed (path, bytes, since) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(path, size, now) for path, size in files],
        )


async def doomed(conn: Connection, limit: int) -> list[Row]:
    """Files to remove, the oldest first."""
    cursor = await conn.execute("SELECT * FROM segment_doomed ORDER BY since, path LIMIT %s", (limit,))
    return await cursor.fetchall()


async def are_doomed(conn: Connection, paths: Sequence[str]) -> set[str]:
    """Which of those files are to be removed."""
    cursor = await conn.execute("SELECT path FROM segment_doomed WHERE path = ANY(%s)", (list(paths),))
    return {row["path"] for row in await cursor.fetchall()}


async def removed(conn: Connection, paths: Sequence[str]) -> None:
    """Those files are gone."""
    await conn.execute("DELETE FROM segment_doomed WHERE path = ANY(%s)", (list(paths),))


async def say_disk(
    conn: Connection,
    now: datetime,
    free_share: float,
    *,
    shed: bool,
    lowered: bool,
    lost_before: datetime | None,
) -> None:
    """How the disk is."""
    await conn.execute(
        """INSERT INTO recording_disk (at, free_share, analytics_shed, lowered_at, lost_before)
        VALUES (%(now)s, %(free)s, %(shed)s, CASE WHEN %(lowered)s THEN %(now)s END, %(lost)s)
        ON CONFLICT (one) DO UPDATE SET at = excluded.at, free_share = excluded.free_share,
            analytics_shed = excluded.analytics_shed,
            lowered_at = coalesce(excluded.lowered_at, recording_disk.lowered_at),
            lost_before = greatest(excluded.lost_before, recording_disk.lost_before)""",
        {"now": now, "free": free_share, "shed": shed, "lowered": lowered, "lost": lost_before},
    )


async def disk(conn: Connection) -> Row | None:
    """How the disk was when somebody last looked."""
    cursor = await conn.execute("SELECT * FROM recording_disk")
    return await cursor.fetchone()


def _segment(row: Row) -> Segment:
    return Segment(
        row["stream"], row["start_at"], row["end_at"], row["bytes"], row["units"], row["dropped"],
        row["width"], row["height"], row["codecs"], row["on_event"], bytes(row["sha256"]), row["mended"],
    )  # fmt: skip
