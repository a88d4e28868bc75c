"""SQL of device keys, tokens and used proofs."""

from datetime import datetime
from uuid import UUID

from jedel.journal import Connection


async def key_of(conn: Connection, device_id: UUID) -> bytes | None:
    """The public key (PEM) of an enrolled device, blocked or not."""
    cursor = await conn.execute("SELECT public_key FROM device WHERE id = %s", (device_id,))
    row = await cursor.fetchone()
    return row["public_key"] if row else None


async def use_proof(conn: Connection, device_id: UUID, jti: str, until: datetime) -> bool:
    """False where the proof was used before."""
    cursor = await conn.execute(
        "INSERT INTO device_proof (device_id, jti, expires_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        (device_id, jti, until),
    )
    return cursor.rowcount == 1


async def insert_token(conn: Connection, device_id: UUID, digest: bytes, until: datetime) -> None:
    await conn.execute(
        "INSERT INTO device_token (digest, device_id, expires_at) VALUES (%s, %s, %s)",
        (digest, device_id, until),
    )


async def seen(conn: Connection, device_id: UUID, now: datetime, version: str | None) -> None:
    """The device was here; with `version` also which program it runs."""
    await conn.execute(
        "UPDATE device SET seen_at = greatest(seen_at, %s), version = coalesce(%s, version) WHERE id = %s",
        (now, version, device_id),
    )


async def forget_old(conn: Connection, now: datetime) -> int:
    """How many tokens and proofs that are good for nothing any more went."""
    tokens = await conn.execute("DELETE FROM device_token WHERE expires_at < %s", (now,))
    proofs = await conn.execute("DELETE FROM device_proof WHERE expires_at < %s", (now,))
    return tokens.rowcount + proofs.rowcount
