"""The DC-09 receiver: panels report by TCP or UDP on one port; each message is stored before it is
acknowledged.

Whatever cannot be stored stays without an answer, and the panel sends it again (DC-09, 5.5.4). Bounds:
connections, bytes in a frame, seconds that a connection may be idle or may leave a frame unfinished,
datagrams that wait.
"""

import asyncio
from contextlib import suppress

import structlog

from jedel.alarms import metrics, panels, service
from jedel.alarms.drivers.dc09 import codec
from jedel.alarms.drivers.limits import Rates
from jedel.alarms.signals import Malformed, Reason
from jedel.journal import Store
from jedel.kernel.errors import Problem

log = structlog.get_logger()

NAME = "dc09"

CONNECTIONS_MAX = 2_000
IDLE_S = 900.0
"""Longer than any poll interval in use; a panel that is silent for so long connects anew."""
FRAME_S = 10.0
"""Time for the rest of a frame that has begun, and for a panel to take its answer."""
AT_ONCE = 8
"""Messages that are being stored at the same time, whatever the number of connections."""
DATAGRAMS_MAX = 1_000


class Dc09Session:
    """The receiver on one address, TCP and UDP. ``port`` is the real one after ``start``."""

    def __init__(
        self, store: Store, host: str, port: int, *, idle_s: float = IDLE_S, frame_s: float = FRAME_S
    ) -> None:
        self.store = store
        self.host = host
        self.port = port
        self.idle_s = idle_s
        self.frame_s = frame_s
        self._rates = Rates()
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._connections: set[asyncio.Task[None]] = set()
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Listen on both. Raises OSError where the port is taken."""
        self._tcp = await asyncio.start_server(
            self._connected, self.host, self.port, limit=codec.FRAME_BYTES_MAX
        )
        self.port = self._tcp.sockets[0].getsockname()[1]
        waiting: asyncio.Queue[tuple[bytes, tuple[str, int]]] = asyncio.Queue(DATAGRAMS_MAX)
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(waiting), local_addr=(self.host, self.port)
        )
        self._tasks = [asyncio.create_task(self._work(waiting, self._udp)) for _ in range(AT_ONCE)]

    async def stop(self) -> None:
        """Close the port and every connection; a message whose answer is lost thereby is sent again."""
        if self._tcp is not None:
            self._tcp.close()
        if self._udp is not None:
            self._udp.close()
        tasks = [*self._tasks, *self._connections]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(self, raw: bytes, source: str) -> bytes:
        """Store one frame; what to reply, nothing for noise. Raises what the store raises."""
        head = codec.header(raw)
        if isinstance(head, Malformed):
            await service.keep(self.store, head, NAME, source)
            return b""
        if not self._rates.take(head.account, asyncio.get_running_loop().time()):
            metrics.OVERLOAD.labels(NAME, "rate").inc()
            return b""
        settings = await panels.settings(self.store, head.account)
        now = self.store.clock.now()
        panel = codec.Panel(*settings) if settings else codec.Panel()
        found = codec.decode(head, panel, now) if settings else head.malformed(Reason.UNKNOWN_DEVICE)
        if isinstance(found, Malformed):
            await service.keep(self.store, found, NAME, source)
            return codec.refusal(head, found.reason, now)
        try:
            await service.receive(self.store, found, NAME, source)
        except Problem:
            return codec.refusal(head, Reason.BLOCKED_DEVICE, now)
        return codec.ack(head, panel.key, now)

    async def _safely(self, raw: bytes, source: str) -> bytes:
        async with self._at_once:
            try:
                return await self.answer(raw, source)
            except Exception as error:  # noqa: BLE001 - supervised: no frame may end the receiver
                metrics.FAILED.labels(NAME).inc()
                log.error("signal not stored", driver=NAME, source=source, error=repr(error))
                return b""

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._connections) >= CONNECTIONS_MAX:
                metrics.OVERLOAD.labels(NAME, "connections").inc()
                return
            self._connections.add(task)
            with suppress(TimeoutError, ConnectionError):
                await self._converse(reader, writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One panel's frames in order, each answered before the next is looked at."""
        source = _name(writer.get_extra_info("peername"))
        rest = b""
        while len(rest) <= codec.FRAME_BYTES_MAX:
            try:
                async with asyncio.timeout(self.frame_s if rest else self.idle_s):
                    piece = await reader.read(codec.FRAME_BYTES_MAX)
            except (TimeoutError, ConnectionError):
                break
            if not piece:
                break
            frames, rest = codec.split(rest + piece)
            for frame in frames:
                writer.write(await self._safely(frame, source))
            async with asyncio.timeout(self.frame_s):
                await writer.drain()
        if rest:
            await self._safely(rest, source)

    async def _work(
        self, waiting: asyncio.Queue[tuple[bytes, tuple[str, int]]], transport: asyncio.DatagramTransport
    ) -> None:
        while True:
            datagram, address = await waiting.get()
            frames, rest = codec.split(datagram)
            for frame in [*frames, rest] if rest else frames:
                reply = await self._safely(frame, _name(address))
                if reply:
                    transport.sendto(reply, address)


class _Datagrams(asyncio.DatagramProtocol):
    """Puts datagrams in line; those beyond the line's end are not answered, so they are sent again."""

    def __init__(self, waiting: asyncio.Queue[tuple[bytes, tuple[str, int]]]) -> None:
        self._waiting = waiting

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            self._waiting.put_nowait((data, addr))
        except asyncio.QueueFull:
            metrics.OVERLOAD.labels(NAME, "queue").inc()


def _name(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"
