"""All SQL of places but the search's."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from jedel.journal import Connection

Row = dict[str, Any]

SITES_MAX = 20_000
CLOSURES_MAX = 500
"""Closures of a region in force at one time."""

_MAP = (
    "id, region, name, digest, west, south, east, north, lon, lat, attribution, counts, basemap, imported_at"
)
_CLOSURE = (
    "id, region, factor, until, note, line, street_key, street, lon, lat, radius_m, lines, set_by, set_at"
)
ROWS = ("district", "street", "crossroad", "address")
"""Tables whose rows live and die with their map."""


async def map_in_force(conn: Connection, region: str) -> Row | None:
    query = f"SELECT {_MAP} FROM map WHERE region = %s AND in_force"
    return await (await conn.execute(query, (region,))).fetchone()


async def map_by_id(conn: Connection, map_id: UUID) -> Row | None:
    return await (await conn.execute(f"SELECT {_MAP} FROM map WHERE id = %s", (map_id,))).fetchone()


async def maps(conn: Connection) -> list[Row]:
    """Every map that has a row; its files must be kept."""
    return await (await conn.execute(f"SELECT {_MAP} FROM map")).fetchall()


async def versions(conn: Connection) -> dict[str, int]:
    """Region → number that grows with each change of its map or closures."""
    rows = await (await conn.execute("SELECT region, version FROM places_version")).fetchall()
    return {row["region"]: row["version"] for row in rows}


async def raise_version(conn: Connection, region: str) -> None:
    """Let every process see that the region's places changed. Also the lock of such changes."""
    await conn.execute(
        "INSERT INTO places_version AS v VALUES (%s, 1)"
        " ON CONFLICT (region) DO UPDATE SET version = v.version + 1",
        (region,),
    )


async def retire(conn: Connection, region: str) -> None:
    """Drop the region's maps with all their rows; the sites stay."""
    await conn.execute("DELETE FROM map WHERE region = %s", (region,))


async def add_map(conn: Connection, row: Row) -> None:
    """The region's new map, in force at the commit."""
    await conn.execute(
        f"INSERT INTO map ({_MAP}, in_force) VALUES (%(id)s, %(region)s, %(name)s, %(digest)s,"
        " %(west)s, %(south)s, %(east)s, %(north)s, %(lon)s, %(lat)s, %(attribution)s, %(counts)s,"
        " %(basemap)s, %(imported_at)s, true)",
        row | {"counts": Jsonb(row["counts"])},
    )


async def copy_rows(
    conn: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """COPY rows into a table of places."""
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    async with conn.cursor() as cursor, cursor.copy(query) as copy:
        for row in rows:
            await copy.write_row(row)


SITE_COLUMNS = (
    "id", "region", "map_id", "kind", "name_kk", "name_ru", "name_en", "lon", "lat", "address",
    "district_id", "district_kk", "district_ru", "district_en", "plan",
)  # fmt: skip


async def upsert_sites(conn: Connection, rows: Iterable[Sequence[object]]) -> None:
    """New and changed sites of a map."""
    await conn.execute("CREATE TEMPORARY TABLE new_site (LIKE site) ON COMMIT DROP")
    await copy_rows(conn, "new_site", SITE_COLUMNS, rows)
    names = ", ".join(SITE_COLUMNS)
    updates = ", ".join(f"{name} = excluded.{name}" for name in SITE_COLUMNS[1:])
    await conn.execute(
        f"INSERT INTO site ({names}) SELECT {names} FROM new_site ON CONFLICT (id) DO UPDATE SET {updates}"
    )


async def site(conn: Connection, site_id: UUID) -> Row | None:
    return await (await conn.execute("SELECT * FROM site WHERE id = %s", (site_id,))).fetchone()


async def sites(conn: Connection, region: str, kinds: list[str]) -> list[Row]:
    query = (
        "SELECT s.* FROM site s JOIN map m ON m.id = s.map_id AND m.in_force AND m.region = %s"
        " WHERE s.kind = ANY(%s) ORDER BY s.kind, s.name_ru, s.id LIMIT %s"
    )
    return await (await conn.execute(query, (region, kinds, SITES_MAX))).fetchall()


async def street(conn: Connection, region: str, street_id: UUID) -> Row | None:
    """A street of the region's map in force."""
    query = "SELECT s.* FROM street s JOIN map m ON m.id = s.map_id AND m.region = %s WHERE s.id = %s"
    return await (await conn.execute(query, (region, street_id))).fetchone()


async def districts(conn: Connection, region: str) -> list[Row]:
    query = (
        "SELECT d.id, d.name_kk, d.name_ru, d.name_en FROM district d"
        " JOIN map m ON m.id = d.map_id AND m.in_force AND m.region = %s ORDER BY d.name_ru, d.id"
    )
    return await (await conn.execute(query, (region,))).fetchall()


async def outlines(conn: Connection, map_id: UUID) -> list[Row]:
    """A map's districts; ``outline`` is GeoJSON text."""
    query = "SELECT id, name_kk, name_ru, name_en, outline::text AS outline FROM district WHERE map_id = %s"
    return await (await conn.execute(query, (map_id,))).fetchall()


async def closures(conn: Connection, region: str) -> list[Row]:
    """All closures that nobody lifted."""
    query = f"SELECT {_CLOSURE} FROM closure WHERE region = %s ORDER BY set_at, id LIMIT {CLOSURES_MAX}"
    return await (await conn.execute(query, (region,))).fetchall()


async def closure(conn: Connection, closure_id: UUID, *, lock: bool = False) -> Row | None:
    query = f"SELECT {_CLOSURE} FROM closure WHERE id = %s" + (" FOR UPDATE" if lock else "")
    return await (await conn.execute(query, (closure_id,))).fetchone()


async def count_closures(conn: Connection, region: str) -> int:
    row = await (
        await conn.execute("SELECT count(*) AS n FROM closure WHERE region = %s", (region,))
    ).fetchone()
    assert row is not None
    return int(row["n"])


async def add_closure(conn: Connection, row: Row) -> None:
    await conn.execute(
        f"INSERT INTO closure ({_CLOSURE}) VALUES (%(id)s, %(region)s, %(factor)s, %(until)s, %(note)s,"
        " %(line)s, %(street_key)s, %(street)s, %(lon)s, %(lat)s, %(radius_m)s, %(lines)s, %(set_by)s,"
        " %(set_at)s)",
        row | {"line": Jsonb(row["line"]) if row["line"] else None, "lines": Jsonb(row["lines"])},
    )


async def delete_closure(conn: Connection, closure_id: UUID) -> None:
    await conn.execute("DELETE FROM closure WHERE id = %s", (closure_id,))


async def ended_closures(conn: Connection, now: datetime) -> list[Row]:
    """Closures whose time is over, locked; those that another process lifts right now are left to it."""
    query = (
        f"SELECT {_CLOSURE} FROM closure WHERE until <= %s ORDER BY until LIMIT 100 FOR UPDATE SKIP LOCKED"
    )
    return await (await conn.execute(query, (now,))).fetchall()
