"""A line to each driver of plate cameras, over its real link, whatever the protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from nats.aio.msg import Msg
from nats.js.api import DeliverPolicy

from jedel.plates import codec, keys, stream
from jedel.plates.codec import Reads
from jedel.plates.desk import Desk
from jedel.plates.taker import Taker, ensure
from tests.conformance.lines import World
from tests.support import Seat, eventually

DRIVERS = ("http", "onvif", "mqtt")
READER = {"http": 1, "onvif": 2, "mqtt": 3}


@dataclass
class Heard:
    """What the workers would take: every read on the stream."""

    reads: list[Reads] = field(default_factory=list)

    async def hear(self, message: Msg) -> None:
        self.reads.append(codec.decode(message.data))

    def of(self, camera: int) -> Reads:
        every = [batch[batch["camera"] == camera] for batch in self.reads]
        return np.concatenate(every) if every else np.zeros(0, dtype=codec.READ)

    def plates(self, camera: int) -> list[str]:
        return sorted(text.decode() for text in keys.texts(self.of(camera)["plate"]))


@dataclass
class Line:
    """One camera. ``post`` sends and does not wait for more than the link's own answer, which it gives where
    there is one (HTTP)."""

    world: World
    heard: Heard
    driver: str
    number: int
    camera_id: UUID
    device_id: UUID
    seat: Seat
    admin: Seat
    desk: Desk | None = None

    def message(self, reads: list[dict[str, Any]]) -> bytes:
        """Reads with ``plate``, ``at`` and what else there is, in the driver's own words."""
        if self.driver != "onvif":
            return json.dumps({"reads": reads}).encode()
        objects = "".join(
            f'<Frame UtcTime="{read["at"]}"><Object ObjectId="{n}"><Appearance><LicensePlateInfo>'
            f'<PlateNumber Likelihood="{read.get("confidence", 90) / 100}">{read["plate"]}</PlateNumber>'
            f"</LicensePlateInfo></Appearance></Object></Frame>"
            for n, read in enumerate(reads)
        )
        return f"<MetadataStream><VideoAnalytics>{objects}</VideoAnalytics></MetadataStream>".encode()

    def read(self, plate: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        return {"plate": plate, "at": (at or self.world.clock.now()).isoformat(), "confidence": 90} | more

    async def post(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        if self.driver == "mqtt":
            js = self.world.bus.jetstream()
            await js.publish(f"jedel.camera.{self.device_id}.read", raw)
            return 202, {}
        path = "/api/plates/reads" if self.driver == "http" else "/api/plates/onvif"
        answer = await self.seat.post(path, content=raw)
        return answer.status_code, answer.json()

    async def send(self, *reads: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return await self.post(self.message(list(reads)))

    async def carried(self, plates: list[str]) -> None:
        """All these, each once, and nothing else."""

        async def there() -> bool:
            return len(self.heard.of(self.number)) >= len(plates)

        await eventually(there)
        assert self.heard.plates(self.number) == sorted(plates)

    async def works(self, plate: str = "999ZZZ19") -> None:
        """One more read goes through."""
        before = self.heard.plates(self.number)
        status, _ = await self.send(self.read(plate))
        assert status == 202
        await self.carried([*before, plate])

    async def state(self) -> dict[str, Any]:
        """The camera as the console sees it, after all that was heard is written."""
        desk = self.desk or self.world.client.app.state.plates  # type: ignore[union-attr]
        await desk.states.write()
        found: dict[str, Any] = await self.admin.ok("GET", f"/api/plates/cameras/{self.camera_id}")
        return found

    async def fault(self, name: str, at_least: int = 1) -> dict[str, Any]:
        """Waits until a fault is counted for the camera; its state then."""

        async def counted() -> bool:
            return int((await self.state())["state"]["faults"].get(name, 0)) >= at_least

        await eventually(counted)
        return await self.state()


async def new_camera(world: World, driver: str, **more: Any) -> tuple[dict[str, Any], Seat, Seat, UUID]:
    seat, device_id, _ = await world.client.device("camera")
    admin = await world.client.login("admin")
    body = {"id": str(uuid4()), "name": f"Camera {driver}", "lon": 71.4, "lat": 51.1, "heading": 90.0}
    body |= {"driver": driver, "device_id": str(device_id)} | more
    return await admin.ok("POST", "/api/plates/cameras", json=body), seat, admin, device_id


@asynccontextmanager
async def line_to(world: World, driver: str) -> AsyncIterator[Line]:
    """A new camera and its line."""
    js = world.bus.jetstream()
    await stream.ensure(js)
    await ensure(js)
    heard = Heard()
    listening = await js.subscribe(
        f"{stream.BATCH}.*", cb=heard.hear, ordered_consumer=True, deliver_policy=DeliverPolicy.NEW
    )
    made, seat, admin, device_id = await new_camera(world, driver)
    line = Line(world, heard, driver, made["number"], UUID(made["id"]), device_id, seat, admin)
    task = None
    if driver == "mqtt":
        assert world.client.app is not None
        line.desk = Desk(world.store, world.client.app.state.settings.blob_dir)
        task = asyncio.create_task(Taker(world.store, world.bus, line.desk).run())
    yield line
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await listening.unsubscribe()
