"""What a typed place may mean."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.places.geocode_query import (
    QUERY_CHARS_MAX,
    AddressQuery,
    CrossroadQuery,
    NameQuery,
    Reading,
    SiteQuery,
    parse,
)
from jedel.places.model import SiteKind

STREETS = {
    "Абай даңғылы": "абай",
    "пр. Достык": "достык",
    "Zhibek zholy": "жибек жолы",
    "ул. 8 Марта": "8 марта",
}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("Абай / Достық", CrossroadQuery("абай", "достык")),
        ("абая угол достык", CrossroadQuery("абая", "достык")),
        ("abai/dostyk", CrossroadQuery("абай", "достык")),
        ("abai and dostyk", CrossroadQuery("абай", "достык")),
        ("Абай мен Достық қиылысы", CrossroadQuery("абай", "достык")),
        ("перекрёсток Абая и Достык", CrossroadQuery("абая", "достык")),
        ("Абая 12 / Достык 5", CrossroadQuery("абая", "достык")),
        ("8 Марта x Абая", CrossroadQuery("8 марта", "абая")),
        ("Абая 12/3", AddressQuery("абая", "12/3")),
        ("Абая, 12а", AddressQuery("абая", "12а")),
        ("Достык 12 А", AddressQuery("достык", "12а")),
        ("Абай даңғылы, 12 үй", AddressQuery("абай", "12")),
        ("пр. Абая д. 10 корпус 2", AddressQuery("абая", "10к2")),
        ("микрорайон 8, дом 12 кв 5", AddressQuery("8", "12")),
        ("28 гвардейцев 7", AddressQuery("28 гвардейцев", "7")),
        ("12a Abai ave", AddressQuery("абай", "12а", unusual=True)),
        ("школа 45", SiteQuery(SiteKind.SCHOOL, 45, "")),
        ("№45 мектеп", SiteQuery(SiteKind.SCHOOL, 45, "")),
        ("sch45", SiteQuery(SiteKind.SCHOOL, 45, "")),
        ("SOS-07", SiteQuery(SiteKind.POST, 7, "")),
        ("отдел полиции 2", SiteQuery(SiteKind.POLICE, 2, "")),
        ("Орталық саябақ", SiteQuery(SiteKind.PARK, None, "орталык")),
        ("банк", SiteQuery(SiteKind.BANK, None, "")),
        ("Самал", NameQuery("самал")),
        ("Аль-Фараби", NameQuery("ал фараби")),
        ("12", NameQuery("12")),
    ],
)
def test_the_likeliest_reading_comes_first(typed: str, first: Reading) -> None:
    assert parse(typed)[0] == first


def test_other_readings_follow() -> None:
    assert parse("абай-достык") == (NameQuery("абай достык"), CrossroadQuery("абай", "достык"))
    assert AddressQuery("школа", "45", unusual=True) in parse("школа 45")


@pytest.mark.parametrize("nothing", ["", "   ", "№", "...", "/"])
def test_nothing_means_nothing(nothing: str) -> None:
    assert parse(nothing) == ()


@pytest.mark.parametrize("number", ["12, 5", "45 12", "7 / 9", "… 12"])
def test_numbers_alone_are_no_address(number: str) -> None:
    assert not any(isinstance(reading, AddressQuery | CrossroadQuery) for reading in parse(number))


@pytest.mark.parametrize(("one", "two"), [pair for pair in product(STREETS, STREETS) if pair[0] != pair[1]])
@pytest.mark.parametrize("between", [" / ", "/", " угол ", " & ", " × "])
def test_crossroads_of_any_two_streets(one: str, two: str, between: str) -> None:
    assert parse(f"{one}{between}{two}")[0] == CrossroadQuery(STREETS[one], STREETS[two])


@given(
    st.sampled_from(sorted(STREETS)),
    st.integers(1, 999),
    st.sampled_from(["", "а", "/3", "к2"]),
    st.sampled_from([", ", " ", ", д. ", ", дом "]),
)
def test_a_house_is_never_read_as_its_neighbour(street: str, number: int, more: str, between: str) -> None:
    found = [
        reading for reading in parse(f"{street}{between}{number}{more}") if isinstance(reading, AddressQuery)
    ]
    assert AddressQuery(STREETS[street], f"{number}{more}") in found
    assert all(reading.house == f"{number}{more}" for reading in found if not reading.unusual)


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    for reading in parse(text):
        match reading:
            case CrossroadQuery(first, second):
                assert first
                assert second
            case AddressQuery(street, house):
                assert street
                assert any(sign.isdecimal() for sign in house)
            case NameQuery(name):
                assert 0 < len(name) <= 4 * QUERY_CHARS_MAX
