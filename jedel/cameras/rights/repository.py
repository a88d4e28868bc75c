"""All SQL of rights to cameras."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.access import Role
from jedel.cameras.rights.model import Action, Effect, Rule, Window
from jedel.journal import Connection

Row = dict[str, Any]
_RULE = (
    "r.id, r.region, r.effect, r.role, r.account_id, r.unit_id, r.group_id, r.actions, r.weekly, r.from_at,"
    " r.until_at"
)


async def rules(conn: Connection, regions: Sequence[str]) -> list[Rule]:
    """All of these regions that are not taken back."""
    cursor = await conn.execute(
        f"SELECT {_RULE} FROM camera_right r WHERE r.region = ANY(%s) AND r.ended_at IS NULL",
        (list(regions),),
    )
    return [rule_of(row) for row in await cursor.fetchall()]


async def unmaskings(
    conn: Connection, cameras: Sequence[UUID], accounts: Sequence[UUID], now: datetime
) -> dict[tuple[UUID, UUID], Row]:
    """{id, until_at} of what two persons agreed on, by camera and person, while it lasts; an incident's end
    ends it too."""
    cursor = await conn.execute(
        "SELECT u.camera_id, u.requested_by, u.id, u.until_at FROM camera_unmasking u"
        " LEFT JOIN incident i ON i.id = u.incident_id"
        " WHERE u.camera_id = ANY(%s) AND u.requested_by = ANY(%s) AND u.granted"
        " AND u.ended_at IS NULL AND u.until_at > %s AND i.closed_at IS NULL ORDER BY u.until_at",
        (list(cameras), list(accounts), now),
    )
    return {(row["camera_id"], row["requested_by"]): row for row in await cursor.fetchall()}


async def listed(conn: Connection, region: str, limit: int) -> list[Row]:
    cursor = await conn.execute(
        f"SELECT {_RULE}, r.note, r.created_at, r.created_by FROM camera_right r"
        " WHERE r.region = %s AND r.ended_at IS NULL ORDER BY r.created_at DESC, r.id LIMIT %s",
        (region, limit),
    )
    return await cursor.fetchall()


async def count(conn: Connection, region: str) -> int:
    cursor = await conn.execute(
        "SELECT count(*) AS n FROM camera_right WHERE region = %s AND ended_at IS NULL", (region,)
    )
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def find(conn: Connection, right_id: UUID) -> Row | None:
    """Also one that was taken back; locked until the transaction ends."""
    cursor = await conn.execute(
        f"SELECT {_RULE}, r.note, r.created_at, r.created_by, r.ended_at FROM camera_right r"
        " WHERE r.id = %s FOR UPDATE",
        (right_id,),
    )
    return await cursor.fetchone()


async def insert(conn: Connection, row: Row) -> None:
    await conn.execute(
        "INSERT INTO camera_right (id, region, effect, role, account_id, unit_id, group_id, actions, weekly,"
        " from_at, until_at, note, created_at, created_by, applied)"
        " VALUES (%(id)s, %(region)s, %(effect)s, %(role)s,"
        " %(account_id)s, %(unit_id)s, %(group_id)s, %(actions)s, %(weekly)s, %(from_at)s, %(until_at)s,"
        " %(note)s, %(created_at)s, %(created_by)s, %(applied)s)",
        row | {"weekly": Jsonb(row["weekly"])},
    )


async def end(conn: Connection, right_id: UUID, now: datetime) -> None:
    await conn.execute("UPDATE camera_right SET ended_at = %s WHERE id = %s", (now, right_id))


async def timed(conn: Connection) -> list[tuple[Rule, bool]]:
    """Rules with a clock, and whether their time was now when it was last looked; those that others change
    at this moment come at the next look."""
    cursor = await conn.execute(
        f"SELECT {_RULE}, r.applied FROM camera_right r WHERE r.ended_at IS NULL AND (r.weekly <> '[]'"
        " OR r.from_at IS NOT NULL OR r.until_at IS NOT NULL) ORDER BY r.id FOR UPDATE SKIP LOCKED"
    )
    return [(rule_of(row), row["applied"]) for row in await cursor.fetchall()]


async def apply(conn: Connection, right_id: UUID, applied: bool) -> None:
    await conn.execute("UPDATE camera_right SET applied = %s WHERE id = %s", (applied, right_id))


def rule_of(row: Row) -> Rule:
    """From a row of the table."""
    return Rule(
        id=row["id"],
        region=row["region"],
        effect=Effect(row["effect"]),
        actions=frozenset(map(Action, row["actions"])),
        role=Role(row["role"]) if row["role"] else None,
        account_id=row["account_id"],
        unit_id=row["unit_id"],
        group_id=row["group_id"],
        weekly=tuple(Window(frozenset(each["days"]), each["start"], each["end"]) for each in row["weekly"]),
        from_at=row["from_at"],
        until_at=row["until_at"],
    )
