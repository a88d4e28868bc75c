"""All SQL of importing cameras: a batch is copied beside the table, then joined into it at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from jedel.journal import Connection

Row = dict[str, Any]

_TEXTS: Final = ("name", "owner", "owner_contact", "external_id", "words")
_KEY: Final = ("region", "owner", "external_id")
_NEVER_CHANGED: Final = frozenset({"id", "created_at", *_KEY})


async def lock(conn: Connection, regions: Iterable[str]) -> None:
    """One import at a time in a region."""
    for region in sorted(set(regions)):
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('cameras.import/' || %s))", (region,))


async def known(
    conn: Connection, keys: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str, str], tuple[UUID, bytes | None]]:
    """(region, owner, external id) → id and sealed credentials, of those that there are."""
    cursor = await conn.execute(
        # LATERAL with a limit: always by the index, however large the table grew since it was last analysed
        "SELECT a.region, a.owner, a.external_id, c.id, c.credentials"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS a (region, owner, external_id)"
        " CROSS JOIN LATERAL (SELECT c.id, c.credentials FROM camera c WHERE c.region = a.region"
        " AND c.owner = a.owner AND c.external_id = a.external_id LIMIT 1) AS c",
        [list(column) for column in zip(*keys, strict=True)],
    )
    return {
        (row["region"], row["owner"], row["external_id"]): (row["id"], row["credentials"])
        for row in await cursor.fetchall()
    }


async def stage(conn: Connection, rows: str, names: Sequence[str]) -> None:
    """Rows (CSV of the columns ``names``) into a table of this transaction's own."""
    listed = ", ".join(names)
    await conn.execute(
        f"CREATE TEMP TABLE camera_staged ON COMMIT DROP AS SELECT {listed} FROM camera WHERE false"
    )
    texts = ", ".join(name for name in _TEXTS if name in names)
    async with conn.cursor() as cursor:
        query = f"COPY camera_staged ({listed}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({texts}))"
        async with cursor.copy(query) as copy:
            await copy.write(rows)


async def join(
    conn: Connection, names: Sequence[str], changing: Sequence[str], now: datetime, most: int
) -> Row:
    """Bring what was staged into the registry: {added, changed: how many; ids: of at most so many that were
    changed}. Raises psycopg's UniqueViolation: a camera was added under such a name with another id.

    ``changing``: columns that the file has; of a camera that is known nothing else changes. A row whose id
    belongs to a camera of another region, owner or name does nothing (`elsewhere`).
    """
    listed = ", ".join(names)
    changed = [name for name in changing if name not in _NEVER_CHANGED]
    same = [name for name in changed if name != "updated_at"]
    # a file that names no sites does not take the words of a camera's site away
    after_of = {} if "site_id" in changed else {"words": "c.words || excluded.words"}
    sets = ", ".join(f"{name} = {after_of.get(name, f'excluded.{name}')}" for name in changed)
    before = ", ".join(f"c.{name}" for name in same)
    after = ", ".join(after_of.get(name, f"excluded.{name}") for name in same)
    ours = ", ".join(f"c.{name}" for name in _KEY)
    theirs = ", ".join(f"excluded.{name}" for name in _KEY)
    found = await conn.execute(
        f"WITH joined AS (INSERT INTO camera AS c ({listed}, created_at, updated_at)"
        f" SELECT {listed}, %(now)s, %(now)s FROM camera_staged ON CONFLICT (id) DO UPDATE SET {sets}"
        f" WHERE ({ours}) = ({theirs}) AND ({before}) IS DISTINCT FROM ({after})"
        " RETURNING id, xmax = 0 AS added)"
        " SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed,"
        " (array_agg(id) FILTER (WHERE NOT added))[:%(most)s] AS ids FROM joined",
        {"now": now, "most": most},
    )
    row = await found.fetchone()
    assert row is not None
    return row


async def crossed(conn: Connection) -> set[tuple[str, str, str]]:
    """Take from what was staged the rows whose name a camera of another id has: their (region, owner,
    external_id)."""
    cursor = await conn.execute(
        "DELETE FROM camera_staged s USING camera c WHERE c.region = s.region AND c.owner = s.owner"
        " AND c.external_id = s.external_id AND c.id <> s.id RETURNING s.region, s.owner, s.external_id"
    )
    return {(row["region"], row["owner"], row["external_id"]) for row in await cursor.fetchall()}


async def elsewhere(conn: Connection) -> set[tuple[str, str, str]]:
    """Of the batch that was joined: (region, owner, external id) of rows whose id another camera has."""
    cursor = await conn.execute(
        "SELECT s.region, s.owner, s.external_id FROM camera_staged s JOIN camera c ON c.id = s.id"
        " WHERE (c.region, c.owner, c.external_id) IS DISTINCT FROM (s.region, s.owner, s.external_id)"
    )
    return {(row["region"], row["owner"], row["external_id"]) for row in await cursor.fetchall()}


async def tidy(conn: Connection) -> None:
    """New words go from the index's list of what waits into the index: a search reads no list."""
    await conn.execute("SELECT gin_clean_pending_list('camera_words'::regclass)")


async def add_words(conn: Connection, words: Iterable[tuple[str, str]]) -> None:
    """(region, word): those that are new."""
    found = sorted(words)
    await conn.execute(
        "INSERT INTO camera_word (region, word) SELECT * FROM unnest(%s::text[], %s::text[])"
        " ON CONFLICT DO NOTHING",
        ([region for region, _ in found], [word for _, word in found]),
    )
