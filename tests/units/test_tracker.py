"""A tracker publishes to NATS itself: what it says of another unit is not believed."""

from nats.aio.client import Client

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.units.codec import encode
from jedel.units.positions import stream
from tests.support.seed import REGION
from tests.units.test_writer import UNITS, fix, known, now_us, until_rows, writing

__all__ = ["known"]


async def test_a_tracker_speaks_of_its_own_unit_only(store: Store, known: Client, clock: ManualClock) -> None:
    js, (own, other) = known.jetstream(), UNITS[:2]
    both = encode([fix(own, now_us(clock) - 10**6, 76.1), fix(other, now_us(clock) - 10**6, 76.2)])
    async with writing(store, known):
        await js.publish(f"{stream.RAW}.{REGION}.{own}", both)
        await js.publish(f"{stream.RAW}.{REGION}.nobody", both)
        await js.publish(f"{stream.RAW}.{REGION}", encode([fix(other, now_us(clock), 76.3)]))
        await until_rows(store, 2)
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT unit_id, lon_e7 FROM position")
        rows = {(row["unit_id"], row["lon_e7"]) for row in await cursor.fetchall()}
    assert rows == {(own, 761_000_000), (other, 763_000_000)}
