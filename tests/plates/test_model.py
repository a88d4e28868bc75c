"""The grammar of plates: every series, and what no plate may make of it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.jurisdictions import regions
from jedel.plates import keys
from jedel.plates.model import (
    Plate,
    PlateUnreadable,
    Series,
    codes,
    corrections,
    normalise,
    of_rows,
    parse,
    series,
    settle,
)
from jedel.registers import identifiers

BY_CODE = {each.code: each for each in series()}
CYRILLIC = {
    "A": "А",
    "B": "В",
    "E": "Е",
    "K": "К",
    "M": "М",
    "H": "Н",
    "O": "О",
    "P": "Р",
    "C": "С",
    "T": "Т",
}


@st.composite
def plates(draw: st.DrawFn, of: Series | None = None) -> tuple[Series, str]:
    """A plate that its series allows; KP is police where it stands in a plate of an organisation."""
    each = of or draw(st.sampled_from(series()))
    text = "".join(draw(st.sampled_from(each.may(place))) for place in range(len(each.pattern.rstrip("R"))))
    if "R" in each.pattern:
        text += draw(st.sampled_from(sorted(codes())))
    return each, text


@given(plates())
def test_every_plate_of_a_series_is_of_it_and_possible(made: tuple[Series, str]) -> None:
    each, text = made
    found = parse(text)
    assert found.text == text == normalise(text)
    assert (found.country, found.possible) == ("KZ", True)
    if found.series != each.code:  # the letters KP make it a police plate
        assert found.series is not None
        assert BY_CODE[found.series].kind == "police"
        assert "KP" in text
    if "R" in each.pattern:
        assert found.region == text[-2:]
    assert found.region is None or found.region in codes()


@given(plates(), st.sampled_from([1, 2]))
def test_rows_and_back(made: tuple[Series, str], rows: int) -> None:
    _, text = made
    plate = parse(text)
    stands = plate.rows(rows)
    assert len(stands) == rows
    assert sorted("".join(stands).replace(" ", "")) == sorted(text)
    assert of_rows([normalise(row) if len(row) > 1 else row for row in stands]) == text
    assert plate.say() == plate.rows()[0] == " ".join(BY_CODE[plate.series or ""].split(text))


def test_two_rows_of_a_private_plate() -> None:
    assert parse("123ABC02").rows(2) == ("123", "02 ABC")
    assert of_rows(("123", "02ABC")) == "123ABC02"
    assert parse("A123BCD").rows(2) == ("A 123", "BCD")
    assert parse("123ABC02").rows(3) == ("123 ABC 02",)
    assert of_rows(("123", "ABCDE")) is None
    assert of_rows(("123", "77ABC")) == "123ABC77"  # impossible, and yet what stands there
    assert of_rows(("1", "2", "3")) is None
    assert of_rows(("123ABC", "")) is None


@given(plates(), st.randoms(use_true_random=False))
def test_however_it_is_written_it_is_one_plate(made: tuple[Series, str], dice: object) -> None:
    _, text = made
    typed = "".join(
        (CYRILLIC.get(sign, sign) if dice.random() < 0.5 else sign).lower()  # type: ignore[attr-defined]
        + dice.choice(["", " ", "-", " | ", "."])  # type: ignore[attr-defined]
        for sign in text
    )
    assert normalise(typed) == text
    assert normalise(" ".join(text).lower()) == text


@given(st.text(max_size=100))
def test_any_text_is_a_plate_or_is_named(raw: str) -> None:
    try:
        text = normalise(raw)
    except PlateUnreadable:
        return
    assert normalise(text) == text
    assert keys.text(keys.key(text)) == text
    plate = parse(text)
    assert plate.text == text
    assert plate.series is not None or (plate.country, plate.possible) == ("", True)
    found = corrections(text)
    assert found
    assert all(len(each.text) == len(text) for each in found)
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    assert settle(settle(text)) == settle(text)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("", "empty"), (" - ", "empty"), ("A", "empty"), ("A" * 13, "too_long"), ("1" * 10_000, "too_long"),
     ("123ЖЖЖ02", "foreign_sign"), ("123ABC02\x00", "foreign_sign"), ("京A12345", "foreign_sign")],
)  # fmt: skip
def test_what_is_no_plate(raw: str, code: str) -> None:
    with pytest.raises(PlateUnreadable) as caught:
        normalise(raw)
    assert caught.value.code == code


@pytest.mark.parametrize("raw", ["123 abc 02", "123 АВС 02", "123-ABC|02", "KZ.12/3"])
def test_registers_and_reads_write_a_plate_the_same_way(raw: str) -> None:
    assert normalise(raw) == identifiers.plate(raw)


@pytest.mark.parametrize(
    ("text", "code", "region"),
    [
        ("123ABC02", "private", "02"),
        ("123AB01", "organisation", "01"),
        ("12ABC05", "trailer", "05"),
        ("12AB17", "motorcycle", "17"),
        ("H123402", "foreigner", "02"),
        ("F000120", "foreigner", "20"),
        ("123KP01", "police", "01"),
        ("D12345601", "diplomatic", "01"),
        ("A123BCD", "private_1993", "02"),
        ("Z123BC", "organisation_1993", "01"),
        ("A123KP", "police_1993", "02"),
        ("W123BC", "organisation_1993", None),  # two regions shared the letter
    ],
)
def test_series(text: str, code: str, region: str | None) -> None:
    assert parse(text) == Plate(text, code, "KZ", region, True)


@given(plates(BY_CODE["private"]), st.sampled_from(["00", "21", "77", "99"]))
def test_a_region_that_does_not_exist_is_impossible(made: tuple[Series, str], region: str) -> None:
    text = made[1][:-2] + region
    assert parse(text) == Plate(text, "private", "KZ", None, False)
    assert all(parse(each.text).possible for each in corrections(text) if each.changed)


@pytest.mark.parametrize(
    "text",
    [
        "34ABC77",
        "34AB77",
        "A123BC77",
        "A123BC177",
        "H123477",
        "01A123BC",
        "01KG123ABC",
        "1234AB01",
        "D12345677",
    ],
)
def test_what_may_be_another_country_s_or_is_not_sure_is_not_impossible(text: str) -> None:
    assert parse(text) == Plate(text, None, "", None, True)
    assert parse(text).rows(2) == (text,)
    assert parse(text).say() == text


@pytest.mark.parametrize("text", ["A123BC77", "01KG123ABC", "34ABC77", "B123OO777", "XYZ", "WOB1"])
def test_a_foreign_plate_is_kept_as_it_was_read(text: str) -> None:
    assert corrections(text) == ((text, 0.0, ()),)
    assert settle(text) == text


@given(plates(), st.data())
def test_one_sign_mistaken_is_found_again(made: tuple[Series, str], data: st.DataObject) -> None:
    """A digit read for a letter or a letter for a digit, where the grammar knows which it must be."""
    _, text = made
    mistaken = {
        "0": "O",
        "O": "0",
        "1": "I",
        "I": "1",
        "8": "B",
        "B": "8",
        "5": "S",
        "S": "5",
        "2": "Z",
        "Z": "2",
    }
    places = [nth for nth, sign in enumerate(text) if sign in mistaken]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    read = text[:place] + mistaken[text[place]] + text[place + 1 :]
    found = corrections(read)
    if found[0].changed:  # else what was read is a plate as well, of another series or another country
        assert text in {each.text for each in found}
        best = next(each for each in found if each.text == text)
        assert best.changed == (place,)
        assert 0 < best.cost <= 0.2
    if text[place] in "0O1I" and settle(read) != read:
        assert parse(settle(read)).possible


def test_the_surer_the_dearer() -> None:
    sure, unsure = corrections("123A8C02", [1.0] * 8), corrections("123A8C02", [1, 1, 1, 1, 0.2, 1, 1, 1])
    assert sure[0].text == unsure[0].text == "123ABC02"
    assert unsure[0].cost < sure[0].cost
    assert corrections("123A8C02", [1.0]) == sure  # figures that do not fit the signs say nothing
    assert corrections("123A8C02", [0.0] * 8)[0].cost > 0


def test_what_nobody_knows_is_not_guessed() -> None:
    assert corrections("1?3ABC02") == (("1?3ABC02", 0.0, ()),)
    assert parse("1?3ABC02").series is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("I23ABC02", "123ABC02"), ("123ABCO2", "123ABC02"), ("1OOABC0I", "100ABC01"), ("123A8C02", "123A8C02"),
     ("123AB0O1", "123ABO01"), ("A1O3BCD", "A103BCD")],
)  # fmt: skip
def test_only_what_is_written_for_one_another_is_settled(typed: str, meant: str) -> None:
    assert settle(typed) == meant


def test_hopeless_text_costs_little() -> None:
    for sign in string.ascii_uppercase + string.digits:
        for length in range(2, 13):
            assert len(corrections(sign * length, [0.0] * length)) <= 6


def test_the_data_hold_together() -> None:
    assert codes() == set(regions()) - {"00"}
    for each in series():
        assert sum(each.groups) == len(each.pattern)
        assert set(each.names) == {"en", "ru", "kk"}
        for layout in each.rows.values():
            assert sorted(nth for row in layout for nth in row) == list(range(len(each.groups)))
        assert each.background.startswith("#")
        assert all(place < len(each.pattern) for place in each.only)
