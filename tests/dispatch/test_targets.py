"""Targets are dated rows; a region's day is its local one."""

from datetime import UTC, date, datetime

import pytest

from jedel.dispatch import targets
from jedel.dispatch.day import local_day
from jedel.dispatch.targets import Measured

TWO_ROWS = """[
  {"name": "answer", "seconds": 15, "share": 0.9, "from": "2020-01-01", "until": "2022-01-01",
   "measures": "m", "source": "s"},
  {"name": "answer", "seconds": 10, "share": 0.9, "from": "2022-01-01", "until": null,
   "measures": "m", "source": "s"}
]"""


def test_the_rows_in_force_today() -> None:
    answer = targets.in_force("answer", date(2026, 11, 20))
    dispatch = targets.in_force("dispatch", date(2026, 11, 20))
    assert (answer.seconds, dispatch.seconds, answer.share) == (10, 60, 0.9)
    assert "NFPA 1225" in answer.source


def test_the_row_of_the_day_decides() -> None:
    rows = targets.parse(TWO_ROWS)
    assert targets.in_force("answer", date(2021, 12, 31), rows).seconds == 15
    assert targets.in_force("answer", date(2022, 1, 1), rows).seconds == 10
    with pytest.raises(LookupError):
        targets.in_force("answer", date(2019, 12, 31), rows)


def test_nothing_to_judge_is_not_a_hundred_percent() -> None:
    assert Measured(0, 0).ratio is None
    assert Measured(2, 3).ratio == 0.6667


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        (datetime(2026, 11, 19, 18, 59, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 19, 19, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2020, 1, 1, 18, 0, tzinfo=UTC), date(2020, 1, 1)),
    ],
)
def test_the_day_begins_at_local_midnight(utc: datetime, day: date) -> None:
    assert local_day(utc) == day
