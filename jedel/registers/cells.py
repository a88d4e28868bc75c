"""One cell of a register's file: its text brought into the one form, or refused with a reason. Pure.

These functions are the authority; checking.py only finds fast the cells that they would leave as they are.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from jedel.registers import identifiers
from jedel.registers.identifiers import Malformed
from jedel.registers.tables import Cell, Column

TEXT_MAX = 200
CODE_MAX = 40
COUNT_DIGITS_MAX = 9

_DAY_FIRST = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def text(cell: str) -> str:
    """A line of text without control characters."""
    found = cell.strip()
    if len(found) > TEXT_MAX:
        raise Malformed(f"longer than {TEXT_MAX} characters")
    if any(character < " " or character == "\x7f" for character in found):
        raise Malformed("has a line break or another control character")
    return found


def code(cell: str) -> str:
    """A number that another office gave: letters, digits, dashes, slashes, dots."""
    found = cell.strip().upper()
    if len(found) > CODE_MAX:
        raise Malformed(f"longer than {CODE_MAX} characters")
    if not found.replace("-", "").replace("/", "").replace(".", "").isalnum():
        raise Malformed("has other characters than letters, digits, dashes, slashes and dots")
    return found


def day(cell: str) -> str:
    """A date as 2026-11-22 or 22.11.2026, from 1900 to 2099."""
    found = cell.strip()
    turned = _DAY_FIRST.fullmatch(found)
    if turned:
        found = f"{turned[3]}-{turned[2]}-{turned[1]}"
    if not _ISO.fullmatch(found):
        raise Malformed("a date is written 2026-11-22 or 22.11.2026")
    try:
        date.fromisoformat(found)
    except ValueError:
        raise Malformed("there is no such day") from None
    if found[:2] not in ("19", "20"):
        raise Malformed("a year is 1900 to 2099")
    return found


def year(cell: str) -> str:
    """Four digits."""
    found = cell.strip()
    if not re.fullmatch(r"(19|20)[0-9]{2}", found):
        raise Malformed("a year is 1900 to 2099")
    return found


def count(cell: str) -> str:
    """A whole number from 0."""
    found = cell.strip()
    if not re.fullmatch(rf"[0-9]{{1,{COUNT_DIGITS_MAX}}}", found):
        raise Malformed(f"a whole number of at most {COUNT_DIGITS_MAX} digits is wanted")
    return str(int(found))


def choice(cell: str, choices: tuple[str, ...]) -> str:
    """One of a closed list."""
    found = cell.strip().lower()
    if found not in choices:
        raise Malformed(f"is none of: {', '.join(choices)}")
    return found


_CHECKS: Final[dict[Cell, Callable[[str], str]]] = {
    Cell.PLATE: identifiers.plate,
    Cell.VIN: lambda cell: identifiers.vin(cell).number,
    Cell.IIN: lambda cell: identifiers.iin(cell).number,
    Cell.IIN_OR_BIN: identifiers.iin_or_bin,
    Cell.IMEI: lambda cell: identifiers.imei(cell).number,
    Cell.DOCUMENT: identifiers.document,
    Cell.TEXT: text,
    Cell.CODE: code,
    Cell.DATE: day,
    Cell.YEAR: year,
    Cell.COUNT: count,
}


def check(cell: str | None, column: Column) -> str | None:
    """The cell in its one form; None where it is empty and may be.

    Raises:
        Malformed: it cannot be what the column holds.
    """
    if cell is None or not cell.strip():
        if column.required:
            raise Malformed("is empty")
        return column.default
    if column.cell is Cell.CHOICE:
        return choice(cell, column.choices)
    return _CHECKS[column.cell](cell)
