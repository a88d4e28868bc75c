"""What time does to accounts: attempts at sign-in are forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from jedel.access import repository
from jedel.journal import Job, Store

ATTEMPTS_KEPT = timedelta(hours=1)


async def forget_attempts(store: Store) -> int:
    """Log-ins that nobody has tried for an hour; how many."""
    async with store.transaction() as tx:
        return await repository.forget_old_attempts(tx.conn, tx.now - ATTEMPTS_KEPT)


def jobs(store: Store) -> Sequence[Job]:
    """The room's periodic work."""
    return (Job("access.forget_attempts", 600.0, partial(forget_attempts, store)),)
