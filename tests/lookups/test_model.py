"""When a look-up is allowed; pure."""

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
