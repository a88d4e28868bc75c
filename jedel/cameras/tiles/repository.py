"""Cameras and their states as arrays, by binary COPY: every row of an answer has the same length."""

from datetime import datetime
from typing import Final

import numpy as np
import psycopg

from jedel.cameras.tiles.model import CAMERA, KINDS, STATE_RECORD, Cameras, Records

_HEADER: Final = 19
_TRAILER: Final = 2
_KINDS_SQL: Final = "ARRAY[" + ", ".join(f"'{kind}'" for kind in KINDS) + "]"
_FIELDS: Final = (
    ("number", "c.number", ">i8"),
    ("id", "c.id", "V16"),
    ("region", "rpad(left(c.region, 4), 4)", "S4"),
    ("lon", "c.lon", ">f8"),
    ("lat", "c.lat", ">f8"),
    ("kind", f"(array_position({_KINDS_SQL}, c.kind) - 1)::int2", ">i2"),
    (
        "state",
        "CASE WHEN s.state = 1 AND s.recording THEN 3::int2 ELSE coalesce(s.state, 0::int2) END",
        ">i2",
    ),
    ("heading", "coalesce(mod(round(c.heading)::int4, 360), -1)::int2", ">i2"),
    ("fov", "coalesce(round(c.fov), -1)::int2", ">i2"),
    ("range_m", "least(round(coalesce(c.range_m, -1)), 100000)::int4", ">i4"),
    ("there", "c.enabled", "?"),
)
_STATE_FIELDS: Final = (
    ("number", "s.number", ">i8"),
    ("state", "s.state", ">i2"),
    ("flags", "s.recording::int4::int2", ">i2"),
)


def _row(fields: tuple[tuple[str, str, str], ...]) -> np.dtype[np.void]:
    """A row of binary COPY: the number of fields, then each with its length before it."""
    parts: list[tuple[str, str]] = [("_fields", ">i2")]
    for name, _, kind in fields:
        parts += [(f"_{name}", ">i4"), (name, kind)]
    return np.dtype(parts)


def _copied(conn: psycopg.Connection, query: str, since: datetime | None, row: np.dtype[np.void]) -> Records:
    arguments = () if since is None else (since,)
    with conn.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", arguments) as copy:
        raw = b"".join(copy)
    return np.frombuffer(
        raw, dtype=row, offset=_HEADER, count=(len(raw) - _HEADER - _TRAILER) // row.itemsize
    )


def cameras(conn: psycopg.Connection, since: datetime | None) -> Cameras:
    """All of them, or those whose row changed after ``since``: (n,) of CAMERA."""
    columns = ", ".join(f"{sql} AS {name}" for name, sql, _ in _FIELDS)
    query = f"SELECT {columns} FROM camera c LEFT JOIN camera_state s ON s.camera_id = c.id"
    rows = _copied(conn, query + (" WHERE c.updated_at > %s" if since else ""), since, _row(_FIELDS))
    found = np.zeros(len(rows), dtype=CAMERA)
    for name, _, _ in _FIELDS:
        found[name] = rows[name]
    # padded to one length for the copy; a picture keeps the region's own name
    found["region"] = np.strings.rstrip(rows["region"])
    return found


def states(conn: psycopg.Connection, since: datetime) -> Records:
    """States that changed after ``since``: (n,) of STATE_RECORD."""
    columns = ", ".join(f"{sql} AS {name}" for name, sql, _ in _STATE_FIELDS)
    query = f"SELECT {columns} FROM camera_state s WHERE s.changed_at > %s"
    rows = _copied(conn, query, since, _row(_STATE_FIELDS))
    found = np.zeros(len(rows), dtype=STATE_RECORD)
    for name in ("number", "state", "flags"):
        found[name] = rows[name]
    return found


def now(conn: psycopg.Connection) -> datetime:
    """The database's clock, by which rows say when they changed."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment
