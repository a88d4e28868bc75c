"""The city's life: patrols, devices and presses, all at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from simulator import planning
from simulator.config import Config, Device
from simulator.devices import Alarmer, Dc09Panel, MqttButton, NoReceipt
from simulator.devices.camera import Camera, FramesCamera, HttpCamera, MqttCamera
from simulator.flights import Flights
from simulator.patrol import Patrol
from simulator.planning import Place
from simulator.traffic.pictures import frames
from simulator.traffic.street import Street, world_of
from simulator.web import Web

CALM_S: Final = 240.0
"""Between two presses on average, at rate 1."""
REPORT_S: Final = 2.0
STATUS_S: Final = 60.0
STOLEN_S: Final = 900.0
"""Between two rounds of the stolen car on average, when presses are `CALM_S` apart; a cloned pair comes after
every third."""
AGAIN_S: Final = 5.0
SITE_KINDS: Final = ("school", "hospital", "police", "park", "bank", "post")


@dataclass(frozen=True, slots=True)
class Wishes:
    """How lively it is. `rate` multiplies presses and positions; `calm_s` 0: nobody presses by himself."""

    seed: int = 7
    rate: float = 1.0
    calm_s: float = CALM_S
    pace: float = 1.0
    patrols: int | None = None


@dataclass
class Life:
    """Everything that happens in the city. `counts`: pressed, received, failed."""

    config: Config
    wishes: Wishes
    web: Web
    sites: dict[str, dict[str, Any]] = field(default_factory=dict)
    alarmers: dict[str, Alarmer] = field(default_factory=dict)
    patrols: dict[str, Patrol] = field(default_factory=dict)
    street: Street | None = None
    flights: Flights = field(default_factory=Flights)
    counts: Counter[str] = field(default_factory=Counter)
    last_ms: float = 0.0

    async def prepare(self) -> None:
        """Make the devices, ask the centre for the sites of its map, and put the patrols in their cars."""
        for n, device in enumerate(self.config.alarms):
            self.alarmers[device.id] = self._alarmer(device, n)
        await self._prepare_street()
        tablets = self.config.tablets[: self.wishes.patrols]
        if not tablets:
            return
        found = await self.web.call(self.web.keys(tablets[0]), "GET", "/api/sites")
        self.sites = {site["id"]: site for site in found}
        places: list[Place] = [(s["lon"], s["lat"]) for s in found if s["kind"] in SITE_KINDS]
        report_s = REPORT_S / self.wishes.rate
        for tablet in tablets if places else ():
            patrol = Patrol(tablet, self.web, self.wishes.seed, places, self.wishes.pace, report_s)
            self.patrols[patrol.unit_id] = patrol
        self.flights.prepare(self.config, self.web, self.wishes.seed, places, self.wishes.pace)

    async def _prepare_street(self) -> None:
        if self.config.streets is None or not self.config.cameras:
            return
        world = await asyncio.to_thread(world_of, self.config.streets)
        cameras = {camera.camera - 1: self._camera(camera) for camera in self.config.cameras if camera.camera}
        self.street = Street(world, cameras, self.wishes.seed)

    def _camera(self, device: Device) -> Camera:
        if device.driver == "mqtt":
            return MqttCamera(device, self.config.mqtt)
        if device.driver == "frames":
            return FramesCamera(device, self.web, lambda seen: frames(**seen))
        return HttpCamera(device, self.web)

    def _alarmer(self, device: Device, n: int) -> Alarmer:
        """Devices report in one after the other, not all in one moment."""
        if device.transport == "dc09":
            return Dc09Panel(device, self.config.dc09, first_poll_s=n % 20 * 0.4)
        return MqttButton(device, self.config.mqtt, first_heartbeat_s=n % 40 * 0.5)

    async def run(self) -> None:
        """Live until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for n, alarmer in enumerate(self.alarmers.values()):
                tasks.create_task(self._later(n * 0.02, alarmer.device.name, alarmer.run))
            for n, patrol in enumerate(self.patrols.values()):
                tasks.create_task(self._later(n * 0.05, patrol.device.name, patrol.run))
            for crew in self.flights.crews.values():
                tasks.create_task(self._later(1.0, crew.device.name, crew.run))
            if self.wishes.calm_s > 0:
                tasks.create_task(self._presses(tasks))
            if self.street is not None:
                for n, camera in enumerate(self.street.cameras.values()):
                    tasks.create_task(self._later(n * 0.1, camera.device.name, camera.run))
                tasks.create_task(self._later(0, "traffic", self.street.run))
                if self.wishes.calm_s > 0:
                    tasks.create_task(self._later(0, "drives", partial(self._drives, self.street)))
            tasks.create_task(self._status())

    async def _later(self, seconds: float, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """One thing that fails does not end the city: it is said, counted, and begun again."""
        await asyncio.sleep(seconds)
        while True:
            try:
                await run()
            except Exception as error:  # noqa: BLE001 - the supervised boundary of one thing
                self.counts["fallen"] += 1
                print(f"{name}: {error!r}; begins again", flush=True)
            await asyncio.sleep(AGAIN_S)

    async def _presses(self, tasks: asyncio.TaskGroup) -> None:
        """Each press at its time, whether the one before has its receipt or not."""
        began = time.monotonic()
        mean_s = self.wishes.calm_s / self.wishes.rate
        pool = max(planning.POOL, round(planning.POOL * self.wishes.rate))
        for press in planning.presses(self.wishes.seed, self.config.alarms, mean_s, pool):
            await asyncio.sleep(max(0.0, press.at_s - (time.monotonic() - began)))
            tasks.create_task(self._press(press))

    async def _drives(self, street: Street) -> None:
        """The stolen car goes its rounds, and after every third a pair of clones does."""
        dice = Random(f"{self.wishes.seed}/drives")
        mean_s = STOLEN_S * self.wishes.calm_s / CALM_S / self.wishes.rate
        await asyncio.sleep(min(90.0, mean_s))
        nth = 0
        while True:
            nth += 1
            await (street.show_clones() if nth % 4 == 0 else street.drive_stolen(self.meeting()))
            await asyncio.sleep(mean_s * dice.uniform(0.7, 1.3))

    def meeting(self) -> list[Place]:
        """Where patrols are that could meet a car: the newest visitor's first, then the free ones."""
        ordered = sorted(
            self.patrols.values(), key=lambda patrol: (-patrol.taken_at, patrol.doing != "patrol")
        )
        return [patrol.here for patrol in ordered]

    async def _press(self, press: planning.Press) -> None:
        self.counts["pressed"] += 1
        try:
            receipt = await self.alarmers[press.device_id].press(press.level, within_s=600)
        except NoReceipt:
            self.counts["failed"] += 1
            return
        self.counts["received"] += 1
        self.last_ms = receipt.ms

    def status(self) -> str:
        """One line: who does what, how many presses."""
        doing = Counter(patrol.doing for patrol in self.patrols.values())
        words = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in sorted(doing.items()))
        linked = sum(bool(getattr(alarmer, "linked", False)) for alarmer in self.alarmers.values())
        last = f", the last in {self.last_ms:.0f} ms" if self.last_ms else ""
        return (
            f"patrols: {words or 'none'}; devices linked: {linked} of {len(self.alarmers)}; "
            f"presses received: {self.counts['received']} of {self.counts['pressed']}{last}{self._reads()}"
        )

    def _reads(self) -> str:
        return f"; plates read: {self.street.sent}" if self.street else ""

    async def _status(self) -> None:
        while True:
            await asyncio.sleep(STATUS_S)
            print(self.status(), flush=True)
