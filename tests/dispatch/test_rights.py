"""Who may do what: the table, row by row."""

from uuid import UUID

import pytest

from jedel.access import DeviceKind, Principal, Role
from jedel.dispatch import errors
from jedel.dispatch.model import Incident, Step
from jedel.dispatch.rights import RIGHTS, Action, callers_of, check
from jedel.kernel.errors import Forbidden
from tests.dispatch.build import after, incident, sent, uid


def staff(role: Role, name: str = "operator") -> Principal:
    return Principal("account", uid(name), name, "00", role)


def tablet(unit: str | None = "P1", kind: DeviceKind = DeviceKind.TABLET) -> Principal:
    return Principal("device", uid("tablet"), "tablet", "00", None, kind, uid(unit) if unit else None)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", [Role.DUTY_OFFICER, Role.SUPERVISOR])
def test_those_who_dispatch_may_all(role: Role, action: Action) -> None:
    check(staff(role), action, sent("P1"), uid("P1"))


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_others_at_a_desk_may_nothing(role: Role, action: Action) -> None:
    with pytest.raises(Forbidden):
        check(staff(role), action)


def test_other_devices_may_nothing() -> None:
    with pytest.raises(Forbidden):
        check(tablet(kind=DeviceKind.TRACKER), Action.PROGRESS, sent("P1"), uid("P1"))
    with pytest.raises(Forbidden):
        check(Principal("device", uid("x"), "x", "00"), Action.NOTE)


@pytest.mark.parametrize(
    "action", [Action.ASSIGN, Action.RELEASE, Action.PROGRESS, Action.PRIORITY, Action.JOIN]
)
def test_an_operator_does_not_dispatch(action: Action) -> None:
    with pytest.raises(Forbidden):
        check(staff(Role.OPERATOR), action, incident())


def test_an_operator_opens_and_notes_anything_and_closes_his_own_before_a_unit_was_sent() -> None:
    operator = staff(Role.OPERATOR)
    check(operator, Action.OPEN)
    check(staff(Role.OPERATOR, "another"), Action.NOTE, sent("P1"))
    check(operator, Action.CLOSE, incident())
    with pytest.raises(errors.NotYourIncident):
        check(staff(Role.OPERATOR, "another"), Action.CLOSE, incident())
    with pytest.raises(errors.NotYourIncident):
        check(operator, Action.CLOSE, sent("P1").release(uid("P1"), after(20)))


@pytest.mark.parametrize("action", [Action.OPEN, Action.ASSIGN, Action.PRIORITY, Action.JOIN])
def test_a_tablet_does_not_dispatch(action: Action) -> None:
    with pytest.raises(Forbidden):
        check(tablet(), action, sent("P1"))


@pytest.mark.parametrize(
    ("who", "named"), [(tablet("P2"), None), (tablet("P1"), uid("P2")), (tablet(None), None)]
)
def test_a_tablet_speaks_for_its_own_unit_on_its_own_incident(who: Principal, named: UUID | None) -> None:
    one = sent("P1")
    check(tablet("P1"), Action.PROGRESS, one, uid("P1"))
    check(tablet("P1"), Action.NOTE, one)
    with pytest.raises(errors.OwnUnitOnly):
        check(who, Action.PROGRESS, one, named)


def on_scene() -> Incident:
    return sent("P1").progress(uid("P1"), Step.ON_SCENE, after(60))


def test_a_crew_ends_its_work_where_it_has_arrived() -> None:
    for action in (Action.CLOSE, Action.RELEASE):
        with pytest.raises(errors.NotOnScene):
            check(tablet(), action, sent("P1"))
        check(tablet(), action, on_scene())


def test_a_crew_does_not_close_what_another_works_on_but_may_leave() -> None:
    two = on_scene().assign(uid("b"), uid("P2"), "P2", None, after(70))
    check(tablet(), Action.RELEASE, two, uid("P1"))
    with pytest.raises(errors.OthersOnIncident) as refusal:
        check(tablet(), Action.CLOSE, two)
    assert refusal.value.params["call_signs"] == "P2"


def test_a_released_crew_is_let_through_to_hear_what_happened() -> None:
    check(tablet(), Action.CLOSE, on_scene().release(uid("P1"), after(70)))


def test_routes_declare_what_the_table_says() -> None:
    assert callers_of(Action.PROGRESS) == (Role.DUTY_OFFICER, Role.SUPERVISOR, DeviceKind.TABLET)
    assert callers_of(Action.OPEN) == (Role.OPERATOR, Role.DUTY_OFFICER, Role.SUPERVISOR)
    assert Role.OFFICER not in RIGHTS
