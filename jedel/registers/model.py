"""What the registers know of a vehicle, a person, a phone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """The registers, as the command line and the journal name them."""

    VEHICLES = "vehicles"
    OWNERS = "owners"
    INSURANCE = "insurance"
    WANTED_VEHICLES = "wanted-vehicles"
    WANTED_PERSONS = "wanted-persons"
    FINES = "fines"
    PHONES = "phones"
    WEAPON_PERMITS = "weapon-permits"
    OFFENCES = "offences"


class VehicleState(StrEnum):
    REGISTERED = "registered"
    DEREGISTERED = "deregistered"
    SCRAPPED = "scrapped"
    EXPORTED = "exported"


class PhoneState(StrEnum):
    LOST = "lost"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row came from and how old it is: ``as_of`` is the moment that the source vouches for."""

    source: str
    as_of: datetime
    import_id: UUID
    line: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A registration: the key is the plate."""

    plate: str
    vin: str | None
    make: str
    model: str
    colour: str
    vehicle_class: str
    year: int | None
    state: VehicleState
    restrictions: tuple[str, ...]
    accidents: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class Owner:
    """``number``: ИИН or БИН. ``until`` is None for whoever owns it now."""

    plate: str
    number: str
    name: str
    since: date
    until: date | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Insurance:
    """A policy, valid from ``since`` to ``until``, both days included."""

    policy: str
    plate: str
    insurer: str
    since: date
    until: date
    origin: Origin

    def valid_on(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class WantedVehicle:
    """``ground``: the legal ground. After ``expires`` the entry is a hit no more."""

    entry: str
    plate: str | None
    vin: str | None
    reason: str
    ground: str
    initiator: str
    since: date
    expires: date
    note: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class WantedPerson:
    entry: str
    iin: str | None
    document: str | None
    name: str
    reason: str
    ground: str
    initiator: str
    since: date
    expires: date
    note: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class Fine:
    """An unpaid fine. ``number``: ИИН or БИН of the debtor."""

    notice: str
    plate: str | None
    number: str | None
    article: str
    amount_tenge: int
    issued: date
    origin: Origin


@dataclass(frozen=True, slots=True)
class WeaponPermit:
    permit: str
    iin: str
    weapon: str
    purpose: str
    since: date
    until: date
    origin: Origin

    def valid_on(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Phone:
    """A report of a lost or stolen phone."""

    imei: str
    state: PhoneState
    since: date
    report: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Age:
    """How a register stands: its last import. A register without one is *unavailable*, never "all clear"."""

    kind: Kind
    source: str
    as_of: datetime
    rows: int


Ages = dict[Kind, Age]


@dataclass(frozen=True, slots=True)
class VehicleRecord:
    """All that is known of a plate or VIN. ``vehicle`` is None where only another register knows it (a wanted
    plate that nobody registered). ``wanted``: entries in force on ``day``; ``owners``: newest first.
    ``ages``: of every register that was asked; one that is missing was never imported."""

    plate: str | None
    vin: str | None
    day: date
    vehicle: Vehicle | None
    owners: tuple[Owner, ...]
    insurance: tuple[Insurance, ...]
    wanted: tuple[WantedVehicle, ...]
    fines: tuple[Fine, ...]
    ages: Ages

    @property
    def owner(self) -> Owner | None:
        """Who owns it now."""
        return next((owner for owner in self.owners if owner.until is None), None)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """All that is known by an ИИН or document number."""

    iin: str | None
    document: str | None
    name: str | None
    day: date
    wanted: tuple[WantedPerson, ...]
    permits: tuple[WeaponPermit, ...]
    vehicles: tuple[Owner, ...]
    fines: tuple[Fine, ...]
    ages: Ages


@dataclass(frozen=True, slots=True)
class PhoneRecord:
    """A phone that was reported."""

    imei: str
    reports: tuple[Phone, ...]
    ages: Ages


REJECTS_SHARE_MAX = 0.10
"""A file with a bigger share of rejects is refused as a whole: it is probably not what it is said to be."""


def too_many_rejects(rows: int, rejects: int, share_max: float = REJECTS_SHARE_MAX) -> bool:
    """Also where nothing is left."""
    return rejects > rows * share_max or (rejects == rows and rows > 0)


def unavailable(ages: Ages, asked: Iterable[Kind]) -> tuple[Kind, ...]:
    """Registers that were asked and cannot answer."""
    return tuple(kind for kind in asked if kind not in ages)
