"""The registers' columns: what a file brings, how each cell is checked, what finds a row. Data, no code.

``key`` names one row of a register: a newer row with the same key takes its place. ``found_by`` are the
columns that look-ups go by; each gets an index.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from jedel.registers.model import Kind, PhoneState, VehicleState


class Cell(StrEnum):
    """How a cell is checked (checking.py)."""

    PLATE = "plate"
    VIN = "vin"
    IIN = "iin"
    IIN_OR_BIN = "iin_or_bin"
    IMEI = "imei"
    DOCUMENT = "document"
    TEXT = "text"
    CODE = "code"
    DATE = "date"
    YEAR = "year"
    COUNT = "count"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Column:
    """``required``: an empty cell rejects the row. ``choices``: of a CHOICE."""

    name: str
    cell: Cell
    required: bool = True
    choices: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """``shape``: the table that the register's tables inherit from. ``one_of``: at least one of these columns
    is filled. ``ordered``: the first date is not after the second."""

    kind: Kind
    shape: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    found_by: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    ordered: tuple[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _listed(*first: Column) -> tuple[Column, ...]:
    """An entry of a wanted list: with a ground, an owner and an expiry, always."""
    return (
        Column("entry", Cell.CODE),
        *first,
        Column("reason", Cell.TEXT),
        Column("ground", Cell.TEXT),
        Column("initiator", Cell.TEXT),
        Column("since", Cell.DATE),
        Column("expires", Cell.DATE),
        Column("note", Cell.TEXT, required=False),
    )


REGISTERS: Final = {
    register.kind: register
    for register in (
        Register(
            Kind.VEHICLES, "vehicle",
            (
                Column("plate", Cell.PLATE), Column("vin", Cell.VIN, required=False),
                Column("make", Cell.TEXT), Column("model", Cell.TEXT), Column("colour", Cell.TEXT),
                Column("class", Cell.TEXT), Column("year", Cell.YEAR, required=False),
                Column("state", Cell.CHOICE, choices=tuple(VehicleState)),
                Column("restrictions", Cell.TEXT, required=False),
                Column("accidents", Cell.COUNT, required=False, default="0"),
            ),
            key=("plate",), found_by=("vin",),
        ),
        Register(
            Kind.OWNERS, "owner",
            (
                Column("plate", Cell.PLATE), Column("number", Cell.IIN_OR_BIN), Column("name", Cell.TEXT),
                Column("since", Cell.DATE), Column("until", Cell.DATE, required=False),
            ),
            key=("plate", "number", "since"), found_by=("number",), ordered=("since", "until"),
        ),
        Register(
            Kind.INSURANCE, "insurance",
            (
                Column("policy", Cell.CODE), Column("plate", Cell.PLATE), Column("insurer", Cell.TEXT),
                Column("since", Cell.DATE), Column("until", Cell.DATE),
            ),
            key=("policy",), found_by=("plate",), ordered=("since", "until"),
        ),
        Register(
            Kind.WANTED_VEHICLES, "wanted_vehicle",
            _listed(Column("plate", Cell.PLATE, required=False), Column("vin", Cell.VIN, required=False)),
            key=("entry",), found_by=("plate", "vin"), one_of=("plate", "vin"), ordered=("since", "expires"),
        ),
        Register(
            Kind.WANTED_PERSONS, "wanted_person",
            _listed(
                Column("iin", Cell.IIN, required=False), Column("document", Cell.DOCUMENT, required=False),
                Column("name", Cell.TEXT),
            ),
            key=("entry",), found_by=("iin", "document"), one_of=("iin", "document"),
            ordered=("since", "expires"),
        ),
        Register(
            Kind.FINES, "fine",
            (
                Column("notice", Cell.CODE), Column("plate", Cell.PLATE, required=False),
                Column("number", Cell.IIN_OR_BIN, required=False), Column("article", Cell.TEXT),
                Column("amount_tenge", Cell.COUNT), Column("issued", Cell.DATE),
            ),
            key=("notice",), found_by=("plate", "number"), one_of=("plate", "number"),
        ),
        Register(
            Kind.PHONES, "phone",
            (
                Column("imei", Cell.IMEI), Column("state", Cell.CHOICE, choices=tuple(PhoneState)),
                Column("since", Cell.DATE), Column("report", Cell.CODE),
            ),
            key=("imei", "report"), found_by=(),
        ),
        Register(
            Kind.WEAPON_PERMITS, "weapon_permit",
            (
                Column("permit", Cell.CODE), Column("iin", Cell.IIN), Column("weapon", Cell.TEXT),
                Column("purpose", Cell.TEXT), Column("since", Cell.DATE), Column("until", Cell.DATE),
            ),
            key=("permit",), found_by=("iin",), ordered=("since", "until"),
        ),
        Register(
            Kind.OFFENCES, "offence",
            (
                Column("notice", Cell.CODE), Column("plate", Cell.PLATE, required=False),
                Column("number", Cell.IIN_OR_BIN, required=False), Column("article", Cell.TEXT),
                Column("committed", Cell.DATE),
            ),
            key=("notice",), found_by=("plate", "number"), one_of=("plate", "number"),
        ),
    )
}  # fmt: skip
"""Every register by its kind."""
