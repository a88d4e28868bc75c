"""What time itself does to calls: a silent post is lost, a technician's trial ends."""

from uuid import UUID

from jedel.calls import repository, service
from jedel.calls.model import SILENT_AFTER, TEST_LASTS, EndReason
from jedel.journal import Job, Store
from jedel.kernel.ids import derived_id

BATCH = 200


async def sweep(store: Store) -> int:
    """Calls whose post fell silent are lost, and trials that took too long end; how many."""
    async with store.reading() as tx:
        silent = await repository.silent(tx.conn, tx.now - SILENT_AFTER, BATCH)
        tests = await repository.tests_begun(tx.conn, tx.now - TEST_LASTS, BATCH)
    return sum([await _judge(store, call_id) for call_id in dict.fromkeys([*tests, *silent])])


async def _judge(store: Store, call_id: UUID) -> bool:
    """Decided again under the call's lock."""
    async with store.transaction() as tx:
        call = await repository.find(tx.conn, call_id, lock=True)
        if call is None or not call.live:
            return False
        if call.test_over(tx.now):
            entry_id = derived_id(call.id, "calls.test_over")
            await service.finish(tx, call, EndReason.TIME, entry_id, service.ACTOR)
            return True
        lost = call.silent(tx.now)
        if lost is None:
            return False
        await repository.save(tx.conn, lost)
        entry_id = derived_id(call.id, f"lost {call.heard_at.isoformat()}")
        await service.record(tx, entry_id, "calls.lost", lost, service.ACTOR, {"since": lost.lost_at})
    return True


def jobs(store: Store) -> list[Job]:
    """The room's periodic work."""
    return [Job("calls.sweep", 2.0, lambda: sweep(store))]
