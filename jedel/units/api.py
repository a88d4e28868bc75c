"""Routes: the units of a region, their status and shift, who is nearest, and where they report from."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.requests import HTTPConnection
from nats.aio.client import Client

from jedel.access import CONSOLE, STAFF, DeviceKind, Principal, Role, StoreDep, allow
from jedel.kernel.errors import Unavailable
from jedel.kernel.geo import Point
from jedel.kernel.schema import Lat, Lon
from jedel.places import networks_of
from jedel.units import repository, service
from jedel.units.hot import HotUnits
from jedel.units.positions import intake
from jedel.units.schemas import (
    ChangeShift,
    ChangeStatus,
    NearestView,
    NearUnitView,
    NewUnit,
    PositionReports,
    PositionsTaken,
    UnitView,
)

router = APIRouter(prefix="/api", tags=["units"])

LIST_MAX = 1_000
NEAREST_MAX = 20

MOVERS = allow(Role.DUTY_OFFICER, Role.SUPERVISOR, DeviceKind.TABLET)


def hot_of(connection: HTTPConnection, who: Principal) -> HotUnits:
    """The hot picture of the asker's region, which the web process keeps."""
    hot: HotUnits = connection.app.state.hub.hot_of(who.region)
    return hot


def nats_of(connection: HTTPConnection) -> Client:
    """The link to NATS. Raises Unavailable while there is none."""
    client: Client | None = connection.app.state.nats
    if client is None or not client.is_connected:
        raise Unavailable(what="NATS")
    return client


@router.get("/units")
async def units(
    who: Annotated[Principal, allow(*STAFF, DeviceKind.TABLET)],
    store: StoreDep,
    response: Response,
    after: Annotated[str, Query(max_length=20, pattern=r"^[^\x00]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = LIST_MAX,
) -> list[UnitView]:
    """The region's units in the order of their call signs, those after the call sign `after`.

    Where there are more, the header `Link` has `rel="next"`.
    """
    async with store.reading() as tx:
        found = await repository.page(tx.conn, who.region, after, limit + 1)
    if len(found) > limit:
        found = found[:limit]
        following = f"/api/units?limit={limit}&after={quote(found[-1].call_sign, safe='')}"
        response.headers["Link"] = f'<{following}>; rel="next"'
    return [UnitView.of(unit) for unit in found]


@router.post("/units", status_code=201)
async def add(
    body: NewUnit, who: Annotated[Principal, allow(Role.ADMINISTRATOR, Role.SUPERVISOR)], store: StoreDep
) -> UnitView:
    """A new unit, off shift."""
    return UnitView.of(await service.add(store, who, body))


@router.get("/units/nearest")
async def nearest(
    who: Annotated[Principal, allow(*CONSOLE)],
    store: StoreDep,
    connection: HTTPConnection,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
    k: Annotated[int, Query(ge=1, le=NEAREST_MAX)] = 5,
) -> NearestView:
    """The units that may go and are there soonest by road."""
    hot, roads = hot_of(connection, who), await networks_of(connection).ready(store, who.region)
    async with store.reading() as tx:
        found = await service.nearest(tx, hot, roads, who.region, Point(lon, lat), k)
    return NearestView(
        estimated=any(near.estimated for near in found),
        units=[
            NearUnitView(
                unit=UnitView.of(near.unit),
                lon=near.point.lon,
                lat=near.point.lat,
                eta_s=round(near.seconds, 1),
                metres=round(near.metres),
                estimated=near.estimated,
            )
            for near in found
        ],
    )


@router.get("/units/{unit_id}")
async def unit(
    unit_id: UUID, who: Annotated[Principal, allow(*STAFF, DeviceKind.TABLET)], store: StoreDep
) -> UnitView:
    """One unit."""
    async with store.reading() as tx:
        return UnitView.of(await service.get(tx, unit_id, who.region))


@router.post("/units/{unit_id}/status")
async def change_status(
    unit_id: UUID, body: ChangeStatus, who: Annotated[Principal, MOVERS], store: StoreDep
) -> UnitView:
    """A step outside incidents: available, busy, off shift. A tablet moves its own unit only."""
    return UnitView.of(await service.change_status(store, who, unit_id, body))


@router.post("/units/{unit_id}/shift")
async def change_shift(
    unit_id: UUID, body: ChangeShift, who: Annotated[Principal, MOVERS], store: StoreDep
) -> UnitView:
    """Begin or end a shift, name its crew."""
    return UnitView.of(await service.change_shift(store, who, unit_id, body))


@router.post("/positions", status_code=202)
async def report_positions(
    body: PositionReports,
    who: Annotated[Principal, allow(DeviceKind.TABLET, DeviceKind.TRACKER)],
    store: StoreDep,
    nats: Annotated[Client, Depends(nats_of)],
) -> PositionsTaken:
    """Where the device's unit was. The answer means carried: a position is a flow, not an alarm."""
    return await intake.take(nats, store.clock, who, body.positions)
