"""Routes: alarms, test mode, panels, and the HTTP driver's way in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.alarms import panels, service
from jedel.alarms.drivers.http.session import router as device_router
from jedel.alarms.schemas import Acknowledge, Close, Panel, TestMode
from jedel.alarms.views import View

router = APIRouter(prefix="/api", tags=["alarms"])
router.include_router(device_router)

ON_CONSOLE = allow(*CONSOLE)
KEEPERS = allow(Role.SUPERVISOR, Role.ADMINISTRATOR)


@router.get("/alarms")
async def alarms(who: Annotated[Principal, ON_CONSOLE], store: StoreDep) -> list[View]:
    """The region's open and acknowledged alarms, the oldest first."""
    async with store.reading() as tx:
        return await service.open_alarms(tx, who.region)


@router.get("/alarms/devices")
async def alarm_devices(
    who: Annotated[Principal, allow(*CONSOLE, Role.ADMINISTRATOR)], store: StoreDep
) -> list[View]:
    """The region's alarm devices: where they are, and whether they are available."""
    async with store.reading() as tx:
        return await service.devices(tx, who.region)


@router.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge(
    alarm_id: UUID, body: Acknowledge, who: Annotated[Principal, ON_CONSOLE], store: StoreDep
) -> View:
    """Somebody has it: the sound ends."""
    return await service.acknowledge(store, who, alarm_id, body.id)


@router.post("/alarms/{alarm_id}/close")
async def close(alarm_id: UUID, body: Close, who: Annotated[Principal, ON_CONSOLE], store: StoreDep) -> View:
    """Close an alarm by hand; one that has an incident is closed with it."""
    return await service.close_by_hand(store, who, alarm_id, body.id, body.result)


@router.post("/devices/{device_id}/test-mode")
async def test_mode(
    device_id: UUID,
    body: TestMode,
    who: Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR)],
    store: StoreDep,
) -> View:
    """For maintenance: presses of this device are tests until the minutes are over."""
    minutes = (body.minutes or 0) if body.on else 0
    return await service.set_test_mode(store, who, device_id, body.id, minutes)


@router.post("/devices/{device_id}/panel")
async def configure_panel(
    device_id: UUID, body: Panel, who: Annotated[Principal, KEEPERS], store: StoreDep
) -> View:
    """Key, interval and zones of a DC-09 panel."""
    return await panels.configure(store, who, device_id, body)
