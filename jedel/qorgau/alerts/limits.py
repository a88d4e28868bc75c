"""The dated settings of alerts: when nobody is to be told, and how sure a read must be for which action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from jedel.qorgau.model import BY_CODE, Action, Ground


@dataclass(frozen=True, slots=True)
class Sureness:
    """The least that an action asks of reads: agreeing frames, confidence of the whole plate and of its least
    sure sign (0…100), and the hit's score (0…100)."""

    frames: int
    confidence: int
    weakest: int
    score: int


@dataclass(frozen=True, slots=True)
class Limits:
    """``open_minutes``: an alert ends so long after its last read. ``same_camera_s``: within that the same
    camera tells nothing new. ``cooldown_minutes``: a plate that was answered for is left alone, unless the
    hit is graver. ``lesser_per_minute``, ``any_per_minute``: alerts opened in a region. ``refuted_days``: the
    longest that a refutation holds; ``misread_hours`` where the reader had misread another plate."""

    since: date
    open_minutes: int
    same_camera_s: int
    cooldown_minutes: int
    lesser_per_minute: int
    any_per_minute: int
    refuted_days: int
    misread_hours: int
    stop: Sureness
    observe: Sureness
    actions: Mapping[Ground, Action]
    least_score: Mapping[Ground, int]


@cache
def all_limits() -> tuple[Limits, ...]:
    """The dated rows, the oldest first."""
    rows = orjson.loads(files("jedel.jurisdictions").joinpath("kz/alerts.json").read_bytes())
    return tuple(sorted((_limits(row) for row in rows), key=lambda limits: limits.since))


def limits_on(day: date) -> Limits:
    """What holds on a day; the first row also before its own."""
    rows = all_limits()
    return next((row for row in reversed(rows) if row.since <= day), rows[0])


def _limits(row: dict[str, Any]) -> Limits:
    plain = {name: row[name] for name in Limits.__slots__ if isinstance(row.get(name), int)}
    return Limits(
        **plain,
        since=date.fromisoformat(row["from"]),
        stop=Sureness(**row["stop"]),
        observe=Sureness(**row["observe"]),
        actions={BY_CODE[code]: Action(action) for code, action in row["actions"].items()},
        least_score={BY_CODE[code]: score for code, score in row["least_score"].items()},
    )
