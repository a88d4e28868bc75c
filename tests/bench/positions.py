"""22,000 units report once a second: from the report to the committed row, with nothing lost or doubled.

Real PostgreSQL (durable) and NATS from their wheels, the writer in a process of its own, and a process that
reports and listens. Lag is counted from the time in the report to the moment at which the writer's batch,
published after its commit, has come back: more than the way to PostgreSQL alone.
"""

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import nats
import numpy as np
import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import PubAck

from jedel.app import migrate
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.units.codec import POSITION, UNKNOWN, decode
from jedel.units.hot import HotUnits
from jedel.units.positions import stream
from tests.bench.report import Result

UNITS = 22_000
GOAL_S = 2.0
REGION = "00"
TICKS_PER_S = 50
SETTLE_S = 60.0
LATE_S_MAX = 1.0  # a sender further behind has not sent at the rate that is asked for
PER_MESSAGE = 10  # a gateway of trackers bundles; one by one (argument 1) costs the sender a core


class Listener:
    """What a web process does with positions, and how late each of them was."""

    def __init__(self) -> None:
        self.hot = HotUnits()
        self.lags_s: list[np.ndarray] = []
        self.heard = 0

    async def take(self, message: Msg) -> None:
        records = decode(message.data)
        self.hot.update(records)
        self.heard += len(records)
        self.lags_s.append(time.time() - records["at_us"] / 1e6)


async def report_for(
    client: Client, units: np.ndarray, seconds: float, per_message: int
) -> tuple[int, float]:
    """Each unit once a second, evenly spread; how many were sent, and how far behind the sender was at most.

    Raises where JetStream did not acknowledge one of them.
    """
    refused: list[BaseException] = []

    def acknowledged(ack: "asyncio.Future[PubAck]") -> None:
        if (fault := ack.exception()) is not None:
            refused.append(fault)

    js, subject, dice = client.jetstream(), f"{stream.RAW}.{REGION}", np.random.default_rng(3)
    share, start, sent, late_s = len(units) // TICKS_PER_S, time.time(), 0, 0.0
    lon = dice.uniform(76.75, 77.12, len(units))
    for tick in range(int(seconds * TICKS_PER_S)):
        due = start + tick / TICKS_PER_S
        late_s = max(late_s, time.time() - due)
        await asyncio.sleep(max(0.0, due - time.time()))
        at = tick % TICKS_PER_S * share
        records = np.zeros(share, dtype=POSITION)
        records["unit"] = units[at : at + share]
        records["at_us"] = int(time.time() * 1e6)
        records["lon_e7"] = lon[at : at + share] * 1e7 + tick
        records["lat_e7"] = 432_500_000
        records["speed_cms"], records["heading_cdeg"], records["accuracy_dm"] = 1000, UNKNOWN, 50
        raw = records.tobytes()
        step = per_message * POSITION.itemsize
        for offset in range(0, len(raw), step):
            ack = await js.publish_async(subject, raw[offset : offset + step], wait_stall=30)
            ack.add_done_callback(acknowledged)
        sent += share
    await js.publish_async_completed()
    if refused:
        raise refused[0]
    return sent, late_s


async def measure(
    database_url: str, nats_url: str, seconds: float, per_message: int
) -> tuple[Listener, int, float]:
    """The lags, how many were sent, and how far behind its own schedule the sender was at most."""
    units = _add_units(database_url)
    client = await nats.connect(nats_url)
    await stream.ensure(client.jetstream())
    listener = Listener()
    await client.subscribe(f"{stream.NOW}.*", cb=listener.take)
    warm, _ = await report_for(client, units, 1.0, per_message)  # the writer is up and has its caches
    await _until(lambda: listener.heard >= warm)
    listener.lags_s.clear()
    sent, late_s = await report_for(client, units, seconds, per_message)
    await _until(lambda: listener.heard >= warm + sent)
    await client.close()
    return listener, warm + sent, late_s


async def _until(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SETTLE_S
    while not look():
        if time.monotonic() > deadline:
            raise AssertionError("positions are missing")
        await asyncio.sleep(0.02)


def _add_units(database_url: str) -> np.ndarray:
    ids = [UUID(int=(0x0198 << 112) + n) for n in range(1, UNITS + 1)]
    with psycopg.connect(database_url) as conn:
        conn.execute(
            "INSERT INTO unit (id, region, call_sign, kind, crew, skills, status, since, silent, created_at)"
            " SELECT id, %s, 'U' || n, 'car', '{}', '{}', 'off_shift', now(), false, now()"
            " FROM unnest(%s::uuid[]) WITH ORDINALITY AS t(id, n)",
            (REGION, ids),
        )
    return np.frombuffer(b"".join(unit.bytes for unit in ids), dtype="V16")


@contextmanager
def servers() -> Iterator[tuple[EmbeddedPostgres, EmbeddedNats, subprocess.Popen[bytes]]]:
    with tempfile.TemporaryDirectory() as folder:
        postgres, broker = EmbeddedPostgres(Path(folder) / "pg"), EmbeddedNats(Path(folder) / "nats")
        try:
            postgres.start()
            broker.start()
            migrate.upgrade(postgres.url)
            writer = subprocess.Popen(
                [sys.executable, "-m", "tests.units.writer_process", postgres.url, broker.url],
                stdout=sys.stderr,
            )
            try:
                yield postgres, broker, writer
            finally:
                writer.kill()
                writer.wait()
        finally:
            broker.stop()
            postgres.stop()


def cost(pid: int) -> tuple[float, float]:
    """MiB (memory that processes share counts once) and CPU seconds of a process and its children."""
    stats = {int(path.parent.name): path.read_text() for path in Path("/proc").glob("[0-9]*/stat")}
    fields = {child: stat.rpartition(")")[2].split() for child, stat in stats.items()}
    family = {pid}
    while more := {child for child, field in fields.items() if int(field[1]) in family} - family:
        family |= more
    rollups = [Path(f"/proc/{one}/smaps_rollup").read_text().splitlines() for one in family]
    pss_kib = sum(int(line.split()[1]) for lines in rollups for line in lines if line.startswith("Pss:"))
    ticks = sum(int(fields[one][11]) + int(fields[one][12]) for one in family)
    return pss_kib / 1024, ticks / os.sysconf("SC_CLK_TCK")


def run(seconds: float | None = None, per_message: int = PER_MESSAGE) -> Result:
    """Reports for `seconds` (default 60), `per_message` positions in a message."""
    logging.disable(logging.WARNING)
    seconds = seconds or 60.0
    with servers() as (postgres, broker, writer):
        listener, sent, late_s = asyncio.run(measure(postgres.url, broker.url, seconds, per_message))
        pids = {"writer": writer.pid, "PostgreSQL": postgres.pid, "NATS": broker.pid}
        costs = {name: cost(pid) for name, pid in pids.items()}
        with psycopg.connect(postgres.url) as conn:
            row = conn.execute("SELECT count(*), count(DISTINCT (unit_id, at)) FROM position").fetchone()
    if row != (sent, sent):
        raise AssertionError(f"{sent} sent, {row} rows and different rows")
    lags_s = np.concatenate(listener.lags_s)
    p50, p99, worst = np.percentile(lags_s, [50, 99, 100])
    print(
        f"{sent} sent and written, each once; lag p50 {p50:.2f} p99 {p99:.2f} max {worst:.2f} s",
        file=sys.stderr,
    )
    for name, (memory_mib, cpu_s) in costs.items():
        print(f"{name}: {memory_mib:.0f} MiB, {cpu_s / sent * 1e6:.1f} us of CPU a position", file=sys.stderr)
    met = bool(worst <= GOAL_S and late_s <= LATE_S_MAX)
    if late_s > LATE_S_MAX:
        print(f"not valid: the sender fell {late_s:.1f} s behind, so the rate was lower", file=sys.stderr)
    return Result("positions", round(float(worst), 3), "s lag max", GOAL_S, met)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    print(run(given[0] if given else None, int(given[1]) if given[1:] else PER_MESSAGE).line())
