"""Which series a plate is of, and what it may be a misreading of: the grammar of `plates.model` for a batch.

Everything is taken from the grammar's data; a plate that looks impossible here is shown to `parse`, which
alone says so.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from jedel.plates.keys import BASE, LONGEST, SIGNS, Keys, text
from jedel.plates.model import codes, parse, series

UNREAD: Final = len(SIGNS)
"""The value of a sign that was not read."""
CHEAP_MAX: Final = 0.5
"""A change of one sign for another that costs no more is what readers often mistake."""
LETTERS_ALIKE: Final = ("HN", "MN", "HM", "UV", "VY", "KX", "EF", "CG", "TY", "OQ", "DO", "PR")
"""Letters that readers mistake for one another: our estimate, as the data's costs are."""
_WEIGHT: Final = np.array([BASE**power for power in reversed(range(LONGEST))], dtype=np.int64)
_DIGITS: Final = np.arange(1, 11)
_LETTERS: Final = np.arange(11, 37)
_CLASS: Final = np.zeros(BASE, np.uint8)
_CLASS[1:11], _CLASS[11:37], _CLASS[UNREAD] = 1, 2, 3
REGIONS: Final = 100


class Shape(NamedTuple):
    """(n,) ``series``: its place in `plates.model.series()`, -1 for none; ``region``: the number of its code,
    0 where it names none in digits; ``odd``: no such region, in a series of which we are sure."""

    series: NDArray[np.int64]
    region: NDArray[np.int64]
    odd: NDArray[np.bool_]


class Changed(NamedTuple):
    """(m,) plates one sign away: ``of`` whose, ``key``, and ``cheap``: of signs that are often mistaken."""

    of: NDArray[np.int64]
    key: Keys
    cheap: NDArray[np.bool_]


def signs(keys: Keys) -> NDArray[np.uint8]:
    """(n, LONGEST) values of the signs, 0 after the last."""
    left = keys.copy()
    found = np.empty((len(keys), LONGEST), np.uint8)
    for place in reversed(range(LONGEST)):
        rest = left // BASE
        found[:, place] = left - rest * BASE
        left = rest
    return found


def shapes(keys: Keys, read: NDArray[np.uint8] | None = None) -> Shape:
    """The series of plates; the first that fits, as `parse` tries them. ``read``: their signs, if known."""
    read = signs(keys) if read is None else read
    code = _CLASS[read].astype(np.int64) @ _POWERS
    found = np.full(len(keys), -1)
    region = np.zeros(len(keys), np.int64)
    odd = np.zeros(len(keys), np.bool_)
    for nth, (shape, only, at, sure) in enumerate(_known()):
        fits = (code == shape) & (found < 0)
        for place, may in only:
            fits &= may[read[:, place]]
        where = np.flatnonzero(fits)
        if not len(where):
            continue
        if at >= 0:
            number = (read[where, at].astype(np.int64) - 1) * 10 + read[where, at + 1] - 1
            good = _regions()[number]
            odd[where[~good]] |= sure
            where, number = where[good], number[good]
            region[where] = number
        found[where] = nth
    odd &= found < 0
    return Shape(found, region, odd)


@lru_cache(maxsize=1 << 16)
def impossible(key: int) -> bool:
    """Whether the grammar says that there is no such plate."""
    return not parse(text(key)).possible


def changes(keys: Keys) -> Changed:
    """All plates that differ from these by one sign of the same class: a digit by a digit, a letter by a
    letter, an unread sign by either."""
    read = signs(keys)
    of, key, cheap = [], [], []
    for value, others, often in _others():
        where, place = np.nonzero(read == value)
        if not len(where):
            continue
        step = (others - value)[None, :] * _WEIGHT[place][:, None]
        of.append(np.repeat(where, len(others)))
        key.append((keys[where][:, None] + step).ravel())
        cheap.append(np.tile(often, len(where)))
    if not of:
        return Changed(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    return Changed(np.concatenate(of), np.concatenate(key), np.concatenate(cheap))


_POWERS: Final = 4 ** np.arange(LONGEST, dtype=np.int64)


@cache
def _known() -> tuple[tuple[int, tuple[tuple[int, NDArray[np.bool_]], ...], int, bool], ...]:
    """Of each series: the code of its shape, the letters of some places, where its region stands, sure."""
    return tuple(
        (
            sum((2 if sign == "L" else 1) * int(_POWERS[nth]) for nth, sign in enumerate(each.pattern)),
            tuple((place, _among(letters)) for place, letters in each.only.items()),
            each.pattern.find("R"),
            each.sure,
        )
        for each in series()
    )


def _among(letters: str) -> NDArray[np.bool_]:
    may = np.zeros(BASE, np.bool_)
    may[[SIGNS.index(sign) + 1 for sign in letters]] = True
    return may


@cache
def _regions() -> NDArray[np.bool_]:
    good = np.zeros(REGIONS, np.bool_)
    good[[int(code) for code in codes()]] = True
    return good


@cache
def _others() -> tuple[tuple[int, NDArray[np.int64], NDArray[np.bool_]], ...]:
    """For each value of a sign: the values that may be meant, and which of them are often mistaken for it."""
    costs = _costs()
    found = []
    for value in range(1, BASE):
        kind = _CLASS[value]
        among = _DIGITS if kind == 1 else _LETTERS if kind == 2 else np.arange(1, UNREAD)
        others = among[among != value]
        often = (costs[value, others] <= CHEAP_MAX) | (kind == 3)
        found.append((value, others, often))
    return tuple(found)


@cache
def _costs() -> NDArray[np.float64]:
    """(BASE, BASE) of one sign for another. Letters that look like one digit look like each other."""
    data = orjson.loads(files("jedel.jurisdictions").joinpath("kz/plates.json").read_bytes())
    direct = np.full((BASE, BASE), np.inf)
    for (one, other), cost in data["corrections"]["costs"].items():
        a, b = SIGNS.index(one) + 1, SIGNS.index(other) + 1
        direct[a, b] = direct[b, a] = cost
    for one, other in LETTERS_ALIKE:
        a, b = SIGNS.index(one) + 1, SIGNS.index(other) + 1
        direct[a, b] = direct[b, a] = CHEAP_MAX
    through: NDArray[np.float64] = (direct[:, :, None] + direct[None, :, :]).min(axis=1)
    found: NDArray[np.float64] = np.minimum(direct, through)
    return found
