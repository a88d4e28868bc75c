"""Likely duplicates: near, close in time, tellable as the same thing, and said why."""

from dataclasses import replace

import pytest

from jedel.dispatch.model import Incident, IncidentClass, Result, Times
from jedel.dispatch.proposals import PROPOSALS_MAX, classes, likeness, propose
from jedel.kernel.geo import Point
from tests.dispatch.build import SQUARE, after, incident, uid

METRE = 1 / 111_195


def at(name: str, *, north_m: float = 0, later_s: float = 0, cls: str = "fight") -> Incident:
    return incident(
        name,
        cls=IncidentClass(cls),
        place=Point(SQUARE.lon, SQUARE.lat + north_m * METRE),
        times=Times(received=after(later_s), opened=after(later_s)),
    )


def test_every_class_is_described_in_three_languages() -> None:
    assert set(classes()) == set(IncidentClass)
    for facts in classes().values():
        assert facts.families
        assert set(facts.title) == set(facts.lockdown) == {"kk", "ru", "en"}


def test_the_very_same_scores_one_and_says_why() -> None:
    like = likeness(at("new"), at("old"))
    assert like is not None
    assert (like.score, like.metres, like.seconds, like.same_class) == (1.0, 0, 0, True)
    assert like.other_id == uid("old")


@pytest.mark.parametrize(
    ("other", "likely"),
    [
        (at("old", north_m=299), True),
        (at("old", north_m=302), False),
        (at("old", later_s=-900), True),
        (at("old", later_s=-901), False),
        (at("old", later_s=900), True),
        (at("old", cls="call"), True),
        (at("old", cls="traffic"), False),
        (at("old").close(Result.RESOLVED, None, after(5)), False),
        (at("new"), False),
        (replace(at("old"), place_known=False), False),
    ],
)
def test_limits(other: Incident, likely: bool) -> None:
    assert (likeness(at("new"), other) is not None) is likely


def test_nearer_sooner_and_same_class_come_first() -> None:
    others = [
        at("far", north_m=250),
        at("near", north_m=10),
        at("long ago", north_m=10, later_s=-800),
        at("other class", north_m=10, cls="call"),
    ]
    order = [like.other_id for like in propose(at("new"), others)]
    assert order == [uid("near"), uid("other class"), uid("long ago"), uid("far")]


def test_proposals_have_a_limit() -> None:
    crowd = [replace(at(f"c{i}"), number=i + 2) for i in range(PROPOSALS_MAX + 5)]
    assert len(propose(at("new"), crowd)) == PROPOSALS_MAX
