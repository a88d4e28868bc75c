"""A stream's messages in order, from a sequence number on, with bounded memory.

An ordered consumer of our own making, since two things matter here that the client's does otherwise: a flow
control request is answered when there is room, not when the message was merely handed over; and a gap ends
the reading, so that the writer begins anew after the last message that it committed.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

HEARTBEAT_S: Final = 1.0
SILENT_AFTER_S: Final = 3.5
#: Payload that may wait here before the server is left to pause; it sends at most its window (32 MB) more.
WAITING_BYTES_MAX: Final = 8 * 1024 * 1024


class ReaderFault(Exception):
    """The stream cannot be read on from here: a gap, or the server is away."""


class Carried(NamedTuple):
    """A message: where it was published, what it says, its place in the stream, when the stream took it
    (microseconds since 1970), and how many are still to come."""

    subject: str
    data: bytes
    seq: int
    taken_us: int
    pending: int


class Reader:
    """Reads a stream, or some of its subjects: `open`, then `take` and `room` in turn, then `close`."""

    def __init__(self, nats: Client, stream: str, subjects: Sequence[str] = ()) -> None:
        self._nats = nats
        self._stream = stream
        self._subjects = list(subjects) or None
        self._waiting: list[Carried] = []
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._subscription: Subscription | None = None
        self._delivered = 0
        self._heard_at = 0.0
        self._asked_for_room: list[str] = []
        self._fault: str | None = None
        self._consumer: str | None = None
        self.pending = 0

    async def open(self, seq: int) -> None:
        """Begin with message `seq`, or the first that is still there."""
        inbox = self._nats.new_inbox()
        self._subscription = await self._nats.subscribe(inbox, cb=self._on_message)
        self._heard_at = asyncio.get_running_loop().time()
        info = await self._nats.jetstream().add_consumer(
            self._stream,
            ConsumerConfig(
                deliver_subject=inbox,
                deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=seq,
                filter_subjects=self._subjects,
                ack_policy=AckPolicy.NONE,
                max_deliver=1,
                flow_control=True,
                idle_heartbeat=HEARTBEAT_S,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        self._consumer = info.name
        # What came since is counted by the messages themselves.
        self.pending = self.pending if self._delivered else int(info.num_pending or 0)

    async def take(self, within_s: float) -> list[Carried]:
        """Everything that waits; waits itself for the first up to `within_s`. Raises ReaderFault."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            self._arrived.clear()
            try:
                async with asyncio.timeout(within_s):
                    await self._arrived.wait()
            except TimeoutError:
                if loop.time() - self._heard_at > SILENT_AFTER_S:
                    raise ReaderFault("NATS sends no heartbeat") from None
        if self._fault is not None:
            raise ReaderFault(self._fault)
        if not self._nats.is_connected:
            raise ReaderFault("NATS is away")
        taken, self._waiting, self._waiting_bytes = self._waiting, [], 0
        return taken

    async def room(self) -> None:
        """What was taken is dealt with: let the server send on."""
        asked, self._asked_for_room = self._asked_for_room, []
        for reply in asked:
            await self._nats.publish(reply)

    async def close(self) -> None:
        """Stop; the server forgets the consumer."""
        if self._subscription is None or not self._nats.is_connected:
            return
        await self._subscription.unsubscribe()
        if self._consumer is not None:
            with suppress(NotFoundError):  # the server was quicker
                await self._nats.jetstream().delete_consumer(self._stream, self._consumer)

    async def _on_message(self, message: Msg) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        if message.headers and message.headers.get("Status") == "100":
            await self._on_control(message)
            return
        seq, delivered, taken_us, pending = place_of(message.reply)
        if delivered != self._delivered + 1:
            self._stop(f"messages lost between {self._delivered} and {delivered}")
            return
        self._delivered, self.pending = delivered, pending
        self._waiting.append(Carried(message.subject, message.data, seq, taken_us, pending))
        self._waiting_bytes += len(message.data)
        self._arrived.set()

    async def _on_control(self, message: Msg) -> None:
        headers = message.headers or {}
        reply = message.reply or headers.get("Nats-Consumer-Stalled")
        if reply and self._waiting_bytes < WAITING_BYTES_MAX:
            await self._nats.publish(reply)
        elif reply and reply not in self._asked_for_room:
            self._asked_for_room.append(reply)
        last = headers.get("Nats-Last-Consumer")
        if last is not None and int(last) > self._delivered:
            self._stop(f"messages lost between {self._delivered} and {last}")

    def _stop(self, fault: str) -> None:
        self._fault = self._fault or fault
        self._arrived.set()


def place_of(reply: str) -> tuple[int, int, int, int]:
    """What JetStream says of a message in its reply subject, with or without a JetStream domain.

    Its number in the stream, its number for this consumer, when the stream took it (microseconds since 1970),
    how many follow. `$JS.ACK.[domain.account.]stream.consumer.times.number.number.ns.pending[.token]`
    """
    tokens = reply.split(".")
    _, seq, delivered, taken_ns, pending = map(int, tokens[4:9] if len(tokens) == 9 else tokens[6:11])
    return seq, delivered, taken_ns // 1000, pending
