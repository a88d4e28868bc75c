"""What the auditor sees. Reading is on record too: nobody watches unseen."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from jedel.access import Principal, names
from jedel.journal import Entry, Store
from jedel.journal import repository as journal
from jedel.journal.heads import Head
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id
from jedel.kernel.limits import PAGE_MAX
from jedel.lookups import repository
from jedel.lookups.model import LookUp, Wanted
from jedel.lookups.schemas import Known
from jedel.lookups.service import known

SAMPLE_WITHIN = timedelta(days=1)

Named = tuple[list[LookUp], Known]
"""Look-ups, and what those who asked are called."""

AUDITED = "lookups.audited"


async def page(store: Store, who: Principal, wanted: Wanted) -> Named:
    """The region's look-ups, the newest first: of one account, of one number (who asked about me?)."""
    async with store.transaction() as tx:
        found = await repository.page(tx.conn, who.region, wanted, PAGE_MAX)
        said = await known(tx.conn, found)
        data = asdict(wanted) | {"rows": len(found)}
        tx.record(Entry(new_id(), who.region, AUDITED, who.id, who.actor, data))
    return found, said


async def sample(store: Store, who: Principal, count: int) -> Named:
    """Look-ups of the last day drawn by chance: nobody knows which of them will be looked at."""
    async with store.transaction() as tx:
        found = await repository.sample(tx.conn, who.region, tx.now - SAMPLE_WITHIN, count)
        said = await known(tx.conn, found)
        data = {"sample": [each.id for each in found]}
        tx.record(Entry(new_id(), who.region, AUDITED, who.id, who.actor, data))
    return found, said


async def flags(store: Store, who: Principal, *, seen: bool) -> tuple[list[dict[str, Any]], Known]:
    """Unusual look-ups that nobody has looked at yet, or that somebody has."""
    async with store.transaction() as tx:
        found = await repository.flags(tx.conn, who.region, PAGE_MAX, seen=seen)
        look_ups: list[LookUp] = [each["look_up"] for each in found]
        said = await known(tx.conn, look_ups)
        looked = await names(tx.conn, [each["seen_by"] for each in found if each["seen_by"]])
        data = {"flags": [each.id for each in look_ups], "seen": seen}
        tx.record(Entry(new_id(), who.region, AUDITED, who.id, who.actor, data))
    return found, Known(said.names | looked, said.numbers)


async def heads(store: Store, who: Principal) -> tuple[int, Head | None]:
    """How many entries the region's journal has, and its last signed head."""
    async with store.reading() as tx:
        return await journal.head(tx.conn, who.region), await journal.last_head(tx.conn, who.region)


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
