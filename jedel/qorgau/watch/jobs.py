"""What time and imports do to the lists: grounds are computed anew, entries run out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from prometheus_client import Gauge

from jedel.dispatch.day import local_day
from jedel.journal import Entry, Job, Store
from jedel.kernel.ids import new_id
from jedel.qorgau.model import CODES
from jedel.qorgau.watch import compute, repository
from jedel.qorgau.watch.model import PROPOSAL_LIFE
from jedel.qorgau.watch.rules import settings_on
from jedel.qorgau.watch.service import COLLECTION, EXPIRED
from jedel.registers.importer import REGION
from jedel.registers.repository import in_force

log = structlog.get_logger()

SYSTEM: Final = "system:qorgau"
LOOK_EVERY_S: Final = 5.0
"""How soon after an import the grounds are computed anew."""

QUICK_S: Final = 1.0
REST: Final = 10
"""What took longer than `QUICK_S` is computed again after so many times as long: a source that is fed live
changes every minute, and shall not keep the database busy for ever."""

LOCK: Final = 0x716F72676175  # "qorgau"

STANDS = Gauge("jedel_watch_ground_stands", "1: the computed ground gives hits; 0: it is off", ["ground"])
ROWS = Gauge("jedel_watch_ground_rows", "Plates under a computed ground", ["ground"])
AGE = Gauge("jedel_watch_register_age_days", "Age of the oldest register behind a ground", ["ground"])


async def refresh(store: Store) -> tuple[compute.Computed, ...]:
    """Compute each ground of which anything changed: a register, the day, the settings. What was computed."""
    done = []
    async with store.pool.connection() as conn:
        cursor = await conn.execute("SELECT pg_try_advisory_lock(%s) AS ours", (LOCK,))
        row = await cursor.fetchone()
        if row is None or not row["ours"]:
            return ()
        try:
            now = store.clock.now()
            today = local_day(now)
            # numbers first: an import that comes in between is computed now and once more, never missed
            imports = await compute.imports(conn)
            force, settings = await in_force(conn), settings_on(today)
            known = {row["ground"]: row for row in await repository.standing(conn)}
            for ground in compute.NEEDS:
                found = compute.standing(ground, force, imports, settings, today)
                if _due(found, known.get(ground.value), now):
                    done.append(await compute.compute(conn, found, force, settings, today, now))
                _tell(found, now)
        finally:
            await conn.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
    if done:
        await _record(store, done)
    return tuple(done)


def _due(found: compute.Standing, row: dict[str, Any] | None, now: datetime) -> bool:
    """Whether there is anything to compute now. ``row``: how the ground was computed last."""
    if row is None or row["stands"] != found.stands:
        return True
    rest = timedelta(seconds=REST * row["seconds"]) if row["seconds"] > QUICK_S else timedelta(0)
    return bool(row["inputs"] != found.inputs and now - row["computed_at"] >= rest)


def _tell(found: compute.Standing, now: datetime) -> None:
    code = CODES[found.ground]
    STANDS.labels(code).set(found.stands)
    if found.age is not None:
        AGE.labels(code).set((now - found.age.as_of).total_seconds() / 86_400)


async def _record(store: Store, done: Sequence[compute.Computed]) -> None:
    async with store.transaction() as tx:
        for each in done:
            its, code = each.standing, CODES[each.standing.ground]
            ROWS.labels(code).set(each.rows)
            facts = {
                "ground": code, "stands": its.stands, "why": its.why, "register": its.register,
                "rows": each.rows, "changed": each.changed, "gone": each.gone,
                "seconds": round(each.seconds, 1),
            }  # fmt: skip
            (log.info if its.stands else log.warning)("watch computed", **facts)
            tx.record(Entry(new_id(), REGION, "qorgau.watch_computed", new_id(), SYSTEM, facts))


async def expire(store: Store) -> int:
    """Say of entries that their time is over. Nothing is looked for after its last day in any case; what
    else is held against the same plate comes to the workers with this."""
    async with store.transaction() as tx:
        ended = await repository.expire(tx.conn, local_day(tx.now), tx.now - PROPOSAL_LIFE)
        for region in sorted({each.region for each in ended}):
            its = [each for each in ended if each.region == region]
            facts = {
                "entries": sum(each.held for each in its),
                "proposals": sum(not each.held for each in its),
            }
            gone = [str(each.id) for each in its if each.by_hand]
            event_id = new_id()
            tx.record(
                Entry(
                    event_id,
                    region,
                    EXPIRED,
                    event_id,
                    SYSTEM,
                    facts,
                    gone={COLLECTION: gone} if gone else {},
                )
            )
    return len(ended)


async def forget(store: Store) -> int:
    """What is so no more, after a week."""
    async with store.pool.connection() as conn:
        return await compute.forget(conn, store.clock.now())


def jobs(store: Store) -> Sequence[Job]:
    """The lists' periodic work."""
    return (
        Job("qorgau.watch", LOOK_EVERY_S, partial(refresh, store)),
        Job("qorgau.watch_expire", 30.0, partial(expire, store)),
        Job("qorgau.watch_forget", 86_400.0, partial(forget, store)),
    )
