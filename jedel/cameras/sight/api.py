"""Routes: the cameras that look at a place, and those ahead of a car or a patrol."""

from typing import Annotated
from uuid import UUID

import numpy as np
from fastapi import APIRouter, Query, Request

from jedel.access import CONSOLE, Principal, StoreDep, allow
from jedel.cameras.schemas import CameraView
from jedel.cameras.sight import service
from jedel.cameras.sight.errors import UnitNowhere, WhereFrom
from jedel.cameras.sight.model import Sees
from jedel.cameras.sight.way import Way, straight_on
from jedel.cameras.tiles import camera_map_of
from jedel.dispatch import repository as dispatch
from jedel.journal import Store
from jedel.kernel.geo import Point
from jedel.kernel.schema import Lat, Lon, View
from jedel.places.live import networks_of
from jedel.places.network import RoadNetwork
from jedel.units import service as units
from jedel.units.codec import UNKNOWN
from jedel.units.hot import HotUnits

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

LIMIT_MAX = 64


class LookingView(View):
    """``sees``: well, turns (a PTZ that can be turned there), around (in range, nobody wrote down where it
    looks), far. ``off_deg``: the place beside the camera's axis; ``px_per_m``: pixels a metre at the place;
    ``behind``: a building stands between, null where nobody knows."""

    camera: CameraView
    sees: Sees
    metres: float
    bearing: float
    off_deg: float | None
    px_per_m: float
    behind: bool | None


class ComingView(View):
    """``metres``, ``seconds``: from now until the car comes into its view."""

    camera: CameraView
    metres: float
    seconds: float


class AheadView(View):
    """``line``: the way that is reckoned with; ``seconds``: for the whole of it."""

    line: list[tuple[float, float]]
    seconds: float
    cameras: list[ComingView]


@router.get("/looking-at")
async def looking_at(
    who: Annotated[Principal, allow(*CONSOLE)],
    store: StoreDep,
    request: Request,
    lon: Lon,
    lat: Lat,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 16,
) -> list[LookingView]:
    """The region's cameras that look at a place: those that work first, then by how well they see it; those
    inside of sites last, for nobody knows which walls stand between."""
    held = await camera_map_of(request).ready()
    seen = service.looking_at(held.picture.layer(who.region), Point(lon, lat), service.CANDIDATES_MAX)
    views = await service.views(store, who, [each.camera for each in seen])
    found = sorted(
        (each for each in seen if each.camera in views), key=lambda e: service.indoors(views[e.camera])
    )
    return [
        LookingView(
            camera=views[each.camera],
            sees=each.sees,
            metres=each.metres,
            bearing=each.bearing,
            off_deg=each.off_deg,
            px_per_m=each.px_per_m,
            behind=each.behind,
        )
        for each in found[:limit]
    ]


@router.get("/ahead")
async def ahead(
    who: Annotated[Principal, allow(*CONSOLE)],
    store: StoreDep,
    request: Request,
    unit_id: UUID | None = None,
    lon: Lon | None = None,
    lat: Lat | None = None,
    heading: Annotated[float | None, Query(ge=0, lt=360, allow_inf_nan=False)] = None,
    speed_kmh: Annotated[float | None, Query(ge=0, le=300, allow_inf_nan=False)] = None,
    limit: Annotated[int, Query(ge=1, le=service.AHEAD_MAX)] = 16,
) -> AheadView:
    """The cameras on the road ahead of one of our units (on its way to its incident, else straight on), or of
    a car at `lon`, `lat` that drives towards `heading`. There is no way to ask for a person."""
    network = await networks_of(request).ready(store, who.region)
    if unit_id is not None:
        hot: HotUnits = request.app.state.hub.hot_of(who.region)
        way = await _of_unit(store, who, network, hot, unit_id)
    elif lon is not None and lat is not None and heading is not None:
        way = straight_on(network, Point(lon, lat), heading, speed_kmh)
    else:
        raise WhereFrom
    held = await camera_map_of(request).ready()
    found = service.ahead(held.picture.layer(who.region), way)
    views = await service.views(store, who, [each.camera for each in found])
    outside = [each for each in found if each.camera in views and not service.indoors(views[each.camera])]
    return AheadView(
        line=[(round(x, 6), round(y, 6)) for x, y in way.line.tolist()],
        seconds=round(way.seconds, 1),
        cameras=[
            ComingView(camera=views[each.camera], metres=each.metres, seconds=each.seconds)
            for each in outside[:limit]
        ],
    )


async def _of_unit(store: Store, who: Principal, network: RoadNetwork, hot: HotUnits, unit_id: UUID) -> Way:
    async with store.reading() as tx:
        unit = await units.get(tx, unit_id, who.region)
        incident = await dispatch.find(tx.conn, unit.incident_id) if unit.incident_id else None
    record = hot.position(unit_id)
    if record is None:
        raise UnitNowhere(id=unit_id)
    at = Point(float(record["lon_e7"]) / 1e7, float(record["lat_e7"]) / 1e7)
    if incident is not None and incident.place_known:
        route = network.route(at, incident.place)
        if len(route.line) > 1:
            return Way(np.array(route.line), route.seconds)
    if record["heading_cdeg"] == UNKNOWN:
        raise UnitNowhere(id=unit_id)
    speed = None if record["speed_cms"] == UNKNOWN else float(record["speed_cms"]) * 0.036
    return straight_on(network, at, float(record["heading_cdeg"]) / 100, speed)
