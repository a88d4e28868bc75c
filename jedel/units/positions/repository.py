"""All SQL of positions: writing them, how far, the last of each unit, and the daily partitions.

Invariant: a position is in `position` exactly when `position_progress` has passed the message that brought
it, because both change in one transaction.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from psycopg import sql

from jedel.journal import Connection
from jedel.units.codec import POSITION, UNKNOWN, Records
from jedel.units.positions.rows import COLUMNS

_PARTITIONS_LOCK = 0x706F736974696F6E  # "position"
_PREFIX = "position_"

_KEEP_NEWEST = (
    "ON CONFLICT (unit_id) DO UPDATE SET heard_at = greatest(l.heard_at, excluded.heard_at), "
    + ", ".join(
        f"{column} = CASE WHEN excluded.at >= l.at THEN excluded.{column} ELSE l.{column} END"
        for column in ("at", "lon_e7", "lat_e7", "speed_cms", "heading_cdeg", "accuracy_dm", "flags")
    )
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stream is written: message `seq`, which it took at `taken_us` (microseconds since 1970)."""

    seq: int
    taken_us: int


async def progress(conn: Connection, stream: str, created: datetime) -> Progress:
    """Where to go on; message 0 of a stream that was never read."""
    cursor = await conn.execute(
        "SELECT seq, taken_us FROM position_progress WHERE stream = %s AND created = %s", (stream, created)
    )
    row = await cursor.fetchone()
    return Progress(row["seq"], row["taken_us"]) if row else Progress(0, 0)


async def move(
    conn: Connection, stream: str, created: datetime, before: Progress, after: Progress, listened_at: datetime
) -> bool:
    """Say that everything up to `after` is written; False where another writer was here meanwhile."""
    cursor = await conn.execute(
        "INSERT INTO position_progress AS p (stream, created, seq, taken_us, listened_at)"
        " VALUES (%(stream)s, %(created)s, %(seq)s, %(taken_us)s, %(listened_at)s)"
        " ON CONFLICT (stream, created) DO UPDATE"
        " SET seq = excluded.seq, taken_us = excluded.taken_us,"
        "     listened_at = greatest(p.listened_at, excluded.listened_at)"
        " WHERE p.seq = %(before)s",
        {
            "stream": stream,
            "created": created,
            "seq": after.seq,
            "taken_us": after.taken_us,
            "listened_at": listened_at,
            "before": before.seq,
        },
    )
    return cursor.rowcount == 1


async def copy(conn: Connection, data: bytes) -> None:
    """Append rows (`rows.copy_data`) to their daily partitions."""
    async with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY position ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as stream,
    ):
        await stream.write(data)


async def copy_last(conn: Connection, data: bytes) -> None:
    """Bring the last position of units up to date with these rows; an older one changes only `heard_at`."""
    await conn.execute(
        "CREATE TEMP TABLE IF NOT EXISTS fresh_position (LIKE unit_last_position) ON COMMIT DELETE ROWS"
    )
    async with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY fresh_position ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as stream,
    ):
        await stream.write(data)
    await conn.execute(
        f"INSERT INTO unit_last_position AS l ({COLUMNS}) SELECT {COLUMNS} FROM fresh_position {_KEEP_NEWEST}"
    )


async def catch_up_last(conn: Connection, since: datetime) -> None:
    """Take over last positions that were written, but whose writer died before it noted them."""
    await conn.execute(
        f"INSERT INTO unit_last_position AS l ({COLUMNS}) SELECT p.* FROM unit u"
        " LEFT JOIN unit_last_position k ON k.unit_id = u.id"
        f" CROSS JOIN LATERAL (SELECT {COLUMNS} FROM position p WHERE p.unit_id = u.id"
        "   AND p.at > coalesce(k.at, %s) ORDER BY p.at DESC LIMIT 1) p " + _KEEP_NEWEST,
        (since,),
    )


async def last(conn: Connection) -> dict[str, Records]:
    """The last position of every unit, by region: what a hot picture begins with."""
    cursor = await conn.execute(
        "SELECT u.region, l.unit_id, (extract(epoch FROM l.at) * 1000000)::bigint AS at_us,"
        " l.lon_e7, l.lat_e7, l.speed_cms, l.heading_cdeg, l.accuracy_dm, l.flags"
        " FROM unit_last_position l JOIN unit u ON u.id = l.unit_id"
    )
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for row in await cursor.fetchall():
        region, unit_id = row.pop("region"), row.pop("unit_id")
        values = (UNKNOWN if value is None else value for value in row.values())
        rows.setdefault(region, []).append((unit_id.bytes, *values))
    return {region: np.array(found, dtype=POSITION) for region, found in rows.items()}


async def partitions(conn: Connection) -> list[date]:
    """The days that have a partition, in order."""
    cursor = await conn.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'position'::regclass ORDER BY c.relname"
    )
    return [
        datetime.strptime(row["relname"].removeprefix(_PREFIX), "%Y%m%d").replace(tzinfo=UTC).date()
        for row in await cursor.fetchall()
    ]


async def make_partitions(conn: Connection, first: date, days: int) -> list[date]:
    """Partitions for `days` days from `first` on, where they are missing; which were made."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_PARTITIONS_LOCK,))
    there = set(await partitions(conn))
    missing = [day for n in range(days) if (day := first + timedelta(days=n)) not in there]
    for day in missing:
        await conn.execute(
            sql.SQL("CREATE TABLE {} PARTITION OF position FOR VALUES FROM ({}) TO ({})").format(
                _name(day), sql.Literal(midnight(day)), sql.Literal(midnight(day + timedelta(days=1)))
            )
        )
    return missing


async def drop_partitions(conn: Connection, before: date) -> list[date]:
    """Drop the days before `before`; which."""
    await conn.execute("SELECT pg_advisory_xact_lock(%s)", (_PARTITIONS_LOCK,))
    old = [day for day in await partitions(conn) if day < before]
    for day in old:
        await conn.execute(sql.SQL("DROP TABLE {}").format(_name(day)))
    return old


def _name(day: date) -> sql.Identifier:
    return sql.Identifier(f"{_PREFIX}{day:%Y%m%d}")


def midnight(day: date) -> datetime:
    """The first moment of a day, UTC, by which partitions are cut."""
    return datetime.combine(day, time(), UTC)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int) -> datetime:
    """Microseconds since 1970 as a time."""
    return _EPOCH + timedelta(microseconds=us)


def microseconds(at: datetime) -> int:
    """A time as microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
