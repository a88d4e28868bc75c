"""Mobile units: which there are, and what they say of themselves."""

from uuid import UUID

from psycopg.errors import UniqueViolation

from jedel.access import Principal
from jedel.access.seal import Sealer
from jedel.cameras import repository as cameras
from jedel.cameras.errors import CameraTaken
from jedel.cameras.mobile import repository
from jedel.cameras.mobile.model import Pose, Vehicle, footprint
from jedel.cameras.mobile.schemas import MobileView, PoseView, SetMobile, Telemetry
from jedel.journal import Entry, Store
from jedel.kernel.errors import Forbidden, NotFound, WrongRegion
from jedel.units import service as units


async def register(
    store: Store, sealer: Sealer, who: Principal, unit_id: UUID, body: SetMobile
) -> MobileView:
    """A unit carries a camera from now on. Raises NotFound, WrongRegion, CameraTaken."""
    async with store.transaction() as tx:
        if not await tx.recorded(body.id):
            unit = await units.get(tx, unit_id, who.region)
            if body.camera_id is not None:
                camera = await cameras.find(tx.conn, body.camera_id)
                if camera is None:
                    raise NotFound(what="camera", id=body.camera_id)
                if camera.region != who.region:
                    raise WrongRegion(what="camera", id=body.camera_id)
            vehicle = Vehicle(unit.id, who.region, body.camera_id, body.system_id, body.fov)
            sealed = sealer.seal(bytes.fromhex(body.key), unit.id) if body.key else None
            try:
                await repository.save(tx.conn, vehicle, sealed)
            except UniqueViolation as taken:
                what = "system id" if "system" in (taken.diag.constraint_name or "") else "camera"
                raise CameraTaken(what=what) from None
            data = {"camera_id": body.camera_id, "system_id": body.system_id, "signed": body.key is not None}
            tx.record(Entry(body.id, who.region, "cameras.mobile_set", unit.id, who.actor, data))
    return next(each for each in await listed(store, who.region) if each.unit_id == unit_id)


async def listed(store: Store, region: str) -> list[MobileView]:
    """The region's mobile units with the last that each said."""
    async with store.glance() as tx:
        rows = await repository.of_region(tx.conn, region)
    found = []
    for row in rows:
        said = {
            name: row.pop(name) for name in ("at", "lon", "lat", "altitude_m", "heading", "pitch", "bearing")
        }
        pose = Pose(**said) if said["at"] is not None else None
        seen = footprint(pose, row["fov"]) if pose else None
        shown = PoseView(**said, footprint=list(seen) if seen else None) if pose else None
        found.append(MobileView(**row, stale=pose is None or pose.stale(tx.now), pose=shown))
    return found


async def said(store: Store, who: Principal, body: Telemetry) -> None:
    """What a mobile complex says as JSON. Raises Forbidden where the device's unit is none."""
    if who.unit_id is None:
        raise Forbidden
    async with store.transaction() as tx:
        if await repository.find(tx.conn, who.unit_id) is None:
            raise Forbidden
        names = ("lon", "lat", "altitude_m", "heading", "pitch", "bearing")
        pose = Pose(min(body.at, tx.now), **{name: getattr(body, name) for name in names})
        await repository.said(tx.conn, [(who.unit_id, pose)])
