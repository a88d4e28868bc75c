"""All SQL of the entries that people make; what the registers say is computed in compute.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.qorgau.model import Action, Ground
from jedel.qorgau.watch.model import State, WatchEntry, WatchList

NAMES = (
    "id", "region", "list_id", "plate", "ground", "legal", "action", "until", "source", "reason",
    "incident_id", "case_number", "state", "owner", "proposed_at", "decided_by", "decided_at", "ended_by",
    "ended_at", "end_reason",
)  # fmt: skip
ENTRY = ", ".join(NAMES)
PAGE = 200


async def next_version(conn: Connection) -> int:
    """The number of the change that this transaction makes; other changes wait until it ends."""
    cursor = await conn.execute("UPDATE watch_state SET version = version + 1 RETURNING version")
    row = await cursor.fetchone()
    assert row is not None
    return int(row["version"])


async def insert(conn: Connection, entry: WatchEntry) -> None:
    places = ", ".join(f"%({name})s" for name in NAMES)
    await conn.execute(f"INSERT INTO watch_entry ({ENTRY}) VALUES ({places})", _values(entry))


async def insert_list(conn: Connection, made: WatchList, plates: Sequence[tuple[UUID, str]]) -> None:
    """``plates``: id and plate of each entry; all else is the same for all."""
    await conn.execute(
        "INSERT INTO watch_list (id, region, name, digest, rows, proposed_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (made.id, made.region, made.name, made.digest, made.rows, made.proposed_at),
    )
    same = _values(made.first)
    others = [name for name in NAMES if name not in {"id", "plate"}]
    async with (
        conn.cursor() as cursor,
        cursor.copy(f"COPY watch_entry (id, plate, {', '.join(others)}) FROM STDIN") as copy,
    ):
        for entry_id, plate in plates:
            await copy.write_row((entry_id, plate, *(same[name] for name in others)))


async def find(conn: Connection, entry_id: UUID, *, lock: bool = False) -> WatchEntry | None:
    cursor = await conn.execute(
        f"SELECT {ENTRY} FROM watch_entry WHERE id = %s" + (" FOR UPDATE" if lock else ""), (entry_id,)
    )
    row = await cursor.fetchone()
    return _entry(row) if row else None


async def find_list(conn: Connection, list_id: UUID, *, lock: bool = False) -> WatchList | None:
    """Locked with all its entries."""
    cursor = await conn.execute("SELECT * FROM watch_list WHERE id = %s", (list_id,))
    row = await cursor.fetchone()
    if row is None:
        return None
    if lock:
        await conn.execute("SELECT FROM watch_entry WHERE list_id = %s ORDER BY id FOR UPDATE", (list_id,))
    return await _list(conn, row)


async def lists(conn: Connection, region: str) -> list[tuple[WatchList, dict[str, int]]]:
    """The region's, the newest first, with how many entries are in each state."""
    cursor = await conn.execute(
        "SELECT l.*, (SELECT json_object_agg(s.state, s.n) FROM (SELECT state, count(*) AS n"
        " FROM watch_entry WHERE list_id = l.id GROUP BY state) s) AS states"
        f" FROM watch_list l WHERE region = %s ORDER BY proposed_at DESC, id LIMIT {PAGE}",
        (region,),
    )
    return [(await _list(conn, row), row["states"]) for row in await cursor.fetchall()]


async def states(conn: Connection, list_id: UUID) -> dict[str, int]:
    """How many of a list's entries are in each state."""
    cursor = await conn.execute(
        "SELECT state, count(*) AS n FROM watch_entry WHERE list_id = %s GROUP BY state", (list_id,)
    )
    return {row["state"]: row["n"] for row in await cursor.fetchall()}


async def same_open(conn: Connection, entry: WatchEntry, today: date, since: datetime) -> bool:
    """Whether the region looks for this plate on this ground already, or somebody proposed it after
    ``since``."""
    cursor = await conn.execute(
        "SELECT FROM watch_entry WHERE plate = %s AND region = %s AND legal = %s AND until >= %s"
        " AND (state = 'active' OR (state = 'proposed' AND proposed_at > %s)) LIMIT 1",
        (entry.plate, entry.region, entry.legal, today, since),
    )
    return await cursor.fetchone() is not None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; None: any."""

    states: tuple[State, ...]
    plate: str | None = None
    before: datetime | None = None
    by_hand: bool = False


async def page(conn: Connection, region: str, wanted: Wanted, today: date, limit: int) -> list[WatchEntry]:
    """The newest first. An open entry whose last day is over counts as expired."""
    cursor = await conn.execute(
        f"SELECT {ENTRY} FROM watch_entry WHERE region = %(region)s"
        " AND CASE WHEN state IN ('proposed', 'active') AND until < %(today)s THEN 'expired' ELSE state END"
        "  = ANY(%(states)s)"
        " AND (%(plate)s::text IS NULL OR plate = %(plate)s)"
        " AND (%(before)s::timestamptz IS NULL OR proposed_at < %(before)s)"
        " AND (NOT %(by_hand)s OR list_id IS NULL) ORDER BY proposed_at DESC, id LIMIT %(limit)s",
        {
            "region": region, "today": today, "states": [state.value for state in wanted.states],
            "plate": wanted.plate, "before": wanted.before, "by_hand": wanted.by_hand, "limit": limit,
        },
    )  # fmt: skip
    return [_entry(row) for row in await cursor.fetchall()]


async def approve(conn: Connection, ids: Sequence[UUID], by: UUID, now: datetime, version: int) -> None:
    await conn.execute(
        "UPDATE watch_entry SET state = 'active', decided_by = %s, decided_at = %s, version = %s"
        " WHERE id = ANY(%s)",
        (by, now, version, list(ids)),
    )


async def end(
    conn: Connection, ids: Sequence[UUID], state: State, by: UUID, now: datetime, why: str, version: int
) -> None:
    """Refused or revoked."""
    await conn.execute(
        "UPDATE watch_entry SET state = %s, ended_by = %s, ended_at = %s, end_reason = %s, version = %s"
        " WHERE id = ANY(%s)",
        (state, by, now, why, version, list(ids)),
    )


async def shorten(conn: Connection, entry_id: UUID, until: date, version: int) -> None:
    await conn.execute(
        "UPDATE watch_entry SET until = %s, version = %s WHERE id = %s", (until, version, entry_id)
    )


async def open_of_list(conn: Connection, list_id: UUID, states: Sequence[State]) -> list[UUID]:
    cursor = await conn.execute(
        "SELECT id FROM watch_entry WHERE list_id = %s AND state = ANY(%s)",
        (list_id, [state.value for state in states]),
    )
    return [row["id"] for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Ended:
    """An entry whose time is over. ``held``: it was in force."""

    id: UUID
    region: str
    by_hand: bool
    held: bool


async def expire(conn: Connection, today: date, proposed_before: datetime) -> list[Ended]:
    """Say of entries whose time is over that it is."""
    # rows before the version, like every command, so that none waits for another in a circle
    cursor = await conn.execute(
        "SELECT id, region, list_id IS NULL AS by_hand, state = 'active' AS held FROM watch_entry"
        " WHERE (state = 'active' AND until < %(today)s)"
        " OR (state = 'proposed' AND (until < %(today)s OR proposed_at < %(before)s))"
        " ORDER BY id FOR UPDATE",
        {"today": today, "before": proposed_before},
    )
    ended = [Ended(**row) for row in await cursor.fetchall()]
    version = await next_version(conn) if any(each.held for each in ended) else 0
    await conn.execute(
        "UPDATE watch_entry SET state = 'expired', version = CASE state WHEN 'active' THEN %s ELSE 0 END"
        " WHERE id = ANY(%s)",
        (version, [each.id for each in ended]),
    )
    return ended


async def several(conn: Connection, ids: Sequence[UUID]) -> list[WatchEntry]:
    cursor = await conn.execute(f"SELECT {ENTRY} FROM watch_entry WHERE id = ANY(%s)", (list(ids),))
    return [_entry(row) for row in await cursor.fetchall()]


async def of_plates(conn: Connection, plates: Sequence[str], today: date) -> list[WatchEntry]:
    """In force today, the longest approved first."""
    cursor = await conn.execute(
        f"SELECT {ENTRY} FROM watch_entry WHERE plate = ANY(%s) AND state = 'active' AND until >= %s"
        " ORDER BY decided_at, id",
        (list(plates), today),
    )
    return [_entry(row) for row in await cursor.fetchall()]


async def computed_of_plates(conn: Connection, plates: Sequence[str], today: date) -> list[dict[str, Any]]:
    """What the registers say of these plates, with the register's source and age."""
    cursor = await conn.execute(
        "SELECT c.plate, c.ground, c.until, c.detail, g.source, g.as_of FROM watch_computed c"
        " JOIN watch_ground g ON g.ground = c.ground"
        " WHERE c.plate = ANY(%s) AND NOT c.gone AND (c.until IS NULL OR c.until >= %s)"
        " ORDER BY c.plate, c.ground",
        (list(plates), today),
    )
    return await cursor.fetchall()


async def standing(conn: Connection) -> list[dict[str, Any]]:
    """How each computed ground stands."""
    cursor = await conn.execute("SELECT * FROM watch_ground ORDER BY ground")
    return await cursor.fetchall()


async def _list(conn: Connection, row: dict[str, Any]) -> WatchList:
    cursor = await conn.execute(
        f"SELECT {ENTRY} FROM watch_entry WHERE list_id = %s ORDER BY id LIMIT 1", (row["id"],)
    )
    first = await cursor.fetchone()
    assert first is not None
    return WatchList(
        *(row["id"], row["region"], row["name"], bytes(row["digest"]), row["rows"], row["proposed_at"]),
        first=_entry(first),
    )


def _values(entry: WatchEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in NAMES} | {"ground": entry.ground.value}


def _entry(row: dict[str, Any]) -> WatchEntry:
    kinds = {
        "ground": Ground(row["ground"]), "action": Action(row["action"]), "state": State(row["state"])
    }  # fmt: skip
    return WatchEntry(**row | kinds)
