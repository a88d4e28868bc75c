"""Qorgau as the writer of reads knows it: the engine, kept fresh, saved, and its hits given to the alerts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from nats.aio.client import Client
from prometheus_client import Counter, Gauge

from jedel.dispatch.day import local_day
from jedel.journal import Store, Tx
from jedel.places import Networks
from jedel.plates.cameras import Cameras
from jedel.plates.codec import PARTITIONS, Reads
from jedel.plates.store.judging import Judged
from jedel.qorgau.matching.engine import KEEP_US, SEEN_ROOM, Engine
from jedel.qorgau.matching.found import Found
from jedel.qorgau.matching.fresh import Keeper
from jedel.qorgau.matching.lastseen import LastSeen
from jedel.qorgau.matching.restore import restore
from jedel.qorgau.matching.saving import Saving
from jedel.qorgau.model import CODES, Hits

HITS = Counter("jedel_qorgau_hits_total", "Reads that were hits, by ground", ["ground"])
PLATES = Gauge("jedel_qorgau_plates_seen", "Plates whose last sighting is known")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Alerts(Protocol):
    """What follows of hits, in the transaction that stores their reads (`jedel.qorgau.alerts`)."""

    async def write(self, tx: Tx, hits: Hits) -> None: ...


class QorgauJudge:
    """A `Judge` for one worker. Its state is that of the partitions it last began with."""

    def __init__(
        self, nats: Client, cameras: Cameras, networks: Networks, alerts: Alerts, blob_dir: Path
    ) -> None:
        """``networks``: this process's, of which only the maps are used: what is closed today was open to a
        car that passed before."""
        self.engine = Engine(0)
        self._alerts = alerts
        self._blob_dir = blob_dir
        self._keeper = Keeper(self.engine, nats, cameras, networks)
        self._saving: Saving | None = None
        self._now_us = 0
        self._heard_us = 0

    async def begin(self, store: Store, partitions: Sequence[int], progress: Mapping[int, int]) -> None:
        """Lists, register and roads where they are not there yet, and where plates were last seen as the
        database has it. ``progress`` is not needed: a read that is taken in twice changes nothing.

        Raises psycopg.Error, NatsError.
        """
        await self.close()
        self.engine.seen = LastSeen(SEEN_ROOM * len(partitions) // PARTITIONS)
        await self._keeper.begin(store)
        async with store.reading() as tx:
            now_us = (tx.now - _EPOCH) // timedelta(microseconds=1)
        await restore(store, self.engine, self._blob_dir, partitions, now_us)
        self._saving = Saving(self._blob_dir, partitions)

    def judge(self, reads: Reads, now_us: int) -> Judged:
        judged = self.engine.judge(reads, now_us, legal_day(now_us))
        self._now_us = now_us
        self._heard_us = int(reads["heard_us"].min()) if len(reads) else now_us
        return judged

    async def write(self, tx: Tx, reads: Reads, judged: Judged) -> None:
        """The hits go to the alerts."""
        found = judged.more
        assert isinstance(found, Found)
        if len(found.hits):
            await self._alerts.write(tx, hits_of(reads, judged, found))

    async def committed(self, judged: Judged) -> None:
        """Counted; a part of the snapshot is taken."""
        for ground, code in CODES.items():
            if count := int((judged.grounds & int(ground) > 0).sum()):
                HITS.labels(code).inc(count)
        PLATES.set(len(self.engine.seen))
        if self._saving is not None:
            self._saving.step(self.engine.seen, self._heard_us, self._now_us - KEEP_US)

    async def close(self) -> None:
        """Stop what goes on beside. `begin` starts it again."""
        await self._keeper.stop()
        if self._saving is not None:
            await self._saving.stop()
            self._saving = None


def legal_day(now_us: int) -> int:
    """Days since 1970 where the law's clock is."""
    return (local_day(datetime.fromtimestamp(now_us / 1e6, UTC)) - _EPOCH.date()).days


def hits_of(reads: Reads, judged: Judged, found: Found) -> Hits:
    """The hits of a batch as the alerts take them."""
    return Hits(
        reads[found.hits], judged.grounds[found.hits], judged.score[found.hits], found.entry, found.pairs
    )
