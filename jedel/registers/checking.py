"""Whole columns checked at once: what is in its one form already passes by vector arithmetic, and only the
other cells go through cells.py one by one. So the fast way may pass too little, never too much."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jedel.registers import cells
from jedel.registers.identifiers import FIRST_WEIGHTS, SECOND_WEIGHTS, Malformed
from jedel.registers.tables import Cell, Column, Register

Bools = NDArray[np.bool_]
Digits = NDArray[np.int32]

_DAYS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int32)
"""29 February goes the slow way."""


@dataclass(frozen=True, slots=True)
class Reject:
    """``line``: counted from the header, which is 1; in Parquet, from the first row, which is 1."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """``rows``: the good ones, with their ``line`` first. ``seen``: all but the blank ones."""

    rows: pa.RecordBatch
    rejects: list[Reject]
    seen: int


def check(register: Register, columns: Sequence[pa.Array], lines: NDArray[np.int64]) -> Checked:
    """Check one batch; ``columns`` in the register's order, text, None where empty."""
    blank = ~np.logical_or.reduce([_bools(pc.is_valid(column)) for column in columns])
    if blank.any():
        keep = pa.array(~blank)
        columns = [column.filter(keep) for column in columns]
        lines = lines[~blank]
    refused: dict[int, tuple[str, str]] = {}
    done = [_column(array, column, refused) for array, column in zip(columns, register.columns, strict=True)]
    by_name = dict(zip(register.names, done, strict=True))
    _across(register, by_name, refused)
    arrays = [pa.array(lines.astype(np.int32)), *done]
    names = ["line", *register.names]
    rows = pa.RecordBatch.from_arrays(arrays, names=names)
    if refused:
        good = np.ones(len(lines), dtype=np.bool_)
        good[list(refused)] = False
        rows = rows.filter(pa.array(good))
    rejects = [Reject(int(lines[place]), *refused[place]) for place in sorted(refused)]
    return Checked(rows, rejects, len(lines))


def _across(register: Register, by_name: dict[str, pa.Array], refused: dict[int, tuple[str, str]]) -> None:
    """What one cell cannot tell."""
    if register.one_of:
        none = ~np.logical_or.reduce([_bools(pc.is_valid(by_name[name])) for name in register.one_of])
        for place in np.flatnonzero(none):
            refused.setdefault(int(place), (" or ".join(register.one_of), "one of them must be filled"))
    if register.ordered:
        first, second = register.ordered
        wrong = _bools(pc.fill_null(pc.greater(by_name[first], by_name[second]), fill_value=False))
        for place in np.flatnonzero(wrong):
            refused.setdefault(int(place), (second, f"is before {first}"))


def _column(array: pa.Array, column: Column, refused: dict[int, tuple[str, str]]) -> pa.Array:
    """The column in its one form; places that cannot be are refused and hold nothing."""
    passed = _passes(array, column)
    if column.required or column.default is not None:
        slow = np.flatnonzero(~passed)
    else:
        slow = np.flatnonzero(~passed & _bools(pc.is_valid(array)))
    if not len(slow):
        return array
    mended: list[str | None] = []
    for place, cell in zip(slow.tolist(), array.take(pa.array(slow)).to_pylist(), strict=True):
        try:
            mended.append(cells.check(cell, column))
        except Malformed as reason:
            mended.append(None)
            refused.setdefault(place, (column.name, str(reason)))
    mask = np.zeros(len(array), dtype=np.bool_)
    mask[slow] = True
    return pc.replace_with_mask(array, pa.array(mask), pa.array(mended, pa.string()))


def _passes(array: pa.Array, column: Column) -> Bools:
    """Where the cell is in its one form for certain; False where it is empty."""
    if column.cell is Cell.CHOICE:
        return _bools(pc.is_in(array, value_set=pa.array(column.choices, pa.string())))
    if column.cell is Cell.TEXT:
        return _plain(array)
    pattern = _PATTERNS.get(column.cell)
    if pattern is None:
        return np.zeros(len(array), dtype=np.bool_)
    passed = _matches(array, pattern)
    deeper = _DEEPER.get(column.cell)
    if deeper is None or not passed.any():
        return passed
    places = np.flatnonzero(passed)
    passed[places] = deeper(_characters(array if passed.all() else array.take(pa.array(places))))
    return passed


_PATTERNS: Final = {
    Cell.PLATE: r"^(?:[A-Z0-9]{2,9}[0-9]|[0-9][A-Z0-9]{2,9})$",
    Cell.VIN: r"^[A-HJ-NPR-Z0-9]{17}$",
    Cell.IIN: r"^[0-9]{12}$",
    Cell.IIN_OR_BIN: r"^[0-9]{12}$",
    Cell.IMEI: r"^[0-9]{15}$",
    Cell.CODE: r"^[A-Z0-9](?:[A-Z0-9/-]{0,39})$",
    Cell.DATE: r"^(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$",
    Cell.YEAR: r"^(?:19|20)[0-9]{2}$",
    Cell.COUNT: r"^(?:0|[1-9][0-9]{0,8})$",
}
"""What passes, or is looked at more deeply; no document number does, there are few."""


def _iins(digits: Digits) -> Bools:
    month, day = _two(digits, 2), _two(digits, 4)
    born = (month >= 1) & (month <= 12) & (day >= 1) & (day <= _DAYS[np.minimum(month, 12)])
    return born & (digits[:, 6] >= 1) & (digits[:, 6] <= 6) & _kazakh_check(digits)


def _owners(digits: Digits) -> Bools:
    month = _two(digits, 2)
    organisation = (digits[:, 4] >= 4) & (digits[:, 4] <= 6) & (month >= 1) & (month <= 12)
    return (organisation & _kazakh_check(digits)) | _iins(digits)


def _two(digits: Digits, place: int) -> NDArray[np.int32]:
    two: NDArray[np.int32] = digits[:, place] * 10 + digits[:, place + 1]
    return two


def _kazakh_check(digits: Digits) -> Bools:
    first = digits[:, :11] @ np.array(FIRST_WEIGHTS, dtype=np.int32) % 11
    second = digits[:, :11] @ np.array(SECOND_WEIGHTS, dtype=np.int32) % 11
    right: Bools = np.where(first < 10, first, second) == digits[:, 11]
    return right


def _imeis(digits: Digits) -> Bools:
    values = digits.copy()
    values[:, 1:14:2] *= 2
    values[:, 1:14:2] -= 9 * (values[:, 1:14:2] > 9)
    right: Bools = (values.sum(axis=1) % 10 == 0) & digits[:, :8].any(axis=1)
    return right


_DEEPER: Final[dict[Cell, Callable[[Digits], Bools]]] = {
    Cell.IIN: _iins,
    Cell.IIN_OR_BIN: _owners,
    Cell.IMEI: _imeis,
}


def _plain(array: pa.Array) -> Bools:
    """Text without control characters, blanks at its ends or too much length."""
    length = _bools(pc.fill_null(pc.less_equal(pc.binary_length(array), cells.TEXT_MAX), fill_value=False))
    filled = _bools(pc.fill_null(pc.greater(pc.binary_length(array), 0), fill_value=False))
    blank = _bools(pc.fill_null(pc.starts_with(array, " "), fill_value=False))
    blank |= _bools(pc.fill_null(pc.ends_with(array, " "), fill_value=False))
    passed = length & filled & ~blank
    data = _data(array)
    if len(data) and (data.min() < 0x20 or (data == 0x7F).any()):
        passed &= ~_matches(array, r"[\x00-\x1f\x7f]")
    return passed


def _matches(array: pa.Array, pattern: str) -> Bools:
    return _bools(pc.fill_null(pc.match_substring_regex(array, pattern), fill_value=False))


def _bools(array: Any) -> Bools:
    found: Bools = array.to_numpy(zero_copy_only=False)
    return found.copy() if not found.flags.writeable else found


def _data(array: pa.Array) -> NDArray[np.uint8]:
    """The bytes of all cells, one after the other."""
    if not len(array):
        return np.empty(0, dtype=np.uint8)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    whole = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    return whole[offsets[0] : offsets[-1]]


def _characters(array: pa.Array) -> Digits:
    """Digits of cells of one length, (n, length)."""
    return (_data(array).reshape(len(array), -1) - np.uint8(ord("0"))).astype(np.int32)
