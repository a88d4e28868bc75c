"""Searching among 50,000,000 stored reads: a plate's history, and who was at two places within 10 minutes.

A day of reads, by the hour and by the camera as in a city's traffic, a fiftieth of them hits, beside a year's
partitions of hits; the search runs as the room runs it (its own SQL, rows made into views). `--seconds` or
the variable ENV_ROWS makes it smaller.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

import numpy as np
import psycopg

from jedel.app import migrate
from jedel.app.connections import make_pool
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates import keys
from jedel.plates.cameras.model import Camera, DriverName
from jedel.plates.codec import READ, UNKNOWN_2, Reads
from jedel.plates.store import partitions
from jedel.plates.store.partitions import HIT, PLAIN
from jedel.plates.store.rows import COLUMNS, copy_data, rows
from jedel.plates.store.search import repository
from jedel.plates.store.search.model import wanted
from jedel.plates.store.search.repository import Asked
from jedel.plates.store.search.views import read_view
from jedel.units.positions.repository import microseconds
from tests.bench.report import Result

ROWS: Final = 50_000_000
ENV_ROWS: Final = "JEDEL_BENCH_READS"
CAMERAS: Final = 2_000
PLATES: Final = 5_000_000
STEP: Final = 50_000
HISTORY_MS_MAX: Final = 20.0
TWO_PLACES_S_MAX: Final = 1.0
DAY: Final = timedelta(days=1)


def plates() -> np.ndarray:
    """(PLATES,) keys of private plates, each once."""
    n = np.arange(PLATES, dtype=np.int64)
    signs = np.zeros((PLATES, 8), dtype="S1")
    digits = np.array(list("0123456789"), dtype="S1")
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), dtype="S1")
    for place in range(3):
        signs[:, place] = digits[n // 10**place % 10]
    for place in range(3):
        signs[:, 3 + place] = letters[n // 1000 // 26**place % 26]
    signs[:, 6], signs[:, 7] = b"0", b"2"
    return keys.keys(np.ascontiguousarray(signs).view("S8").ravel())


def some_reads(dice: np.random.Generator, known: np.ndarray, begin_us: int, span_us: int, n: int) -> Reads:
    """Reads of a time in its order. Few cars drive much: a car's share falls with its place in the list."""
    reads = np.zeros(n, dtype=READ)
    reads["id"] = np.frombuffer(dice.bytes(16 * n), dtype="V16")
    reads["plate"] = known[(PLATES * dice.random(n) ** 2).astype(np.int64)]
    reads["at_us"] = begin_us + np.sort(dice.integers(0, span_us, n))
    reads["heard_us"] = reads["at_us"] + 200_000
    reads["camera"] = 1 + (CAMERAS * dice.random(n) ** 1.5).astype(np.int64)
    reads["speed_dkmh"], reads["heading_cdeg"] = 500, UNKNOWN_2
    reads["confidence"], reads["weakest"], reads["frames"] = 95, 90, 3
    return reads


def load(url: str, known: np.ndarray, since: datetime, count: int) -> float:
    """Seconds to write them as the worker does, both halves of the day at once."""
    began = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        halves = [threads.submit(_half, url, known, since + half * DAY / 2, count // 2) for half in range(2)]
        for half in halves:
            half.result()
    return time.monotonic() - began


def _half(url: str, known: np.ndarray, since: datetime, count: int) -> None:
    dice = np.random.default_rng(since.hour)
    begin_us, span_us, done = microseconds(since), 12 * 3600 * 1_000_000, 0
    with psycopg.connect(url, autocommit=True) as conn:
        while done < count:
            n = min(STEP, count - done)
            reads = some_reads(dice, known, begin_us + done * span_us // count, n * span_us // count, n)
            reads = reads[np.argsort(reads["plate"])]
            grounds = (dice.random(n) < 0.02).astype(np.uint16)
            made = rows(reads, reads["at_us"], grounds, np.zeros(n, dtype=np.uint8))
            query = f"COPY plate_read ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
            with conn.cursor() as cursor, cursor.copy(query) as copy:
                copy.write(copy_data(made))
            done += n


def _camera(number: int) -> Camera:
    mapping: dict[str, object] = {}
    return Camera(
        *(number, uuid4(), "00", f"camera {number}", "", 76.9, 43.25, None, DriverName.HTTP, mapping, None),
        *(True, None),
    )


async def history(
    store: Store,
    known: np.ndarray,
    since: datetime,
    until: datetime,
    what: str,
    *,
    times: int = 1_000,
    seed: int = 5,
) -> float:
    """The 99th of a hundred, in milliseconds, of as many searches, each of one plate."""
    cameras, dice = {n: _camera(n) for n in range(1, CAMERAS + 1)}, np.random.default_rng(seed)
    took, found = [], 0
    for nth in (PLATES * dice.random(times + 20) ** 2).astype(np.int64).tolist():
        plate = keys.text(int(known[nth]))
        began = time.perf_counter()
        asked = Asked(wanted(plate, near_misses=False), list(cameras), since, until)
        reads, _ = await repository.reads(store, asked, 200)
        views = [read_view(row, cameras[row["camera"]], lambda *_: "") for row in reads]
        took.append((time.perf_counter() - began) * 1e3)
        found += len(views)
    p50, p99 = np.percentile(took[20:], [50, 99])
    reads_each = found / len(took)
    print(f"history of {what}: p50 {p50:.1f} p99 {p99:.1f} ms, {reads_each:.1f} reads", file=sys.stderr)
    return float(p99)


async def others(store: Store, known: np.ndarray, since: datetime, until: datetime) -> dict[str, float]:
    """Seconds, in the middle of several, of what else can be asked."""
    cameras = list(range(1, CAMERAS + 1))
    plate = keys.text(int(known[7]))
    asked = {
        "one wrong sign": wanted(plate, near_misses=True),
        "two open signs": wanted(f"{plate[:3]}?{plate[4]}?{plate[6:]}", near_misses=False),
        "a beginning": wanted(f"{plate[:5]}*", near_misses=False),
    }
    took = {name: await _median_s(repository.reads, store, Asked(each, cameras, since, until), 200)
            for name, each in asked.items()}  # fmt: skip
    took["a camera's hour"] = await _median_s(
        repository.reads, store, Asked(None, [900], until - timedelta(hours=1), until), 200
    )
    return took


async def _median_s(ask, *arguments: object) -> float:  # type: ignore[no-untyped-def]
    took = []
    for _ in range(5):
        began = time.perf_counter()
        await ask(*arguments)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def two_places(store: Store, since: datetime, until: datetime, what: str, times: int = 10) -> float:
    """The most seconds that a search over the day took, of the busiest cameras as well."""
    dice, took, found = np.random.default_rng(6), [], 0
    for a, b in [(1, 2), *dice.integers(1, CAMERAS + 1, (times - 1, 2)).tolist()]:
        began = time.perf_counter()
        pairs, _ = await repository.two_places(store, [a], [b], since, until, timedelta(minutes=10), 200)
        took.append(time.perf_counter() - began)
        found += len(pairs)
    print(
        f"two places, {what}: median {statistics.median(took):.2f} worst {max(took):.2f} s, {found} pairs",
        file=sys.stderr,
    )
    return max(took)


def into_memory(folder: Path) -> None:
    """Read the database's files once. What came over a day is in a server's memory; here a day came within
    minutes, and a virtual machine may give its host back what it has not touched for one."""
    began, size = time.monotonic(), 0
    for path in folder.rglob("base/*/*"):
        with suppress(FileNotFoundError), path.open("rb", buffering=0) as file:  # PostgreSQL took it away
            while block := file.read(1 << 20):
                size += len(block)
    assert size, folder
    print(f"{size / 1e9:.1f} GB read in {time.monotonic() - began:.0f} s", file=sys.stderr)


class Found(NamedTuple):
    """p99 of a plate's history, the longest search at two places."""

    history_ms: float
    pairs_s: float


async def measure(url: str, folder: Path, count: int) -> tuple[Found, Found]:
    """Right after all was written, and when all was read once."""
    since = datetime(2026, 11, 21, tzinfo=UTC)
    until, known = since + DAY, plates()
    async with make_pool(url, 2) as pool:
        store = Store(pool, ManualClock(until))
        async with store.transaction() as tx:
            await partitions.make(tx.conn, PLAIN, since, until)
            await partitions.make(tx.conn, HIT, until - 365 * DAY, until)
        wrote_s = await asyncio.to_thread(load, url, known, since, count)
        print(f"{count} reads of {PLATES} plates and {CAMERAS} cameras in {wrote_s:.0f} s", file=sys.stderr)
        async with pool.connection() as conn:  # what autovacuum does over the day, a minute behind the reads
            await conn.execute("VACUUM (ANALYZE) plate_read")
            await conn.execute("CHECKPOINT")
        # a day's reads came within minutes; at 580 a second the disk would have them by now
        await asyncio.to_thread(os.sync)
        cold = await history(store, known, since, until, "a day, as found")
        cold_s = await two_places(store, since, until, "as found")
        await asyncio.to_thread(into_memory, folder)
        day = await history(store, known, since, until, "a day", seed=7)
        year = await history(store, known, until - 365 * DAY, until, "a year", times=200)
        for name, seconds in (await others(store, known, since, until)).items():
            print(f"{name}: {seconds * 1e3:.0f} ms", file=sys.stderr)
        worst = await two_places(store, since, until, "in memory")
    return Found(cold, cold_s), Found(max(day, year), worst)


def run(seconds: float | None = None, count: int | None = None) -> Result:
    """``seconds`` makes it smaller: as many reads as 60,000 a second. So does the variable ENV_ROWS."""
    count = count or int(os.environ.get(ENV_ROWS, "0")) or (int(seconds * 60_000) if seconds else ROWS)
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        server.start()
        try:
            migrate.upgrade(server.url)
            cold, warm = asyncio.run(measure(server.url, Path(folder) / "pg", count))
        finally:
            server.stop()
    return Result(
        bench="reads-search",
        figure=round(warm.history_ms, 1),
        unit=f"ms p99 of a plate's history ({count} reads, in memory; as found {cold.history_ms:.1f}); "
        f"two places {warm.pairs_s:.2f} s (as found {cold.pairs_s:.2f})",
        goal=HISTORY_MS_MAX,
        met=warm.history_ms <= HISTORY_MS_MAX and warm.pairs_s <= TWO_PLACES_S_MAX,
    )


if __name__ == "__main__":
    print(run(count=int(sys.argv[1]) if sys.argv[1:] else None).line())
