"""How long reads are kept and how far back each role may look. Pure.

Dated settings of the jurisdiction (`jurisdictions/kz/plates.json`, ``retention`` and ``search``): the rule of
a day is the last that began by then, so what held before stays written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import orjson

from jedel.access import Role


@dataclass(frozen=True, slots=True)
class Retention:
    """``plain``: a read without a hit; ``hit``: one with; ``evidence_days_max``: the longest that a case may
    keep a read."""

    since: date
    plain: timedelta
    hit: timedelta
    evidence_days_max: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back each role may search; a role that is not named may not at all."""

    since: date
    back: Mapping[Role, timedelta]

    def earliest(self, role: Role | None, now: datetime) -> datetime:
        """The first moment that this role may see now."""
        return now - (self.back.get(role, timedelta()) if role else timedelta())


@cache
def retentions() -> tuple[Retention, ...]:
    """The dated rules, the oldest first."""
    found = (
        Retention(
            date.fromisoformat(row["from"]),
            timedelta(hours=row["no_hit_hours"]),
            timedelta(days=row["hit_days"]),
            row["evidence_days_max"],
        )
        for row in _settings()["retention"]
    )
    return tuple(sorted(found, key=lambda rule: rule.since))


@cache
def reaches() -> tuple[Reach, ...]:
    """The dated rules, the oldest first."""
    found = (
        Reach(
            date.fromisoformat(row["from"]),
            {Role(role): timedelta(hours=hours) for role, hours in row["hours_back"].items()},
        )
        for row in _settings()["search"]
    )
    return tuple(sorted(found, key=lambda rule: rule.since))


Rule = TypeVar("Rule", Retention, Reach)


def in_force(rules: Sequence[Rule], day: date) -> Rule:
    """The rule of a day; before the first one, the first."""
    begun = [rule for rule in rules if rule.since <= day]
    return begun[-1] if begun else rules[0]


def retention(day: date) -> Retention:
    """How long reads are kept as of this day."""
    return in_force(retentions(), day)


def reach(day: date) -> Reach:
    """How far back whom, as of this day."""
    return in_force(reaches(), day)


def _settings() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files("jedel.jurisdictions").joinpath("kz/plates.json").read_bytes())
    return found
