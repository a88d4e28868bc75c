"""What time does to rights: rules' hours, and pictures without masks that are over."""

from functools import partial

from jedel.cameras.masks import service as masks
from jedel.cameras.rights import granting
from jedel.journal import Job, Store


async def sweep(store: Store) -> None:
    """One look at the clock."""
    await masks.sweep(store)
    await granting.turn(store)


def jobs(store: Store) -> tuple[Job, ...]:
    return (Job("cameras.rights", 2.0, partial(sweep, store)),)
