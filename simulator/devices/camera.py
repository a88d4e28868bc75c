"""Cameras that read plates by themselves: what they say goes out in order, by HTTP or MQTT, and is repeated
until the centre has it. What waits is bounded: of a long outage the oldest reads are given up."""

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import aiomqtt

from simulator.config import Address, Device
from simulator.web import Refused, Web

Said = dict[str, Any]

WAITING_MAX: Final = 500
BATCH: Final = 20
AGAIN_S: Final = 2.0
KEEPALIVE_S: Final = 60


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
