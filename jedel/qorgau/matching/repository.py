"""Reads out of the table, for where plates were last seen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

import numpy as np

from jedel.journal import Connection
from jedel.plates.codec import READ, UNKNOWN_2, Reads

_RAW: Final = np.dtype(
    [
        ("plate", ">i8"),
        ("at", ">i8"),
        ("heard", ">i8"),
        ("id", "V16"),
        ("camera", ">i4"),
        ("make", ">i4"),
        *(
            (name, ">i2")
            for name in ("colour", "body", "confidence", "weakest", "frames", "reader", "pictures", "heading")
        ),
    ]
)
_PACKED: LiteralString = (
    "int8send(plate) || timestamptz_send(at) || timestamptz_send(heard) || uuid_send(id) || int4send(camera)"
    " || int4send(make) || int2send(colour) || int2send(body) || int2send(confidence) || int2send(weakest)"
    " || int2send(frames) || int2send(reader) || int2send(pictures) || int2send(heading)"
)
_SAME: Final = (
    "plate",
    "id",
    "camera",
    "make",
    "colour",
    "body",
    "confidence",
    "weakest",
    "frames",
    "reader",
    "pictures",
)
_Y2000_US: Final = 946_684_800_000_000
"""PostgreSQL counts microseconds from 2000."""


async def camera_numbers(conn: Connection) -> list[int]:
    """All there are."""
    cursor = await conn.execute("SELECT number FROM plate_camera ORDER BY number")
    return [int(row["number"]) for row in await cursor.fetchall()]


async def reads_between(conn: Connection, cameras: Sequence[int], since: datetime, until: datetime) -> Reads:
    """The reads of some cameras with since ≤ at < until, in no order, as far as last sightings need them."""
    cursor = await conn.execute(
        f"SELECT string_agg({_PACKED}, '') AS raw FROM plate_read"
        " WHERE camera = ANY(%(cameras)s) AND at >= %(since)s AND at < %(until)s",
        {"cameras": list(cameras), "since": since, "until": until},
        binary=True,
    )
    row = await cursor.fetchone()
    raw = np.frombuffer((row and row["raw"]) or b"", dtype=_RAW)
    made = np.zeros(len(raw), dtype=READ)
    for name in _SAME:
        made[name] = raw[name]
    made["at_us"], made["heard_us"] = raw["at"] + _Y2000_US, raw["heard"] + _Y2000_US
    made["speed_dkmh"] = UNKNOWN_2
    made["heading_cdeg"] = np.where(raw["heading"] < 0, UNKNOWN_2, raw["heading"].astype(np.int64) * 10)
    return made
