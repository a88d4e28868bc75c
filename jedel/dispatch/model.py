"""An incident and what may happen to it. Pure: times are passed in, every change gives a new incident.

Invariants (tests/dispatch/test_model_machine.py holds them through random histories)
1. A unit is on at most one incident at a time (the database holds this too, see 0006_dispatch).
2. ``state`` is what the assignments say: closed; else on scene, dispatched or open.
3. A step's time, once written, never changes, and steps of one assignment never run backwards.
4. A closed incident has no active unit, has a result, and never changes again.
5. Times are the server's. What an officer's device says about a step stands beside, never instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from jedel.dispatch import errors
from jedel.kernel.geo import Point

UNITS_MAX = 50
"""Most units at work on one incident."""

ALARMS_MAX = 500
"""Most alarms linked to one incident; beyond it a new incident opens."""


class IncidentClass(StrEnum):
    SCHOOL_ALARM = "school_alarm"
    SOS_POST = "sos_post"
    CALL = "call"
    TRAFFIC = "traffic"
    FIGHT = "fight"
    THEFT = "theft"
    FIRE = "fire"
    MEDICAL = "medical"
    OTHER = "other"


class Priority(StrEnum):
    """From the gravest down."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"
    INFORMATION = "information"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return list(Priority).index(self)

    def graver(self, other: "Priority") -> "Priority":
        return self if self.rank <= other.rank else other


class State(StrEnum):
    OPEN = "open"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CLOSED = "closed"


class Step(StrEnum):
    """Where a unit is with its work on the incident."""

    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    RELEASED = "released"


class Result(StrEnum):
    RESOLVED = "resolved"
    FALSE_ALARM = "false_alarm"
    DUPLICATE = "duplicate"
    NO_OFFENCE = "no_offence"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Caller:
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """How far a unit was when it was sent: whole seconds and metres; ``estimated`` by straight line."""

    eta_s: int
    metres: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class Assignment:
    """One unit's work on one incident. ``*_said`` is what the unit's own clock said, kept unjudged."""

    id: UUID
    unit_id: UUID
    call_sign: str
    status: Step
    assigned_at: datetime
    way: Way | None = None
    en_route_at: datetime | None = None
    en_route_said: datetime | None = None
    on_scene_at: datetime | None = None
    on_scene_said: datetime | None = None
    released_at: datetime | None = None
    reason: str | None = None

    @property
    def active(self) -> bool:
        return self.status is not Step.RELEASED

    def covers(self, moment: datetime) -> bool:
        """Whether the unit was on the incident at that moment."""
        return self.assigned_at <= moment and (self.released_at is None or moment < self.released_at)

    def released(self, now: datetime, reason: str | None) -> "Assignment":
        return replace(self, status=Step.RELEASED, released_at=now, reason=reason)

    def reached(self, step: Step, now: datetime, said: datetime | None) -> "Assignment":
        """The step noted; itself where the step is already known. Going past "en route" loses nothing:
        a late "en route" of a crew that has arrived still adds what its clock said."""
        if step is Step.ON_SCENE:
            if self.on_scene_at is not None:
                return self if self.on_scene_said or not said else replace(self, on_scene_said=said)
            return replace(self, status=Step.ON_SCENE, on_scene_at=now, on_scene_said=said)
        if self.en_route_at is None and self.on_scene_at is None:
            return replace(self, status=Step.EN_ROUTE, en_route_at=now, en_route_said=said)
        return self if self.en_route_said or not said else replace(self, en_route_said=said)


@dataclass(frozen=True, slots=True)
class Times:
    """When each step first happened, by the server's clock. ``received`` may be told by the operator."""

    received: datetime
    opened: datetime
    answered: datetime | None = None
    dispatched: datetime | None = None
    en_route: datetime | None = None
    on_scene: datetime | None = None
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """``label`` and ``title`` hold the same words in "kk", "ru", "en"; ``site`` is the site's view as it
    was when the incident opened. ``place_known`` is False for an alarm of a device that stands nowhere on
    the map: ``place`` is then the middle of the map, and nothing is reckoned from it."""

    id: UUID
    region: str
    number: int
    cls: IncidentClass
    priority: Priority
    place: Point
    times: Times
    opened_by: str
    title: Mapping[str, str]
    label: Mapping[str, str]
    place_known: bool = True
    site_id: UUID | None = None
    site: Mapping[str, object] | None = None
    callers: tuple[Caller, ...] = ()
    alarm_ids: tuple[UUID, ...] = ()
    units_wanted: int = 1
    assignments: tuple[Assignment, ...] = field(default=())
    result: Result | None = None
    result_text: str | None = None
    joined_into: UUID | None = None

    @property
    def active(self) -> tuple[Assignment, ...]:
        return tuple(a for a in self.assignments if a.active)

    @property
    def state(self) -> State:
        if self.times.closed is not None:
            return State.CLOSED
        steps = {a.status for a in self.active}
        if Step.ON_SCENE in steps:
            return State.ON_SCENE
        return State.DISPATCHED if steps else State.OPEN

    def active_of(self, unit_id: UUID) -> Assignment | None:
        return next((a for a in self.active if a.unit_id == unit_id), None)

    def require_open(self) -> None:
        """Raises IncidentClosed."""
        if self.times.closed is not None:
            raise errors.IncidentClosed(
                number=self.number, closed_at=iso(self.times.closed), result=str(self.result)
            )

    def require_assigned(self, unit_id: UUID, said: datetime | None = None) -> Assignment:
        """The unit's active assignment.

        ``said`` is when the officer gave the command: if the unit was then on an assignment that has ended
        since, the command speaks of that one, even if the unit was sent again meanwhile.
        Raises AssignmentEnded or NotAssigned.
        """
        own = [a for a in self.assignments if a.unit_id == unit_id]
        if not own:
            raise errors.NotAssigned(number=self.number)
        past = next((a for a in own if said and not a.active and a.covers(said)), None)
        if past is None:
            if own[-1].active:
                return own[-1]
            past = own[-1]
        raise errors.AssignmentEnded(
            call_sign=past.call_sign,
            number=self.number,
            released_at=iso(past.released_at),
            reason=past.reason or "—",
        )

    def answer(self, now: datetime) -> "Incident":
        """A person has taken it up; only the first time counts."""
        if self.times.answered is not None:
            return self
        return replace(self, times=replace(self.times, answered=now))

    def assign(
        self, assignment_id: UUID, unit_id: UUID, call_sign: str, way: Way | None, now: datetime
    ) -> "Incident":
        """Send a unit. Raises IncidentClosed, AlreadyAssigned, TooManyUnits."""
        self.require_open()
        present = self.active_of(unit_id)
        if present is not None:
            raise errors.AlreadyAssigned(
                call_sign=call_sign, number=self.number, assigned_at=iso(present.assigned_at)
            )
        if len(self.active) >= UNITS_MAX:
            raise errors.TooManyUnits(limit=UNITS_MAX, number=self.number)
        sent = Assignment(assignment_id, unit_id, call_sign, Step.ASSIGNED, now, way)
        times = self.answer(now).times
        if times.dispatched is None:
            times = replace(times, dispatched=now)
        return replace(self, assignments=(*self.assignments, sent), times=times)

    def progress(self, unit_id: UUID, step: Step, now: datetime, said: datetime | None = None) -> "Incident":
        """Note "en route" or "on scene"; the same incident where that brings nothing new.

        Raises IncidentClosed, NotAssigned, AssignmentEnded.
        """
        self.require_open()
        before = self.require_assigned(unit_id, said)
        after = before.reached(step, now, said)
        if after is before:
            return self
        times = self.times
        if after.en_route_at and times.en_route is None:
            times = replace(times, en_route=after.en_route_at)
        if after.on_scene_at and times.on_scene is None:
            times = replace(times, on_scene=after.on_scene_at)
        return replace(self, assignments=self._with(after), times=times)

    def release(self, unit_id: UUID, now: datetime, reason: str | None = None) -> "Incident":
        """Take a unit off. Raises IncidentClosed, NotAssigned, AssignmentEnded."""
        self.require_open()
        return replace(self, assignments=self._with(self.require_assigned(unit_id).released(now, reason)))

    def with_priority(self, priority: Priority) -> "Incident":
        """Raises IncidentClosed."""
        self.require_open()
        return self if priority is self.priority else replace(self, priority=priority)

    def with_alarm(self, alarm_id: UUID, priority: Priority, units_wanted: int) -> "Incident":
        """Link one more alarm, or the same one at a higher level: nothing is ever lowered by an alarm."""
        self.require_open()
        alarms = self.alarm_ids if alarm_id in self.alarm_ids else (*self.alarm_ids, alarm_id)
        return replace(
            self,
            alarm_ids=alarms,
            priority=self.priority.graver(priority),
            units_wanted=max(self.units_wanted, units_wanted),
        )

    def close(
        self, result: Result, text: str | None, now: datetime, joined_into: UUID | None = None
    ) -> "Incident":
        """End it and free its units. Raises IncidentClosed."""
        self.require_open()
        ended = tuple(a.released(now, None) if a.active else a for a in self.assignments)
        return replace(
            self,
            assignments=ended,
            result=result,
            result_text=text,
            joined_into=joined_into,
            times=replace(self.times, closed=now),
        )

    def join(self, into: "Incident", now: datetime) -> tuple["Incident", "Incident"]:
        """Close this one as the same event as ``into``, which takes over alarms, callers and the graver
        priority. Units are not moved here: each is taken off this one and sent to ``into`` by the service.

        Returns (this one closed, ``into`` grown). Raises IncidentClosed, SameIncident.
        """
        if into.id == self.id:
            raise errors.SameIncident(number=self.number)
        into.require_open()
        closed = self.close(Result.DUPLICATE, None, now, joined_into=into.id)
        answered = [t for t in (into.times.answered, self.times.answered) if t]
        grown = replace(
            into,
            callers=(*into.callers, *(c for c in self.callers if c not in into.callers)),
            alarm_ids=(*into.alarm_ids, *self.alarm_ids),
            priority=into.priority.graver(self.priority),
            units_wanted=max(into.units_wanted, self.units_wanted),
            times=replace(into.times, answered=min(answered, default=None)),
        )
        return replace(closed, alarm_ids=(), callers=()), grown

    def adopt(self, moved: Assignment, assignment_id: UUID, now: datetime) -> "Incident":
        """Go on with a unit's work that began on an incident joined into this one; its steps stay known."""
        kept = replace(moved, id=assignment_id)
        times = self.times
        if times.dispatched is None:
            times = replace(times, dispatched=now)
        if kept.en_route_at and times.en_route is None:
            times = replace(times, en_route=now)
        if kept.on_scene_at and times.on_scene is None:
            times = replace(times, on_scene=now)
        return replace(self, assignments=(*self.assignments, kept), times=times)

    def _with(self, changed: Assignment) -> tuple[Assignment, ...]:
        return tuple(changed if a.id == changed.id else a for a in self.assignments)


def iso(moment: datetime | None) -> str:
    """RFC 3339 in whole seconds, for a message."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "—"
