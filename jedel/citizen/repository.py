"""All SQL of the citizen services. What identifies a person is not even read for an answer."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from jedel.citizen.model import Reason, Report, ReportState
from jedel.journal import Connection
from jedel.registers import Kind
from jedel.registers.model import PhoneState
from jedel.registers.repository import InForce

Row = dict[str, Any]

REPORT = (
    "id, region, receipt, at, imei, phone_state, happened_on, place, name, contact, state, reason,"
    " decided_by, decided_at"
)

# One statement, so that it sees one moment. A hidden number becomes one that no table can hold: the same
# tables are searched for it as for a number that nobody knows, and the same is found.
_VEHICLE: LiteralString = """
WITH asked AS MATERIALIZED (
    SELECT CASE WHEN EXISTS (SELECT FROM hidden_vehicle h WHERE h.{by} = %(number)s AND h.until >= %(day)s)
        THEN '' ELSE %(number)s END AS number
), found AS MATERIALIZED (
    SELECT t.plate, t.vin, t.make, t.model, t.colour, t.class, t.year, t.state, t.restrictions, t.accidents,
        t.import_number
    FROM {vehicles} t, asked WHERE t.{by} = asked.number AND NOT EXISTS
        (SELECT FROM hidden_vehicle h WHERE (h.plate = t.plate OR h.vin = t.vin) AND h.until >= %(day)s)
    ORDER BY t.state = 'registered' DESC, t.import_number DESC, t.plate LIMIT 1
)
SELECT f.make, f.model, f.colour, f.class, f.year, f.state, f.restrictions, f.accidents, i.source, i.as_of,
    (SELECT count(DISTINCT o.number) FROM {owners} o WHERE o.plate = f.plate) AS owners,
    EXISTS (SELECT FROM {wanted} w WHERE w.plate = coalesce(f.plate, {as_plate})
        AND w.since <= %(day)s AND w.expires >= %(day)s)
    OR EXISTS (SELECT FROM {wanted} w WHERE w.vin = coalesce(f.vin, {as_vin})
        AND w.since <= %(day)s AND w.expires >= %(day)s) AS wanted
FROM asked a LEFT JOIN found f ON true LEFT JOIN register_import i ON i.number = f.import_number
"""

_PHONE: LiteralString = """
SELECT state, since, source, as_of FROM (
    SELECT t.state, t.since, i.source, i.as_of FROM {phones} t
        JOIN register_import i ON i.number = t.import_number WHERE t.imei = %(imei)s
    UNION ALL
    SELECT state, since, source, as_of FROM phone_told WHERE imei = %(imei)s
) reports ORDER BY state = 'stolen' DESC, since DESC LIMIT 1
"""


async def vehicle(conn: Connection, known: InForce, by: str, number: str) -> Row:
    """What a buyer may know: the columns are all None where there is no such vehicle.

    Args:
        by: plate or vin.
    """
    kinds = (Kind.VEHICLES, Kind.OWNERS, Kind.WANTED_VEHICLES)
    query = _vehicle_query(by, *(known.tables[kind] for kind in kinds))
    cursor = await conn.execute(query, {"number": number, "day": known.today})
    row = await cursor.fetchone()
    assert row is not None
    return row


@lru_cache(maxsize=64)
def _vehicle_query(by: str, vehicles: str, owners: str, wanted: str) -> bytes:
    asked, nothing = sql.SQL("a.number"), sql.SQL("''")
    query = sql.SQL(_VEHICLE).format(
        by=sql.Identifier(by), vehicles=sql.Identifier(vehicles), owners=sql.Identifier(owners),
        wanted=sql.Identifier(wanted), as_plate=asked if by == "plate" else nothing,
        as_vin=asked if by == "vin" else nothing,
    )  # fmt: skip
    return query.as_bytes(None)


async def phone(conn: Connection, known: InForce, imei: str) -> Row | None:
    """The gravest report about a phone."""
    cursor = await conn.execute(_phone_query(known.tables[Kind.PHONES]), {"imei": imei})
    return await cursor.fetchone()


@lru_cache(maxsize=64)
def _phone_query(phones: str) -> bytes:
    return sql.SQL(_PHONE).format(phones=sql.Identifier(phones)).as_bytes(None)


async def insert(conn: Connection, made: Report) -> None:
    await conn.execute(
        f"INSERT INTO phone_report ({REPORT})"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(made.id, made.region, made.receipt, made.at, made.imei, made.phone_state, made.happened_on),
            *(made.place, made.name, made.contact, made.state, made.reason, made.decided_by, made.decided_at),
        ),
    )


async def taken(conn: Connection, receipt: str) -> bool:
    """Whether a report has this receipt number."""
    cursor = await conn.execute("SELECT FROM phone_report WHERE receipt = %s", (receipt,))
    return cursor.rowcount > 0


async def find(conn: Connection, report_id: UUID, *, lock: bool = False) -> Report | None:
    cursor = await conn.execute(
        f"SELECT {REPORT} FROM phone_report WHERE id = %s" + (" FOR UPDATE" if lock else ""), (report_id,)
    )
    row = await cursor.fetchone()
    return _report(row) if row else None


async def by_receipt(conn: Connection, receipt: str) -> Report | None:
    cursor = await conn.execute(f"SELECT {REPORT} FROM phone_report WHERE receipt = %s", (receipt,))
    row = await cursor.fetchone()
    return _report(row) if row else None


async def page(conn: Connection, region: str, state: ReportState, limit: int) -> list[Report]:
    """The region's reports: waiting ones the oldest first, decided ones the newest first."""
    order = "at, id" if state is ReportState.WAITING else "decided_at DESC, id"
    cursor = await conn.execute(
        f"SELECT {REPORT} FROM phone_report WHERE region = %s AND state = %s ORDER BY {order} LIMIT %s",
        (region, state, limit),
    )
    return [_report(row) for row in await cursor.fetchall()]


async def decide(
    conn: Connection, report_id: UUID, state: ReportState, reason: Reason, by: UUID, at: datetime
) -> None:
    await conn.execute(
        "UPDATE phone_report SET state = %s, reason = %s, decided_by = %s, decided_at = %s WHERE id = %s",
        (state, reason, by, at, report_id),
    )


async def forget_decided(conn: Connection, before: datetime) -> int:
    """Take name, contact, place and IMEI out of reports decided before then; how many."""
    cursor = await conn.execute(
        "UPDATE phone_report SET name = NULL, contact = NULL, place = NULL, imei = NULL"
        " WHERE state <> 'waiting' AND contact IS NOT NULL AND coalesce(decided_at, at) < %s",
        (before,),
    )
    return cursor.rowcount


async def forget_waiting(conn: Connection, before: datetime) -> int:
    """Remove reports on which nobody decided; how many."""
    cursor = await conn.execute(
        "DELETE FROM phone_report WHERE state = 'waiting' AND contact IS NOT NULL"
        " AND coalesce(decided_at, at) < %s",
        (before,),
    )
    return cursor.rowcount


async def hide(
    conn: Connection,
    hidden_id: UUID,
    plate: str,
    vin: str | None,
    ground: str,
    until: date,
    region: str,
    by: UUID,
    at: datetime,
) -> None:
    await conn.execute(
        "INSERT INTO hidden_vehicle (id, plate, vin, ground, until, region, hidden_by, hidden_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (hidden_id, plate, vin, ground, until, region, by, at),
    )


async def hidden(conn: Connection, region: str, limit: int) -> list[Row]:
    """What the region hides, the first to end first."""
    cursor = await conn.execute(
        "SELECT id, plate, vin, ground, until, hidden_at FROM hidden_vehicle WHERE region = %s"
        " ORDER BY until, id LIMIT %s",
        (region, limit),
    )
    return await cursor.fetchall()


async def show(conn: Connection, hidden_id: UUID, region: str) -> bool:
    """Hide it no more; False where the region does not hide it."""
    cursor = await conn.execute(
        "DELETE FROM hidden_vehicle WHERE id = %s AND region = %s", (hidden_id, region)
    )
    return cursor.rowcount > 0


def _report(row: Row) -> Report:
    return Report(
        **row
        | {
            "phone_state": PhoneState(row["phone_state"]),
            "state": ReportState(row["state"]),
            "reason": Reason(row["reason"]) if row["reason"] else None,
        }
    )
