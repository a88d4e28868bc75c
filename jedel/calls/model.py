"""A live conversation of a post in public with the duty officer: data and decisions. Pure.

Invariants
1. A device has at most one call that is not ended; a press during it joins it.
2. A call is answered by one person. Another may take it over, who must say from whom.
3. A post that falls silent makes its call *lost*, never ended: only an officer, the end of its incident or
   alarm, a real press upon a test, and the end of a test's time end a call.
4. A call of a device under test has no alarm and no incident, and every screen says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from jedel.calls.errors import AnsweredAlready, CallOver, NotYourCall

Language = Literal["kk", "ru", "en"]

SILENT_AFTER: Final = timedelta(seconds=6)
"""The post asks once a second; whoever misses six is cut off."""

TEST_LASTS: Final = timedelta(minutes=10)
"""A technician's trial needs no longer, and must not stand on the officer's screen for ever."""

LINES_MAX: Final = 200
SHOWN_LINES: Final = 40

HEARD_EVERY: Final = timedelta(seconds=2)
"""How often the post's word is written down: its every question would be a write a second for nothing."""

SIGNS: Final = ("medical", "fight", "fire", "followed", "lost_child", "theft", "yes", "no")
"""What a person answers with one touch, in pictures, when he cannot hear or speak."""

SENTENCES: Final = (
    "police_hear_you",
    "what_happened",
    "are_you_hurt",
    "are_you_safe",
    "patrol_on_way",
    "stay_here",
    "go_to_people",
    "how_many",
    "armed",
    "show_yes_no",
)
"""What the officer sends with one touch; the post shows it in the person's language."""


class CallState(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    LOST = "lost"
    ENDED = "ended"


class EndReason(StrEnum):
    OFFICER = "officer"
    INCIDENT = "incident"
    ALARM = "alarm"
    PRESS = "press"  # a real press ended a test
    TIME = "time"  # a test was over


@dataclass(frozen=True, slots=True)
class Line:
    """``nth``: from 1 within the call. Exactly one of ``code`` and ``text``."""

    id: UUID
    nth: int
    at: datetime
    side: Literal["post", "desk"]
    code: str | None
    text: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class Call:
    """``heard_at``: when the post last said anything; ``camera_id``: whose picture belongs to it."""

    id: UUID
    region: str
    device_id: UUID
    device_name: str
    camera_id: UUID | None
    signal_id: UUID
    alarm_id: UUID | None
    incident_id: UUID | None
    state: CallState
    test: bool
    language: Language
    rang_at: datetime
    heard_at: datetime
    answered_at: datetime | None = None
    answered_by: UUID | None = None
    answered_name: str | None = None
    lost_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None

    @property
    def live(self) -> bool:
        return self.state is not CallState.ENDED

    @property
    def subject(self) -> UUID:
        """Whose log it stands in: the incident's as soon as there is one."""
        return self.incident_id or self.id

    @property
    def desk_stream(self) -> str:
        """The officer's voice."""
        return f"call/{self.id}/desk"

    @property
    def grant_key(self) -> str:
        """Whoever watches or speaks because of this call holds it."""
        return f"call:{self.id}"

    def require_live(self) -> None:
        """Raises CallOver."""
        if not self.live:
            raise CallOver(id=self.id)

    def answer(self, who: UUID, name: str, instead_of: UUID | None, now: datetime) -> "Call":
        """Somebody speaks. The same object comes back where it was so already.

        Raises CallOver, AnsweredAlready.
        """
        self.require_live()
        if self.answered_by == who:
            return self
        if self.answered_by is not None and self.answered_by != instead_of:
            raise AnsweredAlready(by=self.answered_name, id=self.id)
        state = CallState.LOST if self.state is CallState.LOST else CallState.ANSWERED
        first = self.answered_at or now
        return replace(self, state=state, answered_at=first, answered_by=who, answered_name=name)

    def require_answered_by(self, who: UUID) -> None:
        """Raises CallOver, NotYourCall."""
        self.require_live()
        if self.answered_by != who:
            raise NotYourCall(by=self.answered_name or "", id=self.id)

    def end(self, reason: EndReason, now: datetime) -> "Call":
        """Raises CallOver."""
        self.require_live()
        return replace(self, state=CallState.ENDED, ended_at=now, end_reason=reason)

    def hear(self, now: datetime) -> "Call":
        """The post said something: a lost call is back. The same object where that need not be written."""
        if self.state is CallState.LOST:
            state = CallState.ANSWERED if self.answered_by else CallState.RINGING
            return replace(self, state=state, heard_at=now, lost_at=None)
        if not self.live or now - self.heard_at < HEARD_EVERY:
            return self
        return replace(self, heard_at=now)

    def silent(self, now: datetime) -> "Call | None":
        """The call as lost, or None where it is not."""
        if self.state not in (CallState.RINGING, CallState.ANSWERED) or now - self.heard_at < SILENT_AFTER:
            return None
        return replace(self, state=CallState.LOST, lost_at=self.heard_at)

    def test_over(self, now: datetime) -> bool:
        return self.test and self.live and now - self.rang_at >= TEST_LASTS


class HelpState(StrEnum):
    """What the person before the post is told."""

    NONE = "none"  # nobody is sent yet
    SENT = "sent"
    THERE = "there"


@dataclass(frozen=True, slots=True)
class Patrol:
    """A unit that is at work for the incident. ``eta_s``: as it was when it was sent, at ``since``."""

    there: bool
    eta_s: int | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Help:
    """``minutes``: whole, rounded up, at least 1; None where it is not known."""

    state: HelpState
    minutes: int | None = None


def help_of(patrols: Sequence[Patrol], now: datetime) -> Help:
    """The soonest of them. A patrol that should be there already is a minute away, never "0 minutes"."""
    if any(patrol.there for patrol in patrols):
        return Help(HelpState.THERE)
    if not patrols:
        return Help(HelpState.NONE)
    left = [p.eta_s - (now - p.since).total_seconds() for p in patrols if p.eta_s is not None]
    if not left:
        return Help(HelpState.SENT)
    return Help(HelpState.SENT, max(1, -int(-min(left) // 60)))
