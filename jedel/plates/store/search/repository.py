"""All SQL of searching among reads. Every question is bounded in rows and in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from jedel.journal import Connection, Store
from jedel.plates.store.errors import SearchTooBroad
from jedel.plates.store.search.model import Wanted

COLUMNS: Final = (
    "r.id, r.plate, r.at, r.heard, r.camera, r.grounds, r.make, r.score, r.confidence, r.weakest, r.frames,"
    " r.speed, r.heading, r.colour, r.body, r.reader, r.pictures"
)
TIMEOUT_MS: Final = 5_000
ROUNDS_MAX: Final = 20
"""So many pages of other regions' reads are passed over in search of a page of one's own."""
SIDE_MAX: Final = 400_000
"""Most reads that each of two places may have in the time that is asked for."""
JOIN_MEMORY: Final = "64MB"
"""Both sides at their most, and the table that joins them, without a file on disk."""
SIDE: Final = (
    "SELECT plate, at, camera FROM plate_read WHERE camera = ANY(%({})s)"
    " AND at >= %(since)s AND at < %(until)s LIMIT %(most)s"
)
"""The reads of one of two places. Only what the index `plate_read_camera` has: the rows of a camera's day lie
on as many pages."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """Reads of these ``cameras`` in [since, until), of the plates that are wanted; None: of all."""

    wanted: Wanted | None
    cameras: Sequence[int]
    since: datetime
    until: datetime


async def reads(store: Store, asked: Asked, limit: int) -> tuple[list[Row], bool]:
    """The newest ``limit`` reads, the newest first, and whether there are more. Reads of one moment are not
    parted, unless they alone are more than a page, so that the next page begins before the last one's time.

    Raises SearchTooBroad.
    """
    found: list[Row] = []
    until, wanted_cameras = asked.until, set(asked.cameras)
    for _ in range(ROUNDS_MAX):
        rows = await _newest(store, asked, until, limit + 1)
        # by a plate the cameras filter here: thousands of them in the question to each of a hundred
        # partitions would take the planner most of a second
        found += [row for row in rows if row["camera"] in wanted_cameras]
        if len(rows) <= limit or len(found) > limit:
            break
        last = rows[-1]["at"]  # may not be whole: once more
        found = [row for row in found if row["at"] != last]
        until = last + timedelta(microseconds=1)
    if len(found) <= limit:
        return found, False
    first_left = found[limit]["at"]
    whole = [row for row in found[:limit] if row["at"] != first_left]
    return whole or found[:limit], True


async def _newest(store: Store, asked: Asked, until: datetime, limit: int) -> list[Row]:
    if asked.wanted is None:
        where, values = " AND r.camera = ANY(%(cameras)s)", {"cameras": list(asked.cameras)}
    else:
        where, values = _plates(asked.wanted)
    query = (
        f"SELECT {COLUMNS} FROM plate_read r WHERE r.at >= %(since)s AND r.at < %(until)s{where}"
        " ORDER BY r.at DESC LIMIT %(limit)s"
    )
    return await _fetch(store, query, values | {"since": asked.since, "until": until, "limit": limit})


def _plates(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    if wanted.numbers is not None:
        if len(wanted.numbers) == 1:
            return " AND r.plate = %(plate)s", {"plate": wanted.numbers[0]}
        return " AND r.plate = ANY(%(plates)s)", {"plates": list(wanted.numbers)}
    where, values = " AND plate_text(r.plate) LIKE %(like)s", {"like": wanted.like}
    if wanted.between is not None:
        first, end = wanted.between
        return where + " AND r.plate >= %(first)s AND r.plate < %(end)s", values | {
            "first": first,
            "end": end,
        }
    return where, values


async def two_places(
    store: Store,
    a: Sequence[int],
    b: Sequence[int],
    since: datetime,
    until: datetime,
    within: timedelta,
    limit: int,
) -> tuple[list[tuple[Row, Row]], bool]:
    """Plates that were seen at ``a`` and at ``b`` within so much time, either first, each plate once with
    the two reads that are closest; the closest first; and whether there are more.

    Raises SearchTooBroad, also where a place has more than SIDE_MAX reads in this time.
    """
    query = (
        f"WITH a AS MATERIALIZED ({SIDE.format('a')}), b AS MATERIALIZED ({SIDE.format('b')}),"
        " pairs AS (SELECT DISTINCT ON (a.plate) a.plate, a.at AS a_at, a.camera AS a_camera, b.at AS b_at,"
        "   b.camera AS b_camera, abs(extract(epoch FROM b.at - a.at)) AS gap FROM a JOIN b"
        "   ON b.plate = a.plate AND b.at BETWEEN a.at - %(within)s AND a.at + %(within)s"
        "   AND b.camera <> a.camera ORDER BY a.plate, gap)"
        " SELECT (SELECT count(*) FROM a) AS a_rows, (SELECT count(*) FROM b) AS b_rows, p.*"
        " FROM (SELECT 1) one LEFT JOIN (SELECT * FROM pairs ORDER BY gap, plate LIMIT %(limit)s) p ON true"
        " ORDER BY p.gap, p.plate"
    )
    values = {"a": list(a), "b": list(b), "since": since, "until": until, "within": within}
    found = await _fetch(store, query, values | {"limit": limit + 1, "most": SIDE_MAX}, JOIN_MEMORY)
    if found[0]["a_rows"] >= SIDE_MAX or found[0]["b_rows"] >= SIDE_MAX:
        raise SearchTooBroad
    pairs = [row for row in found if row["plate"] is not None]
    whole = await _whole(store, pairs[:limit])
    both = [(whole.get(_place(row, "a")), whole.get(_place(row, "b"))) for row in pairs[:limit]]
    return [(one, other) for one, other in both if one and other], len(pairs) > limit


def _place(row: Row, side: str) -> tuple[int, datetime, int]:
    return row["plate"], row[f"{side}_at"], row[f"{side}_camera"]


async def _whole(store: Store, pairs: Sequence[Row]) -> dict[tuple[int, datetime, int], Row]:
    """The reads of pairs, by plate, time and camera."""
    if not pairs:
        return {}
    plates, ats, cameras = zip(*(_place(row, side) for row in pairs for side in ("a", "b")), strict=True)
    query = (
        "SELECT r.* FROM unnest(%(plates)s::bigint[], %(ats)s::timestamptz[], %(cameras)s::integer[])"
        " AS n (plate, at, camera)"
        f" CROSS JOIN LATERAL (SELECT {COLUMNS} FROM plate_read r"
        "   WHERE r.plate = n.plate AND r.at = n.at AND r.camera = n.camera LIMIT 1) r"
    )
    values = {"plates": list(plates), "ats": list(ats), "cameras": list(cameras)}
    found = await _fetch(store, query, values)
    return {(row["plate"], row["at"], row["camera"]): row for row in found}


async def _fetch(store: Store, query: str, values: dict[str, Any], memory: str | None = None) -> list[Row]:
    try:
        async with store.reading() as tx:
            await limited(tx.conn)
            if memory is not None:
                await tx.conn.execute("SELECT set_config('work_mem', %s, true)", (memory,))
            cursor = await tx.conn.execute(query, values)
            return await cursor.fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise SearchTooBroad from error


async def limited(conn: Connection) -> None:
    """What takes longer is stopped: others read and write the same tables."""
    await conn.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
