"""Tiles of 1,318,000 cameras at every zoom over HTTP, while 10,000 states a second change.

A web process as it is started in production, all cameras in one region (the worst case: nothing is left out
by region), PostgreSQL and NATS beside it, the generator in this process, the states from another. Each zoom
is asked for tiles in which a random camera lies, open loop, so that dense places are asked most; a wait
begins when the request is due. The figure is the worst zoom's p99. Peer: PostGIS `ST_AsMVT`, where PostgreSQL
has it.
"""

import asyncio
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from uuid import UUID

import httpx
import nats
import numpy as np
import psycopg
import uvloop

from jedel.access import Principal, Role
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import Method
from jedel.access.service import add_account, open_session
from jedel.app import migrate
from jedel.app.connections import make_pool
from jedel.app.embedded.child import free_port
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.cameras.tiles import STATE_RECORD, STATE_SUBJECT
from jedel.cameras.tiles.layer import ZOOM_MAX
from jedel.cameras.tiles.mercator import BITS, steps
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from tests.bench import openloop
from tests.bench.report import Result

CAMERAS = 1_318_000
ENV_CAMERAS = "JEDEL_BENCH_CAMERAS"
CHANGES_PER_S, MESSAGES_PER_S = 10_000, 20
TILES_PER_S = 80.0
GOAL_MS = 15.0
SECONDS = 60.0
CITIES = 200
REGION = "00"
ACCOUNT = UUID(int=5)


def made(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes: few large cities and many small ones, denser towards their middle."""
    dice = np.random.default_rng(1)
    middle = dice.random((CITIES, 2)) * [38, 13] + [48, 41.5]
    share = dice.pareto(1.1, CITIES) + 0.1
    city = dice.choice(CITIES, count, p=share / share.sum())
    spread = 0.03 + 0.1 * np.sqrt(share / share.sum())[city]
    lon = middle[city, 0] + dice.normal(size=count) * spread
    return lon, middle[city, 1] + dice.normal(size=count) * spread * 0.7


def fill(url: str, lon: np.ndarray, lat: np.ndarray) -> None:
    """The registry, by COPY."""
    kinds = np.random.default_rng(2).choice(
        ["fixed", "ptz", "mobile", "post"], len(lon), p=[0.8, 0.15, 0.02, 0.03]
    )
    columns = "id, region, name, kind, lon, lat, heading, fov, range_m, created_at, updated_at"
    now = "2026-11-01T00:00:00Z"
    with psycopg.connect(url, autocommit=True) as conn:
        with conn.cursor() as cursor, cursor.copy(f"COPY camera ({columns}) FROM STDIN") as copy:
            rows = zip(lon.tolist(), lat.tolist(), kinds.tolist(), strict=True)
            for n, (east, north, kind) in enumerate(rows):
                copy.write(
                    f"{UUID(int=n + 1)}\t{REGION}\tcamera {n}\t{kind}\t{east:.6f}\t{north:.6f}"
                    f"\t{n % 360}\t90\t60\t{now}\t{now}\n"
                )
        conn.execute("ANALYZE camera")


def change(nats_url: str, count: int, ready: Event, stop: Event) -> None:
    """Another process: states of random cameras, at their rate."""

    async def publish() -> None:
        client = await nats.connect(nats_url)
        dice, each = np.random.default_rng(3), CHANGES_PER_S // MESSAGES_PER_S
        due = time.monotonic()
        while not stop.is_set():
            records = np.zeros(each, dtype=STATE_RECORD)
            records["number"] = dice.integers(1, count + 1, each)
            records["state"], records["flags"] = dice.integers(0, 3, each), dice.integers(0, 2, each)
            await client.publish(STATE_SUBJECT, records.tobytes())
            ready.set()
            due += 1 / MESSAGES_PER_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await client.close()

    asyncio.run(publish())


async def session(url: str) -> str:
    async with make_pool(url, 2) as pool:
        store = Store(pool, SystemClock())
        await add_account(
            store, account_id=ACCOUNT, login="bench", name="Bench", role=Role.OPERATOR, region=REGION,
            language="en", password="not used by anybody",
        )  # fmt: skip
        who = Principal("account", ACCOUNT, "Bench", REGION, Role.OPERATOR)
        return await open_session(store, who, "", Method.PASSKEY)


@contextmanager
def web(folder: Path, database_url: str, nats_url: str) -> Iterator[tuple[int, int]]:
    """A web process: its port and its process id."""
    port = free_port()
    own = {
        "JEDEL_DATA_DIR": str(folder / "var"), "JEDEL_DATABASE_URL": database_url, "JEDEL_NATS_URL": nats_url,
        "JEDEL_HTTP_PORT": str(port), "JEDEL_LOG_LEVEL": "warning",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-P", "-m", "jedel", "run", "web"], env={**os.environ, **own})
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/health", timeout=5)
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, "the web process does not answer"
                time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def memory_mb(pid: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024  # type: ignore[index]


def requests(port: int, cookie: str, zoom: int, x: np.ndarray, y: np.ndarray) -> list[bytes]:
    found = []
    for n, (east, south) in enumerate(
        zip((x >> (BITS - zoom)).tolist(), (y >> (BITS - zoom)).tolist(), strict=True)
    ):
        query = ("", "", "?kind=ptz", "?state=down")[n % 4]
        found.append(
            f"GET /api/cameras/tiles/{zoom}/{east}/{south}.mvt{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Cookie: {SESSION_COOKIE}={cookie}\r\n\r\n".encode()
        )
    return found


async def measure(port: int, cookie: str, lon: np.ndarray, lat: np.ndarray, seconds: float) -> list[float]:
    """The p99 of each zoom, milliseconds."""
    dice, each = np.random.default_rng(4), int(TILES_PER_S * seconds / (ZOOM_MAX + 1))
    found = []
    for zoom in range(ZOOM_MAX + 1):
        chosen = dice.integers(0, len(lon), each + 10)
        x, y = steps(lon[chosen], lat[chosen])
        load = openloop.Load(port, TILES_PER_S, 10 / TILES_PER_S, lambda body: str(len(body)), connections=8)
        tally = await openloop.run(load, requests(port, cookie, zoom, x, y))
        assert set(tally.statuses) == {200}, tally.statuses
        sizes = [int(size) for size in tally.said.elements()]
        waits = np.array(tally.waits_s) * 1e3
        found.append(float(np.percentile(waits, 99)))
        print(
            f"zoom {zoom:2}: p50 {np.median(waits):.1f} ms, p99 {found[-1]:.1f} ms of {len(waits)}; "
            f"tiles of {np.mean(sizes) / 1e3:.1f} kB, at most {max(sizes) / 1e3:.1f} kB"
        )
    return found


def postgis(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as conn:
        there = conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'").fetchone()
    return "" if there else "PostGIS is not in this PostgreSQL: nothing to compare with"


def run(seconds: float | None = None) -> Result:
    """`seconds` (default 60) are shared out among the zooms."""
    count = int(os.environ.get(ENV_CAMERAS, CAMERAS))
    with tempfile.TemporaryDirectory(prefix="jedel-tiles-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, bus = EmbeddedPostgres(folder / "pg", durable=False), EmbeddedNats(folder / "nats")
        postgres.start()
        bus.start()
        try:
            return _run(folder, postgres.url, bus.url, count, seconds or SECONDS)
        finally:
            bus.stop()
            postgres.stop()


def _run(folder: Path, database_url: str, nats_url: str, count: int, seconds: float) -> Result:
    migrate.upgrade(database_url)
    lon, lat = made(count)
    fill(database_url, lon, lat)
    cookie = asyncio.run(session(database_url))
    ready, stop = multiprocessing.Event(), multiprocessing.Event()
    changer = multiprocessing.Process(target=change, args=(nats_url, count, ready, stop), daemon=True)
    with web(folder, database_url, nats_url) as (port, pid):
        bare, began = memory_mb(pid), time.monotonic()
        path = f"http://127.0.0.1:{port}/api/cameras/tiles/0/0/0.mvt"
        httpx.get(path, cookies={SESSION_COOKIE: cookie}, timeout=120).raise_for_status()
        print(f"{count} cameras are on the map {time.monotonic() - began:.1f} s after the first question")
        changer.start()
        ready.wait(10)
        time.sleep(1)
        p99 = uvloop.run(measure(port, cookie, lon, lat, seconds))
        print(f"memory: {bare:.0f} MB when it began to answer, {memory_mb(pid):.0f} MB at the end")
        stop.set()
        changer.join(5)
    if said := postgis(database_url):
        print(said)
    figure = round(max(p99), 1)
    return Result("camera-tiles", figure, "ms p99 of the worst zoom", GOAL_MS, figure <= GOAL_MS)
