"""Numbers of people, cars and phones: check digits, what they say, one way of writing."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jedel.registers import identifiers
from jedel.registers.identifiers import Malformed, Sex
from tests.registers import make

DIGITS = "0123456789"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


@given(st.dates(date(1800, 1, 1), date(2099, 12, 31)), st.booleans(), digits(4))
def test_an_iin_says_who_was_born_when(born: date, male: bool, serial: str) -> None:
    century = {18: 1, 19: 3, 20: 5}[born.year // 100] + (not male)
    eleven = f"{born:%y%m%d}{century}{serial}"
    check = identifiers.kazakh_check_digit(eleven)
    assume(check is not None)
    found = identifiers.iin(f" {eleven[:6]} {eleven[6:]}-{check}")
    assert found == identifiers.Iin(f"{eleven}{check}", born, Sex.MALE if male else Sex.FEMALE)
    assert identifiers.iin_or_bin(found.number) == found.number


@given(digits(11), st.integers(0, 9))
def test_a_wrong_check_digit_is_found(eleven: str, last: int) -> None:
    assume(identifiers.kazakh_check_digit(eleven) != last)
    with pytest.raises(Malformed, match="check digit"):
        identifiers.iin(f"{eleven}{last}")


@given(digits(11), st.integers(0, 9), st.integers(0, 10))
def test_one_changed_digit_is_found_where_the_first_weights_count(
    eleven: str, digit: int, place: int
) -> None:
    """Weights 1 to 11 modulo 11 let only the eleventh digit (weight 11) change unseen: a known weakness."""
    check = identifiers.kazakh_check_digit(eleven)
    changed = f"{eleven[:place]}{digit}{eleven[place + 1 :]}"
    first = sum(weight * int(d) for weight, d in zip(identifiers.FIRST_WEIGHTS, eleven, strict=True)) % 11
    other = sum(weight * int(d) for weight, d in zip(identifiers.FIRST_WEIGHTS, changed, strict=True)) % 11
    assume(changed != eleven and first < 10 and other < 10 and place < 10)
    assert identifiers.kazakh_check_digit(changed) != check


def test_eleven_digits_may_have_no_check_digit() -> None:
    without = [n for n in range(2_000) if identifiers.kazakh_check_digit(f"{n:011}") is None]
    assert without
    with pytest.raises(Malformed, match="check digit"):
        identifiers.iin(f"{without[0]:011}0")


@pytest.mark.parametrize(
    ("eleven", "reason"),
    [
        ("90130130000", "date of birth"),
        ("90023030000", "date of birth"),
        ("90010030000", "date of birth"),
        ("90010190000", "seventh"),
    ],
)
def test_an_iin_that_nobody_can_have(eleven: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        identifiers.iin(make.iin(eleven))


def test_a_foreigners_iin_says_nothing() -> None:
    found = identifiers.iin(make.iin("90010100000"))
    assert (found.born, found.sex) == (None, None)


@pytest.mark.parametrize("text", ["", "12345", "1234567890123", "90010130000x", "٩٠٠١٠١٣٠٠٠٠٠"])
def test_twelve_digits_are_twelve_digits(text: str) -> None:
    with pytest.raises(Malformed, match="12 digits"):
        identifiers.iin_or_bin(text)


def test_an_organisations_number() -> None:
    number = make.iin("15054000123")
    assert identifiers.iin_or_bin(number) == number == identifiers.bin_(number)
    with pytest.raises(Malformed, match="month"):
        identifiers.bin_(make.iin("15134000123"))
    with pytest.raises(Malformed, match="fifth"):
        identifiers.bin_(make.iin("15051000123"))


@given(st.text("".join(identifiers.VIN_VALUES), min_size=17, max_size=17))
def test_a_vin_tells_whether_its_check_digit_is_right(text: str) -> None:
    right = f"{text[:8]}{identifiers.vin_check_character(text)}{text[9:]}"
    assert identifiers.vin(right.lower()) == identifiers.Vin(right, True)
    assert identifiers.vin(text).checked == (text == right)


def test_known_vins() -> None:
    assert identifiers.vin(make.VIN).checked
    assert identifiers.vin("11111111111111111").checked
    assert not identifiers.vin("WVWZZZ1JZXW000001").checked  # European: no fault
    for wrong, reason in (("1M8GDM9A", "17"), ("IM8GDM9AXKP042788", "I, O and Q"), ("Ж" * 17, "I, O and Q")):
        with pytest.raises(Malformed, match=reason):
            identifiers.vin(wrong)


@given(digits(14), digits(2))
def test_an_imeisv_names_the_same_phone(fourteen: str, software: str) -> None:
    assume(fourteen[:8] != "0" * 8)
    imei = identifiers.imei(make.imei(fourteen))
    explained = identifiers.imei(f"{fourteen}{software}")
    assert imei.number == explained.number
    assert (imei.tac, imei.software, explained.software) == (fourteen[:8], None, software)


def test_imeis() -> None:
    assert identifiers.imei("49-015420-323751-8").number == "490154203237518"
    for wrong, reason in (
        ("490154203237517", "check digit"), ("0" * 15, "zeros"), ("4901542", "15 digits"),
        ("x" * 15, "15 digits"),
    ):  # fmt: skip
        with pytest.raises(Malformed, match=reason):
            identifiers.imei(wrong)


def test_plates_have_one_way_of_writing() -> None:
    for written in ("123ABC02", "123 abc | 02", "123авс02", "123-АВС-02", " 123abc02\t"):
        assert identifiers.plate(written) == "123ABC02"
    assert identifiers.plate("А123ВСЕ") == "A123BCE"
    for wrong, reason in (
        ("", "not 0"),
        ("12345678901", "not 11"),
        ("ABCDEF", "one digit"),
        ("123ЖЖЖ02", "Latin"),
    ):
        with pytest.raises(Malformed, match=reason):
            identifiers.plate(wrong)


def test_documents() -> None:
    assert identifiers.document("n 1234 5678") == "N12345678"
    for wrong, reason in (("N123", "5 to 15"), ("Ж12345678", "5 to 15"), ("ABCDE123", "four digits")):
        with pytest.raises(Malformed, match=reason):
            identifiers.document(wrong)


@given(st.text(max_size=30))
def test_what_is_accepted_is_its_own_form(text: str) -> None:
    for check in (
        identifiers.plate,
        identifiers.document,
        identifiers.iin_or_bin,
        lambda cell: identifiers.vin(cell).number,
        lambda cell: identifiers.imei(cell).number,
    ):
        try:
            found = check(text)
        except Malformed:
            continue
        assert check(found) == found
        assert found.isascii()
        assert found.isalnum()
