"""A line to each driver, over its real link: what a device does with it, whatever the protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Protocol
from uuid import UUID, uuid4, uuid5

from nats.aio.client import Client
from nats.aio.subscription import Subscription
from siadc09 import message
from siadc09.account import Account
from siadc09.xdata import Data

from jedel.access import DeviceKind
from jedel.alarms import panels
from jedel.alarms.drivers.dc09.session import Dc09Session
from jedel.alarms.drivers.mqtt.session import MqttSession
from jedel.alarms.schemas import Panel
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.kernel.ids import new_id
from tests.alarms.support import ADMIN, device
from tests.support import Api, Seat

PRESSES = uuid4()
ACCOUNTS = count(0xA000)
ANSWER_S = 10.0


class Line(Protocol):
    """One device and its link. ``press`` makes the n-th press; ``send`` brings the reply."""

    name: str
    driver: str
    device_id: UUID

    @property
    def keeps_skewed(self) -> bool:
        """Whether a press with an impossible time is taken at once (else it is refused with our time)."""
        ...

    def press(self, n: int, at: datetime | None = None, level: str = "help") -> bytes: ...

    def restore(self, n: int) -> bytes: ...

    async def send(self, raw: bytes) -> bytes: ...

    async def post(self, raw: bytes) -> None:
        """Send and do not wait for anything."""
        ...

    def is_receipt(self, reply: bytes) -> bool: ...

    async def restart(self) -> None:
        """The driver's session ends and begins again."""
        ...

    async def break_off(self, raw: bytes) -> None:
        """Send a part of a message, then lose the link and find it again."""
        ...


@dataclass
class JsonLine:
    """What MQTT and HTTP have in common."""

    device_id: UUID
    keeps_skewed: bool = True

    def press(self, n: int, at: datetime | None = None, level: str = "help") -> bytes:
        return self._json(n, "press", level=level, **({"at": at.isoformat()} if at else {}))

    def restore(self, n: int) -> bytes:
        return self._json(n, "restore")

    def is_receipt(self, reply: bytes) -> bool:
        return bool(reply) and "receipt" in json.loads(reply)

    def _json(self, n: int, kind: str, **more: str) -> bytes:
        name = f"{self.device_id} {kind} {n}"
        return json.dumps({"id": str(uuid5(PRESSES, name)), "kind": kind} | more).encode()


@dataclass
class MqttLine(JsonLine):
    store: Store = field(kw_only=True)
    bus: Client = field(kw_only=True)
    session: MqttSession = field(kw_only=True)
    down: Subscription = field(kw_only=True)
    name: str = "mqtt"
    driver: str = "mqtt"

    async def send(self, raw: bytes) -> bytes:
        """Refusals of what was sent before may still be under way: the reply is the one with our id."""
        await self.post(raw)
        while True:
            reply: bytes = (await self.down.next_msg(ANSWER_S)).data
            said = json.loads(reply)
            if json.loads(raw)["id"] in (said.get("receipt"), said.get("refused")):
                return reply

    async def post(self, raw: bytes) -> None:
        await self.bus.publish(f"jedel.device.{self.device_id}.up", raw)
        await self.bus.flush()

    async def restart(self) -> None:
        await self.session.stop()
        self.session = MqttSession(self.store, self.bus)
        await self.session.start()

    async def break_off(self, raw: bytes) -> None:
        """A packet of MQTT arrives whole or not at all."""


@dataclass
class HttpLine(JsonLine):
    seat: Seat = field(kw_only=True)
    name: str = "http"
    driver: str = "http"
    waiting: set[asyncio.Task[bytes]] = field(default_factory=set)

    async def send(self, raw: bytes) -> bytes:
        return (await self.seat.post("/api/device/signals", content=raw)).content

    async def post(self, raw: bytes) -> None:
        self.waiting.add(asyncio.create_task(self.send(raw)))

    async def restart(self) -> None: ...

    async def break_off(self, raw: bytes) -> None: ...


@dataclass
class Dc09Line:
    device_id: UUID
    store: Store
    clock: ManualClock
    session: Dc09Session
    account: int
    key: bytes | None
    udp: bool
    name: str
    driver: str = "dc09"
    link: Any = None

    @property
    def keeps_skewed(self) -> bool:
        return self.key is None

    def press(self, n: int, at: datetime | None = None, level: str = "help") -> bytes:
        return self._event(n, b"Nri1/%s01" % (b"HA" if level == "lockdown" else b"PA"), at)

    def restore(self, n: int) -> bytes:
        return self._event(n, b"Nri1/PR01", None)

    def is_receipt(self, reply: bytes) -> bool:
        try:
            return isinstance(message.parse_frame(reply, self.key), message.AckMessage)
        except (RuntimeError, ValueError, TypeError):
            return False

    async def send(self, raw: bytes) -> bytes:
        """DUHs for what was sent before may still be under way: the reply is the first that is none."""
        await self.post(raw)
        async with asyncio.timeout(ANSWER_S):
            while True:
                reply: bytes
                reply = await (self.link.replies.get() if self.udp else self.link[0].readuntil(b"\r"))
                if b'"DUH"' not in reply:
                    return reply

    async def post(self, raw: bytes) -> None:
        if self.link is None:
            await self.connect()
        if self.udp:
            self.link.transport.sendto(raw)
        else:
            self.link[1].write(raw)
            await self.link[1].drain()

    async def connect(self) -> None:
        if self.udp:
            loop = asyncio.get_running_loop()
            address = ("127.0.0.1", self.session.port)
            _, self.link = await loop.create_datagram_endpoint(_Replies, remote_addr=address)
        else:
            self.link = await asyncio.open_connection("127.0.0.1", self.session.port)

    async def disconnect(self) -> None:
        if self.link is not None:
            (self.link.transport if self.udp else self.link[1]).close()
            self.link = None

    async def restart(self) -> None:
        await self.disconnect()
        await self.session.stop()
        self.session = Dc09Session(self.store, "127.0.0.1", 0)
        await self.session.start()

    async def break_off(self, raw: bytes) -> None:
        await self.post(raw)
        await self.disconnect()

    def _event(self, n: int, data: bytes, at: datetime | None) -> bytes:
        if at is None:
            at = self.clock.now().replace(microsecond=0)
        config = {"idtoken": "SIA-DCS", "seqno": n, "data": Data(b"#%X|%s" % (self.account, data))}
        frame: bytes = message.EventMessage(Account(acct=self.account, key=self.key), config=config).encode(
            timestamp=at
        )
        return frame


class _Replies(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.replies: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.replies.put_nowait(data)


@dataclass(frozen=True)
class World:
    """What lines are made in."""

    store: Store
    clock: ManualClock
    bus: Client
    client: Api


@asynccontextmanager
async def mqtt(world: World) -> AsyncIterator[Line]:
    device_id = await device(world.store)
    session = MqttSession(world.store, world.bus)
    await session.start()
    down = await world.bus.subscribe(f"jedel.device.{device_id}.down")
    line = MqttLine(device_id, store=world.store, bus=world.bus, session=session, down=down)
    try:
        yield line
    finally:
        await line.session.stop()


@asynccontextmanager
async def http(world: World) -> AsyncIterator[Line]:
    seat, device_id, _ = await world.client.device("panic_button")
    line = HttpLine(device_id, seat=seat)
    yield line
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*line.waiting, return_exceptions=True)


def dc09(name: str, *, udp: bool, key: bytes | None) -> Callable[[World], Any]:
    @asynccontextmanager
    async def open_line(world: World) -> AsyncIterator[Line]:
        account = next(ACCOUNTS)
        device_id = await device(world.store, DeviceKind.PANEL, account=f"{account:04X}")
        if key is not None:
            body = Panel(id=new_id(), aes_key=key.hex())
            await panels.configure(world.store, ADMIN, device_id, body)
        session = Dc09Session(world.store, "127.0.0.1", 0)
        await session.start()
        line = Dc09Line(device_id, world.store, world.clock, session, account, key, udp, name)
        try:
            yield line
        finally:
            await line.disconnect()
            await line.session.stop()

    return open_line


OPENERS: dict[str, Callable[[World], Any]] = {
    "mqtt": mqtt,
    "http": http,
    "dc09-tcp": dc09("dc09-tcp", udp=False, key=None),
    "dc09-udp": dc09("dc09-udp", udp=True, key=None),
    "dc09-tcp-aes": dc09("dc09-tcp-aes", udp=False, key=bytes(range(16))),
    "dc09-udp-aes": dc09("dc09-udp-aes", udp=True, key=bytes(range(32))),
}

SKEWED = timedelta(days=400)

__all__ = ["OPENERS", "SKEWED", "Line", "World"]
