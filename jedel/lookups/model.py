"""When a look-up is allowed, when it needs a second person, when it is unusual. Pure.

Invariants
1. A look-up stands in the journal before anything is read for it.
2. Who asks never grants it himself.
3. A refused look-up stays refused; its asker asks anew.
4. What was granted is good for one answer's asker, purpose and number, and for `GRANT_LIFE`.

The list of purposes is the jurisdiction's (`jurisdictions/kz/purposes.json`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from jedel.jurisdictions import DEMO_REGION, PurposeRule
from jedel.lookups.errors import CaseNeeded, IncidentNeeded, PurposeBlocked, PurposeUnknown

GRANT_LIFE = timedelta(minutes=15)
"""How long a second person's word lets the asker read the answer."""

TELL_AFTER = timedelta(days=180)
"""When the person looked up may be told of what must not be told while a case runs."""

MANY = 30
MANY_WITHIN = timedelta(hours=1)
SAME_WITHIN = timedelta(days=1)
SAME_PURPOSES = 2


class Register(StrEnum):
    VEHICLE = "vehicle"
    PERSON = "person"
    PHONE = "phone"
    READS = "reads"
    """Where cars were seen: not a register, but asked under the same rules (`jedel.plates.store`)."""


class State(StrEnum):
    """``asked``: waits for a second person. ``granted``: the answer may be read."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why the auditor should look at a look-up."""

    MANY = "many"
    OTHER_REASON = "other_reason"
    OFF_SHIFT = "off_shift"
    OTHER_REGION = "other_region"
    OWN_INTEREST = "own_interest"


@dataclass(frozen=True, slots=True)
class Question:
    """``asked_by``: plate, vin, iin, document or imei; ``asked``: the number in its one form. Among reads
    also pattern, place or two_places, and what was searched for."""

    register: Register
    asked_by: str
    asked: str
    purpose: str
    incident_id: UUID | None
    case_number: str | None


@dataclass(frozen=True, slots=True)
class LookUp:
    """A question that was put, by whom, and whether it may be answered."""

    id: UUID
    region: str
    at: datetime
    account_id: UUID
    register: Register
    asked_by: str
    asked: str
    purpose: str
    incident_id: UUID | None
    case_number: str | None
    state: State
    granted_by: UUID | None = None
    granted_at: datetime | None = None
    device_id: UUID | None = None
    refused_by: UUID | None = None
    refused_at: datetime | None = None
    refusal: str | None = None
    offline_at: datetime | None = None

    @property
    def decided_by(self) -> UUID | None:
        """The second person."""
        return self.granted_by or self.refused_by

    def expired(self, now: datetime) -> bool:
        """Whether nobody may grant it any more, nor its asker read it."""
        return now - (self.granted_at or self.at) > GRANT_LIFE

    def open_for(self, account_id: UUID, now: datetime) -> bool:
        """Whether this account may read the answer now."""
        return self.state is State.GRANTED and self.account_id == account_id and not self.expired(now)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which look-ups the auditor wants to see; None: any."""

    account: UUID | None = None
    asked: str | None = None
    purpose: str | None = None
    register: Register | None = None
    since: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What the asker did, this look-up included. ``recent``: look-ups within `MANY_WITHIN`; ``reasons``: the
    different incidents and cases for which the same number was looked up within `SAME_WITHIN`;
    ``off_shift``: the crew of the tablet that the asker holds, or held last, is off shift; ``other_region``:
    as `from_elsewhere` says; ``own_interest``: the answer is about a person whom the asker declared."""

    recent: int
    reasons: int
    off_shift: bool = False
    other_region: bool = False
    own_interest: bool = False


def rule_for(question: Question, rules: dict[str, PurposeRule], day: date) -> PurposeRule:
    """The rule under which the question may be put.

    Raises:
        PurposeUnknown, PurposeBlocked, IncidentNeeded, CaseNeeded
    """
    rule = rules.get(question.purpose)
    if rule is None or not rule.valid(day) or question.register not in rule.registers:
        raise PurposeUnknown(purpose=question.purpose)
    if rule.blocked:
        raise PurposeBlocked(purpose=question.purpose)
    if rule.needs == "incident" and question.incident_id is None:
        raise IncidentNeeded
    if rule.needs == "case" and question.case_number is None:
        raise CaseNeeded
    if question.incident_id is None and question.case_number is None:
        raise IncidentNeeded
    return rule


def unusual(history: History) -> tuple[Reason, ...]:
    """Why this look-up goes to the auditor's queue; usually for nothing."""
    found = []
    if history.recent >= MANY:
        found.append(Reason.MANY)
    if history.reasons > SAME_PURPOSES:
        found.append(Reason.OTHER_REASON)
    if history.off_shift:
        found.append(Reason.OFF_SHIFT)
    if history.other_region:
        found.append(Reason.OTHER_REGION)
    if history.own_interest:
        found.append(Reason.OWN_INTEREST)
    return tuple(found)


def from_elsewhere(region: str, number: str | None, incident_id: UUID | None) -> bool:
    """Whether a vehicle of another region is asked for without anything having happened in one's own: cars
    drive everywhere, so a strange plate at an incident is nothing, but one for a mere case number is worth
    a look. ``number``: the region code on the plate, None where it bears none."""
    return incident_id is None and number is not None and region not in (DEMO_REGION, number)


def may_tell(rule: PurposeRule | None, asked_at: datetime, now: datetime) -> bool:
    """Whether the person looked up may be told of it by now. A purpose that is on no list any more is told
    like one that is told later."""
    tell = rule.tell if rule else "later"
    return tell == "yes" or (tell == "later" and now - asked_at >= TELL_AFTER)
