"""What the auditor sees. Reading is on record too: nobody watches unseen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jedel.access import Principal, names
from jedel.journal import Entry, Store
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id
from jedel.kernel.limits import PAGE_MAX
from jedel.lookups import repository
from jedel.lookups.model import LookUp

SAMPLE_WITHIN = timedelta(days=1)

Named = tuple[list[LookUp], dict[UUID, str]]
"""Look-ups, and what those who asked are called."""


async def page(
    store: Store, who: Principal, account: UUID | None, asked: str | None, before: datetime | None
) -> Named:
    """The region's look-ups, the newest first: of one account, of one number (who asked about me?)."""
    async with store.transaction() as tx:
        found = await repository.page(tx.conn, who.region, account, asked, before, PAGE_MAX)
        named = await names(tx.conn, [each.account_id for each in found])
        data = {"account": account, "asked": asked, "before": before, "rows": len(found)}
        tx.record(Entry(new_id(), who.region, "lookups.audited", who.id, who.actor, data))
    return found, named


async def sample(store: Store, who: Principal, count: int) -> Named:
    """Look-ups of the last day drawn by chance: nobody knows which of them will be looked at."""
    async with store.transaction() as tx:
        found = await repository.sample(tx.conn, who.region, tx.now - SAMPLE_WITHIN, count)
        named = await names(tx.conn, [each.account_id for each in found])
        data = {"sample": [each.id for each in found]}
        tx.record(Entry(new_id(), who.region, "lookups.audited", who.id, who.actor, data))
    return found, named


async def flags(store: Store, who: Principal) -> tuple[list[dict[str, Any]], dict[UUID, str]]:
    """Unusual look-ups that nobody has looked at yet."""
    async with store.reading() as tx:
        found = await repository.flags(tx.conn, who.region, PAGE_MAX)
        return found, await names(tx.conn, [each["look_up"].account_id for each in found])


async def seen(store: Store, who: Principal, look_up_id: UUID, command_id: UUID, note: str) -> None:
    """The auditor has looked at it and says what he found."""
    async with store.transaction() as tx:
        if await tx.recorded(command_id):
            return
        made = await repository.find(tx.conn, look_up_id)
        if made is None or made.region != who.region:
            raise NotFound(what="look_up", id=look_up_id)
        await repository.seen(tx.conn, look_up_id, who.id, tx.now, note)
        tx.record(Entry(command_id, who.region, "lookups.flag_seen", look_up_id, who.actor, {"note": note}))
