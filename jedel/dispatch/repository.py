"""All SQL of the dispatch room. Whoever changes incidents of a region first takes ``lock``."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from jedel.dispatch import rows
from jedel.dispatch.model import Assignment, Incident
from jedel.dispatch.proposals import DISTANCE_MAX_M, Likeness
from jedel.journal import Connection
from jedel.kernel.geo import Point

OPEN_MAX = 5_000
"""Most open incidents of a region that are read at once."""


async def lock(conn: Connection, region: str) -> None:
    """One change of a region's incidents at a time, until the transaction ends.

    So the views in journal entries are written in the order of the entries: a change that touches two
    incidents (a proposal, a joining) can never carry an older view of the second one than its own history.
    """
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"dispatch:{region}",))


async def lock_and_find(conn: Connection, region: str, incident_id: UUID) -> Incident | None:
    """The incident as it is once nobody else may change the region's incidents; one round trip.

    Two statements: the second needs a snapshot taken after the wait.
    """
    async with conn.pipeline():
        await lock(conn, region)
        cursor = await conn.execute(_whole("id = %s"), (incident_id,))
    row = await cursor.fetchone()
    return rows.incident(row) if row else None


async def next_number(conn: Connection, region: str, day: date) -> int:
    """The day's next number, leaving out those by which yesterday's open incidents are still called."""
    while True:
        cursor = await conn.execute(
            "INSERT INTO incident_day AS d (region, day, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (region, day) DO UPDATE SET last = d.last + 1"
            " RETURNING last, EXISTS (SELECT FROM incident i WHERE i.region = d.region AND i.day < d.day"
            " AND i.closed_at IS NULL AND i.number = d.last) AS taken",
            (region, day),
        )
        row = await cursor.fetchone()
        assert row is not None
        if not row["taken"]:
            return int(row["last"])


async def insert(conn: Connection, incident: Incident, day: date) -> None:
    async with conn.pipeline():
        await _insert(conn, incident, day)
        await _save_alarms(conn, (), incident)


async def _insert(conn: Connection, incident: Incident, day: date) -> None:
    await conn.execute(
        "INSERT INTO incident (id, region, day, number, class, priority, lon, lat, place_known, label, title,"
        " site_id, site, callers, units_wanted, opened_by, received_at, opened_at, answered_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            incident.id,
            incident.region,
            day,
            incident.number,
            incident.cls,
            incident.priority,
            incident.place.lon,
            incident.place.lat,
            incident.place_known,
            Jsonb(dict(incident.label)),
            Jsonb(dict(incident.title)),
            incident.site_id,
            Jsonb(dict(incident.site)) if incident.site is not None else None,
            rows.callers(incident),
            incident.units_wanted,
            incident.opened_by,
            incident.times.received,
            incident.times.opened,
            incident.times.answered,
        ),
    )


async def save(conn: Connection, before: Incident, after: Incident) -> None:
    """Write what may change of an incident; ``before`` is how it was read."""
    async with conn.pipeline():
        await _update(conn, after)
        await _save_alarms(conn, before.alarm_ids, after)
        known = set(before.assignments)
        for place, assignment in enumerate(after.assignments):
            if assignment not in known:
                await _save_assignment(conn, after.id, place, assignment)


async def _update(conn: Connection, after: Incident) -> None:
    times = after.times
    await conn.execute(
        "UPDATE incident SET priority = %s, title = %s, callers = %s, units_wanted = %s, result = %s,"
        " result_text = %s, joined_into = %s, answered_at = %s, dispatched_at = %s, en_route_at = %s,"
        " on_scene_at = %s, closed_at = %s WHERE id = %s",
        (
            after.priority,
            Jsonb(dict(after.title)),
            rows.callers(after),
            after.units_wanted,
            after.result,
            after.result_text,
            after.joined_into,
            times.answered,
            times.dispatched,
            times.en_route,
            times.on_scene,
            times.closed,
            after.id,
        ),
    )


async def _save_alarms(conn: Connection, known: Sequence[UUID], incident: Incident) -> None:
    """Alarms that left this incident are written by the incident that took them."""
    for place, alarm_id in enumerate(incident.alarm_ids):
        if alarm_id not in known:
            await conn.execute(
                "INSERT INTO incident_alarm (alarm_id, incident_id, place) VALUES (%s, %s, %s)"
                " ON CONFLICT (alarm_id) DO UPDATE SET incident_id = excluded.incident_id,"
                " place = excluded.place",
                (alarm_id, incident.id, place),
            )


async def _save_assignment(conn: Connection, incident_id: UUID, place: int, a: Assignment) -> None:
    way = a.way
    await conn.execute(
        "INSERT INTO assignment (id, incident_id, place, unit_id, call_sign, status, assigned_at,"
        " en_route_at, en_route_said, on_scene_at, on_scene_said, released_at, reason, eta_s, metres,"
        " estimated)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (id) DO UPDATE SET status = excluded.status, en_route_at = excluded.en_route_at,"
        " en_route_said = excluded.en_route_said, on_scene_at = excluded.on_scene_at,"
        " on_scene_said = excluded.on_scene_said, released_at = excluded.released_at,"
        " reason = excluded.reason",
        (
            a.id,
            incident_id,
            place,
            a.unit_id,
            a.call_sign,
            a.status,
            a.assigned_at,
            a.en_route_at,
            a.en_route_said,
            a.on_scene_at,
            a.on_scene_said,
            a.released_at,
            a.reason,
            way.eta_s if way else None,
            way.metres if way else None,
            way.estimated if way else None,
        ),
    )


async def find(conn: Connection, incident_id: UUID) -> Incident | None:
    found = await _load(conn, "id = %s", (incident_id,))
    return found[0] if found else None


async def several(conn: Connection, ids: Sequence[UUID]) -> list[Incident]:
    return await _load(conn, "id = ANY(%s)", (list(ids),)) if ids else []


async def open_of_region(conn: Connection, region: str) -> list[Incident]:
    """Everything not closed, oldest first."""
    return await _load(conn, "region = %s AND closed_at IS NULL", (region,))


async def open_at_site(conn: Connection, region: str, site_id: UUID) -> list[Incident]:
    """Newest last."""
    return await _load(conn, "region = %s AND site_id = %s AND closed_at IS NULL", (region, site_id))


async def of_alarm(conn: Connection, alarm_id: UUID) -> Incident | None:
    where = "id = (SELECT incident_id FROM incident_alarm WHERE alarm_id = %s)"
    found = await _load(conn, where, (alarm_id,))
    return found[0] if found else None


async def open_near(conn: Connection, place: Point, region: str) -> list[Incident]:
    """Open incidents in a box that holds the circle in which duplicates are looked for."""
    up = DISTANCE_MAX_M / 110_000
    side = up * 6  # enough up to 80° north, where a degree of longitude has shrunk to a sixth
    where = "region = %s AND closed_at IS NULL AND lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s"
    box = (region, place.lat - up, place.lat + up, place.lon - side, place.lon + side)
    return await _load(conn, where, box)


async def closed_before(conn: Connection, region: str, before: UUID | None, limit: int) -> list[Incident]:
    """Closed incidents, the last closed first; ``before`` is the last one of the page before."""
    cursor = await conn.execute(
        "SELECT id FROM incident WHERE region = %(region)s AND closed_at IS NOT NULL"
        " AND (%(before)s::uuid IS NULL OR (closed_at, id) < (SELECT closed_at, id FROM incident"
        " WHERE id = %(before)s))"
        " ORDER BY closed_at DESC, id DESC LIMIT %(limit)s",
        {"region": region, "before": before, "limit": limit},
    )
    ids = [row["id"] for row in await cursor.fetchall()]
    found = {incident.id: incident for incident in await several(conn, ids)}
    return [found[one] for one in ids]


async def save_likeness(conn: Connection, incident_id: UUID, found: Sequence[Likeness]) -> None:
    async with conn.pipeline():
        for like in found:
            one, other = sorted((incident_id, like.other_id))
            await conn.execute(
                "INSERT INTO incident_likeness (one, other, score, metres, seconds, same_class)"
                " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                (one, other, like.score, like.metres, like.seconds, like.same_class),
            )


Proposals = dict[UUID, list[Likeness]]
"""For each incident its proposed duplicates that are still open, most likely first."""

# "Still open" is asked of each row by its key: joined, the planner would begin with all open incidents.
_LIKELY = """
    SELECT me.id, l.them, l.score, l.metres, l.seconds, l.same_class FROM unnest(%s::uuid[]) me (id)
    CROSS JOIN LATERAL (SELECT other AS them, a.* FROM incident_likeness a WHERE a.one = me.id
                        UNION ALL SELECT one AS them, b.* FROM incident_likeness b WHERE b.other = me.id) l
    WHERE (SELECT closed_at IS NULL FROM incident WHERE id = me.id)
      AND (SELECT closed_at IS NULL FROM incident WHERE id = l.them)
    ORDER BY l.score DESC, l.them
"""


async def likenesses(conn: Connection, ids: Sequence[UUID]) -> Proposals:
    """A closed incident has none: there is nothing left to join."""
    return _proposals(await (await conn.execute(_LIKELY, (list(ids),))).fetchall())


async def several_with_proposals(conn: Connection, ids: Sequence[UUID]) -> tuple[list[Incident], Proposals]:
    """``several`` and ``likenesses`` in one round trip."""
    async with conn.pipeline():
        incidents = await conn.execute(_whole("id = ANY(%s)"), (list(ids),))
        likely = await conn.execute(_LIKELY, (list(ids),))
    return [rows.incident(row) for row in await incidents.fetchall()], _proposals(await likely.fetchall())


def _proposals(found: list[dict[str, Any]]) -> Proposals:
    proposals: Proposals = {}
    for row in found:
        like = Likeness(row["them"], round(row["score"], 3), row["metres"], row["seconds"], row["same_class"])
        proposals.setdefault(row["id"], []).append(like)
    return proposals


async def measured(
    conn: Connection, region: str, day: date, now: datetime, answer_s: int, dispatch_s: int
) -> dict[str, int]:
    """Counts of the day: waiting, answered_within, answered_counted, dispatched_within, dispatched_counted.

    Counted is what can be judged: done, or later than the target already. An incident opened by hand without
    a time of receipt says nothing about answering. Joined ones count once, as the incident they went into.
    """
    cursor = await conn.execute(
        """
        WITH today AS (
            SELECT opened_at, answered_at - received_at AS answer,
                   %(now)s - received_at AS unanswered_for,
                   dispatched_at - answered_at AS dispatch,
                   %(now)s - answered_at AS undispatched_for,
                   answered_at, dispatched_at, closed_at,
                   opened_by LIKE 'system:%%' OR received_at < opened_at AS measures_answer
            FROM incident WHERE region = %(region)s AND day = %(day)s AND joined_into IS NULL
        )
        SELECT (SELECT count(*) FROM incident WHERE region = %(region)s AND closed_at IS NULL
                AND NOT EXISTS (SELECT FROM assignment a WHERE a.incident_id = incident.id
                                AND a.status <> 'released')) AS waiting,
               count(*) FILTER (WHERE measures_answer AND answer <= make_interval(secs => %(answer_s)s))
                   AS answered_within,
               count(*) FILTER (WHERE measures_answer AND (answer IS NOT NULL
                   OR closed_at IS NULL AND unanswered_for > make_interval(secs => %(answer_s)s)))
                   AS answered_counted,
               count(*) FILTER (WHERE dispatch <= make_interval(secs => %(dispatch_s)s)) AS dispatched_within,
               count(*) FILTER (WHERE dispatch IS NOT NULL OR closed_at IS NULL
                   AND undispatched_for > make_interval(secs => %(dispatch_s)s)) AS dispatched_counted
        FROM today
        """,
        {"region": region, "day": day, "now": now, "answer_s": answer_s, "dispatch_s": dispatch_s},
    )
    row = await cursor.fetchone()
    assert row is not None
    return {name: int(value) for name, value in row.items()}


async def _load(conn: Connection, where: str, values: Sequence[object]) -> list[Incident]:
    """Whole incidents, oldest first."""
    cursor = await conn.execute(_whole(where), values)
    return [rows.incident(row) for row in await cursor.fetchall()]


def _whole(where: str) -> LiteralString:
    """Incidents with all that belongs to them. ``where`` is one of this file's own texts."""
    return (
        "SELECT *, array(SELECT alarm_id FROM incident_alarm a WHERE a.incident_id = incident.id"
        " ORDER BY place) AS alarm_ids, (SELECT jsonb_agg(to_jsonb(a) ORDER BY place) FROM assignment a"
        f" WHERE a.incident_id = incident.id) AS work FROM incident WHERE {where}"
        f" ORDER BY opened_at, day, number LIMIT {OPEN_MAX}"
    )
