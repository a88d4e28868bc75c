"""Numbers with right check digits, many at once: plates, VINs, ИИН, БИН, IMEI. Sources: ISO 3779, TS 23.003.

Each function gives an array of bytes strings (``S<n>``), one for each row asked for.
"""

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
_FIRST: Final = np.arange(1, 12)
_SECOND: Final = np.array([*range(3, 12), 1, 2])


def plates(places: NDArray[np.int64]) -> Words:
    """``123ABC02``: a plate of its own for each place below PLATES_MAX. The region follows from it."""
    spread = (
        places * 7_919_069 % PLATES_MAX
    )  # coprime to PLATES_MAX: neighbours look unlike, none comes twice
    found = np.empty((len(places), 8), dtype=np.uint8)
    found[:, :3] = _digits(spread % 1000, 3) + 48
    for column, power in ((3, 1000), (4, 26_000), (5, 676_000)):
        found[:, column] = LETTERS[spread // power % 26]
    found[:, 6:] = _digits(places % REGIONS + 1, 2) + 48
    return _words(found)


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
