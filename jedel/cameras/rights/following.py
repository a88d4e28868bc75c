"""What time and other rooms do to running viewers: rules' hours, unmasked pictures that are over, people who
lost their role or left."""

from functools import partial
from typing import Final

from jedel.cameras.masks import service as masks
from jedel.cameras.rights import granting
from jedel.cameras.rights.cutting import Pictures, cut
from jedel.journal import Job, Recorded, Store, Tx


class LostRights:
    """Cuts who was blocked, has another role, or signed out. Nothing is written, so that waiting for the
    gateways holds nobody up."""

    name: Final = "cameras.lost_rights"
    kinds: Final = frozenset({"access.account_blocked", "access.role_changed", "access.session_ended"})

    def __init__(self, pictures: Pictures | None = None) -> None:
        self._pictures = pictures

    async def react(self, _tx: Tx, entry: Recorded) -> None:
        if self._pictures is None:
            return
        left = entry.kind == "access.session_ended"
        await cut(self._pictures, entry.actor if left else f"account:{entry.subject}")


async def sweep(store: Store, pictures: Pictures | None) -> None:
    """One look at the clock."""
    over = [f"unmasking:{each}" for each in await masks.sweep(store)]
    for key in (*await granting.turn(store), *over):
        if pictures is not None:
            await cut(pictures, key)


def jobs(store: Store, pictures: Pictures | None = None) -> tuple[Job, ...]:
    return (Job("cameras.rights", 2.0, partial(sweep, store, pictures)),)
