"""A worker of reads alone in a process, so that a test can kill it.

DATABASE_URL NATS_URL [NTH OF [GAP BATCHES]]. With a GAP it kills itself there, in the batch of that number:
no moment is left to chance.
"""

import asyncio
import os
import signal
import sys

import nats
import numpy as np

from jedel.app.connections import make_pool
from jedel.journal import Store, Tx
from jedel.kernel.clock import SystemClock
from jedel.plates.codec import Reads
from jedel.plates.store.judging import Judged, NoJudge
from jedel.plates.store.writer import ReadsWorker

GAPS = ("taken", "pictures", "copied", "committed")


class Mortal(NoJudge):
    """Every read is a hit; dies in a gap."""

    def __init__(self, gap: str, batches: int) -> None:
        self.gap = gap
        self.left = batches

    def die(self, gap: str) -> None:
        if gap == self.gap:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def judge(self, reads: Reads, now_us: int) -> Judged:
        self.die("taken")
        n = len(reads)
        return Judged(np.ones(n, dtype=np.uint16), np.zeros(n, dtype=np.uint8), np.zeros(n, dtype=np.bool_))

    async def pictures(self, _hits: Reads) -> None:
        self.die("pictures")

    async def write(self, tx: Tx, reads: Reads, judged: Judged) -> None:
        self.die("copied")

    async def committed(self, judged: Judged) -> None:
        self.die("committed")


async def main(
    database_url: str, nats_url: str, nth: str = "0", of: str = "1", gap: str = "", batches: str = "0"
) -> None:
    client = await nats.connect(nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    share = (int(nth), int(of))
    async with make_pool(database_url, 2) as pool:
        store = Store(pool, SystemClock())
        if gap:
            judge = Mortal(gap, int(batches))
            await ReadsWorker(store, client, judge, share, judge.pictures).run()
        await ReadsWorker(store, client, NoJudge(), share).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
