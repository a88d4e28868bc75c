"""Writes what is believed of cameras, in batches: a cabinet without power is one entry in the journal."""

import asyncio
from collections import defaultdict
from typing import Any, Final
from uuid import UUID

import numpy as np
from nats.aio.client import Client

from jedel.cameras.health import repository
from jedel.cameras.health.model import STATE_NUMBER, State
from jedel.cameras.health.repository import Written
from jedel.cameras.tiles.model import STATE_RECORD, STATE_SUBJECT
from jedel.journal import Entry, Store
from jedel.kernel.ids import new_id

ACTOR: Final = "system:health"
TOLD_MAX: Final = 500
"""Cameras that one entry names; of more it says how many they are."""
LOOKED_S: Final = 60.0
WAITS_S: Final = 2.0
"""After the first change others are waited for so long: what fails together is told together."""


class Ledger:
    """`changed` and `looked` at any time, `flush` again and again. What could not be written stays."""

    def __init__(self, store: Store, nats: Client | None) -> None:
        self._store, self._nats = store, nats
        self._changes: dict[UUID, Written] = {}
        self._looked: dict[UUID, tuple[dict[str, Any], bytes | None]] = {}
        self._first_s = self._written_s = 0.0

    def changed(self, what: Written) -> None:
        """A camera is in another state; the last of several counts."""
        if not self._changes:
            self._first_s = asyncio.get_running_loop().time()
        self._changes[what.camera.id] = what

    def looked(self, camera_id: UUID, seen: dict[str, Any], views: bytes | None) -> None:
        """A camera was looked at. ``views``: None: they are as they were."""
        before = self._looked.get(camera_id)
        self._looked[camera_id] = seen or (before[0] if before else {}), views or (before and before[1])

    async def flush(self, *, at_once: bool = False) -> None:
        """Write what is due. Raises psycopg.Error."""
        now = asyncio.get_running_loop().time()
        if self._changes and (at_once or now - self._first_s >= WAITS_S):
            await self._write()
        if self._looked and (at_once or now - self._written_s >= LOOKED_S):
            await self._write_looks()
            self._written_s = now

    async def _write(self) -> None:
        batch = dict(self._changes)
        by_region: defaultdict[str, list[Written]] = defaultdict(list)
        for written in batch.values():
            by_region[written.camera.region].append(written)
        for region, changes in by_region.items():
            async with self._store.transaction() as tx:
                await repository.write(tx.conn, changes, tx.now)
                for entry in _entries(region, changes):
                    tx.record(entry)
            for each in changes:
                if self._changes.get(each.camera.id) is each:
                    del self._changes[each.camera.id]
        await self._say(list(batch.values()))

    async def _write_looks(self) -> None:
        batch, self._looked = self._looked, {}
        try:
            async with self._store.transaction() as tx:
                rows = [(camera_id, seen, views) for camera_id, (seen, views) in sorted(batch.items())]
                await repository.looked(tx.conn, tx.now, rows)
        except BaseException:
            self._looked = batch | self._looked
            raise

    async def _say(self, changes: list[Written]) -> None:
        if self._nats is None or not self._nats.is_connected:
            return  # the web processes look for themselves within half a minute
        records = np.zeros(len(changes), dtype=STATE_RECORD)
        records["number"] = [each.camera.number for each in changes]
        records["state"] = [STATE_NUMBER[each.state] for each in changes]
        records["flags"] = [each.recording for each in changes]
        await self._nats.publish(STATE_SUBJECT, records.tobytes())


def _entries(region: str, changes: list[Written]) -> list[Entry]:
    """One for all that fail, one for all that are back; a recording that begins is none."""
    found = []
    down = [each for each in changes if each.state is State.DOWN]
    back = [each for each in changes if each.state is State.UP and each.was is State.DOWN]
    for kind, some in (("cameras.unavailable", down), ("cameras.back", back)):
        if some:
            told = [
                {"id": str(each.camera.id), "number": each.camera.number, "name": each.camera.name}
                | ({"code": each.code, "since": each.since} if each.code else {})
                for each in some[:TOLD_MAX]
            ]
            subject = some[0].camera.id
            data = {"count": len(some), "cameras": told}
            found.append(Entry(new_id(), region, kind, subject, ACTOR, data))
    return found
