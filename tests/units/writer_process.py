"""The position writer alone in a process, so that a test can kill it: DATABASE_URL NATS_URL."""

import asyncio
import sys

import nats

from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.units import PositionWriter


async def main(database_url: str, nats_url: str) -> None:
    client = await nats.connect(nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    async with make_pool(database_url, 2) as pool:
        await PositionWriter(Store(pool, SystemClock()), client).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
