"""The demo's streets: cars pass the cameras as they would, and each camera says at once what it reads."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from simulator.config import Streets
from simulator.devices.camera import Camera, FramesCamera
from simulator.planning import Place
from simulator.traffic import shows
from simulator.traffic.fleet import Cars, Mix
from simulator.traffic.pictures import looks_of, pictures
from simulator.traffic.reading import Mistakes
from simulator.traffic.roads import extract_roads
from simulator.traffic.wire import said
from simulator.traffic.world import World, make_world

WINDOW_S: Final = 5.0
FRAMES_EVERY_S: Final = 20.0
CALM_MIX: Final = Mix(
    wanted=0.0, uninsured=0.0015, unpaid_fines=0.001, systematic=0.0005, not_on_register=0.0005,
    foreign=0.02, never_issued=0.0005, impossible=0.0005, clone=0.0005, borrowed=0.0,
)  # fmt: skip
"""Of the demo's cars so few are to be found that an operator has time to look at each."""
CALM_MISTAKES: Final = Mistakes(misread=0.01, sure=0.0)


def world_of(streets: Streets) -> World:
    """The demo's world, the same for the same configuration. Its cars have been on their rounds since the
    configuration's day began: a simulator that is started again finds each where it would be by now."""
    today = date.fromisoformat(streets.today)
    return make_world(
        streets.seed,
        streets.cars,
        streets.cameras,
        roads=extract_roads(Path(streets.map)),
        vehicles=streets.vehicles,
        today=today,
        start=datetime.combine(today, datetime.min.time(), UTC),
        mix=CALM_MIX,
        mistakes=CALM_MISTAKES,
        reads_per_s=streets.reads_per_s,
    )


@dataclass
class Street:
    """`cameras` by their place in the world's."""

    world: World
    cameras: dict[int, Camera]
    seed: int
    shown: int = 0
    _dice: np.random.Generator = field(init=False)
    _last: tuple[int, float] | None = None
    """Where the stolen car was read last, and when."""
    _stolen: asyncio.Task[None] | None = None
    _frames_after_s: float = 0.0
    _shows: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._dice = np.random.default_rng((self.seed, 30))

    @property
    def stolen(self) -> str:
        """The plate of the car that the demo's list looks for."""
        return str(self.world.spare["plate"][0].decode())

    @property
    def sent(self) -> int:
        """Reads that the centre has."""
        return sum(camera.outbox.sent for camera in self.cameras.values())

    async def run(self) -> None:
        """Traffic until cancelled."""
        begin_s = time.time() - self.world.start_us / 1e6
        while True:
            reads = await asyncio.to_thread(self.world.reads, begin_s, begin_s + WINDOW_S)
            for read in reads:
                await self._until(read["true_us"] / 1e6)
                self._say(read, self.world.cars[read["car"]])
            begin_s += WINDOW_S
            await self._until(self.world.start_us / 1e6 + begin_s - 0.5)

    async def _until(self, at_s: float) -> None:
        await asyncio.sleep(max(0.0, at_s - time.time()))

    async def drive_stolen(self, patrols: list[Place]) -> dict[str, Any]:
        """The stolen car sets out towards the first of these that it can meet; it is read at once.

        Asked again while it drives, it changes its way, and is at the next camera no sooner than it can be.

        Gives its plate, the numbers of the cameras that it passes, and in how many seconds the first of them.
        """
        if self._stolen is not None:
            self._stolen.cancel()
        last = self._last
        if last is not None and time.time() - last[1] < shows.WAY_MAX_S:
            sights = await asyncio.to_thread(
                shows.way_on, self.world, last[0], time.time() - last[1], patrols
            )
        else:
            sights = await asyncio.to_thread(shows.way_to, self.world, patrols)
        car = self.world.spare[:1]
        self._stolen = self._show([(sight, car) for sight in sights])
        return self._told(self.stolen, sights)

    async def show_clones(self) -> dict[str, Any]:
        """One plate on two cars, far apart; every time another plate."""
        self.shown += 1
        nth = 1 + (self.shown - 1) % (len(self.world.spare) - 1)
        car = self.world.spare[nth : nth + 1]
        pair = await asyncio.to_thread(shows.far_pair, self.world, self._dice)
        self._show(list(zip(pair, (car, shows.other_looks(car, self._dice)), strict=True)))
        return self._told(car["plate"][0].decode(), pair)

    def _show(self, sights: list[tuple[shows.Sight, Cars]]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._pass(sights))
        self._shows.add(task)
        task.add_done_callback(self._shows.discard)
        return task

    async def _pass(self, sights: list[tuple[shows.Sight, Cars]]) -> None:
        began = time.time()
        for sight, car in sights:
            await self._until(began + sight.after_s)
            at_us = round(time.time() * 1e6)
            if car["key"][0] == self.world.spare["key"][0]:
                self._last = sight.camera, at_us / 1e6
            self._say(shows.read_now(self.world, car, sight.camera, at_us, self._dice)[0], car[0])

    def _say(self, read: np.void, car: np.void) -> None:
        camera = self.cameras.get(int(read["camera"]) - 1)
        if camera is None:
            return
        body = said(read)
        if isinstance(camera, FramesCamera):
            self._show_frames(camera, body, car, int(read["camera"]))
            return
        body["pictures"] = pictures(car, int(read["camera"])).said()
        camera.outbox.put(body)

    def _show_frames(self, camera: FramesCamera, body: dict[str, Any], car: np.void, number: int) -> None:
        """Drawing and reading pictures is some work: one passing car now and then, a shown one always."""
        now_s = time.monotonic()
        if body["confidence"] != shows.SURE and now_s < self._frames_after_s:
            return
        self._frames_after_s = now_s + FRAMES_EVERY_S
        names = ("plate", "colour", "body")
        seen = dict(zip(names, looks_of(car), strict=True))
        camera.outbox.put({"at": body["at"], "camera": number} | seen)

    def _told(self, plate: str, sights: Sequence[shows.Sight]) -> dict[str, Any]:
        numbers = [int(self.world.cameras["number"][sight.camera]) for sight in sights]
        return {"plate": plate, "cameras": numbers, "in_s": round(sights[0].after_s)}
