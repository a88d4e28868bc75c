"""Searches among reads: put on record, held to what the role may see, answered.

Invariants
1. Nothing is read before the search stands in the journal (`lookups.service.permit`).
2. Nothing older than the role may see is read, whatever ``since``, ``until`` or ``before`` say; reads of
   cameras of other regions neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jedel.access import Principal
from jedel.journal import Store
from jedel.kernel.errors import NotFound
from jedel.kernel.geo import Point, distance_m
from jedel.lookups.model import LookUp, Question, Register, State
from jedel.lookups.service import Asker, permit
from jedel.plates.api import picture_address
from jedel.plates.cameras.live import Cameras
from jedel.plates.cameras.model import Camera
from jedel.plates.model import PlateUnreadable
from jedel.plates.pictures import Which
from jedel.plates.store import rules
from jedel.plates.store.errors import PatternOpen, PlateNotPossible, PlateOrCameraNeeded
from jedel.plates.store.search import model, repository
from jedel.plates.store.search.model import Wanted
from jedel.plates.store.search.repository import Asked, Row
from jedel.plates.store.search.schemas import (
    Found,
    FoundPairs,
    PairView,
    PlaceOfSearch,
    ReadView,
    Search,
    TwoPlaces,
)
from jedel.plates.store.search.views import read_view

SEARCHED = "plates.searched"


@dataclass(frozen=True, slots=True)
class Desk:
    """What a search needs besides who asks: cameras, and the key of picture addresses."""

    store: Store
    cameras: Cameras
    secret: bytes


@dataclass(frozen=True, slots=True)
class Span:
    """[since, until) as it was cut to what the role may see; ``limited_to``: where more was asked for."""

    since: datetime
    until: datetime
    limited_to: datetime | None


def span(asker: Asker, since: datetime | None, until: datetime | None, now: datetime) -> Span:
    """What of the asked time this asker may see now."""
    earliest = rules.reach(now.date()).earliest(asker.who.role, now)
    limited = since is not None and since < earliest
    return Span(max(since or earliest, earliest), until or now, earliest if limited else None)


async def search(desk: Desk, asker: Asker, body: Search) -> Found:
    """The reads that fit, the newest first.

    Raises:
        PlateNotPossible, PatternOpen, PlateOrCameraNeeded, and as `lookups.service.permit`
    """
    wanted = _wanted(body)
    if wanted is None and not body.cameras:
        raise PlateOrCameraNeeded
    if wanted is None:
        asked_by, asked = "place", f"cameras {model.said(body.cameras)}"
    else:
        asked_by, asked = "plate" if wanted.exact else "pattern", wanted.text
    more = {"near_misses": body.near_misses, "cameras": sorted(body.cameras), **_time(body)}
    made = await _permit(desk, asker, body, asked_by, asked, more)
    within = span(asker, body.since, body.until, desk.store.clock.now())
    if made.state is not State.GRANTED:
        return Found(
            search_id=made.id, state=made.state, refusal=made.refusal, reads=None, more=False,
            limited_to=within.limited_to,
        )  # fmt: skip
    cameras = await _own(desk, asker, body.cameras)
    until = min(within.until, body.before) if body.before else within.until
    rows, there_is_more = await repository.reads(
        desk.store, Asked(wanted, list(cameras), within.since, until), body.limit
    )
    return Found(
        search_id=made.id,
        state=made.state,
        refusal=None,
        reads=[_view(desk, asker.who, row, cameras) for row in rows],
        more=there_is_more,
        limited_to=within.limited_to,
    )


async def two_places(desk: Desk, asker: Asker, body: TwoPlaces) -> FoundPairs:
    """Plates that were seen at both places. Raises as `search`."""
    asked = f"{_place_said(body.a)} & {_place_said(body.b)}"
    more = {"a": _place(body.a), "b": _place(body.b), "within_s": body.within_s, **_time(body)}
    made = await _permit(desk, asker, body, "two_places", asked, more)
    within = span(asker, body.since, body.until, desk.store.clock.now())
    if made.state is not State.GRANTED:
        return FoundPairs(
            search_id=made.id, state=made.state, refusal=made.refusal, pairs=None, more=False,
            limited_to=within.limited_to,
        )  # fmt: skip
    own = await _own(desk, asker, ())
    rows, there_is_more = await repository.two_places(
        desk.store,
        [camera.number for camera in own.values() if _at(body.a, camera)],
        [camera.number for camera in own.values() if _at(body.b, camera)],
        within.since,
        within.until,
        timedelta(seconds=body.within_s),
        body.limit,
    )
    pairs = [(_view(desk, asker.who, a, own), _view(desk, asker.who, b, own)) for a, b in rows]
    return FoundPairs(
        search_id=made.id,
        state=made.state,
        refusal=None,
        pairs=[
            PairView(plate=a.plate, a=a, b=b, seconds=abs((b.at - a.at).total_seconds())) for a, b in pairs
        ],
        more=there_is_more,
        limited_to=within.limited_to,
    )


def _wanted(body: Search) -> Wanted | None:
    if body.plate is None:
        return None
    try:
        return model.wanted(body.plate, near_misses=body.near_misses)
    except PlateUnreadable as fault:
        raise PlateNotPossible(plate=body.plate) from fault
    except model.PatternTooOpen as fault:
        raise PatternOpen(least=model.DEFINITE_MIN) from fault


async def _permit(
    desk: Desk, asker: Asker, body: Search | TwoPlaces, asked_by: str, asked: str, more: dict[str, object]
) -> LookUp:
    question = Question(Register.READS, asked_by, asked, body.purpose, body.incident_id, body.case_number)
    return await permit(desk.store, asker, body.id, question, SEARCHED, more)


def _time(body: Search | TwoPlaces) -> dict[str, object]:
    """As JSON, for the record."""
    return {
        "since": body.since.isoformat() if body.since else None,
        "until": body.until.isoformat() if body.until else None,
    }


def _place(place: PlaceOfSearch) -> dict[str, object]:
    return place.model_dump(mode="json", exclude_none=True)


def _place_said(place: PlaceOfSearch) -> str:
    if place.cameras:
        return f"cameras {model.said(place.cameras)}"
    return f"{place.radius_m:.0f} m around {place.lon:.5f}, {place.lat:.5f}"


def _at(place: PlaceOfSearch, camera: Camera) -> bool:
    if place.lon is None or place.lat is None or place.radius_m is None:
        return camera.number in place.cameras
    return distance_m(Point(camera.lon, camera.lat), Point(place.lon, place.lat)) <= place.radius_m


async def _own(desk: Desk, asker: Asker, chosen: Sequence[int]) -> dict[int, Camera]:
    """The cameras of the asker's region by number, all of them or those chosen."""
    await desk.cameras.ready(desk.store)
    return {
        camera.number: camera
        for camera in desk.cameras.all()
        if camera.region == asker.who.region and (not chosen or camera.number in chosen)
    }


async def view(desk: Desk, who: Principal, row: Row) -> ReadView:
    """A read outside of a search, of a camera of the region, as a search shows it."""
    await desk.cameras.ready(desk.store)
    camera = desk.cameras.get(row["camera"])
    if camera is None or camera.region != who.region:
        raise NotFound(what="plate_camera", id=row["camera"])
    return _view(desk, who, row, {camera.number: camera})


def _view(desk: Desk, who: Principal, row: Row, cameras: dict[int, Camera]) -> ReadView:
    now = desk.store.clock.now()

    def address(read_id: UUID, which: Which, at_us: int) -> str:
        return picture_address(desk.secret, who, read_id, which, at_us, now)

    return read_view(row, cameras[row["camera"]], address)
