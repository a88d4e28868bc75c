"""Files of registers for tests."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from jedel.registers.identifiers import kazakh_check_digit, luhn_check_digit
from jedel.registers.model import Kind
from jedel.registers.tables import REGISTERS

VIN = "1M8GDM9AXKP042788"


def iin(eleven: str = "90010130000") -> str:
    """The first ИИН from these eleven digits on that has a check digit."""
    number = int(eleven)
    while (check := kazakh_check_digit(f"{number:011}")) is None:
        number += 1
    return f"{number:011}{check}"


def imei(fourteen: str = "35209900176148") -> str:
    return f"{fourteen}{luhn_check_digit(fourteen)}"


def plate(number: int) -> str:
    return f"{number % 1000:03}{chr(65 + number // 1000 % 26)}{chr(65 + number // 26000 % 26)}A02"


ROWS: dict[Kind, dict[str, str]] = {
    Kind.VEHICLES: {
        "plate": "123ABC02", "vin": VIN, "make": "Aqquba", "model": "Demo 2", "colour": "white",
        "class": "car", "year": "2015", "state": "registered", "restrictions": "", "accidents": "1",
    },
    Kind.OWNERS: {
        "plate": "123ABC02", "number": iin(), "name": "Үлгі Сынақұлы", "since": "2020-05-01", "until": "",
    },
    Kind.INSURANCE: {
        "policy": "P-1", "plate": "123ABC02", "insurer": "Sample Insurance", "since": "2026-01-01",
        "until": "2026-12-31",
    },
    Kind.WANTED_VEHICLES: {
        "entry": "W-1", "plate": "123ABC02", "vin": "", "reason": "stolen", "ground": "УПК 1",
        "initiator": "Unit 1", "since": "2026-01-01", "expires": "2099-01-01", "note": "",
    },
    Kind.WANTED_PERSONS: {
        "entry": "P-1", "iin": iin(), "document": "N12345678", "name": "Үлгі Сынақұлы", "reason": "court",
        "ground": "УПК 2", "initiator": "Unit 1", "since": "2026-01-01", "expires": "2099-01-01", "note": "",
    },
    Kind.FINES: {
        "notice": "F-1", "plate": "123ABC02", "number": iin(), "article": "592", "amount_tenge": "21625",
        "issued": "2026-10-01",
    },
    Kind.PHONES: {"imei": imei(), "state": "stolen", "since": "2026-02-02", "report": "R-1"},
    Kind.WEAPON_PERMITS: {
        "permit": "G-1", "iin": iin(), "weapon": "hunting", "purpose": "hunting", "since": "2024-01-01",
        "until": "2099-01-01",
    },
    Kind.OFFENCES: {
        "notice": "O-1", "plate": "123ABC02", "number": iin(), "article": "592", "committed": "2026-10-01",
    },
}  # fmt: skip
"""One good row of every register, all about one car, one person, one phone."""


def write(path: Path, rows: Iterable[Mapping[str, str]], names: Iterable[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(names))
        writer.writeheader()
        writer.writerows(rows)
    return path


def file(folder: Path, kind: Kind, *changes: Mapping[str, str], name: str = "") -> Path:
    """A CSV with one row for each change of the good row."""
    rows = [ROWS[kind] | dict(change) for change in changes or ({},)]
    return write(folder / (name or f"{kind}.csv"), rows, REGISTERS[kind].names)


def vehicles(folder: Path, count: int, name: str = "vehicles.csv", **changes: str) -> Path:
    """Vehicles with plates of their own."""
    rows = ({"plate": plate(number), "vin": ""} | changes for number in range(count))
    return file(folder, Kind.VEHICLES, *rows, name=name)
