"""All SQL of importing cameras: a batch is copied beside the table, then joined into it at once."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from jedel.journal import Connection

Row = dict[str, Any]

STAGED: Final = (
    "id", "region", "name", "kind", "site_id", "zone", "floor", "plan_x", "plan_y", "lon", "lat", "heading",
    "fov", "range_m", "owner", "owner_contact", "external_id", "source", "streams", "credentials",
    "onvif_url", "recording", "keep_days", "enabled", "words", "created_at", "updated_at",
)  # fmt: skip
_TEXTS: Final = "name, owner, owner_contact, external_id, words"
_NEVER_CHANGED: Final = frozenset({"id", "region", "owner", "external_id", "created_at"})


async def lock(conn: Connection, regions: Iterable[str]) -> None:
    """One import at a time in a region."""
    for region in sorted(set(regions)):
        await conn.execute("SELECT pg_advisory_xact_lock(hashtext('cameras.import/' || %s))", (region,))


async def known(
    conn: Connection, regions: Sequence[str], owners: Sequence[str], external_ids: Sequence[str]
) -> dict[tuple[str, str, str], tuple[UUID, bytes | None]]:
    """(region, owner, external id) → id and sealed credentials, of those that there are."""
    cursor = await conn.execute(
        "SELECT c.region, c.owner, c.external_id, c.id, c.credentials"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) AS a (region, owner, external_id)"
        " JOIN camera c ON c.region = a.region AND c.owner = a.owner AND c.external_id = a.external_id",
        (list(regions), list(owners), list(external_ids)),
    )
    return {
        (row["region"], row["owner"], row["external_id"]): (row["id"], row["credentials"])
        for row in await cursor.fetchall()
    }


async def join(conn: Connection, rows: Sequence[Sequence[Any]], changing: Sequence[str]) -> list[Row]:
    """Bring rows (cells as STAGED) into the registry: {id, added} of each that was added or changed.

    ``changing``: columns that the file has; of a camera that is known nothing else changes.
    """
    await conn.execute(
        "CREATE TEMP TABLE IF NOT EXISTS camera_staged (LIKE camera INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
    )
    await conn.execute("ALTER TABLE camera_staged DROP COLUMN IF EXISTS number")
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    names = ", ".join(STAGED)
    async with conn.cursor() as cursor:
        query = f"COPY camera_staged ({names}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ({_TEXTS}))"
        async with cursor.copy(query) as copy:
            await copy.write(text.getvalue())
    changed = [name for name in changing if name not in _NEVER_CHANGED]
    same = [name for name in changed if name != "updated_at"]
    # a file that names no sites does not take the words of a camera's site away
    after_of = {} if "site_id" in changed else {"words": "c.words || excluded.words"}
    sets = ", ".join(f"{name} = {after_of.get(name, f'excluded.{name}')}" for name in changed)
    before = ", ".join(f"c.{name}" for name in same)
    after = ", ".join(after_of.get(name, f"excluded.{name}") for name in same)
    cursor_ = await conn.execute(
        f"INSERT INTO camera AS c ({names}) SELECT {names} FROM camera_staged ON CONFLICT (id) DO UPDATE"
        f" SET {sets} WHERE ({before}) IS DISTINCT FROM ({after}) RETURNING id, xmax = 0 AS added"
    )
    return await cursor_.fetchall()


async def add_words(conn: Connection, words: Iterable[tuple[str, str]]) -> None:
    """(region, word): those that are new."""
    found = sorted(words)
    await conn.execute(
        "INSERT INTO camera_word (region, word) SELECT * FROM unnest(%s::text[], %s::text[])"
        " ON CONFLICT DO NOTHING",
        ([region for region, _ in found], [word for _, word in found]),
    )
