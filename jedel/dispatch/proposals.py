"""Which open incidents are likely the same event. A proposal only: a person joins, never the program.

The score is a rule that an operator can follow, not a learnt one: half for nearness, three tenths for
closeness in time, two tenths for the very same class.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from uuid import UUID

from jedel.dispatch.model import Incident, IncidentClass, State
from jedel.kernel.geo import distance_m

DISTANCE_MAX_M = 300
APART_MAX_S = 15 * 60
PROPOSALS_MAX = 10
"""Most proposals kept for a new incident, best first."""


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """What the program knows of a class: ``families`` it may be told as, the skill that helps, its words."""

    families: frozenset[str]
    skill: str | None
    units: int
    title: Mapping[str, str]
    lockdown: Mapping[str, str]


@cache
def classes() -> Mapping[IncidentClass, ClassFacts]:
    """Every class of classes.json. Raises ValueError for a class that the model does not know."""
    text = files("jedel.dispatch").joinpath("classes.json").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            IncidentClass(name): ClassFacts(
                frozenset(row["families"]), row["skill"], row["units"], row["title"], row["lockdown"]
            )
            for name, row in json.loads(text).items()
        }
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` 0..1; why: how far (metres) and how long (seconds) apart, and whether of one class."""

    other_id: UUID
    score: float
    metres: int
    seconds: int
    same_class: bool


def likeness(new: Incident, other: Incident) -> Likeness | None:
    """How alike two incidents are; None where they are no likely duplicates."""
    if other.id == new.id or other.state is State.CLOSED or not (new.place_known and other.place_known):
        return None
    if not classes()[new.cls].families & classes()[other.cls].families:
        return None
    apart_s = abs((new.times.received - other.times.received).total_seconds())
    apart_m = distance_m(new.place, other.place)
    if apart_s > APART_MAX_S or apart_m > DISTANCE_MAX_M:
        return None
    same = new.cls is other.cls
    score = 0.5 * (1 - apart_m / DISTANCE_MAX_M) + 0.3 * (1 - apart_s / APART_MAX_S) + 0.2 * same
    return Likeness(other.id, round(score, 3), round(apart_m), round(apart_s), same)


def propose(new: Incident, others: Iterable[Incident]) -> list[Likeness]:
    """The likely duplicates of a new incident, most likely first, at most PROPOSALS_MAX."""
    found = [like for other in others if (like := likeness(new, other)) is not None]
    return sorted(found, key=lambda like: (-like.score, like.other_id))[:PROPOSALS_MAX]
