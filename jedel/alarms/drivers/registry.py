"""Every driver of this room. A new one is a folder (codec, session, samples) and one line here, and then
has to pass the conformance suite as it stands."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Protocol
from uuid import UUID

from nats.aio.client import Client

from jedel.alarms.drivers.dc09 import codec as dc09
from jedel.alarms.drivers.dc09.session import Dc09Session
from jedel.alarms.drivers.http import codec as http
from jedel.alarms.drivers.mqtt import codec as mqtt
from jedel.alarms.drivers.mqtt.session import MqttSession
from jedel.alarms.signals import Malformed, Signal
from jedel.journal import Store


@dataclass(frozen=True, slots=True)
class Link:
    """What a driver knows of a sender before it reads its message."""

    device_id: UUID
    now: datetime
    panel: dc09.Panel = field(default_factory=dc09.Panel)


class Session(Protocol):
    """A driver's input and output. ``start`` listens, ``stop`` leaves nothing behind."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Gateway:
    """What sessions are made from. ``dc09``: address and port, 0 for any free one."""

    store: Store
    nats: Client
    dc09: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Driver:
    """``session`` is None for a driver that the web process serves as a route."""

    name: str
    decode: Callable[[bytes, Link], Signal | Malformed]
    session: Callable[[Gateway], Session] | None

    @property
    def samples(self) -> Traversable:
        """Raw messages, and what each of them says (``expected.json``)."""
        return files(f"{__package__}.{self.name}").joinpath("samples")


def _decode_dc09(raw: bytes, link: Link) -> Signal | Malformed:
    head = dc09.header(raw)
    return head if isinstance(head, Malformed) else dc09.decode(head, link.panel, link.now)


DRIVERS = (
    Driver(
        "mqtt", lambda raw, link: mqtt.decode(raw, link.device_id), lambda g: MqttSession(g.store, g.nats)
    ),
    Driver("dc09", _decode_dc09, lambda g: Dc09Session(g.store, *g.dc09)),
    Driver("http", lambda raw, link: http.decode(raw, link.device_id), None),
)


@asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[dict[str, Session]]:
    """The sessions of all drivers, by name, until the block ends."""
    async with AsyncExitStack() as stack:
        sessions = {}
        for driver in DRIVERS:
            if driver.session is not None:
                session = driver.session(gateway)
                stack.push_async_callback(session.stop)
                await session.start()
                sessions[driver.name] = session
        yield sessions
