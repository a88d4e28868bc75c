"""Snapshots for live screens: all collections of a region as of one sequence number."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from jedel.journal import repository
from jedel.journal.store import Store, Tx

View = dict[str, object]
Collection = Callable[[Tx, str], Awaitable[list[View]]]
"""All current objects of one kind in a region, as the views that entries carry in ``changed``."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state that results from the region's entries 1 … ``seq``."""

    region: str
    seq: int
    collections: Mapping[str, list[View]]


async def snapshot(store: Store, collections: Mapping[str, Collection], region: str) -> Snapshot:
    """Read every collection and the head of the journal in one REPEATABLE READ transaction."""
    async with store.reading() as tx:
        seq = await repository.head(tx.conn, region)
        state = {name: await read(tx, region) for name, read in collections.items()}
    return Snapshot(region, seq, state)
