"""Which rooms there are and what each of them brings. A new room is one line in each list that it needs."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from jedel.access import api as access
from jedel.app import live, system
from jedel.journal import Collection, Job, Reactor, Store

ROUTERS: Sequence[APIRouter] = (system.router, access.router, live.router)

COLLECTIONS: Mapping[str, Collection] = {}
"""What a live snapshot holds, by name."""


def reactors() -> Sequence[Reactor]:
    """Rooms that follow other rooms, left to right."""
    return ()


def jobs(store: Store) -> Sequence[Job]:
    """Periodic work of the rooms."""
    return ()
