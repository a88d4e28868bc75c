"""A region's local day: incident numbers and statistics begin anew with it.

The offset is a dated row (jurisdictions/kz/time.json), because governments change it.
"""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files


@cache
def offsets() -> tuple[tuple[datetime, timezone], ...]:
    """(from, zone) in order of time."""
    text = files("jedel.jurisdictions").joinpath("kz/time.json").read_text(encoding="utf-8")
    rows = [
        (
            datetime.fromisoformat(row["from"]).replace(tzinfo=UTC),
            timezone(timedelta(minutes=row["utc_offset_minutes"])),
        )
        for row in json.loads(text)
    ]
    return tuple(sorted(rows, key=lambda row: row[0]))


def zone_at(now: datetime) -> timezone:
    """The zone in force; before the first row, the first row's."""
    rows = offsets()
    return next((zone for start, zone in reversed(rows) if start <= now), rows[0][1])


def local_day(now: datetime) -> date:
    return now.astimezone(zone_at(now)).date()
