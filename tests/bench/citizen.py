"""A thousand citizens' questions a second to one web process over 100,000 vehicles: how long each waits.

The whole of ``jedel up`` on this machine with durable PostgreSQL, registers made by the simulator, and the
generator beside it. Open loop: a question is due when its time has come, whether or not those before are
answered, and its wait begins then. Half of the questions are plates that are known, a fifth plates that are
not, a tenth VINs, a fifth IMEIs, of which half are reported.

As behind the department's own proxy: the generator is the trusted one, and each question comes from one of
200,000 addresses, none of which asks more than is free. The installation is set to be calm at this rate, so
that nobody solves tasks; every other guard is on.
"""

import asyncio
import csv
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import orjson
import uvloop

from jedel.registers.importer import import_register
from jedel.registers.model import Kind
from simulator.registers import numbers
from tests.bench import openloop
from tests.bench.alarm import patient_cost
from tests.bench.report import Result
from tests.support.plant import Plant

RATE_PER_S = 1_000
SECONDS = 60.0
WARM_S = 3.0
P99_GOAL_MS = 50.0
VEHICLES = 100_000
ADDRESSES = 200_000
KINDS = (Kind.VEHICLES, Kind.OWNERS, Kind.WANTED_VEHICLES, Kind.PHONES)
LAST_WITHIN_S = 10.0


def _said(body: bytes) -> str:
    for word in (b'"known":true', b'"known":false', b'"state":"clear"', b'"state":"reported'):
        if word in body:
            return word.decode().replace('"', "").split(":")[-1]
    return "other"


def questions(port: int, vehicles: int, vins: list[str], count: int) -> list[bytes]:
    """Whole HTTP requests, the same for the same count."""
    dice = np.random.default_rng(11)
    places = dice.integers(0, vehicles, count)
    plates = numbers.plates(places)
    absent = numbers.plates(places + vehicles)
    phones = numbers.imeis(dice.integers(0, max(vehicles // 20, 10) * 2, count))
    dealt = dice.random(count)
    found = []
    for number in range(count):
        if dealt[number] < 0.5:
            path, asked = "vehicle", {"plate": plates[number].decode()}
        elif dealt[number] < 0.7:
            path, asked = "vehicle", {"plate": absent[number].decode()}
        elif dealt[number] < 0.8:
            path, asked = "vehicle", {"vin": vins[number % len(vins)]}
        else:
            path, asked = "imei", {"imei": phones[number].decode()}
        address = 0x0B00_0000 + number % ADDRESSES
        spread = ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))
        body = orjson.dumps(asked)
        found.append(
            f"POST /api/citizen/{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Forwarded-For: {spread}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return found


def _vins(file: Path) -> list[str]:
    """As the register's file has them."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [row["vin"] for row in islice(csv.DictReader(opened), 10_000)]


async def bring_registers(
    database_url: str, folder: Path, vehicles: int, kinds: Sequence[Kind] = KINDS
) -> None:
    """Made by the simulator, brought in by the ordinary import."""
    for kind in kinds:
        command = (sys.executable, "-m", "simulator.registers", str(folder), "--vehicles", str(vehicles))
        made = await asyncio.create_subprocess_exec(
            *command, "--kind", kind, stdout=asyncio.subprocess.DEVNULL
        )
        if await made.wait() != 0:
            raise RuntimeError("no registers were made")
        await import_register(database_url, kind, folder / f"{kind}.csv", source="bench")


async def measure(seconds: float, vehicles: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="jedel-citizen-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        plant = Plant(
            folder / "jedel", JEDEL_CITIZEN_TRUSTED_PROXIES="127.0.0.1",
            JEDEL_CITIZEN_CALM_PER_S=str(RATE_PER_S * 2), JEDEL_LOG_LEVEL="warning",
        )  # fmt: skip
        try:
            await plant.start()
            await bring_registers(plant.database_url, folder, vehicles)
            pids = {child.name: child.pid for child in plant.children()}
            vins = _vins(folder / f"{Kind.VEHICLES}.csv")
            asked = questions(plant.http_port, vehicles, vins, int((seconds + WARM_S) * RATE_PER_S))
            before = {name: patient_cost(pid)[1] for name, pid in pids.items()}
            own_before, began = time.process_time(), time.monotonic()
            tally = await openloop.run(openloop.Load(plant.http_port, RATE_PER_S, WARM_S, _said), asked)
            took = time.monotonic() - began
            shares = {name: (patient_cost(pid)[1] - before[name]) / took for name, pid in pids.items()}
            shares["generator"] = (time.process_time() - own_before) / took
        finally:
            await asyncio.to_thread(plant.stop)
    waits_ms = np.array(tally.waits_s) * 1000
    p50, p99, worst = (float(np.percentile(waits_ms, share)) for share in (50, 99, 100))
    print(f"{len(waits_ms)} answers to {RATE_PER_S}/s: p50 {p50:.2f}, p99 {p99:.2f}, worst {worst:.1f} ms")
    print(f"statuses {dict(tally.statuses)}, said {dict(tally.said)}, at most {tally.most_due} due at once")
    print("cores: " + ", ".join(f"{name} {share:.2f}" for name, share in sorted(shares.items())))
    all_good = set(tally.statuses) == {200} and tally.said["other"] == 0
    return Result(
        bench="citizen",
        figure=round(p99, 1),
        unit=f"ms p99 (p50 {p50:.1f}) at {RATE_PER_S}/s",
        goal=P99_GOAL_MS,
        met=all_good and p99 <= P99_GOAL_MS,
    )


def run(seconds: float = SECONDS, vehicles: int = VEHICLES) -> Result:
    """``seconds`` of load after the warm-up."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measure(seconds, vehicles))
