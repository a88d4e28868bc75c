"""All live feeds of one web process, and what drives them: NATS, and PostgreSQL in case NATS is silent."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import orjson
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from psycopg_pool import PoolTimeout

from jedel.app.feed import Listener, RegionFeed
from jedel.journal import Collection, Store
from jedel.journal import repository as journal
from jedel.journal.relay import SEQ_HEADER
from jedel.kernel.tasks import heed_cancel
from jedel.units.codec import Records, decode, now_json
from jedel.units.hot import HotUnits
from jedel.units.positions.repository import last as last_positions

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
"""How often the journal is looked at by itself; the longest delay of an event while NATS is away."""

POSITIONS_EVERY_S = 1.0


class Hub:
    """Feeds by region."""

    def __init__(self, store: Store, collections: Mapping[str, Collection]) -> None:
        self.store = store
        self.collections = collections
        self.feeds: dict[str, RegionFeed] = {}
        self.hot: dict[str, HotUnits] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def feed(self, region: str) -> RegionFeed:
        """The region's feed; begun at its first listener."""
        if region not in self.feeds:
            self.feeds[region] = RegionFeed(self.store, self.collections, region)
        return self.feeds[region]

    async def listen(self, nats: Client) -> None:
        """Subscribe to journal entries and positions; units are where they were last until they report."""
        await nats.subscribe("jedel.journal.*", cb=self._on_entry)
        await nats.subscribe("jedel.positions.now.*", cb=self._on_positions)
        async with self.store.reading() as tx:
            for region, records in (await last_positions(tx.conn)).items():
                self.hot_of(region).update(records)

    async def _on_entry(self, message: Msg) -> None:
        region = message.subject.rpartition(".")[2]
        feed = self.feeds.get(region)
        if feed is None or feed.seq < 0:
            return
        seq = int((message.headers or {})[SEQ_HEADER])
        if not feed.heard(seq, message.data):
            self._spawn_fill(feed)

    async def _on_positions(self, message: Msg) -> None:
        region = message.subject.rpartition(".")[2]
        self.hot_of(region).update(decode(message.data))

    def hot_of(self, region: str) -> HotUnits:
        """Where the region's units are now."""
        return self.hot.setdefault(region, HotUnits())

    def _spawn_fill(self, feed: RegionFeed) -> None:
        task = asyncio.create_task(self._fill(feed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fill(self, feed: RegionFeed) -> None:
        try:
            await feed.fill()
        except (psycopg.Error, PoolTimeout, OSError) as error:
            log.warning("feed waits for PostgreSQL", region=feed.region, error=repr(error))

    async def run(self) -> None:
        """Look for missed events and send positions, for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look())
            tasks.create_task(self._send_positions())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            for feed in list(self.feeds.values()):
                if feed.listeners and await self._behind(feed):
                    await self._fill(feed)

    async def _behind(self, feed: RegionFeed) -> bool:
        with suppress(psycopg.Error, PoolTimeout, OSError):
            async with self.store.reading() as tx:
                return await journal.head(tx.conn, feed.region) > feed.seq
        heed_cancel()
        return False

    async def _send_positions(self) -> None:
        versions: dict[str, int] = {}
        while True:
            await asyncio.sleep(POSITIONS_EVERY_S)
            for region, hot in list(self.hot.items()):
                moved = hot.moved(versions.get(region, 0))
                versions[region] = hot.version
                feed = self.feeds.get(region)
                if len(moved) and feed and feed.listeners:
                    text = _positions(moved)
                    for listener in feed.listeners:
                        listener.whisper(text)

    def tell_positions(self, region: str, listener: Listener) -> None:
        """Where every unit is, for a console that has just come: one that stands still sends little."""
        everyone = self.hot_of(region).moved(0)
        if len(everyone):
            listener.whisper(_positions(everyone))


def _positions(records: Records) -> str:
    message = {"type": "positions", "positions": now_json(records)}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()
