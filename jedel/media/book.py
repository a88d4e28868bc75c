"""Which streams there are: the rooms on the right say it, the gateways ask.

A gateway asks again when it hears on NATS that a stream changed, and from time to time anyway.
"""

from collections.abc import Sequence
from typing import Final, Protocol
from uuid import UUID

from nats.aio.client import Client

from jedel.journal import Store
from jedel.journal.repository import Connection
from jedel.media.model import StreamSpec

CHANGED: Final = "jedel.media.changed"
"""NATS subject; the message is a stream's id, or what all ids of one owner begin with (``camera/<uuid>``)."""
ID_CHARS_MAX: Final = 200


class Resolver(Protocol):
    """What a room knows of the streams that are its own."""

    @property
    def prefix(self) -> str:
        """What the ids of its streams begin with: ``camera/``."""
        ...

    async def spec(self, conn: Connection, stream_id: str) -> StreamSpec | None:
        """None: there is no such stream, or it is switched off."""
        ...

    async def published_by(self, conn: Connection, publisher: UUID) -> str | None:
        """The id of the stream that a device or account publishes; None: it publishes none of this room."""
        ...

    async def recorded(self, conn: Connection) -> Sequence[str]:
        """Ids of the streams that are kept all the time, whether somebody looks or not."""
        ...


class Book:
    """All resolvers, by what the ids of their streams begin with."""

    def __init__(self, store: Store, resolvers: Sequence[Resolver]) -> None:
        self._store = store
        self._resolvers = tuple(resolvers)

    async def spec(self, stream_id: str) -> StreamSpec | None:
        """What the stream is asked to be; None: there is none by this id."""
        if len(stream_id) > ID_CHARS_MAX:
            return None
        for resolver in self._resolvers:
            if stream_id.startswith(resolver.prefix):
                async with self._store.glance() as tx:
                    return await resolver.spec(tx.conn, stream_id)
        return None

    async def published_by(self, publisher: UUID) -> str | None:
        """The id of the stream that this device or account publishes."""
        async with self._store.glance() as tx:
            for resolver in self._resolvers:
                found = await resolver.published_by(tx.conn, publisher)
                if found is not None:
                    return found
        return None

    async def recorded(self) -> list[str]:
        """Ids of all streams that are kept all the time."""
        async with self._store.glance() as tx:
            return [each for resolver in self._resolvers for each in await resolver.recorded(tx.conn)]


async def tell_changed(nats: Client, what: str) -> None:
    """A stream (its id), or all of an owner (``camera/<uuid>``), is to be looked up again, by every gateway.

    It may not arrive: gateways also look by themselves, within a minute.
    """
    if nats.is_connected:
        await nats.publish(CHANGED, what.encode())
