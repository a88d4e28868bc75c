"""Cells one by one, and whole columns at once: both say the same."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.registers import cells, checking
from jedel.registers.identifiers import LOOK_ALIKES, Malformed
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS, Cell, Column
from tests.registers import make

COLUMNS = {column.cell: column for register in REGISTERS.values() for column in register.columns}
GOOD = {
    Cell.PLATE: "123ABC02", Cell.VIN: make.VIN, Cell.IIN: make.iin(),
    Cell.IIN_OR_BIN: make.iin("15054000123"), Cell.IMEI: make.imei(), Cell.DOCUMENT: "N12345678",
    Cell.TEXT: "Үлгі", Cell.CODE: "AB-1/2",
    Cell.DATE: "2024-02-29", Cell.YEAR: "2015", Cell.COUNT: "12", Cell.CHOICE: "stolen",
}  # fmt: skip
NOISE = st.text(st.sampled_from("0123456789ABCXYZabcжӘ -./|\t\n\x00\"';,٣" + chr(0x7F)), max_size=20)
DAYS = st.builds("{:04}-{:02}-{:02}".format, st.integers(1890, 2110), st.integers(0, 13), st.integers(0, 32))
NUMBERS = st.one_of(
    st.integers(0, 10**12 - 1).map(lambda n: f"{n:012}"),
    st.builds("{:02}{:02}{:02}{}{:04}{}".format, *[st.integers(0, 99)] * 3, st.integers(0, 9),
              st.integers(0, 9999), st.integers(0, 9)).map(lambda text: text[:12]),
    st.dates().map(lambda day: make.iin(f"{day:%y%m%d}30000")),
    st.integers(0, 10**14 - 1).map(lambda n: make.imei(f"{n:014}")),
)  # fmt: skip


@pytest.mark.parametrize("cell", list(Cell))
def test_every_kind_of_cell_has_a_good_one(cell: Cell) -> None:
    column = COLUMNS[cell] if cell is not Cell.CHOICE else REGISTERS[Kind.PHONES].columns[1]
    assert cells.check(GOOD[cell], column) == GOOD[cell]


@pytest.mark.parametrize(
    ("cell", "given_", "found"),
    [
        (Cell.DATE, "22.11.2026", "2026-11-22"), (Cell.COUNT, "007", "7"), (Cell.CODE, " ab-1 ", "AB-1"),
        (Cell.TEXT, " x ", "x"), (Cell.YEAR, " 2015", "2015"),
    ],
)  # fmt: skip
def test_cells_are_brought_into_one_form(cell: Cell, given_: str, found: str) -> None:
    assert cells.check(given_, Column("x", cell)) == found


@pytest.mark.parametrize(
    ("cell", "given_", "reason"),
    [
        (Cell.DATE, "2026-02-30", "no such day"), (Cell.DATE, "yesterday", "is written"),
        (Cell.DATE, "1600-01-01", "1900"), (Cell.YEAR, "1600", "1900"), (Cell.COUNT, "-1", "whole number"),
        (Cell.COUNT, "1" * 10, "whole number"), (Cell.CODE, "a b", "other characters"),
        (Cell.CODE, "a" * 41, "longer"), (Cell.TEXT, "a" * 201, "longer"), (Cell.TEXT, "a\nb", "line break"),
        (Cell.TEXT, "a\x7fb", "line break"), (Cell.TEXT, "  ", "is empty"), (Cell.CHOICE, "gone", "none of"),
    ],
)  # fmt: skip
def test_refusals_give_the_reason(cell: Cell, given_: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        cells.check(given_, Column("x", cell, choices=("lost",)))


def test_an_empty_cell_takes_the_default() -> None:
    assert cells.check(None, Column("x", Cell.COUNT, required=False, default="0")) == "0"
    assert cells.check(" ", Column("x", Cell.TEXT, required=False)) is None


@given(
    st.lists(st.one_of(st.none(), NOISE, DAYS, NUMBERS, st.sampled_from(list(GOOD.values()))), max_size=12)
)
def test_columns_at_once_say_what_cells_one_by_one_say(texts: list[str | None]) -> None:
    texts = [text or None for text in texts]  # readers give empty cells as None
    for column in (*COLUMNS.values(), Column("x", Cell.TEXT, required=False)):
        refused: dict[int, tuple[str, str]] = {}
        found = checking._column(pa.array(texts, pa.string()), column, refused).to_pylist()
        for place, text in enumerate(texts):
            wanted, reason = _one(text, column)
            assert refused.get(place) == (reason and (column.name, reason))
            assert reason or found[place] == wanted


def _one(text: str | None, column: Column) -> tuple[str | None, str | None]:
    try:
        return cells.check(text, column), None
    except Malformed as reason:
        return None, str(reason)


def test_what_one_cell_cannot_tell() -> None:
    register = REGISTERS[Kind.WANTED_VEHICLES]
    good = make.ROWS[Kind.WANTED_VEHICLES]
    rows = [good, good | {"plate": ""}, good | {"expires": "2025-12-31"}, dict.fromkeys(good, "")]
    columns = [pa.array([row[name] or None for row in rows], pa.string()) for name in register.names]
    checked = checking.check(register, columns, np.arange(2, 6))
    assert checked.rows.column("line").to_pylist() == [2]
    assert [(reject.line, reject.column) for reject in checked.rejects] == [
        (3, "plate or vin"),
        (4, "expires"),
    ]
    assert checked.seen == 3  # the blank line is none
    assert checking.check(register, [column[:0] for column in columns], np.arange(0)).seen == 0


def test_look_alikes_are_read_as_latin() -> None:
    assert all(chr(from_) != chr(to) and chr(to).isascii() for from_, to in LOOK_ALIKES.items())
