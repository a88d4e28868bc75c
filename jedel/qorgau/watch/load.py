"""What workers load: the list, what changed in it since, and which cars there are.

Rows come as bytes that the database put together, many in one answer: row by row, five million of them would
take minutes. Tables are gone through by ranges of their pages, so that memory is bounded by a range.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, LiteralString

import numpy as np
from psycopg import sql
from psycopg.pq import TransactionStatus

from jedel.dispatch.day import local_day
from jedel.journal import Connection
from jedel.plates import looks
from jedel.plates.keys import LONGEST, Keys
from jedel.qorgau.model import NUMBER_OF, Ground
from jedel.qorgau.watch import rows
from jedel.qorgau.watch.errors import WatchForgotten
from jedel.qorgau.watch.rows import KNOWN, SHIFT, STATES, Known, Watch
from jedel.qorgau.watch.rules import settings_on
from jedel.registers.model import Kind
from jedel.registers.repository import in_force

BELL = "jedel.qorgau.watch"
"""NATS subject: the list has a new version. It may not arrive; who needs the list looks every two seconds."""

PAGES = 2_000
"""16 MiB of a table at once."""

Words = Callable[[str], int]
"""A word of the register → its number, 0 where nobody knows it."""

_PLATE: LiteralString = f"convert_to(rpad(t.plate, {LONGEST}), 'UTF8')"
_FITS: LiteralString = f"octet_length(t.plate) <= {LONGEST}"
_DAY: LiteralString = "coalesce(t.until - date '1970-01-01', 2147483647)"
_ENTRIES: LiteralString = (
    f"{_PLATE} || int2send(t.ground) || int2send(CASE t.action WHEN 'stop' THEN 3::int2 WHEN 'observe' THEN"
    f" 2::int2 ELSE 1::int2 END) || int4send({_DAY}) || uuid_send(t.id)"
)
_COMPUTED: LiteralString = (
    f"{_PLATE} || int2send(t.ground) || int2send(coalesce((%(actions)s::int2[])[t.ground], 1::int2))"
    f" || int4send({_DAY}) || decode(repeat('00', 16), 'hex')"
)
_ENTRY_HOLDS: LiteralString = f"t.state = 'active' AND t.until >= %(today)s AND {_FITS}"
_COMPUTED_HOLDS: LiteralString = f"NOT t.gone AND (t.until IS NULL OR t.until >= %(today)s) AND {_FITS}"


async def version(conn: Connection) -> int:
    """The number of the last change; one row is read."""
    row = await _one(conn, "SELECT version FROM watch_state")
    return int(row["version"])


async def load_watch(conn: Connection, day: date | None = None) -> tuple[Watch, int]:
    """All that is looked for on ``day``, today if not given, and the version from which `changes` goes on."""
    async with _moment(conn):
        upto = await version(conn)
        values = await _values(conn, day)
        parts = [part async for part in _pages(conn, "watch_entry", _ENTRIES, _ENTRY_HOLDS, values)]
        parts += [part async for part in _pages(conn, "watch_computed", _COMPUTED, _COMPUTED_HOLDS, values)]
    return rows.fold(b"".join(parts)), upto


async def changes(conn: Connection, since: int, day: date | None = None) -> tuple[Watch, Keys, int]:
    """Rows of plates of which anything changed after version ``since``, plates against which nothing is held
    any more, and the version that this leads to.

    Raises:
        WatchForgotten: it is too long ago; load all.
    """
    async with _moment(conn):
        state = await _one(conn, "SELECT version, floor FROM watch_state")
        if since < state["floor"]:
            raise WatchForgotten(since=since, floor=state["floor"])
        if since >= state["version"]:
            return np.zeros(0, dtype=rows.WATCH), np.zeros(0, dtype=np.int64), state["version"]
        values = await _values(conn, day) | {"since": since}
        touched = await _one(
            conn,
            _CHANGED,
            values,
        )
    held = rows.fold((touched["entries"] or b"") + (touched["computed"] or b""))
    plates = rows.plate_keys(np.frombuffer(touched["plates"] or b"", dtype=f"S{LONGEST}"))
    gone = np.setdiff1d(plates[plates != 0], held["plate"])
    return held, gone, state["version"]


async def known_version(conn: Connection) -> int:
    """Another number: the vehicles register has changed; 0: it was never imported, or is older than the
    settings allow, and nobody may say "not on the register"."""
    row = await _one(
        conn,
        "SELECT coalesce((SELECT max(number) FROM register_import WHERE kind = 'vehicles'), 0) AS number",
    )
    force = await in_force(conn)
    age = force.ages.get(Kind.VEHICLES)
    if age is None or (force.today - local_day(age.as_of)).days > settings_on(force.today).known_stale_days:
        return 0
    return int(row["number"])


async def load_known(conn: Connection) -> Known:
    """Every car of the vehicles register; the numbers of looks are asked for once for each word."""
    async with _moment(conn):
        force = await in_force(conn)
        table = force.tables[Kind.VEHICLES]
        words = await _words(conn, table)
        ours = await _one(conn, "SELECT rows FROM register WHERE kind = 'vehicles'")
        found = np.zeros(ours["rows"], dtype=KNOWN)
        filled = 0
        async for part in _pages(conn, table, _KNOWN, _FITS, words, _KNOWN_WORDS):
            cars = rows.known(part)
            if filled + len(cars) > len(found):
                found = np.concatenate([found, np.zeros(len(cars), dtype=KNOWN)])
            found[filled : filled + len(cars)] = cars
            filled += len(cars)
    return found[:filled]


_CHANGED = sql.SQL(
    "WITH p AS MATERIALIZED (SELECT plate FROM watch_entry WHERE version > %(since)s AND version > 0"
    " UNION SELECT plate FROM watch_computed WHERE version > %(since)s)"
    " SELECT (SELECT string_agg({plate}, '') FROM p t WHERE {fits}) AS plates,"
    " (SELECT string_agg({entries}, '') FROM watch_entry t"
    "  WHERE t.plate IN (SELECT plate FROM p) AND {entry_holds}) AS entries,"
    " (SELECT string_agg({computed}, '') FROM watch_computed t"
    "  WHERE t.plate IN (SELECT plate FROM p) AND {computed_holds}) AS computed"
).format(
    plate=sql.SQL(_PLATE),
    fits=sql.SQL(_FITS),
    entries=sql.SQL(_ENTRIES),
    entry_holds=sql.SQL(_ENTRY_HOLDS),
    computed=sql.SQL(_COMPUTED),
    computed_holds=sql.SQL(_COMPUTED_HOLDS),
)
_KNOWN: LiteralString = (
    f"{_PLATE} || int8send(coalesce(wm.number, 0) + coalesce(wc.number, 0) + coalesce(wb.number, 0)"
    " + coalesce(ws.number, 0))"
)
_KNOWN_WORDS: LiteralString = (
    "LEFT JOIN unnest(%(make_words)s::text[], %(make_numbers)s::int8[]) AS wm(word, number)"
    " ON wm.word = t.make"
    " LEFT JOIN unnest(%(colour_words)s::text[], %(colour_numbers)s::int8[]) AS wc(word, number)"
    " ON wc.word = t.colour"
    " LEFT JOIN unnest(%(class_words)s::text[], %(class_numbers)s::int8[]) AS wb(word, number)"
    " ON wb.word = t.class"
    " LEFT JOIN unnest(%(state_words)s::text[], %(state_numbers)s::int8[]) AS ws(word, number)"
    " ON ws.word = t.state"
)
"""The four numbers of a car come as one, each in bits of its own (`rows.SHIFT`)."""


async def _words(conn: Connection, table: str) -> dict[str, Any]:
    """Every word that stands in the table, with its number: one look through the table for all of them."""
    numbers: dict[str, Words] = {
        "make": looks.make, "colour": looks.colour, "class": looks.body,
        "state": lambda word: STATES.get(word, 0),
    }  # fmt: skip
    cursor = await conn.execute(
        sql.SQL(
            "SELECT make, colour, class, state FROM {}"
            " GROUP BY GROUPING SETS ((make), (colour), (class), (state))"
        ).format(sql.Identifier(table))
    )
    found: dict[str, Any] = {f"{name}_{what}": [] for name in numbers for what in ("words", "numbers")}
    for row in await cursor.fetchall():
        for name, number_of in numbers.items():
            if row[name] is not None and (number := number_of(row[name])):
                found[f"{name}_words"].append(row[name])
                found[f"{name}_numbers"].append(number << SHIFT[name])
    return found


async def _values(conn: Connection, day: date | None) -> dict[str, Any]:
    """Today's actions, by the bit of the ground; the legal day of the database's clock."""
    today = day or (await in_force(conn)).today
    actions = settings_on(today).action
    by_bit = [int(NUMBER_OF[actions[Ground(bit)]]) if bit in actions else 1 for bit in range(1, 17)]
    return {"today": today, "actions": by_bit}


async def _pages(
    conn: Connection,
    table: str,
    record: LiteralString,
    where: LiteralString,
    values: dict[str, Any],
    joins: LiteralString = "",
) -> AsyncIterator[bytes]:
    """The records of a table's rows, the pages of one range after the other."""
    row = await _one(
        conn,
        "SELECT pg_relation_size(%(table)s::regclass) / current_setting('block_size')::int AS pages",
        {"table": table},
    )
    query = sql.SQL(
        "SELECT string_agg({record}, '') AS records FROM {table} t {joins}"
        " WHERE t.ctid >= %(first)s::tid AND t.ctid < %(end)s::tid AND {where}"
    ).format(record=sql.SQL(record), table=sql.Identifier(table), joins=sql.SQL(joins), where=sql.SQL(where))
    for first in range(0, row["pages"], PAGES):
        span = {"first": f"({first},0)", "end": f"({first + PAGES},0)"}
        cursor = await conn.execute(query, values | span, binary=True)
        found = await cursor.fetchone()
        if found is not None and found["records"]:
            yield bytes(found["records"])


@asynccontextmanager
async def _moment(conn: Connection) -> AsyncIterator[None]:
    """All of it as of one moment, whatever is written meanwhile; of the transaction that runs, if any."""
    if conn.info.transaction_status is not TransactionStatus.IDLE:
        yield
        return
    async with conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


async def _one(
    conn: Connection, query: LiteralString | sql.Composed, values: dict[str, Any] | None = None
) -> dict[str, Any]:
    cursor = await conn.execute(query, values, binary=True)
    row = await cursor.fetchone()
    assert row is not None
    found: dict[str, Any] = row
    return found
