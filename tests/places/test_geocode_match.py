"""How like names are, which house stands in for a missing one, and what places are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.places.geocode_match import (
    LIKE_MIN,
    StreetNames,
    address_label,
    crossroad_label,
    english_street,
    latin,
    likeness,
    nearest_house,
    stem,
    typing_distance,
)

WORD = st.text(alphabet="абвгдежиклмнопрстуы", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "two", "steps"),
    [
        ("достык", "достык", 0),
        ("досытк", "достык", 1),
        ("дотык", "достык", 1),
        ("доостык", "достык", 1),
        ("достак", "достык", 1),
        ("", "аб", 2),
    ],
)
def test_typing_distance(one: str, two: str, steps: int) -> None:
    assert typing_distance(one, two) == typing_distance(two, one) == steps


@given(WORD, WORD)
def test_typing_distance_is_a_distance(one: str, two: str) -> None:
    steps = typing_distance(one, two)
    assert (steps == 0) == (one == two)
    assert steps == typing_distance(two, one) <= max(len(one), len(two))


def test_stem() -> None:
    assert stem("абая") == stem("абай") == "аба"
    assert stem("тау") == "тау"


@pytest.mark.parametrize(
    ("better", "worse", "key"),
    [
        ("абай", "абая", "абай"),
        ("абая", "абылай", "абай"),
        ("достык", "досытк", "достык"),
        ("жибек жолы", "жибек", "жибек жолы"),
        ("назарбаев нурсултан", "назарбаев", "нурсултан назарбаев"),
        ("самал 2", "самал 3", "самал 2"),
        ("дост", "дос", "достык"),
    ],
)
def test_the_better_query_scores_higher(better: str, worse: str, key: str) -> None:
    assert likeness(better, key) > likeness(worse, key)


def test_the_best_of_several_names_counts() -> None:
    assert likeness("яблоневая", "алма|яблоневая") == 1.0


@pytest.mark.parametrize("typed", ["досытк", "дотык", "достк", "доостык", "достик"])
def test_one_slip_is_forgiven(typed: str) -> None:
    assert likeness(typed, "достык") >= LIKE_MIN


@pytest.mark.parametrize(
    ("typed", "key"), [("абай", "достык"), ("самал 2", "самал 3"), ("", "абай"), ("абай", "")]
)
def test_strangers_stay_strangers(typed: str, key: str) -> None:
    assert likeness(typed, key) < LIKE_MIN


@given(st.lists(WORD, min_size=1, max_size=4))
def test_likeness_is_between_nought_and_one(words: list[str]) -> None:
    name = " ".join(words)
    assert likeness(name, name) == pytest.approx(1.0)
    assert 0.0 <= likeness(words[0], name) <= 1.0


def test_the_house_beside_a_missing_one() -> None:
    assert nearest_house("12/9", ["10", "11", "12", "12/1", "14"]) == "12"
    assert nearest_house("13", ["12", "14", "15", "8"]) == "15"  # the same side first
    assert nearest_house("13", ["12", "31"]) == "12"
    assert nearest_house("13", ["гараж", "90"]) == "90"
    assert nearest_house("13", []) is None
    assert nearest_house("а", ["1"]) is None


def test_latin_letters() -> None:
    assert latin("Бөгенбай батыр 12") == "Bogenbai batyr 12"


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("Абай даңғылы", "Abai Avenue"),
        ("ул. Толе би", "Tole bi Street"),
        ("8-й микрорайон", "Microdistrict 8"),
        ("1-ықшамауданы", "Microdistrict 1"),
        ("мкр. Самал-2", "Samal-2 Microdistrict"),
        ("Айналма жол", "Ainalma zhol"),
        ("Гүлдер аллеясы", "Gulder"),
        ("", ""),
    ],
)
def test_english_streets(name: str, english: str) -> None:
    assert english_street(name) == english


def test_labels() -> None:
    abai = StreetNames("Абай даңғылы", "Абай даңғылы", "проспект Абая")
    plain = StreetNames("улица Мира", "", "")
    assert address_label(abai, "12") == {
        "kk": "Абай даңғылы, 12",
        "ru": "проспект Абая, 12",
        "en": "Abai Avenue, 12",
    }
    assert crossroad_label(abai, plain)["ru"] == "проспект Абая / улица Мира"
    assert plain.label() == {"kk": "улица Мира", "ru": "улица Мира", "en": "Mira Street"}
