"""A school with cameras and a button, on a real database."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from jedel.access import Role
from jedel.alarms.reactors import NewDevices
from jedel.cameras.openings import Openings, collection, open_cameras
from jedel.cameras.openings import repository as openings
from jedel.cameras.openings.model import Spot
from jedel.dispatch.reactor import AlarmReactor
from jedel.journal import react_to_all
from tests.dispatch.world import World, staff
from tests.support.seed import REGION

SUPERVISOR = staff("supervisor", Role.SUPERVISOR)
HERE = (76.93, 43.25)

CAMERA = (
    "INSERT INTO camera (id, region, name, kind, site_id, zone, floor, plan_x, plan_y, lon, lat, heading,"
    " fov, range_m, streams, created_at, updated_at) VALUES (%s, %s, %s, 'fixed', %s, %s, %s, %s, %s, %s, %s,"
    ' %s, 90, 20, \'[{"name": "sub", "url": "rtsp://127.0.0.1:8554/x"}]\', now(), now())'
)


@dataclass
class Gateways:
    """What openings said to the gateways."""

    wanted: list[str] = field(default_factory=list)

    async def want(self, stream: str, seconds: float) -> None:
        assert seconds > 0
        self.wanted.append(stream)


@dataclass
class School(World):
    """A centre whose schools have cameras."""

    gateways: Gateways = field(default_factory=Gateways)

    async def react(self) -> None:
        await react_to_all(self.store, [NewDevices(), AlarmReactor(), Openings(self.gateways)])

    async def camera(
        self,
        site_id: UUID | None,
        zone: str,
        *,
        name: str = "camera",
        region: str = REGION,
        floor: int | None = 1,
        plan: tuple[float, float] | None = (0.0, 0.0),
        at: tuple[float, float] = HERE,
        heading: float | None = None,
    ) -> UUID:
        camera_id = uuid4()
        x, y = plan or (None, None)
        async with self.store.transaction() as tx:
            await tx.conn.execute(CAMERA, (camera_id, region, name, site_id, zone, floor, x, y, *at, heading))
        return camera_id

    async def place(self, button: UUID, spot: Spot) -> None:
        async with self.store.transaction() as tx:
            await openings.place_button(tx.conn, button, REGION, spot)

    async def open_for(self, camera_id: UUID) -> list[UUID]:
        """The incidents for which a camera may be watched now."""
        async with self.store.reading() as tx:
            return (await open_cameras(tx.conn, [camera_id], self.clock.now())).get(camera_id, [])

    async def opened(self, region: str = REGION) -> list[dict[str, Any]]:
        async with self.store.reading() as tx:
            return await collection(tx, region)
