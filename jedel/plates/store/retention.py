"""Reads are erased on their clocks: whole partitions, and with them the folders of their pictures.

The clock is that of the read (``at``), which no camera can set after ours (`batch`). A read without a hit is
gone at most an hour after its time has run out, a hit at most a week, however its camera's clock stood.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

import psycopg
import structlog

from jedel.journal import Entry, Job, Store
from jedel.kernel.ids import new_id
from jedel.plates.pictures import Pictures
from jedel.plates.store import partitions, rules
from jedel.plates.store.evidence import repository as evidence
from jedel.plates.store.partitions import CLASSES, HIT, PLAIN, Class

log = structlog.get_logger()

SYSTEM: Final = "system:plates"
READS: Final = uuid5(NAMESPACE_URL, "jedel:plates:reads")
"""What the journal's entries of erasing are about."""
AHEAD: Final = {PLAIN: timedelta(hours=6), HIT: timedelta(days=3)}
RELEASE_BATCH: Final = 500


def jobs(store: Store, blob_dir: Path) -> Sequence[Job]:
    """For the `jobs` process."""
    return (
        Job("plates.partitions", 600.0, partial(make_ahead, store)),
        Job("plates.retention", 30.0, partial(erase, store, Pictures(blob_dir))),
    )


async def make_ahead(store: Store) -> None:
    """Partitions for the coming hours and days."""
    async with store.transaction() as tx:
        rule = rules.retention(tx.now.date())
        for kind in CLASSES:
            first = max(partitions.erased_until(rule, kind, tx.now), tx.now - timedelta(days=1))
            await partitions.make(tx.conn, kind, first, tx.now + AHEAD[kind])


async def erase(store: Store, pictures: Pictures) -> None:
    """Whatever has run out by now: reads, their pictures, and reads of cases."""
    now = store.clock.now()
    rule = rules.retention(now.date())
    for kind in CLASSES:
        before = partitions.erased_until(rule, kind, now)
        async with store.glance() as tx:
            old = await partitions.expired(tx.conn, kind, before)
        for begin in old:
            try:
                await _erase(store, kind, begin)
            except psycopg.errors.LockNotAvailable:
                log.warning("somebody reads what is to be erased", partition=kind.child(begin))
    await asyncio.to_thread(_erase_pictures, pictures, rule, now)
    await release(store, pictures)


async def _erase(store: Store, kind: Class, begin: datetime) -> None:
    async with store.transaction() as tx:
        counts = await partitions.counts(tx.conn, kind, begin)
        await partitions.drop(tx.conn, kind, begin)
        for region, count in counts.items():
            data = {"class": kind.name, "from": begin, "until": begin + kind.step, "reads": count}
            tx.record(Entry(new_id(), region, "plates.erased", READS, SYSTEM, data))
    log.info("reads erased", partition=kind.child(begin), reads=sum(counts.values()))


def _erase_pictures(pictures: Pictures, rule: rules.Retention, now: datetime) -> None:
    hours = pictures.erase_hours(partitions.erased_until(rule, PLAIN, now))
    days = pictures.erase_hits(partitions.erased_until(rule, HIT, now).date())
    if hours or days:
        log.info("pictures erased", hours=hours, days_of_hits=days)


async def release(store: Store, pictures: Pictures) -> int:
    """Reads of cases whose retention has ended; how many."""
    async with store.transaction() as tx:
        today: date = tx.now.date()
        gone = await evidence.release(tx.conn, today, RELEASE_BATCH)
        for row in gone:
            data = {
                "case_number": row["case_number"],
                "until": row["until"],
                "evidence_id": row["evidence_id"],
            }
            tx.record(Entry(new_id(), row["region"], "plates.evidence_released", row["id"], SYSTEM, data))
        still = await evidence.kept(tx.conn, [row["id"] for row in gone])
    for row in gone:
        if row["id"] not in still:
            await asyncio.to_thread(pictures.release, row["id"])
    return len(gone)
