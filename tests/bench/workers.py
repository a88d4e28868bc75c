"""One, two and four `qorgau` workers: reads a second from NATS to stored and matched, as fast as they go.

The same city, register and list as `watch`, a fifth of the size. The figure is two workers against one; what
one worker leaves of this machine's cores bounds what more of them can add, so the cores are printed beside.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from jedel.plates.keys import keys
from tests.bench.positions import cost
from tests.bench.reads_load import Traffic, plates
from tests.bench.report import Result
from tests.bench.watch import CAMERAS, Size, Worker, flood, prepare, servers, told, until_written

SIZE = Size(1_000_000, 200_000, 600_000)
READS = 2_000_000
WORKERS = (1, 2, 4)


async def measure(folder: Path, reads: int) -> dict[int, float]:
    """Reads a second by number of workers."""
    found = {}
    with servers(folder) as (postgres, broker):
        await prepare(folder, postgres.url, SIZE)
        assert postgres.pid is not None
        for of in WORKERS:
            workers = [Worker(postgres.url, broker.url, folder, (nth, of)) for nth in range(of)]
            try:
                for worker in workers:
                    worker.ready()
                traffic = Traffic(keys(plates(SIZE.seen)), np.arange(1, CAMERAS + 1, dtype=np.int32), seed=of)
                await flood(broker.url, traffic, 20_000)  # every worker has its caches
                await until_written(workers, 20_000)
                pids = [postgres.pid, *(worker.process.pid for worker in workers)]
                before, began = [cost(pid)[1] for pid in pids], time.monotonic()
                await flood(broker.url, traffic, reads)
                await until_written(workers, 20_000 + reads)
                took_s = time.monotonic() - began
                database, *own = [(cost(pid)[1] - b) / took_s for pid, b in zip(pids, before, strict=True)]
            finally:
                for worker in workers:
                    worker.stop()
            found[of] = reads / took_s
            told(f"{of}: {found[of]:,.0f} reads/s; cores: workers {sum(own):.2f}, PostgreSQL {database:.2f}")
    return found


def run(seconds: float | None = None) -> Result:
    """READS reads each, or as many as take about `seconds` at 100,000 a second."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), round(seconds * 100_000) if seconds else READS))
    rates = ", ".join(f"{of}: {rate:,.0f}" for of, rate in found.items())
    figure = round(found[2] / found[1], 2)
    return Result("workers", figure, f"times one worker, two workers (reads/s {rates})", 1, figure >= 1)


if __name__ == "__main__":
    print(run(float(sys.argv[1]) if sys.argv[1:] else None).line())
