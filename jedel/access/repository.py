"""All SQL of accounts, sessions and devices."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.access.model import Device, DeviceKind
from jedel.journal import Connection

DEVICE = "id, region, kind, name, site_id, unit_id, account, enrolled_at, blocked_at"


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
        "SELECT id, name, role, region, language, password_hash FROM account"
        " WHERE lower(login) = lower(%s) AND blocked_at IS NULL",
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


async def set_language(conn: Connection, account_id: UUID, language: str) -> None:
    await conn.execute("UPDATE account SET language = %s WHERE id = %s", (language, account_id))


async def insert_session(
    conn: Connection, token_digest: bytes, account_id: UUID, at: datetime, until: datetime
) -> None:
    await conn.execute(
        "INSERT INTO session (token_digest, account_id, created_at, expires_at) VALUES (%s, %s, %s, %s)",
        (token_digest, account_id, at, until),
    )


async def account_of_session(conn: Connection, token_digest: bytes, now: datetime) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "SELECT a.id, a.name, a.role, a.region, a.language"
        " FROM session s JOIN account a ON a.id = s.account_id"
        " WHERE s.token_digest = %s AND s.ended_at IS NULL AND s.expires_at > %s"
        " AND a.blocked_at IS NULL",
        (token_digest, now),
    )
    return await cursor.fetchone()


async def end_session(conn: Connection, token_digest: bytes, now: datetime) -> None:
    await conn.execute(
        "UPDATE session SET ended_at = %s WHERE token_digest = %s AND ended_at IS NULL", (now, token_digest)
    )


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
    """A new code; the old code and the old key stop working."""
    await conn.execute(
        "UPDATE device SET code_digest = %s, code_expires_at = %s, key_digest = NULL, enrolled_at = NULL"
        " WHERE id = %s",
        (code_digest, until, device_id),
    )


async def enrol(conn: Connection, code_digest: bytes, key_digest: bytes, now: datetime) -> Device | None:
    """Trade a code for a key, once; None where the code is not valid."""
    cursor = await conn.execute(
        "UPDATE device SET key_digest = %s, enrolled_at = %s, code_digest = NULL, code_expires_at = NULL"
        f" WHERE code_digest = %s AND code_expires_at > %s AND blocked_at IS NULL RETURNING {DEVICE}",
        (key_digest, now, code_digest, now),
    )
    return _device(await cursor.fetchone())


async def find_device(conn: Connection, device_id: UUID) -> Device | None:
    cursor = await conn.execute(f"SELECT {DEVICE} FROM device WHERE id = %s", (device_id,))
    return _device(await cursor.fetchone())


async def device_key(conn: Connection, device_id: UUID) -> tuple[Device, bytes] | None:
    """An enrolled device that is not blocked, and the digest of its key."""
    cursor = await conn.execute(
        f"SELECT {DEVICE}, key_digest FROM device"
        " WHERE id = %s AND key_digest IS NOT NULL AND blocked_at IS NULL",
        (device_id,),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    key_digest: bytes = row.pop("key_digest")
    device = _device(row)
    assert device is not None
    return device, key_digest


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


def _device(row: dict[str, Any] | None) -> Device | None:
    return Device(**row | {"kind": DeviceKind(row["kind"])}) if row else None
