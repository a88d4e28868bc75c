"""Bodies and answers of the units' routes."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, field_validator

from jedel.kernel.schema import Body, Lat, Lon, ShortText, Time, View
from jedel.units.model import Unit, UnitKind, UnitStatus

CREW_MAX = 10
SKILLS_MAX = 20
POSITIONS_MAX = 500

Crew = Annotated[list[ShortText], Field(max_length=CREW_MAX)]
Kept = Literal[
    UnitStatus.AVAILABLE,
    UnitStatus.ASSIGNED,
    UnitStatus.EN_ROUTE,
    UnitStatus.ON_SCENE,
    UnitStatus.BUSY,
    UnitStatus.OFF_SHIFT,
]


class NewUnit(Body):
    """``id`` is both the unit's id and the command's."""

    id: UUID
    call_sign: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^\s\x00-\x1f]+$")]
    kind: UnitKind
    vehicle: ShortText | None = None
    crew: Crew = Field(default_factory=list)
    skills: Annotated[list[ShortText], Field(max_length=SKILLS_MAX, default_factory=list)]
    district: ShortText | None = None


class ChangeStatus(Body):
    """``at``: when the button was pressed, given only when the press had to wait for a link."""

    id: UUID
    status: Kept
    at: Time | None = None


class ChangeShift(Body):
    """``crew``: who is on it, where that changes."""

    id: UUID
    on: bool
    crew: Crew | None = None


class PositionReport(Body):
    at: Time
    lon: Lon
    lat: Lat
    speed_kmh: Annotated[float, Field(ge=0, le=2000, allow_inf_nan=False)] | None = None
    heading: Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)] | None = None
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False, le=10_000_000)] | None = None

    @field_validator("at")
    @classmethod
    def _on_the_wire(cls, at: datetime) -> datetime:
        if not 1970 <= at.year <= 2200:
            raise ValueError("the year is not of this age")
        return at


class PositionReports(Body):
    positions: Annotated[list[PositionReport], Field(min_length=1, max_length=POSITIONS_MAX)]


class RefusedPosition(View):
    """``index`` in the request's list."""

    index: int
    reason: str


class PositionsTaken(View):
    """Carried to the writer, not yet stored."""

    accepted: int
    refused: list[RefusedPosition]


class ShiftView(View):
    started_at: datetime


class UnitView(View):
    """``status`` is what the screens show; ``kept_status`` what the unit did when it was last heard."""

    id: UUID
    region: str
    call_sign: str
    kind: UnitKind
    vehicle: str | None
    crew: list[str]
    skills: list[str]
    district: str | None
    status: UnitStatus
    kept_status: UnitStatus
    since: datetime
    silent: bool
    shift: ShiftView | None
    incident_id: UUID | None

    @classmethod
    def of(cls, unit: Unit) -> Self:
        started = unit.shift_started_at
        return cls(
            id=unit.id,
            region=unit.region,
            call_sign=unit.call_sign,
            kind=unit.kind,
            vehicle=unit.vehicle,
            crew=list(unit.crew),
            skills=list(unit.skills),
            district=unit.district,
            status=unit.shown,
            kept_status=unit.status,
            since=unit.since,
            silent=unit.silent,
            shift=ShiftView(started_at=started) if started else None,
            incident_id=unit.incident_id,
        )


class NearUnitView(View):
    """``eta_s`` and ``metres`` by road, or by straight line where ``estimated``."""

    unit: UnitView
    lon: float
    lat: float
    eta_s: float
    metres: float
    estimated: bool


class NearestView(View):
    estimated: bool
    units: list[NearUnitView]
