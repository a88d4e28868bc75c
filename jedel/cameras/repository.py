"""All SQL of the registry of cameras."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from jedel.cameras.model import Camera, StreamName, lexemes
from jedel.cameras.rows import COLUMNS, WRITTEN, Row, camera_of, written
from jedel.journal import Connection

STATES = ("unknown", "up", "down")


async def insert(conn: Connection, camera: Camera, words: Sequence[str]) -> Camera:
    """Raises psycopg's UniqueViolation for a device or an external id that another camera has."""
    row = written(camera) | _more(camera, words) | {"id": camera.id, "created_at": camera.created_at}
    names = ("id", "region", "created_at", "updated_at", *WRITTEN)
    values = ", ".join(f"%({name})s" for name in names)
    cursor = await conn.execute(
        f"INSERT INTO camera AS c ({', '.join(names)}, words)"
        f" VALUES ({values}, array_to_tsvector(%(words)s::text[])) RETURNING {COLUMNS}",
        row,
    )
    await _add_words(conn, camera.region, words)
    return camera_of(_one(await cursor.fetchone()))


async def update(conn: Connection, camera: Camera, words: Sequence[str]) -> None:
    """Raises as `insert`."""
    sets = ", ".join(f"{name} = %({name})s" for name in WRITTEN)
    await conn.execute(
        f"UPDATE camera SET {sets}, region = %(region)s, updated_at = %(updated_at)s,"
        " words = array_to_tsvector(%(words)s::text[]) WHERE id = %(id)s",
        written(camera) | _more(camera, words) | {"id": camera.id},
    )
    await _add_words(conn, camera.region, words)


async def find(conn: Connection, camera_id: UUID, *, lock: bool = False) -> Camera | None:
    """``lock``: nobody else changes it until the transaction ends."""
    tail = " FOR UPDATE" if lock else ""
    cursor = await conn.execute(f"SELECT {COLUMNS} FROM camera c WHERE c.id = %s{tail}", (camera_id,))
    row = await cursor.fetchone()
    return camera_of(row) if row else None


async def several(conn: Connection, ids: Sequence[UUID]) -> list[Camera]:
    """Those that there are, in no order."""
    cursor = await conn.execute(f"SELECT {COLUMNS} FROM camera c WHERE c.id = ANY(%s)", (list(ids),))
    return [camera_of(row) for row in await cursor.fetchall()]


async def of_site(conn: Connection, region: str, site_id: UUID, limit: int) -> list[Camera]:
    """By zone, floor and number."""
    cursor = await conn.execute(
        f"SELECT {COLUMNS} FROM camera c WHERE c.site_id = %s AND c.region = %s"
        " ORDER BY c.zone, c.floor, c.number LIMIT %s",
        (site_id, region, limit),
    )
    return [camera_of(row) for row in await cursor.fetchall()]


async def of_device(conn: Connection, device_id: UUID) -> Camera | None:
    """The camera whose stream a device publishes."""
    cursor = await conn.execute(f"SELECT {COLUMNS} FROM camera c WHERE c.device_id = %s", (device_id,))
    row = await cursor.fetchone()
    return camera_of(row) if row else None


async def recorded(conn: Connection) -> list[str]:
    """Ids of the streams of which something is kept all the time: a recording, or the seconds before an
    event."""
    cursor = await conn.execute(
        f"SELECT {COLUMNS} FROM camera c WHERE c.enabled AND c.recording <> 'off' ORDER BY c.number"
    )
    return [camera_of(row).stream_id(StreamName.MAIN) async for row in cursor]


async def with_onvif(conn: Connection, region: str, urls: Sequence[str]) -> set[str]:
    """Those of these ONVIF addresses that a camera of the region has."""
    cursor = await conn.execute(
        "SELECT DISTINCT onvif_url FROM camera WHERE onvif_url = ANY(%s) AND region = %s",
        (list(urls), region),
    )
    return {row["onvif_url"] for row in await cursor.fetchall()}


async def groups_of(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The groups of each camera that is in any."""
    cursor = await conn.execute(
        "SELECT camera_id, array_agg(group_id ORDER BY group_id) AS groups FROM camera_in_group"
        " WHERE camera_id = ANY(%s) GROUP BY camera_id",
        (list(ids),),
    )
    return {row["camera_id"]: row["groups"] for row in await cursor.fetchall()}


async def states_of(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, Row]:
    """{state, fault, since, recording_now} of each camera that was ever looked at."""
    cursor = await conn.execute(
        "SELECT camera_id, state, code, since, recording FROM camera_state WHERE camera_id = ANY(%s)",
        (list(ids),),
    )
    return {
        row["camera_id"]: {
            "state": STATES[row["state"]], "fault": row["code"], "since": row["since"],
            "recording_now": row["recording"],
        }
        for row in await cursor.fetchall()
    }  # fmt: skip


async def _add_words(conn: Connection, region: str, words: Sequence[str]) -> None:
    await conn.execute(
        "INSERT INTO camera_word (region, word) SELECT %s, word FROM unnest(%s::text[]) AS word"
        " ORDER BY word ON CONFLICT DO NOTHING",
        (region, list(words)),
    )


def _more(camera: Camera, words: Sequence[str]) -> dict[str, Any]:
    return {
        "region": camera.region,
        "updated_at": camera.updated_at,
        "words": lexemes(camera.region, words),
    }


def _one(row: Row | None) -> Row:
    assert row is not None
    return row
