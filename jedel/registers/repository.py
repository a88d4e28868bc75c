"""All SQL of the look-ups. Exact only: nobody browses a register. The imports have their own (loading.py).

Nothing here asks why: who looks somebody up, for what, and whether they may, is judged before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from psycopg import sql

from jedel.journal import Connection
from jedel.registers import identifiers
from jedel.registers.model import (
    Age,
    Ages,
    Fine,
    Insurance,
    Kind,
    Origin,
    Owner,
    PersonRecord,
    Phone,
    PhoneRecord,
    PhoneState,
    Vehicle,
    VehicleRecord,
    VehicleState,
    WantedPerson,
    WantedVehicle,
    WeaponPermit,
)
from jedel.registers.tables import REGISTERS, Cell

ROWS_MAX = 200
"""Of one register in one answer."""

LEGAL_TIME_ZONE = "Asia/Almaty"
"""Whose days entries expire by."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who vouches for what was told to us, and as of when."""

    source: str
    as_of: datetime


Row = dict[str, Any]
T = TypeVar("T")

_ORIGIN = sql.SQL("t.line, i.source, i.as_of, i.id AS import_id")
_IN_FORCE: LiteralString = "t.since <= %(day)s AND t.expires >= %(day)s"
_Question = tuple[Kind, LiteralString, LiteralString]


async def vehicle(
    conn: Connection,
    *,
    plate: str | None = None,
    vin: str | None = None,
    day: date | None = None,
    known: "InForce | None" = None,
) -> VehicleRecord | None:
    """All that is known of a plate or of a VIN (one of the two), None where no register knows it.

    Args:
        day: on which wanted entries must be in force; today if not given.
        known: what is in force, where it was asked already.

    Raises:
        Malformed: no plate or VIN can be written so.
    """
    if (plate is None) == (vin is None):
        raise ValueError("a plate or a VIN")
    plate = identifiers.plate(plate) if plate is not None else None
    vin = identifiers.vin(vin).number if vin is not None else None
    known = known or await in_force(conn)
    where: LiteralString = "t.plate = %(plate)s" if plate is not None else "t.vin = %(vin)s"
    # One VIN may stand under a former plate and the present one.
    order: LiteralString = "t.state = 'registered' DESC, i.as_of DESC, t.plate"
    found, owners, insurance, wanted, fines = await _ask(
        conn,
        known,
        {"plate": plate, "vin": vin, "day": day or known.today},
        (Kind.VEHICLES, where, order),
        (Kind.OWNERS, "t.plate = (SELECT plate FROM its)", "t.since DESC, t.number"),
        (Kind.INSURANCE, "t.plate = (SELECT plate FROM its)", "t.until DESC, t.policy"),
        (
            Kind.WANTED_VEHICLES,
            f"(t.plate = (SELECT plate FROM its) OR t.vin = (SELECT vin FROM its)) AND {_IN_FORCE}",
            "t.since DESC, t.entry",
        ),
        (Kind.FINES, "t.plate = (SELECT plate FROM its)", "t.issued DESC, t.notice"),
        its=(where, order),
    )
    here = _vehicle(found[0]) if found else None
    if here is None and not (owners or insurance or wanted or fines):
        return None
    return VehicleRecord(
        plate=here.plate if here else plate,
        vin=here.vin if here else vin,
        day=day or known.today,
        vehicle=here,
        owners=_all(Owner, owners),
        insurance=_all(Insurance, insurance),
        wanted=_all(WantedVehicle, wanted),
        fines=_all(Fine, fines),
        ages=known.ages,
    )


async def person(
    conn: Connection,
    *,
    iin: str | None = None,
    document: str | None = None,
    day: date | None = None,
    known: "InForce | None" = None,
) -> PersonRecord | None:
    """All that is known by an ИИН or a document number (one of the two), None where no register knows it.

    A document's number leads to the ИИН where a wanted entry bears both, and from there to permits,
    vehicles and fines; no register but the wanted list knows documents.

    Raises:
        Malformed: no ИИН or document number can be written so.
    """
    if (iin is None) == (document is None):
        raise ValueError("an ИИН or a document number")
    iin = identifiers.iin(iin).number if iin is not None else None
    document = identifiers.document(document) if document is not None else None
    known = known or await in_force(conn)
    asked: dict[str, object] = {"iin": iin, "document": document, "day": day or known.today}
    where = "t.iin = %(iin)s" if iin is not None else "t.document = %(document)s"
    (wanted,) = await _ask(
        conn, known, asked, (Kind.WANTED_PERSONS, f"{where} AND {_IN_FORCE}", "t.since DESC, t.entry")
    )
    number = iin or next((row["iin"] for row in wanted if row["iin"]), None)
    permits, vehicles, fines = await _ask(
        conn,
        known,
        asked | {"number": number},
        (Kind.WEAPON_PERMITS, "t.iin = %(number)s", "t.until DESC, t.permit"),
        (Kind.OWNERS, "t.number = %(number)s", "t.until DESC NULLS FIRST, t.since DESC, t.plate"),
        (Kind.FINES, "t.number = %(number)s", "t.issued DESC, t.notice"),
    )
    if not (wanted or permits or vehicles or fines):
        return None
    return PersonRecord(
        iin=number,
        document=document,
        name=next((row["name"] for row in (*wanted, *vehicles)), None),
        day=day or known.today,
        wanted=_all(WantedPerson, wanted),
        permits=_all(WeaponPermit, permits),
        vehicles=_all(Owner, vehicles),
        fines=_all(Fine, fines),
        ages=known.ages,
    )


async def phone(conn: Connection, imei: str, known: "InForce | None" = None) -> PhoneRecord | None:
    """The reports about a phone, the register's and then those told to us, each newest first; None where
    there are none.

    Raises:
        Malformed: no IMEI can be written so.
    """
    number = identifiers.imei(imei).number
    known = known or await in_force(conn)
    (rows,) = await _ask(
        conn,
        known,
        {"imei": number, "day": known.today},
        (Kind.PHONES, "t.imei = %(imei)s", "t.since DESC, t.report"),
    )
    cursor = await conn.execute(
        "SELECT imei, state, since, report, source, as_of, id AS import_id, 1 AS line FROM phone_told"
        " WHERE imei = %s ORDER BY since DESC, report LIMIT %s",
        (number, ROWS_MAX),
    )
    rows += await cursor.fetchall()
    if not rows:
        return None
    reports = tuple(Phone(**_fields(row) | {"state": PhoneState(row["state"])}) for row in rows)
    return PhoneRecord(imei=number, reports=reports, ages=known.ages)


@dataclass(frozen=True, slots=True)
class InForce:
    """Which table holds each register's rows now, how old they are, and the day by which entries expire.

    A table that was replaced stays until the import after the next: who keeps this for seconds reads at worst
    what was in force then, and has to ask again where a table is gone.
    """

    tables: Mapping[Kind, str]
    ages: Ages
    today: date


async def in_force(conn: Connection) -> InForce:
    """What every question begins with; also for readers that keep it for seconds."""
    cursor = await conn.execute(
        "SELECT r.kind, r.table_name, r.rows, i.source,"
        " CASE WHEN i.as_of IS NOT NULL THEN greatest(i.as_of, c.current_at) END AS as_of,"
        " (now() AT TIME ZONE %s)::date AS today"
        " FROM register r LEFT JOIN register_import i ON i.id = r.import_id"
        " LEFT JOIN (SELECT kind, max(current_at) AS current_at FROM register_connector GROUP BY kind) c"
        " ON c.kind = r.kind",
        (LEGAL_TIME_ZONE,),
    )
    rows = await cursor.fetchall()
    return InForce(
        {Kind(row["kind"]): row["table_name"] for row in rows},
        {
            Kind(row["kind"]): Age(Kind(row["kind"]), row["source"], row["as_of"], row["rows"])
            for row in rows
            if row["as_of"] is not None
        },
        rows[0]["today"],
    )


async def tell_phone(
    conn: Connection, told_id: UUID, imei: str, state: PhoneState, since: date, report: str, origin: Told
) -> None:
    """Add a phone that was reported to us and that an officer approved."""
    await conn.execute(
        "INSERT INTO phone_told (id, imei, state, since, report, source, as_of)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (told_id, imei, state, since, report, origin.source, origin.as_of),
    )


async def _ask(
    conn: Connection,
    known: InForce,
    values: Mapping[str, object],
    *questions: _Question,
    its: tuple[LiteralString, LiteralString] | None = None,
) -> list[list[Row]]:
    """Rows of each question (register, condition, order), by one statement: it costs more than its rows.

    ``its``: condition and order of the vehicle whose plate and VIN questions may name as ``its``; where there
    is none, these are the plate and the VIN that were asked.
    """
    tables = tuple(known.tables[kind] for kind, _, _ in questions)
    query = _together(tables, questions, known.tables[Kind.VEHICLES] if its else None, its)
    row = await (await conn.execute(query, values)).fetchone()
    assert row is not None
    return [[_typed(kind, told) for told in row[f"a{n}"]] for n, (kind, _, _) in enumerate(questions)]


_ITS: LiteralString = """
WITH here AS MATERIALIZED (
    SELECT t.plate, t.vin FROM {} t JOIN register_import i ON i.number = t.import_number
    WHERE {} ORDER BY {} LIMIT 1
), its AS MATERIALIZED (
    SELECT coalesce((SELECT plate FROM here), %(plate)s::text) AS plate,
        coalesce((SELECT vin FROM here), %(vin)s::text) AS vin
)
"""


@lru_cache(maxsize=256)
def _together(
    tables: tuple[str, ...],
    questions: tuple[_Question, ...],
    vehicles: str | None,
    its: tuple[LiteralString, LiteralString] | None,
) -> bytes:
    """Put together once for each set of tables."""
    answers = [
        sql.SQL("(SELECT coalesce(json_agg(q), '[]') FROM ({}) q) AS {}").format(
            _query(table, *question), sql.Identifier(f"a{n}")
        )
        for n, (table, question) in enumerate(zip(tables, questions, strict=True))
    ]
    query = sql.SQL("SELECT {}").format(sql.SQL(", ").join(answers))
    if its is not None and vehicles is not None:
        query = sql.SQL(_ITS).format(sql.Identifier(vehicles), *(sql.SQL(part) for part in its)) + query
    return query.as_bytes(None)


def _typed(kind: Kind, told: Row) -> Row:
    """JSON knows no dates."""
    days = {name: date.fromisoformat(told[name]) for name in _DAYS[kind] if told[name] is not None}
    moment = {"as_of": datetime.fromisoformat(told["as_of"]), "import_id": UUID(told["import_id"])}
    return told | days | moment


_DAYS: Mapping[Kind, tuple[str, ...]] = {
    kind: tuple(column.name for column in register.columns if column.cell is Cell.DATE)
    for kind, register in REGISTERS.items()
}


def _query(table: str, kind: Kind, where: LiteralString, order: LiteralString) -> sql.Composed:
    columns = sql.SQL(", ").join(sql.SQL("t.") + sql.Identifier(name) for name in REGISTERS[kind].names)
    return sql.SQL(
        "SELECT {}, {} FROM {} t JOIN register_import i ON i.number = t.import_number"
        " WHERE {} ORDER BY {} LIMIT {}"
    ).format(columns, _ORIGIN, sql.Identifier(table), sql.SQL(where), sql.SQL(order), ROWS_MAX)


def _all(make: Callable[..., T], rows: list[Row]) -> tuple[T, ...]:
    return tuple(make(**_fields(row)) for row in rows)


def _fields(row: Row) -> Row:
    """The row's own columns, and its origin as one."""
    fields = dict(row)
    origin = Origin(fields.pop("source"), fields.pop("as_of"), fields.pop("import_id"), fields.pop("line"))
    return fields | {"origin": origin}


def _vehicle(row: Row) -> Vehicle:
    fields = _fields(row)
    named = fields.pop("restrictions") or ""
    return Vehicle(
        **fields
        | {
            "vehicle_class": fields.pop("class"),
            "state": VehicleState(row["state"]),
            "restrictions": tuple(part.strip() for part in named.split(";") if part.strip()),
        }
    )
