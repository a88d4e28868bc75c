"""What time does to openings: too long, incident over, or nobody agreed."""

from functools import partial

from jedel.cameras.openings import repository, service
from jedel.cameras.openings.model import ASKED_LIFE, LIFE
from jedel.journal import Job, Store
from jedel.kernel.ids import derived_id


async def sweep(store: Store) -> int:
    """Close what is overdue; how many."""
    async with store.transaction() as tx:
        rows = await repository.overdue(tx.conn, tx.now - LIFE, tx.now - ASKED_LIFE)
        for row in rows:
            command = derived_id(row["id"], "cameras.overdue")
            await service.close(tx, command, row, "system:cameras", "too_long")
    return len(rows)


def jobs(store: Store) -> tuple[Job, ...]:
    return (Job("cameras.openings", 15.0, partial(sweep, store)),)
