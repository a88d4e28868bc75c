"""Routes: handing cameras over to another region."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.requests import HTTPConnection

from jedel.access import Principal, StoreDep
from jedel.cameras.api import WRITERS, tell
from jedel.cameras.handover import service
from jedel.cameras.handover.schemas import HandoverView, Offer, Outcome, RegionView, Settle

router = APIRouter(tags=["cameras"])


@router.post("/api/cameras/{camera_id}/handover", status_code=201)
async def offer(
    camera_id: UUID, body: Offer, who: Annotated[Principal, WRITERS], store: StoreDep
) -> HandoverView:
    """Offer a camera to another region; it stays here until that one takes it."""
    return await service.offer(store, who, camera_id, body)


@router.get("/api/camera-handovers")
async def handovers(who: Annotated[Principal, WRITERS], store: StoreDep) -> list[HandoverView]:
    """What this region offers, and what it is offered."""
    return await service.waiting(store, who)


@router.get("/api/camera-handovers/regions")
async def other_regions(who: Annotated[Principal, WRITERS]) -> list[RegionView]:
    """The regions that a camera may be offered to, by name."""
    return service.others(who)


@router.post("/api/camera-handovers/{handover_id}/settle")
async def settle(
    handover_id: UUID,
    body: Settle,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    connection: HTTPConnection,
) -> HandoverView:
    """Take or refuse it (the other region), or withdraw it (the own one). Once it is taken,
    nobody here looks any longer."""
    found = await service.settle(store, who, handover_id, body)
    if body.outcome is Outcome.ACCEPTED:
        await tell(connection, found.camera_id)
    return found
