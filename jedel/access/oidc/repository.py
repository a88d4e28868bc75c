"""All SQL of sign-ins by the identity provider."""

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from jedel.access.oidc.model import Asked
from jedel.journal import Connection


async def keep_flow(conn: Connection, state: bytes, asked: Asked, until: datetime) -> None:
    await conn.execute(
        "INSERT INTO oidc_flow (state_digest, browser_digest, nonce, verifier, expires_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (state, asked.browser_digest, asked.nonce, asked.verifier, until),
    )


async def take_flow(conn: Connection, state: bytes, now: datetime) -> Asked | None:
    """What was asked under this state, once."""
    async with conn.cursor(row_factory=class_row(Asked)) as cursor:
        await cursor.execute(
            "DELETE FROM oidc_flow WHERE state_digest = %s AND expires_at > %s"
            " RETURNING browser_digest, nonce, verifier",
            (state, now),
        )
        return await cursor.fetchone()


async def forget_flows(conn: Connection, now: datetime) -> int:
    """How many nobody came back from."""
    cursor = await conn.execute("DELETE FROM oidc_flow WHERE expires_at <= %s", (now,))
    return cursor.rowcount


async def account_of_subject(conn: Connection, issuer: str, subject: str) -> dict[str, Any] | None:
    cursor = await conn.execute(
        "SELECT id, name, role, region, language FROM account WHERE oidc_issuer = %s AND oidc_subject = %s"
        " AND external AND blocked_at IS NULL",
        (issuer, subject),
    )
    return await cursor.fetchone()


async def link(conn: Connection, issuer: str, subject: str, login: str) -> dict[str, Any] | None:
    """The account that waits for this log-in of the provider, bound to the subject from now on."""
    cursor = await conn.execute(
        "UPDATE account SET oidc_issuer = %s, oidc_subject = %s WHERE lower(login) = lower(%s) AND external"
        " AND oidc_subject IS NULL AND blocked_at IS NULL RETURNING id, name, role, region, language",
        (issuer, subject, login),
    )
    return await cursor.fetchone()


async def sessions_of(
    conn: Connection, issuer: str, subject: str | None, provider_session: str | None
) -> list[dict[str, Any]]:
    """Accounts with open sessions that the provider began, of this subject or this session of its."""
    cursor = await conn.execute(
        "SELECT s.id, s.account_id, a.region FROM session s JOIN account a ON a.id = s.account_id"
        " WHERE s.method = 'oidc' AND s.ended_at IS NULL AND a.oidc_issuer = %s"
        " AND (%s::text IS NULL OR a.oidc_subject = %s)"
        " AND (%s::text IS NULL OR s.provider_session = %s)",
        (issuer, subject, subject, provider_session, provider_session),
    )
    return await cursor.fetchall()


async def end(conn: Connection, session_id: UUID, now: datetime) -> None:
    await conn.execute("UPDATE session SET ended_at = %s WHERE id = %s", (now, session_id))
