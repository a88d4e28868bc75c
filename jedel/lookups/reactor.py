"""What this room does when a device is blocked."""

from jedel.access import SESSION_ENDED, end_session_of
from jedel.access.devices import DEVICE_BLOCKED
from jedel.journal import Entry, Recorded, Tx
from jedel.kernel.ids import derived_id
from jedel.lookups import repository


class BlockedTablets:
    """The sessions that officers opened on a tablet end with it: whoever holds it holds their cookies too."""

    name = "lookups.blocked_tablets"
    kinds = frozenset({DEVICE_BLOCKED})

    async def react(self, tx: Tx, entry: Recorded) -> None:
        for session_id in await repository.seats_of(tx.conn, entry.subject):
            if await end_session_of(tx.conn, session_id, tx.now):
                entry_id = derived_id(entry.id, f"lookups.session.{session_id}")
                tx.record(Entry(entry_id, entry.region, SESSION_ENDED, session_id, "system:lookups"))
