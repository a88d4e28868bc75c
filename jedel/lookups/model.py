"""When a look-up is allowed, when it needs a second person, when it is unusual. Pure.

Invariants
1. A look-up stands in the journal before anything is read for it.
2. Who asks never grants it himself.
3. What was granted is good for one answer's asker, purpose and number, and for `GRANT_LIFE`.

The list of purposes is the jurisdiction's (`jurisdictions/kz/purposes.json`).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from jedel.jurisdictions import PurposeRule
from jedel.lookups.errors import CaseNeeded, IncidentNeeded, PurposeBlocked, PurposeUnknown

GRANT_LIFE = timedelta(minutes=15)
"""How long a second person's word lets the asker read the answer."""

MANY = 30
MANY_WITHIN = timedelta(hours=1)
SAME_WITHIN = timedelta(days=1)
SAME_PURPOSES = 2


class Register(StrEnum):
    VEHICLE = "vehicle"
    PERSON = "person"
    PHONE = "phone"


class State(StrEnum):
    """``asked``: waits for a second person. ``granted``: the answer may be read."""

    ASKED = "asked"
    GRANTED = "granted"


class Reason(StrEnum):
    """Why the auditor should look at a look-up."""

    MANY = "many"
    OTHER_REASON = "other_reason"


@dataclass(frozen=True, slots=True)
class Question:
    """``asked_by``: plate, vin, iin, document or imei; ``asked``: the number in its one form."""

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
    granted_by: UUID | None
    granted_at: datetime | None

    def open_for(self, account_id: UUID, now: datetime) -> bool:
        """Whether this account may read the answer now."""
        since = self.granted_at or self.at
        return self.state is State.GRANTED and self.account_id == account_id and now - since <= GRANT_LIFE


@dataclass(frozen=True, slots=True)
class History:
    """What the asker did, this look-up included. ``recent``: look-ups within `MANY_WITHIN`; ``reasons``: the
    different incidents and cases for which the same number was looked up within `SAME_WITHIN`."""

    recent: int
    reasons: int


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
    return tuple(found)
