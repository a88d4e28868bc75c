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
SIDE_MAX: Final = 400_000
"""Most reads that each of two places may have in the time that is asked for."""

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
    where, values = _plates(asked.wanted)
    # with a plate the cameras only filter: 13,000 of them must not tempt the planner to their index
    camera = "r.camera" if asked.wanted is None else "(r.camera + 0)"
    query = (
        f"SELECT {COLUMNS} FROM plate_read r WHERE r.at >= %(since)s AND r.at < %(until)s"
        f" AND {camera} = ANY(%(cameras)s){where} ORDER BY r.at DESC, r.id LIMIT %(limit)s"
    )
    values |= {"since": asked.since, "until": asked.until, "cameras": list(asked.cameras), "limit": limit + 1}
    found = await _fetch(store, query, values)
    more = len(found) > limit
    if more:
        first_left = found[limit]["at"]
        whole = [row for row in found if row["at"] != first_left]
        found = whole or found[:limit]
    return found, more


def _plates(wanted: Wanted | None) -> tuple[str, dict[str, Any]]:
    if wanted is None:
        return "", {}
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
    side = (
        "SELECT plate, at, id, camera, hit FROM plate_read WHERE camera = ANY(%({})s)"
        " AND at >= %(since)s AND at < %(until)s LIMIT %(most)s"
    )
    query = (
        f"WITH a AS MATERIALIZED ({side.format('a')}), b AS MATERIALIZED ({side.format('b')}),"
        " pairs AS (SELECT DISTINCT ON (a.plate) a.plate, a.at AS a_at, a.id AS a_id, b.at AS b_at,"
        "   b.id AS b_id, abs(extract(epoch FROM b.at - a.at)) AS gap FROM a JOIN b ON b.plate = a.plate"
        "   AND b.at BETWEEN a.at - %(within)s AND a.at + %(within)s"
        "   AND b.id <> a.id AND b.camera <> a.camera ORDER BY a.plate, gap)"
        " SELECT (SELECT count(*) FROM a) AS a_rows, (SELECT count(*) FROM b) AS b_rows, p.*"
        " FROM (SELECT 1) one LEFT JOIN (SELECT * FROM pairs ORDER BY gap, plate LIMIT %(limit)s) p ON true"
        " ORDER BY p.gap, p.plate"
    )
    values = {"a": list(a), "b": list(b), "since": since, "until": until, "within": within}
    found = await _fetch(store, query, values | {"limit": limit + 1, "most": SIDE_MAX})
    if found[0]["a_rows"] >= SIDE_MAX or found[0]["b_rows"] >= SIDE_MAX:
        raise SearchTooBroad
    pairs = [row for row in found if row["plate"] is not None]
    whole = await _whole(store, pairs[:limit])
    both = [(whole.get(row["a_id"]), whole.get(row["b_id"])) for row in pairs[:limit]]
    return [(one, other) for one, other in both if one and other], len(pairs) > limit


async def _whole(store: Store, pairs: Sequence[Row]) -> dict[Any, Row]:
    """The reads of pairs, by id."""
    if not pairs:
        return {}
    keyed = [(row["plate"], row[f"{side}_at"], row[f"{side}_id"]) for row in pairs for side in ("a", "b")]
    plates, ats, ids = zip(*keyed, strict=True)
    query = (
        "SELECT r.* FROM unnest(%(plates)s::bigint[], %(ats)s::timestamptz[], %(ids)s::uuid[])"
        " AS n (plate, at, id)"
        f" CROSS JOIN LATERAL (SELECT {COLUMNS} FROM plate_read r"
        "   WHERE r.plate = n.plate AND r.at = n.at AND r.id = n.id LIMIT 1) r"
    )
    found = await _fetch(store, query, {"plates": list(plates), "ats": list(ats), "ids": list(ids)})
    return {row["id"]: row for row in found}


async def _fetch(store: Store, query: str, values: dict[str, Any]) -> list[Row]:
    try:
        async with store.reading() as tx:
            await limited(tx.conn)
            cursor = await tx.conn.execute(query, values)
            return await cursor.fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise SearchTooBroad from error


async def limited(conn: Connection) -> None:
    """What takes longer is stopped: others read and write the same tables."""
    await conn.execute(f"SET LOCAL statement_timeout = {TIMEOUT_MS}")
