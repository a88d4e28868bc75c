"""When help comes, as it is said to the person; who may do what to a call and when."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from jedel.calls.errors import AnsweredAlready, CallOver, NotYourCall
from jedel.calls.model import (
    HEARD_EVERY,
    SILENT_AFTER,
    TEST_LASTS,
    Call,
    CallState,
    EndReason,
    Help,
    HelpState,
    Patrol,
    help_of,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)


def call(*, test: bool = False) -> Call:
    alarm = None if test else UUID(int=9)
    return Call(
        UUID(int=3), "00", UUID(int=4), "Post", None, UUID(int=5), alarm, None, CallState.RINGING, test, "kk",
        NOW, NOW,
    )  # fmt: skip


def patrol(eta_s: int | None, *, ago_s: float = 0, there: bool = False) -> Patrol:
    return Patrol(there, eta_s, NOW - timedelta(seconds=ago_s))


@pytest.mark.parametrize(
    ("patrols", "told"),
    [
        ([], Help(HelpState.NONE)),
        ([patrol(None)], Help(HelpState.SENT)),
        ([patrol(180)], Help(HelpState.SENT, 3)),
        ([patrol(181)], Help(HelpState.SENT, 4)),
        ([patrol(600), patrol(180, ago_s=130), patrol(None)], Help(HelpState.SENT, 1)),
        ([patrol(60, ago_s=300)], Help(HelpState.SENT, 1)),
        ([patrol(600), patrol(600, there=True)], Help(HelpState.THERE)),
    ],
)
def test_minutes_are_those_of_the_soonest(patrols: list[Patrol], told: Help) -> None:
    assert help_of(patrols, NOW) == told


def test_one_answers_and_another_must_say_from_whom_he_takes_it() -> None:
    answered = call().answer(ONE, "One", None, NOW)
    assert answered.state is CallState.ANSWERED
    assert answered.answer(ONE, "One", None, NOW) is answered
    for instead in (None, OTHER):
        with pytest.raises(AnsweredAlready):
            answered.answer(OTHER, "Other", instead, NOW)
    later = NOW + timedelta(seconds=9)
    taken = answered.answer(OTHER, "Other", ONE, later)
    assert (taken.answered_by, taken.answered_at) == (OTHER, NOW)
    taken.require_answered_by(OTHER)
    with pytest.raises(NotYourCall):
        taken.require_answered_by(ONE)


def test_silence_loses_it_and_a_word_brings_it_back_as_it_was() -> None:
    ringing, answered = call(), call().answer(ONE, "One", None, NOW)
    for before in (ringing, answered):
        assert before.silent(NOW + SILENT_AFTER - timedelta(microseconds=1)) is None
        lost = before.silent(NOW + SILENT_AFTER)
        assert lost is not None
        assert (lost.state, lost.lost_at) == (CallState.LOST, NOW)
        assert lost.silent(NOW + 2 * SILENT_AFTER) is None
        back = lost.hear(NOW + 2 * SILENT_AFTER)
        assert (back.state, back.lost_at) == (before.state, None)
    lost = ringing.silent(NOW + SILENT_AFTER)
    assert lost is not None
    assert lost.answer(ONE, "One", None, NOW).state is CallState.LOST


def test_its_word_is_written_now_and_then() -> None:
    ringing = call()
    assert ringing.hear(NOW + HEARD_EVERY - timedelta(microseconds=1)) is ringing
    assert ringing.hear(NOW + HEARD_EVERY).heard_at == NOW + HEARD_EVERY


def test_an_ended_call_is_over() -> None:
    over = call().end(EndReason.OFFICER, NOW)
    assert not over.live
    assert over.hear(NOW + timedelta(hours=1)) is over
    with pytest.raises(CallOver):
        over.end(EndReason.ALARM, NOW)
    with pytest.raises(CallOver):
        over.answer(ONE, "One", None, NOW)


def test_only_a_test_ends_by_time() -> None:
    assert not call().test_over(NOW + TEST_LASTS)
    assert call(test=True).test_over(NOW + TEST_LASTS)
    assert not call(test=True).test_over(NOW + TEST_LASTS - timedelta(seconds=1))
    assert call().subject == UUID(int=3)
