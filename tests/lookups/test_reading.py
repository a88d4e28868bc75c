"""One field for every number: typed, spoken, in the wrong layout."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.lookups.reading import READINGS_MAX, plate_region, readings
from tests.registers.make import VIN, iin, imei
from tests.support import Api


def read(text: str) -> list[tuple[str, str]]:
    return [(each.asked_by, each.number) for each in readings(text)]


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("482ABE02", "482ABE02"),
        ("482 авe|02", "482ABE02"),  # Cyrillic and Latin letters that look alike
        ("482ФИУ02", "482ABE02"),  # the layout was not switched
        ("четыреста восемьдесят два АВЕ ноль два", "482ABE02"),
        ("Четыреста Восемьдесят Два Анна Борис Елена ноль два", "482ABE02"),
        ("номер 482 бэ-эф-эль регион ноль два", "482BFL02"),
        ("төрт жүз сексен екі Абай Болат Ерлан нөл екі", "482ABE02"),
        ("торт жуз сексен еки абай болат ерлан нол еки", "482ABE02"),
        ("жүз бір Қанат Марат Талғат он алты", "101KMT16"),
        ("four hundred eighty two alpha bravo echo zero two", "482ABE02"),
        ("семь семь семь Анна Анна Анна семнадцать", "777AAA17"),
        ("ноль ноль один Анна Анна Анна ноль один", "001AAA01"),
        ("сорок восемь два Икс Игрек Зет двадцать один", "482XYZ21"),
        ("двадцать два пять АА восемнадцать", "225AA18"),
        ("десять шесть Дубль-вэ Эр ноль три", "106WR03"),
        ("а123вс", "A123BC"),
        ("Н1234 02", "H123402"),
    ],
)
def test_a_plate_typed_or_said(text: str, plate: str) -> None:
    assert read(text) == [("plate", plate)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (iin(), [("iin", iin())]),
        (f" {iin()[:6]} {iin()[6:]} ", [("iin", iin())]),
        (imei(), [("imei", imei())]),
        (VIN.lower(), [("vin", VIN)]),
        ("N12345678", [("document", "N12345678")]),
        ("012345678", [("document", "012345678")]),
        ("A123BC77", [("plate", "A123BC77"), ("document", "A123BC77")]),
        ("900101300018", []),  # the check digit is wrong
        (imei()[:-1] + str((int(imei()[-1]) + 1) % 10), []),
        ("no number at all", []),
        ("?", []),
        ("", []),
    ],
)
def test_what_else_it_may_be(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


def test_a_letter_that_sounds_and_looks_different_gives_both() -> None:
    assert read("семь семь семь Анна Борис Сергей ноль два") == [("plate", "777ABS02"), ("plate", "777ABC02")]


@given(st.text(max_size=300))
def test_any_text_is_read_or_not(text: str) -> None:
    found = readings(text)
    assert len(found) <= READINGS_MAX
    assert all(each.number.isascii() and each.number.isalnum() for each in found)


@pytest.mark.parametrize(
    ("plate", "region"),
    [("482ABE02", "02"), ("482AB16", "16"), ("H123402", "02"), ("A123BCD", None), ("A123BC77", None)],
)
def test_the_region_on_a_plate(plate: str, region: str | None) -> None:
    assert plate_region(plate) == region


async def test_reading_asks_no_register(client: Api) -> None:
    officer = await client.login("officer")
    [found] = await officer.ok(
        "POST", "/api/lookups/read", json={"text": "четыреста восемьдесят два АВЕ ноль два"}
    )
    assert found == {"kind": "vehicle", "by": "plate", "number": "482ABE02"}
    assert (await officer.post("/api/lookups/read", json={"text": "x" * 201})).status_code == 422
    assert await (await client.login("auditor")).ok("GET", "/api/audit/lookups") == []
