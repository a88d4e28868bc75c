"""A worker of reads alone in a process, so that a test can kill it: DATABASE_URL NATS_URL [NTH OF]."""

import asyncio
import sys

import nats

from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.plates.store.judging import NoJudge
from jedel.plates.store.writer import ReadsWorker


async def main(database_url: str, nats_url: str, nth: str = "0", of: str = "1") -> None:
    client = await nats.connect(nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    async with make_pool(database_url, 2) as pool:
        await ReadsWorker(Store(pool, SystemClock()), client, NoJudge(), (int(nth), int(of))).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
