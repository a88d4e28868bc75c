"""An answer in the order in which it matters to whoever stands before the car or the person. Pure.

Each part says where it comes from and as of when; a register that was never imported stands first among the
parts without a warning, as *unavailable*: its silence is never "all clear". What a register that can answer
does not know of the gravest things (wanted, armed, stolen) is a part of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from jedel.registers.model import (
    Ages,
    Fine,
    Insurance,
    Kind,
    Origin,
    Owner,
    PersonRecord,
    Phone,
    PhoneRecord,
    Vehicle,
    VehicleRecord,
    VehicleState,
    WantedPerson,
    WantedVehicle,
    WeaponPermit,
    unavailable,
)

Fact = Vehicle | Owner | Insurance | WantedVehicle | WantedPerson | Fine | WeaponPermit | Phone


class Weight(IntEnum):
    """Lower comes first."""

    DANGER = 0
    WARNING = 1
    NOTICE = 2
    UNAVAILABLE = 3
    CLEAR = 4
    PLAIN = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One line of an answer. ``code`` is the line's translation key; ``facts`` are what it stands on, none
    where something is missing or a register cannot say. ``source``, ``as_of``: of the newest fact, else of
    the register; None where it is unavailable."""

    code: str
    weight: Weight
    kind: Kind
    facts: tuple[Fact, ...]
    source: str | None
    as_of: datetime | None


VEHICLE_KINDS = (Kind.VEHICLES, Kind.OWNERS, Kind.INSURANCE, Kind.WANTED_VEHICLES, Kind.FINES)
PERSON_KINDS = (Kind.WANTED_PERSONS, Kind.WEAPON_PERMITS, Kind.OWNERS, Kind.FINES)


def vehicle(record: VehicleRecord) -> tuple[Part, ...]:
    """Wanted, out of the register, restricted, without insurance, fines; then what it is and whose."""
    ages, car = record.ages, record.vehicle
    parts = [_part("wanted", Weight.DANGER, Kind.WANTED_VEHICLES, record.wanted, ages)]
    here = (car,) if car else ()
    if car is None:
        parts.append(_part("not_registered", Weight.WARNING, Kind.VEHICLES, (), ages, always=True))
    elif car.state is not VehicleState.REGISTERED:
        parts.append(_part(f"vehicle_{car.state}", Weight.WARNING, Kind.VEHICLES, here, ages))
    valid = tuple(policy for policy in record.insurance if policy.valid_on(record.day))
    if not valid:
        parts.append(
            _part("no_insurance", Weight.WARNING, Kind.INSURANCE, record.insurance[:1], ages, always=True)
        )
    if car is not None and car.restrictions:
        parts.append(_part("restricted", Weight.NOTICE, Kind.VEHICLES, here, ages))
    parts += [
        _part("fines", Weight.NOTICE, Kind.FINES, record.fines, ages),
        _clear("not_wanted", Kind.WANTED_VEHICLES, record.wanted, ages),
        _part("vehicle", Weight.PLAIN, Kind.VEHICLES, here, ages),
        _part("insured", Weight.PLAIN, Kind.INSURANCE, valid, ages),
        _part("owners", Weight.PLAIN, Kind.OWNERS, record.owners, ages),
    ]
    return _ordered(parts, ages, VEHICLE_KINDS)


def person(record: PersonRecord) -> tuple[Part, ...]:
    """Wanted, armed, fines; then vehicles."""
    ages = record.ages
    valid = tuple(permit for permit in record.permits if permit.valid_on(record.day))
    ended = tuple(permit for permit in record.permits if permit.until < record.day)
    parts = [
        _part("wanted", Weight.DANGER, Kind.WANTED_PERSONS, record.wanted, ages),
        _part("weapon_permit", Weight.WARNING, Kind.WEAPON_PERMITS, valid, ages),
        _part("weapon_permit_ended", Weight.WARNING, Kind.WEAPON_PERMITS, ended, ages),
        _part("fines", Weight.NOTICE, Kind.FINES, record.fines, ages),
        _clear("not_wanted", Kind.WANTED_PERSONS, record.wanted, ages),
        _clear("no_weapon_permit", Kind.WEAPON_PERMITS, valid + ended, ages),
        _part("vehicles", Weight.PLAIN, Kind.OWNERS, record.vehicles, ages),
    ]
    return _ordered(parts, ages, PERSON_KINDS)


def phone(record: PhoneRecord) -> tuple[Part, ...]:
    """Stolen, then lost."""
    parts = [
        _part(f"phone_{report.state}", Weight.DANGER, Kind.PHONES, (report,), record.ages)
        for report in sorted(record.reports, key=lambda report: report.state, reverse=True)
    ]
    return _ordered(
        [*parts, _clear("phone_clear", Kind.PHONES, record.reports, record.ages)], record.ages, (Kind.PHONES,)
    )


def age_days(part: Part, today: date) -> int | None:
    """Whole days since the part was vouched for; None where it is unavailable."""
    return None if part.as_of is None else max((today - part.as_of.date()).days, 0)


def _part(
    code: str, weight: Weight, kind: Kind, facts: tuple[Fact, ...], ages: Ages, *, always: bool = False
) -> Part | None:
    """None where there is nothing to say. ``always``: that there is nothing is what it says, as long as the
    register can answer at all."""
    newest: Origin | None = max((fact.origin for fact in facts), key=lambda found: found.as_of, default=None)
    if newest is not None:
        return Part(code, weight, kind, facts, newest.source, newest.as_of)
    if always and kind in ages:
        return Part(code, weight, kind, (), ages[kind].source, ages[kind].as_of)
    return None


def _clear(code: str, kind: Kind, facts: tuple[Fact, ...], ages: Ages) -> Part | None:
    """Says that a register that can answer knows nothing; None where it does know something."""
    return None if facts else _part(code, Weight.CLEAR, kind, (), ages, always=True)


def _ordered(parts: Iterable[Part | None], ages: Ages, kinds: Iterable[Kind]) -> tuple[Part, ...]:
    said = [part for part in parts if part is not None]
    said += [
        Part("unavailable", Weight.UNAVAILABLE, kind, (), None, None) for kind in unavailable(ages, kinds)
    ]
    return tuple(sorted(said, key=lambda part: part.weight))
