"""Routes: mobile complexes and drones."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from nats.aio.client import Client

from jedel.access import STAFF, DeviceKind, Principal, Role, StoreDep, allow
from jedel.access.gate import SealerDep
from jedel.cameras.mobile import service
from jedel.cameras.mobile.schemas import MobileView, SetMobile, Telemetry
from jedel.units.api import nats_of
from jedel.units.positions import intake
from jedel.units.schemas import PositionReport

router = APIRouter(prefix="/api/mobile", tags=["cameras"])


@router.get("")
async def listed(who: Annotated[Principal, allow(*STAFF)], store: StoreDep) -> list[MobileView]:
    """The region's mobile complexes and drones: where each is, what its camera sees of the ground, whether
    that is old."""
    return await service.listed(store, who.region)


@router.put("/{unit_id}")
async def register(
    unit_id: UUID,
    body: SetMobile,
    who: Annotated[Principal, allow(Role.SUPERVISOR, Role.ADMINISTRATOR)],
    store: StoreDep,
    sealer: SealerDep,
) -> MobileView:
    """A unit carries a camera: by which system id its MAVLink names it, or none where it speaks JSON."""
    return await service.register(store, sealer, who, unit_id, body)


@router.post("/telemetry", status_code=204)
async def telemetry(
    body: Telemetry,
    who: Annotated[Principal, allow(DeviceKind.TABLET, DeviceKind.TRACKER)],
    store: StoreDep,
    nats: Annotated[Client, Depends(nats_of)],
) -> None:
    """Where the device's unit is and where its camera looks; the place goes the way of every position."""
    await service.said(store, who, body)
    report = PositionReport(
        at=body.at, lon=body.lon, lat=body.lat, speed_kmh=body.speed_kmh, heading=body.heading
    )
    await intake.take(nats, store.clock, who, [report])
