"""An alert: what an officer is told of a car, and what becomes of it. Pure; times are passed in, aware UTC.

Invariants
1. A plate has at most one open alert.
2. `Alert.confirmed` only after an officer saw that the plate AND the vehicle are those of the alert.
3. Nobody is asked to stop a car on a single read that is not sure: `Alert.action` is never above what the
   reads allow (`may_ask`), whatever the list says, until the officer has confirmed.
4. What an officer refuted is over; nobody answers it back to life.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from jedel.qorgau.alerts.errors import AlertOver, BothMustMatch, ReasonDoesNotFit, ReasonNeeded
from jedel.qorgau.alerts.limits import Limits, Sureness
from jedel.qorgau.model import CODES, FALSE_PLATE, LISTED, NUMBER_OF, Action, Ground


class AlertState(StrEnum):
    UNCONFIRMED = "unconfirmed"
    SEEN = "seen"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    REFUTED = "refuted"
    LOST = "lost"
    ENDED = "ended"


OPEN: Final = frozenset({AlertState.UNCONFIRMED, AlertState.SEEN, AlertState.CONFIRMED, AlertState.LOST})


class Said(StrEnum):
    """What an officer can answer."""

    SEEN = "seen"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"
    REFUTED = "refuted"
    LOST = "lost"


class Reason(StrEnum):
    """Why it is not it."""

    OTHER_PLATE = "other_plate"
    OTHER_VEHICLE = "other_vehicle"
    LIST_WRONG = "list_wrong"
    INSURED = "insured"
    PAID = "paid"
    NO_REASON_TO_STOP = "no_reason_to_stop"


_EVERY: Final = Ground(sum(CODES))
CLEARS: Final[Mapping[Reason, Ground]] = {
    Reason.OTHER_PLATE: _EVERY,
    Reason.OTHER_VEHICLE: _EVERY,
    Reason.LIST_WRONG: LISTED,
    Reason.INSURED: Ground.UNINSURED,
    Reason.PAID: Ground.UNPAID_FINES,
    Reason.NO_REASON_TO_STOP: _EVERY,
}
"""Which grounds each reason takes away; an alert that has others goes on for those."""

_ORDER: Final = (
    Ground.WANTED,
    FALSE_PLATE,
    Ground.DEPARTMENT,
    Ground.SYSTEMATIC,
    Ground.UNPAID_FINES,
    Ground.UNINSURED,
)
LESSER: Final = 4
"""From this priority on grounds are lesser: their number in a minute is limited."""


def priority(grounds: int) -> int:
    """1 the gravest: wanted, false plates, the department's list, systematic, fines, insurance."""
    return next((rank for rank, some in enumerate(_ORDER, start=1) if grounds & some), len(_ORDER) + 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """How sure a plate was read, over all passings: agreeing frames, the best confidence and weakest sign."""

    frames: int
    confidence: int
    weakest: int

    def and_then(self, other: "Reading") -> "Reading":
        """Both together, where both say the same plate of the same car."""
        return Reading(
            self.frames + other.frames,
            max(self.confidence, other.confidence),
            max(self.weakest, other.weakest),
        )

    def reaches(self, least: Sureness, score: int) -> bool:
        return (
            self.frames >= least.frames
            and self.confidence >= least.confidence
            and self.weakest >= least.weakest
            and score >= least.score
        )


def may_ask(reading: Reading, score: int, limits: Limits) -> Action:
    """The most that reads so sure allow to ask of an officer."""
    if reading.reaches(limits.stop, score):
        return Action.STOP
    return Action.OBSERVE if reading.reaches(limits.observe, score) else Action.INFORM


def least(*actions: Action) -> Action:
    return min(actions, key=NUMBER_OF.__getitem__)


def most(actions: Sequence[Action]) -> Action:
    return max(actions, key=NUMBER_OF.__getitem__)


def alerting(grounds: int, score: int, limits: Limits) -> Ground:
    """The grounds of a hit that are sure enough to tell anybody."""
    told = Ground(0)
    for ground in CODES:
        if grounds & ground and score >= limits.least_score[ground]:
            told |= ground
    return told


@dataclass(frozen=True, slots=True)
class Alert:
    """``wanted_action``: what list and law ask for; ``action``: what may be asked now. ``bases``: one mapping
    for each ground (`views.bases`); ``ever``: also of those that fell away. ``read``, ``passings``, ``pair``,
    ``register``: as screens get them."""

    id: UUID
    region: str
    plate: int
    state: AlertState
    action: Action
    wanted_action: Action
    grounds: Ground
    score: int
    reading: Reading
    camera: int
    reader: int
    last_camera: int
    last_at: datetime
    confirmed_at: datetime | None
    refuted_by: Reason | None
    bases: tuple[Mapping[str, Any], ...]
    ever: tuple[Mapping[str, Any], ...]
    read: Mapping[str, Any]
    passings: tuple[Mapping[str, Any], ...]
    pair: Mapping[str, Any] | None
    register: Mapping[str, Any] | None
    opened_at: datetime
    updated_at: datetime
    ends_at: datetime
    ended_at: datetime | None = None

    @property
    def priority(self) -> int:
        return priority(self.grounds)

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None


PASSINGS_MAX: Final = 50


def is_news(alert: Alert, camera: int, at: datetime, limits: Limits) -> bool:
    """Whether a further read tells anything: not the same camera again at once, and nothing of the past."""
    if at <= alert.last_at:
        return False
    return camera != alert.last_camera or at - alert.last_at > timedelta(seconds=limits.same_camera_s)


def moved(
    alert: Alert, *, read: Mapping[str, Any], passing: Mapping[str, Any], reading: Reading, camera: int,
    at: datetime, grounds: Ground, score: int, bases: Sequence[Mapping[str, Any]], wanted: Action,
    pair: Mapping[str, Any] | None, now: datetime, limits: Limits,
) -> Alert:  # fmt: skip
    """The alert after a further camera saw the car; ``grounds`` and ``bases``: all that stands now. A car
    that was lost is looked for again; of a plate that is at two places nobody knows which car this is, so its
    reads do not agree with one another."""
    one_car = not grounds & Ground.TWO_PLACES
    together = alert.reading.and_then(reading) if one_car else reading
    score = max(score, alert.score) if one_car else score
    state = alert.state
    if state is AlertState.LOST:
        state = AlertState.CONFIRMED if alert.confirmed else AlertState.UNCONFIRMED
    return replace(
        alert,
        state=state,
        grounds=grounds,
        score=score,
        reading=together,
        wanted_action=wanted,
        action=wanted if alert.confirmed else least(wanted, may_ask(together, score, limits)),
        last_camera=camera,
        last_at=at,
        bases=tuple(bases),
        ever=_merged(alert.ever, bases),
        read=read,
        passings=(*alert.passings, passing)[-PASSINGS_MAX:],
        pair=pair or alert.pair,
        updated_at=now,
        ends_at=now + timedelta(minutes=limits.open_minutes),
    )


def _merged(
    ever: Sequence[Mapping[str, Any]], bases: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    known = {(basis["ground"], basis["entry_id"]): basis for basis in (*ever, *bases)}
    return tuple(known.values())


def answered(
    alert: Alert,
    said: Said,
    reason: Reason | None,
    *,
    both: bool,
    at: datetime,
    now: datetime,
    limits: Limits,
) -> Alert:
    """The alert after an officer's answer, which may come late; `at` is when it was given.

    Args:
        both: the officer saw that plate and vehicle are those of the alert.

    Raises:
        BothMustMatch: confirmed or stopped, and the officer has not confirmed both, now or before.
        ReasonNeeded, ReasonDoesNotFit: refuted without a reason, or by one that speaks of another ground.
        AlertOver: confirmed or stopped what was refuted before.
    """
    if said is Said.REFUTED:
        return _refuted(alert, reason, at, now, limits)
    if said in (Said.CONFIRMED, Said.STOPPED):
        if alert.state is AlertState.REFUTED:
            raise AlertOver(plate="", state=alert.state)
        if not (both or (said is Said.STOPPED and alert.confirmed)):
            raise BothMustMatch
        alert = replace(alert, confirmed_at=alert.confirmed_at or at, updated_at=now)
        if alert.open:
            alert = replace(alert, state=AlertState.CONFIRMED, action=alert.wanted_action)
        if said is Said.STOPPED and alert.state is not AlertState.STOPPED:
            alert = replace(alert, state=AlertState.STOPPED, ended_at=now)
        return alert
    if not alert.open:
        return alert  # said of a car that is stopped, refuted or gone: kept as an answer, changes nothing
    if said is Said.LOST:
        return replace(alert, state=AlertState.LOST, updated_at=now)
    if alert.state in (AlertState.UNCONFIRMED, AlertState.LOST):
        state = AlertState.CONFIRMED if alert.confirmed else AlertState.SEEN
        return replace(alert, state=state, updated_at=now)
    return alert


def _refuted(alert: Alert, reason: Reason | None, at: datetime, now: datetime, limits: Limits) -> Alert:
    if reason is None:
        raise ReasonNeeded
    if alert.state is AlertState.REFUTED:
        return alert
    cleared = alert.grounds & CLEARS[reason]
    if not cleared:
        raise ReasonDoesNotFit(reason=reason)
    left = alert.grounds & ~cleared
    if left and alert.state is not AlertState.STOPPED:
        wanted = most([Action(basis["action"]) for basis in alert.bases if basis["ground"] & left])
        asked = wanted if alert.confirmed else least(wanted, may_ask(alert.reading, alert.score, limits))
        return replace(
            alert,
            grounds=left,
            bases=tuple(basis for basis in alert.bases if basis["ground"] & left),
            wanted_action=wanted,
            action=asked,
            updated_at=now,
        )
    state = AlertState.REFUTED
    return replace(
        alert, state=state, refuted_by=reason, updated_at=now, ended_at=alert.ended_at or max(at, now)
    )


def without(
    alert: Alert, standing: Sequence[Mapping[str, Any]], now: datetime, limits: Limits
) -> Alert | None:
    """The alert on what still stands of its grounds, over where nothing does; None where all of it stands.

    ``standing``: the bases of its grounds as they are now.
    """
    grounds = Ground(sum(basis["ground"] for basis in standing))
    if grounds == alert.grounds:
        return None
    if not grounds:
        return ended(alert, now)
    wanted = most([Action(basis["action"]) for basis in standing])
    return replace(
        alert,
        grounds=grounds,
        bases=tuple(standing),
        wanted_action=wanted,
        action=wanted if alert.confirmed else least(wanted, may_ask(alert.reading, alert.score, limits)),
        updated_at=now,
    )


def ended(alert: Alert, now: datetime) -> Alert:
    """No camera saw the car for long, or the reason to look for it is gone."""
    return replace(alert, state=AlertState.ENDED, updated_at=now, ended_at=now)


class LeftOut(StrEnum):
    """Why nobody is told of a hit."""

    NOT_SURE = "not_sure"
    REFUTED = "refuted"
    NOT_LISTED = "not_listed"
    LATE = "late"
    NO_CAMERA = "no_camera"
    COOLDOWN = "cooldown"
    NOBODY_NEAR = "nobody_near"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Before:
    """The last alert of a plate that is over: how grave it was, and when somebody answered it last."""

    priority: int
    answered_at: datetime | None


def cooling(grounds: int, before: Before | None, now: datetime, limits: Limits) -> bool:
    """Whether the plate is to be left alone: it was answered for, and this is not graver."""
    if before is None or before.answered_at is None or priority(grounds) < before.priority:
        return False
    return now - before.answered_at < timedelta(minutes=limits.cooldown_minutes)


def too_many(grounds: int, opened: int, lesser: int, limits: Limits) -> bool:
    """Whether a region has had its share of a minute: ``opened`` of any ground, ``lesser`` of lesser ones."""
    if priority(grounds) >= LESSER:
        return lesser >= limits.lesser_per_minute
    return priority(grounds) > 1 and opened >= limits.any_per_minute


@dataclass(frozen=True, slots=True)
class Refutation:
    """``basis``: what the ground rested on when it was refuted."""

    basis: str
    until: datetime

    def holds(self, basis: str, now: datetime) -> bool:
        return now < self.until and basis == self.basis


def refuted_until(reason: Reason, at: datetime, limits: Limits) -> datetime:
    """A plate that was misread is another car's: the one that is looked for is still on the road."""
    if reason is Reason.OTHER_PLATE:
        return at + timedelta(hours=limits.misread_hours)
    return at + timedelta(days=limits.refuted_days)
