"""Folding of names, keys of streets, crossroads and houses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.places.geocode_model import crossroad_key, fold, house_key, street_key

TYPED = st.text(
    alphabet="абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefgхyz0123456789 -./№,'\"АБЯТABCШüß", max_size=60
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Достық даңғылы", "достык"),
        ("пр. Достык", "достык"),
        ("пр-т Достык", "достык"),
        ("dostyk ave", "достык"),
        ("Абай", "абай"),
        ("abai", "абай"),
        ("abay street", "абай"),
        ("Aбай", "абай"),  # the first letter is Latin
        ("Абaй", "абай"),
        ("Жібек жолы", "жибек жолы"),
        ("Zhibek zholy", "жибек жолы"),
        ("ул. Толе би", "толе би"),
        ("Әл-Фараби", "ал фараби"),
        ("Аль-Фараби", "ал фараби"),
        ("Ауэзова", "ауезова"),
        ("Әуезов", "ауезов"),
        ("8-й микрорайон", "8"),
        ("1-ықшамауданы", "1"),
        ("2nd street", "2"),
        ("мкр-н Аксай-3", "аксай 3"),
        ("ықшам ауданы Самал", "самал"),
        ("Алматы тас жолы", "алматы"),
        ("sch45", "ш 45"),
        ("Bögenbai batyr", "богенбай батыр"),
        ("Façade", "фачаде"),
        ("Šymkent", "сымкент"),  # an accent that no table has
        ("улица", "улица"),  # nothing but the kind: it is the name
        ("№", ""),
        ("", ""),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_a_latin_letter_without_a_counterpart_stays_out_of_cyrillic_words() -> None:
    assert fold("достыкd") == "достыкд"


@given(TYPED)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80))
def test_fold_takes_any_text_and_gives_words_only(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split())
    assert all("а" <= sign <= "я" or sign.isdecimal() or sign == " " for sign in folded)


@given(TYPED)
def test_case_does_not_count(text: str) -> None:
    assert fold(text.lower()) == fold(text.lower().upper().lower())


def test_a_street_key_has_each_name_once() -> None:
    assert street_key("Абай даңғылы", "Абай даңғылы", "проспект Абая", None, "") == "абай|абая"
    assert street_key() == ""
    assert street_key("…") == ""


def test_a_crossroad_key_does_not_mind_the_order() -> None:
    assert crossroad_key("достык", "абай|абая") == crossroad_key("абай|абая", "достык") == "абай|абая/достык"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("12", "12"),
        ("12А", "12а"),
        ("12 а", "12а"),
        ("12-а", "12а"),
        ("12a", "12а"),
        ("12A", "12а"),
        ("12B", "12в"),  # looks like В
        ("12b", "12б"),  # sounds like б
        ("д. 12", "12"),
        ("үй 7", "7"),
        ("№ 5", "5"),
        ("12/3", "12/3"),
        ("12\\3", "12/3"),
        ("12 / 3", "12/3"),
        ("12 корпус 3", "12к3"),
        ("12к3", "12к3"),
        ("12 стр. 4", "12с4"),
        ("12–14", "12-14"),
        ("12а/3", "12а/3"),
        ("Ә", ""),
        ("abc", ""),
        ("", ""),
    ],
)
def test_house_key(typed: str, key: str) -> None:
    assert house_key(typed) == key


@given(st.integers(1, 999), st.sampled_from(["", "а", "б", "/2", "/2а", "к1", "с1", "-14"]))
def test_house_keys_are_stable_and_different(number: int, more: str) -> None:
    key = house_key(f"{number}{more}")
    assert house_key(key) == key == house_key(f"дом {number}{more.upper()}")
    assert key != house_key(f"{number + 1}{more}")
