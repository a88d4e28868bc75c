"""All SQL of look-ups and of the auditor's queue."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.lookups import model
from jedel.lookups.model import History, LookUp, Reason, Register, State

LOOK_UP = (
    "id, region, at, account_id, register, asked_by, asked, purpose, incident_id, case_number, state,"
    " granted_by, granted_at"
)


async def insert(conn: Connection, made: LookUp) -> None:
    await conn.execute(
        f"INSERT INTO look_up ({LOOK_UP}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(made.id, made.region, made.at, made.account_id, made.register, made.asked_by, made.asked),
            *(made.purpose, made.incident_id, made.case_number, made.state, made.granted_by, made.granted_at),
        ),
    )


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


async def waiting(conn: Connection, region: str, since: datetime, limit: int) -> list[LookUp]:
    """Look-ups of the region that wait for a second person, the oldest first."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %s AND state = 'asked' AND at > %s"
        " ORDER BY at LIMIT %s",
        (region, since, limit),
    )
    return [_look_up(row) for row in await cursor.fetchall()]


async def history(conn: Connection, asked: LookUp) -> History:
    """What the asker did up to this look-up, which stands already."""
    cursor = await conn.execute(
        "SELECT (SELECT count(*) FROM look_up WHERE account_id = %(account)s AND at > %(hour)s) AS recent,"
        " (SELECT count(DISTINCT (incident_id, case_number)) FROM look_up"
        "   WHERE asked_by = %(by)s AND asked = %(asked)s AND account_id = %(account)s AND at > %(day)s)"
        " AS reasons",
        {
            "account": asked.account_id,
            "by": asked.asked_by,
            "asked": asked.asked,
            "hour": asked.at - model.MANY_WITHIN,
            "day": asked.at - model.SAME_WITHIN,
        },
    )
    row = await cursor.fetchone()
    assert row is not None
    return History(row["recent"], row["reasons"])


async def flag(conn: Connection, asked: LookUp, reasons: Sequence[Reason]) -> None:
    for reason in reasons:
        await conn.execute(
            "INSERT INTO audit_flag (look_up_id, reason, region, at) VALUES (%s, %s, %s, %s)",
            (asked.id, reason, asked.region, asked.at),
        )


async def flags(conn: Connection, region: str, limit: int) -> list[dict[str, Any]]:
    """What nobody has looked at yet, the oldest first: look-up with reason."""
    cursor = await conn.execute(
        "SELECT l.*, f.reason FROM audit_flag f JOIN look_up l ON l.id = f.look_up_id"
        " WHERE f.region = %s AND f.seen_at IS NULL ORDER BY f.at, f.reason LIMIT %s",
        (region, limit),
    )
    return [
        {"look_up": _look_up(row), "reason": reason}
        for row in await cursor.fetchall()
        if (reason := row.pop("reason"))
    ]


async def seen(conn: Connection, look_up_id: UUID, by: UUID, at: datetime, note: str) -> bool:
    """False where there is nothing that was not looked at."""
    cursor = await conn.execute(
        "UPDATE audit_flag SET seen_by = %s, seen_at = %s, note = %s"
        " WHERE look_up_id = %s AND seen_at IS NULL",
        (by, at, note, look_up_id),
    )
    return cursor.rowcount > 0


async def page(
    conn: Connection,
    region: str,
    account: UUID | None,
    asked: str | None,
    before: datetime | None,
    limit: int,
) -> list[LookUp]:
    """The region's look-ups, the newest first; of one account, of one number."""
    cursor = await conn.execute(
        f"SELECT {LOOK_UP} FROM look_up WHERE region = %(region)s"
        " AND (%(account)s::uuid IS NULL OR account_id = %(account)s)"
        " AND (%(asked)s::text IS NULL OR asked = %(asked)s)"
        " AND (%(before)s::timestamptz IS NULL OR at < %(before)s) ORDER BY at DESC, id LIMIT %(limit)s",
        {"region": region, "account": account, "asked": asked, "before": before, "limit": limit},
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
