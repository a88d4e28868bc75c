"""All SQL of writing reads: rows, how far the stream is written, and what is known already.

Invariant: a read is in `plate_read` exactly when `plate_read_progress` of its partition has passed the first
message that brought it, because both change in one transaction.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from jedel.journal import Connection
from jedel.plates.store.batch import Batch
from jedel.plates.store.rows import COLUMNS, copy_data
from jedel.units.positions.repository import Progress, microseconds, moment

__all__ = ["Progress", "microseconds", "moment"]

SAID_WITHIN: Final = timedelta(hours=50)
"""A read is written again only while its time is possible: a day before or after we hear of it."""


async def progress(
    conn: Connection, stream: str, created: datetime, partitions: Sequence[int]
) -> dict[int, Progress]:
    """Where each partition goes on; message 0 of one that was never read."""
    await conn.execute(
        "INSERT INTO plate_read_progress (stream, created, partition, seq, taken_us)"
        " SELECT %s, %s, unnest(%s::smallint[]), 0, 0 ON CONFLICT DO NOTHING",
        (stream, created, list(partitions)),
    )
    known = await all_progress(conn, stream, created)
    return {part: known[part] for part in partitions}


async def all_progress(conn: Connection, stream: str, created: datetime) -> dict[int, Progress]:
    """Of whichever partitions have been read."""
    cursor = await conn.execute(
        "SELECT partition, seq, taken_us FROM plate_read_progress WHERE stream = %s AND created = %s",
        (stream, created),
    )
    return {row["partition"]: Progress(row["seq"], row["taken_us"]) for row in await cursor.fetchall()}


async def move(
    conn: Connection,
    stream: str,
    created: datetime,
    before: Mapping[int, Progress],
    after: Mapping[int, Progress],
) -> bool:
    """Say that everything up to ``after`` is written; False where another worker was here meanwhile."""
    parts = list(before)
    cursor = await conn.execute(
        "UPDATE plate_read_progress p SET seq = n.seq, taken_us = n.taken_us"
        " FROM unnest(%s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[])"
        "   AS n (partition, before, seq, taken_us)"
        " WHERE p.stream = %s AND p.created = %s AND p.partition = n.partition AND p.seq = n.before",
        (
            parts,
            [before[part].seq for part in parts],
            [after[part].seq for part in parts],
            [after[part].taken_us for part in parts],
            stream,
            created,
        ),
    )
    return cursor.rowcount == len(parts)


async def written_us(conn: Connection) -> int:
    """Up to when any stream of reads was written, microseconds since 1970."""
    cursor = await conn.execute("SELECT coalesce(max(taken_us), 0) AS us FROM plate_read_progress")
    row = await cursor.fetchone()
    assert row is not None
    return int(row["us"])


async def copy(conn: Connection, rows: NDArray[np.void]) -> None:
    """Append rows (`rows.rows`) to their partitions."""
    async with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY plate_read ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as stream,
    ):
        await stream.write(copy_data(rows))


async def cameras_ahead(conn: Connection, now: datetime) -> dict[int, int]:
    """Cameras that gave impossible times lately → the latest of these, microseconds since 1970."""
    cursor = await conn.execute(
        "SELECT camera, max(said) AS said FROM plate_read WHERE said <> at AND at > %s GROUP BY camera",
        (now - SAID_WITHIN,),
    )
    return {row["camera"]: microseconds(row["said"]) for row in await cursor.fetchall()}


async def known(conn: Connection, batch: Batch, now: datetime, *, ahead: bool) -> NDArray[np.bool_]:
    """(n,) which of these are written. ``ahead``: whether some may have come with impossible times first."""
    ids = [UUID(bytes=raw) for raw in batch.reads["id"].tolist()]
    said = [moment(us) for us in batch.said_us.tolist()]
    plates, cameras = batch.reads["plate"].tolist(), batch.reads["camera"].tolist()
    cursor = await conn.execute(
        "SELECT r.id FROM unnest(%s::bigint[], %s::timestamptz[], %s::uuid[]) AS n (plate, at, id)"
        " CROSS JOIN LATERAL (SELECT id FROM plate_read"
        "   WHERE plate = n.plate AND at = n.at AND id = n.id AND at > %s LIMIT 1) r",
        (plates, said, ids, now - SAID_WITHIN),
    )
    found = {row["id"] for row in await cursor.fetchall()}
    if ahead:
        cursor = await conn.execute(
            "SELECT id FROM plate_read WHERE said <> at AND at > %s AND camera = ANY(%s) AND said = ANY(%s)"
            " AND id = ANY(%s)",
            (now - SAID_WITHIN, cameras, said, ids),
        )
        found |= {row["id"] for row in await cursor.fetchall()}
    return np.array([one in found for one in ids], dtype=np.bool_)
