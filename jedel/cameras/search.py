"""Finding cameras of a region: by name, site, place, kind, state; in pages by their number."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from jedel.cameras.model import Camera, lexemes, words
from jedel.cameras.rows import COLUMNS, camera_of
from jedel.journal import Connection
from jedel.kernel.geo import Point, distance_m

PAGE_MAX: Final = 200
ASKED_WORDS_MAX: Final = 8
LIKE_MAX: Final = 8
"""Words that one mistyped word may mean."""
LIKE_MIN: Final = 0.4
PREFIX_MIN: Final = 2
"""A shorter word is meant whole: nearly every camera has one that begins with its letter."""
NEAR_M: Final = 2_000.0
"""Cameras further away are not near."""
DEGREE_M: Final = 111_195.0
STATES: Final = ("unknown", "up", "down")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; each that is given narrows it."""

    region: str
    text: str = ""
    site_id: UUID | None = None
    group_id: UUID | None = None
    kind: str | None = None
    state: str | None = None
    near: Point | None = None
    after: int = 0
    limit: int = PAGE_MAX


@dataclass(frozen=True, slots=True)
class Found:
    """``metres``: from the place that was asked for."""

    camera: Camera
    metres: float | None = None


async def find(conn: Connection, asked: Asked) -> list[Found]:
    """In the order of their numbers; with a place, the nearest first; with words, those that have all of
    them, or words much like them where no camera has."""
    typed = words([asked.text])[:ASKED_WORDS_MAX]
    if asked.text and not typed:
        return []
    if not typed:
        return await _page(conn, asked, None)
    found = await _page(conn, asked, _query(lexemes(asked.region, typed), typed))
    if not found and asked.after == 0:
        meant = [await _like(conn, asked.region, word) for word in typed]
        if all(meant):
            found = await _page(conn, asked, " & ".join(f"({_any(asked.region, each)})" for each in meant))
    return found


def _query(found: Sequence[str], typed: Sequence[str]) -> str:
    """Folded words are letters and digits only, so they need no quoting."""
    return " & ".join(
        f"{lexeme}:*" if len(word) >= PREFIX_MIN else lexeme
        for lexeme, word in zip(found, typed, strict=True)
    )


def _any(region: str, found: Sequence[str]) -> str:
    return " | ".join(lexemes(region, found))


async def _like(conn: Connection, region: str, word: str) -> list[str]:
    """Words of the region's cameras that begin with it, or that it may have been meant for."""
    cursor = await conn.execute(
        "SELECT word FROM camera_word WHERE region = %(region)s AND (word %% %(word)s"
        " OR word LIKE %(word)s || '%%') AND similarity(word, %(word)s) >= %(least)s"
        " ORDER BY similarity(word, %(word)s) DESC, word LIMIT %(most)s",
        {"region": region, "word": word, "least": LIKE_MIN, "most": LIKE_MAX},
    )
    return [row["word"] for row in await cursor.fetchall()]


async def _page(conn: Connection, asked: Asked, query: str | None) -> list[Found]:
    where, order = ["c.region = %(region)s"], "c.number"
    values: dict[str, Any] = {
        "region": asked.region, "limit": min(asked.limit, PAGE_MAX), "after": asked.after, "query": query,
        "site": asked.site_id, "kind": asked.kind, "group": asked.group_id,
    }  # fmt: skip
    if query is not None:
        where.append("c.words @@ %(query)s::tsquery")
    if asked.site_id is not None:
        where.append("c.site_id = %(site)s")
    if asked.kind is not None:
        where.append("c.kind = %(kind)s")
    if asked.group_id is not None:
        where.append("c.id IN (SELECT camera_id FROM camera_in_group WHERE group_id = %(group)s)")
    if asked.state is not None:
        where.append("coalesce((SELECT s.state FROM camera_state s WHERE s.camera_id = c.id), 0) = %(state)s")
        values["state"] = STATES.index(asked.state)
    if asked.near is not None:
        where.append("point(c.lon, c.lat) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))")
        order = "((c.lon - %(lon)s) * %(squeeze)s) ^ 2 + (c.lat - %(lat)s) ^ 2, c.number"
        values |= _box(asked.near)
    else:
        where.append("c.number > %(after)s")
    select = f"SELECT {COLUMNS} FROM camera c WHERE {' AND '.join(where)}"  # noqa: S608 - constants
    cursor = await conn.execute(f"{select} ORDER BY {order} LIMIT %(limit)s", values)
    found = [camera_of(row) for row in await cursor.fetchall()]
    if asked.near is None:
        return [Found(camera) for camera in found]
    return [Found(camera, distance_m(asked.near, Point(camera.lon, camera.lat))) for camera in found]


def _box(near: Point) -> dict[str, float]:
    up = NEAR_M / DEGREE_M
    squeeze = max(0.05, math.cos(math.radians(near.lat)))
    return {
        "lon": near.lon, "lat": near.lat, "squeeze": squeeze, "south": near.lat - up, "north": near.lat + up,
        "west": near.lon - up / squeeze, "east": near.lon + up / squeeze,
    }  # fmt: skip
