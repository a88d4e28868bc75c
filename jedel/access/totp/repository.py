"""All SQL of one-time passwords."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection


async def locked(conn: Connection, account_id: UUID) -> dict[str, Any] | None:
    """The account's secrets, its row locked: of two who show one code at once, one comes second."""
    cursor = await conn.execute(
        "SELECT sealed, last_step, pending, pending_at FROM totp WHERE account_id = %s FOR UPDATE",
        (account_id,),
    )
    return await cursor.fetchone()


async def begin(conn: Connection, account_id: UUID, pending: bytes, now: datetime) -> None:
    await conn.execute(
        "INSERT INTO totp (account_id, pending, pending_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (account_id) DO UPDATE"
        " SET pending = excluded.pending, pending_at = excluded.pending_at",
        (account_id, pending, now),
    )


async def confirm(conn: Connection, account_id: UUID, step: int, now: datetime) -> None:
    """The pending secret is the one in force, its first step is spent."""
    await conn.execute(
        "UPDATE totp SET sealed = pending, confirmed_at = %s, last_step = %s, pending = NULL,"
        " pending_at = NULL WHERE account_id = %s",
        (now, step, account_id),
    )


async def spend(conn: Connection, account_id: UUID, step: int) -> None:
    await conn.execute("UPDATE totp SET last_step = %s WHERE account_id = %s", (step, account_id))


async def remove(conn: Connection, account_id: UUID) -> bool:
    """False where there was none."""
    cursor = await conn.execute("DELETE FROM totp WHERE account_id = %s", (account_id,))
    return cursor.rowcount == 1


async def confirmed_at(conn: Connection, account_id: UUID) -> datetime | None:
    """Since when; None where there is none."""
    cursor = await conn.execute("SELECT confirmed_at FROM totp WHERE account_id = %s", (account_id,))
    row = await cursor.fetchone()
    return row["confirmed_at"] if row else None
