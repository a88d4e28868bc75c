"""All SQL of look-ups and of the auditor's queue."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from jedel.journal import Connection
from jedel.lookups import model
from jedel.lookups.model import LookUp, Reason, Register, State, Wanted

LOOK_UP = (
    "id, region, at, account_id, register, asked_by, asked, purpose, incident_id, case_number, state,"
    " granted_by, granted_at, device_id, refused_by, refused_at, refusal, offline_at"
)
NAMES = tuple(name.strip() for name in LOOK_UP.split(","))
INSERT = f"INSERT INTO look_up ({LOOK_UP}) VALUES ({', '.join(f'%({name})s' for name in NAMES)})"


async def insert(conn: Connection, made: LookUp) -> None:
    await conn.execute(INSERT, {name: getattr(made, name) for name in NAMES})


async def find(conn: Connection, look_up_id: UUID, *, lock: bool = False) -> LookUp | None:
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE id = %s" + (" FOR UPDATE" if lock else ""), (look_up_id,)
    )
    row = await cursor.fetchone()
    return _look_up(row) if row else None


async def grant(conn: Connection, look_up_id: UUID, by: UUID, at: datetime) -> None:
    await conn.execute(
        "UPDATE look_up SET state = 'granted', granted_by = %s, granted_at = %s WHERE id = %s",
        (by, at, look_up_id),
    )


async def refuse(conn: Connection, look_up_id: UUID, by: UUID, at: datetime, why: str) -> None:
    await conn.execute(
        "UPDATE look_up SET state = 'refused', refused_by = %s, refused_at = %s, refusal = %s WHERE id = %s",
        (by, at, why, look_up_id),
    )


async def seat(conn: Connection, session_id: UUID, device_id: UUID | None, now: datetime) -> UUID | None:
    """The tablet to which the session belongs from now on; None for one that never asked from a tablet."""
    cursor = await conn.execute("SELECT device_id FROM look_up_seat WHERE session_id = %s", (session_id,))
    row = await cursor.fetchone()
    if row is None and device_id is not None:
        await conn.execute(
            "INSERT INTO look_up_seat (session_id, device_id, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (session_id, device_id, now),
        )
        return device_id
    return row["device_id"] if row else None


async def seats_of(conn: Connection, device_id: UUID) -> list[UUID]:
    """Sessions that belong to this tablet."""
    cursor = await conn.execute("SELECT session_id FROM look_up_seat WHERE device_id = %s", (device_id,))
    return [row["session_id"] for row in await cursor.fetchall()]


async def interests(conn: Connection, account_id: UUID) -> set[bytes]:
    """Digests of the ИИН that the account declared."""
    cursor = await conn.execute("SELECT digest FROM own_interest WHERE account_id = %s", (account_id,))
    return {bytes(row["digest"]) for row in await cursor.fetchall()}


async def declare(conn: Connection, account_id: UUID, digests: set[bytes], by: UUID, now: datetime) -> None:
    """These and no others."""
    await conn.execute("DELETE FROM own_interest WHERE account_id = %s", (account_id,))
    for digest in digests:
        await conn.execute(
            "INSERT INTO own_interest (account_id, digest, set_by, set_at) VALUES (%s, %s, %s, %s)",
            (account_id, digest, by, now),
        )


async def about(
    conn: Connection, region: str, iin: str, documents: list[str], vehicles: list[str], limit: int
) -> list[LookUp]:
    """Answered look-ups of one of these numbers, the newest first; `vehicles`: plates and VINs."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %(region)s AND state = 'granted'"
        " AND ((asked_by = 'iin' AND asked = %(iin)s)"
        " OR (asked_by = 'document' AND asked = ANY(%(documents)s))"
        " OR (asked_by IN ('plate', 'vin') AND asked = ANY(%(vehicles)s)))"
        " ORDER BY at DESC, id LIMIT %(limit)s",
        {"region": region, "iin": iin, "documents": documents, "vehicles": vehicles, "limit": limit},
    )
    return [_look_up(row) for row in await cursor.fetchall()]


async def wanted_plates(conn: Connection, table: str, day: date, limit: int) -> list[tuple[str, str, date]]:
    """Plate, reason and first day of the entries that are in force, each plate once."""
    query = sql.SQL(
        "SELECT DISTINCT ON (plate) plate, reason, since FROM {}"
        " WHERE plate IS NOT NULL AND since <= %s AND expires >= %s ORDER BY plate, since DESC LIMIT %s"
    ).format(sql.Identifier(table))
    cursor = await conn.execute(query, (day, day, limit))
    return [(row["plate"], row["reason"], row["since"]) for row in await cursor.fetchall()]


async def waiting(conn: Connection, region: str, since: datetime, limit: int) -> list[LookUp]:
    """Look-ups of the region that wait for a second person, the oldest first."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %s AND state = 'asked' AND at > %s"
        " ORDER BY at LIMIT %s",
        (region, since, limit),
    )
    return [_look_up(row) for row in await cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Past:
    """``recent`` and ``reasons`` as in `History`; ``tablet``: the one that was asked from last; ``declared``:
    whether the account declared anybody."""

    recent: int
    reasons: int
    tablet: UUID | None
    declared: bool


async def past(conn: Connection, asked: LookUp, held_since: datetime) -> Past:
    """What the asker did up to this look-up, which stands already. In one query: each look-up needs it."""
    cursor = await conn.execute(
        "SELECT (SELECT count(*) FROM look_up WHERE account_id = %(account)s AND at > %(hour)s) AS recent,"
        " (SELECT count(DISTINCT (incident_id, case_number)) FROM look_up"
        "   WHERE asked_by = %(by)s AND asked = %(asked)s AND account_id = %(account)s AND at > %(day)s)"
        " AS reasons,"
        " (SELECT device_id FROM look_up WHERE account_id = %(account)s AND at > %(held)s"
        "   AND device_id IS NOT NULL ORDER BY at DESC LIMIT 1) AS tablet,"
        " EXISTS (SELECT FROM own_interest WHERE account_id = %(account)s) AS declared",
        {
            "account": asked.account_id,
            "by": asked.asked_by,
            "asked": asked.asked,
            "hour": asked.at - model.MANY_WITHIN,
            "day": asked.at - model.SAME_WITHIN,
            "held": held_since,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return Past(**row)


async def flag(conn: Connection, asked: LookUp, reasons: Sequence[Reason]) -> None:
    for reason in reasons:
        await conn.execute(
            "INSERT INTO audit_flag (look_up_id, reason, region, at) VALUES (%s, %s, %s, %s)",
            (asked.id, reason, asked.region, asked.at),
        )


async def flags(conn: Connection, region: str, limit: int, *, seen: bool) -> list[dict[str, Any]]:
    """Unusual look-ups with the reason: what nobody has looked at yet, the oldest first; or what somebody
    has, with his note, the newest first."""
    columns = ", ".join(f"l.{name}" for name in NAMES)
    which, order = ("NOT NULL", "f.seen_at DESC") if seen else ("NULL", "f.at, f.reason")
    cursor = await conn.execute(
        f"SELECT {columns}, f.reason, f.seen_by, f.seen_at, f.note FROM audit_flag f"
        f" JOIN look_up l ON l.id = f.look_up_id WHERE f.region = %s AND f.seen_at IS {which}"
        f" ORDER BY {order} LIMIT %s",
        (region, limit),
    )
    found = []
    for row in await cursor.fetchall():
        flag = {name: row.pop(name) for name in ("reason", "seen_by", "seen_at", "note")}
        found.append(flag | {"look_up": _look_up(row)})
    return found


async def seen(conn: Connection, look_up_id: UUID, by: UUID, at: datetime, note: str) -> bool:
    """False where there is nothing that was not looked at."""
    cursor = await conn.execute(
        "UPDATE audit_flag SET seen_by = %s, seen_at = %s, note = %s"
        " WHERE look_up_id = %s AND seen_at IS NULL",
        (by, at, note, look_up_id),
    )
    return cursor.rowcount > 0


async def page(conn: Connection, region: str, wanted: Wanted, limit: int) -> list[LookUp]:
    """The region's look-ups, the newest first, that fit."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %(region)s"
        " AND (%(account)s::uuid IS NULL OR account_id = %(account)s)"
        " AND (%(asked)s::text IS NULL OR asked = %(asked)s)"
        " AND (%(purpose)s::text IS NULL OR purpose = %(purpose)s)"
        " AND (%(register)s::text IS NULL OR register = %(register)s)"
        " AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)"
        " AND (%(before)s::timestamptz IS NULL OR at < %(before)s) ORDER BY at DESC, id LIMIT %(limit)s",
        {"region": region, "limit": limit, **asdict(wanted)},
    )
    return [_look_up(row) for row in await cursor.fetchall()]


async def sample(conn: Connection, region: str, since: datetime, count: int) -> list[LookUp]:
    """As many look-ups since then, drawn by chance."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %s AND at > %s ORDER BY random() LIMIT %s",
        (region, since, count),
    )
    return [_look_up(row) for row in await cursor.fetchall()]


def _look_up(row: dict[str, Any]) -> LookUp:
    return LookUp(**row | {"register": Register(row["register"]), "state": State(row["state"])})
