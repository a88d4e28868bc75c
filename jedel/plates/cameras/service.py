"""Adding and changing cameras."""

from typing import Any
from uuid import UUID

from jedel.access import DeviceKind, Principal, find_device
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.plates.cameras import repository
from jedel.plates.cameras.errors import CameraDeviceTaken, NoCameraDevice
from jedel.plates.cameras.model import Camera
from jedel.plates.cameras.schemas import CameraStateView, CameraView, ChangeCamera, NewCamera


async def add(store: Store, who: Principal, body: NewCamera) -> Camera:
    """A new camera of the asker's region. Raises NoCameraDevice, CameraDeviceTaken."""
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await _own(tx, who, body.id)
        await _check_device(tx, who, body.device_id, body.id)
        row = _row(body) | {"id": body.id, "region": who.region}
        camera = await repository.insert(tx.conn, row, tx.now)
        if camera is None:
            raise CameraDeviceTaken(id=body.device_id)
        tx.record(Entry(body.id, who.region, "plates.camera_added", camera.id, who.actor, _told(camera)))
    return camera


async def change(store: Store, who: Principal, camera_id: UUID, body: ChangeCamera) -> Camera:
    """The camera as it is to be from now on. Raises NotFound, NoCameraDevice, CameraDeviceTaken."""
    async with store.transaction() as tx:
        camera = await _own(tx, who, camera_id)
        if await tx.recorded(body.id):
            return camera
        await _check_device(tx, who, body.device_id, camera_id)
        camera = await repository.update(tx.conn, camera_id, _row(body), tx.now)
        tx.record(Entry(body.id, who.region, "plates.camera_changed", camera.id, who.actor, _told(camera)))
    return camera


async def of_region(store: Store, who: Principal, after: int, limit: int) -> list[CameraView]:
    """The region's cameras with what was heard of each."""
    async with store.reading() as tx:
        found = await repository.page(tx.conn, who.region, after, limit)
    return [CameraView.of(camera, CameraStateView(**state) if state else None) for camera, state in found]


async def one(store: Store, who: Principal, camera_id: UUID) -> CameraView:
    """One camera. Raises NotFound."""
    async with store.reading() as tx:
        await _own(tx, who, camera_id)
        found = await repository.with_state(tx.conn, camera_id)
    assert found is not None
    camera, state = found
    return CameraView.of(camera, CameraStateView(**state) if state else None)


async def _own(tx: Tx, who: Principal, camera_id: UUID) -> Camera:
    camera = await repository.find(tx.conn, camera_id)
    if camera is None:
        raise NotFound(what="camera", id=camera_id)
    if camera.region != who.region:
        raise WrongRegion(what="camera", id=camera_id)
    return camera


async def _check_device(tx: Tx, who: Principal, device_id: UUID | None, camera_id: UUID) -> None:
    if device_id is None:
        return
    device = await find_device(tx.conn, device_id)
    if device is None or device.region != who.region or device.kind is not DeviceKind.CAMERA:
        raise NoCameraDevice(id=device_id)
    if await repository.speaks_for(tx.conn, device_id) not in (None, camera_id):
        raise CameraDeviceTaken(id=device_id)


def _row(body: NewCamera | ChangeCamera) -> dict[str, Any]:
    row = body.model_dump(exclude={"id", "mapping"})
    return row | {"mapping": body.mapping.model_dump(exclude_defaults=True)}


def _told(camera: Camera) -> dict[str, Any]:
    names = ("number", "name", "road", "lon", "lat", "heading", "driver", "mapping", "device_id", "enabled")
    return {name: getattr(camera, name) for name in names}
