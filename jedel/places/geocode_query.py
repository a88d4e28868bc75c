"""What a typed place may mean: a crossroad, an address, a site, a name. Pure: no I/O, no clock."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from jedel.places.geocode_model import fold, house_key, letters, words_of
from jedel.places.model import SiteKind

QUERY_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class CrossroadQuery:
    """Two folded street names."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class AddressQuery:
    """A folded street name and a house's key."""

    street: str
    house: str
    unusual: bool = False  # the number came first, or the text may as well name a site


@dataclass(frozen=True, slots=True)
class SiteQuery:
    """A kind of site with its number, or the rest of its folded name, or neither ("all banks")."""

    kind: SiteKind
    number: int | None
    name: str


@dataclass(frozen=True, slots=True)
class NameQuery:
    """Any folded name: a street, a district, a park."""

    name: str


Reading = CrossroadQuery | AddressQuery | SiteQuery | NameQuery

_BETWEEN: Final = re.compile(
    r"\s*[/\\&+×@]\s*|\s+(?:угол|уг\.?|corner(?:\s+of)?|and|и|мен|пен|бен|x|х|бұрышы|бурышы)\s+",
    re.IGNORECASE,
)
_HYPHEN: Final = re.compile(r"\s*[-–—]\s*")
_CROSSING_WORDS: Final = re.compile(
    r"\b(?:перекр[её]сток|пересечение|угол|crossing|crossroad|corner|қиылысы|киылысы|бұрышы|бурышы)\b",
    re.IGNORECASE,
)
_FLAT: Final = re.compile(
    r"[\s,]+(?:кв|квартира|пәтер|патер|офис|оф|apt|flat)\.?\s*№?\s*\d+\s*$", re.IGNORECASE
)
_NUMBER: Final = r"\d{1,5}(?:\s*-?\s*[а-яa-zәі](?![а-яa-zәі]))?"
_HOUSE: Final = rf"{_NUMBER}(?:\s*[/\\-]\s*{_NUMBER})?(?:\s*(?:к|корп|корпус|стр)\.?\s*\d+)?"
_HOUSE_LAST: Final = re.compile(
    rf"^(?P<street>.+?)[\s,]+(?:(?:дом|үй|house|д)\.?\s*)?[№#]?\s*(?P<house>{_HOUSE})\s*(?:үйі?|уйі?)?$",
    re.IGNORECASE,
)
_NO_NAME: Final = re.compile(r"[\d\s,.#/\\-]+")
_HOUSE_FIRST: Final = re.compile(rf"^[№#]?\s*(?P<house>{_HOUSE})[\s,]+(?P<street>.+)$", re.IGNORECASE)

_SITE_WORDS: Final = {
    SiteKind.SCHOOL: "школа школы шк мектеп мектебі school sch гимназия лицей lyceum gymnasium",
    SiteKind.HOSPITAL: "больница аурухана ауруханасы hospital горбольница госпиталь",
    SiteKind.POLICE: "полиция полиции police полициясы увд ровд оп уп",
    SiteKind.PARK: "парк саябақ саябағы park",
    SiteKind.BANK: "банк bank банкі банкомат банкоматы atm",
    SiteKind.POST: "sos сос пост post түймесі",
}
SITE_KINDS: Final = {word: kind for kind, words in _SITE_WORDS.items() for word in letters(words).split()}
"""Folded word → the kind of site that it names."""

# Words that stand beside a kind and say nothing more: "отдел полиции №2", "№8 жалпы білім беретін мектеп".
_FILLERS: Final = frozenset(
    letters(
        "отдел бөлімі бөлім отделение городская қалалық общеобразовательная жалпы білім беретін no station"
    ).split()
)


def name_words(folded: str) -> list[str]:
    """The words of a folded name that tell it from others: no site kind, no filler."""
    return [word for word in folded.split() if word not in SITE_KINDS and word not in _FILLERS]


def first_number(folded: str) -> int | None:
    """The number in a site's name: 'сос 07 парк' → 7."""
    return next((int(word) for word in folded.split() if word.isdecimal()), None)


def _has_name(folded: str) -> bool:
    return any(len(word) >= 2 and not word.isdecimal() for word in folded.split())


def _side(text: str) -> str:
    """One side of a crossroad: the folded street, its house number taken off."""
    trimmed = _FLAT.sub("", text).strip(" ,.")
    found = _HOUSE_LAST.match(trimmed)
    return fold(found["street"] if found and _has_name(fold(found["street"])) else trimmed)


def _crossroad(text: str, between: re.Pattern[str]) -> CrossroadQuery | None:
    sides = [_side(_CROSSING_WORDS.sub(" ", side)) for side in between.split(text)]
    sides = [side for side in sides if side]
    if len(sides) == 2 and all(_has_name(side) for side in sides):
        return CrossroadQuery(*sides)
    return None


def _addresses(text: str, *, unusual: bool) -> list[AddressQuery]:
    trimmed = _FLAT.sub("", text).strip(" ,.")
    found = []
    for pattern in (_HOUSE_LAST, _HOUSE_FIRST):
        match = pattern.match(trimmed)
        if match is None or _NO_NAME.fullmatch(match["street"]):
            continue
        if street := fold(match["street"]):
            swapped = pattern is _HOUSE_FIRST
            found.append(AddressQuery(street, house_key(match["house"]), unusual or swapped))
    return found


def _site(text: str) -> SiteQuery | None:
    words = words_of(text)
    kind = next((SITE_KINDS[word] for word in words if word in SITE_KINDS), None)
    if kind is None:
        return None
    rest = name_words(" ".join(words))
    number = first_number(" ".join(rest))
    return SiteQuery(kind, number, " ".join(word for word in rest if not word.isdecimal()))


def parse(text: str) -> tuple[Reading, ...]:
    """All readings of what was typed, the most particular first; empty when it holds no letter and no digit.

    'абай угол достык', 'abai/dostyk' → crossroad; 'Абая 12/3', '12а, Абай даңғылы' → address; 'школа 45',
    '№45 мектеп', 'sch45', 'sos 7' → site; and the whole as a name. Only the first 200 characters are read.
    """
    plain = unicodedata.normalize("NFKC", text[:QUERY_CHARS_MAX].replace("№", " ")).strip(" \t\n,.;")
    whole = fold(plain)
    if not whole:
        return ()
    site = _site(plain)
    readings: list[Reading | None] = [_crossroad(plain, _BETWEEN), site]
    readings += _addresses(plain, unusual=site is not None)
    readings.append(NameQuery(whole))
    readings.append(_crossroad(plain, _HYPHEN))
    return tuple(dict.fromkeys(reading for reading in readings if reading is not None))
