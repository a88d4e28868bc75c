"""What an alarm opens, and for how long; and those who try to get round it."""

from datetime import timedelta
from uuid import uuid4

from jedel.cameras.openings import open_cameras
from jedel.cameras.openings.model import in_force
from jedel.journal import Store
from jedel.kernel.clock import ManualClock


def test_an_opening_holds_from_its_first_moment_to_its_last(clock: ManualClock) -> None:
    now, minute = clock.now(), timedelta(minutes=1)
    assert not in_force(None, None, now)
    assert not in_force(now + minute, None, now)
    assert in_force(now, None, now)
    assert in_force(now - minute, now + minute, now)
    assert not in_force(now - minute, now, now)


async def test_on_a_quiet_day_nothing_is_open(store: Store, clock: ManualClock) -> None:
    async with store.reading() as tx:
        assert await open_cameras(tx.conn, uuid4(), clock.now()) == []
