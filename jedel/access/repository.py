"""All SQL of accounts, sessions and devices."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from jedel.access.model import Device, DeviceKey, DeviceKind, OpenSession
from jedel.journal import Connection

DEVICE = (
    "id, region, kind, name, site_id, unit_id, account, enrolled_at, blocked_at, seen_at, version, holder_id,"
    " (SELECT a.name FROM account a WHERE a.id = holder_id) AS holder"
)


async def insert_account(conn: Connection, row: dict[str, Any]) -> bool:
    """False where the log-in is taken."""
    cursor = await conn.execute(
        "INSERT INTO account (id, login, name, role, region, language, password_hash, created_at)"
        " VALUES (%(id)s, %(login)s, %(name)s, %(role)s, %(region)s, %(language)s, %(password_hash)s,"
        " %(created_at)s) ON CONFLICT DO NOTHING",
        row,
    )
    return cursor.rowcount == 1


async def account_by_login(conn: Connection, login: str) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "SELECT id, login, name, role, region, language, password_hash,"
        " EXISTS (SELECT 1 FROM totp t WHERE t.account_id = a.id AND t.sealed IS NOT NULL) AS totp,"
        " EXISTS (SELECT 1 FROM passkey p WHERE p.account_id = a.id) AS passkeys"
        " FROM account a WHERE lower(login) = lower(%s) AND blocked_at IS NULL",
        (login,),
    )
    return await cursor.fetchone()


async def names(conn: Connection, ids: list[UUID]) -> dict[UUID, str]:
    """What accounts and devices are called."""
    cursor = await conn.execute(
        "SELECT id, name FROM account WHERE id = ANY(%s)"
        " UNION ALL SELECT id, name FROM device WHERE id = ANY(%s)",
        (ids, ids),
    )
    return {row["id"]: row["name"] for row in await cursor.fetchall()}


async def region_of_account(conn: Connection, account_id: UUID) -> str | None:
    """None where there is no such account."""
    cursor = await conn.execute("SELECT region FROM account WHERE id = %s", (account_id,))
    row = await cursor.fetchone()
    return row["region"] if row else None


async def set_language(conn: Connection, account_id: UUID, language: str) -> None:
    await conn.execute("UPDATE account SET language = %s WHERE id = %s", (language, account_id))


async def insert_session(
    conn: Connection,
    token_digest: bytes,
    account_id: UUID,
    at: datetime,
    until: datetime,
    agent: str,
    method: str,
    provider_session: str | None = None,
) -> None:
    await conn.execute(
        "INSERT INTO session (token_digest, account_id, created_at, seen_at, proved_at, expires_at, agent,"
        " method, provider_session) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (token_digest, account_id, at, at, at, until, agent, method, provider_session),
    )


async def account_of_session(
    conn: Connection, token_digest: bytes, now: datetime, idle: timedelta
) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "SELECT a.id, a.name, a.role, a.region, a.language, s.id AS session_id, s.method, s.proved_at"
        " FROM session s JOIN account a ON a.id = s.account_id"
        " WHERE s.token_digest = %s AND s.ended_at IS NULL AND s.expires_at > %s AND s.seen_at > %s"
        " AND a.blocked_at IS NULL",
        (token_digest, now, now - idle),
    )
    return await cursor.fetchone()


async def accounts_of_sessions(conn: Connection, ids: list[UUID]) -> list[dict[str, Any]]:
    """The account of each of these sessions, also of one that is over, with what ends a session."""
    cursor = await conn.execute(
        "SELECT a.id, a.name, a.role, a.region, a.language, a.blocked_at, s.id AS session_id, s.method,"
        " s.proved_at, s.ended_at, s.expires_at, s.seen_at"
        " FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = ANY(%s)",
        (ids,),
    )
    return await cursor.fetchall()


async def session_seen(conn: Connection, token_digest: bytes, now: datetime) -> None:
    await conn.execute(
        "UPDATE session SET seen_at = greatest(seen_at, %s) WHERE token_digest = %s AND ended_at IS NULL",
        (now, token_digest),
    )


async def sessions(
    conn: Connection, account_id: UUID, own: bytes, now: datetime, idle: timedelta
) -> list[OpenSession]:
    async with conn.cursor(row_factory=class_row(OpenSession)) as cursor:
        await cursor.execute(
            "SELECT id, created_at, seen_at, expires_at, agent, method, token_digest = %s AS own FROM session"
            " WHERE account_id = %s AND ended_at IS NULL AND expires_at > %s AND seen_at > %s"
            " ORDER BY created_at DESC LIMIT 100",
            (own, account_id, now, now - idle),
        )
        return await cursor.fetchall()


async def is_own_session(conn: Connection, account_id: UUID, session_id: UUID) -> bool:
    cursor = await conn.execute(
        "SELECT 1 FROM session WHERE id = %s AND account_id = %s", (session_id, account_id)
    )
    return await cursor.fetchone() is not None


async def end_session_of(conn: Connection, session_id: UUID, now: datetime) -> bool:
    """False where it had ended already."""
    cursor = await conn.execute(
        "UPDATE session SET ended_at = %s WHERE id = %s AND ended_at IS NULL", (now, session_id)
    )
    return cursor.rowcount == 1


async def end_session(conn: Connection, token_digest: bytes, now: datetime) -> UUID | None:
    """The id of the session that ended; None where it had ended already."""
    cursor = await conn.execute(
        "UPDATE session SET ended_at = %s WHERE token_digest = %s AND ended_at IS NULL RETURNING id",
        (now, token_digest),
    )
    row = await cursor.fetchone()
    return row["id"] if row else None


async def count_attempt(conn: Connection, login: bytes, now: datetime, within: timedelta) -> int | None:
    """Count an attempt to sign in, and which it is; None while the log-in is locked."""
    cursor = await conn.execute(
        "INSERT INTO sign_in_attempt AS a (login_digest, failures, last_at) VALUES (%(login)s, 1, %(now)s)"
        " ON CONFLICT (login_digest) DO UPDATE SET last_at = %(now)s, locked_until = NULL,"
        " failures = CASE WHEN a.locked_until IS NOT NULL OR a.last_at < %(since)s THEN 1"
        "            ELSE a.failures + 1 END"
        " WHERE a.locked_until IS NULL OR a.locked_until <= %(now)s RETURNING failures",
        {"login": login, "now": now, "since": now - within},
    )
    row = await cursor.fetchone()
    return row["failures"] if row else None


async def uncount_attempt(conn: Connection, login: bytes) -> None:
    """The password was right, though it was not all that is needed: no failure, and no success yet."""
    await conn.execute(
        "UPDATE sign_in_attempt SET failures = failures - 1 WHERE login_digest = %s AND failures > 0"
        " AND locked_until IS NULL",
        (login,),
    )


async def lock_login(conn: Connection, login: bytes, now: datetime, until: datetime) -> bool:
    """False where it is locked already."""
    cursor = await conn.execute(
        "UPDATE sign_in_attempt SET locked_until = %s"
        " WHERE login_digest = %s AND (locked_until IS NULL OR locked_until <= %s)",
        (until, login, now),
    )
    return cursor.rowcount == 1


async def forget_attempts(conn: Connection, login: bytes) -> None:
    """The right password was given."""
    await conn.execute("DELETE FROM sign_in_attempt WHERE login_digest = %s", (login,))


async def forget_old_attempts(conn: Connection, before: datetime) -> int:
    """How many log-ins were forgotten: those that nobody tried since `before`."""
    cursor = await conn.execute(
        "DELETE FROM sign_in_attempt WHERE last_at < %s AND (locked_until IS NULL OR locked_until < %s)",
        (before, before),
    )
    return cursor.rowcount


async def insert_device(conn: Connection, row: dict[str, Any]) -> bool:
    """False where the panel account is taken."""
    cursor = await conn.execute(
        "INSERT INTO device (id, region, kind, name, site_id, unit_id, account, code_digest, code_expires_at,"
        " created_at) VALUES (%(id)s, %(region)s, %(kind)s, %(name)s, %(site_id)s, %(unit_id)s, %(account)s,"
        " %(code_digest)s, %(code_expires_at)s, %(created_at)s)"
        " ON CONFLICT (account) WHERE account IS NOT NULL DO NOTHING",
        row,
    )
    return cursor.rowcount == 1


async def renew_code(conn: Connection, device_id: UUID, code_digest: bytes, until: datetime) -> None:
    """A new code; the old code, the old key and its tokens stop working."""
    await conn.execute(
        "UPDATE device SET code_digest = %s, code_expires_at = %s, key_digest = NULL, public_key = NULL,"
        " enrolled_at = NULL WHERE id = %s",
        (code_digest, until, device_id),
    )
    await conn.execute("DELETE FROM device_token WHERE device_id = %s", (device_id,))


async def enrol(
    conn: Connection,
    code_digest: bytes,
    key_digest: bytes | None,
    public_key: bytes | None,
    version: str | None,
    now: datetime,
) -> Device | None:
    """Trade a code for a key, or for the centre's trust in a key pair, once; None where it is not valid."""
    cursor = await conn.execute(
        "UPDATE device SET key_digest = %s, public_key = %s, version = %s, enrolled_at = %s, seen_at = %s,"
        " code_digest = NULL, code_expires_at = NULL"
        f" WHERE code_digest = %s AND code_expires_at > %s AND blocked_at IS NULL RETURNING {DEVICE}",
        (key_digest, public_key, version, now, now, code_digest, now),
    )
    return _device(await cursor.fetchone())


async def find_device(conn: Connection, device_id: UUID) -> Device | None:
    cursor = await conn.execute(f"SELECT {DEVICE} FROM device WHERE id = %s", (device_id,))
    return _device(await cursor.fetchone())


async def device_key(conn: Connection, device_id: UUID, token: bytes | None = None) -> DeviceKey | None:
    """An enrolled device, blocked or not, with the digest of its key and the life of this token of its."""
    cursor = await conn.execute(
        f"SELECT {DEVICE}, key_digest, wipe, (SELECT t.expires_at FROM device_token t"
        "   WHERE t.digest = %s AND t.device_id = device.id) AS token_until"
        " FROM device WHERE id = %s AND (key_digest IS NOT NULL OR public_key IS NOT NULL)",
        (token, device_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    key_digest: bytes | None = row.pop("key_digest")
    wipe: bool = row.pop("wipe")
    token_until: datetime | None = row.pop("token_until")
    device = _device(row)
    assert device is not None
    return DeviceKey(device, key_digest, token_until, wipe)


async def block(conn: Connection, device_id: UUID, now: datetime, *, wipe: bool) -> Device:
    """It keeps its key: by that it is known when it comes to be told. Codes end."""
    cursor = await conn.execute(
        "UPDATE device SET blocked_at = coalesce(blocked_at, %s), wipe = wipe OR %s,"
        f" code_digest = NULL, code_expires_at = NULL WHERE id = %s RETURNING {DEVICE}",
        (now, wipe, device_id),
    )
    device = _device(await cursor.fetchone())
    assert device is not None
    return device


async def unblock(conn: Connection, device_id: UUID) -> Device:
    """Without a key: it enrols anew."""
    cursor = await conn.execute(
        "UPDATE device SET blocked_at = NULL, wipe = false, key_digest = NULL, public_key = NULL,"
        f" enrolled_at = NULL WHERE id = %s RETURNING {DEVICE}",
        (device_id,),
    )
    device = _device(await cursor.fetchone())
    assert device is not None
    await conn.execute("DELETE FROM device_token WHERE device_id = %s", (device_id,))
    return device


async def hold(conn: Connection, device_id: UUID, holder_id: UUID | None) -> Device:
    """Who has it in his hands."""
    cursor = await conn.execute(
        f"UPDATE device SET holder_id = %s WHERE id = %s RETURNING {DEVICE}", (holder_id, device_id)
    )
    device = _device(await cursor.fetchone())
    assert device is not None
    return device


async def blocked_among(conn: Connection, ids: list[UUID]) -> set[UUID]:
    """Which of these devices may not be connected: blocked, or without a key."""
    cursor = await conn.execute(
        "SELECT id FROM device WHERE id = ANY(%s) AND (blocked_at IS NOT NULL"
        " OR key_digest IS NULL AND public_key IS NULL)",
        (ids,),
    )
    return {row["id"] for row in await cursor.fetchall()}


async def device_of_account(conn: Connection, account: str) -> Device | None:
    """The DC-09 panel that reports under this account number."""
    cursor = await conn.execute(f"SELECT {DEVICE} FROM device WHERE account = %s", (account,))
    return _device(await cursor.fetchone())


async def devices(
    conn: Connection, region: str, kind: DeviceKind | None, after: UUID | None, limit: int
) -> list[Device]:
    """A page of a region's devices in the order of their ids."""
    cursor = await conn.execute(
        f"SELECT {DEVICE} FROM device WHERE region = %(region)s"
        " AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(after)s::uuid IS NULL OR id > %(after)s)"
        " ORDER BY id LIMIT %(limit)s",
        {"region": region, "kind": kind, "after": after, "limit": limit},
    )
    return [device for row in await cursor.fetchall() if (device := _device(row))]


async def several_devices(conn: Connection, ids: list[UUID]) -> list[Device]:
    """Those that there are, in no order."""
    cursor = await conn.execute(f"SELECT {DEVICE} FROM device WHERE id = ANY(%s)", (ids,))
    return [device for row in await cursor.fetchall() if (device := _device(row))]


def _device(row: dict[str, Any] | None) -> Device | None:
    return Device(**row | {"kind": DeviceKind(row["kind"])}) if row else None
