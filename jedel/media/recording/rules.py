"""How long recordings are kept. Pure.

Dated settings of the jurisdiction (`jurisdictions/kz/recording.json`): the rule of a day is the last that
began by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import orjson

OTHER = "other"
"""The class of what has none."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``least``: by class of the stream (the kind of site it stands at). ``floor``: what stays even when the
    disk is nearly full, while anything else can go. ``event``: of what was recorded on an event;
    ``incident``: of what an incident holds; ``export``: of files made for somebody."""

    since: date
    least: Mapping[str, timedelta]
    floor: Mapping[str, timedelta]
    event: timedelta
    incident: timedelta
    export: timedelta

    def keep(self, kind: str, wanted_days: int) -> timedelta:
        """Of a stream of this class whose owner wants so many days."""
        return max(self.least.get(kind, self.least[OTHER]), timedelta(days=wanted_days))


@cache
def rules() -> Sequence[Rule]:
    """The dated rules, the oldest first."""
    rows = orjson.loads(files("jedel.jurisdictions").joinpath("kz/recording.json").read_bytes())
    found = (
        Rule(
            date.fromisoformat(row["from"]),
            _days(row["least_days"]),
            _days(row["floor_days"]),
            timedelta(days=row["event_days"]),
            timedelta(days=row["incident_days"]),
            timedelta(days=row["export_days"]),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda rule: rule.since))


def rule(day: date) -> Rule:
    """The rule of a day; before the first one, the first."""
    known = rules()
    return next((each for each in reversed(known) if each.since <= day), known[0])


def _days(said: Mapping[str, int]) -> Mapping[str, timedelta]:
    return {name: timedelta(days=days) for name, days in said.items()}
