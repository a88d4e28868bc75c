"""All SQL of the search for places."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from psycopg import sql

from jedel.journal import Connection

Row = dict[str, Any]

STREETS_PER_NAME = 20
HOUSES_PER_STREET = 2000
NAMED_SITES_MAX = 50_000
WORD_SIMILARITY_MIN = 0.34
"""Loose: trigrams only choose candidates, `geocode_match.likeness` decides. A swapped pair of letters in a
six-letter name leaves 0.43."""


async def streets_like(conn: Connection, map_id: UUID, names: Sequence[str]) -> list[Row]:
    """Candidates for each folded name: `asked`, `id`, `name`, `name_kk`, `name_ru`, `lon`, `lat`, `key`."""
    # The planner takes %> for as cheap as =, and would compare every name of every map.
    await conn.execute(
        "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true),"
        " set_config('enable_seqscan', 'off', true)",
        (str(WORD_SIMILARITY_MIN),),
    )
    query = """
        SELECT asked.name AS asked, found.*
        FROM unnest(%s::text[]) AS asked(name)
        CROSS JOIN LATERAL (
            SELECT id, name, name_kk, name_ru, lon, lat, key FROM street
            WHERE map_id = %s AND key %%> asked.name
            ORDER BY word_similarity(asked.name, key) DESC, length(key), id
            LIMIT %s
        ) AS found
    """
    return await (await conn.execute(query, (list(names), map_id, STREETS_PER_NAME))).fetchall()


async def houses(conn: Connection, street_ids: Sequence[UUID], house_key: str) -> list[Row]:
    """Houses of exactly this key on these streets: `street_id`, `house`, `lon`, `lat`, `id`."""
    query = """
        SELECT DISTINCT ON (street_id) street_id, id, house, house_key, lon, lat FROM address
        WHERE street_id = ANY(%s) AND house_key = %s ORDER BY street_id, id
    """
    return await (await conn.execute(query, (list(street_ids), house_key))).fetchall()


async def houses_of_place(conn: Connection, map_id: UUID, name: str, house_key: str) -> list[Row]:
    """Houses whose address names no street of the map (a microdistrict): `street_name`, `key`."""
    query = """
        SELECT id, street_name, key, house, lon, lat FROM address
        WHERE map_id = %s AND street_id IS NULL AND house_key = %s AND key %%> %s
        ORDER BY word_similarity(%s, key) DESC, id LIMIT %s
    """
    return await (await conn.execute(query, (map_id, house_key, name, name, STREETS_PER_NAME))).fetchall()


async def all_houses(conn: Connection, street_id: UUID) -> list[Row]:
    """Every known house of a street, by key."""
    query = """
        SELECT id, street_id, house, house_key, lon, lat FROM address
        WHERE street_id = %s ORDER BY house_key, id LIMIT %s
    """
    return await (await conn.execute(query, (street_id, HOUSES_PER_STREET))).fetchall()


async def crossroads(conn: Connection, first: Sequence[UUID], second: Sequence[UUID]) -> list[Row]:
    """Where a street of one list meets a street of the other, whichever way round: `street_a`, `street_b`."""
    query = """
        SELECT id, street_a, street_b, lon, lat FROM crossroad
        WHERE (street_a = ANY(%(first)s) AND street_b = ANY(%(second)s))
           OR (street_a = ANY(%(second)s) AND street_b = ANY(%(first)s))
        ORDER BY id LIMIT 200
    """
    return await (await conn.execute(query, {"first": list(first), "second": list(second)})).fetchall()


async def named_sites(conn: Connection, map_id: UUID) -> list[Row]:
    """Every site of the map with what the name index needs."""
    query = """
        SELECT id, kind, name_kk, name_ru, name_en, address, lon, lat FROM site
        WHERE map_id = %s ORDER BY id LIMIT %s
    """
    return await (await conn.execute(query, (map_id, NAMED_SITES_MAX))).fetchall()


async def named_districts(conn: Connection, map_id: UUID) -> list[Row]:
    """Every district of the map with its outline (GeoJSON geometry)."""
    query = "SELECT id, name_kk, name_ru, name_en, outline FROM district WHERE map_id = %s ORDER BY id"
    return await (await conn.execute(query, (map_id,))).fetchall()


async def nearest_house(
    conn: Connection, map_id: UUID, lon: float, lat: float, reach_deg: float
) -> Row | None:
    """The nearest house in a box of half size `reach_deg` (degrees of latitude), with its street's names."""
    return await _nearest(conn, sql.SQL("""
        SELECT a.id, a.lon, a.lat, a.house, coalesce(s.name, a.street_name) AS name,
               coalesce(s.name_kk, '') AS name_kk, coalesce(s.name_ru, '') AS name_ru
        FROM address a LEFT JOIN street s ON s.id = a.street_id
    """), map_id, lon, lat, reach_deg)  # fmt: skip


async def nearest_crossroad(
    conn: Connection, map_id: UUID, lon: float, lat: float, reach_deg: float
) -> Row | None:
    """The nearest crossroad within the box, with both streets' names (`name` …, `other` …)."""
    return await _nearest(conn, sql.SQL("""
        SELECT a.id, a.lon, a.lat, s.name, s.name_kk, s.name_ru,
               o.name AS other, o.name_kk AS other_kk, o.name_ru AS other_ru
        FROM crossroad a JOIN street s ON s.id = a.street_a JOIN street o ON o.id = a.street_b
    """), map_id, lon, lat, reach_deg)  # fmt: skip


async def _nearest(
    conn: Connection, what: sql.SQL, map_id: UUID, lon: float, lat: float, reach_deg: float
) -> Row | None:
    query = sql.SQL("""
        {what}
        WHERE a.map_id = %(map)s
          AND a.lat BETWEEN %(lat)s - %(reach)s AND %(lat)s + %(reach)s
          AND a.lon BETWEEN %(lon)s - %(reach)s / cos(radians(%(lat)s))
                        AND %(lon)s + %(reach)s / cos(radians(%(lat)s))
        ORDER BY (a.lat - %(lat)s) ^ 2 + ((a.lon - %(lon)s) * cos(radians(%(lat)s))) ^ 2, a.id
        LIMIT 1
    """).format(what=what)
    place = {"map": map_id, "lon": lon, "lat": lat, "reach": reach_deg}
    return await (await conn.execute(query, place)).fetchone()
