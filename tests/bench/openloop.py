"""Requests at an even rate over connections that stay open, whether or not those before are answered.

Each is due when its time has come, and its wait begins then: a server that falls behind cannot hide it.
"""

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

TICK_S = 0.001
WAITING_MAX = 20_000


@dataclass
class Tally:
    """What came back of what was due after the warm-up. ``said``: how `Load.read` calls an answer."""

    waits_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    most_due: int = 0


@dataclass(frozen=True)
class Load:
    """Those of the first `warm_s` are not counted. `read` names an answer by its body."""

    port: int
    rate_per_s: float
    warm_s: float
    read: Callable[[bytes], str]
    connections: int = 64


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, free: "deque[_Connection]", tally: Tally, read: Callable[[bytes], str]) -> None:
        self._free = free
        self._tally = tally
        self._name = read
        self._due: float | None = None
        self._count = False
        self._read = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._free.append(self)

    def ask(self, request: bytes, due: float, *, count: bool) -> None:
        assert self._transport is not None
        self._due, self._count = due, count
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
        assert self._due is not None
        if self._count:
            self._tally.waits_s.append(time.monotonic() - self._due)
            self._tally.statuses[int(head[9:12])] += 1
            self._tally.said[self._name(body)] += 1
        self._due = None
        self._free.append(self)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._due is not None:  # not one that the server's end closes after the last answer
            self._tally.statuses[0] += 1


async def run(load: Load, requests: Sequence[bytes]) -> Tally:
    """Ask all of them. Raises RuntimeError where the server falls behind for good."""
    tally, free = Tally(), deque[_Connection]()
    loop = asyncio.get_running_loop()
    for _ in range(load.connections):
        await loop.create_connection(lambda: _Connection(free, tally, load.read), "127.0.0.1", load.port)
    begun = time.monotonic() + 0.1
    sent = 0
    while sent < len(requests):
        due = min(math.floor((time.monotonic() - begun) * load.rate_per_s) + 1, len(requests))
        tally.most_due = max(tally.most_due, due - sent)
        if due - sent > WAITING_MAX:
            raise RuntimeError(f"{due - sent} requests wait: the server does not keep up")
        while sent < due and free:
            at = begun + sent / load.rate_per_s
            free.popleft().ask(requests[sent], at, count=at - begun >= load.warm_s)
            sent += 1
        await asyncio.sleep(TICK_S)
    while len(free) < load.connections:  # noqa: ASYNC110 - the last answers, once a run
        await asyncio.sleep(TICK_S)
    return tally
