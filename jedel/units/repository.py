"""All SQL of units. Positions have their own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.journal import Connection
from jedel.units.model import Unit, UnitKind, UnitStatus

UNIT = (
    "u.id, u.region, u.call_sign, u.kind, u.vehicle, u.crew, u.skills, u.district, u.status, u.since,"
    " u.silent, u.shift_started_at, u.incident_id"
)


async def insert(conn: Connection, unit: Unit, now: datetime) -> bool:
    """False where the call sign is taken."""
    cursor = await conn.execute(
        "INSERT INTO unit (id, region, call_sign, kind, vehicle, crew, skills, district, status, since,"
        " silent, created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (region, call_sign) DO NOTHING",
        (
            *(unit.id, unit.region, unit.call_sign, unit.kind, unit.vehicle, list(unit.crew)),
            *(list(unit.skills), unit.district, unit.status, unit.since, unit.silent, now),
        ),
    )
    return cursor.rowcount == 1


async def save(conn: Connection, unit: Unit) -> None:
    """Write what changes during a shift."""
    await conn.execute(
        "UPDATE unit SET crew = %s, status = %s, since = %s, silent = %s, shift_started_at = %s,"
        " incident_id = %s WHERE id = %s",
        (
            *(list(unit.crew), unit.status, unit.since, unit.silent, unit.shift_started_at),
            *(unit.incident_id, unit.id),
        ),
    )


async def find(conn: Connection, unit_id: UUID) -> Unit | None:
    cursor = await conn.execute(f"SELECT {UNIT} FROM unit u WHERE id = %s", (unit_id,))
    return _unit(await cursor.fetchone())


async def lock(conn: Connection, unit_id: UUID) -> Unit | None:
    """The unit, which nobody else changes until this transaction ends."""
    cursor = await conn.execute(f"SELECT {UNIT} FROM unit u WHERE id = %s FOR UPDATE", (unit_id,))
    return _unit(await cursor.fetchone())


async def page(conn: Connection, region: str, after: str, limit: int) -> list[Unit]:
    """At most `limit` units of a region that follow the call sign `after`, in the order of call signs."""
    cursor = await conn.execute(
        f"SELECT {UNIT} FROM unit u WHERE region = %s AND call_sign > %s ORDER BY call_sign LIMIT %s",
        (region, after, limit),
    )
    return [_of(row) for row in await cursor.fetchall()]


async def of_region(conn: Connection, region: str) -> list[Unit]:
    cursor = await conn.execute(f"SELECT {UNIT} FROM unit u WHERE region = %s ORDER BY call_sign", (region,))
    return [_of(row) for row in await cursor.fetchall()]


async def by_ids(conn: Connection, ids: list[UUID]) -> dict[UUID, Unit]:
    cursor = await conn.execute(f"SELECT {UNIT} FROM unit u WHERE id = ANY(%s)", (ids,))
    return {row["id"]: _of(row) for row in await cursor.fetchall()}


async def may_go(conn: Connection, region: str) -> list[UUID]:
    """Ids of the units that may be proposed (`Unit.may_go`)."""
    cursor = await conn.execute(
        "SELECT id FROM unit WHERE region = %s AND status = 'available' AND NOT silent"
        " AND kind NOT IN ('drone', 'complex')",
        (region,),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def regions_of(conn: Connection, ids: list[UUID]) -> dict[UUID, str]:
    """Region of each of these units that exists."""
    cursor = await conn.execute("SELECT id, region FROM unit WHERE id = ANY(%s)", (ids,))
    return {row["id"]: row["region"] for row in await cursor.fetchall()}


async def listened_at(conn: Connection) -> datetime | None:
    """Up to when positions have been heard; None where none ever were listened for."""
    cursor = await conn.execute("SELECT max(listened_at) AS at FROM position_progress")
    row = await cursor.fetchone()
    assert row is not None
    at: datetime | None = row["at"]
    return at


async def silence_suspects(
    conn: Connection, silent_before: datetime, limit: int
) -> list[tuple[Unit, datetime | None]]:
    """Units, locked, whose `silent` may be wrong, and when each was heard; `model.silence` decides."""
    last = "greatest(l.heard_at, u.shift_started_at)"  # ignores a NULL
    cursor = await conn.execute(
        f"SELECT {UNIT}, l.heard_at FROM unit u LEFT JOIN unit_last_position l ON l.unit_id = u.id"
        f" WHERE u.shift_started_at IS NOT NULL AND u.silent <> ({last} < %s)"
        " ORDER BY u.id LIMIT %s FOR UPDATE OF u SKIP LOCKED",
        (silent_before, limit),
    )
    rows = await cursor.fetchall()
    return [(_of(row), heard_at) for row in rows for heard_at in [row.pop("heard_at")]]


def _unit(row: dict[str, Any] | None) -> Unit | None:
    return _of(row) if row else None


def _of(row: dict[str, Any]) -> Unit:
    kept = {name: row[name] for name in Unit.__slots__}
    return Unit(
        **kept
        | {
            "kind": UnitKind(row["kind"]),
            "status": UnitStatus(row["status"]),
            "crew": tuple(row["crew"]),
            "skills": tuple(row["skills"]),
        }
    )
