"""Routes: privacy masks, and the picture without them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.requests import HTTPConnection

from jedel.access import CONSOLE, STAFF, Principal, Role, StoreDep, allow
from jedel.cameras.api import WRITERS, tell
from jedel.cameras.masks import service
from jedel.cameras.masks.schemas import (
    AskUnmasked,
    Decide,
    MaskChangeView,
    MasksView,
    SetMasks,
    UnmaskingView,
)

router = APIRouter(tags=["cameras"])

SECOND_PERSONS = allow(Role.SUPERVISOR, Role.DUTY_OFFICER)


@router.get("/api/cameras/{camera_id}/masks")
async def masks(camera_id: UUID, who: Annotated[Principal, allow(*STAFF)], store: StoreDep) -> MasksView:
    """A camera's masks."""
    return await service.masks(store, who, camera_id)


@router.put("/api/cameras/{camera_id}/masks")
async def set_masks(
    camera_id: UUID,
    body: SetMasks,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    connection: HTTPConnection,
) -> MasksView:
    """More masks are there at once; where one is to go or to move, the change waits for a second person."""
    found = await service.set_masks(store, who, camera_id, body)
    if found.waiting is None:
        await tell(connection, camera_id)
    return found


@router.get("/api/camera-mask-changes")
async def mask_changes(who: Annotated[Principal, WRITERS], store: StoreDep) -> list[MaskChangeView]:
    """Changes of masks that wait for a second person."""
    return await service.changes(store, who)


@router.post("/api/camera-mask-changes/{change_id}/decide")
async def decide_mask_change(
    change_id: UUID,
    body: Decide,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    connection: HTTPConnection,
) -> MasksView:
    """The second person's word, who is not the one who proposed it."""
    found = await service.decide_change(store, who, change_id, body)
    if body.grant:
        await tell(connection, found.camera_id)
    return found


@router.post("/api/cameras/{camera_id}/unmask", status_code=201)
async def ask_unmasked(
    camera_id: UUID, body: AskUnmasked, who: Annotated[Principal, allow(*CONSOLE)], store: StoreDep
) -> UnmaskingView:
    """Ask for the picture without its masks; it stays masked until a second person agrees."""
    return await service.ask(store, who, camera_id, body)


@router.get("/api/camera-unmaskings")
async def unmaskings(
    who: Annotated[Principal, allow(*CONSOLE, Role.AUDITOR)], store: StoreDep
) -> list[UnmaskingView]:
    """Requests that wait for a second person, and what is unmasked now."""
    return await service.waiting(store, who)


@router.post("/api/camera-unmaskings/{unmasking_id}/decide")
async def decide_unmasking(
    unmasking_id: UUID, body: Decide, who: Annotated[Principal, SECOND_PERSONS], store: StoreDep
) -> UnmaskingView:
    """The second person's word: only for who asked, only this camera, only so many minutes."""
    return await service.answer(store, who, unmasking_id, body)


@router.delete("/api/camera-unmaskings/{unmasking_id}", status_code=204)
async def end_unmasking(
    unmasking_id: UUID, command: UUID, who: Annotated[Principal, allow(*CONSOLE)], store: StoreDep
) -> None:
    """Over before its time."""
    await service.end(store, who, unmasking_id, command)
