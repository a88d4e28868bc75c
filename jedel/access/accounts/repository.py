"""All SQL of accounts and of the codes by which they begin."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jedel.access.accounts.model import Account, SignInCode
from jedel.access.model import Role
from jedel.journal import Connection

FACTORS = (
    " (SELECT count(*) FROM passkey p WHERE p.account_id = a.id)::int AS passkeys,"
    " (SELECT count(*) FROM totp t WHERE t.account_id = a.id AND t.sealed IS NOT NULL)::int AS totp"
)


async def lock(conn: Connection, account_id: UUID) -> dict[str, Any]:
    """The account with its factors counted, locked: its factors change one at a time."""
    await conn.execute("SELECT 1 FROM account WHERE id = %s FOR UPDATE", (account_id,))
    return await counted(conn, account_id)


async def counted(conn: Connection, account_id: UUID) -> dict[str, Any]:
    """The account with its factors counted."""
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


ACCOUNT = (
    "a.id, a.login, a.name, a.role, a.region, a.language, a.external, a.created_at, a.blocked_at,"
    " (SELECT max(s.created_at) FROM session s WHERE s.account_id = a.id) AS signed_in_at,"
    f"{FACTORS}, a.password_hash IS NOT NULL AS password, a.oidc_subject IS NOT NULL AS linked"
)


async def insert(conn: Connection, row: dict[str, Any]) -> bool:
    """An account without any way in yet; False where the log-in is taken."""
    cursor = await conn.execute(
        "INSERT INTO account (id, login, name, role, region, language, external, created_at)"
        " VALUES (%(id)s, %(login)s, %(name)s, %(role)s, %(region)s, %(language)s, %(external)s,"
        " %(created_at)s) ON CONFLICT DO NOTHING",
        row,
    )
    return cursor.rowcount == 1


async def find(conn: Connection, account_id: UUID) -> Account | None:
    cursor = await conn.execute(f"SELECT {ACCOUNT} FROM account a WHERE a.id = %s", (account_id,))
    return _account(await cursor.fetchone())


async def of_region(conn: Connection, region: str, after: UUID | None, limit: int) -> list[Account]:
    """A page in the order of ids."""
    cursor = await conn.execute(
        f"SELECT {ACCOUNT} FROM account a WHERE a.region = %(region)s"
        " AND (%(after)s::uuid IS NULL OR a.id > %(after)s) ORDER BY a.id LIMIT %(limit)s",
        {"region": region, "after": after, "limit": limit},
    )
    return [account for row in await cursor.fetchall() if (account := _account(row))]


def _account(row: dict[str, Any] | None) -> Account | None:
    return Account(**row | {"role": Role(row["role"])}) if row else None


async def administrators(conn: Connection) -> int:
    """How many administrators can sign in."""
    cursor = await conn.execute(
        "SELECT count(*) AS n FROM account a WHERE role = 'administrator' AND blocked_at IS NULL"
        " AND (password_hash IS NOT NULL OR oidc_subject IS NOT NULL"
        "      OR EXISTS (SELECT 1 FROM passkey p WHERE p.account_id = a.id))"
    )
    row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def lock_beginnings(conn: Connection) -> None:
    """First administrators begin one at a time."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('jedel.access.first_admin'))")


async def set_blocked(conn: Connection, account_id: UUID, at: datetime | None) -> None:
    await conn.execute("UPDATE account SET blocked_at = %s WHERE id = %s", (at, account_id))


async def set_role(conn: Connection, account_id: UUID, role: Role) -> None:
    await conn.execute("UPDATE account SET role = %s WHERE id = %s", (role, account_id))


async def set_password(conn: Connection, account_id: UUID, password_hash: str) -> None:
    await conn.execute("UPDATE account SET password_hash = %s WHERE id = %s", (password_hash, account_id))


async def drop_factors(conn: Connection, account_id: UUID) -> None:
    """Nothing that the account had before signs it in any more."""
    await conn.execute("DELETE FROM passkey WHERE account_id = %s", (account_id,))
    await conn.execute("DELETE FROM totp WHERE account_id = %s", (account_id,))
    await conn.execute("DELETE FROM recovery WHERE account_id = %s", (account_id,))
    await conn.execute("UPDATE account SET password_hash = NULL WHERE id = %s", (account_id,))


async def keep_code(conn: Connection, code: bytes, kept: SignInCode, now: datetime, until: datetime) -> None:
    """A new code; the one before, of the same account or for the first administrator of the region, ends."""
    await conn.execute(
        "DELETE FROM sign_in_code WHERE account_id = %s OR (account_id IS NULL AND %s::uuid IS NULL"
        " AND region = %s)",
        (kept.account_id, kept.account_id, kept.region),
    )
    await conn.execute(
        "INSERT INTO sign_in_code (code_digest, kind, account_id, region, made_by, made_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (code, kept.kind, kept.account_id, kept.region, kept.made_by, now, until),
    )


async def take_code(conn: Connection, code: bytes, login: str | None, now: datetime) -> SignInCode | None:
    """The code, if it is good and of the account with this log-in (None: of the first administrator); it is
    used up now."""
    cursor = await conn.execute(
        "DELETE FROM sign_in_code c WHERE code_digest = %(code)s AND expires_at > %(now)s"
        " AND (%(login)s::text IS NULL AND kind = 'first_admin' OR account_id ="
        "   (SELECT id FROM account WHERE lower(login) = lower(%(login)s) AND blocked_at IS NULL))"
        " RETURNING kind, account_id, region, made_by",
        {"code": code, "login": login, "now": now},
    )
    row = await cursor.fetchone()
    return SignInCode(**row) if row else None


async def drop_codes(conn: Connection, account_id: UUID) -> None:
    await conn.execute("DELETE FROM sign_in_code WHERE account_id = %s", (account_id,))


async def forget_codes(conn: Connection, now: datetime) -> int:
    """How many nobody used in time."""
    cursor = await conn.execute("DELETE FROM sign_in_code WHERE expires_at <= %s", (now,))
    return cursor.rowcount
