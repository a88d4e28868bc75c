"""Many consoles on the live feed in one process, each with a socket of its own, as cheap as they can be.

``python -m tests.bench.consoles PORT COOKIE N``: says ``ready`` when every console has its snapshot, then
listens until its input ends, then prints one JSON object: {"cut_off": n, "events": [[seq, how many consoles
had it, when the first and when the last of them had it]], "alarms": {alarm id: seq of its incident's
event}}. Times are CLOCK_MONOTONIC seconds, which all processes of a machine share. Only the first console
reads what events say.
"""

import asyncio
import sys
from functools import partial
from typing import Any, cast

import orjson

TEXT = 0x1
READY_S = 300.0
AT_ONCE = 16
SETTLE_S = 30.0
EVENT = b'{"type":"event","seq":'
SNAPSHOT = b'{"type":"snapshot"'
INCIDENT_KINDS = frozenset({"dispatch.incident_opened", "dispatch.alarm_linked"})


class Crowd:
    """What all consoles together have seen."""

    def __init__(self) -> None:
        self.cut_off = 0
        self.count: dict[int, int] = {}
        self.first: dict[int, float] = {}
        self.last: dict[int, float] = {}
        self.alarms: dict[str, int] = {}

    def heard(self, seq: int, at: float) -> None:
        self.count[seq] = self.count.get(seq, 0) + 1
        self.first.setdefault(seq, at)
        self.last[seq] = at

    def even(self, size: int, alarms: int) -> bool:
        """Whether every console has the incident of every alarm."""
        return len(self.alarms) >= alarms and all(self.count[seq] == size for seq in self.alarms.values())

    def read(self, text: bytes) -> None:
        event: dict[str, Any] = orjson.loads(text)
        if event["kind"] in INCIDENT_KINDS:
            for incident in event["changed"].get("incidents", ()):
                for alarm in incident["alarm_ids"]:
                    self.alarms.setdefault(alarm, event["seq"])


class Console(asyncio.Protocol):
    """One WebSocket client (RFC 6455): frames of a server are not masked and, here, never split."""

    def __init__(self, crowd: Crowd, request: bytes, reads: bool) -> None:
        self.crowd = crowd
        self.request = request
        self.reads = reads
        self.joined = asyncio.get_running_loop().create_future()
        """True with the first snapshot, False when the link ended before it."""
        self.upgraded = False
        self.buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self.request)  # uvloop's is not a subclass

    def connection_lost(self, exc: Exception | None) -> None:
        if self.joined.done():
            self.crowd.cut_off += 1
        else:
            self.joined.set_result(False)

    def data_received(self, data: bytes) -> None:
        at = asyncio.get_running_loop().time()
        self.buffer += data
        if not self.upgraded:
            head, blank, rest = self.buffer.partition(b"\r\n\r\n")
            if not blank:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                return  # refused: the server closes
            self.upgraded, self.buffer = True, rest
        while (frame := self._frame()) is not None:
            self._take(frame, at)

    def _frame(self) -> bytes | None:
        """The next whole text; an empty one for frames without any."""
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        kind, size, start = buffer[0] & 0xF, buffer[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return None
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return None
        text = bytes(buffer[start : start + size]) if kind == TEXT else b""
        del buffer[: start + size]
        return text

    def _take(self, text: bytes, at: float) -> None:
        if text.startswith(EVENT):
            self.crowd.heard(int(text[len(EVENT) : text.index(b",", len(EVENT))]), at)
            if self.reads:
                self.crowd.read(text)
        elif text.startswith(SNAPSHOT):
            self.joined.set_result(True)


async def main(port: int, cookie: str, size: int) -> None:
    crowd = Crowd()
    request = (
        f"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        f"Cookie: {cookie}\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()

    gate = asyncio.Semaphore(AT_ONCE)

    async def connect(n: int) -> None:
        """Until there is a snapshot, as a browser does."""
        async with gate:
            while True:
                make = partial(Console, crowd, request, n == 0)
                _, console = await loop.create_connection(make, "127.0.0.1", port)
                if await console.joined:
                    return

    async with asyncio.timeout(READY_S):
        await asyncio.gather(*(connect(n) for n in range(size)))
    print("ready", flush=True)
    alarms = int(await asyncio.to_thread(sys.stdin.read))
    deadline = loop.time() + SETTLE_S
    while loop.time() < deadline and not crowd.even(size, alarms):  # noqa: ASYNC110 - every message decides
        await asyncio.sleep(0.1)
    events = [[seq, crowd.count[seq], crowd.first[seq], crowd.last[seq]] for seq in sorted(crowd.count)]
    answer = {"cut_off": crowd.cut_off, "events": events, "alarms": crowd.alarms}
    print(orjson.dumps(answer).decode(), flush=True)


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
