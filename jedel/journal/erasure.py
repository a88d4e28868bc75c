"""Erasing the content of an entry where the law asks for it; its hash stays, and so does the proof.

What was erased, by whom and on what ground is itself an entry. `jedel journal verify` finds content that is
gone without such an entry.
"""

from enum import StrEnum
from uuid import UUID

from jedel.journal import repository
from jedel.journal.chunk import ERASED
from jedel.journal.errors import EntryInUse, EntryNotErasable, GroundMissing
from jedel.journal.model import Entry
from jedel.journal.store import Store
from jedel.kernel.errors import NotFound


class Ground(StrEnum):
    """By what right content is erased."""

    COURT_ORDER = "court_order"
    RETENTION_ENDED = "retention_ended"
    SUBJECT_RIGHT = "subject_right"
    UNLAWFULLY_RECORDED = "unlawfully_recorded"


async def erase(
    store: Store, command_id: UUID, region: str, seq: int, ground: Ground, document: str, actor: str
) -> bool:
    """Erase the content of an entry; False when it was erased before.

    Args:
        document: number and date of the document that orders it, without the erased person's data.
        actor: who does it, as in every entry.

    Raises:
        NotFound, EntryNotErasable, EntryInUse, GroundMissing.
    """
    if not document.strip():
        raise GroundMissing
    async with store.transaction() as tx:
        if await tx.recorded(command_id):
            return True
        entry = await repository.lock_entry(tx.conn, region, seq)
        if entry is None:
            raise NotFound(what="entry", id=f"{region}/{seq}")
        if entry.kind == ERASED:
            raise EntryNotErasable(region=region, seq=seq)
        if entry.payload is None:
            return False
        reader = await repository.waited_for_by(tx.conn, region, seq)
        if reader is not None:
            raise EntryInUse(region=region, seq=seq, reader=reader)
        await repository.erase(tx.conn, region, seq)
        data = {"seq": seq, "kind": entry.kind, "ground": ground, "document": document.strip()}
        tx.record(Entry(command_id, region, ERASED, entry.id, actor, data))
    return True
