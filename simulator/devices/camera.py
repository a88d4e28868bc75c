"""Cameras that read plates by themselves: what they say goes out in order, by HTTP or MQTT, and is repeated
until the centre has it. What waits is bounded: of a long outage the oldest reads are given up."""

import asyncio
import json
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import aiomqtt

from simulator.config import Address, Device
from simulator.web import Refused, Web

Said = dict[str, Any]

WAITING_MAX: Final = 500
BATCH: Final = 20
AGAIN_S: Final = 2.0
KEEPALIVE_S: Final = 60
FRAME_S: Final = 0.12
"""Between two pictures of a passing."""


class Camera(Protocol):
    """One that speaks."""

    device: Device
    outbox: "Outbox"

    async def run(self) -> None:
        """Speak until cancelled."""
        ...


@dataclass
class Outbox:
    """Reads that wait. `sent`, `refused`, `given_up` count them."""

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    _waiting: deque[Said] = field(default_factory=deque)
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, read: Said) -> None:
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.popleft()
            self.given_up += 1
        self._waiting.append(read)
        self._some.set()

    async def batch(self) -> list[Said]:
        """The next reads, one at least; they are out of the box now."""
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]


@dataclass
class HttpCamera:
    """Pushes JSON to the centre's own address."""

    device: Device
    web: Web
    outbox: Outbox = field(default_factory=Outbox)

    async def run(self) -> None:
        keys = self.web.keys(self.device)
        while True:
            reads = await self.outbox.batch()
            try:
                await self.web.call(keys, "POST", "/api/plates/reads", {"reads": reads})
                self.outbox.sent += len(reads)
            except Refused:
                self.outbox.refused += len(reads)


@dataclass
class MqttCamera:
    """Publishes JSON, QoS 1, on a topic of its own; the broker's acknowledgement is the centre's stream's."""

    device: Device
    address: Address
    outbox: Outbox = field(default_factory=Outbox)

    async def run(self) -> None:
        reads: list[Said] = []
        topic = f"jedel/camera/{self.device.id}/read"
        while True:
            with suppress(aiomqtt.MqttError, OSError):
                async with aiomqtt.Client(
                    self.address.host,
                    self.address.port,
                    username=self.device.id,
                    password=self.device.key,
                    identifier=self.device.id,
                    keepalive=KEEPALIVE_S,
                ) as client:
                    while True:
                        reads = reads or await self.outbox.batch()
                        await client.publish(topic, json.dumps({"reads": reads}), qos=1, timeout=AGAIN_S * 5)
                        self.outbox.sent += len(reads)
                        reads = []
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise asyncio.CancelledError
            await asyncio.sleep(AGAIN_S)


@dataclass
class FramesCamera:
    """Reads nothing by itself: it sends pictures of a passing, and the centre reads them. `look` makes them
    of what passed; of cars that come while the one before is on its way only the last is seen."""

    device: Device
    web: Web
    look: Callable[[Said], list[bytes]]
    outbox: Outbox = field(default_factory=Outbox)

    async def run(self) -> None:
        keys = self.web.keys(self.device)
        while True:
            *_, passed = await self.outbox.batch()
            pictures = await asyncio.to_thread(self.look, passed)
            began = datetime.fromisoformat(passed["at"])
            frames = [
                {
                    "at": (began + timedelta(seconds=nth * FRAME_S)).isoformat(),
                    "jpeg": b64encode(jpeg).decode(),
                }
                for nth, jpeg in enumerate(pictures)
            ]
            try:
                read = await self.web.call(keys, "POST", "/api/plates/frames", {"frames": frames})
                self.outbox.sent += int(read["accepted"])
            except Refused:
                self.outbox.refused += 1
