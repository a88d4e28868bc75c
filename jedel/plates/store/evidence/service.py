"""Keeping a read for a case beyond its clock: who, for which case and until when is in the journal.

Invariant: only what one may see now can be kept, so that a case is no way round how far back one may look.
"""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from jedel.access import Principal
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id
from jedel.kernel.limits import PAGE_MAX
from jedel.plates import keys
from jedel.plates.model import PlateUnreadable, normalise
from jedel.plates.pictures import Pictures
from jedel.plates.store import rules
from jedel.plates.store.errors import EvidenceTooLong, PlateNotPossible
from jedel.plates.store.evidence import repository
from jedel.plates.store.evidence.repository import Row
from jedel.plates.store.evidence.schemas import KeepRead, ReleaseRead
from jedel.units.positions.repository import microseconds

KEPT, READ, CHANGED = "plates.evidence_kept", "plates.evidence_read", "plates.evidence_until_set"


async def keep(store: Store, pictures: Pictures, who: Principal, read_id: UUID, body: KeepRead) -> Row:
    """Copy the read and its pictures for a case.

    Raises NotFound, PlateNotPossible, EvidenceTooLong.
    """
    try:
        plate = keys.key(normalise(body.plate))
    except PlateUnreadable as fault:
        raise PlateNotPossible(plate=body.plate) from fault
    async with store.transaction() as tx:
        _bounded(tx, body.until)
        if body.at < rules.reach(tx.now.date()).earliest(who.role, tx.now):
            raise NotFound(what="plate_read", id=read_id)
        again = await tx.recorded(body.id)
        row = await repository.find(tx.conn, body.id) if again else None
        if row is None:
            own = {
                "evidence_id": body.id,
                "region": who.region,
                "case_number": body.case_number,
                "until": body.until,
                "kept_by": who.id,
                "kept_at": tx.now,
            }
            row = await repository.keep(tx.conn, (plate, body.at, read_id), own)
            if row is None:
                raise NotFound(what="plate_read", id=read_id)
            # before the commit: what is kept has its pictures
            await asyncio.to_thread(pictures.keep_for_case, read_id, microseconds(body.at))
            if not again:
                data = {
                    "case_number": body.case_number,
                    "until": body.until,
                    "evidence_id": row["evidence_id"],
                }
                tx.record(Entry(body.id, who.region, KEPT, read_id, who.actor, data))
    return row


async def of_case(store: Store, who: Principal, case_number: str) -> list[Row]:
    """What a case keeps; that it was looked at is on record before."""
    async with store.transaction() as tx:
        data = {"case_number": case_number}
        tx.record(Entry(new_id(), who.region, READ, who.id, who.actor, data))
    async with store.glance() as tx:
        return await repository.of_case(tx.conn, who.region, case_number, PAGE_MAX)


async def set_until(store: Store, who: Principal, evidence_id: UUID, body: ReleaseRead) -> Row:
    """Keep it longer, or no longer. Raises NotFound, EvidenceTooLong."""
    async with store.transaction() as tx:
        row = await repository.find(tx.conn, evidence_id, lock=True)
        if row is None or row["region"] != who.region:
            raise NotFound(what="plate_read", id=evidence_id)
        _bounded(tx, body.until)
        if not await tx.recorded(body.id):
            await repository.set_until(tx.conn, evidence_id, body.until)
            data = {"case_number": row["case_number"], "until": body.until, "before": row["until"]}
            tx.record(Entry(body.id, who.region, CHANGED, row["id"], who.actor, data))
            row["until"] = body.until
    return row


def _bounded(tx: Tx, until: date) -> None:
    today = tx.now.date()
    most = rules.retention(today).evidence_days_max
    if until > today + timedelta(days=most):
        raise EvidenceTooLong(days=most)
