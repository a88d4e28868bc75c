"""A button that speaks MQTT: it repeats its signal, with the same id, until the centre's own receipt comes.

A PUBACK is not a receipt: the broker has carried the message, nobody has stored it.
"""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import aiomqtt

from simulator.config import Address, Device
from simulator.devices.receipt import NoReceipt, Receipt

REPEAT_S: Final = 2.0
HEARTBEAT_S: Final = 100.0
KEEPALIVE_S: Final = 30
RECONNECT_S: Final = 3.0


def _unless_cancelled() -> None:
    """aiomqtt, cancelled while it says goodbye, may raise an error of its own instead."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


@dataclass
class MqttButton:
    """An SOS post or a school's panic button."""

    device: Device
    address: Address
    first_heartbeat_s: float = 0.0
    _client: aiomqtt.Client | None = None
    _linked: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    @property
    def linked(self) -> bool:
        """Whether the link is up."""
        return self._linked.is_set()

    async def run(self) -> None:
        """Keep the link, hear receipts, report in."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_link())
            tasks.create_task(self._report_in())

    async def _keep_link(self) -> None:
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
                    await client.subscribe(self._topic("down"), qos=1)
                    self._client = client
                    self._linked.set()
                    async for message in client.messages:
                        self._hear(message.payload)
            self._client = None
            self._linked.clear()
            _unless_cancelled()
            await asyncio.sleep(RECONNECT_S)

    def _hear(self, payload: object) -> None:
        if not isinstance(payload, bytes):
            return
        with suppress(ValueError, AttributeError):
            said = json.loads(payload)
            waiting = self._waiting.get(said.get("receipt") or said.get("refused") or "")
            if waiting is not None and not waiting.done():
                waiting.set_result(said)

    async def _report_in(self) -> None:
        await asyncio.sleep(self.first_heartbeat_s)
        while True:
            with suppress(NoReceipt):
                await self._tell("heartbeat", {}, HEARTBEAT_S / 2)
            await asyncio.sleep(HEARTBEAT_S)

    async def press(self, level: str, within_s: float = 30.0) -> Receipt:
        """Press and wait for the receipt, repeating the same signal until it comes. Raises NoReceipt."""
        return await self._tell("press", {"level": level}, within_s)

    async def _tell(self, kind: str, more: dict[str, str], within_s: float) -> Receipt:
        signal_id = str(uuid4())
        signal = {"id": signal_id, "kind": kind, "at": datetime.now(UTC).isoformat()} | more
        heard = self._waiting[signal_id] = asyncio.get_running_loop().create_future()
        began, tries = time.perf_counter(), 0
        try:
            async with asyncio.timeout(within_s):
                while not heard.done():
                    await self._linked.wait()
                    await self._publish(json.dumps(signal))
                    tries += 1
                    await asyncio.wait([heard], timeout=REPEAT_S)
        except TimeoutError:
            raise NoReceipt(f"no receipt within {within_s:.0f} s") from None
        finally:
            del self._waiting[signal_id]
        said = heard.result()
        if "receipt" not in said:
            raise NoReceipt(f"refused: {said.get('code', 'unknown')}")
        return Receipt(signal_id, said.get("alarm"), (time.perf_counter() - began) * 1000, tries)

    async def _publish(self, text: str) -> None:
        client = self._client
        if client is not None:
            with suppress(aiomqtt.MqttError):
                await client.publish(self._topic("up"), text, qos=1, timeout=REPEAT_S)

    def _topic(self, way: str) -> str:
        return f"jedel/device/{self.device.id}/{way}"
