"""How many journal entries a second stand durably in PostgreSQL, and what a separate outbox would cost.

Each writer is another region's, as in a country: every region has a chain of its own. What one region can
do, whose entries wait for each other's flush to disk, is printed beside it, and so is what a separate outbox
costs there: it writes a second row in the same transaction and deletes it in batches, as a relay would.

Peer: the same PostgreSQL doing nothing but durable single-row inserts, by as many writers.
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


async def journalled(store: Store, until: float, region: str = "00", *, outbox: bool = False) -> int:
    done = 0
    while time.monotonic() < until:
        async with store.transaction() as tx:
            entry = Entry(new_id(), region, "bench.done", uuid4(), "system:bench", DATA, VIEW)
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


async def measure(url: str, seconds: float) -> dict[str, float]:
    """Entries/s of many regions, of one, of one with a separate outbox; bare inserts/s."""
    async with make_pool(url, WRITERS + 2) as pool:
        async with pool.connection() as conn:
            await conn.execute("CREATE TABLE outbox (n bigserial PRIMARY KEY, payload text NOT NULL)")
            await conn.execute("CREATE TABLE bare (id uuid PRIMARY KEY, payload text NOT NULL)")
        store = Store(pool, SystemClock())
        rates: dict[str, list[float]] = {"regions": [], "one": [], "outbox": [], "bare": []}
        for _round in range(3):
            for what, times in rates.items():
                until = time.monotonic() + seconds / 12
                draining = asyncio.create_task(drain(pool)) if what == "outbox" else None
                codes = [f"{n:02}" if what == "regions" else "00" for n in range(1, WRITERS + 1)]
                work = [
                    bare(pool, until)
                    if what == "bare"
                    else journalled(store, until, code, outbox=what == "outbox")
                    for code in codes
                ]
                times.append(sum(await asyncio.gather(*work)) / (seconds / 12))
                if draining:
                    draining.cancel()
    return {what: sorted(times)[1] for what, times in rates.items()}


def run(seconds: float | None = None) -> Result:
    """Medians of three interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), durable=True)
        server.start()
        try:
            migrate.upgrade(server.url)
            rates = asyncio.run(measure(server.url, seconds or 60))
        finally:
            server.stop()
    ours, plain = rates["regions"], rates["bare"]
    print(f"{WRITERS} writers, each of a region of its own: {ours:.0f} entries/s")
    print(f"all of one region: {rates['one']:.0f} entries/s; with an outbox table {rates['outbox']:.0f}/s")
    return Result(
        bench="journal",
        figure=round(ours),
        unit=f"entries/s, {WRITERS} regions (one region: {rates['one']:.0f})",
        goal=2000,
        met=ours >= 2000,
        peer="PostgreSQL, bare durable inserts",
        peer_figure=round(plain),
        ratio=round(ours / plain, 2),
    )
