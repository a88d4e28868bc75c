"""How many journal entries a second stand durably in PostgreSQL, and what a separate outbox would cost.

Peer: the same PostgreSQL doing nothing but durable single-row inserts, by as many writers. The variant with
an outbox writes a second row in the same transaction and deletes it in batches, as a relay would.
"""

import asyncio
import tempfile
import time
from pathlib import Path
from uuid import uuid4

from jedel.app import migrate
from jedel.app.connections import make_pool
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal import Entry, Pool, Store
from jedel.kernel.clock import SystemClock
from jedel.kernel.ids import new_id
from tests.bench.report import Result

WRITERS = 8
DATA = {"note": "a patrol was assigned", "unit": "P17", "metres": 1240.5}
VIEW = {"incidents": [{"id": str(uuid4()), "number": 17, "state": "dispatched", "log": "x" * 800}]}


async def journalled(store: Store, until: float, outbox: bool) -> int:
    done = 0
    while time.monotonic() < until:
        async with store.transaction() as tx:
            entry = Entry(new_id(), "00", "bench.done", uuid4(), "system:bench", DATA, VIEW)
            if outbox:
                await tx.conn.execute("INSERT INTO outbox (payload) VALUES (%s)", (entry.payload(),))
            tx.record(entry)
        done += 1
    return done


async def bare(pool: Pool, until: float) -> int:
    done = 0
    while time.monotonic() < until:
        async with pool.connection() as conn:
            await conn.execute("INSERT INTO bare (id, payload) VALUES (%s, %s)", (uuid4(), "x" * 1000))
        done += 1
    return done


async def drain(pool: Pool) -> None:
    while True:
        async with pool.connection() as conn:
            await conn.execute("DELETE FROM outbox WHERE n IN (SELECT n FROM outbox ORDER BY n LIMIT 500)")
        await asyncio.sleep(0.05)


async def measure(url: str, seconds: float) -> tuple[float, float, float]:
    """Entries/s as we do it, entries/s with a separate outbox, bare inserts/s."""
    async with make_pool(url, WRITERS + 2) as pool:
        async with pool.connection() as conn:
            await conn.execute("CREATE TABLE outbox (n bigserial PRIMARY KEY, payload text NOT NULL)")
            await conn.execute("CREATE TABLE bare (id uuid PRIMARY KEY, payload text NOT NULL)")
        store = Store(pool, SystemClock())
        rates: dict[str, list[float]] = {"ours": [], "outbox": [], "bare": []}
        for _round in range(3):
            for what, times in rates.items():
                until = time.monotonic() + seconds / 9
                draining = asyncio.create_task(drain(pool)) if what == "outbox" else None
                work = (
                    [bare(pool, until) for _ in range(WRITERS)]
                    if what == "bare"
                    else [journalled(store, until, what == "outbox") for _ in range(WRITERS)]
                )
                times.append(sum(await asyncio.gather(*work)) / (seconds / 9))
                if draining:
                    draining.cancel()
    ours, outbox, plain = (sorted(times)[1] for times in rates.values())
    return ours, outbox, plain


def run(seconds: float | None = None) -> Result:
    """Medians of three interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), durable=True)
        server.start()
        try:
            migrate.upgrade(server.url)
            ours, outbox, plain = asyncio.run(measure(server.url, seconds or 45))
        finally:
            server.stop()
    print(f"one chain, {WRITERS} writers: {ours:.0f} entries/s; with an outbox table {outbox:.0f}/s")
    return Result(
        bench="journal",
        figure=round(ours),
        unit="entries/s",
        goal=2000,
        met=ours >= 2000,
        peer="PostgreSQL, bare durable inserts",
        peer_figure=round(plain),
        ratio=round(ours / plain, 2),
    )
