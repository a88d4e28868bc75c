"""In which order to offer units for an incident, and why each stands where it stands.

The order is by road time with a few seconds given or taken, so that a duty officer can see the reason: a unit
with the skill that the class asks for counts as SKILL_WORTH_S nearer, one in its own district as
DISTRICT_WORTH_S nearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from jedel.dispatch.model import Way

SKILL_WORTH_S = 60
DISTRICT_WORTH_S = 20
NEAR_S = 60
NEAR_M = 300
"""A unit this close in both is "already near"."""
OFFERED_MAX = 5


class Why(StrEnum):
    """Reason codes; the console has the words, ``params`` fill them."""

    ALREADY_NEAR = "already_near"
    NEAREST_BY_ROAD = "nearest_by_road"
    NEAREST_STRAIGHT = "nearest_straight_line"
    HAS_SKILL = "has_skill"
    OWN_DISTRICT = "own_district"
    SECOND_UNIT = "second_unit"
    NEXT_NEAREST = "next_nearest"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may go. ``skilled`` and ``at_home`` already compare with the incident."""

    unit_id: UUID
    call_sign: str
    status: str
    way: Way
    skilled: bool
    at_home: bool

    @property
    def worth_s(self) -> int:
        """Seconds by which the order counts it, less is better."""
        return self.way.eta_s - SKILL_WORTH_S * self.skilled - DISTRICT_WORTH_S * self.at_home


@dataclass(frozen=True, slots=True)
class Reason:
    code: Why
    params: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    candidate: Candidate
    reason: Reason


def rank(
    candidates: Sequence[Candidate], skill: str | None, missing: int, offered: int = OFFERED_MAX
) -> list[Offer]:
    """The best ``offered`` candidates with reasons. ``missing`` = units still wanted (1 or more)."""
    ordered = sorted(candidates, key=lambda c: (c.worth_s, c.way.eta_s, c.call_sign))
    nearest_s = min((c.way.eta_s for c in ordered), default=0)
    offers: list[Offer] = []
    for place, candidate in enumerate(ordered[:offered]):
        behind = ordered[place + 1 :]
        offers.append(Offer(candidate, _reason(candidate, place, behind, nearest_s, skill, missing)))
    return offers


def _reason(
    candidate: Candidate,
    place: int,
    behind: Sequence[Candidate],
    nearest_s: int,
    skill: str | None,
    missing: int,
) -> Reason:
    way = candidate.way
    overtaken = min((c.way.eta_s for c in behind), default=way.eta_s)
    if way.eta_s > overtaken:  # stands ahead of a nearer one: say what put it there
        later: dict[str, object] = {"seconds": way.eta_s - overtaken}
        if candidate.skilled:
            return Reason(Why.HAS_SKILL, {"skill": skill, **later})
        return Reason(Why.OWN_DISTRICT, later)
    if 0 < place < missing:
        return Reason(Why.SECOND_UNIT, {"wanted": missing})
    if not way.estimated and way.eta_s <= NEAR_S and way.metres <= NEAR_M:
        return Reason(Why.ALREADY_NEAR, {"metres": way.metres})
    if way.eta_s == nearest_s:
        return Reason(Why.NEAREST_STRAIGHT if way.estimated else Why.NEAREST_BY_ROAD)
    return Reason(Why.NEXT_NEAREST, {"seconds": way.eta_s - nearest_s})
