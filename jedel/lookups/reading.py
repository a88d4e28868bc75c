"""One field for every number: what a typed or spoken text may be, the likeliest first. Pure.

Kazakhstan's plates: ``123ABC02``, ``123AB02`` (organisations), ``A123BCD`` (the older series), ``A123402``
(foreigners).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from jedel.lookups import spoken
from jedel.lookups.model import Register
from jedel.registers import Malformed, identifiers

READINGS_MAX = 4
TEXT_MAX = 200

FORMS: Final[dict[str, Callable[[str], str]]] = {
    "plate": identifiers.plate,
    "vin": lambda text: identifiers.vin(text).number,
    "iin": lambda text: identifiers.iin(text).number,
    "document": identifiers.document,
    "imei": lambda text: identifiers.imei(text).number,
}
"""How each number is brought into its one form."""

REGISTER_OF: Final = {
    "plate": Register.VEHICLE,
    "vin": Register.VEHICLE,
    "iin": Register.PERSON,
    "document": Register.PERSON,
    "imei": Register.PHONE,
}

_OWN_PLATE = re.compile(r"\d{3}[A-Z]{2,3}\d{2}|[A-Z]\d{3}[A-Z]{2,4}|[A-Z]\d{6}|\d{2,4}(?:KP|UN|D|T|M)\d{2}")
_REGION_AT_END = re.compile(r"\d{3}[A-Z]{2,3}(\d{2})|[A-Z]\d{4}(\d{2})")
_DOCUMENT = re.compile(r"[A-Z]{0,2}\d{7,9}")
_SURE = {"plate": _OWN_PLATE, "document": _DOCUMENT}
"""Where the form says what it is; any other plate may be a foreign one, any other document too."""
_BY_LENGTH = {12: ("iin",), 15: ("imei",), 16: ("imei",)}
_KEYS = dict(zip("ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True))
"""The letter that the same key gives in the Latin layout: who forgot to switch typed «ФИУ» for ABE."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``number`` is in its one form."""

    register: Register
    asked_by: str
    number: str


def readings(text: str) -> tuple[Reading, ...]:
    """What ``text`` may be; nothing where no number can be written or said so."""
    found: dict[Reading, bool] = {}
    for written in _written(text):
        for asked_by in _may_be(written):
            try:
                number = FORMS[asked_by](written)
            except Malformed:
                continue
            reading = Reading(REGISTER_OF[asked_by], asked_by, number)
            found.setdefault(reading, asked_by not in _SURE or _SURE[asked_by].fullmatch(number) is not None)
    sure = [reading for reading, certain in found.items() if certain]
    return tuple((sure or list(found))[:READINGS_MAX])


def plate_region(plate: str) -> str | None:
    """The region code that a plate bears; None where its series bears none."""
    match = _REGION_AT_END.fullmatch(plate)
    return (match[1] or match[2]) if match else None


def _written(text: str) -> Iterator[str]:
    """As it stands; as the same keys give it in the Latin layout; as it sounds."""
    plain = identifiers.compact(text[:TEXT_MAX]).translate(identifiers.LOOK_ALIKES)
    if plain.isascii():
        yield plain
    else:
        typed = "".join(_KEYS.get(each, each) for each in identifiers.compact(text[:TEXT_MAX]))
        if typed.isascii():
            yield typed
    if not plain.isascii() or spoken.says_numbers(text):
        yield from spoken.heard(text[:TEXT_MAX])


def _may_be(written: str) -> tuple[str, ...]:
    if written.isdecimal() and len(written) in _BY_LENGTH:
        return _BY_LENGTH[len(written)]
    if len(written) == 17:
        return ("vin",)
    if written.isdecimal():
        return ("document",)
    return ("plate", "document")
