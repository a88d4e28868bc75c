"""Routes: cameras found on their network, asked what they are, and taken in."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter
from fastapi.requests import HTTPConnection

from jedel.access import Principal, Role, StoreDep, allow
from jedel.cameras import repository
from jedel.cameras.api import RegistryDep, tell
from jedel.cameras.onvif import service
from jedel.cameras.onvif.discovery import discover
from jedel.cameras.onvif.schemas import Ask, DescribedView, HeardView, Onboard
from jedel.cameras.schemas import CameraView

router = APIRouter(prefix="/api/cameras", tags=["cameras"])

ADMINISTRATOR = allow(Role.ADMINISTRATOR)


@router.post("/discover")
async def find(
    who: Annotated[Principal, ADMINISTRATOR], store: StoreDep, registry: RegistryDep
) -> list[HeardView]:
    """Cameras that answer on the camera networks within three seconds."""
    heard = await discover(registry.networks)
    async with store.reading() as tx:
        known = await repository.with_onvif(tx.conn, who.region, [each.url for each in heard])
    return [HeardView(**asdict(each), known=each.url in known) for each in heard]


@router.post("/onvif/probe")
async def ask(body: Ask, who: Annotated[Principal, ADMINISTRATOR], registry: RegistryDep) -> DescribedView:
    """What a camera says of itself to these credentials; nothing is kept."""
    return service.view(await service.asked(registry, body))


@router.post("/onvif", status_code=201)
async def onboard(
    body: Onboard,
    who: Annotated[Principal, ADMINISTRATOR],
    store: StoreDep,
    registry: RegistryDep,
    connection: HTTPConnection,
) -> CameraView:
    """Take a camera in as it describes itself; credentials that it does not take are not kept."""
    made = await service.onboard(store, who, registry, body)
    await tell(connection, made.id)
    return made
