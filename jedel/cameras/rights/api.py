"""Routes: who may do what with cameras."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from jedel.access import STAFF, Principal, Role, StoreDep, allow
from jedel.cameras.rights import granting
from jedel.cameras.rights.model import Action
from jedel.cameras.rights.schemas import MayView, NewRight, RightView

router = APIRouter(tags=["cameras"])

WRITERS = allow(Role.ADMINISTRATOR, Role.SUPERVISOR)


@router.get("/api/cameras/{camera_id}/may")
async def may(
    camera_id: UUID, who: Annotated[Principal, allow(*STAFF)], store: StoreDep
) -> dict[Action, MayView]:
    """What the asker may do with a camera now, and why not."""
    return await granting.may(store, who, camera_id)


@router.get("/api/camera-rights")
async def rights(
    who: Annotated[Principal, allow(Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR)], store: StoreDep
) -> list[RightView]:
    """The region's rules, the newest first."""
    return await granting.of_region(store, who)


@router.post("/api/camera-rights", status_code=201)
async def give(body: NewRight, who: Annotated[Principal, WRITERS], store: StoreDep) -> RightView:
    """A new rule; nobody gives one to himself. Whoever looks and is denied it now looks no longer."""
    return await granting.add(store, who, body)


@router.delete("/api/camera-rights/{right_id}", status_code=204)
async def take(right_id: UUID, command: UUID, who: Annotated[Principal, WRITERS], store: StoreDep) -> None:
    """The rule ends; nobody lifts a denial of himself. Whoever looked by it looks no longer."""
    await granting.take(store, who, right_id, command)
