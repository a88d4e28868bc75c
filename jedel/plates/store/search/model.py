"""What a search among reads asks for: one plate, one like it, or a pattern; and how a read is shown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from jedel.plates import keys
from jedel.plates.model import normalise

GROUNDS: Final = (
    *("wanted", "uninsured", "unpaid_fines", "systematic", "department"),
    *("two_places", "looks_differ", "not_on_register", "impossible_plate"),
)
"""By bit of `plate_read.grounds`; `jedel.qorgau.model.Ground` gives them."""
READERS: Final = ("jedel", "http", "onvif", "mqtt")

ONE: Final = "?"
ANY: Final = "*"
DEFINITE_MIN: Final = 3
"""Signs that a pattern must name: with fewer it is everybody's plate."""
LISTED_MAX: Final = 2
"""With so many open places, each plate that fits is looked up by itself."""
BEGINNING_MIN: Final = 2


class PatternTooOpen(ValueError):
    """Fewer than DEFINITE_MIN signs are named."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which plates fit. ``numbers``: these, or where it is None those in ``between`` that are ``like``."""

    text: str
    exact: bool
    numbers: tuple[int, ...] | None
    between: tuple[int, int] | None = None
    like: str | None = None


def wanted(typed: str, *, near_misses: bool) -> Wanted:
    """The plates that are meant. ``?`` is one sign, ``*`` any number of them, none included.

    Raises PlateUnreadable where it is no plate; PatternTooOpen; near misses are of a whole plate only.
    """
    if ANY not in typed and ONE not in typed:
        text = normalise(typed)
        return Wanted(text, True, near(text) if near_misses else (keys.key(text),))
    text = _pattern(typed)
    definite = sum(sign not in (ONE, ANY) for sign in text)
    if definite < DEFINITE_MIN:
        raise PatternTooOpen
    if ANY not in text and text.count(ONE) <= LISTED_MAX:
        places = [keys.SIGNS if sign == ONE else sign for sign in text]
        return Wanted(text, False, tuple(keys.key("".join(signs)) for signs in product(*places)))
    beginning = text[: min(text.find(wild) for wild in (ONE, ANY) if wild in text)]
    between = keys.prefix_range(beginning) if len(beginning) >= BEGINNING_MIN else None
    return Wanted(text, False, None, between, text.replace(ONE, "_").replace(ANY, "%"))


def _pattern(typed: str) -> str:
    """In the one form of plates, wildcards kept. A padded normalisation, since parts may be shorter than any
    plate is."""
    parts = (normalise(f"{part}00")[:-2] if part.strip() else "" for part in typed.split(ANY))
    text = ANY.join(parts)
    while ANY * 2 in text:
        text = text.replace(ANY * 2, ANY)
    return text


def near(text: str) -> tuple[int, ...]:
    """The plate and all that differ from it by one sign: another one, one too many, one missing."""
    found = {text}
    for place in range(len(text)):
        found.update(text[:place] + sign + text[place + 1 :] for sign in keys.SIGNS)
        found.add(text[:place] + text[place + 1 :])
    if len(text) < keys.LONGEST:
        for place in range(len(text) + 1):
            found.update(text[:place] + sign + text[place:] for sign in keys.SIGNS)
    return tuple(sorted(keys.key(each) for each in found if each))


def ground_codes(grounds: int) -> list[str]:
    """The codes of the bits that are set."""
    return [code for bit, code in enumerate(GROUNDS) if grounds >> bit & 1]


def said(cameras: Sequence[int]) -> str:
    """Cameras as the record of a search names them."""
    return ",".join(map(str, sorted(cameras)))
