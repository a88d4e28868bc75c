"""Routes: cameras opened by hand, and what is known of a site beforehand."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.cameras.openings import asking, folders
from jedel.cameras.openings.schemas import Ask, Decide, FolderView, PlaceButton, SaveFolder

router = APIRouter(prefix="/api", tags=["openings"])

ASKERS = allow(Role.SUPERVISOR)
SECOND_PERSONS = allow(Role.SUPERVISOR, Role.DUTY_OFFICER)
WRITERS = allow(Role.SUPERVISOR, Role.ADMINISTRATOR)


@router.post("/openings", status_code=201)
async def ask(body: Ask, who: Annotated[Principal, ASKERS], store: StoreDep) -> dict[str, Any]:
    """Ask that a site's cameras be opened for an incident; nothing is, until a second person agrees."""
    return await asking.ask(store, who, body)


@router.post("/openings/{opening_id}/approve")
async def approve(
    opening_id: UUID, body: Decide, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> dict[str, Any]:
    """The second person's word: the cameras are open from now on, until the incident ends."""
    return await asking.approve(store, who, opening_id, body.id)


@router.post("/openings/{opening_id}/close")
async def close(
    opening_id: UUID, body: Decide, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> dict[str, Any]:
    """Refuse what was asked for, or close what is open: then nobody looks by it any longer."""
    return await asking.end(store, who, opening_id, body.id)


@router.get("/sites/{site_id}/folder")
async def folder(
    site_id: UUID, who: Annotated[Principal, allow(*CONSOLE, Role.ADMINISTRATOR)], store: StoreDep
) -> FolderView:
    """Whom to ring at a site, and its floors."""
    return await folders.folder(store, who, site_id)


@router.put("/sites/{site_id}/folder")
async def save_folder(
    site_id: UUID, body: SaveFolder, who: Annotated[Principal, WRITERS], store: StoreDep
) -> FolderView:
    """The folder as it is to be from now on."""
    return await folders.save_folder(store, who, site_id, body)


@router.put("/devices/{device_id}/place", status_code=204)
async def place_button(
    device_id: UUID, body: PlaceButton, who: Annotated[Principal, WRITERS], store: StoreDep
) -> None:
    """Where on its site's plan a button is: the cameras that see it come first."""
    await folders.place_button(store, who, device_id, body)
