"""Keeps an engine's lists, register and roads as the database has them."""

import asyncio
import time
from contextlib import suppress
from typing import Final

import numpy as np
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from prometheus_client import Counter
from psycopg_pool import PoolTimeout

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.places import Networks, RoadNetwork
from jedel.plates.cameras import Cameras
from jedel.qorgau.matching.engine import Engine
from jedel.qorgau.matching.roads import Roads, Spots
from jedel.qorgau.watch import load
from jedel.qorgau.watch.errors import WatchForgotten

log = structlog.get_logger()

POLL_S: Final = 2.0
"""A lost bell costs at most this."""
KNOWN_POLL_S: Final = 30.0
CLOCK_S: Final = 1.0
"""What a measured clock may still be off."""
CLOCK_UNKNOWN_S: Final = 60.0
"""A clock that nobody has measured yet."""

STALE = Counter("jedel_qorgau_refresh_failed_total", "Looks at lists, register or cameras that failed")
FAULTS: Final = (psycopg.Error, PoolTimeout, NatsError, TimeoutError, OSError)
_NONE: Final = -1


class Keeper:
    """Runs beside the judging, in its event loop: every change takes effect between two batches."""

    def __init__(self, engine: Engine, nats: Client, cameras: Cameras, networks: Networks) -> None:
        self._engine = engine
        self._nats = nats
        self._cameras = cameras
        self._networks = networks
        self._watch = self._known = self._shown = _NONE
        self._maps: dict[str, int] = {}
        self._known_due = 0.0
        self._bell = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None

    async def begin(self, store: Store) -> None:
        """All of it as of now; then it is kept so. Raises psycopg.Error, NatsError."""

        async def rung(_message: Msg) -> None:
            self._bell.set()

        self._subscription = await self._nats.subscribe(load.BELL, cb=rung)
        self._known_due = 0.0
        await self._refresh(store)
        self._task = asyncio.create_task(self._run(store))

    async def stop(self) -> None:
        """Until the next `begin`."""
        if self._subscription is not None:
            with suppress(*FAULTS):
                await self._subscription.unsubscribe()
            self._subscription = None
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self, store: Store) -> None:
        away: str | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):  # wait_for may lose a cancel that comes with its end
                    await self._bell.wait()
            self._bell.clear()
            try:
                await self._refresh(store)
                away = None
            except FAULTS as error:
                STALE.inc()
                why = str(error).strip().partition("\n")[0] or type(error).__name__
                if why != away:
                    log.warning("lists, register or cameras are not looked at", why=why)
                away = why

    async def _refresh(self, store: Store) -> None:
        await self._refresh_watch(store)
        await self._refresh_roads(store)
        if time.monotonic() >= self._known_due:
            await self._refresh_known(store)
            self._known_due = time.monotonic() + KNOWN_POLL_S

    async def _refresh_watch(self, store: Store) -> None:
        async with store.reading() as tx:
            if self._watch != _NONE:
                if await load.version(tx.conn) == self._watch:
                    return
                try:
                    rows, gone, version = await load.changes(tx.conn, self._watch, local_day(tx.now))
                except WatchForgotten:
                    log.info("the list is loaded anew: too much has changed since")
                else:
                    self._engine.change_watch(rows, gone)
                    self._watch = version
                    return
            rows, version = await load.load_watch(tx.conn, local_day(tx.now))
        await asyncio.to_thread(self._engine.watch, rows)
        self._watch = version

    async def _refresh_known(self, store: Store) -> None:
        async with store.reading() as tx:
            version = await load.known_version(tx.conn)
            if version == self._known:
                return
            cars = await load.load_known(tx.conn)
        await asyncio.to_thread(self._engine.know, cars, complete=version > 0)
        self._known = version

    async def _refresh_roads(self, store: Store) -> None:
        await self._cameras.ready(store)
        regions = sorted({str(region) for region in self._cameras.region} - {""})
        networks = {region: await self._networks.ready(store, region) for region in regions}
        maps = {region: network.version for region, network in networks.items()}
        if self._cameras.version == self._shown and maps == self._maps:
            return
        numbers = {region: nth for nth, region in enumerate(regions)}
        open_ = {numbers[region]: _open(network) for region, network in networks.items()}
        self._engine.roads = Roads(_spots(self._cameras, numbers), open_)
        self._shown, self._maps = self._cameras.version, maps


def _open(network: RoadNetwork) -> RoadNetwork:
    """The same roads with nothing closed."""
    found = RoadNetwork(network.region)
    found.show(found.prepare(network.map, (), network.version))
    return found


def _spots(cameras: Cameras, numbers: dict[str, int]) -> Spots:
    clock_s = np.full(len(cameras.lon), CLOCK_UNKNOWN_S)
    for camera in cameras.all():
        if camera.clock_error_ms is not None:
            clock_s[camera.number] = CLOCK_S + abs(int(cameras.clock_error_ms[camera.number])) / 1_000
    region = np.array([numbers.get(str(region), _NONE) for region in cameras.region], np.int64)
    return Spots(cameras.lon.copy(), cameras.lat.copy(), region, clock_s)
