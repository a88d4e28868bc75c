"""Five hundred look-ups a second over 5,000,000 vehicles, each on record durably before it is answered.

The whole of ``jedel up`` on this machine with durable PostgreSQL, vehicles, owners, insurance, wanted lists
and fines made by the simulator, and the generator beside it, open loop. 2,000 officers of a region ask, each
with a session; half of the plates are known. What is sustained at most is looked for after it, in rounds that
ask a tenth more each. Peer: the same PostgreSQL's bare durable inserts, in the same run.
"""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import orjson
import uvloop

from jedel.access import Principal, Role
from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import Method
from jedel.access.service import open_session
from jedel.app.connections import make_pool
from jedel.journal import Connection, Store
from jedel.kernel.clock import SystemClock
from jedel.registers.model import Kind
from simulator.registers import numbers
from tests.bench import journal, openloop
from tests.bench.alarm import patient_cost
from tests.bench.citizen import bring_registers
from tests.bench.report import Result
from tests.support.plant import Plant

RATE_PER_S = 500
SECONDS = 60.0
WARM_S = 3.0
P99_GOAL_MS = 50.0
VEHICLES = 5_000_000
ENV_ROWS = "JEDEL_BENCH_REGISTER_ROWS"
OFFICERS = 2_000
REGION = "00"
KINDS = (Kind.VEHICLES, Kind.OWNERS, Kind.INSURANCE, Kind.WANTED_VEHICLES, Kind.FINES)
ROUND_S = 8.0
ROUNDS_MAX = 12
BARE_S = 10.0


@dataclass(frozen=True)
class Asked:
    """Makes requests that were never made before; the same plates for the same number."""

    port: int
    cookies: list[str]
    vehicles: int

    def requests(self, count: int, seed: int) -> list[bytes]:
        dice = np.random.default_rng(seed)
        plates = numbers.plates(dice.integers(0, self.vehicles * 2, count))
        made = []
        for number in range(count):
            body = orjson.dumps(
                {
                    "id": str(uuid4()),
                    "purpose": "roadside",
                    "case_number": f"R-{number % 977}",
                    "plate": plates[number].decode(),
                }
            )
            cookie = self.cookies[number % len(self.cookies)]
            made.append(
                f"POST /api/lookups/vehicle HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                f"Cookie: {SESSION_COOKIE}={cookie}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
        return made


def said(body: bytes) -> str:
    return "answered" if b'"state":"granted"' in body else "other"


async def officers(database_url: str) -> list[str]:
    """Sessions of as many officers, each with an account of an own."""
    async with make_pool(database_url, 4) as pool:
        store = Store(pool, SystemClock())
        people = [uuid4() for _ in range(OFFICERS)]
        async with store.transaction() as tx:
            await _accounts(tx.conn, people)
        who = (Principal("account", each, "Officer", REGION, Role.OFFICER) for each in people)
        return [await open_session(store, each, "bench", Method.PASSKEY) for each in who]


async def _accounts(conn: Connection, people: list[UUID]) -> None:
    async with conn.cursor() as cursor:
        await cursor.executemany(
            "INSERT INTO account (id, login, name, role, region, language, created_at)"
            " VALUES (%s, %s, 'Officer', 'officer', %s, 'ru', now())",
            [(each, f"officer-{each}", REGION) for each in people],
        )


async def most(plant: Plant, asked: Asked) -> float:
    """Look-ups a second at which the slowest of a hundred still has its answer in time."""
    best, rate = 0.0, float(RATE_PER_S)
    for number in range(ROUNDS_MAX):
        load = openloop.Load(plant.http_port, rate, 1.0, said)
        try:
            tally = await openloop.run(load, asked.requests(int(rate * ROUND_S), 100 + number))
        except RuntimeError:
            return best
        p99 = float(np.percentile(np.array(tally.waits_s) * 1000, 99))
        print(f"  {rate:.0f}/s: p99 {p99:.1f} ms")
        if p99 > P99_GOAL_MS:
            return best
        best, rate = rate, rate * 1.1
    return best


async def bare(database_url: str) -> float:
    """Durable single-row inserts a second into the same PostgreSQL, by eight writers."""
    async with make_pool(database_url, journal.WRITERS) as pool:
        async with pool.connection() as conn:
            await conn.execute("CREATE TABLE bare (id uuid PRIMARY KEY, payload text NOT NULL)")
        until = time.monotonic() + BARE_S
        return (
            sum(await asyncio.gather(*(journal.bare(pool, until) for _ in range(journal.WRITERS)))) / BARE_S
        )


async def measure(seconds: float, vehicles: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="jedel-lookup-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        plant = Plant(folder / "jedel", JEDEL_LOG_LEVEL="warning")
        try:
            await plant.start()
            await bring_registers(plant.database_url, folder, vehicles, KINDS)
            asked = Asked(plant.http_port, await officers(plant.database_url), vehicles)
            pids = {child.name: child.pid for child in plant.children()}
            requests = asked.requests(int((seconds + WARM_S) * RATE_PER_S), 7)
            before = {each: patient_cost(pid)[1] for each, pid in pids.items()}
            own_before, began = time.process_time(), time.monotonic()
            tally = await openloop.run(openloop.Load(plant.http_port, RATE_PER_S, WARM_S, said), requests)
            took = time.monotonic() - began
            shares = {each: (patient_cost(pid)[1] - before[each]) / took for each, pid in pids.items()}
            shares["generator"] = (time.process_time() - own_before) / took
            recorded = await _recorded(plant.database_url)
            waits_ms = np.array(tally.waits_s) * 1000
            p50, p99, worst = (float(np.percentile(waits_ms, share)) for share in (50, 99, 100))
            print(f"{len(waits_ms)} answers at {RATE_PER_S}/s")
            print(f"p50 {p50:.2f}, p99 {p99:.2f}, worst {worst:.1f} ms")
            print(f"statuses {dict(tally.statuses)}, said {dict(tally.said)}")
            print(f"at most {tally.most_due} due at once")
            print("cores: " + ", ".join(f"{each} {share:.2f}" for each, share in sorted(shares.items())))
            print(f"{recorded} of {len(requests)} on record")
            sustained = await most(plant, asked) if p99 <= P99_GOAL_MS else 0.0
            inserts = await bare(plant.database_url)
        finally:
            await asyncio.to_thread(plant.stop)
    print(f"at most {sustained:.0f} look-ups/s in time; bare durable inserts {inserts:.0f}/s")
    good = set(tally.statuses) == {200} and set(tally.said) == {"answered"} and recorded == len(requests)
    return Result(
        bench="lookup",
        figure=round(p99, 1),
        unit=f"ms p99 (p50 {p50:.1f}) at {RATE_PER_S}/s, {vehicles} vehicles; most {sustained:.0f}/s",
        goal=P99_GOAL_MS,
        met=good and p99 <= P99_GOAL_MS,
        peer="PostgreSQL, bare durable inserts/s",
        peer_figure=round(inserts),
        ratio=round(sustained / inserts, 2),
    )


async def _recorded(database_url: str) -> int:
    async with make_pool(database_url, 2) as pool, pool.connection() as conn:
        cursor = await conn.execute("SELECT count(*) AS n FROM journal WHERE kind = 'lookups.asked'")
        row = await cursor.fetchone()
    assert row is not None
    return int(row["n"])


def run(seconds: float | None = None, vehicles: int | None = None) -> Result:
    """``seconds`` of load after the warm-up; with it, or with ENV_ROWS, fewer vehicles."""
    rows = vehicles or int(os.environ.get(ENV_ROWS, "0")) or (100_000 if seconds else VEHICLES)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(seconds or SECONDS, rows))
