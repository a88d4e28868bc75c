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
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import cast

import numpy as np
import orjson
import uvloop

from jedel.registers.importer import import_register
from jedel.registers.model import Kind
from simulator.registers import numbers
from tests.bench.alarm import patient_cost
from tests.bench.report import Result
from tests.support.plant import Plant

RATE_PER_S = 1_000
SECONDS = 60.0
WARM_S = 3.0
P99_GOAL_MS = 50.0
VEHICLES = 100_000
ADDRESSES = 200_000
CONNECTIONS = 64
KINDS = (Kind.VEHICLES, Kind.OWNERS, Kind.WANTED_VEHICLES, Kind.PHONES)
TICK_S = 0.001
WAITING_MAX = 20_000
LAST_WITHIN_S = 10.0


@dataclass
class Tally:
    """What came back. ``waits_s``: of those due after the warm-up."""

    waits_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)


class Connection(asyncio.Protocol):
    """One question at a time over a connection that stays open."""

    def __init__(self, free: "deque[Connection]", tally: Tally) -> None:
        self.free = free
        self.tally = tally
        self.due: float | None = None
        self.count = False
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is none of asyncio's
        self.free.append(self)

    def ask(self, request: bytes, due: float, count: bool) -> None:
        assert self._transport is not None
        self.due, self.count = due, count
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._read[:end].lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at : at + 10].split(b"\r\n")[0])
        if len(self._read) < end + 4 + length:
            return
        body, self._read = self._read[end + 4 :], b""
        assert self.due is not None
        if self.count:
            self.tally.waits_s.append(time.monotonic() - self.due)
            self.tally.statuses[int(head[9:12])] += 1
            self.tally.said[_said(body)] += 1
        self.free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.tally.statuses[0] += 1


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


async def load(port: int, asked: list[bytes], tally: Tally) -> int:
    """Ask all of them at the rate; how many waited for a connection at most."""
    free: deque[Connection] = deque()
    loop = asyncio.get_running_loop()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Connection(free, tally), "127.0.0.1", port)
    begun = time.monotonic() + 0.1
    sent = most = 0
    while sent < len(asked):
        now = time.monotonic()
        due = min(int((now - begun) * RATE_PER_S), len(asked))
        most = max(most, due - sent)
        if due - sent > WAITING_MAX:
            raise RuntimeError(f"{due - sent} questions wait: the server does not keep up")
        while sent < due and free:
            at = begun + sent / RATE_PER_S
            free.popleft().ask(asked[sent], at, at - begun >= WARM_S)
            sent += 1
        await asyncio.sleep(TICK_S)
    async with asyncio.timeout(LAST_WITHIN_S):
        while len(free) < CONNECTIONS:  # noqa: ASYNC110 - the answers set no event
            await asyncio.sleep(TICK_S)
    return most


async def _registers(database_url: str, folder: Path, vehicles: int) -> None:
    for kind in KINDS:
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
            await _registers(plant.database_url, folder, vehicles)
            pids = {child.name: child.pid for child in plant.children()}
            vins = _vins(folder / f"{Kind.VEHICLES}.csv")
            asked = questions(plant.http_port, vehicles, vins, int((seconds + WARM_S) * RATE_PER_S))
            tally = Tally()
            before = {name: patient_cost(pid)[1] for name, pid in pids.items()}
            own_before, began = time.process_time(), time.monotonic()
            most = await load(plant.http_port, asked, tally)
            took = time.monotonic() - began
            shares = {name: (patient_cost(pid)[1] - before[name]) / took for name, pid in pids.items()}
            shares["generator"] = (time.process_time() - own_before) / took
        finally:
            await asyncio.to_thread(plant.stop)
    waits_ms = np.array(tally.waits_s) * 1000
    p50, p99, worst = (float(np.percentile(waits_ms, share)) for share in (50, 99, 100))
    print(f"{len(waits_ms)} answers to {RATE_PER_S}/s: p50 {p50:.2f}, p99 {p99:.2f}, worst {worst:.1f} ms")
    print(f"statuses {dict(tally.statuses)}, said {dict(tally.said)}, at most {most} due at once")
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
