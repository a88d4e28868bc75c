"""The closed list of legal grounds and the settings of computed grounds: dated data of the jurisdiction.

Invariants
1. A ground is of one of the kinds of `LegalKind`. There is none for what somebody thinks, believes or belongs
   to, and a list that has any other kind is not read at all.
2. Every ground has a longest life, and says which actions it carries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import orjson

from jedel.qorgau.model import BY_CODE, LISTED, Action, Ground

MAX_DAYS: Final = 365
"""No ground outlives a year; what is still true then is proposed anew."""


class LegalKind(StrEnum):
    """What a legal ground can be about: a deed, a decision, a person in need, a plate."""

    CRIME = "crime"
    SEARCH = "search"
    MISSING = "missing"
    COURT = "court"
    ROAD = "road"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class LegalGround:
    """``ground``: the bit that a hit bears. ``law``: the article in each language, None where it is to
    be filled in. ``needs``: what the entry must name. ``until``: the last day on which it may be used."""

    code: str
    ground: Ground
    kind: LegalKind
    names: Mapping[str, str]
    law: Mapping[str, str] | None
    needs: Literal["case", "incident", "either"]
    max_days: int
    actions: frozenset[Action]
    since: date
    until: date | None

    def valid(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Uninsured:
    """A car counts as uninsured when no policy was valid within ``grace_days``."""

    grace_days: int
    exempt_classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnpaidFines:
    """At least ``count`` fines of ``sum_tenge`` together, each older than ``due_days``."""

    count: int
    sum_tenge: int
    due_days: int


@dataclass(frozen=True, slots=True)
class Systematic:
    """At least ``count`` offences within ``period_days``."""

    count: int
    period_days: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force from ``since`` on. ``action`` and ``stale_days``: of each computed ground; a register
    that is older than so many days gives no hits. ``known_stale_days``: the same of the vehicles register as
    what cars there are."""

    since: date
    action: Mapping[Ground, Action]
    stale_days: Mapping[Ground, int]
    uninsured: Uninsured
    unpaid_fines: UnpaidFines
    systematic: Systematic
    known_stale_days: int


def grounds_of(rows: list[dict[str, Any]]) -> dict[str, LegalGround]:
    """The list by code. Raises ValueError where it has what no list may have."""
    found = {}
    for row in rows:
        until = row["until"] and date.fromisoformat(row["until"])
        ground = LegalGround(
            *(row["code"], BY_CODE[row["ground"]], LegalKind(row["kind"]), row["names"], row["law"]),
            *(row["needs"], row["max_days"], frozenset(map(Action, row["actions"]))),
            *(date.fromisoformat(row["from"]), until),
        )
        if ground.ground not in LISTED:
            raise ValueError(f"{ground.code}: {row['ground']} is seen in reads and stands in no list")
        if not 0 < ground.max_days <= MAX_DAYS:
            raise ValueError(f"{ground.code}: a ground lives 1 to {MAX_DAYS} days")
        if not ground.actions or ground.code in found:
            raise ValueError(f"{ground.code}: no action, or there twice")
        found[ground.code] = ground
    return found


def settings_of(rows: list[dict[str, Any]]) -> tuple[Settings, ...]:
    """The dated settings, the oldest first."""
    found = []
    for row in rows:
        each = {ground: row[ground_code] for ground_code, ground in BY_CODE.items() if ground_code in row}
        uninsured, fines, systematic = row["uninsured"], row["unpaid_fines"], row["systematic"]
        found.append(
            Settings(
                since=date.fromisoformat(row["from"]),
                action={ground: Action(its["action"]) for ground, its in each.items()},
                stale_days={ground: its["stale_days"] for ground, its in each.items()},
                uninsured=Uninsured(uninsured["grace_days"], tuple(uninsured["exempt_classes"])),
                unpaid_fines=UnpaidFines(fines["count"], fines["sum_tenge"], fines["due_days"]),
                systematic=Systematic(systematic["count"], systematic["period_days"]),
                known_stale_days=row["known_stale_days"],
            )
        )
    return tuple(sorted(found, key=lambda each: each.since))


@cache
def legal_grounds() -> Mapping[str, LegalGround]:
    """The closed list, by code."""
    return grounds_of(_data()["grounds"])


@cache
def all_settings() -> tuple[Settings, ...]:
    return settings_of(_data()["settings"])


def settings_on(day: date) -> Settings:
    """Those in force; before the first ones, the first."""
    known = all_settings()
    return next((each for each in reversed(known) if each.since <= day), known[0])


def _data() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(files("jedel.jurisdictions").joinpath("kz/watch.json").read_bytes())
    return found
