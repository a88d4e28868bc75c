"""Recordings are removed on their clocks, or before, aloud, when the disk is nearly full.

Order of steps: rows go and their files are named in `segment_doomed`, in one transaction; then files are
removed and their folders synced; then their names go. Whoever dies in between leaves names, and the next turn
goes on.

What gives way when the disk is nearly full, each step only while the one before is not enough:
1. It is said: on the screens of who keeps the disk, by `jedel doctor`, in a metric
   (`recording_disk.analytics_shed`). Nothing that only helps writes to this disk yet; what will, waits then.
2. The oldest recordings that the rule's floors allow.
3. The oldest recordings, whatever their age: it is better to record today's theft than to keep last week's
   empty street. What incidents and cases hold stays.
Recording itself is never stopped.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import structlog

from jedel.journal import Entry, Job, Store, Tx
from jedel.kernel.ids import new_id
from jedel.media.recording import metrics, repository, rules
from jedel.media.recording.files import sync_folder
from jedel.media.recording.model import path_of
from jedel.media.recording.repository import Row
from jedel.media.recording.rules import Rule

log = structlog.get_logger()

SYSTEM: Final = "system:media"
RECORDINGS: Final = uuid5(NAMESPACE_URL, "jedel:media:recordings")
"""What the journal's entries of removing are about."""
LOWERED: Final = "media.retention_lowered"
BATCH: Final = 200
BATCHES_MAX: Final = 500
ENOUGH: Final = 1.2
"""Removing goes on until so much more than the least is free."""
YOUNGEST: Final = timedelta(minutes=10)
"""What is younger is never removed: it is what somebody looks for now."""

Free = Callable[[Path], float]


def free_share(folder: Path) -> float:
    """Of the disk that the folder is on."""
    usage = shutil.disk_usage(folder)
    return usage.free / usage.total


@dataclass(slots=True)
class Disk:
    """``free_least``: share below which recordings go before their time. ``shed``: what was said last."""

    folder: Path
    free_least: float
    free: Free = free_share
    shed: bool = False


def jobs(store: Store, folder: Path, free_least: float) -> Sequence[Job]:
    """For the `jobs` process."""
    disk = Disk(folder, free_least)
    return (
        Job("media.retention", 60.0, partial(erase, store, disk)),
        Job("media.disk", 10.0, partial(make_room, store, disk)),
    )


async def erase(store: Store, disk: Disk) -> int:
    """Remove what has run out; how many segments."""
    now = store.clock.now()
    rule = rules.rule(now.date())
    async with store.glance() as tx:
        streams = await repository.streams(tx.conn)
    count = 0
    for row in streams:
        count += await _erase_stream(store, rule, row, now)
    await remove_doomed(store, disk.folder)
    if count:
        log.info("recordings erased", segments=count)
    return count


async def _erase_stream(store: Store, rule: Rule, stream: Row, now: datetime) -> int:
    keep = rule.keep(stream["class"], stream["keep_days"])
    before, event_before = now - keep, now - max(keep, rule.event)
    for nth in range(BATCHES_MAX):
        async with store.transaction() as tx:
            gone = await repository.run_out(tx.conn, stream["number"], before, event_before, tx.now, BATCH)
            await _doom(tx, gone)
        if len(gone) < BATCH:
            return nth * BATCH + len(gone)
    return BATCHES_MAX * BATCH


async def _doom(tx: Tx, gone: Sequence[Row]) -> None:
    files = [(path_of(row["stream"], row["start_at"]), row["bytes"]) for row in gone]
    await repository.add_doomed(tx.conn, files, tx.now)


async def remove_doomed(store: Store, folder: Path) -> int:
    """Remove the files that are named; how many bytes they were. What cannot be removed stays named."""
    freed = 0
    while True:
        async with store.glance() as tx:
            rows = await repository.doomed(tx.conn, BATCH)
        gone = await asyncio.to_thread(_unlink, folder, [row["path"] for row in rows])
        if gone:
            async with store.transaction() as tx:
                await repository.removed(tx.conn, gone)
            names = set(gone)
            freed += sum(row["bytes"] for row in rows if row["path"] in names)
        if len(gone) < BATCH:
            return freed


def _unlink(root: Path, paths: Sequence[str]) -> list[str]:
    gone: list[str] = []
    for folder, names in groupby(sorted(paths), key=os.path.dirname):
        done = []
        for path in names:
            try:
                (root / path).unlink(missing_ok=True)
                done.append(path)
            except OSError as error:
                log.error("a recording could not be removed", path=path, error=repr(error))
        try:
            if (root / folder).is_dir():
                sync_folder(root / folder)
        except OSError as error:
            log.error("a folder could not be synced", path=folder, error=repr(error))
            continue
        _drop_empty(root, root / folder)
        gone += done
    return gone


def _drop_empty(root: Path, folder: Path) -> None:
    """The day's folder, when nothing is in it any more and its day is over."""
    try:
        if folder != root and not any(folder.iterdir()) and _is_past(folder):
            folder.rmdir()
    except OSError:
        return  # somebody wrote into it, or it is gone: the next turn sees


def _is_past(folder: Path) -> bool:
    newest = max((each.name for each in folder.parent.iterdir()), default=folder.name)
    return folder.name < newest


async def make_room(store: Store, disk: Disk) -> bool:
    """Look how full the disk is and do what must be done; whether there is room now."""
    if not disk.folder.is_dir():
        return True
    free = await asyncio.to_thread(disk.free, disk.folder)
    # what was shed is given back later than it was taken, or it would come and go
    disk.shed = free < disk.free_least * (ENOUGH if disk.shed else 1.0)
    metrics.FREE.set(free)
    metrics.SHED.set(disk.shed)
    await _say(store, free, shed=disk.shed)
    if free >= disk.free_least:
        return True
    await erase(store, disk)
    for forced in (False, True):
        free = await _lower(store, disk, forced=forced)
        if free >= disk.free_least:
            return True
    log.critical("recordings: the disk is full of what incidents and cases hold", free_share=free)
    return False


async def _lower(store: Store, disk: Disk, *, forced: bool) -> float:
    """Remove the oldest until there is room; the free share then. Each batch is in the journal before its
    files are touched."""
    for _ in range(BATCHES_MAX):
        free = await asyncio.to_thread(disk.free, disk.folder)
        if free >= disk.free_least * ENOUGH:
            return free
        async with store.transaction() as tx:
            rule = rules.rule(tx.now.date())
            youngest = tx.now - YOUNGEST
            floors = {} if forced else {name: tx.now - age for name, age in rule.floor.items()}
            other = youngest if forced else tx.now - rule.floor[rules.OTHER]
            gone = await repository.oldest(tx.conn, floors, other, tx.now, BATCH)
            if not gone:
                return free
            await _doom(tx, gone)
            _tell(tx, gone, free, forced=forced)
            newest = max(row["end_at"] for row in gone)
            await repository.say_disk(tx.conn, tx.now, free, shed=True, lowered=True, lost_before=newest)
        metrics.LOWERED.inc(len(gone))
        log.error("recordings: the disk is nearly full, retention lowered", segments=len(gone),
                  until=newest.isoformat(), below_floor=forced, free_share=round(free, 4))  # fmt: skip
        await remove_doomed(store, disk.folder)
    return free


def _tell(tx: Tx, gone: Sequence[Row], free: float, *, forced: bool) -> None:
    for region, rows in groupby(sorted(gone, key=lambda row: row["region"]), key=lambda row: row["region"]):
        lost = list(rows)
        data = {
            "segments": len(lost),
            "bytes": sum(row["bytes"] for row in lost),
            "streams": len({row["stream"] for row in lost}),
            "from": min(row["start_at"] for row in lost),
            "until": max(row["end_at"] for row in lost),
            "below_floor": forced,
            "free_share": round(free, 4),
        }
        tx.record(Entry(new_id(), region, LOWERED, RECORDINGS, SYSTEM, data))


async def _say(store: Store, free: float, *, shed: bool) -> None:
    async with store.transaction() as tx:
        await repository.say_disk(tx.conn, tx.now, free, shed=shed, lowered=False, lost_before=None)
