"""Reads from NATS to stored and matched rows: 1,000,000 entries, 5,000,000 known cars, 3,000,000 seen plates.

Real PostgreSQL (durable) and NATS from their wheels, the generated city's roads, `jedel run qorgau` in a
process of its own, and a process that says reads at an even rate, all on this machine. In turn: the register
is imported and the list filled; the worker starts from nothing; 3,000,000 plates are said as fast as they are
taken (how fast that was is printed); then the goal's rate for three minutes, with the reads that wait looked
at every second; then the worker is killed with -9, and comes back. In the end the table is asked whether each
read is there once. Beside it, in the same run: what JetStream carries and what COPY writes by themselves.

The reads that hit are 2 % of all, as in the United Kingdom; the other entries' cars are elsewhere.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import nats
import numpy as np
import orjson
import psycopg
from nats.js.api import ConsumerConfig, StreamConfig

from jedel.app import migrate
from jedel.app.connections import make_pool
from jedel.app.embedded.child import free_port
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.places.importer import import_map
from jedel.plates import stream
from jedel.plates.keys import keys
from jedel.plates.store.rows import COLUMNS, copy_data, rows
from jedel.qorgau.model import Ground
from jedel.registers import Kind
from jedel.registers.importer import import_register
from tests.bench.positions import cost
from tests.bench.reads_load import Traffic, messages, plates
from tests.bench.registers import Memory
from tests.bench.report import Result

GOAL_PER_S = 20_000
MEMORY_GIB_MAX = 4.0
BACK_S_MAX = 30.0
SECONDS = 180.0
HIT_SHARE = 0.02
REGION = "00"
CAMERAS = 2_000


@dataclass(frozen=True)
class Size:
    """Of the whole thing; smaller by `JEDEL_BENCH_WATCH=0.01`, for a try."""

    known: int = 5_000_000
    entries: int = 1_000_000
    seen: int = 3_000_000

    @classmethod
    def asked(cls) -> "Size":
        share = float(os.environ.get("JEDEL_BENCH_WATCH", "1"))
        return cls(*(round(each * share) for each in (cls.known, cls.entries, cls.seen)))


def told(*words: object, end: str = "\n") -> None:
    print(*words, end=end, file=sys.stderr, flush=True)


def cars_file(path: Path, size: Size) -> None:
    """A vehicles register as a file for the ordinary import."""
    dice, names = np.random.default_rng(4), plates(size.known).astype("U8")
    makes = np.array(["Toyota,Camry", "Hyundai,Accent", "Kia,Rio", "Lada,Granta", "Chevrolet,Cobalt"])
    colours = np.array(["white", "black", "grey", "silver", "blue", "red", "green"])
    with path.open("w") as file:
        file.write("plate,make,model,colour,class,year,state\n")
        for at in range(0, size.known, 500_000):
            part = names[at : at + 500_000]
            which, shade = (dice.integers(0, len(of), len(part)) for of in (makes, colours))
            lines = zip(part.tolist(), makes[which].tolist(), colours[shade].tolist(), strict=True)
            file.writelines(f"{plate},{make},{shade},car,2015,registered\n" for plate, make, shade in lines)


def add_cameras(database_url: str, map_file: Path) -> None:
    """On the city's roads, each beside its nearest neighbour that is still free."""
    with np.load(map_file) as arrays:
        lon, lat = arrays["node_lon"], arrays["node_lat"]
    chosen = np.random.default_rng(2).choice(len(lon), CAMERAS, replace=len(lon) < CAMERAS)
    left, order = np.column_stack((lon[chosen], lat[chosen])), []
    here = left[0]
    free = np.ones(CAMERAS, dtype=bool)
    for _ in range(CAMERAS):
        apart = np.where(free, ((left - here) ** 2).sum(axis=1), np.inf)
        nearest = int(apart.argmin())
        free[nearest], here = False, left[nearest]
        order.append(here)
    with psycopg.connect(database_url) as conn:
        conn.cursor().executemany(
            "INSERT INTO plate_camera (id, region, name, lon, lat, driver, created_at, changed_at)"
            " VALUES (gen_random_uuid(), %s, %s, %s, %s, 'http', now(), now())",
            [(REGION, f"Camera {n}", float(x), float(y)) for n, (x, y) in enumerate(order)],
        )


def add_entries(database_url: str, size: Size) -> None:
    """Grounds as the registers give them: HIT_SHARE of the cars that drive, and cars that do not."""
    names = plates(size.known)
    driving = np.random.default_rng(6).choice(size.seen, round(size.seen * HIT_SHARE), replace=False)
    elsewhere = np.arange(size.seen, size.known)[: size.entries - len(driving)]
    grounds = [int(g) for g in (Ground.UNINSURED, Ground.UNPAID_FINES, Ground.SYSTEMATIC, Ground.WANTED)]
    with psycopg.connect(database_url) as conn:
        with conn.cursor().copy(
            "COPY watch_computed (plate, ground, detail, changed_at, version) FROM STDIN"
        ) as copy:
            for nth, car in enumerate(np.concatenate((driving, elsewhere)).tolist()):
                ground = grounds[nth % len(grounds)]
                copy.write(f"{names[car].decode()}\t{ground}\t{{}}\t2026-11-01\t1\n")
        conn.execute("UPDATE watch_state SET version = 1")


class Worker:
    """`jedel run qorgau`, one of some."""

    def __init__(self, url: str, nats_url: str, folder: Path, share: tuple[int, int] = (0, 1)) -> None:
        self.port = free_port()
        self._own = {
            "JEDEL_DATABASE_URL": url,
            "JEDEL_NATS_URL": nats_url,
            "JEDEL_DATA_DIR": str(folder),
            "JEDEL_METRICS_PORT": str(self.port - 2 - share[0]),
            "JEDEL_QORGAU_WORKER": str(share[0]),
            "JEDEL_QORGAU_WORKERS": str(share[1]),
            "JEDEL_LOG_LEVEL": "warning",
        }
        self.process = self._begin()

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", "jedel", "run", "qorgau"]
        return subprocess.Popen(command, env=os.environ | self._own, stdout=sys.stderr)

    def restart(self) -> float:
        """Kill -9, begin again; seconds until it writes."""
        self.process.kill()
        self.process.wait()
        began = time.monotonic()
        self.process = self._begin()
        self.ready()
        return time.monotonic() - began

    def ready(self, within_s: float = 300) -> None:
        """Return when it writes. Raises AssertionError where it has ended or takes too long."""
        deadline = time.monotonic() + within_s
        while self.metrics().get("jedel_reads_writing") != 1:
            assert self.process.poll() is None, "the worker has ended"
            assert time.monotonic() < deadline, "the worker does not write"
            time.sleep(0.1)

    def metrics(self) -> dict[str, float]:
        try:
            said = httpx.get(f"http://127.0.0.1:{self.port}/", timeout=5).text
        except httpx.HTTPError:
            return {}
        lines = (line.rpartition(" ") for line in said.splitlines() if line and line[0] != "#")
        return {name: float(value) for name, _, value in lines}

    def written(self) -> int:
        return int(self.metrics().get("jedel_reads_written_total", 0))

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def servers(folder: Path) -> Iterator[tuple[EmbeddedPostgres, EmbeddedNats]]:
    postgres, broker = EmbeddedPostgres(folder / "pg"), EmbeddedNats(folder / "nats")
    try:
        postgres.start()
        broker.start()
        migrate.upgrade(postgres.url)
        yield postgres, broker
    finally:
        broker.stop()
        postgres.stop()


async def prepare(folder: Path, url: str, size: Size) -> None:
    """Map, cameras, register, list."""
    city = folder / "city.osm.pbf"
    subprocess.run([sys.executable, "-m", "simulator.city", str(city)], check=True, stdout=sys.stderr)
    async with make_pool(url, 4) as pool:
        await import_map(Store(pool, SystemClock()), folder / "blobs", city, REGION)
    add_cameras(url, next((folder / "blobs" / "maps").glob("*/graph.npz")))
    cars_file(folder / "cars.csv", size)
    begun = time.monotonic()
    await import_register(url, Kind.VEHICLES, folder / "cars.csv")
    (folder / "cars.csv").unlink()
    told(f"{size.known:,} vehicles imported in {time.monotonic() - begun:.0f} s")
    add_entries(url, size)
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("VACUUM ANALYZE")


async def until_written(workers: list[Worker], count: int, within_s: float = 300) -> float:
    """Seconds until the workers have written so many altogether."""
    began = time.monotonic()
    while sum(worker.written() for worker in workers) < count:
        assert time.monotonic() - began < within_s, "reads are missing"
        await asyncio.sleep(0.2)
    return time.monotonic() - began


async def flood(nats_url: str, traffic: Traffic, count: int) -> None:
    """Reads as fast as JetStream takes them."""
    client = await nats.connect(nats_url)
    js = client.jetstream(publish_async_max_pending=200)
    await stream.ensure(js)
    for at in range(0, count, 20_000):
        for subject, raw in messages(traffic.take(min(20_000, count - at), time.time_ns() // 1000)):
            await js.publish_async(subject, raw, wait_stall=60)
    await js.publish_async_completed()
    await client.close()


async def steadily(nats_url: str, size: Size, rate: int, seconds: float, worker: Worker) -> dict[str, float]:
    """A process says reads at the rate; how many waited at most, and how long the stragglers took."""
    before = worker.written()
    command = [sys.executable, "-m", "tests.bench.reads_load", nats_url, str(rate), str(seconds)]
    sender = await asyncio.create_subprocess_exec(
        *command, str(size.seen), str(CAMERAS), stdout=asyncio.subprocess.PIPE
    )
    began, lags = time.monotonic(), []
    reading = asyncio.ensure_future(sender.communicate())
    while not reading.done():
        await asyncio.sleep(1.0)
        if time.monotonic() - began > 5:  # before the first batch it is that of the reads before
            lags.append(worker.metrics().get("jedel_reads_lag_seconds", 0.0))
    said: dict[str, float] = orjson.loads(reading.result()[0])
    rest_s = await until_written([worker], before + int(said["sent"]))
    whole_s = time.monotonic() - began
    return said | {
        "lag_p50": float(np.median(lags)),
        "lag_max": max(lags, default=0.0),
        "rest_s": rest_s,
        "all_s": whole_s,
    }


async def carried(nats_url: str, reads: int) -> tuple[float, float]:
    """Reads a second that JetStream alone takes in the same messages, and gives again."""
    client = await nats.connect(nats_url)
    js = client.jetstream(publish_async_max_pending=200)
    await js.add_stream(StreamConfig(name="BARE", subjects=["bare.>"]))
    said = messages(Traffic(keys(plates(200_000)), np.arange(CAMERAS, dtype=np.int32)).take(20_000, 0))
    began = time.monotonic()
    for _ in range(reads // 20_000):
        for subject, raw in said:
            await js.publish_async(f"bare.{subject}", raw, wait_stall=60)
    await js.publish_async_completed()
    published_s = time.monotonic() - began
    puller = await js.pull_subscribe("bare.>", durable="bare", config=ConsumerConfig(max_ack_pending=20_000))
    got, want, began = 0, len(said) * (reads // 20_000), time.monotonic()
    while got < want:
        batch = await puller.fetch(min(500, want - got), timeout=10)
        for message in batch:
            await message.ack()
        got += len(batch)
    pulled_s = time.monotonic() - began
    await js.delete_stream("BARE")
    await client.close()
    return reads / published_s, reads / pulled_s


def copied(url: str, reads: int) -> float:
    """Reads a second that COPY alone writes, in the same transactions, into a table with the same indexes."""
    traffic = Traffic(keys(plates(3_000_000)), np.arange(CAMERAS, dtype=np.int32))
    made = traffic.take(5_000, time.time_ns() // 1000)
    nothing = np.zeros(len(made), dtype=np.uint16)
    data = copy_data(rows(made, made["at_us"], nothing, nothing.astype(np.uint8)))
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("CREATE TABLE bare (LIKE plate_read)")
        conn.execute("CREATE INDEX ON bare (plate, at)")
        conn.execute("CREATE INDEX ON bare (camera, at)")
        began = time.monotonic()
        for _ in range(reads // len(made)):
            with conn.cursor().copy(f"COPY bare ({COLUMNS}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(data)
        took_s = time.monotonic() - began
        conn.execute("DROP TABLE bare")
    return reads / took_s


def check(url: str, sent: int) -> dict[str, Any]:
    """That each read is there once; how many are hits."""
    with psycopg.connect(url) as conn:
        row = conn.execute(
            "SELECT count(*), count(DISTINCT id), count(*) FILTER (WHERE hit) FROM plate_read"
        ).fetchone()
        alerts = conn.execute("SELECT count(*) FROM qorgau_alert").fetchone()
    assert row is not None
    assert alerts is not None
    assert row[:2] == (sent, sent), f"{sent} sent; rows and different ids: {row[:2]}"
    return {"hits": row[2], "alerts": alerts[0]}


async def measure(folder: Path, size: Size, seconds: float) -> tuple[float, bool]:
    with servers(folder) as (postgres, broker):
        published, pulled = await carried(broker.url, 400_000)
        told(f"JetStream alone: {published:,.0f} reads/s in, {pulled:,.0f} out; ", end="")
        told(f"COPY alone: {copied(postgres.url, 600_000):,.0f} reads/s")
        await prepare(folder, postgres.url, size)
        began = time.monotonic()
        worker = Worker(postgres.url, broker.url, folder)
        assert postgres.pid is not None
        assert broker.pid is not None
        try:
            worker.ready()
            told(f"the worker writes {time.monotonic() - began:.1f} s after its start")
            with Memory(worker.process.pid, postgres.pid, broker.pid) as memory:
                traffic = Traffic(keys(plates(size.seen)), np.arange(1, CAMERAS + 1, dtype=np.int32), seed=5)
                began = time.monotonic()
                await flood(broker.url, traffic, size.seen)
                await until_written([worker], size.seen)
                told(f"as fast as it goes: {size.seen / (time.monotonic() - began):,.0f} reads/s")
                before = cost(worker.process.pid)[1], cost(postgres.pid)[1], cost(broker.pid)[1]
                found = await steadily(broker.url, size, GOAL_PER_S, seconds, worker)
                after = cost(worker.process.pid)[1], cost(postgres.pid)[1], cost(broker.pid)[1]
            cores = [(b - a) / found["all_s"] for a, b in zip(before, after, strict=True)]
            told("cores: worker {:.2f}, PostgreSQL {:.2f}, NATS {:.2f}".format(*cores))
            told(f"at {GOAL_PER_S:,}/s: {found}")
            told(f"memory at most {memory.together_mib / 1024:.2f} GiB: {memory.peaks_mib} MiB")
            back_s = worker.restart()
            told(f"killed with -9, it writes again after {back_s:.1f} s (goal {BACK_S_MAX:.0f})")
        finally:
            worker.stop()
        told(f"each read is there once: {check(postgres.url, size.seen + int(found['sent']))}")
    rate = found["sent"] / (found["seconds"] + found["rest_s"])
    kept_up = found["late_s"] < 2 and found["rest_s"] < 5
    return rate, bool(kept_up and memory.together_mib <= MEMORY_GIB_MAX * 1024 and back_s <= BACK_S_MAX)


def run(seconds: float | None = None) -> Result:
    """The goal's rate for `seconds` (default 180)."""
    with tempfile.TemporaryDirectory() as folder:
        rate, met = asyncio.run(measure(Path(folder), Size.asked(), seconds or SECONDS))
    return Result("watch", round(rate), "reads/s stored and matched", GOAL_PER_S, met)


if __name__ == "__main__":
    print(run(float(sys.argv[1]) if sys.argv[1:] else None).line())
