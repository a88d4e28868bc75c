"""Transitions of an alert, sureness and limits: pure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.qorgau.alerts import model
from jedel.qorgau.alerts.errors import AlertOver, BothMustMatch, ReasonDoesNotFit, ReasonNeeded
from jedel.qorgau.alerts.limits import all_limits, limits_on
from jedel.qorgau.alerts.model import Alert, AlertState, Before, Reading, Reason, Refutation, Said
from jedel.qorgau.model import FALSE_PLATE, NUMBER_OF, Action, Ground

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = limits_on(NOW.date())
SURE = Reading(3, 96, 90)
STATES = list(AlertState)


def bases(grounds: Ground) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"ground": int(ground), "action": "stop", "entry_id": None, "basis": ""}
        for ground in Ground
        if ground & grounds
    )


def alert(
    state: AlertState = AlertState.UNCONFIRMED, grounds: Ground = Ground.WANTED, *, confirmed: bool = False,
    reading: Reading = SURE, action: Action = Action.STOP,
) -> Alert:  # fmt: skip
    return Alert(
        id=UUID(int=1), region="00", plate=1, state=state, action=action, wanted_action=Action.STOP,
        grounds=grounds, score=90, reading=reading, camera=1, reader=0, last_camera=1, last_at=NOW,
        confirmed_at=NOW if confirmed else None, refuted_by=None, bases=bases(grounds), ever=bases(grounds),
        read={}, passings=(), pair=None, register=None, opened_at=NOW, updated_at=NOW,
        ends_at=NOW + timedelta(minutes=12), ended_at=None if state in model.OPEN else NOW,
    )  # fmt: skip


def answer(before: Alert, said: Said, reason: Reason | None = None, *, both: bool = False) -> Alert:
    later = NOW + timedelta(seconds=30)
    return model.answered(before, said, reason, both=both, at=later, now=later, limits=LIMITS)


@pytest.mark.parametrize(
    ("state", "said", "after"),
    [
        ("unconfirmed", "seen", "seen"),
        ("unconfirmed", "lost", "lost"),
        ("unconfirmed", "confirmed", "confirmed"),
        ("unconfirmed", "stopped", "stopped"),
        ("unconfirmed", "refuted", "refuted"),
        ("seen", "seen", "seen"),
        ("seen", "lost", "lost"),
        ("seen", "confirmed", "confirmed"),
        ("seen", "stopped", "stopped"),
        ("seen", "refuted", "refuted"),
        ("confirmed", "seen", "confirmed"),
        ("confirmed", "confirmed", "confirmed"),
        ("confirmed", "lost", "lost"),
        ("confirmed", "stopped", "stopped"),
        ("confirmed", "refuted", "refuted"),
        ("lost", "seen", "seen"),
        ("lost", "lost", "lost"),
        ("lost", "confirmed", "confirmed"),
        ("lost", "stopped", "stopped"),
        ("lost", "refuted", "refuted"),
        ("stopped", "seen", "stopped"),
        ("stopped", "lost", "stopped"),
        ("stopped", "confirmed", "stopped"),
        ("stopped", "stopped", "stopped"),
        ("stopped", "refuted", "refuted"),
        ("refuted", "seen", "refuted"),
        ("refuted", "lost", "refuted"),
        ("refuted", "refuted", "refuted"),
        ("ended", "seen", "ended"),
        ("ended", "lost", "ended"),
        ("ended", "confirmed", "ended"),
        ("ended", "stopped", "stopped"),
        ("ended", "refuted", "refuted"),
    ],
)
def test_every_answer_in_every_state(state: str, said: str, after: str) -> None:
    before = alert(AlertState(state))
    done = answer(before, Said(said), Reason.LIST_WRONG, both=True)
    assert done.state == after
    assert done.open == (done.ended_at is None)
    assert done.confirmed == (said in ("confirmed", "stopped"))


@pytest.mark.parametrize("said", [Said.CONFIRMED, Said.STOPPED])
def test_what_was_refuted_is_not_answered_back_to_life(said: Said) -> None:
    with pytest.raises(AlertOver):
        answer(alert(AlertState.REFUTED), said, both=True)


@given(st.sampled_from(STATES), st.lists(st.tuples(st.sampled_from(Said), st.booleans()), max_size=8))
def test_nothing_but_both_confirms(state: AlertState, said: list[tuple[Said, bool]]) -> None:
    ever = state in (AlertState.CONFIRMED, AlertState.STOPPED)
    now = alert(state, confirmed=ever, reading=Reading(1, 50, 50), action=Action.INFORM)
    for word, both in said:
        try:
            now = answer(now, word, Reason.OTHER_VEHICLE, both=both)
        except (BothMustMatch, AlertOver):
            continue
        ever |= both and word in (Said.CONFIRMED, Said.STOPPED)
        assert now.confirmed == ever
        assert ever or now.action is Action.INFORM
        assert now.state is not AlertState.CONFIRMED or ever
    assert now.open == (now.ended_at is None)


def test_stopped_needs_both_or_an_earlier_confirmation() -> None:
    with pytest.raises(BothMustMatch):
        answer(alert(), Said.STOPPED)
    assert answer(alert(AlertState.CONFIRMED, confirmed=True), Said.STOPPED).state is AlertState.STOPPED


def test_a_lost_car_that_was_confirmed_is_found_again_as_such() -> None:
    lost = alert(AlertState.LOST, confirmed=True)
    assert answer(lost, Said.SEEN).state is AlertState.CONFIRMED
    assert moved(lost).state is AlertState.CONFIRMED
    assert moved(alert(AlertState.LOST)).state is AlertState.UNCONFIRMED
    assert moved(alert(AlertState.SEEN)).state is AlertState.SEEN


def moved(before: Alert, grounds: Ground = Ground.WANTED, reading: Reading = SURE, score: int = 80) -> Alert:
    return model.moved(
        before, read={"n": 2}, passing={}, reading=reading, camera=2, at=NOW + timedelta(seconds=40),
        grounds=grounds, score=score, bases=bases(grounds), wanted=Action.STOP, pair=None,
        now=NOW + timedelta(seconds=41), limits=LIMITS,
    )  # fmt: skip


def test_reads_of_one_car_add_up_and_of_two_do_not() -> None:
    weak = Reading(1, 90, 80)
    assert moved(alert(reading=weak), reading=weak).action is Action.STOP
    assert moved(alert(reading=weak), reading=weak).score == 90
    two = moved(alert(reading=weak), Ground.TWO_PLACES, weak)
    assert two.action is Action.OBSERVE
    assert two.score == 80
    assert moved(alert(confirmed=True), Ground.TWO_PLACES, Reading(1, 1, 1)).action is Action.STOP


def test_only_the_last_passings_are_shown() -> None:
    now = alert()
    for _ in range(model.PASSINGS_MAX + 10):
        now = moved(now)
    assert len(now.passings) == model.PASSINGS_MAX


def test_refuting_needs_a_reason_that_fits() -> None:
    with pytest.raises(ReasonNeeded):
        answer(alert(), Said.REFUTED)
    with pytest.raises(ReasonDoesNotFit):
        answer(alert(), Said.REFUTED, Reason.PAID)
    both = alert(grounds=Ground.WANTED | Ground.UNPAID_FINES)
    left = answer(both, Said.REFUTED, Reason.PAID)
    assert (left.grounds, left.state) == (Ground.WANTED, AlertState.UNCONFIRMED)
    assert [basis["ground"] for basis in left.bases] == [Ground.WANTED]
    assert len(left.ever) == 2
    known = answer(
        alert(grounds=both.grounds, confirmed=True, reading=Reading(1, 1, 1)), Said.REFUTED, Reason.PAID
    )
    assert known.action is Action.STOP
    stopped = answer(alert(AlertState.STOPPED, both.grounds), Said.REFUTED, Reason.PAID)
    assert stopped.state is AlertState.REFUTED


def test_news_is_another_camera_or_the_same_after_a_while() -> None:
    def news(camera: int, after_s: float) -> bool:
        return model.is_news(alert(), camera, NOW + timedelta(seconds=after_s), LIMITS)

    assert news(2, 1)
    assert not news(1, LIMITS.same_camera_s)
    assert news(1, LIMITS.same_camera_s + 1)
    assert not news(2, 0)
    assert not news(2, -5)


PERCENT = st.integers(0, 100)


@given(st.integers(0, 255), PERCENT, PERCENT, PERCENT, st.sampled_from(Action))
def test_nobody_is_asked_to_stop_on_one_frame(
    frames: int, sure: int, weak: int, score: int, entry: Action
) -> None:
    asked = model.least(entry, model.may_ask(Reading(frames, sure, weak), score, LIMITS))
    assert NUMBER_OF[asked] <= NUMBER_OF[entry]
    if asked is Action.STOP:
        assert frames >= 2
        assert sure >= LIMITS.stop.confidence
        assert weak >= LIMITS.stop.weakest
        assert score >= LIMITS.stop.score


def test_the_order_of_grounds() -> None:
    order = [
        Ground.WANTED | Ground.UNINSURED, Ground.TWO_PLACES, Ground.DEPARTMENT, Ground.SYSTEMATIC,
        Ground.UNPAID_FINES, Ground.UNINSURED, Ground(0),
    ]  # fmt: skip
    assert [model.priority(grounds) for grounds in order] == [1, 2, 3, 4, 5, 6, 7]
    assert {model.priority(ground) for ground in Ground if ground & FALSE_PLATE} == {2}
    assert alert(grounds=Ground.UNPAID_FINES).priority == 5


def test_a_hit_that_is_not_sure_enough_is_told_to_nobody() -> None:
    every = Ground.WANTED | Ground.UNINSURED
    assert model.alerting(every, 10, LIMITS) == Ground.WANTED
    assert model.alerting(every, 90, LIMITS) == every
    assert model.alerting(0, 90, LIMITS) == 0


def test_what_is_answered_is_left_alone_for_a_while() -> None:
    before = Before(priority=5, answered_at=NOW)
    soon, late = NOW + timedelta(minutes=1), NOW + timedelta(minutes=LIMITS.cooldown_minutes)
    assert model.cooling(Ground.UNPAID_FINES, before, soon, LIMITS)
    assert not model.cooling(Ground.UNPAID_FINES, before, late, LIMITS)
    assert not model.cooling(Ground.WANTED, before, soon, LIMITS)
    assert not model.cooling(Ground.UNPAID_FINES, Before(5, None), soon, LIMITS)
    assert not model.cooling(Ground.UNPAID_FINES, None, soon, LIMITS)


def test_wanted_cars_are_never_too_many() -> None:
    assert not model.too_many(Ground.WANTED, 10_000, 10_000, LIMITS)
    assert model.too_many(Ground.TWO_PLACES, LIMITS.any_per_minute, 0, LIMITS)
    assert not model.too_many(Ground.TWO_PLACES, LIMITS.any_per_minute - 1, 10_000, LIMITS)
    assert model.too_many(Ground.UNINSURED, 0, LIMITS.lesser_per_minute, LIMITS)
    assert not model.too_many(Ground.UNINSURED, 10_000, LIMITS.lesser_per_minute - 1, LIMITS)


def test_a_refutation_holds_while_its_basis_is_the_same_and_not_for_ever() -> None:
    refuted = Refutation("a", NOW)
    assert refuted.holds("a", NOW - timedelta(seconds=1))
    assert not refuted.holds("b", NOW - timedelta(seconds=1))
    assert not refuted.holds("a", NOW)
    assert model.refuted_until(Reason.OTHER_PLATE, NOW, LIMITS) == NOW + timedelta(hours=LIMITS.misread_hours)
    assert model.refuted_until(Reason.PAID, NOW, LIMITS) == NOW + timedelta(days=LIMITS.refuted_days)


def test_what_stands_no_longer_goes() -> None:
    both = alert(grounds=Ground.WANTED | Ground.UNINSURED)
    assert model.without(both, bases(both.grounds), NOW, LIMITS) is None
    left = model.without(both, bases(Ground.UNINSURED), NOW, LIMITS)
    assert left is not None
    assert (left.grounds, left.action) == (Ground.UNINSURED, Action.STOP)
    sure = alert(grounds=both.grounds, confirmed=True, reading=Reading(1, 1, 1))
    known = model.without(sure, bases(Ground.WANTED), NOW, LIMITS)
    assert known is not None
    assert known.action is Action.STOP
    over = model.without(both, (), NOW, LIMITS)
    assert over is not None
    assert over.state is AlertState.ENDED


def test_settings_have_days() -> None:
    assert limits_on(date(2030, 1, 1)) == all_limits()[-1]
    assert limits_on(date(1990, 1, 1)) == all_limits()[0]
