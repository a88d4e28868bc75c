"""Numbers of people, vehicles and phones: what is a good one, what it says, and how it is written one way.

Each function takes a cell as it was typed and gives the number in its one form, or raises ``Malformed`` with
the reason in plain words. Pure. Sources: DOMAIN.md "Identifiers" (ИИН, БИН, plates), ISO 3779 (VIN),
3GPP TS 23.003 (IMEI, IMEISV).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Malformed(ValueError):
    """A cell that cannot be what it should be; the text says why."""


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class Iin:
    """A person's number and what it encodes; where the seventh digit is 0 (a foreigner), neither."""

    number: str
    born: date | None
    sex: Sex | None


@dataclass(frozen=True, slots=True)
class Vin:
    """``checked``: whether the ninth character is the check digit that North America and China demand;
    elsewhere it may be anything, so False is no fault."""

    number: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Imei:
    """``number``: 15 digits with the check digit. ``software``: the version of an IMEISV, which has 16."""

    number: str
    tac: str
    software: str | None = None


LOOK_ALIKES: Final = str.maketrans("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI")
"""Cyrillic capitals that look like the Latin letters of a plate."""

PLATE_MIN, PLATE_MAX = 3, 10
FIRST_WEIGHTS: Final = tuple(range(1, 12))
SECOND_WEIGHTS: Final = (*range(3, 12), 1, 2)
VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_VALUES: Final = {
    character: value
    for letters, value in (
        ("AJ", 1), ("BKS", 2), ("CLT", 3), ("DMU", 4), ("ENV", 5), ("FW", 6), ("GPX", 7), ("HY", 8),
        ("RZ", 9),
    )
    for character in letters
} | {str(digit): digit for digit in range(10)}  # fmt: skip

_GAPS = re.compile(r"[\s\-–—|./]+")
_CENTURIES = {1: 1800, 2: 1800, 3: 1900, 4: 1900, 5: 2000, 6: 2000}


def compact(text: str) -> str:
    """Upper case without spaces, dashes, dots, slashes and bars."""
    return _GAPS.sub("", text).upper()


def plate(text: str) -> str:
    """A plate in its one form: Latin capitals and digits. The grammar of series is not judged here."""
    found = compact(text).translate(LOOK_ALIKES)
    if not PLATE_MIN <= len(found) <= PLATE_MAX:
        raise Malformed(f"a plate has {PLATE_MIN} to {PLATE_MAX} characters, not {len(found)}")
    if not (found.isascii() and found.isalnum()):
        raise Malformed("a plate has Latin letters and digits only")
    if not any(character.isdigit() for character in found):
        raise Malformed("a plate has at least one digit")
    return found


def kazakh_check_digit(digits: str) -> int | None:
    """The twelfth digit of an ИИН or БИН from the eleven before it; None where no number has these eleven."""
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        rest: int = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def iin(text: str) -> Iin:
    """A person's ИИН."""
    found = _twelve_digits(text, "an ИИН")
    century = int(found[6])
    if century == 0:
        return Iin(found, None, None)
    if century not in _CENTURIES:
        raise Malformed("the seventh digit of an ИИН is 0 to 6")
    year, month, day = _CENTURIES[century] + int(found[:2]), int(found[2:4]), int(found[4:6])
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        raise Malformed("an ИИН begins with a date of birth")
    return Iin(found, date(year, month, day), Sex.MALE if century % 2 else Sex.FEMALE)


def bin_(text: str) -> str:
    """An organisation's БИН."""
    found = _twelve_digits(text, "a БИН")
    if not 1 <= int(found[2:4]) <= 12:
        raise Malformed("a БИН begins with year and month of registration")
    if found[4] not in "456":
        raise Malformed("the fifth digit of a БИН is 4, 5 or 6")
    return found


def iin_or_bin(text: str) -> str:
    """The number of an owner, person or organisation: the fifth digit of a person's is a day's, 0 to 3."""
    found = compact(text)
    return bin_(found) if found[4:5] in ("4", "5", "6") else iin(found).number


def _twelve_digits(text: str, what: str) -> str:
    found = compact(text)
    if len(found) != 12 or not _digits(found):
        raise Malformed(f"{what} has 12 digits")
    if kazakh_check_digit(found[:11]) != int(found[11]):
        raise Malformed(f"the check digit of {what} is wrong")
    return found


def vin_check_character(number: str) -> str:
    """What stands ninth where the check digit is used."""
    rest = sum(weight * VIN_VALUES[c] for weight, c in zip(VIN_WEIGHTS, number, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def vin(text: str) -> Vin:
    """A vehicle identification number."""
    found = compact(text).translate(LOOK_ALIKES)
    if len(found) != 17:
        raise Malformed(f"a VIN has 17 characters, not {len(found)}")
    if any(character not in VIN_VALUES for character in found):
        raise Malformed("a VIN has digits and Latin letters without I, O and Q")
    return Vin(found, vin_check_character(found) == found[8])


def luhn_check_digit(digits: str) -> int:
    """The digit that makes ``digits`` + it pass Luhn's sum."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return -total % 10


def imei(text: str) -> Imei:
    """A phone's IMEI. An IMEISV (16 digits: 14 of the phone, 2 of its software, none to check) names the same
    phone, so its check digit is computed."""
    found = compact(text)
    if not _digits(found) or len(found) not in (15, 16):
        raise Malformed("an IMEI has 15 digits, or 16 with the software version (IMEISV)")
    if found[:8] == "00000000":
        raise Malformed("an IMEI begins with a type allocation code, which is not all zeros")
    check = luhn_check_digit(found[:14])
    if len(found) == 16:
        return Imei(f"{found[:14]}{check}", found[:8], found[14:])
    if check != int(found[14]):
        raise Malformed("the check digit of an IMEI is wrong")
    return Imei(found, found[:8])


def document(text: str) -> str:
    """A passport's, identity card's or licence's number: 5 to 15 characters, at least four of them digits."""
    found = compact(text).translate(LOOK_ALIKES)
    if not 5 <= len(found) <= 15 or not (found.isascii() and found.isalnum()):
        raise Malformed("a document number has 5 to 15 Latin letters and digits")
    if sum(character.isdigit() for character in found) < 4:
        raise Malformed("a document number has at least four digits")
    return found


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
