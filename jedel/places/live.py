"""The networks of one process: loaded when first asked for, changed when maps or closures change."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from fastapi.requests import HTTPConnection
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.journal import Store
from jedel.kernel.tasks import heed_cancel
from jedel.places import repository
from jedel.places.model import Closure
from jedel.places.network import RoadNetwork
from jedel.places.network.mapfile import MapFile, load

log = structlog.get_logger()

CHANGED_SUBJECT = "jedel.places.changed"
"""NATS subject on which a region's code is said after its map or closures changed."""
POLL_S = 2.0
UNREAD = -1
"""Version of a network whose map could not be read: the next look tries again."""


class Networks:
    """Road networks by region. ``of`` never waits; ``refresh`` brings what was asked for up to date."""

    def __init__(self, blob_dir: Path) -> None:
        self.blob_dir = blob_dir
        self._networks: dict[str, RoadNetwork] = {}
        self._bell = asyncio.Event()
        self._busy = asyncio.Lock()
        self._looked = -POLL_S
        self._nats: Client | None = None

    def of(self, region: str) -> RoadNetwork:
        """The region's handle, always the same object; it estimates until the first refresh loads its map."""
        network = self._networks.get(region)
        if network is None:
            network = self._networks[region] = RoadNetwork(region)
            self._looked = -POLL_S
            self._bell.set()
        return network

    async def ready(self, store: Store, region: str) -> RoadNetwork:
        """The region's handle, looked up in the database where the last look is older than POLL_S."""
        network = self.of(region)
        if time.monotonic() - self._looked > POLL_S:
            await self.refresh(store)
        return network

    async def refresh(self, store: Store) -> None:
        """Load changed maps and closures now."""
        async with self._busy:
            self._looked = time.monotonic()
            async with store.reading() as tx:
                versions = await repository.versions(tx.conn)
                changed = [n for n in self._networks.values() if versions.get(n.region, 0) != n.version]
                state = [
                    (
                        n,
                        await repository.map_in_force(tx.conn, n.region),
                        await repository.closures(tx.conn, n.region),
                    )
                    for n in changed
                ]
            for network, row, closures in state:
                await self._show(network, row, closures, versions[network.region], tx.now)

    async def _show(
        self,
        network: RoadNetwork,
        row: dict[str, Any] | None,
        closures: list[dict[str, Any]],
        version: int,
        now: datetime,
    ) -> None:
        map_file = network.map
        if row is None:
            map_file = None
        elif map_file is None or map_file.map_id != row["id"]:
            loaded = await self._load(network.region, row["id"])
            map_file = loaded or map_file
            version = version if loaded else UNREAD
        holding = [c for c in map(closure_of, closures) if c.holds(now)]
        network.show(await asyncio.to_thread(network.prepare, map_file, holding, version))

    async def _load(self, region: str, map_id: UUID) -> MapFile | None:
        """None where the files are not to be had: the old map, or the estimate, goes on answering."""
        try:
            return await asyncio.to_thread(load, self.blob_dir, map_id)
        except (OSError, ValueError, KeyError) as error:
            log.error(
                "map cannot be read, import it again", region=region, map=str(map_id), error=repr(error)
            )
            return None

    def ring(self) -> None:
        """Something changed: the keeper looks at once."""
        self._bell.set()

    async def listen(self, nats: Client) -> None:
        """Look at once when another process says that places changed, and say so to the others."""

        async def changed(_message: Msg) -> None:
            self.ring()

        await nats.subscribe(CHANGED_SUBJECT, cb=changed)
        self._nats = nats

    async def announce(self, region: str) -> None:
        """Tell the other processes; one that does not hear it looks within POLL_S anyway."""
        if self._nats is not None and self._nats.is_connected:
            await self._nats.publish(CHANGED_SUBJECT, region.encode())

    async def keep_fresh(self, store: Store) -> None:
        """Follow changes until cancelled: at every ring, and every POLL_S seconds in case a ring got lost."""
        while True:
            try:
                await self.refresh(store)
            except Exception as error:  # noqa: BLE001
                # Supervised: the database may be away; the last picture goes on answering.
                log.warning("places wait for the database", error=repr(error))
            heed_cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._bell.wait()
            self._bell.clear()


def closure_of(row: dict[str, Any]) -> Closure:
    """A stored closure as the network takes it."""
    centre = None if row["lon"] is None else (row["lon"], row["lat"])
    return Closure(
        id=row["id"],
        factor=row["factor"],
        until=row["until"],
        line=tuple((lon, lat) for lon, lat in row["line"] or ()),
        street=row["street_key"],
        centre=centre,
        radius_m=row["radius_m"],
    )


def networks_of(connection: HTTPConnection) -> Networks:
    """The web process's networks, for routes."""
    networks: Networks = connection.app.state.networks
    return networks
