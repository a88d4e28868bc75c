"""All SQL of alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.journal import Connection
from jedel.qorgau.alerts.model import Alert, AlertState, Before, Reading, Reason, Refutation, Said
from jedel.qorgau.model import Action, Ground

Row = dict[str, Any]

_LOCK = 0x716F7267  # "qorg", of advisory locks by region
_JSON = ("read", "pair", "register")
_LISTS = ("bases", "ever", "passings")
_COLUMNS = (
    "id, region, plate, state, action, wanted_action, grounds, score, priority, agreeing, confidence,"
    " weakest, camera, reader, last_camera, last_at, confirmed_at, refuted_by, bases, ever, read, passings,"
    " pair, register, opened_at, updated_at, ends_at, ended_at"
)
_NAMES = _COLUMNS.replace(" ", "").split(",")
_VALUES = ", ".join(f"%({name})s" for name in _NAMES)
_CHANGES = ", ".join(f"{name} = %({name})s" for name in _NAMES if name != "id")


@dataclass(frozen=True, slots=True)
class Told:
    """A unit that was told of an alert. ``meet``: as screens get it."""

    unit_id: UUID
    call_sign: str
    told_at: datetime
    meets_at: datetime
    meet: Mapping[str, Any]
    chance: float
    answer: Said | None
    released_at: datetime | None = None


async def lock_regions(conn: Connection, regions: Iterable[str]) -> None:
    """Whoever opens or moves alerts of a region waits for the one before: two workers must not tell one unit
    of two cars. In order, so that nobody waits for one another."""
    for region in sorted(set(regions)):
        await conn.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCK, region))


async def insert(conn: Connection, alert: Alert) -> bool:
    """False where it is there already, or its plate has another that is open."""
    cursor = await conn.execute(
        f"INSERT INTO qorgau_alert ({_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING", _row(alert)
    )
    return cursor.rowcount == 1


async def save(conn: Connection, alert: Alert) -> None:
    await conn.execute(f"UPDATE qorgau_alert SET {_CHANGES} WHERE id = %(id)s", _row(alert))


async def find(conn: Connection, alert_id: UUID, *, lock: bool = False) -> Alert | None:
    """An alert; with ``lock`` nobody else changes it until the transaction ends."""
    cursor = await conn.execute(
        f"SELECT {_COLUMNS} FROM qorgau_alert WHERE id = %s{' FOR UPDATE' if lock else ''}", (alert_id,)
    )
    row = await cursor.fetchone()
    return _alert(row) if row else None


async def open_regions(conn: Connection, plates: Sequence[int]) -> set[str]:
    """Regions of the open alerts of these plates."""
    cursor = await conn.execute(
        "SELECT DISTINCT region FROM qorgau_alert WHERE plate = ANY(%s) AND ended_at IS NULL", (list(plates),)
    )
    return {row["region"] for row in await cursor.fetchall()}


async def open_of_plates(conn: Connection, plates: Sequence[int]) -> dict[int, Alert]:
    """Open alerts by plate, locked."""
    cursor = await conn.execute(
        f"SELECT {_COLUMNS} FROM qorgau_alert WHERE plate = ANY(%s) AND ended_at IS NULL"
        " ORDER BY id FOR UPDATE",
        (list(plates),),
    )
    return {row["plate"]: _alert(row) for row in await cursor.fetchall()}


async def open_of_region(conn: Connection, region: str) -> list[Alert]:
    cursor = await conn.execute(
        f"SELECT {_COLUMNS} FROM qorgau_alert WHERE region = %s AND ended_at IS NULL"
        " ORDER BY priority, opened_at",
        (region,),
    )
    return [_alert(row) for row in await cursor.fetchall()]


async def open_everywhere(conn: Connection) -> list[Alert]:
    cursor = await conn.execute(f"SELECT {_COLUMNS} FROM qorgau_alert WHERE ended_at IS NULL ORDER BY id")
    return [_alert(row) for row in await cursor.fetchall()]


async def open_of_entry(conn: Connection, entry_id: UUID) -> list[UUID]:
    """Open alerts that rest on an entry of a list."""
    cursor = await conn.execute(
        "SELECT id FROM qorgau_alert WHERE ended_at IS NULL AND bases @> %s ORDER BY id",
        (Jsonb([{"entry_id": str(entry_id)}]),),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def due(conn: Connection, now: datetime, limit: int) -> list[UUID]:
    """Open alerts whose time is over."""
    cursor = await conn.execute(
        "SELECT id FROM qorgau_alert WHERE ended_at IS NULL AND ends_at <= %s ORDER BY ends_at LIMIT %s",
        (now, limit),
    )
    return [row["id"] for row in await cursor.fetchall()]


async def before_of_plates(conn: Connection, plates: Sequence[int], since: datetime) -> dict[int, Before]:
    """The last alert of each plate that is over and was answered or shown since then."""
    cursor = await conn.execute(
        "SELECT DISTINCT ON (a.plate) a.plate, a.priority, max(n.received_at) AS answered_at"
        " FROM qorgau_alert a LEFT JOIN qorgau_alert_answer n ON n.alert_id = a.id"
        " WHERE a.plate = ANY(%s) AND a.ended_at >= %s"
        " GROUP BY a.id ORDER BY a.plate, a.updated_at DESC",
        (list(plates), since),
    )
    return {row["plate"]: Before(row["priority"], row["answered_at"]) for row in await cursor.fetchall()}


async def opened_since(
    conn: Connection, regions: Sequence[str], since: datetime, lesser: int
) -> dict[str, Row]:
    """How many alerts each region opened since then: ``opened``, and ``lesser`` of that priority on."""
    cursor = await conn.execute(
        "SELECT region, count(*) AS opened, count(*) FILTER (WHERE priority >= %s) AS lesser"
        " FROM qorgau_alert WHERE region = ANY(%s) AND opened_at > %s GROUP BY region",
        (lesser, list(regions), since),
    )
    return {row["region"]: row for row in await cursor.fetchall()}


async def refutations(conn: Connection, plates: Sequence[int]) -> dict[tuple[int, int, UUID], Refutation]:
    """By plate, ground and entry."""
    cursor = await conn.execute(
        "SELECT plate, ground, entry, basis, until FROM qorgau_refuted WHERE plate = ANY(%s)", (list(plates),)
    )
    return {
        (row["plate"], row["ground"], row["entry"]): Refutation(row["basis"], row["until"])
        for row in await cursor.fetchall()
    }


async def refute(
    conn: Connection, alert: Alert, basis: Mapping[str, Any], reason: Reason, at: datetime, until: datetime
) -> None:
    await conn.execute(
        "INSERT INTO qorgau_refuted (plate, ground, entry, basis, reason, alert_id, at, until)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (plate, ground, entry) DO UPDATE SET"
        " basis = excluded.basis, reason = excluded.reason, alert_id = excluded.alert_id, at = excluded.at,"
        " until = excluded.until",
        (
            *(alert.plate, basis["ground"], UUID(basis["entry_id"] or NOBODY), basis["basis"], reason),
            *(alert.id, at, until),
        ),
    )


NOBODY = str(UUID(int=0))
"""Stands for the entry of what no list entry says."""


async def forget_refutations(conn: Connection, now: datetime) -> None:
    await conn.execute("DELETE FROM qorgau_refuted WHERE until <= %s", (now,))


async def tell(conn: Connection, alert_id: UUID, told: Told) -> None:
    """The unit is told, or told anew; what it answered stays."""
    await conn.execute(
        "INSERT INTO qorgau_alert_unit AS u (alert_id, unit_id, call_sign, told_at, meets_at, meet, chance)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (alert_id, unit_id) DO UPDATE SET"
        " told_at = CASE WHEN u.released_at IS NULL THEN u.told_at ELSE excluded.told_at END,"
        " meets_at = excluded.meets_at, meet = excluded.meet, chance = excluded.chance, released_at = NULL",
        (
            *(alert_id, told.unit_id, told.call_sign, told.told_at, told.meets_at),
            *(Jsonb(told.meet), told.chance),
        ),
    )


async def release(conn: Connection, alert_id: UUID, unit_ids: Sequence[UUID], now: datetime) -> None:
    if not unit_ids:
        return
    await conn.execute(
        "UPDATE qorgau_alert_unit SET released_at = %s"
        " WHERE alert_id = %s AND unit_id = ANY(%s) AND released_at IS NULL",
        (now, alert_id, list(unit_ids)),
    )


async def told(conn: Connection, alert_ids: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """The units that are told of each alert now, the likeliest first."""
    cursor = await conn.execute(
        "SELECT alert_id, unit_id, call_sign, told_at, meets_at, meet, chance, answer FROM qorgau_alert_unit"
        " WHERE alert_id = ANY(%s) AND released_at IS NULL ORDER BY chance DESC, unit_id",
        (list(alert_ids),),
    )
    found: dict[UUID, list[Told]] = {alert_id: [] for alert_id in alert_ids}
    for row in await cursor.fetchall():
        said = row.pop("answer")
        found[row.pop("alert_id")].append(Told(**row, answer=Said(said) if said else None))
    return found


async def was_told(conn: Connection, alert_id: UUID, unit_id: UUID, *, now: bool) -> bool:
    """Whether a unit is told of an alert (``now``), or ever was."""
    cursor = await conn.execute(
        "SELECT 1 FROM qorgau_alert_unit WHERE alert_id = %s AND unit_id = %s"
        + (" AND released_at IS NULL" if now else ""),
        (alert_id, unit_id),
    )
    return await cursor.fetchone() is not None


async def busy(conn: Connection, region: str) -> dict[UUID, tuple[int, UUID]]:
    """Units of open alerts of a region: the alert's priority and id."""
    cursor = await conn.execute(
        "SELECT u.unit_id, a.priority, a.id FROM qorgau_alert_unit u JOIN qorgau_alert a ON a.id = u.alert_id"
        " WHERE a.region = %s AND a.ended_at IS NULL AND u.released_at IS NULL",
        (region,),
    )
    return {row["unit_id"]: (row["priority"], row["id"]) for row in await cursor.fetchall()}


async def add_answer(conn: Connection, row: Mapping[str, Any]) -> None:
    """Keep an answer; the unit's own newest stands beside its name."""
    await conn.execute(
        "INSERT INTO qorgau_alert_answer"
        " (id, alert_id, unit_id, actor, answer, reason, plate_matches, vehicle_matches, at, received_at)"
        " VALUES (%(id)s, %(alert_id)s, %(unit_id)s, %(actor)s, %(answer)s, %(reason)s, %(plate_matches)s,"
        " %(vehicle_matches)s, %(at)s, %(received_at)s)",
        row,
    )
    if row["unit_id"] is not None:
        await conn.execute(
            "UPDATE qorgau_alert_unit SET answer = (SELECT answer FROM qorgau_alert_answer"
            " WHERE alert_id = %(alert_id)s AND unit_id = %(unit_id)s"
            " ORDER BY at DESC, seq DESC LIMIT 1)"
            " WHERE alert_id = %(alert_id)s AND unit_id = %(unit_id)s",
            row,
        )


async def answers(conn: Connection, alert_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """What was answered, the earliest first."""
    cursor = await conn.execute(
        "SELECT alert_id, unit_id, actor, answer, reason, at FROM qorgau_alert_answer"
        " WHERE alert_id = ANY(%s) ORDER BY at, seq",
        (list(alert_ids),),
    )
    found: dict[UUID, list[Row]] = {alert_id: [] for alert_id in alert_ids}
    for row in await cursor.fetchall():
        found[row.pop("alert_id")].append(row)
    return found


async def leave_out(conn: Connection, region: str, day: date, why: str, hits: int) -> None:
    await conn.execute(
        "INSERT INTO qorgau_left_out AS l (region, day, why, hits) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (region, day, why) DO UPDATE SET hits = l.hits + excluded.hits",
        (region, day, why, hits),
    )


async def left_out(conn: Connection, region: str, since: date, until: date) -> list[Row]:
    cursor = await conn.execute(
        "SELECT why, sum(hits)::bigint AS hits FROM qorgau_left_out"
        " WHERE region = %s AND day BETWEEN %s AND %s GROUP BY why ORDER BY why",
        (region, since, until),
    )
    return await cursor.fetchall()


async def outcomes(conn: Connection, region: str, since: datetime, until: datetime) -> list[Row]:
    """Alerts that were opened in a period: where they came from and what officers found."""
    cursor = await conn.execute(
        "SELECT a.camera, c.name AS camera_name, a.reader, a.grounds, a.state, a.ever,"
        " a.confirmed_at IS NOT NULL AS confirmed,"
        " (SELECT array_agg(n.reason) FROM qorgau_alert_answer n"
        "   WHERE n.alert_id = a.id AND n.reason IS NOT NULL) AS reasons,"
        " EXISTS (SELECT 1 FROM qorgau_alert_answer n WHERE n.alert_id = a.id"
        "   AND n.answer IN ('confirmed', 'stopped', 'refuted')) AS answered"
        " FROM qorgau_alert a LEFT JOIN plate_camera c ON c.number = a.camera"
        " WHERE a.region = %s AND a.opened_at >= %s AND a.opened_at < %s",
        (region, since, until),
    )
    return await cursor.fetchall()


async def units_of_read(conn: Connection, read_id: UUID) -> set[UUID]:
    """Units that are told now of an alert that this read is a passing of."""
    cursor = await conn.execute(
        "SELECT u.unit_id FROM qorgau_alert a JOIN qorgau_alert_unit u ON u.alert_id = a.id"
        " WHERE a.ended_at IS NULL AND u.released_at IS NULL AND (a.read->>'id' = %(id)s"
        " OR a.pair->'before'->>'id' = %(id)s"
        " OR a.passings @> jsonb_build_array(jsonb_build_object('read_id', %(id)s::text)))",
        {"id": str(read_id)},
    )
    return {row["unit_id"] for row in await cursor.fetchall()}


async def may_be_told(conn: Connection, region: str) -> list[UUID]:
    """Units that are on shift, free and heard, and can stop a car: not those on foot, who reach no other
    junction in time, and neither drones nor complexes, with which nobody drives."""
    cursor = await conn.execute(
        "SELECT id FROM unit WHERE region = %s AND status = 'available' AND NOT silent"
        " AND kind IN ('car', 'motorcycle')",
        (region,),
    )
    return [row["id"] for row in await cursor.fetchall()]


def _row(alert: Alert) -> Row:
    names = (name for name in _NAMES if name not in ("agreeing", "confidence", "weakest", "priority"))
    row = {name: getattr(alert, name) for name in names}
    row |= {name: None if row[name] is None else Jsonb(row[name]) for name in _JSON}
    row |= {name: Jsonb(list(getattr(alert, name))) for name in _LISTS}
    reading = alert.reading
    return row | {
        "grounds": int(alert.grounds),
        "priority": alert.priority,
        "agreeing": reading.frames,
        "confidence": reading.confidence,
        "weakest": reading.weakest,
    }


def _alert(row: Row) -> Alert:
    row = dict(row)
    reading = Reading(row.pop("agreeing"), row.pop("confidence"), row.pop("weakest"))
    del row["priority"]
    return Alert(
        **row
        | {
            "state": AlertState(row["state"]),
            "action": Action(row["action"]),
            "wanted_action": Action(row["wanted_action"]),
            "grounds": Ground(row["grounds"]),
            "refuted_by": Reason(row["refuted_by"]) if row["refuted_by"] else None,
        }
        | {name: tuple(row[name]) for name in _LISTS},
        reading=reading,
    )
