"""`jedel journal retry`: give the entries that a reactor set aside to it again.

Each in one transaction with the end of its being set aside, so that it happens once or stays set aside.
"""

from collections.abc import Callable

from jedel.app.background import reactors
from jedel.app.connections import make_pool
from jedel.journal import Reactor, Store, repository
from jedel.kernel.clock import SystemClock

_TAKE = "DELETE FROM journal_set_aside WHERE reader = %s AND region = %s AND seq = %s RETURNING seq"


async def retry(database_url: str, say: Callable[[str], None]) -> int:
    """How many are still set aside afterwards; what was done is said."""
    known = {reactor.name: reactor for reactor in reactors()}
    left = 0
    async with make_pool(database_url, 2) as pool:
        store = Store(pool, SystemClock())
        async with store.reading() as tx:
            cursor = await tx.conn.execute(
                "SELECT reader, region, seq FROM journal_set_aside ORDER BY region, seq, reader"
            )
            rows = await cursor.fetchall()
        for row in rows:
            name = f"{row['reader']}: entry {row['seq']} of region {row['region']}"
            reactor = known.get(row["reader"])
            if reactor is None:
                say(f"{name}: no reactor of that name is left")
                left += 1
                continue
            try:
                await _again(store, reactor, row["region"], row["seq"])
            except Exception as problem:  # noqa: BLE001 - the supervised boundary of one entry
                say(f"{name}: failed again: {problem!r}")
                left += 1
            else:
                say(f"{name}: done")
    return left


async def _again(store: Store, reactor: Reactor, region: str, seq: int) -> None:
    async with store.transaction() as tx:
        taken = await tx.conn.execute(_TAKE, (reactor.name, region, seq))
        if await taken.fetchone() is None:
            return
        (entry,) = await repository.after(tx.conn, region, seq - 1, 1)
        await reactor.react(tx, entry)
