"""What a patrol is, which status may follow which, and when it counts as silent. Pure: time is passed in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID


class UnitStatus(StrEnum):
    """What a unit is doing. UNAVAILABLE is only ever shown, never kept: see `Unit.shown`."""

    AVAILABLE = "available"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    BUSY = "busy"
    OFF_SHIFT = "off_shift"
    UNAVAILABLE = "unavailable"


class UnitKind(StrEnum):
    CAR = "car"
    FOOT = "foot"
    MOTORCYCLE = "motorcycle"
    DRONE = "drone"
    COMPLEX = "complex"  # a van with a mast of cameras


DRONE_M_S: Final = 12.0
"""How fast a drone comes, straight over the roofs."""
DRONE_START_S: Final = 20.0
"""Until it is in the air."""

SEND_BY_NAME: Final = frozenset({UnitKind.DRONE, UnitKind.COMPLEX})
"""Kinds that are never proposed: they see, and stop nobody. An officer sends them by their call sign."""


class Party(StrEnum):
    """Who asks for a step: the crew's tablet, the desk (duty officer, supervisor), or an incident's flow."""

    CREW = "crew"
    DESK = "desk"
    DISPATCH = "dispatch"


class Refusal(StrEnum):
    """Why a status change is not made."""

    NO_SUCH_STEP = "no_such_step"  # the first status never leads to the second
    NOT_YOURS = "not_yours"  # it does, but another party makes that step
    OUTDATED = "outdated"  # made before the present status began, and heard only now


S = UnitStatus
_PEOPLE: Final = frozenset({Party.CREW, Party.DESK})
_FLOW: Final = frozenset({Party.DISPATCH})

#: Every step there is, and who may make it. A unit on an incident is moved by the incident's flow alone,
#: so that the unit and the incident never tell two stories.
STEPS: Final[dict[tuple[UnitStatus, UnitStatus], frozenset[Party]]] = {
    (S.OFF_SHIFT, S.AVAILABLE): _PEOPLE,
    (S.AVAILABLE, S.OFF_SHIFT): _PEOPLE,
    (S.BUSY, S.OFF_SHIFT): _PEOPLE,
    (S.AVAILABLE, S.BUSY): _PEOPLE,
    (S.BUSY, S.AVAILABLE): _PEOPLE,
    (S.AVAILABLE, S.ASSIGNED): _FLOW,
    (S.BUSY, S.ASSIGNED): _FLOW,  # a person may call a busy patrol away; it is never proposed
    (S.ASSIGNED, S.EN_ROUTE): _FLOW,
    (S.ASSIGNED, S.ON_SCENE): _FLOW,  # round the corner: nobody pressed "en route"
    (S.EN_ROUTE, S.ON_SCENE): _FLOW,
    (S.ASSIGNED, S.AVAILABLE): _FLOW,
    (S.EN_ROUTE, S.AVAILABLE): _FLOW,
    (S.ON_SCENE, S.AVAILABLE): _FLOW,
}

#: A unit has an incident exactly in these.
ON_INCIDENT: Final = frozenset({S.ASSIGNED, S.EN_ROUTE, S.ON_SCENE})


@dataclass(frozen=True, slots=True)
class Unit:
    """One dispatchable crew or vehicle.

    Invariants, also kept by the table: `incident_id` is set exactly in ON_INCIDENT; `shift_started_at` is set
    exactly when the status is not OFF_SHIFT; `status` is never UNAVAILABLE; off shift nobody is silent.
    """

    id: UUID
    region: str
    call_sign: str
    kind: UnitKind
    vehicle: str | None
    crew: tuple[str, ...]
    skills: tuple[str, ...]
    district: str | None
    status: UnitStatus
    since: datetime
    silent: bool
    shift_started_at: datetime | None
    incident_id: UUID | None

    @property
    def shown(self) -> UnitStatus:
        """The status for the screens: a silent unit is unavailable, whatever it did when last heard."""
        return S.UNAVAILABLE if self.silent else self.status

    @property
    def may_go(self) -> bool:
        """Whether it may be proposed for an incident."""
        return self.status is S.AVAILABLE and not self.silent and self.kind not in SEND_BY_NAME


def refusal(unit: Unit, to: UnitStatus, party: Party, at: datetime) -> Refusal | None:
    """Why `party` may not bring `unit` to `to` by a press made at `at`; None when it may."""
    parties = STEPS.get((unit.status, to))
    if parties is None:
        return Refusal.NO_SUCH_STEP
    if party not in parties:
        return Refusal.NOT_YOURS
    if at < unit.since:
        return Refusal.OUTDATED
    return None


def moved(unit: Unit, to: UnitStatus, at: datetime, incident_id: UUID | None = None) -> Unit:
    """`unit` after a step that `refusal` allowed. An incident is kept until the step leaves ON_INCIDENT."""
    incident = (incident_id or unit.incident_id) if to in ON_INCIDENT else None
    started = unit.shift_started_at
    if to is S.OFF_SHIFT:
        return replace(unit, status=to, since=at, incident_id=None, shift_started_at=None, silent=False)
    return replace(unit, status=to, since=at, incident_id=incident, shift_started_at=started or at)


def silence(unit: Unit, heard_at: datetime | None, listening_at: datetime, threshold_s: float) -> bool | None:
    """True when `unit` has just gone silent, False when it is heard again, None when nothing changes.

    `heard_at` is when a position last reached us (our clock, so a tablet's wrong clock does not matter);
    `listening_at` is the last moment we are known to have been listening. Silence is counted up to that and
    not up to now: when our own intake stands still, that is our fault and is told as such, not as 300 patrols
    vanishing in one minute.
    """
    if unit.shift_started_at is None:
        return None
    last = max(heard_at or unit.shift_started_at, unit.shift_started_at)
    silent = listening_at - last > timedelta(seconds=threshold_s)
    return None if silent == unit.silent else silent
