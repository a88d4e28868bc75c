"""An entry that people made: how it comes into force and how it ends. Pure.

Invariants
1. Nothing is looked for before a second person has approved just what stands there; the proposer never is
   that person, by whatever session.
2. An entry stands on one ground of the closed list, does what that ground allows, and ends no later than it
   allows. Nothing but its end is ever changed, and only to an earlier day: what is wrong is revoked and
   proposed anew.
3. What has ended, by word or by time, never comes into force again.
4. Ending an entry takes one person, since it only takes something off a car.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from jedel.qorgau.model import Action, Ground
from jedel.qorgau.watch import errors
from jedel.qorgau.watch.rules import LegalGround

PROPOSAL_LIFE = timedelta(days=3)
"""What nobody has approved by then is proposed anew, or was not needed."""


class State(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    REVOKED = "revoked"
    EXPIRED = "expired"


OPEN = frozenset({State.PROPOSED, State.ACTIVE})


@dataclass(frozen=True, slots=True)
class WatchEntry:
    """``legal``: code of the legal ground, ``ground``: the bit that it stands for. ``until``: the last day.
    ``owner``: the account that proposed it and answers for it. ``ended_by``: who refused or revoked it."""

    id: UUID
    region: str
    list_id: UUID | None
    plate: str
    ground: Ground
    legal: str
    action: Action
    until: date
    source: str
    reason: str
    incident_id: UUID | None
    case_number: str | None
    state: State
    owner: UUID
    proposed_at: datetime
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    ended_by: UUID | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None

    def state_at(self, now: datetime, day: date) -> State:
        """The state as of ``now``, whose legal day is ``day``: time ends what nobody has ended."""
        if self.state in OPEN and self.until < day:
            return State.EXPIRED
        if self.state is State.PROPOSED and now - self.proposed_at > PROPOSAL_LIFE:
            return State.EXPIRED
        return self.state


@dataclass(frozen=True, slots=True)
class WatchList:
    """A file of entries. The first of them says what all are; ``states``: how many are in each state."""

    id: UUID
    region: str
    name: str
    digest: bytes
    rows: int
    proposed_at: datetime
    first: WatchEntry


def check_proposal(
    ground: LegalGround | None,
    code: str,
    action: Action,
    until: date,
    day: date,
    *,
    incident: bool,
    case: bool,
) -> LegalGround:
    """The ground, where an entry may stand on it. ``incident``, ``case``: whether it names one.

    Raises:
        GroundUnknown, ActionNotOfGround, TooLong, ReasonNumberNeeded
    """
    if ground is None or not ground.valid(day):
        raise errors.GroundUnknown(ground=code)
    if action not in ground.actions:
        raise errors.ActionNotOfGround(ground=code, action=action)
    latest = day + timedelta(days=ground.max_days)
    if not day <= until <= latest:
        raise errors.TooLong(latest=latest)
    needed = {"incident": incident, "case": case, "either": incident or case}[ground.needs]
    if not needed:
        raise errors.ReasonNumberNeeded(needs=ground.needs)
    return ground


def check_decision(entry: WatchEntry, by: UUID, now: datetime, day: date) -> None:
    """Whether ``by`` may approve or refuse it now. Raises OwnEntry, EntryDecided."""
    if entry.owner == by:
        raise errors.OwnEntry
    state = entry.state_at(now, day)
    if state is not State.PROPOSED:
        raise errors.EntryDecided(state=state)


def check_end(entry: WatchEntry, now: datetime, day: date) -> None:
    """Whether there is anything to end. Raises EntryDecided."""
    state = entry.state_at(now, day)
    if state not in OPEN:
        raise errors.EntryDecided(state=state)


def check_shorter(entry: WatchEntry, until: date, now: datetime, day: date) -> None:
    """An entry in force may end earlier, not later. Raises EntryDecided, TooLong."""
    state = entry.state_at(now, day)
    if state is not State.ACTIVE:
        raise errors.EntryDecided(state=state)
    if not day <= until < entry.until:
        raise errors.TooLong(latest=entry.until - timedelta(days=1))
