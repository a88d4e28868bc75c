"""What the registers say of every car, computed as sets within the database.

Invariants
1. A register that was never imported, or is older than the settings allow, gives no hits: its ground is off,
   its rows are taken back, and that is said.
2. Only what changed is written, each part under a version of its own, so that workers load just that.
3. What counts against a car is what its present owner did: fines and offences from before are left out.
4. The same registers on the same day under the same settings are no work.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, LiteralString

import orjson
import psycopg
from psycopg import sql

from jedel.dispatch.day import local_day
from jedel.journal import Connection
from jedel.qorgau.model import Ground
from jedel.qorgau.watch.repository import next_version
from jedel.qorgau.watch.rules import Settings
from jedel.registers.model import Age, Kind
from jedel.registers.repository import InForce

CHUNK: Final = 20_000
"""Rows that change under one version: nobody waits longer for the list than these take."""

KEPT: Final = timedelta(days=7)
"""How long what is so no more is remembered, for workers that were away."""

MEMORY: Final = "256MB"

NEEDS: Final[dict[Ground, tuple[Kind, ...]]] = {
    Ground.WANTED: (Kind.WANTED_VEHICLES,),
    Ground.UNINSURED: (Kind.VEHICLES, Kind.INSURANCE),
    Ground.UNPAID_FINES: (Kind.FINES,),
    Ground.SYSTEMATIC: (Kind.OFFENCES,),
}
"""Registers without which a ground cannot be told; the owners help where they are known."""

_QUERIES: Final[dict[Ground, LiteralString]] = {
    Ground.WANTED: """
        SELECT DISTINCT ON (plate) plate, expires AS until, jsonb_build_object('entry', entry,
            'reason', reason, 'ground', ground, 'initiator', initiator, 'since', since) AS detail
        FROM (
            SELECT w.plate, w.expires, w.entry, w.reason, w.ground, w.initiator, w.since
            FROM {wanted} w WHERE w.plate IS NOT NULL AND w.since <= %(today)s AND w.expires >= %(today)s
            UNION ALL
            SELECT v.plate, w.expires, w.entry, w.reason, w.ground, w.initiator, w.since
            FROM {wanted} w JOIN {vehicle} v ON v.vin = w.vin AND v.state = 'registered'
            WHERE w.plate IS NULL AND w.since <= %(today)s AND w.expires >= %(today)s
        ) e ORDER BY plate, expires DESC, entry
    """,
    Ground.UNINSURED: """
        SELECT n.plate, NULL::date AS until, jsonb_build_object('insured_until', i.until) AS detail
        FROM (
            SELECT v.plate FROM {vehicle} v
            WHERE v.state = 'registered' AND lower(v.class) <> ALL(%(exempt)s)
            AND NOT EXISTS (SELECT FROM {insurance} i WHERE i.plate = v.plate AND i.since <= %(today)s
                AND i.until >= %(insured_after)s)
            AND NOT EXISTS (SELECT FROM {owner} o WHERE o.plate = v.plate AND o.until IS NULL
                AND o.since >= %(insured_after)s)
        ) n LEFT JOIN (
            SELECT plate, max(until) AS until FROM {insurance}
            WHERE since <= %(today)s AND until < %(insured_after)s GROUP BY plate
        ) i ON i.plate = n.plate
    """,
    Ground.UNPAID_FINES: """
        WITH many AS MATERIALIZED (
            SELECT plate FROM {fine} WHERE plate IS NOT NULL AND issued <= %(due)s
            GROUP BY plate HAVING count(*) >= %(fines)s AND sum(amount_tenge) >= %(sum)s
        )
        SELECT f.plate, NULL::date AS until,
            jsonb_build_object('count', count(*), 'sum_tenge', sum(f.amount_tenge), 'oldest', min(f.issued))
            AS detail
        FROM {fine} f WHERE f.plate IN (SELECT plate FROM many) AND f.issued <= %(due)s
        AND NOT EXISTS (SELECT FROM {owner} o WHERE o.plate = f.plate AND o.until IS NULL
            AND o.since > f.issued)
        GROUP BY f.plate HAVING count(*) >= %(fines)s AND sum(f.amount_tenge) >= %(sum)s
    """,
    Ground.SYSTEMATIC: """
        WITH many AS MATERIALIZED (
            SELECT plate FROM {offence} WHERE plate IS NOT NULL AND committed > %(offended_after)s
            AND committed <= %(today)s GROUP BY plate HAVING count(*) >= %(offences)s
        )
        SELECT f.plate, NULL::date AS until,
            jsonb_build_object('count', count(*), 'since', min(f.committed), 'last', max(f.committed))
            AS detail
        FROM {offence} f WHERE f.plate IN (SELECT plate FROM many) AND f.committed > %(offended_after)s
        AND f.committed <= %(today)s
        AND NOT EXISTS (SELECT FROM {owner} o WHERE o.plate = f.plate AND o.until IS NULL
            AND o.since > f.committed)
        GROUP BY f.plate HAVING count(*) >= %(offences)s
    """,
}

_DELTA: Final[LiteralString] = """
    CREATE TEMP TABLE watch_delta AS
    SELECT (row_number() OVER ())::int AS nth, d.* FROM (
        SELECT n.plate, n.until, n.detail, false AS gone FROM watch_next n
        LEFT JOIN watch_computed c ON c.plate = n.plate AND c.ground = %(ground)s
        WHERE c.plate IS NULL OR c.gone OR c.until IS DISTINCT FROM n.until OR c.detail <> n.detail
        UNION ALL
        SELECT c.plate, c.until, c.detail, true FROM watch_computed c
        WHERE c.ground = %(ground)s AND NOT c.gone
        AND NOT EXISTS (SELECT FROM watch_next n WHERE n.plate = c.plate)
    ) d
"""
_APPLY: Final[LiteralString] = """
    INSERT INTO watch_computed AS c (plate, ground, until, detail, gone, changed_at, version)
    SELECT plate, %(ground)s, until, detail, gone, %(now)s, %(version)s FROM watch_delta
    WHERE nth > %(first)s AND nth <= %(end)s
    ON CONFLICT (plate, ground) DO UPDATE SET until = excluded.until, detail = excluded.detail,
        gone = excluded.gone, changed_at = excluded.changed_at, version = excluded.version
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a ground gives hits. ``why``: ``ok``; ``missing``, ``stale``: its ``register``. ``age``: of the
    oldest register that it needs. ``inputs``: what it is computed from."""

    ground: Ground
    why: str
    register: Kind | None
    age: Age | None
    inputs: str

    @property
    def stands(self) -> bool:
        return self.why == "ok"


@dataclass(frozen=True, slots=True)
class Computed:
    """``rows``: plates under the ground; ``changed``, ``gone``: since it was computed last."""

    standing: Standing
    rows: int
    changed: int
    gone: int
    seconds: float


def standing(
    ground: Ground, force: InForce, imports: Mapping[Kind, int], settings: Settings, today: date
) -> Standing:
    """How a ground stands today. ``imports``: number of each register's last import. Pure."""
    why, kind, ages = "ok", None, []
    for needed in NEEDS[ground]:
        age = force.ages.get(needed)
        most = settings.known_stale_days if needed is Kind.VEHICLES else settings.stale_days[ground]
        if age is not None:
            ages.append(age)
        if why == "ok" and (age is None or (today - local_day(age.as_of)).days > most):
            why, kind = "missing" if age is None else "stale", needed
    oldest = min(ages, key=lambda age: age.as_of, default=None)
    kinds = {Kind.VEHICLES, Kind.OWNERS, *NEEDS[ground]}
    kinds = {Kind.VEHICLES, Kind.OWNERS, *NEEDS[ground]}
    said = [why, today.isoformat(), repr(settings), sorted((each, imports.get(each, 0)) for each in kinds)]
    inputs = blake2b(orjson.dumps(said), digest_size=16).hexdigest()
    return Standing(ground, why, kind, oldest, inputs)


async def imports(conn: Connection) -> dict[Kind, int]:
    """The number of each register's last import: not its age, which a live source renews by the second."""
    cursor = await conn.execute("SELECT kind, max(number) AS number FROM register_import GROUP BY kind")
    return {Kind(row["kind"]): row["number"] for row in await cursor.fetchall()}


async def compute(
    conn: Connection, found: Standing, force: InForce, settings: Settings, today: date, now: datetime
) -> Computed:
    """Bring the rows of one ground to what the registers say. ``conn`` has no transaction open: the parts
    come into force one after the other."""
    began = time.monotonic()
    await conn.execute(sql.SQL("SET work_mem = {}").format(MEMORY))
    try:
        await _next(conn, found, force, settings, today)
        await conn.execute(_DELTA, {"ground": found.ground.value})
        await conn.execute("CREATE INDEX ON watch_delta (nth)")
        row = await _one(conn, "SELECT count(*) AS n, count(*) FILTER (WHERE gone) AS gone FROM watch_delta")
        for first in range(0, row["n"], CHUNK):
            async with conn.transaction():
                values = {
                    "ground": found.ground.value, "now": now, "version": await next_version(conn),
                    "first": first, "end": first + CHUNK,
                }  # fmt: skip
                await conn.execute(_APPLY, values)
        rows = (await _one(conn, "SELECT count(*) AS n FROM watch_next"))["n"]
    finally:
        await conn.execute("DROP TABLE IF EXISTS watch_next, watch_delta")
        await conn.execute("RESET work_mem")
    done = Computed(found, rows, row["n"] - row["gone"], row["gone"], time.monotonic() - began)
    await _put(conn, done, now)
    return done


async def _next(conn: Connection, found: Standing, force: InForce, settings: Settings, today: date) -> None:
    """The plates of the ground, as they should be: none where it does not stand."""
    if not found.stands:
        await conn.execute('CREATE TEMP TABLE watch_next (plate text COLLATE "C", until date, detail jsonb)')
        return
    tables = {
        "vehicle": Kind.VEHICLES, "owner": Kind.OWNERS, "insurance": Kind.INSURANCE, "fine": Kind.FINES,
        "wanted": Kind.WANTED_VEHICLES, "offence": Kind.OFFENCES,
    }  # fmt: skip
    query = sql.SQL(_QUERIES[found.ground]).format(
        **{name: sql.Identifier(force.tables[kind]) for name, kind in tables.items()}
    )
    fines, systematic = settings.unpaid_fines, settings.systematic
    values = {
        "today": today,
        "exempt": [word.lower() for word in settings.uninsured.exempt_classes],
        "insured_after": today - timedelta(days=settings.uninsured.grace_days),
        "due": today - timedelta(days=fines.due_days), "fines": fines.count, "sum": fines.sum_tenge,
        "offended_after": today - timedelta(days=systematic.period_days), "offences": systematic.count,
    }  # fmt: skip
    # CREATE TABLE takes no values from outside: the client puts them in
    async with psycopg.AsyncClientCursor(conn) as cursor:
        await cursor.execute(sql.SQL("CREATE TEMP TABLE watch_next AS {}").format(query), values)
    await conn.execute("CREATE UNIQUE INDEX ON watch_next (plate)")
    await conn.execute("ANALYZE watch_next")


async def forget(conn: Connection, now: datetime) -> int:
    """What has been so no more for `KEPT`; how many rows. Workers that were away for longer load all."""
    async with conn.transaction():
        await next_version(conn)
        row = await _one(
            conn,
            "WITH d AS (DELETE FROM watch_computed WHERE gone AND changed_at < %s RETURNING version)"
            " SELECT count(*) AS n, coalesce(max(version), 0) AS upto FROM d",
            (now - KEPT,),
        )
        await conn.execute("UPDATE watch_state SET floor = greatest(floor, %s)", (row["upto"],))
    return int(row["n"])


async def _put(conn: Connection, done: Computed, now: datetime) -> None:
    its, age = done.standing, done.standing.age
    await conn.execute(
        "INSERT INTO watch_ground AS g (ground, stands, why, register, source, as_of, inputs, rows,"
        " computed_at, seconds) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (ground) DO UPDATE SET stands = excluded.stands, why = excluded.why,"
        " register = excluded.register, source = excluded.source, as_of = excluded.as_of,"
        " inputs = excluded.inputs, rows = excluded.rows, computed_at = excluded.computed_at,"
        " seconds = excluded.seconds",
        (
            its.ground.value, its.stands, its.why, its.register or (age.kind if age else None),
            age.source if age else None, age.as_of if age else None, its.inputs, done.rows, now, done.seconds,
        ),
    )  # fmt: skip


async def _one(conn: Connection, query: LiteralString, values: Sequence[object] = ()) -> dict[str, Any]:
    cursor = await conn.execute(query, values)
    row = await cursor.fetchone()
    assert row is not None
    return row
