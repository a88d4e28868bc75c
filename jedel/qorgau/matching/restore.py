"""Where plates were last seen, again, when a worker starts: snapshots first, then what was stored after them.

A share without a snapshot that can be used is rebuilt from the table of reads, the newest hours first, for as
long as `REBUILD_S`: what is not reached is said, and is only that some pairs of places will not be noticed.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import structlog

from jedel.journal import Store
from jedel.plates.codec import partition
from jedel.qorgau.matching import repository, snapshot
from jedel.qorgau.matching.engine import KEEP_US, Engine
from jedel.qorgau.matching.snapshot import SnapshotBroken

log = structlog.get_logger()

REBUILD_S: Final = 25.0
CAMERAS_AT_ONCE: Final = 64
_STEP: Final = timedelta(hours=1)


async def restore(store: Store, engine: Engine, folder: Path, partitions: Sequence[int], now_us: int) -> None:
    """Fill the (empty) last sightings with what is known of some partitions. Raises psycopg.Error."""
    began = time.monotonic()
    since = await asyncio.to_thread(_from_files, engine, folder, partitions, now_us)
    loaded = len(engine.seen)
    whole = True
    for since_us in sorted(set(since.values()), reverse=True):
        parts = [part for part, us in since.items() if us == since_us]
        whole &= await _from_table(store, engine, parts, since_us, began + REBUILD_S)
    tell = log.info if whole else log.warning
    tell(
        "last sightings are known again" if whole else "last sightings are known in part",
        plates=len(engine.seen), from_snapshots=loaded, seconds=round(time.monotonic() - began, 1),
    )  # fmt: skip


def _from_files(engine: Engine, folder: Path, partitions: Sequence[int], now_us: int) -> dict[int, int]:
    """From when on the table is to be read, by partition."""
    since = dict.fromkeys(partitions, now_us - KEEP_US)
    found = []
    for path in snapshot.paths(folder):
        try:
            found.append((snapshot.header(path), path))
        except (SnapshotBroken, OSError) as error:
            log.error("a snapshot of last sightings cannot be used", why=str(error))
    left = set(partitions)
    for header, path in sorted(found, key=lambda each: each[0].since_us, reverse=True):
        wanted = sorted(left & set(header.partitions))
        if not wanted or header.since_us <= now_us - KEEP_US:
            continue
        try:
            snapshot.load(path, wanted, engine.seen, now_us - KEEP_US)
        except (SnapshotBroken, OSError) as error:
            log.error("a snapshot of last sightings cannot be used", why=str(error))
            continue
        left -= set(wanted)
        since |= dict.fromkeys(wanted, header.since_us)
    return since


async def _from_table(
    store: Store, engine: Engine, partitions: Sequence[int], since_us: int, until_s: float
) -> bool:
    """Whether all was read before the time was up."""
    since = datetime.fromtimestamp(since_us / 1e6, UTC)
    wanted = np.isin(np.arange(16), list(partitions))
    async with store.reading() as tx:
        cameras = await repository.camera_numbers(tx.conn)
        until = tx.now + _STEP
        while until > since:
            first = max(since, until - _STEP)
            for at in range(0, len(cameras), CAMERAS_AT_ONCE):
                if time.monotonic() > until_s:
                    return False
                some = cameras[at : at + CAMERAS_AT_ONCE]
                reads = await repository.reads_between(tx.conn, some, first, until)
                mine = reads[wanted[partition(np.ascontiguousarray(reads["plate"]))]]
                await asyncio.to_thread(engine.remember, mine)
            until = first
    return True
