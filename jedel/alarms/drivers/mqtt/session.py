"""MQTT devices, over NATS's own gateway: topic ``jedel/device/<id>/up`` is the subject
``jedel.device.<id>.up``.

NATS acknowledges a publish when it has carried it, which promises nothing. The receipt is our message on
``.down``, published after the commit; a device without one repeats its signal with the same id. Who may use
a topic is decided at the device's log-in, so the id in the subject is the sender.
"""

import asyncio
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from jedel.alarms import metrics, service
from jedel.alarms.drivers.limits import Rates
from jedel.alarms.drivers.mqtt import codec
from jedel.alarms.signals import Malformed, Reason
from jedel.journal import Store
from jedel.kernel.errors import Problem

log = structlog.get_logger()

NAME = "mqtt"
SUBJECT = "jedel.device.*.up"
QUEUE_GROUP = "gateway"

LANES = 8
"""Messages of one device stay in one lane, so in order; lanes work side by side."""

WAITING_MAX = 500
"""Messages that may wait in a lane."""


class MqttSession:
    """The gateway's side of all MQTT devices."""

    def __init__(self, store: Store, nats: Client) -> None:
        self.store = store
        self.nats = nats
        self._lanes = [asyncio.Queue[Msg](WAITING_MAX) for _ in range(LANES)]
        self._rates = Rates()
        self._tasks: list[asyncio.Task[None]] = []
        self._subscription: Subscription | None = None

    async def start(self) -> None:
        """Listen. Messages that came before are lost on us, not to us: their devices repeat them."""
        self._tasks = [asyncio.create_task(self._work(lane)) for lane in self._lanes]
        self._subscription = await self.nats.subscribe(SUBJECT, queue=QUEUE_GROUP, cb=self._on_message)
        await self.nats.flush()

    async def stop(self) -> None:
        """Stop listening; what is still waiting stays unanswered."""
        if self._subscription is not None and self.nats.is_connected:
            await self._subscription.unsubscribe()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _on_message(self, message: Msg) -> None:
        device = message.subject.split(".")[2]
        if not self._rates.take(device, asyncio.get_running_loop().time()):
            metrics.OVERLOAD.labels(NAME, "rate").inc()
            return
        try:
            self._lanes[hash(device) % LANES].put_nowait(message)
        except asyncio.QueueFull:
            metrics.OVERLOAD.labels(NAME, "queue").inc()

    async def _work(self, lane: asyncio.Queue[Msg]) -> None:
        while True:
            message = await lane.get()
            try:
                await self._answer(message)
            except Exception as error:  # noqa: BLE001 - supervised: no message may end its lane
                metrics.FAILED.labels(NAME).inc()
                log.error("signal not stored", driver=NAME, subject=message.subject, error=repr(error))

    async def _answer(self, message: Msg) -> None:
        device = message.subject.split(".")[2]
        try:
            device_id = UUID(device)
        except ValueError:
            bad = Malformed.of(Reason.UNKNOWN_DEVICE, message.data)
            await service.keep(self.store, bad, NAME, message.subject[:200])
            return
        reply = await self._reply(message.data, device_id)
        await self.nats.publish(f"jedel.device.{device}.down", reply)

    async def _reply(self, raw: bytes, device_id: UUID) -> bytes:
        found = codec.decode(raw, device_id)
        if isinstance(found, Malformed):
            await service.keep(self.store, found, NAME)
            return codec.refusal(None, "signal_malformed")
        try:
            done = await service.receive(self.store, found, NAME)
        except Problem as problem:
            return codec.refusal(found.id, problem.code)
        return codec.receipt(done.signal_id, done.at, done.alarm_id)
