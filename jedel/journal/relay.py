"""From the journal to NATS: every entry, in order, at least once.

The journal itself is the outbox: its sequence is the order of commits without gaps, so the relay needs no
second copy of what it has to send, only a position (docs/decisions/0002-the-journal-is-the-outbox.md). The
position moves after JetStream has acknowledged; a relay that dies in between sends again, and JetStream drops
what it already has by message id, as do readers by sequence number.
"""

import asyncio
from datetime import datetime
from typing import NamedTuple

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from jedel.journal import repository
from jedel.journal.store import Store

READER = "relay"
STREAM = "JOURNAL"
BATCH = 500
KEEP_S = 24 * 3600
SEQ_HEADER = "Jedel-Seq"
"""Tells readers an entry's place without parsing it."""


def subject(region: str) -> str:
    """NATS subject of a region's entries."""
    return f"jedel.journal.{region}"


async def ensure_stream(js: JetStreamContext, config: StreamConfig) -> None:
    """Make the stream, or bring an existing one up to ``config``."""
    assert config.name is not None
    try:
        await js.stream_info(config.name)
        await js.update_stream(config)
    except NotFoundError:
        await js.add_stream(config)


class StreamState(NamedTuple):
    """When a stream was made, and the numbers of the first and the last message that it has."""

    created: datetime
    first: int
    last: int


async def stream_state(js: JetStreamContext, name: str) -> StreamState:
    """What the stream is at this moment."""
    info = await js.stream_info(name)
    assert info.created is not None
    return StreamState(info.created, info.state.first_seq, info.state.last_seq)


async def ensure_journal_stream(js: JetStreamContext) -> None:
    """The stream that carries entries; a day's worth, the record itself is in PostgreSQL."""
    await ensure_stream(
        js,
        StreamConfig(
            name=STREAM,
            subjects=["jedel.journal.>"],
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.OLD,
            max_age=KEEP_S,
            max_bytes=1024**3,
            duplicate_window=120,
        ),
    )


class Relay:
    """Publishes what stands in the journal beyond the relay's position."""

    def __init__(self, store: Store, nats: Client) -> None:
        self.store = store
        self.js = nats.jetstream(timeout=5, publish_async_max_pending=BATCH)
        self._stream_stands = False

    async def catch_up(self) -> int:
        """Send everything that is waiting; how many entries went out."""
        sent = 0
        if not self._stream_stands:
            await ensure_journal_stream(self.js)
            self._stream_stands = True
        while True:
            async with self.store.reading() as tx:
                regions = await repository.behind(tx.conn, READER)
            if not regions:
                return sent
            for region, seq, _head in regions:
                sent += await self._region(region, seq)

    async def _region(self, region: str, seq: int) -> int:
        async with self.store.reading() as tx:
            entries = await repository.after(tx.conn, region, seq, BATCH)
        acks = [
            await self.js.publish_async(
                subject(region),
                entry.event(),
                headers={"Nats-Msg-Id": str(entry.id), SEQ_HEADER: str(entry.seq)},
            )
            for entry in entries
        ]
        async with asyncio.timeout(10):
            await asyncio.gather(*acks)
        async with self.store.transaction() as tx:
            # A position lost in a crash means that entries are sent again, which their numbers make harmless.
            await repository.need_not_last(tx.conn)
            await repository.move_cursor(tx.conn, READER, region, entries[-1].seq)
        return len(entries)
