"""Routes: search for places by words, and the words for a place."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from jedel.access import STAFF, DeviceKind, Principal, Role, StoreDep, allow
from jedel.kernel.geo import Point
from jedel.kernel.schema import Lat, Lon, ShortText, View
from jedel.places.geocode import RESULTS_MAX, Geocoder

router = APIRouter(prefix="/api/places", tags=["places"])

geocoder = Geocoder()
"""One for the process: it keeps the names of sites and districts."""

SEARCHERS = allow(*STAFF, Role.OFFICER, DeviceKind.TABLET)
_NEAR = r"^-?\d{1,3}(\.\d{1,12})?,-?\d{1,2}(\.\d{1,12})?$"


class LabelView(View):
    """One text per language."""

    kk: str
    ru: str
    en: str


class PlaceFound(View):
    """One place found. `score` 0…1. `approximate`: the house asked for is not known, this one is near."""

    kind: str
    id: UUID
    label: LabelView
    detail: str
    lon: float
    lat: float
    score: float
    approximate: bool
    site_kind: str | None


class PlaceNearby(View):
    """The words for a point, and how far it is from what they name (metres)."""

    kind: str
    label: LabelView
    lon: float
    lat: float
    metres: float


@router.get("/search")
async def search(
    who: Annotated[Principal, SEARCHERS],
    store: StoreDep,
    q: Annotated[ShortText, Query()],
    near: Annotated[str | None, Query(pattern=_NEAR, description="lon,lat")] = None,
    limit: Annotated[int, Query(ge=1, le=RESULTS_MAX)] = 10,
) -> list[PlaceFound]:
    """Streets, houses, crossroads, sites, districts by what was typed in Kazakh, Russian or Latin letters."""
    place = Point(*map(float, near.split(","))) if near else None
    found = await geocoder.search(store, who.region, q, place, limit)
    return [
        PlaceFound(
            kind=place.kind,
            id=place.id,
            label=LabelView(**place.label),
            detail=place.detail,
            lon=place.lon,
            lat=place.lat,
            score=round(place.score, 3),
            approximate=place.approximate,
            site_kind=place.site_kind,
        )
        for place in found
    ]


@router.get("/reverse")
async def reverse(
    who: Annotated[Principal, SEARCHERS],
    store: StoreDep,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
) -> PlaceNearby:
    """The nearest house or crossroad in words."""
    found = await geocoder.reverse(store, who.region, Point(lon, lat))
    return PlaceNearby(
        kind=found.kind,
        label=LabelView(**found.label),
        lon=found.lon,
        lat=found.lat,
        metres=round(found.metres, 1),
    )
