"""Routes: a region's plate cameras."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.requests import HTTPConnection

from jedel.access import STAFF, Principal, Role, StoreDep, allow
from jedel.plates.cameras import service
from jedel.plates.cameras.live import CHANGED_SUBJECT
from jedel.plates.cameras.model import Camera
from jedel.plates.cameras.schemas import CameraView, ChangeCamera, NewCamera
from jedel.plates.desk import desk_of

router = APIRouter(prefix="/api/plates/cameras", tags=["plates"])

LIST_MAX = 1_000
WRITERS = allow(Role.ADMINISTRATOR, Role.SUPERVISOR)


@router.get("")
async def cameras(
    who: Annotated[Principal, allow(*STAFF)],
    store: StoreDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=LIST_MAX)] = LIST_MAX,
) -> list[CameraView]:
    """The region's plate cameras in the order of their numbers, those after `after`."""
    return await service.of_region(store, who, after, limit)


@router.get("/{camera_id}")
async def camera(camera_id: UUID, who: Annotated[Principal, allow(*STAFF)], store: StoreDep) -> CameraView:
    """One camera, its clock and what was wrong with what it said."""
    return await service.one(store, who, camera_id)


@router.post("", status_code=201)
async def add(
    body: NewCamera, who: Annotated[Principal, WRITERS], store: StoreDep, connection: HTTPConnection
) -> CameraView:
    """A new camera."""
    return await _told(connection, await service.add(store, who, body))


@router.post("/{camera_id}")
async def change(
    camera_id: UUID,
    body: ChangeCamera,
    who: Annotated[Principal, WRITERS],
    store: StoreDep,
    connection: HTTPConnection,
) -> CameraView:
    """A camera as it is to be from now on."""
    return await _told(connection, await service.change(store, who, camera_id, body))


async def _told(connection: HTTPConnection, camera: Camera) -> CameraView:
    """Every process looks at its cameras anew; one that does not hear it does so within half a minute."""
    desk_of(connection).cameras.ring()
    nats = connection.app.state.nats
    if nats is not None and nats.is_connected:
        await nats.publish(CHANGED_SUBJECT, b"")
    return CameraView.of(camera)
