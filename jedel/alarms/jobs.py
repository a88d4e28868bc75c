"""What time itself does to alarms and devices: escalation, silence, the end of test mode, forgetting.

Each sweep finds what may be due, then takes each thing in a transaction of its own and decides again under
its lock: an operator who acknowledges in the same second wins or loses, but never both.
"""

from datetime import timedelta
from uuid import UUID

from jedel.alarms import model, repository
from jedel.alarms.views import View, alarm_view, device_view
from jedel.journal import Entry, Job, Store
from jedel.kernel.ids import derived_id

BATCH = 500
ACTOR = "system:alarms"

SIGNALS_KEPT = timedelta(days=90)
MALFORMED_KEPT = timedelta(days=30)
MALFORMED_MAX = 100_000


async def escalate(store: Store) -> int:
    """Alarms that nobody acknowledged within their minute become the supervisor's; how many."""
    async with store.reading() as tx:
        before = tx.now - timedelta(seconds=model.ESCALATE_AFTER_S)
        due = await repository.unanswered(tx.conn, before, BATCH)
    return sum([await _escalate(store, alarm_id) for alarm_id in due])


async def _escalate(store: Store, alarm_id: UUID) -> bool:
    async with store.transaction() as tx:
        alarm = await repository.alarm(tx.conn, alarm_id)
        late = model.escalated(alarm, tx.now) if alarm else None
        if late is None:
            return False
        await repository.save_alarm(tx.conn, late)
        entry_id = derived_id(late.id, f"escalated {late.sounding_since.isoformat()}")
        data: View = {
            "alarm_id": late.id,
            "level": late.level,
            "waited_s": _seconds(tx.now - late.sounding_since),
        }
        changed = {"alarms": [alarm_view(late)]}
        tx.record(Entry(entry_id, late.region, "alarms.escalated", late.id, ACTOR, data, changed))
    return True


async def find_silent(store: Store) -> int:
    """Devices that stopped reporting become unavailable; how many."""
    async with store.reading() as tx:
        due = await repository.silent_devices(tx.conn, tx.now, model.GRACE, BATCH)
    return sum([await _silent(store, device_id) for device_id in due])


async def _silent(store: Store, device_id: UUID) -> bool:
    async with store.transaction() as tx:
        before = await repository.device(tx.conn, device_id, lock=True)
        device = model.silent(before, tx.now) if before else None
        if before is None or device is None:
            return False
        await repository.save_device(tx.conn, device)
        if not before.available:
            return False
        entry_id = derived_id(device.id, f"silent {tx.now.isoformat()}")
        data: View = {"device_id": device.id, "last_seen": device.last_seen, "expected_s": device.expected_s}
        changed = {"devices": [device_view(device)]}
        tx.record(
            Entry(entry_id, device.region, "alarms.device_unavailable", device.id, ACTOR, data, changed)
        )
    return True


async def end_tests(store: Store) -> int:
    """Test modes that have run out end, so that nobody forgets one; how many."""
    async with store.reading() as tx:
        due = await repository.tests_over(tx.conn, tx.now, BATCH)
    return sum([await _end_test(store, device_id) for device_id in due])


async def _end_test(store: Store, device_id: UUID) -> bool:
    async with store.transaction() as tx:
        before = await repository.device(tx.conn, device_id, lock=True)
        if before is None or before.test_until is None or not model.test_over(before, tx.now):
            return False
        device = model.test_set(before, 0, tx.now)
        await repository.save_device(tx.conn, device)
        entry_id = derived_id(device.id, f"test over {before.test_until.isoformat()}")
        data: View = {"device_id": device.id, "on": False, "until": None}
        changed = {"devices": [device_view(device)]}
        tx.record(Entry(entry_id, device.region, "alarms.test_mode_set", device.id, ACTOR, data, changed))
    return True


async def forget(store: Store) -> None:
    """Erase signals that no device repeats any more, and old malformed messages."""
    async with store.transaction() as tx:
        await repository.forget(tx.conn, tx.now - SIGNALS_KEPT, tx.now - MALFORMED_KEPT, MALFORMED_MAX)


def jobs(store: Store) -> list[Job]:
    """The room's periodic work."""
    return [
        Job("alarms.escalate", 1.0, lambda: escalate(store)),
        Job("alarms.find_silent", 5.0, lambda: find_silent(store)),
        Job("alarms.end_tests", 5.0, lambda: end_tests(store)),
        Job("alarms.forget", 3600.0, lambda: forget(store)),
    ]


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
