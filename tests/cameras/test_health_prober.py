"""The prober at cameras that speak RTSP: every fault that can be made, found by looking, written and said."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from nats.aio.msg import Msg
from psycopg.types.json import Jsonb

from jedel.access.seal import Sealer
from jedel.app.media_role import source_of
from jedel.app.settings import Settings
from jedel.cameras.book import CameraBook
from jedel.cameras.health import service
from jedel.cameras.health.model import Code
from jedel.cameras.health.prober import GIVES_WAY_S, Prober
from jedel.cameras.tiles import STATE_RECORD, STATE_SUBJECT, CameraMap
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.book import Book
from jedel.media.streams import BURST, Streams
from simulator.cameras import Cameras, Config, Place, Trouble
from tests.cameras.made import add_camera
from tests.support import Api, eventually

NAME = "corridor"


@pytest.fixture(scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cameras]:
    config = Config((Place(NAME, "corridor"),))
    async with Cameras(config, folder=tmp_path_factory.mktemp("films")) as cameras:
        yield cameras


@dataclass
class Watch:
    """One camera and who looks at it."""

    camera: UUID
    prober: Prober
    clock: ManualClock
    store: Store
    there: Cameras

    async def looks(self, count: int) -> list[Code | None]:
        found = []
        for _ in range(count):
            self.clock.advance(8)
            found.append(await self.prober.look(self.camera))
        await self.prober._ledger.flush(at_once=True)
        return found

    async def well(self) -> None:
        """Looks at a picture that moves on, until what it shows is remembered."""
        await self.there.streams[NAME]["sub"].drawn()

        async def known() -> bool:
            await self.looks(1)
            return bool(self.prober._watched[self.camera].memory.views)

        await eventually(known, within_s=30, every_s=1.2)  # it has a new keyframe each second

    async def changes(self) -> None:
        """Until it was seen to change: a picture that never did is not frozen."""
        await self.there.streams[NAME]["sub"].drawn()

        async def changed() -> bool:
            await self.looks(1)
            return bool(self.prober._watched[self.camera].memory.usual)

        await eventually(changed, within_s=30)

    async def believes(self, state: int, code: Code | None) -> None:
        """Looks until that is believed: at a picture that moves on, or it would be a frozen one."""
        if self.there.streams[NAME]["sub"].trouble is not Trouble.GONE:
            await self.there.streams[NAME]["sub"].drawn()

        async def so() -> bool:
            await self.looks(1)
            return await self.row() == (state, code)

        await eventually(so, within_s=30, every_s=1.2)  # it has a new keyframe each second

    async def row(self) -> tuple[int, str | None]:
        async with self.store.reading() as tx:
            cursor = await tx.conn.execute(
                "SELECT state, code FROM camera_state WHERE camera_id = %s", (self.camera,)
            )
            row = await cursor.fetchone()
        assert row is not None
        return row["state"], row["code"]


def sub(url: str) -> Jsonb:
    """A camera's streams, of which there is one."""
    return Jsonb([{"name": "sub", "url": url, "codec": "", "width": 0, "height": 0, "fps": 0}])


@pytest.fixture
async def watch(
    there: Cameras, store: Store, clock: ManualClock, bus: Client, settings: Settings
) -> AsyncIterator[Watch]:
    camera = await add_camera(store, name="Corridor", streams=sub(there.url(NAME)), owner="School 45")
    book = Book(store, [CameraBook(Sealer(settings.seal_key), ["127.0.0.0/8"])])
    running = Streams(book, source_of, lambda *_: pytest.fail("nothing is derived"))
    prober = Prober(store, bus, book, running, lambda _: True, source_of)
    await prober.roster()
    yield Watch(camera, prober, clock, store, there)
    there.trouble(NAME, None)
    await running.close()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.BLACK, Code.BLACK),
        (Trouble.FREEZE, Code.FROZEN),
        (Trouble.BLUR, Code.BLURRED),
        (Trouble.MOVE, Code.MOVED),
        (Trouble.GONE, Code.NO_FRAMES),
    ],
)
async def test_a_fault_is_found(watch: Watch, there: Cameras, trouble: Trouble, code: Code) -> None:
    await watch.well()
    assert await watch.row() == (1, None)
    await watch.changes()
    there.trouble(NAME, trouble)
    await watch.believes(2, code)
    there.trouble(NAME, None)
    await watch.believes(1, None)
    async with watch.store.reading() as tx:
        cursor = await tx.conn.execute("SELECT code, since < until AS lasted FROM camera_fault")
        assert await cursor.fetchall() == [{"code": code, "lasted": True}]


async def test_it_is_written_said_and_mended(
    watch: Watch, there: Cameras, bus: Client, app: FastAPI, client: Api
) -> None:
    said: list[tuple[int, int]] = []

    async def hear(message: Msg) -> None:
        said.extend(
            (int(r["number"]), int(r["state"])) for r in np.frombuffer(message.data, dtype=STATE_RECORD)
        )

    await bus.subscribe(STATE_SUBJECT, cb=hear)
    held: CameraMap = app.state.camera_map
    await held.listen(bus)
    await held.ready()
    await watch.looks(1)
    there.trouble(NAME, Trouble.GONE)
    await watch.looks(2)
    seat = await client.login("duty")

    async def down() -> bool:
        return bool((await seat.ok("GET", "/api/camera-health"))["down"] == 1)

    await eventually(down)
    assert [state for _, state in said] == [1, 2]
    (row,) = await seat.ok("GET", "/api/camera-health/unavailable")
    assert (row["id"], row["code"], row["order"]) == (str(watch.camera), "no_frames", None)
    assert row["detail"].startswith("not_found")
    assert (await seat.ok("GET", "/api/camera-health"))["faults"] == {"no_frames": 1}
    assert await service.open_orders(watch.store) == 0, "it may be a restart"
    watch.clock.advance(15 * 60)
    assert await service.open_orders(watch.store) == 1
    assert await service.open_orders(watch.store) == 0
    (order,) = await seat.ok("GET", "/api/camera-work-orders")
    assert (order["owner"], order["state"]) == ("School 45", "opened")
    step = {"id": str(UUID(int=1)), "state": "sent", "note": "by letter"}
    for _ in range(2):  # a retry changes nothing
        sent = await seat.ok("POST", f"/api/camera-work-orders/{order['id']}", json=step)
        assert (sent["state"], sent["note"]) == ("sent", "by letter")
    refused = await seat.post(
        f"/api/camera-work-orders/{order['id']}", json={"id": str(UUID(int=2)), "state": "sent"}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "cameras_order_step")
    table = await seat.get("/api/camera-work-orders", params={"form": "csv"})
    assert "School 45" in table.text
    assert "от камеры не поступает изображение" in table.text
    stranger = await client.login("elsewhere")
    assert await stranger.ok("GET", "/api/camera-work-orders") == []
    away = await stranger.post(f"/api/camera-work-orders/{order['id']}", json=step | {"id": str(UUID(int=3))})
    assert away.status_code == 404
    there.trouble(NAME, None)
    await watch.believes(1, None)
    assert await service.finish_orders(watch.store) == 1
    (order,) = await seat.ok("GET", "/api/camera-work-orders", params={"state": "done"})
    assert order["until"] is not None
    (fault,) = await seat.ok("GET", f"/api/cameras/{watch.camera}/faults")
    assert (fault["code"], fault["until"]) == ("no_frames", order["until"])


@pytest.mark.thorough
async def test_a_new_view_is_accepted_by_a_person(
    watch: Watch, there: Cameras, client: Api, bus: Client
) -> None:
    await bus.subscribe("jedel.cameras.new_view", cb=watch.prober._new_view)
    await watch.well()
    there.trouble(NAME, Trouble.MOVE)
    await watch.believes(2, Code.MOVED)
    seat = await client.login("duty")
    await seat.ok("POST", f"/api/cameras/{watch.camera}/view", json={"id": str(UUID(int=5))})

    async def accepted() -> bool:
        return not watch.prober._watched[watch.camera].memory.views

    await eventually(accepted)
    await watch.believes(1, None)


async def test_looks_give_way_to_a_wall_that_begins_and_come_all_the_same(watch: Watch) -> None:
    streams = watch.prober._streams
    wall = [
        await add_camera(watch.store, name=f"Hall {nth}", streams=sub(watch.there.url(NAME)))
        for nth in range(BURST)
    ]
    for camera in wall:
        await streams.get(f"camera/{camera}/sub")
    assert streams.bursting()
    prober = Prober(
        watch.store, None, watch.prober._specs, streams, lambda _: True, source_of, every_s=(0.0, 0.1)
    )
    began = time.monotonic()
    looking = asyncio.create_task(prober.run())

    async def looked() -> bool:
        return prober.looks > 0

    await eventually(looked, within_s=30)
    looking.cancel()
    await asyncio.wait({looking})
    assert time.monotonic() - began >= GIVES_WAY_S / 2


async def test_the_next_prober_knows_what_the_last_one_believed(watch: Watch, there: Cameras) -> None:
    await watch.well()
    views = watch.prober._watched[watch.camera].memory.views
    there.trouble(NAME, Trouble.GONE)
    await watch.looks(2)
    again = Prober(watch.store, None, watch.prober._specs, watch.prober._streams, lambda _: True, source_of)
    await again.roster()
    taken = again._watched[watch.camera]
    assert taken.standing.code is Code.NO_FRAMES
    assert len(taken.memory.views) == len(views) > 0
    nobody = Prober(watch.store, None, watch.prober._specs, watch.prober._streams, lambda _: False, source_of)
    await nobody.roster()
    assert nobody._watched == {}
