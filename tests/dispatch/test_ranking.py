"""The order in which units are offered, and the reason each one carries."""

from hypothesis import given
from hypothesis import strategies as st

from jedel.dispatch.model import Way
from jedel.dispatch.ranking import OFFERED_MAX, Candidate, Why, rank
from tests.dispatch.build import uid


def car(
    name: str,
    eta_s: int,
    *,
    metres: int = 900,
    skilled: bool = False,
    home: bool = False,
    estimated: bool = False,
) -> Candidate:
    return Candidate(uid(name), name, "available", Way(eta_s, metres, estimated), skilled, home)


def why(candidates: list[Candidate], missing: int = 1) -> list[tuple[str, Why]]:
    return [(o.candidate.call_sign, o.reason.code) for o in rank(candidates, "school", missing)]


def test_nearest_by_road_first() -> None:
    assert why([car("B", 200), car("A", 100)]) == [("A", Why.NEAREST_BY_ROAD), ("B", Why.NEXT_NEAREST)]


def test_a_skilled_one_overtakes_within_its_worth_only() -> None:
    assert why([car("A", 100), car("S", 159, skilled=True)])[0] == ("S", Why.HAS_SKILL)
    assert why([car("A", 100), car("S", 161, skilled=True)])[0] == ("A", Why.NEAREST_BY_ROAD)
    offer = rank([car("A", 100), car("S", 159, skilled=True)], "school", 1)[0]
    assert offer.reason.params == {"skill": "school", "seconds": 59}


def test_its_own_district_overtakes_by_a_little() -> None:
    assert why([car("A", 100), car("H", 119, home=True)])[0] == ("H", Why.OWN_DISTRICT)


def test_already_near_is_said_only_of_road_times() -> None:
    assert why([car("A", 30, metres=200)]) == [("A", Why.ALREADY_NEAR)]
    assert why([car("A", 30, metres=200, estimated=True)]) == [("A", Why.NEAREST_STRAIGHT)]
    assert why([car("A", 61, metres=200)]) == [("A", Why.NEAREST_BY_ROAD)]
    assert why([car("A", 50, metres=301)]) == [("A", Why.NEAREST_BY_ROAD)]


def test_a_lockdown_wants_two() -> None:
    assert why([car("A", 100), car("B", 150), car("C", 200)], missing=2) == [
        ("A", Why.NEAREST_BY_ROAD),
        ("B", Why.SECOND_UNIT),
        ("C", Why.NEXT_NEAREST),
    ]


def test_no_units_no_offers() -> None:
    assert rank([], None, 1) == []


@given(
    st.lists(
        st.builds(
            car,
            st.uuids().map(str),
            st.integers(0, 4000),
            skilled=st.booleans(),
            home=st.booleans(),
            estimated=st.booleans(),
        ),
        max_size=12,
    ),
    st.integers(1, 3),
)
def test_the_order_is_total_and_never_loses_the_best(candidates: list[Candidate], missing: int) -> None:
    offers = rank(candidates, "school", missing)
    assert len(offers) == min(len(candidates), OFFERED_MAX)
    worth = [o.candidate.worth_s for o in offers]
    assert worth == sorted(worth)
    assert worth[:1] == sorted(c.worth_s for c in candidates)[:1]
