"""Bodies and answers of the places routes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from jedel.kernel.schema import Body, Lat, Lon, LongText, Time, View
from jedel.places.model import SiteKind

LINE_POINTS_MAX = 200
RADIUS_M_MAX = 2_000


class SetClosure(Body):
    """Close or slow roads. ``id`` is both the closure's id and the command's.

    One shape of three: ``line`` (along roads), ``street_id``, or ``lon``, ``lat``, ``radius_m``.
    ``factor``: 0 = closed, 0.5 = half the usual speed.
    """

    id: UUID
    line: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=LINE_POINTS_MAX)] | None = None
    street_id: UUID | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    radius_m: Annotated[float, Field(ge=1, le=RADIUS_M_MAX)] | None = None
    factor: Annotated[float, Field(ge=0, lt=1)] = 0.0
    until: Time | None = None
    note: LongText | Literal[""] = ""

    @model_validator(mode="after")
    def one_shape(self) -> Self:
        circle = [self.lon, self.lat, self.radius_m]
        given = [self.line is not None, self.street_id is not None, any(part is not None for part in circle)]
        if sum(given) != 1 or (given[2] and None in circle):
            raise ValueError("exactly one of line, street_id, or lon with lat and radius_m")
        return self


class ClosureView(View):
    """``lines``: the roads it touches, for drawing; at most as many as a map can show."""

    id: UUID
    region: str
    factor: float
    until: datetime | None
    note: str
    line: list[list[float]] | None
    street: str
    lon: float | None
    lat: float | None
    radius_m: float
    lines: list[list[list[float]]]
    set_by: str
    set_at: datetime


class PointView(View):
    lon: float
    lat: float


class Bounds(View):
    """Degrees."""

    west: float
    south: float
    east: float
    north: float


class MapView(View):
    """The region's map in force. ``basemap``: address of the PMTiles file; null where it was made without."""

    id: UUID
    region: str
    name: str
    bounds: Bounds
    centre: PointView
    basemap: str | None
    attribution: str
    imported_at: datetime
    counts: dict[str, int]


class RouteView(View):
    """``line`` of [lon, lat]; ``estimated``: a straight line, since no road is known there."""

    line: list[list[float]]
    seconds: float
    metres: float
    estimated: bool


class SiteName(View):
    kk: str
    ru: str
    en: str


class SiteDistrict(SiteName):
    id: UUID


class SiteView(View):
    """``plan``: what the map says about levels, entrances, contacts; keys only where something is known."""

    id: UUID
    kind: SiteKind
    name: SiteName
    lon: float
    lat: float
    address: str
    district: SiteDistrict | None
    plan: dict[str, Any]


class DistrictView(View):
    id: UUID
    name: SiteName
