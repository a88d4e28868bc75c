"""Pages of a region's cameras. All SQL of looking for them.

What PostgreSQL would guess here it guesses wrong: a box on the map and a word are to it a share of the table,
whatever they are, and a region is one more index to read whole. So each question says itself by which index
it is answered; what is fenced by ``OFFSET 0`` is not moved.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from jedel.cameras.model import Camera
from jedel.cameras.rows import COLUMNS, camera_of
from jedel.journal import Connection
from jedel.kernel.geo import Point, distance_m

PAGE_MAX: Final = 200
NEAR_M: Final = 2_000.0
"""Cameras further away are not near."""
SAMPLE: Final = 400
"""Cameras that tell how common words are: the region's first, or the first of the page."""
COMMON: Final = 40
"""Words that one of so many cameras has are looked for from camera to camera: a page is full before as many
rows are read as the index would give."""
PATIENCE: Final = 3
"""Times as far as a page should need: the words were common in the sample only."""
MORE_COMMON: Final = 25
"""A word that so many times more cameras have than the rarest is not looked up in the index, but on the rows
that the others give."""
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
    best: bool = False
    """Those that are called so come first, and there is one page."""


@dataclass(frozen=True, slots=True)
class Found:
    """``metres``: from the place that was asked for, or the address that was typed."""

    camera: Camera
    metres: float | None = None


_IN_ORDER: Final = (
    # no equality: only the index by region and number gives this order
    "SELECT * FROM camera WHERE (region, number) > (%(region)s, %(after)s) AND region <= %(region)s"
    " ORDER BY region, number LIMIT %(rows)s"
)
_BY_WORDS: Final = "SELECT * FROM camera WHERE words @@ %(rare)s::tsquery OFFSET 0"
_IN_BOX: Final = (
    "SELECT * FROM camera WHERE point(lon, lat)"
    " <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s)) OFFSET 0"
)


async def plain(conn: Connection, asked: Asked) -> list[Found]:
    """In the order of their numbers, without words."""
    return await _some(conn, "camera", _narrowing(asked, ()), _values(asked, ()))


async def worded(conn: Connection, asked: Asked, terms: Sequence[str]) -> list[Found]:
    """In the order of their numbers, those that have all ``terms`` (each a tsquery).

    Common words are looked for in the cameras themselves, in their order, until the page is full; others in
    the index of words, the rare ones only.
    """
    values, where = _values(asked, terms), _narrowing(asked, terms)
    if asked.site_id is not None or asked.group_id is not None:
        return await _some(conn, "camera", where, values)
    both, each = await _counted(conn, where, values, terms)
    if both * COMMON >= SAMPLE:
        values["rows"] = PATIENCE * COMMON * values["limit"]
        found = await _some(conn, f"({_IN_ORDER})", where, values, "c.region, c.number")
        if len(found) == values["limit"]:
            return found
    most = MORE_COMMON * (min(each) + 1)
    values["rare"] = " & ".join(term for term, count in zip(terms, each, strict=True) if count <= most)
    return await _some(conn, f"({_BY_WORDS})", where, values)


async def near(conn: Connection, asked: Asked, terms: Sequence[str], reach: float) -> list[Found]:
    """The nearest first, in a box that reaches so many metres each way."""
    assert asked.near is not None
    order = "((c.lon - %(lon)s) * %(squeeze)s) ^ 2 + (c.lat - %(lat)s) ^ 2, c.number"
    values = _values(asked, terms) | _box(asked.near, reach)
    found = await _some(conn, f"({_IN_BOX})", _narrowing(asked, terms), values, order)
    here = asked.near
    return [Found(each.camera, distance_m(here, Point(each.camera.lon, each.camera.lat))) for each in found]


async def _counted(
    conn: Connection, where: str, values: dict[str, Any], terms: Sequence[str]
) -> tuple[int, list[int]]:
    """How many of the sample are meant, and how many have each of the words."""
    words = {f"word_{nth}": term for nth, term in enumerate(terms)}
    each = "".join(f", count(*) FILTER (WHERE c.words @@ %({name})s::tsquery) AS {name}" for name in words)
    cursor = await conn.execute(
        f"SELECT count(*) FILTER (WHERE {where}) AS meant{each} FROM ({_IN_ORDER}) c",  # noqa: S608 - constants
        values | words | {"rows": SAMPLE},
        prepare=False,
    )
    row = await cursor.fetchone()
    assert row is not None
    return row["meant"], [row[name] for name in words]


def _narrowing(asked: Asked, terms: Sequence[str]) -> str:
    """What is asked of each camera; the region always."""
    where = ["c.region = %(region)s"]
    if terms:
        where.append("c.words @@ %(query)s::tsquery")
    if asked.site_id is not None:
        where.append("c.site_id = %(site)s")
    if asked.kind is not None:
        where.append("c.kind = %(kind)s")
    if asked.group_id is not None:
        where.append("c.id IN (SELECT camera_id FROM camera_in_group WHERE group_id = %(group)s)")
    if asked.state is not None:
        where.append("coalesce((SELECT s.state FROM camera_state s WHERE s.camera_id = c.id), 0) = %(state)s")
    if asked.near is None:
        where.append("c.number > %(after)s")
    return " AND ".join(where)


def _values(asked: Asked, terms: Sequence[str]) -> dict[str, Any]:
    return {
        "region": asked.region, "limit": min(asked.limit, PAGE_MAX), "after": asked.after,
        "query": " & ".join(terms), "site": asked.site_id, "kind": asked.kind, "group": asked.group_id,
        "state": None if asked.state is None else STATES.index(asked.state),
    }  # fmt: skip


async def _some(
    conn: Connection, source: str, where: str, values: dict[str, Any], order: str = "c.number"
) -> list[Found]:
    cursor = await conn.execute(
        f"SELECT {COLUMNS} FROM {source} c WHERE {where} ORDER BY {order} LIMIT %(limit)s",  # noqa: S608 - constants
        values,
        prepare=False,  # a plan for this question, not for any
    )
    return [Found(camera_of(row)) for row in await cursor.fetchall()]


def _box(near: Point, reach: float) -> dict[str, float]:
    up = reach / DEGREE_M
    squeeze = max(0.05, math.cos(math.radians(near.lat)))
    return {
        "lon": near.lon, "lat": near.lat, "squeeze": squeeze, "south": near.lat - up, "north": near.lat + up,
        "west": near.lon - up / squeeze, "east": near.lon + up / squeeze,
    }  # fmt: skip
