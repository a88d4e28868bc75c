"""The journal: append-only entries in a hash chain, their way to NATS, and the live feed's snapshots."""

from jedel.journal.feed import Collection, Snapshot, View, snapshot
from jedel.journal.jobs import Job
from jedel.journal.model import Entry, Recorded
from jedel.journal.reactor import Follower, Reactor, react_to_all
from jedel.journal.repository import Connection
from jedel.journal.store import Pool, Store, Tx, opened

__all__ = [
    "Collection",
    "Connection",
    "Entry",
    "Follower",
    "Job",
    "Pool",
    "Reactor",
    "Recorded",
    "Snapshot",
    "Store",
    "Tx",
    "View",
    "opened",
    "react_to_all",
    "snapshot",
]
