"""Takes out of the stream what all partitions have written: reads rest in PostgreSQL, on their clock."""

from datetime import datetime

from nats.js import JetStreamContext

from jedel.journal import Store
from jedel.journal.relay import stream_state
from jedel.plates import stream
from jedel.plates.codec import PARTITIONS
from jedel.plates.store import repository
from jedel.units.positions.resume import taken_us


async def take_out(store: Store, js: JetStreamContext, created: datetime) -> int:
    """Up to which message; 0 where nothing can be said yet.

    Each partition's last written message must still be the one that it wrote: where the stream has lost its
    end, its numbers stand for other messages, and nothing is taken out until all have read them.
    """
    async with store.glance() as tx:
        parts = await repository.all_progress(tx.conn, stream.STREAM, created)
    if len(parts) < PARTITIONS:
        return 0
    lowest = min(at.seq for at in parts.values())
    state = await stream_state(js, stream.STREAM)
    if state.created != created or not 0 < state.first <= lowest <= state.last:
        return 0
    for at in set(parts.values()):
        if await taken_us(js, stream.STREAM, at.seq) != at.taken_us:
            return 0
    await js.purge_stream(stream.STREAM, seq=lowest)  # keeps `lowest` itself, by which the next look knows it
    return lowest
