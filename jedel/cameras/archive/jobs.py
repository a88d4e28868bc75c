"""Periodic work of the archive."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from jedel.cameras.archive import export, repository
from jedel.journal import Job, Store


def jobs(store: Store, root: Path) -> Sequence[Job]:
    """For the `jobs` process. ``root``: the recordings' folder."""
    return (
        Job("cameras.exports", 2.0, partial(export.make_waiting, store, root)),
        Job("cameras.exports_old", 3600.0, partial(export.remove_old, store, root)),
        Job("cameras.recording_classes", 300.0, partial(classify, store)),
    )


async def classify(store: Store) -> None:
    """By what the recordings' retention goes follows the registry."""
    async with store.transaction() as tx:
        await repository.classify(tx.conn)
