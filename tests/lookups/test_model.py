"""When a look-up is allowed; pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from jedel.jurisdictions import PurposeRule
from jedel.kernel.errors import Problem
from jedel.lookups import model
from jedel.lookups.model import (
    GRANT_LIFE,
    MANY,
    SAME_PURPOSES,
    History,
    LookUp,
    Question,
    Reason,
    Register,
    State,
)

DAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
RULE = PurposeRule(
    "p",
    {},
    "either",
    frozenset({"vehicle"}),
    second_person=False,
    blocked=False,
    since=DAY,
    until=DAY,
    tell="yes",
)


def question(**more: object) -> Question:
    given = {
        "register": Register.VEHICLE, "asked_by": "plate", "asked": "1", "purpose": "p",
        "incident_id": None, "case_number": "1",
    }  # fmt: skip
    return Question(**given | more)  # type: ignore[arg-type]


def test_a_purpose_holds_from_its_first_day_to_its_last() -> None:
    assert model.rule_for(question(), {"p": RULE}, DAY) is RULE
    for day in (DAY - timedelta(1), DAY + timedelta(1)):
        with pytest.raises(Problem, match="purpose_unknown"):
            model.rule_for(question(), {"p": RULE}, day)


def test_either_asks_for_one() -> None:
    with pytest.raises(Problem, match="incident_needed"):
        model.rule_for(question(case_number=None), {"p": RULE}, DAY)
    assert model.rule_for(question(case_number=None, incident_id=uuid4()), {"p": RULE}, DAY) is RULE


@pytest.mark.parametrize(
    ("history", "reasons"),
    [
        (History(MANY - 1, SAME_PURPOSES), ()),
        (History(MANY, 1), (Reason.MANY,)),
        (History(1, SAME_PURPOSES + 1), (Reason.OTHER_REASON,)),
        (History(MANY, SAME_PURPOSES + 1), (Reason.MANY, Reason.OTHER_REASON)),
        (History(1, 1, off_shift=True), (Reason.OFF_SHIFT,)),
        (History(1, 1, other_region=True), (Reason.OTHER_REGION,)),
        (History(1, 1, own_interest=True), (Reason.OWN_INTEREST,)),
    ],
)
def test_what_is_unusual(history: History, reasons: tuple[Reason, ...]) -> None:
    assert model.unusual(history) == reasons


def test_an_answer_is_open_to_its_asker_for_a_while() -> None:
    asker = uuid4()
    made = LookUp(
        *(uuid4(), "00", NOW, asker, Register.VEHICLE, "plate", "1", "p", None, "1"),
        State.GRANTED,
    )
    assert made.open_for(asker, NOW + GRANT_LIFE)
    assert not made.open_for(asker, NOW + GRANT_LIFE + timedelta(seconds=1))
    assert not made.open_for(uuid4(), NOW)


def test_a_car_from_elsewhere_is_worth_a_look_only_for_a_mere_case() -> None:
    assert model.from_elsewhere("02", "16", None)
    assert not model.from_elsewhere("02", "16", uuid4())
    assert not model.from_elsewhere("02", "02", None)
    assert not model.from_elsewhere("02", None, None)
    assert not model.from_elsewhere("00", "16", None), "the demo region has no plates of its own"


def test_what_may_be_told_and_when() -> None:
    later, never = replace(RULE, tell="later"), replace(RULE, tell="no")
    assert model.may_tell(RULE, NOW, NOW)
    for rule in (later, None):
        assert not model.may_tell(rule, NOW, NOW + model.TELL_AFTER - timedelta(seconds=1))
        assert model.may_tell(rule, NOW, NOW + model.TELL_AFTER)
    assert not model.may_tell(never, NOW, NOW + model.TELL_AFTER)


def test_who_decided() -> None:
    second = uuid4()
    made = LookUp(*(uuid4(), "00", NOW, uuid4(), Register.VEHICLE, "plate", "1", "p", None, "1"), State.ASKED)
    assert made.decided_by is None
    assert replace(made, granted_by=second).decided_by == second
    assert replace(made, refused_by=second).decided_by == second
