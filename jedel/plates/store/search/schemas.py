"""Questions of searches among reads, and their answers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from jedel.kernel.limits import PAGE_MAX
from jedel.kernel.schema import Body, Lat, Lon, ShortText, Time, View
from jedel.lookups.model import State
from jedel.lookups.schemas import Ask

CAMERAS_MAX = 200
RADIUS_MAX_M = 5_000

Numbers = Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(max_length=CAMERAS_MAX)]
Limit = Annotated[int, Field(ge=1, le=PAGE_MAX)]


class Search(Ask):
    """``plate``: also with ``?`` for one sign and ``*`` for any; ``near_misses``: with one wrong sign too.

    ``since``, ``until``: left out, as far back as the role allows, until now. ``before``: the time of the
    last read of the page before; with the same ``id`` it is the same search.
    """

    plate: ShortText | None = None
    near_misses: bool = False
    cameras: Numbers = Field(default_factory=list)
    since: Time | None = None
    until: Time | None = None
    limit: Limit = 50
    before: Time | None = None


class PlaceOfSearch(Body):
    """Cameras by number, or all within ``radius_m`` of a place."""

    cameras: Numbers = Field(default_factory=list)
    lon: Lon | None = None
    lat: Lat | None = None
    radius_m: Annotated[float, Field(gt=0, le=RADIUS_MAX_M)] | None = None

    @model_validator(mode="after")
    def _one(self) -> "PlaceOfSearch":
        around = (self.lon, self.lat, self.radius_m)
        if bool(self.cameras) == any(part is not None for part in around) or (
            not self.cameras and any(part is None for part in around)
        ):
            raise ValueError("give cameras, or lon, lat and radius_m")
        return self


class TwoPlaces(Ask):
    """Plates seen at both places within ``within_s``, whichever was first."""

    a: PlaceOfSearch
    b: PlaceOfSearch
    since: Time | None = None
    until: Time | None = None
    within_s: Annotated[float, Field(gt=0, le=24 * 3600)]
    limit: Limit = 50


class CameraSeen(View):
    number: int
    id: UUID
    name: str
    lon: float
    lat: float
    heading: float | None


class PicturesOf(View):
    """Addresses that only the asker may open, for an hour."""

    plate: str | None
    car: str | None


class ReadView(View):
    """One passing of one plate. ``make``, ``colour``, ``body``: as the camera saw them, by code; ``grounds``:
    why it is a hit, unconfirmed; none for a read without one."""

    id: UUID
    plate: str
    series: str | None
    region: str | None
    at: datetime
    heard_at: datetime
    camera: CameraSeen
    heading: float | None
    speed_kmh: float | None
    confidence: int
    weakest: int
    frames: int
    make: str | None
    colour: str | None
    body: str | None
    grounds: list[str]
    score: int
    pictures: PicturesOf
    reader: str


class Found(View):
    """``reads``: the newest first; None while a second person is waited for, and where he refused.
    ``limited_to``: from when on the role may see anything, where more was asked for."""

    search_id: UUID
    state: State
    refusal: str | None
    reads: list[ReadView] | None
    more: bool
    limited_to: datetime | None


class PairView(View):
    """``seconds``: between the two."""

    plate: str
    a: ReadView
    b: ReadView
    seconds: float


class FoundPairs(View):
    """``pairs``: the closest in time first, each plate once."""

    search_id: UUID
    state: State
    refusal: str | None
    pairs: list[PairView] | None
    more: bool
    limited_to: datetime | None
