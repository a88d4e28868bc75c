"""Reads that cameras say over MQTT or NATS: taken from their stream, gathered, carried, then acknowledged.

Several gateways share the work. A message that was carried but not acknowledged (a crash between the two)
comes again and is the same reads by their ids. A camera that floods fills only its own part of the stream.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from prometheus_client import Gauge
from psycopg_pool import PoolTimeout

from jedel.journal import Store
from jedel.journal.relay import ensure_stream
from jedel.kernel.tasks import heed_cancel
from jedel.plates.desk import Desk
from jedel.plates.drivers.mqtt.codec import SUBJECT, device_of
from jedel.plates.drivers.said import Reason
from jedel.plates.intake import FAULTS, Taken

log = structlog.get_logger()

STREAM: Final = "READS_RAW"
DURABLE: Final = "intake"
READS_MAX: Final = 4_000
"""Carried at once."""
GATHER_S: Final = 0.02
LOOK_EVERY_S: Final = 2.0
"""Where nothing comes it is seen whether the consumer is still there."""
RETRY_S: Final = 0.5
_AGE_S_MAX: Final = 24 * 3600
_BYTES_MAX: Final = 1024**3
_OF_A_CAMERA_MAX: Final = 5_000
_ACK_WITHIN_S: Final = 30.0
_UNACKNOWLEDGED_MAX: Final = 4_096
_DRIVER: Final = "mqtt"
FAULTS_OF_SERVERS: Final = (NatsError, psycopg.Error, PoolTimeout, TimeoutError, OSError)

WAITING = Gauge("jedel_plates_raw_waiting", "Messages of cameras that wait in the stream")


async def ensure(js: JetStreamContext) -> None:
    """Make the stream where it is missing, or as it is to be now. Harmless to say twice.

    A message is gone when it is acknowledged; of one camera only the newest wait, so that none can crowd
    out the others.
    """
    await ensure_stream(
        js,
        StreamConfig(
            name=STREAM,
            subjects=[SUBJECT],
            retention=RetentionPolicy.WORK_QUEUE,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=_AGE_S_MAX,
            max_bytes=_BYTES_MAX,
            max_msgs_per_subject=_OF_A_CAMERA_MAX,
        ),
    )


class Taker:
    """One in each gateway."""

    def __init__(self, store: Store, nats: Client, desk: Desk) -> None:
        self._store = store
        self._nats = nats
        self._desk = desk
        self._waiting: list[Msg] = []
        self._held: list[Msg] = []
        """Taken from there and not yet acknowledged."""
        self._arrived = asyncio.Event()

    async def run(self) -> None:
        """Take for ever; a server that is away is named once, waited for, and its return is told."""
        away: str | None = None
        while True:
            subscription = None
            try:
                subscription = await self._subscribe()
                if away is not None:
                    log.info("reads of cameras are taken again", were=away)
                    away = None
                while True:
                    heed_cancel()
                    await self._once(subscription)
            except FAULTS_OF_SERVERS as error:
                why = str(error).strip().partition("\n")[0] or type(error).__name__
                if why != away:
                    log.warning("reads of cameras wait in their stream", why=why)
                away = why
            finally:
                await self._leave(subscription)
            heed_cancel()
            await asyncio.sleep(RETRY_S)

    async def _subscribe(self) -> JetStreamContext.PushSubscription:
        js = self._nats.jetstream()
        await ensure(js)
        return await js.subscribe(
            SUBJECT,
            queue=DURABLE,
            durable=DURABLE,
            stream=STREAM,
            cb=self._on_message,
            manual_ack=True,
            config=ConsumerConfig(
                ack_policy=AckPolicy.EXPLICIT, ack_wait=_ACK_WITHIN_S, max_ack_pending=_UNACKNOWLEDGED_MAX
            ),
        )

    async def _leave(self, subscription: JetStreamContext.PushSubscription | None) -> None:
        """What is in our hands comes again soon, to us or to another gateway."""
        if subscription is not None and self._nats.is_connected:
            with suppress(NatsError, TimeoutError, OSError):
                await subscription.unsubscribe()
                for message in (*self._held, *self._waiting):
                    await message.nak(delay=RETRY_S)
        self._held, self._waiting = [], []

    async def _on_message(self, message: Msg) -> None:
        self._waiting.append(message)
        self._arrived.set()

    async def _once(self, subscription: JetStreamContext.PushSubscription) -> None:
        """Gather for a moment, carry, acknowledge. Raises where the consumer is gone."""
        if not self._waiting:
            self._arrived.clear()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._arrived.wait()
            except TimeoutError:
                WAITING.set((await subscription.consumer_info()).num_pending or 0)
                return
        await asyncio.sleep(GATHER_S)
        self._held, self._waiting = self._waiting, []
        messages = list(self._held)
        WAITING.set(messages[-1].metadata.num_pending)
        batch: list[tuple[Msg, Taken | None]] = []
        reads = 0
        for message in messages:
            taken = await self._sift(message)
            reads += len(taken.reads) if taken else 0
            batch.append((message, taken))
            if reads >= READS_MAX:
                await self._carry(batch)
                batch, reads = [], 0
        await self._carry(batch)

    async def _sift(self, message: Msg) -> Taken | None:
        """None where nobody is there to be told of it; it is counted."""
        device = device_of(message.subject)
        camera = await self._desk.cameras.of_device(self._store, device) if device else None
        if camera is None:
            FAULTS.labels(_DRIVER, Reason.UNKNOWN_CAMERA).inc()
            return None
        # time spent in the stream is no error of the camera's clock; NATS tells it by the machine's
        waited_s = max(0.0, time.time() - message.metadata.timestamp.timestamp())
        heard_us = round((self._store.clock.now().timestamp() - waited_s) * 1e6)
        try:
            return self._desk.intake.sift(
                camera, _DRIVER, message.data, heard_us, asyncio.get_running_loop().time(), partly=True
            )
        except Exception as error:  # noqa: BLE001 - supervised: no camera's message may stop the others'
            FAULTS.labels(_DRIVER, Reason.FAILED).inc()
            log.error("message of a camera not understood", camera=camera.number, error=repr(error))
            return None

    async def _carry(self, batch: list[tuple[Msg, Taken | None]]) -> None:
        await self._desk.intake.carry(self._nats, [taken for _, taken in batch if taken is not None])
        for message, _ in batch:
            await message.ack()
        del self._held[: len(batch)]  # carried in their order
