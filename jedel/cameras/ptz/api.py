"""Routes by which cameras are turned."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.requests import HTTPConnection

from jedel.access import CONSOLE, Principal, Role, StoreDep, allow
from jedel.access.gate import sealer_of
from jedel.cameras.ptz import service
from jedel.cameras.ptz.head import Heads
from jedel.cameras.ptz.schemas import LockView, PresetToken, PresetView, SavePreset, Turn

router = APIRouter(prefix="/api/cameras", tags=["cameras"])


def heads_of(connection: HTTPConnection) -> Heads:
    """The process's connections to motors."""
    state = connection.app.state
    if not hasattr(state, "ptz_heads"):
        state.ptz_heads = Heads(sealer_of(connection), state.settings.camera_networks.split(","))
    heads: Heads = state.ptz_heads
    return heads


HeadsDep = Annotated[Heads, Depends(heads_of)]
Watcher = Annotated[Principal, allow(*CONSOLE)]
Keeper = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR)]


@router.post("/{camera_id}/ptz")
async def turn(camera_id: UUID, body: Turn, who: Watcher, store: StoreDep, heads: HeadsDep) -> LockView:
    """Turn a camera. Whoever does holds it for some seconds; only a higher rank takes it over."""
    return await service.turn(store, who, heads, camera_id, body)


@router.get("/{camera_id}/ptz/presets")
async def presets(camera_id: UUID, who: Watcher, store: StoreDep, heads: HeadsDep) -> list[PresetView]:
    """The places that the camera knows by name."""
    return await service.presets(store, who, heads, camera_id)


@router.post("/{camera_id}/ptz/presets")
async def keep(
    camera_id: UUID, body: SavePreset, who: Keeper, store: StoreDep, heads: HeadsDep
) -> list[PresetView]:
    """What the camera looks at now is one of its places from now on; all of them."""
    return await service.keep(store, who, heads, camera_id, body)


@router.delete("/{camera_id}/ptz/presets")
async def forget(
    camera_id: UUID, preset: PresetToken, command: UUID, who: Keeper, store: StoreDep, heads: HeadsDep
) -> list[PresetView]:
    """One of the camera's places is no longer one; the others."""
    return await service.forget(store, who, heads, camera_id, command, preset)
