"""Numbers with right check digits, many at once: plates, VINs, ИИН, БИН, IMEI. Sources: ISO 3779, TS 23.003.

Each function gives an array of bytes strings (``S<n>``), one for each row asked for.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Digits = NDArray[np.uint8]
Words = NDArray[np.bytes_]

LETTERS: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
REGIONS: Final = 20
VIN_ALPHABET: Final = np.frombuffer(b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ", dtype=np.uint8)
VIN_VALUES: Final = np.array(
    [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], dtype=np.int64
)  # 0-9, A-H, J-N, P, R, S-Z
VIN_WEIGHTS: Final = np.array([8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])
WORLD_MAKER: Final = b"XJD"
"""Of no maker there is."""
TAC: Final = "99000862"
"""A type allocation code from the range for test devices."""
PLATES_MAX: Final = 1000 * 26**3
LETTERS_STEP: Final = 1237
"""Coprime to 26; no organisation's letters come to be KP, which the police have."""
_FIRST: Final = np.arange(1, 12)
_SECOND: Final = np.array([*range(3, 12), 1, 2])


@dataclass(frozen=True, slots=True)
class Series:
    """How a series is written: D digit, L letter, R region's two digits, S one of `starts`; other signs are
    themselves. `share`: of all plates."""

    name: str
    pattern: bytes
    share: float
    starts: bytes = b""


SERIES: Final = (
    Series("trailer", b"DDLLLRR", 0.03),
    Series("organisation", b"DDDLLRR", 0.06),
    Series("private_1993", b"SDDDLLL", 0.05, b"ABCDEFHKLMNPRSTXZ"),
    Series("motorcycle", b"DDLLRR", 0.015),
    Series("foreigner", b"SDDDDRR", 0.02, b"FH"),
    Series("police", b"DDDKPRR", 0.001),
    Series("private", b"DDDLLLRR", 0.824),
)
"""Those that the register of vehicles holds. Shares are guesses; the last takes what the others leave."""
_ENDS: Final = np.rint(np.cumsum([series.share for series in SERIES]) * PLATES_MAX).astype(np.int64)


def spread(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Neighbours come far apart, none comes twice: the factor is coprime to PLATES_MAX."""
    return places * 7_919_069 % PLATES_MAX


def series_of(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) place in SERIES of each place's plate."""
    return np.minimum(np.searchsorted(_ENDS, spread(places), side="right"), len(SERIES) - 1)


def plates(places: NDArray[np.int64]) -> Words:
    """(n,) S8, such as ``123ABC02``: a plate of its own for each place below PLATES_MAX."""
    found = np.zeros((len(places), 8), dtype=np.uint8)
    which, count = series_of(places), spread(places)
    for number, series in enumerate(SERIES):
        rows = which == number
        nth = count[rows] - (_ENDS[number - 1] if number else 0)
        found[rows, : len(series.pattern)] = _written(series, nth)
    return _words(found)


def _written(series: Series, nth: NDArray[np.int64]) -> Digits:
    """The nth plates of a series: digits turn first, then the region or first letter, then the letters."""
    pattern = np.frombuffer(series.pattern, dtype=np.uint8)
    found = np.tile(pattern, (len(nth), 1))
    digits, letters, regions, starts = (np.flatnonzero(pattern == ord(sign)) for sign in "DLRS")
    nth, found[:, digits] = nth // 10 ** len(digits), _digits(nth % 10 ** len(digits), len(digits)) + 48
    if len(regions):
        nth, found[:, regions] = nth // REGIONS, _digits(nth % REGIONS + 1, 2) + 48
    if len(starts):
        of = np.frombuffer(series.starts, dtype=np.uint8)
        nth, found[:, starts] = nth // len(of), of[nth % len(of)][:, None]
    nth = nth * LETTERS_STEP % 26 ** len(letters)
    for column in letters:
        nth, found[:, column] = nth // 26, LETTERS[nth % 26]
    return found


def vins(places: NDArray[np.int64], years: NDArray[np.int64]) -> Words:
    """One for each place below 10^7, with the check digit where North America has it."""
    found = np.empty((len(places), 17), dtype=np.uint8)
    found[:, :3] = np.frombuffer(WORLD_MAKER, dtype=np.uint8)
    found[:, 3:8] = VIN_ALPHABET[(places[:, None] // np.array([1, 3, 9, 27, 81]) % 33)]
    found[:, 8] = 48
    found[:, 9] = VIN_ALPHABET[years % 30 + 1]
    found[:, 10:] = _digits(places, 7) + 48
    values = VIN_VALUES[np.searchsorted(VIN_ALPHABET, found)]
    rest = values @ VIN_WEIGHTS % 11
    found[:, 8] = np.where(rest == 10, ord("X"), rest + 48)
    return _words(found)


def iins(dice: np.random.Generator, count: int) -> Words:
    """People born from 1845 to 1899, so that nobody alive is meant; the same person may come again."""
    years = dice.integers(1845, 1900, count)
    found = np.empty((count, 12), dtype=np.int64)
    found[:, :2] = _digits(years % 100, 2)
    found[:, 2:4] = _digits(dice.integers(1, 13, count), 2)
    found[:, 4:6] = _digits(dice.integers(1, 29, count), 2)
    found[:, 6] = 1 + dice.integers(0, 2, count)
    return _checked(found, _digits(dice.integers(0, 10_000, count), 4), slice(7, 11))


def bins(dice: np.random.Generator, count: int) -> Words:
    """Organisations registered from 1930 to 1959, of which there are none."""
    found = np.empty((count, 12), dtype=np.int64)
    found[:, :2] = _digits(dice.integers(30, 60, count), 2)
    found[:, 2:4] = _digits(dice.integers(1, 13, count), 2)
    found[:, 4] = dice.integers(4, 7, count)
    found[:, 5] = 0
    return _checked(found, _digits(dice.integers(0, 100_000, count), 5), slice(6, 11))


def imeis(places: NDArray[np.int64]) -> Words:
    """One for each place below 10^6."""
    found = np.empty((len(places), 15), dtype=np.int64)
    found[:, :8] = [int(digit) for digit in TAC]
    found[:, 8:14] = _digits(places, 6)
    doubled = found[:, :14].copy()
    doubled[:, 1::2] *= 2
    doubled[doubled > 9] -= 9
    found[:, 14] = -doubled.sum(axis=1) % 10
    return _words((found + 48).astype(np.uint8))


def _checked(found: NDArray[np.int64], serial: NDArray[np.int64], where: slice) -> Words:
    """Put the serial in and the check digit after it; a serial that has none is counted up."""
    found[:, where] = serial
    open_ = np.ones(len(found), dtype=np.bool_)
    while open_.any():
        first, second = found[:, :11] @ _FIRST % 11, found[:, :11] @ _SECOND % 11
        found[:, 11] = np.where(first < 10, first, second)
        open_ = found[:, 11] == 10
        found[open_, 10] = (found[open_, 10] + 1) % 10
    return _words((found + 48).astype(np.uint8))


def _digits(numbers: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    return numbers[:, None] // 10 ** np.arange(count - 1, -1, -1) % 10


def _words(found: Digits) -> Words:
    width = found.shape[1]
    return np.ascontiguousarray(found).view(f"S{width}").reshape(len(found))
