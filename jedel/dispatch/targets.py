"""The figures the field holds itself to, as dated rows (targets.json), and whether they are met.

A target may change; what counted on a day is decided by the row in force on that day.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Target:
    """``share`` (0..1) of incidents within ``seconds``, in force from ``start`` to before ``end``."""

    name: str
    seconds: int
    share: float
    start: date
    end: date | None
    measures: str
    source: str

    def in_force(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)


def parse(text: str) -> tuple[Target, ...]:
    """Reads the rows of targets.json. Raises KeyError or ValueError for a row that is not one."""
    return tuple(
        Target(
            name=row["name"],
            seconds=row["seconds"],
            share=row["share"],
            start=date.fromisoformat(row["from"]),
            end=date.fromisoformat(row["until"]) if row["until"] else None,
            measures=row["measures"],
            source=row["source"],
        )
        for row in json.loads(text)
    )


@cache
def targets() -> tuple[Target, ...]:
    return parse(files("jedel.dispatch").joinpath("targets.json").read_text(encoding="utf-8"))


def in_force(name: str, on: date, rows: tuple[Target, ...] | None = None) -> Target:
    """The row of that name on that day; the newest where rows overlap. Raises LookupError."""
    found = [row for row in (targets() if rows is None else rows) if row.name == name and row.in_force(on)]
    if not found:
        raise LookupError(f"no target {name!r} is in force on {on.isoformat()}")
    return max(found, key=lambda row: row.start)


@dataclass(frozen=True, slots=True)
class Measured:
    """How many of ``counted`` incidents were within the target; those still within it are not counted."""

    within: int
    counted: int

    @property
    def ratio(self) -> float | None:
        """0..1, or None where there is nothing to judge yet: no incidents is not "100 %"."""
        return round(self.within / self.counted, 4) if self.counted else None
