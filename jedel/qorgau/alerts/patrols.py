"""Where the units are that may be told, kept in a worker's memory as the web processes keep it."""

import time
from typing import Final
from uuid import UUID

import numpy as np
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.journal import Connection, Store
from jedel.qorgau.alerts import repository
from jedel.qorgau.approach import Patrols
from jedel.units.codec import Records, decode
from jedel.units.hot import HotUnits
from jedel.units.positions.repository import last as last_positions

ASK_AGAIN_S: Final = 1.0
"""How old the list of units that may be told may be."""


class PatrolPicture:
    """Regions' units: positions as they are heard, and once a second which of them may be told."""

    def __init__(self) -> None:
        self._hot: dict[str, HotUnits] = {}
        self._ready: dict[str, tuple[float, list[UUID]]] = {}

    async def listen(self, store: Store, nats: Client) -> None:
        """Begin with the last positions, go on with those that are heard."""
        await nats.subscribe("jedel.positions.now.*", cb=self._heard)
        async with store.reading() as tx:
            for region, records in (await last_positions(tx.conn)).items():
                self.update(region, records)

    async def _heard(self, message: Msg) -> None:
        self.update(message.subject.rpartition(".")[2], decode(message.data))

    def update(self, region: str, records: Records) -> None:
        """Take positions of a region's units."""
        self._hot.setdefault(region, HotUnits()).update(records)

    def forget(self) -> None:
        """Ask anew who may be told."""
        self._ready.clear()

    async def of(self, conn: Connection, region: str) -> Patrols:
        """The region's units that are on shift, free, heard and drive, where they are now."""
        hot = self._hot.get(region)
        if hot is None:
            return Patrols([], np.empty((0, 2)))
        asked, ready = self._ready.get(region, (-ASK_AGAIN_S, []))
        if time.monotonic() - asked >= ASK_AGAIN_S:
            ready = await repository.may_be_told(conn, region)
            self._ready[region] = (time.monotonic(), ready)
        places = np.flatnonzero(hot.mask(ready))
        return Patrols(hot.ids(places), hot.points(places))
