"""A patrol's crew behind its tablet: drives about, answers assignments, reports where it is."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx
import websockets
from websockets.asyncio.client import connect

from simulator import planning
from simulator.config import Device
from simulator.duty import Picture, Task
from simulator.motion import Drive, Spot
from simulator.planning import Place
from simulator.web import Refused, Web

RECONNECT_S: Final = 3.0
STAY_S: Final = 25.0
CRUISE: Final = 0.6
"""Share of the route's speed while nothing calls."""
CALLED: Final = 1.15
WALK_MS: Final = 1.5
RETAKE_S: Final = 75.0
"""A tablet that a visitor opened and closed again: its unit falls silent, then the crew takes over."""


@dataclass
class Patrol:
    """One tablet. `pace` > 1 lets the world run faster (tests); `report_s` between positions."""

    device: Device
    web: Web
    seed: int
    places: list[Place]
    pace: float = 1.0
    report_s: float = 2.0
    clock: Callable[[], float] = time.monotonic
    sent: int = 0
    _drive: Drive = field(init=False)
    _since: float = field(init=False)
    _way: Iterator[Place] = field(init=False)
    _taken_at: float | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _known: asyncio.Event = field(default_factory=asyncio.Event)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        assert self.device.unit_id is not None
        self.unit_id = self.device.unit_id
        self.keys = self.web.keys(self.device)
        self.picture = Picture(self.unit_id)
        self._way = planning.itinerary(self.seed, self.unit_id, self.places)
        self._drive = Drive.standing(next(self._way))
        self._since = self.clock()

    # what others see

    @property
    def taken(self) -> bool:
        """Whether a visitor has this tablet."""
        return self._taken_at is not None

    def told_of(self, plate: str) -> bool:
        """Whether the crew is told of a car with this plate and has not answered yet."""
        return any(
            alert["plate"] == plate
            and any(unit["unit_id"] == self.unit_id and not unit["answer"] for unit in alert["units"])
            for alert in self.picture.told()
        )

    @property
    def taken_at(self) -> float:
        """When, by the clock; 0: no visitor has it."""
        return self._taken_at or 0.0

    def hand_over(self) -> Place:
        """A visitor opens this tablet: the crew leaves it to him, here."""
        here = self._here()
        self._stand(here)
        self._taken_at = self.clock()
        self._changed.set()
        return here

    @property
    def here(self) -> Place:
        """Where it is now."""
        return self._here()

    @property
    def doing(self) -> str:
        """'taken', the task's status, or 'patrol'."""
        task = self.picture.task()
        return "taken" if self.taken else task.status if task else "patrol"

    async def run(self) -> None:
        """Listen, move and act until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._report())
            tasks.create_task(self._act())
            tasks.create_task(self._look_out())

    # the feed

    async def _listen(self) -> None:
        url = str(self.web.client.base_url).replace("http", "ws", 1).rstrip("/") + "/api/live/unit"
        while True:
            last = f"?last={self.picture.seq}" if self.picture.seq >= 0 else ""
            with suppress(OSError, websockets.WebSocketException, TimeoutError, httpx.TransportError):
                async with connect(url + last, open_timeout=10, max_size=2**22) as socket:
                    await socket.send(json.dumps({"token": await self.keys.bearer()}))
                    async for text in socket:
                        self._hear(json.loads(text))
            await asyncio.sleep(RECONNECT_S)

    def _hear(self, message: dict[str, Any]) -> None:
        if not self.picture.take(message):
            return
        self._known.set()
        self._heard.set()
        if self._taken_at is not None and self.picture.silent and self.clock() - self._taken_at > RETAKE_S:
            self._taken_at = None
        self._changed.set()

    # the car

    def _spot(self) -> Spot:
        return self._drive.at((self.clock() - self._since) * self.pace)

    def _here(self) -> Place:
        spot = self._spot()
        return spot.lon, spot.lat

    def _stand(self, place: Place) -> None:
        self._drive, self._since = Drive.standing(place), self.clock()

    async def _report(self) -> None:
        """Positions at an even beat; the tablet of a visitor reports by itself."""
        await self._known.wait()
        while True:
            if not self.taken:
                self.sent += await self._tell_place()
            await asyncio.sleep(self.report_s)

    async def _tell_place(self) -> bool:
        """Whether it was taken."""
        spot = self._spot()
        position = {
            "at": datetime.now(UTC).isoformat(),
            "lon": round(spot.lon, 7),
            "lat": round(spot.lat, 7),
            "speed_kmh": round(spot.speed_kmh, 1),
            "heading": round(spot.heading, 1),
            "accuracy_m": 5.0,
        }
        return await self.web.once(self.keys, "POST", "/api/positions", {"positions": [position]})

    async def _go(self, place: Place, share: float) -> bool:
        """Drive to a place by road; False when something changed on the way."""
        here = self._here()
        line, speed_ms = await self._route(here, place)
        on_foot = self.picture.unit.get("kind") == "foot"
        self._drive, self._since = Drive(line, WALK_MS if on_foot else speed_ms * share), self.clock()
        left_s = self._drive.seconds / self.pace
        if await self._pause(left_s):
            return True
        self._stand(self._here())
        return False

    async def _route(self, start: Place, end: Place) -> tuple[list[Place], float]:
        """The centre's own route: its line, and its speed in m/s."""
        params = {"from": f"{start[0]:.7f},{start[1]:.7f}", "to": f"{end[0]:.7f},{end[1]:.7f}"}
        try:
            found = await self.web.call(self.keys, "GET", "/api/places/route", params=params)
        except Refused:
            return [start, end], 8.0
        line = [start, *((lon, lat) for lon, lat in found["line"]), end]
        return line, max(2.0, found["metres"] / max(1.0, found["seconds"]))

    async def _pause(self, seconds: float) -> bool:
        """Wait; False when something changed before the time was over.

        Not by `wait_for`: before Python 3.12 it loses a cancellation that comes together with the change.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._changed.wait()
                return False
        return True

    # the crew

    async def _act(self) -> None:
        await self._known.wait()
        while True:
            self._changed.clear()
            task = self.picture.task()
            if self.taken:
                await self._changed.wait()
            elif task is not None:
                await self._answer(task)
            elif self.picture.off_shift:
                await self._tell(f"/api/units/{self.unit_id}/shift", {"on": True})
            elif await self._go(next(self._way), CRUISE):
                await self._stay()

    async def _answer(self, task: Task) -> None:
        """The next step of an assignment; returns when the picture changed or the step is done."""
        plan = planning.answer(self.seed, self.unit_id, task.incident_id)
        if task.status == "assigned":
            if await self._pause(plan.reaction_s / self.pace):
                await self._progress(task, "en_route")
        elif task.status == "en_route":
            if await self._go((task.lon, task.lat), CALLED):
                await self._progress(task, "on_scene")
        else:
            await self._at_scene(task)

    async def _at_scene(self, task: Task) -> None:
        plan = planning.answer(self.seed, self.unit_id, task.incident_id)
        if await self._pause(plan.on_scene_s / self.pace):
            await self._finish(task, plan)

    async def _stay(self) -> None:
        """At a place where nothing called it."""
        await self._pause(STAY_S / self.pace)

    async def _look_out(self) -> None:
        """Answer about the cars that the crew is told of, one after the other."""
        answered: set[str] = set()
        while True:
            alert = None if self.taken else self.picture.alert(answered)
            if alert is None:
                self._heard.clear()
                await self._heard.wait()
                continue
            answered.add(alert["id"])
            grounds = [ground["code"] for ground in alert["grounds"]]
            plan = planning.alert_answers(self.seed, self.unit_id, alert["id"], grounds)
            for after_s, body in plan:
                await asyncio.sleep(after_s / self.pace)
                if self.taken or alert["id"] not in self.picture.alerts:
                    break
                await self._try_tell(f"/api/qorgau/alerts/{alert['id']}/answer", body)

    async def _progress(self, task: Task, status: str) -> None:
        body = {"unit_id": self.unit_id, "status": status, "at": datetime.now(UTC).isoformat()}
        await self._tell(f"/api/incidents/{task.incident_id}/progress", body)

    async def _finish(self, task: Task, plan: planning.Answer) -> None:
        """Note and close; where others are still at work, only leave."""
        base = f"/api/incidents/{task.incident_id}"
        if await self._try_tell(f"{base}/close", {"result": plan.result, "text": plan.text}):
            return
        await self._try_tell(f"{base}/note", {"text": plan.text})
        await self._tell(f"{base}/release", {"unit_id": self.unit_id, "reason": "finished"})

    async def _tell(self, path: str, body: dict[str, Any]) -> None:
        """A command; then the feed must show what came of it before the crew looks again."""
        self._changed.clear()
        await self._try_tell(path, body)
        await self._pause(5.0)

    async def _try_tell(self, path: str, body: dict[str, Any]) -> bool:
        try:
            await self.web.call(self.keys, "POST", path, {"id": str(uuid4())} | body)
        except Refused:
            return False
        return True
