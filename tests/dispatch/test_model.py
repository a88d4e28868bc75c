"""What may happen to an incident, decision by decision."""

from dataclasses import replace

import pytest

from jedel.dispatch import errors
from jedel.dispatch.model import UNITS_MAX, Caller, Priority, Result, State, Step
from tests.dispatch.build import ROAD, after, incident, sent, uid


def test_the_first_unit_dispatches_and_answers_it() -> None:
    one = sent("P1", 10)
    assert one.state is State.DISPATCHED
    assert one.times.dispatched == one.times.answered == after(10)
    assert one.assignments[0].way == ROAD


def test_a_second_unit_leaves_the_first_times_alone() -> None:
    one = sent("P1", 10).assign(uid("b"), uid("P2"), "P2", None, after(50))
    assert one.times.dispatched == one.times.answered == after(10)
    assert [a.call_sign for a in one.active] == ["P1", "P2"]


def test_an_answer_counts_once() -> None:
    one = incident().answer(after(5))
    assert one.times.answered == after(5)
    assert one.answer(after(9)) is one
    assert one.assign(uid("a"), uid("P1"), "P1", None, after(20)).times.answered == after(5)


def test_the_same_unit_is_not_sent_twice() -> None:
    with pytest.raises(errors.AlreadyAssigned) as refusal:
        sent("P1", 10).assign(uid("b"), uid("P1"), "P1", None, after(20))
    assert refusal.value.params == {"call_sign": "P1", "number": 1, "assigned_at": "2026-11-20T06:00:10Z"}


def test_units_have_a_limit() -> None:
    one = incident()
    for i in range(UNITS_MAX):
        one = one.assign(uid(f"a{i}"), uid(f"P{i}"), f"P{i}", None, after(i))
    with pytest.raises(errors.TooManyUnits):
        one.assign(uid("more"), uid("more"), "more", None, after(99))


def test_steps_in_order() -> None:
    one = sent("P1", 10).progress(uid("P1"), Step.EN_ROUTE, after(20), after(19))
    assert (one.state, one.times.en_route) == (State.DISPATCHED, after(20))
    one = one.progress(uid("P1"), Step.ON_SCENE, after(100), after(98))
    assert (one.state, one.times.on_scene) == (State.ON_SCENE, after(100))
    a = one.assignments[0]
    assert (a.en_route_at, a.en_route_said, a.on_scene_at, a.on_scene_said) == (
        after(20),
        after(19),
        after(100),
        after(98),
    )


def test_arrival_without_en_route_is_accepted_and_its_late_report_adds_only_what_was_said() -> None:
    one = sent("P1", 10).progress(uid("P1"), Step.ON_SCENE, after(40))
    assert one.progress(uid("P1"), Step.EN_ROUTE, after(50)) is one
    late = one.progress(uid("P1"), Step.EN_ROUTE, after(50), after(15))
    assert late.state is State.ON_SCENE
    assert (late.assignments[0].en_route_at, late.assignments[0].en_route_said) == (None, after(15))
    assert late.times.en_route is None
    assert late.progress(uid("P1"), Step.EN_ROUTE, after(60), after(16)) is late


@pytest.mark.parametrize("step", [Step.EN_ROUTE, Step.ON_SCENE])
def test_a_step_said_twice_changes_nothing_but_may_add_the_officers_time(step: Step) -> None:
    one = sent("P1", 10).progress(uid("P1"), step, after(20))
    assert one.progress(uid("P1"), step, after(30)) is one
    told = one.progress(uid("P1"), step, after(30), after(18))
    assert told is not one
    assert told.times == one.times
    assert told.progress(uid("P1"), step, after(40), after(17)) is told


def test_later_units_do_not_move_the_first_arrival() -> None:
    one = sent("P1", 10).assign(uid("b"), uid("P2"), "P2", None, after(11))
    for unit, at in (("P1", 20), ("P2", 25)):
        one = one.progress(uid(unit), Step.EN_ROUTE, after(at))
        one = one.progress(uid(unit), Step.ON_SCENE, after(at + 60))
    assert (one.times.en_route, one.times.on_scene) == (after(20), after(80))


def test_releasing_the_only_unit_puts_it_back_among_the_waiting() -> None:
    one = sent("P1", 10).release(uid("P1"), after(30), "engine")
    assert one.state is State.OPEN
    assert one.times.dispatched == after(10)
    assert one.assignments[0].reason == "engine"


def test_commands_for_a_unit_that_was_never_sent() -> None:
    with pytest.raises(errors.NotAssigned):
        sent("P1").progress(uid("P2"), Step.EN_ROUTE, after(20))
    with pytest.raises(errors.NotAssigned):
        sent("P1").release(uid("P2"), after(20))


def test_a_late_report_hears_what_happened_meanwhile() -> None:
    one = sent("P1", 10).release(uid("P1"), after(30), "needed elsewhere")
    with pytest.raises(errors.AssignmentEnded) as refusal:
        one.progress(uid("P1"), Step.ON_SCENE, after(90), after(25))
    assert refusal.value.params == {
        "call_sign": "P1",
        "number": 1,
        "released_at": "2026-11-20T06:00:30Z",
        "reason": "needed elsewhere",
    }


def test_a_late_report_is_not_taken_for_the_unit_s_second_errand() -> None:
    one = sent("P1", 10).release(uid("P1"), after(30)).assign(uid("2"), uid("P1"), "P1", None, after(60))
    with pytest.raises(errors.AssignmentEnded):
        one.progress(uid("P1"), Step.EN_ROUTE, after(70), after(20))
    assert one.progress(uid("P1"), Step.EN_ROUTE, after(70), after(65)).times.en_route == after(70)
    assert one.progress(uid("P1"), Step.EN_ROUTE, after(70)).times.en_route == after(70)


def test_a_tablet_with_a_wrong_clock_is_still_heard() -> None:
    one = sent("P1", 10)
    assert one.progress(uid("P1"), Step.EN_ROUTE, after(20), after(-9999)).state is State.DISPATCHED
    assert one.progress(uid("P1"), Step.ON_SCENE, after(20), after(9999)).state is State.ON_SCENE


def test_closing_frees_its_units_and_is_final() -> None:
    gone = sent("P1", 5).release(uid("P1"), after(6), "x").assign(uid("b"), uid("P2"), "P2", None, after(7))
    one = gone.close(Result.RESOLVED, "calm", after(500))
    assert one.state is State.CLOSED
    assert not one.active
    assert [a.released_at for a in one.assignments] == [after(6), after(500)]
    assert (one.result, one.result_text, one.times.closed) == (Result.RESOLVED, "calm", after(500))
    for act in (
        lambda: one.assign(uid("c"), uid("P3"), "P3", None, after(501)),
        lambda: one.release(uid("P2"), after(501)),
        lambda: one.progress(uid("P2"), Step.ON_SCENE, after(501)),
        lambda: one.with_priority(Priority.ROUTINE),
        lambda: one.with_alarm(uid("alarm"), Priority.EMERGENCY, 1),
        lambda: one.close(Result.CANCELLED, None, after(501)),
        lambda: one.join(incident("two"), after(501)),
        lambda: incident("two").join(one, after(501)),
    ):
        with pytest.raises(errors.IncidentClosed) as refusal:
            act()
        assert refusal.value.params["result"] == "resolved"


def test_priority() -> None:
    one = incident()
    assert one.with_priority(Priority.URGENT) is one
    assert one.with_priority(Priority.ROUTINE).priority is Priority.ROUTINE
    assert Priority.ROUTINE.graver(Priority.EMERGENCY) is Priority.EMERGENCY
    assert Priority.URGENT.graver(Priority.INFORMATION) is Priority.URGENT


def test_an_alarm_raises_but_never_lowers() -> None:
    one = incident().with_alarm(uid("a"), Priority.EMERGENCY, 2)
    assert (one.priority, one.units_wanted, one.alarm_ids) == (Priority.EMERGENCY, 2, (uid("a"),))
    two = one.with_alarm(uid("b"), Priority.URGENT, 1).with_alarm(uid("a"), Priority.URGENT, 1)
    assert (two.priority, two.units_wanted, two.alarm_ids) == (
        Priority.EMERGENCY,
        2,
        (uid("a"), uid("b")),
    )


def test_joining_moves_alarms_callers_and_the_graver_priority() -> None:
    aru, dana = Caller("Ару", "+7 701"), Caller("Дана", None)
    one = incident("one", callers=(aru, dana), alarm_ids=(uid("x"),), priority=Priority.EMERGENCY)
    two = incident("two", number=2, callers=(aru,), alarm_ids=(uid("y"),)).answer(after(50))
    closed, grown = one.answer(after(40)).join(two, after(60))
    assert (closed.state, closed.result, closed.joined_into) == (State.CLOSED, Result.DUPLICATE, two.id)
    assert (closed.alarm_ids, closed.callers) == ((), ())
    assert grown.alarm_ids == (uid("y"), uid("x"))
    assert grown.callers == (aru, dana)
    assert grown.priority is Priority.EMERGENCY
    assert grown.times.answered == after(40)


def test_joining_two_unanswered_incidents_answers_neither() -> None:
    assert incident("one").join(incident("two"), after(9))[1].times.answered is None


def test_nothing_joins_itself() -> None:
    with pytest.raises(errors.SameIncident):
        incident().join(incident(), after(1))


def test_a_crew_whose_incident_was_joined_goes_on_with_what_it_had_reached() -> None:
    one = sent("P1", 10).progress(uid("P1"), Step.EN_ROUTE, after(20))
    moved = one.assignments[0]
    two = incident("two").adopt(moved, uid("moved"), after(60))
    assert (two.state, two.times.dispatched, two.times.en_route) == (
        State.DISPATCHED,
        after(60),
        after(60),
    )
    arrived = one.progress(uid("P1"), Step.ON_SCENE, after(50)).assignments[0]
    three = incident("three").adopt(arrived, uid("moved"), after(60))
    assert (three.state, three.times.on_scene) == (State.ON_SCENE, after(60))
    other = replace(arrived, unit_id=uid("P2"), call_sign="P2")
    assert three.adopt(other, uid("again"), after(99)).times == three.times
    assert incident("four").adopt(sent("P3").assignments[0], uid("m"), after(9)).times.en_route is None
