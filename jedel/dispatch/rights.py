"""Who may do what to an incident. The table is data; ``check`` is the only reader.

A tablet acts for its crew, so "officer" is its device and never an account at a desk.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from jedel.access import DeviceKind, Principal, Role
from jedel.dispatch import errors
from jedel.dispatch.model import Incident, Step
from jedel.kernel.errors import Forbidden


class Action(StrEnum):
    OPEN = "open"
    NOTE = "note"
    PRIORITY = "priority"
    ASSIGN = "assign"
    RELEASE = "release"
    PROGRESS = "progress"
    CLOSE = "close"
    JOIN = "join"


class Scope(StrEnum):
    ANY = "any"
    OWN_UNASSIGNED = "own_unassigned"
    """Incidents that the account opened itself, while no unit was ever sent."""
    OWN_UNIT = "own_unit"
    """Incidents on which the tablet's unit is at work."""
    OWN_UNIT_ON_SCENE = "own_unit_on_scene"
    """The same, once the unit has arrived."""
    OWN_UNIT_LAST = "own_unit_last"
    """The same, and no other unit is at work there."""


Who = Role | DeviceKind

_ALL: Mapping[Action, Scope] = MappingProxyType(dict.fromkeys(Action, Scope.ANY))

RIGHTS: Mapping[Who, Mapping[Action, Scope]] = MappingProxyType(
    {
        Role.OPERATOR: MappingProxyType(
            {Action.OPEN: Scope.ANY, Action.NOTE: Scope.ANY, Action.CLOSE: Scope.OWN_UNASSIGNED}
        ),
        Role.DUTY_OFFICER: _ALL,
        Role.SUPERVISOR: _ALL,
        DeviceKind.TABLET: MappingProxyType(
            {
                Action.NOTE: Scope.OWN_UNIT,
                Action.PROGRESS: Scope.OWN_UNIT,
                Action.RELEASE: Scope.OWN_UNIT_ON_SCENE,
                Action.CLOSE: Scope.OWN_UNIT_LAST,
            }
        ),
    }
)


def callers_of(action: Action) -> tuple[Who, ...]:
    """The roles and devices that may do this at all; what a route declares."""
    return tuple(who for who, rights in RIGHTS.items() if action in rights)


def check(
    who: Principal, action: Action, incident: Incident | None = None, unit_id: UUID | None = None
) -> None:
    """Raises Forbidden, NotYourIncident, OwnUnitOnly, NotOnScene or OthersOnIncident.

    ``unit_id`` is the unit that the command names. Whether the incident is closed or the unit was ever on
    it is the model's matter and is not judged here, so that a late command hears what happened meanwhile.
    """
    asker: Who | None = who.role or who.device_kind
    scope = RIGHTS.get(asker, {}).get(action) if asker is not None else None
    if scope is None:
        raise Forbidden
    if incident is None or scope is Scope.ANY:
        return
    if scope is Scope.OWN_UNASSIGNED:
        if incident.opened_by != who.actor or incident.assignments:
            raise errors.NotYourIncident(number=incident.number)
        return
    _check_crew(scope, who.unit_id, incident, unit_id)


def _check_crew(scope: Scope, own_unit: UUID | None, incident: Incident, named: UUID | None) -> None:
    known = any(a.unit_id == own_unit for a in incident.assignments)
    if own_unit is None or not known or (named is not None and named != own_unit):
        raise errors.OwnUnitOnly(number=incident.number)
    if scope is Scope.OWN_UNIT:
        return
    own = incident.active_of(own_unit)
    if own is None:
        return
    if own.status is not Step.ON_SCENE:
        raise errors.NotOnScene(call_sign=own.call_sign, number=incident.number)
    others = [a.call_sign for a in incident.active if a.unit_id != own_unit]
    if scope is Scope.OWN_UNIT_LAST and others:
        raise errors.OthersOnIncident(number=incident.number, call_signs=", ".join(others))
