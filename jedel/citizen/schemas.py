"""Bodies and answers of the citizen services."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from jedel.citizen.model import Reason, Report, ReportState
from jedel.citizen.proof import ANSWER_CHARS_MAX, CHALLENGE_CHARS
from jedel.kernel.schema import Body, ShortText, View
from jedel.registers.model import PhoneState

Typed = Annotated[str, Field(min_length=1, max_length=40)]
"""A number as somebody typed it."""


class ProofBody(Body):
    """A solved challenge."""

    challenge: Annotated[str, Field(max_length=CHALLENGE_CHARS)]
    answer: Annotated[str, Field(max_length=ANSWER_CHARS_MAX)]


class AskVehicle(Body):
    """One of the two."""

    plate: Typed | None = None
    vin: Typed | None = None
    proof: ProofBody | None = None

    @model_validator(mode="after")
    def _one(self) -> "AskVehicle":
        if (self.plate is None) == (self.vin is None):
            raise ValueError("give a plate or a VIN")
        return self


class AskImei(Body):
    imei: Typed
    proof: ProofBody | None = None


def _no_breaks(text: str) -> str:
    """One line, with something in it."""
    if not text.strip() or any(character in text for character in "\r\n"):
        raise ValueError("one line of text")
    return text.strip()


Line = Annotated[ShortText, AfterValidator(_no_breaks)]


class NewReport(Body):
    """``id`` names the report: said again, it is the same one. ``region``: of the police that takes it."""

    id: UUID
    region: Annotated[str, Field(pattern=r"^\d\d$")]
    imei: Typed
    state: PhoneState
    happened_on: date
    place: Line
    name: Line
    contact: Annotated[Line, Field(min_length=5)]
    proof: ProofBody | None = None


class AskReport(Body):
    receipt: Typed
    proof: ProofBody | None = None


class Decide(Body):
    id: UUID
    reason: Reason


class Hide(Body):
    """``vin``: so that another plate does not show it."""

    id: UUID
    plate: Typed
    vin: Typed | None = None
    ground: Line
    until: date


class Show(Body):
    id: UUID


class Sourced(View):
    """``source`` vouches for it, as of then."""

    source: str
    as_of: datetime


class VehicleFacts(Sourced):
    """``restrictions``: pledge, arrest, registration_ban, other. ``accidents``: on record."""

    make: str | None
    model: str | None
    colour: str | None
    kind: str | None
    year: int | None
    state: Literal["registered", "deregistered", "scrapped", "exported"]
    restrictions: list[str]
    accidents: int


class OwnersCount(Sourced):
    """None: the register has none of this vehicle."""

    count: int | None


class Wanted(Sourced):
    wanted: bool


class VehicleHistory(View):
    """What any buyer may know. ``known``: false also for vehicles that are not shown. ``unavailable``:
    registers that cannot answer now, whose parts are null."""

    by: Literal["plate", "vin"]
    number: str
    known: bool
    vehicle: VehicleFacts | None
    owners: OwnersCount | None
    wanted: Wanted | None
    unavailable: list[str]
    checked_at: datetime


class ImeiAnswer(View):
    """``software``: the version that an IMEISV (16 digits) names. ``state`` is unavailable where the register
    cannot answer: never clear."""

    imei: str
    software: str | None
    state: Literal["clear", "reported_lost", "reported_stolen", "unavailable"]
    since: date | None
    source: str | None
    as_of: datetime | None
    checked_at: datetime


class Challenge(View):
    """Find a text after which SHA-256 of ``challenge.text`` begins with ``bits`` zero bits. ``needed``:
    whether the next question costs one at all."""

    challenge: str
    bits: int
    needed: bool
    expires_in_s: int


class Receipt(View):
    receipt: str
    at: datetime


class ReportStatus(View):
    state: ReportState
    at: datetime
    decided_at: datetime | None
    reason: Reason | None


class About(View):
    """``regions``: that take reports, with their names."""

    regions: dict[str, dict[str, str]]


class ReportView(View):
    """A report as officers of its region see it; what was forgotten is null."""

    id: UUID
    receipt: str
    at: datetime
    imei: str | None
    phone_state: PhoneState
    happened_on: date
    place: str | None
    name: str | None
    contact: str | None
    state: ReportState
    reason: Reason | None
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, report: Report, names: dict[UUID, str]) -> "ReportView":
        own = {name: getattr(report, name) for name in cls.model_fields if name != "decided_by"}
        by = report.decided_by
        return cls(**own, decided_by=names.get(by) if by else None)


class HiddenView(View):
    id: UUID
    plate: str
    vin: str | None
    ground: str
    until: date
    hidden_at: datetime
