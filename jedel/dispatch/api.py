"""Routes: incidents, what is done to them, whom to send, and the day's figures."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.requests import HTTPConnection

from jedel.access import CONSOLE, DeviceKind, Principal, StoreDep, allow
from jedel.dispatch import queries, service
from jedel.dispatch.rights import Action, callers_of
from jedel.dispatch.schemas import (
    AssignUnit,
    CloseIncident,
    IncidentView,
    JoinIncident,
    LikenessView,
    LogEntryView,
    Note,
    OpenIncident,
    Progress,
    RecommendationView,
    ReleaseUnit,
    SetPriority,
    TodayView,
)
from jedel.journal import View
from jedel.kernel.errors import OutsideMap
from jedel.kernel.geo import Point
from jedel.kernel.limits import PAGE_MAX
from jedel.places import RoadNetwork, networks_of
from jedel.places.district import Districts
from jedel.units.hot import HotUnits

router = APIRouter(prefix="/api", tags=["dispatch"])

READERS = allow(*CONSOLE)
READERS_AND_CREW = allow(*CONSOLE, DeviceKind.TABLET)
LIST_MAX = 1_000
DISTRICTS = Districts()


def by(action: Action) -> object:
    """The gate of a route: whoever the table of rights lets do this."""
    return allow(*callers_of(action))


def _hot(connection: HTTPConnection, who: Principal) -> HotUnits:
    hot: HotUnits = connection.app.state.hub.hot_of(who.region)
    return hot


def _roads(connection: HTTPConnection, who: Principal) -> RoadNetwork:
    return networks_of(connection).of(who.region)


@router.post("/incidents", status_code=201, response_model=IncidentView)
async def open_incident(
    body: OpenIncident,
    who: Annotated[Principal, by(Action.OPEN)],
    store: StoreDep,
    connection: HTTPConnection,
) -> View:
    """Open an incident by hand; its id is the command's."""
    place = Point(body.lon, body.lat)
    network = await networks_of(connection).ready(store, who.region)
    if not network.inside(place):
        raise OutsideMap(lon=body.lon, lat=body.lat)
    words = body.label
    if words is None:
        address = network.nearest_address(place)
        words = " ".join(part for part in (address.street, address.house) if part)
    label = dict.fromkeys(("kk", "ru", "en"), words or f"{place.lat:.5f}, {place.lon:.5f}")
    return await service.open_by_hand(store, who, body, label)


@router.get("/incidents", response_model=list[IncidentView])
async def incidents(
    who: Annotated[Principal, READERS],
    store: StoreDep,
    state: Literal["open", "closed"] = "open",
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = PAGE_MAX,
) -> list[View]:
    """Open ones, oldest first; or closed ones, the last closed first, page by page (``before``: an id)."""
    return await queries.listed(store, who.region, state, before, limit)


@router.get("/incidents/{incident_id}", response_model=IncidentView)
async def incident(incident_id: UUID, who: Annotated[Principal, READERS_AND_CREW], store: StoreDep) -> View:
    """One incident, open or closed."""
    return await queries.one(store, who, incident_id)


@router.get("/incidents/{incident_id}/log")
async def log(
    incident_id: UUID, who: Annotated[Principal, READERS_AND_CREW], store: StoreDep
) -> list[LogEntryView]:
    """The incident's journal entries, oldest first."""
    return await queries.log(store, who, incident_id)


@router.get("/incidents/{incident_id}/duplicates")
async def duplicates(
    incident_id: UUID, who: Annotated[Principal, READERS], store: StoreDep
) -> list[LikenessView]:
    """Likely duplicates with score and reason, most likely first."""
    return await queries.duplicates(store, who, incident_id)


@router.get("/incidents/{incident_id}/recommendation")
async def recommendation(
    incident_id: UUID, who: Annotated[Principal, READERS], store: StoreDep, connection: HTTPConnection
) -> RecommendationView:
    """The units to send, best first, each with its road time, distance and reason."""
    await networks_of(connection).ready(store, who.region)
    hot, roads = _hot(connection, who), _roads(connection, who)
    return await queries.recommendation(store, who, incident_id, hot, roads, DISTRICTS)


@router.post("/incidents/{incident_id}/assign", response_model=IncidentView)
async def assign(
    incident_id: UUID,
    body: AssignUnit,
    who: Annotated[Principal, by(Action.ASSIGN)],
    store: StoreDep,
    connection: HTTPConnection,
) -> View:
    """Send a unit."""
    hot, roads = _hot(connection, who), _roads(connection, who)
    way = await queries.way_to(store, who, incident_id, body.unit_id, hot, roads)
    return await service.assign(store, who, incident_id, body, way)


@router.post("/incidents/{incident_id}/release", response_model=IncidentView)
async def release(
    incident_id: UUID, body: ReleaseUnit, who: Annotated[Principal, by(Action.RELEASE)], store: StoreDep
) -> View:
    """Take a unit off."""
    return await service.release(store, who, incident_id, body)


@router.post("/incidents/{incident_id}/progress", response_model=IncidentView)
async def progress(
    incident_id: UUID, body: Progress, who: Annotated[Principal, by(Action.PROGRESS)], store: StoreDep
) -> View:
    """A unit is en route or on scene."""
    return await service.progress(store, who, incident_id, body)


@router.post("/incidents/{incident_id}/note", response_model=IncidentView)
async def note(
    incident_id: UUID, body: Note, who: Annotated[Principal, by(Action.NOTE)], store: StoreDep
) -> View:
    """Add words to the log."""
    return await service.note(store, who, incident_id, body)


@router.post("/incidents/{incident_id}/priority", response_model=IncidentView)
async def priority(
    incident_id: UUID, body: SetPriority, who: Annotated[Principal, by(Action.PRIORITY)], store: StoreDep
) -> View:
    """Change the priority."""
    return await service.set_priority(store, who, incident_id, body)


@router.post("/incidents/{incident_id}/close", response_model=IncidentView)
async def close(
    incident_id: UUID, body: CloseIncident, who: Annotated[Principal, by(Action.CLOSE)], store: StoreDep
) -> View:
    """End it with a result: its units are free, its alarms closed."""
    return await service.close(store, who, incident_id, body)


@router.post("/incidents/{incident_id}/join", response_model=IncidentView)
async def join(
    incident_id: UUID, body: JoinIncident, who: Annotated[Principal, by(Action.JOIN)], store: StoreDep
) -> View:
    """Close this incident as the same event as another one."""
    return await service.join(store, who, incident_id, body)


@router.get("/statistics/today")
async def today(who: Annotated[Principal, READERS], store: StoreDep) -> TodayView:
    """Waiting now, and the day against its targets."""
    return await queries.today(store, who.region)
