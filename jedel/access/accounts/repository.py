"""All SQL of accounts and of the codes by which they begin."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jedel.journal import Connection

FACTORS = (
    " (SELECT count(*) FROM passkey p WHERE p.account_id = a.id)::int AS passkeys,"
    " (SELECT count(*) FROM totp t WHERE t.account_id = a.id AND t.sealed IS NOT NULL)::int AS totp"
)


async def lock(conn: Connection, account_id: UUID) -> dict[str, Any]:
    """The account with its factors counted, locked: its factors change one at a time."""
    await conn.execute("SELECT 1 FROM account WHERE id = %s FOR UPDATE", (account_id,))
    cursor = await conn.execute(
        f"SELECT id, login, name, role, region, language, password_hash, external, blocked_at, {FACTORS}"
        " FROM account a WHERE id = %s",
        (account_id,),
    )
    row = await cursor.fetchone()
    assert row is not None
    return row


async def raise_session(conn: Connection, old: bytes, fresh: bytes, method: str) -> None:
    await conn.execute(
        "UPDATE session SET token_digest = %s, method = %s WHERE token_digest = %s", (fresh, method, old)
    )


async def prove_session(conn: Connection, old: bytes, fresh: bytes, now: datetime, method: str) -> None:
    """The person proved again who they are: a new token for the same session."""
    await conn.execute(
        "UPDATE session SET token_digest = %s, proved_at = %s, seen_at = greatest(seen_at, %s), method = %s"
        " WHERE token_digest = %s AND ended_at IS NULL",
        (fresh, now, now, method, old),
    )


async def end_sessions(
    conn: Connection, account_id: UUID, keep: UUID | None, methods: list[str] | None, now: datetime
) -> list[UUID]:
    """Ids of the sessions that ended: all of the account's but ``keep``, of these methods only if given."""
    cursor = await conn.execute(
        "UPDATE session SET ended_at = %(now)s WHERE account_id = %(account)s AND ended_at IS NULL"
        " AND expires_at > %(now)s AND (%(keep)s::uuid IS NULL OR id <> %(keep)s)"
        " AND (%(methods)s::text[] IS NULL OR method = ANY(%(methods)s)) RETURNING id",
        {"account": account_id, "keep": keep, "methods": methods, "now": now},
    )
    return [row["id"] for row in await cursor.fetchall()]


async def session_lives(conn: Connection, session_id: UUID, now: datetime, idle: timedelta) -> bool:
    cursor = await conn.execute(
        "SELECT 1 FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = %s AND s.ended_at IS NULL"
        " AND s.expires_at > %s AND s.seen_at > %s AND a.blocked_at IS NULL",
        (session_id, now, now - idle),
    )
    return await cursor.fetchone() is not None


async def login_of(conn: Connection, account_id: UUID) -> str:
    cursor = await conn.execute("SELECT login FROM account WHERE id = %s", (account_id,))
    row = await cursor.fetchone()
    assert row is not None
    return str(row["login"])
