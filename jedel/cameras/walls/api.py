"""Routes: saved walls."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from jedel.access import CONSOLE, Principal, StoreDep, allow
from jedel.cameras.walls import service
from jedel.cameras.walls.schemas import SaveWall, WallView

router = APIRouter(prefix="/api/walls", tags=["walls"])

Watcher = Annotated[Principal, allow(*CONSOLE)]


@router.get("")
async def walls(who: Watcher, store: StoreDep) -> list[WallView]:
    """One's own walls, and those that the region's seats share."""
    return await service.listed(store, who)


@router.put("/{wall_id}")
async def save(wall_id: UUID, body: SaveWall, who: Watcher, store: StoreDep) -> WallView:
    """A wall as it is to be; a shared one changes on every seat that shows it."""
    return await service.save(store, who, wall_id, body)


@router.delete("/{wall_id}", status_code=204)
async def delete(wall_id: UUID, who: Watcher, store: StoreDep, command: Annotated[UUID, Query()]) -> None:
    """Delete a wall; no camera is touched by it."""
    await service.delete(store, who, wall_id, command)
