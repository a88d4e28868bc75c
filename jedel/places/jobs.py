"""Periodic work of places."""

import asyncio
import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from jedel.journal import Job, Store
from jedel.places import repository, service

LEFTOVER_S = 24 * 3600
"""A folder without a map row is swept when older: it is of a crashed import, or of an old map."""


def jobs(store: Store, blob_dir: Path) -> Sequence[Job]:
    """Closures end by themselves; the files of old maps go."""
    return (
        Job("places.lift_ended", 5.0, partial(service.lift_ended, store)),
        Job("places.sweep", 3_600.0, partial(sweep, store, blob_dir)),
    )


async def sweep(store: Store, blob_dir: Path, now_s: float | None = None) -> int:
    """Remove map folders that no map row names and nobody touched for LEFTOVER_S; how many."""
    async with store.reading() as tx:
        kept = {str(row["id"]) for row in await repository.maps(tx.conn)}
    return await asyncio.to_thread(_sweep, blob_dir / "maps", kept, time.time() if now_s is None else now_s)


def _sweep(maps: Path, kept: set[str], now_s: float) -> int:
    if not maps.is_dir():
        return 0
    old = [
        path
        for path in maps.iterdir()
        if path.is_dir() and path.name not in kept and now_s - path.stat().st_mtime > LEFTOVER_S
    ]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)
