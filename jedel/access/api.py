"""Routes: devices and their enrolment."""

import base64
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from jedel.access import devices as device_service
from jedel.access.gate import StoreDep, allow, public
from jedel.access.model import STAFF, Device, DeviceKind, Principal, Role
from jedel.access.qr import qr
from jedel.access.schemas import (
    BlockDevice,
    DeviceCode,
    DeviceView,
    EnrolDevice,
    EnrolledDevice,
    HandDevice,
    NewDevice,
    RenewCode,
    UnblockDevice,
)
from jedel.kernel.limits import PAGE_MAX

router = APIRouter(prefix="/api", tags=["access"])

DEVICE_KEEPERS = allow(Role.ADMINISTRATOR, Role.SUPERVISOR)


@router.post("/devices", status_code=201)
async def add_device(
    body: NewDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep, request: Request
) -> DeviceCode:
    """A device that may enrol with the code in the answer."""
    return _code(request, *await device_service.add_device(store, who, body))


@router.get("/devices")
async def devices(
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    kind: DeviceKind | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = PAGE_MAX,
) -> list[DeviceView]:
    """The region's devices in the order of their ids, a page after the id ``after``."""
    return [
        DeviceView.of(device) for device in await device_service.of_region(store, who, kind, after, limit)
    ]


@router.post("/devices/{device_id}/code")
async def renew_code(
    device_id: UUID,
    body: RenewCode,
    who: Annotated[Principal, DEVICE_KEEPERS],
    store: StoreDep,
    request: Request,
) -> DeviceCode:
    """A new one-time code; the device's old key stops working at once."""
    return _code(request, *await device_service.renew_code(store, who, device_id, body.id))


@router.get("/devices/self")
async def own_device(who: Annotated[Principal, allow(*DeviceKind)], store: StoreDep) -> DeviceView:
    """What the centre knows of the device that asks."""
    return DeviceView.of(await device_service.own(store, who))


@router.post("/devices/{device_id}/block")
async def block(
    device_id: UUID, body: BlockDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceView:
    """Cut the device off everywhere, within two seconds; with ``wipe`` it also erases what it holds."""
    return DeviceView.of(await device_service.block(store, who, device_id, body))


@router.post("/devices/{device_id}/unblock")
async def unblock(
    device_id: UUID, body: UnblockDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceView:
    """Let the device enrol again, with a new code and a new key."""
    return DeviceView.of(await device_service.unblock(store, who, device_id, body.id))


@router.post("/devices/{device_id}/holder")
async def hand(
    device_id: UUID, body: HandDevice, who: Annotated[Principal, DEVICE_KEEPERS], store: StoreDep
) -> DeviceView:
    """Note in whose hands the device is."""
    return DeviceView.of(await device_service.hand(store, who, device_id, body.id, body.holder_id))


@router.post("/devices/enrol", dependencies=[public()])
async def enrol(body: EnrolDevice, store: StoreDep) -> EnrolledDevice:
    """Trade a one-time code for the device's key, or bring the public half of its own."""
    point = base64.urlsafe_b64decode(body.public_key + "=") if body.public_key else None
    device, key = await device_service.enrol(store, body.code, point, body.version)
    return EnrolledDevice(
        device_id=device.id,
        key=key,
        kind=device.kind,
        name=device.name,
        region=device.region,
        site_id=device.site_id,
        unit_id=device.unit_id,
    )


def _code(request: Request, device: Device, code: str, until: datetime) -> DeviceCode:
    """The code, and a QR picture of where it is to be taken; what follows # never reaches a server."""
    page = (request.app.state.settings.public_url or str(request.base_url)).rstrip("/")
    picture = qr(f"{page}/tablet/#code={code}" if device.kind is DeviceKind.TABLET else code)
    return DeviceCode(
        device=DeviceView.of(device), code=code, expires_at=until, qr=picture.path, qr_size=picture.size
    )
