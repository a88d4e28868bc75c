"""2,000 consoles on one web process, 20 events a second: from the command that makes an event to the frame in
each console.

The whole of it is real: `jedel up` in its own process, status changes by HTTP, WebSockets over TCP. Only the
consoles are bare: they read frames and note when each event came, since 2,000 real ones do not fit beside the
server on two cores.
"""

import asyncio
import json
import os
import struct
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import cast
from uuid import uuid4

import httpx
import numpy as np
import uvloop

from jedel.access.cookies import SESSION_COOKIE
from tests.bench.report import Result
from tests.faults.ordeal import World, people_the
from tests.support import eventually
from tests.support.plant import Plant

CONSOLES = 2_000
EVENTS_PER_S = 20
GOAL_MS = 100.0
CONNECT_AT_ONCE = 50
PATROLS = 20  # each changes its status once a second
ARRIVE_WITHIN_S = 20.0

_ID = b'"id":"'


class Console(asyncio.Protocol):
    """One open live feed: the arrival of each event whose id stands in `sent`."""

    def __init__(self, request: bytes, sent: dict[bytes, float], arrived: list[tuple[float, float]]) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._request = request
        self._sent = sent
        self._arrived = arrived
        self._rest = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        data = self._rest + data if self._rest else data
        if not self._open:
            head, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            assert b" 101 " in head[:16], head
            self._open = True
        self._rest = self._frames(data, at)

    def _frames(self, data: bytes, at: float) -> bytes:
        """Take whole frames off; what is left of the last one."""
        start = 0
        while len(data) - start >= 2:
            size, head = data[start + 1] & 0x7F, 2
            if size >= 126:
                head = 4 if size == 126 else 10
                if len(data) - start < head:
                    break
                size = struct.unpack_from(">H" if head == 4 else ">Q", data, start + 2)[0]
            if len(data) - start < head + size:
                break
            self._frame(data, start + head, at)
            start += head + size
        return data[start:]

    def _frame(self, data: bytes, start: int, at: float) -> None:
        place = data.find(_ID, start, start + 200)
        sent_at = self._sent.get(data[place + 6 : place + 42]) if place >= 0 else None
        if sent_at is not None:
            self._arrived.append((sent_at, at))
        elif not self.ready.done():
            self.ready.set_result(None)  # the snapshot

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("closed"))


async def open_consoles(
    plant: Plant, cookie: str, sent: dict[bytes, float], arrived: list[tuple[float, float]]
) -> list[Console]:
    """All consoles, each with its snapshot."""
    gate = asyncio.Semaphore(CONNECT_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one() -> Console:
        key = b64encode(os.urandom(16)).decode()
        request = (
            f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{plant.http_port}\r\nOrigin: {plant.url}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\nCookie: {SESSION_COOKIE}={cookie}\r\n\r\n"
        ).encode()
        async with gate:
            _, console = await loop.create_connection(
                lambda: Console(request, sent, arrived), "127.0.0.1", plant.http_port
            )
            await asyncio.wait_for(console.ready, 60)
        return console

    return list(await asyncio.gather(*(one() for _ in range(CONSOLES))))


async def events(world: World, sent: dict[bytes, float], seconds: float) -> int:
    """Status changes at an even pace; how many were accepted."""
    period = 1 / EVENTS_PER_S
    accepted = 0
    waiting: set[asyncio.Task[bool]] = set()
    limits = httpx.Limits(max_connections=16)
    async with httpx.AsyncClient(
        base_url=world.plant.url, cookies={SESSION_COOKIE: world.cookie}, limits=limits, timeout=30
    ) as client:

        async def change(number: int) -> bool:
            command = str(uuid4())
            unit = world.units[number % len(world.units)]
            status = "busy" if (number // len(world.units)) % 2 == 0 else "available"
            sent[command.encode()] = time.monotonic()
            answer = await client.post(f"/api/units/{unit}/status", json={"id": command, "status": status})
            if not answer.is_success:
                del sent[command.encode()]
            return answer.is_success

        began = time.monotonic()
        for number in range(int(seconds * EVENTS_PER_S)):
            await asyncio.sleep(max(0.0, began + number * period - time.monotonic()))
            waiting.add(asyncio.create_task(change(number)))
        for outcome in await asyncio.gather(*waiting):
            accepted += outcome
    return accepted


async def measure(seconds: float) -> tuple[np.ndarray, int, int, str]:
    """Delays in ms of all deliveries, how many were due, consoles that were dropped, memory by process."""
    sent: dict[bytes, float] = {}
    arrived: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory(prefix="jedel-seats-") as folder:
        Path(folder).chmod(0o755)
        plant = Plant(Path(folder) / "jedel")
        await plant.start()
        try:
            world = await people_the(plant, PATROLS)
            consoles = await open_consoles(plant, world.cookie, sent, arrived)
            await events(world, {}, 2)  # warm up
            accepted = await events(world, sent, seconds)

            async def all_arrived() -> bool:
                return len(arrived) >= accepted * CONSOLES

            with suppress(AssertionError):  # what is missing is told in the result
                await eventually(all_arrived, within_s=ARRIVE_WITHIN_S)
            memory = _memory(plant)
            dropped = sum(console.closed for console in consoles)
        finally:
            await asyncio.to_thread(plant.stop)
    delays = np.array([(at - since) * 1000 for since, at in arrived])
    return delays, accepted * CONSOLES, dropped, memory


def _memory(plant: Plant) -> str:
    found = []
    for child in plant.children():
        text = Path(f"/proc/{child.pid}/status").read_text()
        kib = int(text.split("VmRSS:")[1].split()[0])
        found.append(f"{child.name} {kib // 1024} MiB")
    return ", ".join(sorted(found))


def run(seconds: float | None = None) -> Result:
    """Measure for `seconds` (default 20)."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        delays, due, dropped, memory = runner.run(measure(seconds or 20.0))
    p50, p99, worst = (round(float(x), 1) for x in np.percentile(delays, [50, 99, 100]))
    told = {"p50_ms": p50, "p99_ms": p99, "max_ms": worst, "deliveries": len(delays), "due": due}
    print(json.dumps(told | {"dropped": dropped, "memory": memory}), file=sys.stderr)
    return Result("seats", p99, "ms p99", GOAL_MS, p99 <= GOAL_MS and len(delays) == due and not dropped)
