"""How a vehicle looks, as small numbers: makes, colours, bodies, and the words that registers, cameras and
people have for them (`jurisdictions/kz/looks.json`). 0 is unknown. Pure.

The numbers are stored and are never given to something else. Makes from 901 on are the demo's own.
"""

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np
import orjson
from numpy.typing import NDArray

Kind = Literal["make", "colour", "body"]
UNKNOWN: Final = 0
WORD_MAX: Final = 200

_NOT_WORD = re.compile(r"[^\w]+")


def make(word: str) -> int:
    """The number of a make; a model that stands after it («Toyota Camry 70») does not disturb."""
    return _number("make", word[:WORD_MAX])


def colour(word: str) -> int:
    """The number of a colour, also of «тёмно-синий металлик»."""
    return _number("colour", word[:WORD_MAX])


def body(word: str) -> int:
    """The number of a body."""
    return _number("body", word[:WORD_MAX])


def name(kind: Kind, number: int, language: str) -> str:
    """What something is called in kk, ru or en; nothing for a number that is none."""
    row = _rows(kind).get(number, {})
    return str(row.get("name") or row.get(language, ""))


def code(kind: Kind, number: int) -> str | None:
    """The code of a colour or body, the name of a make; None for what is unknown."""
    row = _rows(kind).get(number)
    return None if row is None else str(row.get("code") or row["name"])


def alike(a: int, b: int, *, night: bool = False) -> bool:
    """Whether one colour may be taken for the other; unknown may be any."""
    return bool(alike_table(night=night)[min(a, 255), min(b, 255)])


def alike_bodies(a: int, b: int) -> bool:
    """Whether one body may be taken for the other; unknown may be any."""
    return bool(bodies_table()[min(a, 255), min(b, 255)])


@cache
def alike_table(*, night: bool = False) -> NDArray[np.bool_]:
    """(256, 256): `alike` for whole arrays of colours."""
    looks = _data()
    return _table("colour", looks["alike"] + (looks["alike_at_night"] if night else []))


@cache
def bodies_table() -> NDArray[np.bool_]:
    """(256, 256): `alike_bodies` for whole arrays."""
    return _table("body", _data()["alike_bodies"])


def _table(kind: Kind, pairs: list[list[str]]) -> NDArray[np.bool_]:
    numbers = {row["code"]: number for number, row in _rows(kind).items()}
    table = np.eye(256, dtype=np.bool_)
    table[UNKNOWN, :] = table[:, UNKNOWN] = True
    for one, other in pairs:
        a, b = numbers[one], numbers[other]
        table[a, b] = table[b, a] = True
    table.flags.writeable = False
    return table


@lru_cache(maxsize=8192)
def _number(kind: Kind, word: str) -> int:
    """By the whole of what is said, else by the longest run of its words that is known, the first of them
    («тёмно-синий металлик» is blue, not metallic)."""
    words = _plain(word).split()
    known = _words(kind)
    for size in range(len(words), 0, -1):
        for at in range(len(words) - size + 1):
            found = known.get(" ".join(words[at : at + size]))
            if found is not None:
                return found
    return UNKNOWN


def _plain(word: str) -> str:
    return _NOT_WORD.sub(" ", word.casefold().replace("ё", "е")).strip()


@cache
def _words(kind: Kind) -> dict[str, int]:
    return {
        _plain(word): number
        for number, row in _rows(kind).items()
        for word in (
            row.get("name"),
            row.get("code"),
            row.get("en"),
            row.get("ru"),
            row.get("kk"),
            *row["also"],
        )
        if word
    }


@cache
def _rows(kind: Kind) -> dict[int, dict[str, Any]]:
    return {row["number"]: row for row in _data()[kind]}


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files("jedel.jurisdictions").joinpath("kz/looks.json").read_bytes())
    return found
