"""What units does by itself: notice silence, make and drop the daily partitions of positions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog

from jedel.journal import Entry, Job, Store
from jedel.kernel.ids import new_id
from jedel.units import model, repository
from jedel.units.positions import repository as positions
from jedel.units.service import view

log = structlog.get_logger()

BATCH = 200
SYSTEM = "system:units"


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """`silent_after_s`: without a position for this long a unit on shift is unavailable.

    `keep_days`: whole days for which positions are kept; `ahead_days`: partitions are made so far ahead.
    """

    silent_after_s: float = 60.0
    keep_days: int = 30
    ahead_days: int = 3


def jobs(store: Store, settings: UnitSettings | None = None) -> Sequence[Job]:
    """For the `jobs` process."""
    settings = settings or UnitSettings()
    return (
        Job("units.silence", 5.0, partial(sweep_silence, store, settings)),
        Job("units.partitions", 3600.0, partial(keep_partitions, store, settings)),
    )


async def sweep_silence(store: Store, settings: UnitSettings) -> int:
    """Journal every unit that has gone silent or is heard again; how many."""
    changed = 0
    while True:
        found, full = await _sweep_batch(store, settings)
        changed += found
        if not full:
            return changed


async def _sweep_batch(store: Store, settings: UnitSettings) -> tuple[int, bool]:
    changed = 0
    async with store.transaction() as tx:
        listened_at = await repository.listened_at(tx.conn)
        if listened_at is None:
            return 0, False
        listening_at = min(listened_at, tx.now)
        silent_before = listening_at - timedelta(seconds=settings.silent_after_s)
        suspects = await repository.silence_suspects(tx.conn, silent_before, BATCH)
        for unit, heard_at in suspects:
            silent = model.silence(unit, heard_at, listening_at, settings.silent_after_s)
            if silent is None:
                continue
            after = replace(unit, silent=silent)
            await repository.save(tx.conn, after)
            kind = "units.silent" if silent else "units.heard"
            data = {"heard_at": heard_at, "kept_status": unit.status}
            tx.record(Entry(new_id(), unit.region, kind, unit.id, SYSTEM, data, {"units": [view(after)]}))
            changed += 1
    return changed, len(suspects) == BATCH and changed > 0


async def keep_partitions(store: Store, settings: UnitSettings) -> None:
    """Partitions from yesterday to `ahead_days` ahead; those older than `keep_days` are dropped."""
    async with store.transaction() as tx:
        today = tx.now.date()
        made = await positions.make_partitions(tx.conn, today - timedelta(days=1), settings.ahead_days + 2)
    async with store.transaction() as tx:
        dropped = await positions.drop_partitions(tx.conn, today - timedelta(days=settings.keep_days))
    if made or dropped:
        log.info("position partitions", made=[str(d) for d in made], dropped=[str(d) for d in dropped])
