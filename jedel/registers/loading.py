"""All SQL of the imports. Everything happens in the importer's one transaction.

Order of steps, so that readers never see half of it and a crash at any of them leaves the old rows in force
1. The register's row is locked: two imports of one register follow each other; readers are not held up.
2. A new table, that inherits the register's shape, is filled by COPY and its key made unique.
3. Few rows beside many in force go into the table in force by key; else the table in force's other rows are
   added to the new table, it gets its indexes, and the register's row names it from the commit on.
4. The table that was in force before the last import is dropped; the one replaced now stays till the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from jedel.journal import Connection
from jedel.registers.checking import Reject
from jedel.registers.model import Kind
from jedel.registers.tables import Register

MERGE_SHARE = 4
"""Into the table in force go files of less than a quarter of its rows."""

INDEX_MEMORY = "192MB"


@dataclass(frozen=True, slots=True)
class InForce:
    """What a register holds before the import. ``as_of``: of its newest import, None without one."""

    table: str
    former: str | None
    rows: int
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The import of the same file."""

    id: UUID
    number: int
    as_of: datetime
    counts: dict[str, int]


async def lock(conn: Connection, kind: Kind) -> InForce:
    cursor = await conn.execute(
        "SELECT table_name, former, rows FROM register WHERE kind = %s FOR UPDATE", (kind,)
    )
    row = await cursor.fetchone()
    assert row is not None
    # Asked after the lock is held: an import that was waited for counts.
    cursor = await conn.execute("SELECT max(as_of) AS as_of FROM register_import WHERE kind = %s", (kind,))
    newest = await cursor.fetchone()
    assert newest is not None
    return InForce(row["table_name"], row["former"], row["rows"], newest["as_of"])


async def earlier(conn: Connection, kind: Kind, digest: str, whole: bool) -> Earlier | None:
    """The newest import of the very same file in the same way."""
    cursor = await conn.execute(
        "SELECT id, number, as_of, counts FROM register_import WHERE kind = %s AND digest = %s AND whole = %s"
        " ORDER BY as_of DESC, number DESC LIMIT 1",
        (kind, digest, whole),
    )
    row = await cursor.fetchone()
    return Earlier(row["id"], row["number"], row["as_of"], row["counts"]) if row else None


async def new_table(conn: Connection, register: Register) -> tuple[int, str]:
    """The import's number and its table, empty."""
    cursor = await conn.execute("SELECT nextval('register_import_number')::int AS number")
    row = await cursor.fetchone()
    assert row is not None
    number: int = row["number"]
    table = f"{register.shape}_{number}"
    await conn.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
    await conn.execute(_with("CREATE TABLE {table} () INHERITS ({shape})", table=table, shape=register.shape))
    await conn.execute(
        sql.SQL("ALTER TABLE {} ALTER import_number SET DEFAULT {}").format(sql.Identifier(table), number)
    )
    return number, table


def copy_query(register: Register, table: str) -> sql.Composed:
    """COPY of CSV: line, then the register's columns."""
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), _columns(("line", *register.names))
    )


async def make_unique(conn: Connection, register: Register, table: str) -> list[Reject]:
    """Make the key unique. Rows that have the key of an earlier line are taken out and answered."""
    try:
        async with conn.transaction():
            await _index(conn, table, register.key, unique=True)
    except psycopg.errors.UniqueViolation:
        taken = await _take_out_twins(conn, register, table)
        await _index(conn, table, register.key, unique=True)
        return taken
    return []


async def _take_out_twins(conn: Connection, register: Register, table: str) -> list[Reject]:
    cursor = await conn.execute(
        sql.SQL(
            "DELETE FROM {table} t USING (SELECT ctid AS place, line, first_value(line) OVER same AS first"
            " FROM {table} WINDOW same AS (PARTITION BY {key} ORDER BY line)) d"
            " WHERE t.ctid = d.place AND d.line > d.first RETURNING t.line, d.first"
        ).format(table=sql.Identifier(table), key=_columns(register.key))
    )
    name = " + ".join(register.key)
    return [Reject(row["line"], name, f"the same as in line {row['first']}") async for row in cursor]


async def merge(
    conn: Connection, register: Register, before: InForce, table: str, rows: int, as_of: datetime
) -> str:
    """Join the new table and the one in force; the name of the table that holds both. Where a key is in both,
    the row of the newer source stays."""
    if rows * MERGE_SHARE < before.rows:
        await _merge_into(conn, register, table, before.table, as_of)
        return before.table
    if before.rows:
        await _add_the_others(conn, register, table, before, as_of)
    return table


async def _merge_into(conn: Connection, register: Register, table: str, into: str, as_of: datetime) -> None:
    names = ("import_number", "line", *register.names)
    await conn.execute(
        sql.SQL(
            "INSERT INTO {into} AS t ({columns}) SELECT {columns} FROM {table}"
            " ON CONFLICT ({key}) DO UPDATE SET {sets} WHERE NOT EXISTS"
            " (SELECT FROM register_import i WHERE i.number = t.import_number AND i.as_of > {as_of})"
        ).format(
            into=sql.Identifier(into), table=sql.Identifier(table), columns=_columns(names),
            key=_columns(register.key), as_of=sql.Literal(as_of),
            sets=sql.SQL(", ").join(
                sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in names
            ),
        )
    )  # fmt: skip
    await conn.execute(_with("DROP TABLE {table}", table=table))


async def _add_the_others(
    conn: Connection, register: Register, table: str, before: InForce, as_of: datetime
) -> None:
    same = sql.SQL(" AND ").join(
        sql.SQL("n.{0} = o.{0}").format(sql.Identifier(name)) for name in register.key
    )
    parts = {
        "table": sql.Identifier(table), "old": sql.Identifier(before.table), "same": same,
        "columns": _columns(("import_number", "line", *register.names)), "as_of": sql.Literal(as_of),
    }  # fmt: skip
    if before.as_of is not None and before.as_of > as_of:
        await conn.execute(
            sql.SQL(
                "DELETE FROM {table} n USING {old} o, register_import i"
                " WHERE {same} AND i.number = o.import_number AND i.as_of > {as_of}"
            ).format(**parts)
        )
    await conn.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {old} o"
            " WHERE NOT EXISTS (SELECT FROM {table} n WHERE {same})"
        ).format(**parts)
    )


async def put_in_force(
    conn: Connection, register: Register, before: InForce, table: str, import_id: UUID | None, rows: int
) -> None:
    """Name the table in the register's row, with its indexes; drop what nobody reads any more.

    ``import_id``: None where a newer import goes on saying how old the register is.
    """
    if table != before.table:
        for column in register.found_by:
            await _index(conn, table, (column,), unique=False)
    await conn.execute(_with("ANALYZE {table}", table=table))
    replaced = before.table if table != before.table else before.former
    if before.former and table != before.table:
        await conn.execute(_with("DROP TABLE {table}", table=before.former))
    former = None if replaced == register.shape else replaced
    await conn.execute(
        "UPDATE register SET table_name = %s, former = %s, import_id = coalesce(%s, import_id), rows = %s"
        " WHERE kind = %s",
        (table, former, import_id, rows, register.kind),
    )


async def add_import(conn: Connection, number: int, values: Sequence[object], counts: dict[str, int]) -> None:
    """``values``: id, kind, digest, whole, source, as_of, imported_at, imported_by."""
    await conn.execute(
        "INSERT INTO register_import (number, id, kind, digest, whole, source, as_of, imported_at,"
        " imported_by, counts) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (number, *values, Jsonb(counts)),
    )


async def count(conn: Connection, table: str) -> int:
    cursor = await conn.execute(_with("SELECT count(*) AS n FROM {table}", table=table))
    row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


async def _index(conn: Connection, table: str, columns: Sequence[str], *, unique: bool) -> None:
    begin = sql.SQL("CREATE UNIQUE INDEX ON" if unique else "CREATE INDEX ON")
    await conn.execute(sql.SQL("{} {} ({})").format(begin, sql.Identifier(table), _columns(columns)))


def _columns(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _with(query: LiteralString, **names: str) -> sql.Composed:
    return sql.SQL(query).format(**{place: sql.Identifier(name) for place, name in names.items()})
