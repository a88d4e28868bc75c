"""All SQL of calls and their lines."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from jedel.calls.model import LINES_MAX, Call, CallState, EndReason, Line
from jedel.journal import Connection

Row = dict[str, Any]

_CALL = ", ".join(field.name for field in fields(Call))
_SAVED = (
    *("state", "language", "incident_id", "heard_at", "answered_at", "answered_by", "answered_name"),
    *("lost_at", "ended_at", "end_reason"),
)
LIVE_MAX = 1_000
"""Of a region: it has fewer posts than that."""


async def find(conn: Connection, call_id: UUID, *, lock: bool = False) -> Call | None:
    """With ``lock`` nobody else changes it until the transaction ends."""
    return await _one(conn, f"id = %s{' FOR UPDATE' if lock else ''}", call_id)


async def live_of_device(conn: Connection, device_id: UUID, *, lock: bool = False) -> Call | None:
    return await _one(conn, f"device_id = %s AND ended_at IS NULL{' FOR UPDATE' if lock else ''}", device_id)


async def live_of_region(conn: Connection, region: str) -> list[Call]:
    """The oldest first."""
    return await _some(
        conn, f"region = %s AND ended_at IS NULL ORDER BY rang_at, id LIMIT {LIVE_MAX}", region
    )


async def live_of_incident(conn: Connection, incident_id: UUID) -> list[Call]:
    """Locked, in the order of their ids."""
    return await _some(conn, "incident_id = %s AND ended_at IS NULL ORDER BY id FOR UPDATE", incident_id)


async def live_of_alarms(conn: Connection, alarm_ids: Sequence[UUID]) -> list[Call]:
    """Locked, in the order of their ids."""
    return await _some(
        conn, "alarm_id = ANY(%s) AND ended_at IS NULL ORDER BY id FOR UPDATE", list(alarm_ids)
    )


async def silent(conn: Connection, before: datetime, limit: int) -> list[UUID]:
    """Calls whose post said nothing since ``before``."""
    cursor = await conn.execute(
        "SELECT id FROM call WHERE state IN ('ringing', 'answered') AND heard_at <= %s"
        " ORDER BY heard_at LIMIT %s",
        (before, limit),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def answered(conn: Connection) -> list[UUID]:
    """Calls of all regions in which an officer speaks."""
    cursor = await conn.execute(
        "SELECT id FROM call WHERE ended_at IS NULL AND answered_by IS NOT NULL ORDER BY id LIMIT %s",
        (LIVE_MAX,),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def tests_begun(conn: Connection, before: datetime, limit: int) -> list[UUID]:
    cursor = await conn.execute(
        "SELECT id FROM call WHERE ended_at IS NULL AND test AND rang_at <= %s ORDER BY rang_at LIMIT %s",
        (before, limit),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def add(conn: Connection, call: Call) -> None:
    names = _CALL.split(", ")
    await conn.execute(
        f"INSERT INTO call ({_CALL}) VALUES ({', '.join(f'%({name})s' for name in names)})", _values(call)
    )


async def save(conn: Connection, call: Call) -> None:
    changed = ", ".join(f"{name} = %({name})s" for name in _SAVED)
    await conn.execute(f"UPDATE call SET {changed} WHERE id = %(id)s", _values(call))


async def signal(conn: Connection, device_id: UUID, signal_id: UUID) -> Row | None:
    """``kind``, ``alarm_id``, ``alarm_state`` and the device's ``name``, of a signal that had its receipt."""
    cursor = await conn.execute(
        "SELECT s.kind, s.alarm_id, a.state AS alarm_state, d.name FROM alarm_signal s"
        " JOIN device d ON d.id = s.device_id LEFT JOIN alarm a ON a.id = s.alarm_id"
        " WHERE s.device_id = %s AND s.id = %s",
        (device_id, signal_id),
    )
    return await cursor.fetchone()


async def incident_of_alarm(conn: Connection, alarm_id: UUID) -> UUID | None:
    cursor = await conn.execute("SELECT incident_id FROM incident_alarm WHERE alarm_id = %s", (alarm_id,))
    row = await cursor.fetchone()
    return row["incident_id"] if row else None


async def camera_of_device(conn: Connection, device_id: UUID) -> UUID | None:
    cursor = await conn.execute(
        "SELECT id FROM camera WHERE device_id = %s AND enabled ORDER BY created_at LIMIT 1", (device_id,)
    )
    row = await cursor.fetchone()
    return row["id"] if row else None


async def test_until(conn: Connection, device_id: UUID) -> datetime | None:
    """Until when the device is under test."""
    cursor = await conn.execute("SELECT test_until FROM device_state WHERE device_id = %s", (device_id,))
    row = await cursor.fetchone()
    return row["test_until"] if row else None


async def add_line(conn: Connection, call_id: UUID, line: Line) -> None:
    await conn.execute(
        "INSERT INTO call_line (id, call_id, nth, at, side, code, text, actor)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (line.id, call_id, line.nth, line.at, line.side, line.code, line.text, line.actor),
    )


async def lines(conn: Connection, call_ids: Sequence[UUID], limit: int) -> dict[UUID, list[Line]]:
    """The last ``limit`` of each call, the oldest first."""
    cursor = await conn.execute(
        "SELECT l.* FROM unnest(%s::uuid[]) c (id) CROSS JOIN LATERAL (SELECT id, call_id, nth, at, side,"
        " code, text, actor FROM call_line WHERE call_id = c.id ORDER BY nth DESC LIMIT %s) l"
        " ORDER BY l.call_id, l.nth",
        (list(call_ids), min(limit, LINES_MAX)),
    )
    found: dict[UUID, list[Line]] = {call_id: [] for call_id in call_ids}
    for row in await cursor.fetchall():
        found[row.pop("call_id")].append(Line(**row))
    return found


async def _one(conn: Connection, where: str, value: object) -> Call | None:
    found = await _some(conn, where, value)
    return found[0] if found else None


async def _some(conn: Connection, where: str, value: object) -> list[Call]:
    cursor = await conn.execute(f"SELECT {_CALL} FROM call WHERE {where}", (value,))
    return [_call(row) for row in await cursor.fetchall()]


def _call(row: Row) -> Call:
    reason = row["end_reason"]
    kinds = {"state": CallState(row["state"]), "end_reason": EndReason(reason) if reason else None}
    return Call(**row | kinds)


def _values(call: Call) -> Row:
    return {field.name: getattr(call, field.name) for field in fields(call)}
