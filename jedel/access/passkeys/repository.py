"""All SQL of passkeys and the challenges that they answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from jedel.access.model import Passkey
from jedel.journal import Connection

PASSKEY = "id, credential_id, account_id, public_key, sign_count, name, created_at, used_at"


async def keep_challenge(conn: Connection, challenge: bytes, account: UUID | None, until: datetime) -> None:
    await conn.execute(
        "INSERT INTO passkey_challenge (challenge, account_id, expires_at) VALUES (%s, %s, %s)",
        (challenge, account, until),
    )


async def take_challenge(conn: Connection, challenge: bytes, account: UUID | None, now: datetime) -> bool:
    """Whether it was given to this account (None: at sign-in) and not answered yet; now it is."""
    cursor = await conn.execute(
        "DELETE FROM passkey_challenge WHERE challenge = %s AND account_id IS NOT DISTINCT FROM %s"
        " AND expires_at > %s",
        (challenge, account, now),
    )
    return cursor.rowcount == 1


async def forget_challenges(conn: Connection, now: datetime) -> int:
    """How many ran out unanswered."""
    cursor = await conn.execute("DELETE FROM passkey_challenge WHERE expires_at <= %s", (now,))
    return cursor.rowcount


async def insert(conn: Connection, made: Passkey) -> bool:
    """False where somebody has this credential already."""
    cursor = await conn.execute(
        f"INSERT INTO passkey ({PASSKEY}) VALUES (%s, %s, %s, %s, %s, %s, %s, NULL) ON CONFLICT DO NOTHING",
        (
            *(made.id, made.credential_id, made.account_id, made.public_key),
            *(made.sign_count, made.name, made.created_at),
        ),
    )
    return cursor.rowcount == 1


async def of_account(conn: Connection, account_id: UUID) -> list[Passkey]:
    async with conn.cursor(row_factory=class_row(Passkey)) as cursor:
        await cursor.execute(
            f"SELECT {PASSKEY} FROM passkey WHERE account_id = %s ORDER BY created_at", (account_id,)
        )
        return await cursor.fetchall()


async def by_credential(conn: Connection, credential_id: bytes) -> Passkey | None:
    """Locked, so that its counter moves once at a time."""
    async with conn.cursor(row_factory=class_row(Passkey)) as cursor:
        await cursor.execute(
            f"SELECT {PASSKEY} FROM passkey WHERE credential_id = %s FOR UPDATE", (credential_id,)
        )
        return await cursor.fetchone()


async def used(conn: Connection, passkey_id: UUID, sign_count: int, now: datetime) -> None:
    await conn.execute(
        "UPDATE passkey SET sign_count = %s, used_at = %s WHERE id = %s", (sign_count, now, passkey_id)
    )


async def remove(conn: Connection, account_id: UUID, passkey_id: UUID) -> bool:
    """False where the account has no such passkey."""
    cursor = await conn.execute(
        "DELETE FROM passkey WHERE id = %s AND account_id = %s", (passkey_id, account_id)
    )
    return cursor.rowcount == 1


async def account(conn: Connection, account_id: UUID) -> dict[str, Any] | None:
    """The account behind a passkey, unless it is blocked."""
    cursor = await conn.execute(
        "SELECT id, name, role, region, language FROM account WHERE id = %s AND blocked_at IS NULL",
        (account_id,),
    )
    return await cursor.fetchone()
