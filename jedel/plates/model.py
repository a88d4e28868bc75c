"""The grammar of number plates: written one way, which series, said aloud, and what a reader may have meant.

The series are data (`jurisdictions/kz/plates.json`), in the order in which they are tried; a fact there whose
``sure`` is false is nobody's ground for anything. Pure.

Invariants
1. `normalise` is stable: what it gave it gives again; `parse` never changes the text.
2. Only what is certain is called impossible: the shape of a series of which we are sure, a region code that
   does not exist, and no other country's plate of the same shape.
3. A plate of no series is kept as it was read: `corrections` has nothing but itself for it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import orjson

from jedel.jurisdictions import DEMO_REGION, regions
from jedel.plates.keys import LONGEST
from jedel.registers.identifiers import LOOK_ALIKES, compact

SHORTEST: Final = 2
RAW_MAX: Final = 64
"""More than that is no plate, whatever it is, and is not looked at."""
UNREAD: Final = "?"
_CLASSES: Final = {"D": "[0-9]", "L": "[A-Z]"}


class PlateUnreadable(ValueError):
    """What was said is no plate. ``code``: empty, too_long, foreign_sign."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of plate. ``pattern``: D a digit, L a letter, R one of the two digits of a region code;
    ``only``: place → the letters that may stand there; ``groups``: how many signs stand together; ``rows``:
    of a plate with so many rows, which groups stand in each; ``region_letter``: the place of 1993's letter;
    colours ``#rrggbb``; ``sure``: False where the data's ``source`` says what is not."""

    code: str
    kind: str
    pattern: str
    only: Mapping[int, str]
    groups: tuple[int, ...]
    rows: Mapping[int, tuple[tuple[int, ...], ...]]
    background: str
    ink: str
    since: date
    region_letter: int | None
    sure: bool
    names: Mapping[str, str]

    def may(self, place: int) -> str:
        """The signs that may stand at a place; any region digit where it is a region's."""
        if place in self.only:
            return self.only[place]
        return "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if self.pattern[place] == "L" else "0123456789"

    def split(self, text: str) -> tuple[str, ...]:
        """The groups of a plate of this series."""
        ends = [sum(self.groups[: nth + 1]) for nth in range(len(self.groups))]
        return tuple(text[end - size : end] for end, size in zip(ends, self.groups, strict=True))

    def laid_out(self, text: str, rows: int) -> tuple[str, ...]:
        """What stands in each row, groups parted by a space. A layout we do not know is one row."""
        parts = self.split(text)
        return tuple(" ".join(parts[nth] for nth in row) for row in self.rows.get(rows, self.rows[1]))


@dataclass(frozen=True, slots=True)
class Plate:
    """``series``: None where it is none of ours; ``region``: its code, None where it names none;
    ``possible``: False where it has the shape of one of our series and cannot be of it."""

    text: str
    series: str | None
    country: str
    region: str | None
    possible: bool

    def rows(self, rows: int = 1) -> tuple[str, ...]:
        """As it stands on a plate of one or two rows: ``("123", "02 ABC")``."""
        found = _by_code().get(self.series or "")
        return found.laid_out(self.text, rows) if found else (self.text,)

    def say(self) -> str:
        """To be read aloud or printed: ``123 ABC 02``."""
        return self.rows()[0]


class Correction(NamedTuple):
    """``cost``: 0 for what was read; ``changed``: the places (0 the first) that are not as read."""

    text: str
    cost: float
    changed: tuple[int, ...]


def normalise(raw: str) -> str:
    """A plate in its one form: Latin capitals and digits, ``?`` for a sign that was not read.

    Raises PlateUnreadable.
    """
    if len(raw) > RAW_MAX:
        raise PlateUnreadable("too_long")
    found = compact(raw).translate(LOOK_ALIKES)
    if len(found) < SHORTEST:
        raise PlateUnreadable("empty")
    if len(found) > LONGEST:
        raise PlateUnreadable("too_long")
    if not (found.isascii() and found.replace(UNREAD, "0").isalnum()):
        raise PlateUnreadable("foreign_sign")
    return found


def parse(text: str) -> Plate:
    """Which plate a normalised text is."""
    for series, shape in _shapes():
        if not shape.fullmatch(text):
            continue
        at = series.pattern.find("R")
        if at < 0:
            return Plate(
                text, series.code, _country(), _letters_1993().get(text[series.region_letter or 0]), True
            )
        code = text[at : at + 2]
        if code in codes():
            return Plate(text, series.code, _country(), code, True)
        if series.sure and not foreign(text):
            return Plate(text, series.code, _country(), None, False)
    return Plate(text, None, "", None, True)


def corrections(text: str, sure: Sequence[float] | None = None) -> tuple[Correction, ...]:
    """What a reader that read ``text`` may have seen, the cheapest first; the text itself where it is a plate
    of ours or of nobody's. ``sure``: 0…1 of each sign; the surer, the dearer its change."""
    read = parse(text)
    if (read.series and read.possible) or foreign(text):
        return (Correction(text, 0.0, ()),)
    weights = sure if sure is not None and len(sure) == len(text) else [1.0] * len(text)
    fitting = (each for each in _series_all() if len(each.pattern) == len(text))
    found = [correction for each in fitting for correction in _towards(each, text, weights)]
    if not found:
        return (Correction(text, 0.0, ()),)
    ordered = sorted(found, key=lambda each: (each.cost, each.text))
    return tuple(ordered[: _data()["corrections"]["most"]])


def settle(text: str) -> str:
    """The plate that a normalised text stands for where only 0/O and 1/I differ: people and cameras write
    one for the other. Anything else stays as it is."""
    best = corrections(text)[0]
    free = all(_cost(text[place], best.text[place]) <= _SAME for place in best.changed)
    return best.text if free else text


def of_rows(rows: Sequence[str]) -> str | None:
    """The text of a plate from what was read in each of its rows, top to bottom, normalised; None where no
    series stands so. ``("123", "02ABC")`` → ``123ABC02``."""
    for series in _series_all():
        layout = series.rows.get(len(rows))
        if layout is None:
            continue
        parts: dict[int, str] = {}
        for row, nths in zip(rows, layout, strict=True):
            sizes = [series.groups[nth] for nth in nths]
            if len(row) != sum(sizes):
                break
            for at, nth in enumerate(nths):
                start = sum(sizes[:at])
                parts[nth] = row[start : start + sizes[at]]
        else:
            text = "".join(parts[nth] for nth in range(len(series.groups)))
            if parse(text).series == series.code:
                return text
    return None


def series() -> tuple[Series, ...]:
    """All series, in the order in which they are tried."""
    return _series_all()


@cache
def codes() -> frozenset[str]:
    """The region codes that a plate may bear."""
    return frozenset(regions()) - {DEMO_REGION}


def foreign(text: str) -> bool:
    """Whether a plate of another country that we know looks so."""
    return any(other.fullmatch(text) for other in _others())


SURE_MIN: Final = 0.1
"""A sign that the reader gave up still costs so much of a change."""
_SAME: Final = 0.1
"""A change that costs no more is none: the two are written for one another."""


def _towards(series: Series, text: str, sure: Sequence[float]) -> Iterator[Correction]:
    """The plates of one series that differ from ``text`` by signs that are mistaken for one another."""
    dearest = _data()["corrections"]["dearest"]
    choices = [_options(series, place, sign, sure[place]) for place, sign in enumerate(text)]
    least = [min((cost for _, cost in options), default=dearest + 1) for options in choices]
    begun = [("", 0.0)]
    for place, options in enumerate(choices):
        rest = sum(least[place + 1 :])
        begun = [
            (wanted + sign, cost + more)
            for wanted, cost in begun
            for sign, more in options
            if cost + more + rest <= dearest
        ]
    for wanted, cost in begun:
        plate = parse(wanted)
        if plate.series == series.code and plate.possible:
            changed = tuple(nth for nth, (a, b) in enumerate(zip(text, wanted, strict=True)) if a != b)
            yield Correction(wanted, round(cost, 4), changed)


def _options(series: Series, place: int, sign: str, sure: float) -> list[tuple[str, float]]:
    """What may stand at a place, and its cost; a digit of a region code may be another one even where it may
    stand there."""
    may = series.may(place)
    as_read = [(sign, 0.0)] if sign in may else []
    if as_read and series.pattern[place] != "R":
        return as_read
    near = ((other, _cost(sign, other) * max(sure, SURE_MIN)) for other in may if other != sign)
    return as_read + [each for each in near if each[1] < float("inf")]


def _cost(read: str, meant: str) -> float:
    costs = _costs()
    return costs.get(read + meant, costs.get(meant + read, float("inf")))


@cache
def _series_all() -> tuple[Series, ...]:
    return tuple(_series(row) for row in _data()["series"])


@cache
def _costs() -> dict[str, float]:
    found: dict[str, float] = _data()["corrections"]["costs"]
    return found


@cache
def _shapes() -> tuple[tuple[Series, re.Pattern[str]], ...]:
    return tuple((each, re.compile(_expression(each))) for each in _series_all())


def _expression(series: Series) -> str:
    signs = (
        f"[{series.only[place]}]" if place in series.only else _CLASSES["L" if sign == "L" else "D"]
        for place, sign in enumerate(series.pattern)
    )
    return "".join(signs)


@cache
def _others() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(row["pattern"]) for row in _data()["others"])


@cache
def _letters_1993() -> dict[str, str]:
    found: dict[str, str] = _data()["regions_1993"]["letters"]
    return found


@cache
def _by_code() -> dict[str, Series]:
    return {each.code: each for each in _series_all()}


def _country() -> str:
    return str(_data()["country"])


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files("jedel.jurisdictions").joinpath("kz/plates.json").read_bytes())
    return found


def _series(row: dict[str, Any]) -> Series:
    return Series(
        code=row["code"],
        kind=row["kind"],
        pattern=row["pattern"],
        only={int(place): signs for place, signs in row.get("only", {}).items()},
        groups=tuple(row["groups"]),
        rows={int(n): tuple(tuple(one) for one in layout) for n, layout in row["rows"].items()},
        background=row["background"],
        ink=row["ink"],
        since=date.fromisoformat(row["since"]),
        region_letter=row.get("region_letter"),
        sure=row["sure"],
        names=row["names"],
    )
