"""Country facts as data. Another country is another folder."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import orjson

DEMO_REGION = "00"
"""The region of the generated city; no real one has this code."""


@cache
def regions() -> dict[str, dict[str, str]]:
    """Region code → its name in each language (Kazakhstan's codes of 2022, and the demo region)."""
    found: dict[str, dict[str, str]] = orjson.loads(files(__name__).joinpath("kz/regions.json").read_bytes())
    return found


@dataclass(frozen=True, slots=True)
class PurposeRule:
    """What the registers may be asked for. ``needs``: incident, case or either of them. ``until``: the last
    day. ``blocked``: on the list so that a refusal can name it. ``tell``: whether the person looked up
    may be told who asked and why."""

    code: str
    names: dict[str, str]
    needs: Literal["incident", "case", "either"]
    registers: frozenset[str]
    second_person: bool
    blocked: bool
    since: date
    until: date | None
    tell: Literal["yes", "later", "no"]

    def valid(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@cache
def purposes() -> dict[str, PurposeRule]:
    """The closed list of purposes, by code."""
    rows = orjson.loads(files(__name__).joinpath("kz/purposes.json").read_bytes())
    return {row["code"]: _purpose(row) for row in rows}


def _purpose(row: dict[str, Any]) -> PurposeRule:
    until = row["until"] and date.fromisoformat(row["until"])
    return PurposeRule(
        *(row["code"], row["names"], row["needs"], frozenset(row["registers"])),
        *(row["second_person"], row["blocked"], date.fromisoformat(row["from"]), until),
        tell=row["tell"],
    )


@dataclass(frozen=True, slots=True)
class CitizenRetention:
    """How long a citizen's name and contact are kept: after the decision, and where nobody decides."""

    since: date
    contact_days_after_decision: int
    undecided_days: int


@cache
def citizen_retention() -> tuple[CitizenRetention, ...]:
    """The dated rules, the oldest first."""
    rows = _citizen()["retention"]
    found = (
        CitizenRetention(
            date.fromisoformat(row["from"]), row["contact_days_after_decision"], row["undecided_days"]
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda rule: rule.since))


@cache
def restriction_words() -> dict[str, list[str]]:
    """Restriction on a vehicle → the words by which registers say it."""
    found: dict[str, list[str]] = _citizen()["restrictions"]
    return found


def _citizen() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files(__name__).joinpath("kz/citizen.json").read_bytes())
    return found
