"""A media gateway killed with -9: another takes its streams, a new process takes its place, and viewers see
frames again within five seconds, by themselves."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import orjson
import pytest

from jedel.app.connections import make_pool
from jedel.app.media_process import lock_file
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.media.control import Grant
from jedel.media.hub import Hub
from jedel.media.placement import ranked
from jedel.media.rtsp_out import Door, RtspOut
from rtsp.auth import Login
from tests.cameras.made import add_camera
from tests.media.playing import Playing, Whep, made
from tests.support import Api, eventually, in_proportion
from tests.support.api import Seat
from tests.support.plant import Plant
from tests.support.seed import add_staff

pytestmark = [pytest.mark.fault, pytest.mark.thorough, pytest.mark.slow]

AGAIN_WITHIN_S = 5.0
SILENT_S = 1.5
"""Without a frame for so long a player comes again."""


@asynccontextmanager
async def cameras() -> AsyncIterator[RtspOut]:
    """A real RTSP server on this machine; each path is the same moving picture."""
    hub = Hub()

    async def look(_path: str, _grant: Grant) -> Hub:
        return hub

    async def enter(path: str, grant: Grant, _close: object) -> tuple[str, Hub]:
        return path, await look(path, grant)

    async def anybody(_path: str, _login: Login | None) -> Grant:
        return Grant((), "camera")

    server = RtspOut(Door(look, enter, lambda _: None), anybody)
    await server.start("127.0.0.1", 0)
    playing = asyncio.ensure_future(Playing(made()).run(hub))
    yield server
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    await server.close()


def falls_to(number: int) -> UUID:
    """A camera's id that falls to the gateway of this number, of two."""
    names = [f"{socket.gethostname()}-{nth}".replace(".", "-") for nth in (0, 1)]
    return next(found for found in iter(uuid4, None) if ranked(names, f"camera/{found}")[0] == names[number])


@dataclass
class Player:
    """What a page does: asks, shows, and comes again where nothing moves."""

    seat: Seat
    camera: UUID
    gateway: str = ""
    frames: list[float] = field(default_factory=list)
    """When each came, `time.monotonic`."""
    opened: int = 0

    async def run(self) -> None:
        while True:
            viewer = Whep()
            try:
                await viewer.open(self._ask)
                await self._show(viewer)
            except (httpx.HTTPError, AssertionError):
                await asyncio.sleep(0.2)
            finally:
                await viewer.close()

    async def _ask(self, offer: str) -> str:
        answer = await self.seat.post(
            f"/api/cameras/{self.camera}/live?stream=main",
            content=offer,
            headers={"Content-Type": "application/sdp"},
            timeout=5,
        )
        assert answer.status_code == 201, answer.text
        self.gateway = answer.headers["Location"].rpartition("/")[2].partition("~")[0]
        self.opened += 1
        return answer.text

    async def _show(self, viewer: Whep) -> None:
        shown, since = 0, time.monotonic()
        while time.monotonic() - since < SILENT_S and not viewer.closed:
            if viewer.frames > shown:
                shown, since = viewer.frames, time.monotonic()
                self.frames.append(since)
            await asyncio.sleep(0.01)

    async def plays(self, after: float) -> float:
        """Seconds from that moment to the second frame behind it."""

        async def two() -> bool:
            return sum(at > after for at in self.frames) >= 2

        await eventually(two, within_s=60)
        return [at for at in self.frames if at > after][1] - after


async def stands_by(plant: Plant, times: int) -> bool:
    """Whether so often a process has loaded everything, and waits for a gateway to die."""
    return plant.log_file.read_text(errors="replace").count("media stands by") >= times


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    plant = Plant(
        tmp_path / "jedel",
        JEDEL_MEDIA_GATEWAYS="2",
        JEDEL_CAMERA_NETWORKS="127.0.0.0/8",
        JEDEL_PLATE_READERS="0",
    )
    await plant.start()
    await eventually(lambda: stands_by(plant, 1), within_s=120)
    yield plant
    plant.stop()


def kill(plant: Plant, numbers: set[str]) -> None:
    for number in numbers:
        plant.kill_pid(int(lock_file(plant.folder, int(number)).read_text()))


async def test_viewers_see_again_when_their_gateway_was_killed(plant: Plant) -> None:
    async with cameras() as server, make_pool(plant.database_url, 2) as pool:
        store = Store(pool, SystemClock())
        await add_staff(store)
        url = f"rtsp://127.0.0.1:{server.port}/street"
        streams = orjson.dumps([{"name": "main", "url": url}]).decode()
        seat = await Api(None, store, plant.url).login("duty")
        hit, hurt, other = players = [
            Player(seat, await add_camera(store, id=falls_to(number), streams=streams, zone="street"))
            for number in (0, 0, 1)
        ]
        tasks = [asyncio.ensure_future(player.run()) for player in players]
        try:
            for player in players:
                await player.plays(0)
            assert hit.gateway == hurt.gateway != other.gateway
            before = other.gateway

            began = time.monotonic()
            kill(plant, {"0"})
            took_over = await hit.plays(began + 0.1)
            assert took_over < in_proportion(AGAIN_WITHIN_S)
            await other.plays(time.monotonic())
            assert other.gateway == before  # who looks by the other one stays there

            await eventually(lambda: stands_by(plant, 2), within_s=120)
            await asyncio.gather(*(player.plays(time.monotonic()) for player in players))
            began = time.monotonic()
            kill(plant, {"0", "1"})  # who stands by is all that is left
            replaced = await asyncio.gather(*(player.plays(began + 0.1) for player in players))
            assert max(replaced) < in_proportion(AGAIN_WITHIN_S)
            print(f"taken over after {took_over:.2f} s, replaced after {max(replaced):.2f} s")  # noqa: T201
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await seat.aclose()
