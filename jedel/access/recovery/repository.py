"""All SQL of recoveries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from jedel.access.model import Role
from jedel.journal import Connection


@dataclass(frozen=True, slots=True)
class Recovery:
    """Somebody asks to be let in again. ``approved_at``: a code was given out, which nobody used yet."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    role: Role
    region: str
    asked_at: datetime
    expires_at: datetime
    approved_at: datetime | None
    approved_by: UUID | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", Role(self.role))


RECOVERY = (
    "SELECT r.id, r.account_id, a.login, a.name, a.role, a.region, r.asked_at, r.expires_at, r.approved_at,"
    " r.approved_by FROM recovery r JOIN account a ON a.id = r.account_id AND a.blocked_at IS NULL"
)


async def ask(
    conn: Connection, recovery_id: UUID, login: str, login_digest: bytes, now: datetime, until: datetime
) -> dict[str, Any] | None:
    """The account that this log-in has, where it is asked for the first time; None otherwise. The work is the
    same whether there is such an account or not."""
    cursor = await conn.execute(
        "INSERT INTO recovery AS r (id, login_digest, account_id, asked_at, expires_at) VALUES (%(id)s,"
        " %(digest)s, (SELECT id FROM account WHERE lower(login) = lower(%(login)s) AND blocked_at IS NULL"
        " AND NOT external), %(now)s, %(until)s) ON CONFLICT (login_digest) DO UPDATE"
        " SET expires_at = excluded.expires_at RETURNING r.account_id,"
        " (SELECT region FROM account WHERE id = r.account_id) AS region, r.id = %(id)s AS first",
        {"id": recovery_id, "digest": login_digest, "login": login.strip(), "now": now, "until": until},
    )
    row = await cursor.fetchone()
    return row if row and row["first"] and row["account_id"] else None


async def asked_since(conn: Connection, since: datetime) -> int:
    """How many log-ins were asked for."""
    cursor = await conn.execute("SELECT count(*) AS n FROM recovery WHERE asked_at > %s", (since,))
    row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def of_region(conn: Connection, region: str, now: datetime) -> list[Recovery]:
    """Those that are open, the oldest first."""
    async with conn.cursor(row_factory=class_row(Recovery)) as cursor:
        await cursor.execute(
            f"{RECOVERY} WHERE a.region = %s AND r.expires_at > %s ORDER BY r.asked_at LIMIT 200",
            (region, now),
        )
        return await cursor.fetchall()


async def lock(conn: Connection, recovery_id: UUID, now: datetime) -> Recovery | None:
    async with conn.cursor(row_factory=class_row(Recovery)) as cursor:
        await cursor.execute(
            f"{RECOVERY} WHERE r.id = %s AND r.expires_at > %s FOR UPDATE OF r", (recovery_id, now)
        )
        return await cursor.fetchone()


async def approve(conn: Connection, recovery_id: UUID, by: UUID, now: datetime) -> None:
    await conn.execute(
        "UPDATE recovery SET approved_at = %s, approved_by = %s WHERE id = %s", (now, by, recovery_id)
    )


async def remove(conn: Connection, recovery_id: UUID) -> None:
    await conn.execute("DELETE FROM recovery WHERE id = %s", (recovery_id,))


async def forget(conn: Connection, now: datetime) -> int:
    """How many ran out."""
    cursor = await conn.execute("DELETE FROM recovery WHERE expires_at <= %s", (now,))
    return cursor.rowcount
