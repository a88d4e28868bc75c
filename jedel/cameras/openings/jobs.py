"""What time does to openings: too long, incident over, or nobody agreed; and viewers cut a second time."""

from datetime import timedelta
from functools import partial
from typing import Final

from jedel.cameras.openings import repository, service
from jedel.cameras.openings.model import ASKED_LIFE, LIFE
from jedel.cameras.openings.service import Pictures, grant_key
from jedel.journal import Job, Store
from jedel.kernel.ids import derived_id

CUT_AGAIN: Final = timedelta(minutes=2)
"""Viewers of what ended so lately are cut once more, for a gateway that did not hear of it."""


async def sweep(store: Store) -> int:
    """Close what is overdue; how many."""
    async with store.transaction() as tx:
        rows = await repository.overdue(tx.conn, tx.now - LIFE, tx.now - ASKED_LIFE)
        for row in rows:
            command = derived_id(row["id"], "cameras.overdue")
            await service.close(tx, command, row, "system:cameras", "too_long")
    return len(rows)


async def cut_again(store: Store, pictures: Pictures) -> None:
    async with store.reading() as tx:
        over = await repository.closed_since(tx.conn, tx.now - CUT_AGAIN)
    for incident_id in over:
        await pictures.cut(grant_key(incident_id))


def jobs(store: Store, pictures: Pictures | None = None) -> tuple[Job, ...]:
    swept = Job("cameras.openings", 15.0, partial(sweep, store))
    if pictures is None:
        return (swept,)
    return swept, Job("cameras.cut", 2.0, partial(cut_again, store, pictures))
