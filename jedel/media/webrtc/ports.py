"""The gateway's two ports: one for UDP, one for TCP with RFC 4571's frames, for all peers.

A way (`Path`) leads to one far address. Nothing here knows what the bytes mean.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Final, Protocol, cast

import structlog

from jedel.media.webrtc.ice import Address

log = structlog.get_logger()

DATAGRAM_BYTES_MAX: Final = 2048
SOCKET_BYTES: Final = 4 * 1024**2
READS_AT_ONCE: Final = 64
"""Datagrams taken before others have their turn on the loop."""
STRANGERS_MAX: Final = 128
"""TCP connections that have not shown a password yet."""
STRANGER_S: Final = 10.0
TCP_BACKLOG_BYTES: Final = 512 * 1024
_UDP_SEGMENT: Final = 103
"""linux/udp.h: the kernel cuts one buffer into datagrams of equal size."""
SEGMENTS_MAX: Final = 48


class Path(Protocol):
    """A way to one far address."""

    remote: Address
    dropped: int

    def send(self, data: bytes) -> None:
        """Now or never: what the system does not take is dropped and counted."""

    def send_many(self, packets: Sequence[bytes]) -> None:
        """The same for several, in their order."""

    @property
    def full(self) -> bool:
        """It takes less than we give."""

    def prove(self) -> None:
        """Who is there knows a password."""

    def close(self) -> None: ...


Arrive = Callable[[bytes, Path], None]
Gone = Callable[[Path], None]


class UdpPath:
    """One address behind the UDP port."""

    __slots__ = ("_port", "dropped", "remote")

    def __init__(self, port: "UdpPort", remote: Address) -> None:
        self._port = port
        self.remote = remote
        self.dropped = 0

    @property
    def full(self) -> bool:
        return False

    def send(self, data: bytes) -> None:
        try:
            self._port.socket.sendto(data, self.remote)
        except OSError:  # the buffer is full, or the network is away: as on any way of UDP
            self.dropped += 1

    def send_many(self, packets: Sequence[bytes]) -> None:
        """Runs of equal size (a picture's fragments) go to the kernel in one call."""
        start, count = 0, len(packets)
        while start < count:
            size = len(packets[start])
            end = start + 1
            if self._port.segments:
                while end < count and end - start < SEGMENTS_MAX and len(packets[end]) == size:
                    end += 1
                if end < count and end > start + 1 and len(packets[end]) < size:
                    end += 1  # the last may be shorter
            if end - start == 1:
                self.send(packets[start])
            else:
                self._send_run(packets[start:end], size)
            start = end

    def _send_run(self, packets: Sequence[bytes], size: int) -> None:
        cut = [(socket.IPPROTO_UDP, _UDP_SEGMENT, struct.pack("=H", size))]
        try:
            self._port.socket.sendmsg(packets, cut, 0, self.remote)
        except BlockingIOError:
            self.dropped += len(packets)
        except OSError as error:
            log.info("media.no_segmentation", error=str(error))
            self._port.segments = False
            for packet in packets:
                self.send(packet)

    def prove(self) -> None: ...

    def close(self) -> None: ...


class UdpPort:
    """The socket, read in turns with the rest of the loop."""

    def __init__(self, arrive: Arrive) -> None:
        self._arrive = arrive
        self.socket: socket.socket
        self.segments = hasattr(socket.socket, "sendmsg")
        self.paths: dict[Address, UdpPath] = {}
        """Of peers only; strangers' are made and forgotten."""

    def open(self, host: str, port: int) -> None:
        """Raises OSError."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self.socket.setblocking(False)
            for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
                self.socket.setsockopt(socket.SOL_SOCKET, option, SOCKET_BYTES)
            self.socket.bind((host, port))
        except OSError:
            self.socket.close()
            raise
        asyncio.get_running_loop().add_reader(self.socket.fileno(), self._readable)

    def _readable(self) -> None:
        for _ in range(READS_AT_ONCE):
            try:
                data, source = self.socket.recvfrom(DATAGRAM_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError:
                continue  # what an earlier datagram met: an ICMP error, not ours
            remote = (source[0], source[1])
            self._arrive(data, self.paths.get(remote) or UdpPath(self, remote))

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket.fileno())
        self.socket.close()


class TcpPath(asyncio.Protocol):
    """One TCP connection; frames of two bytes of length."""

    def __init__(self, port: "TcpPort") -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._waiting = bytearray()
        self._deadline: asyncio.TimerHandle | None = None
        self.remote: Address = ("", 0)
        self.dropped = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._transport = transport
        source = transport.get_extra_info("peername")
        self.remote = (source[0], source[1])
        transport.set_write_buffer_limits(high=TCP_BACKLOG_BYTES)
        if len(self._port.strangers) >= STRANGERS_MAX:
            transport.abort()
            return
        self._port.strangers.add(self)
        self._deadline = asyncio.get_running_loop().call_later(STRANGER_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        at = 0
        while len(self._waiting) - at >= 2:
            size = int.from_bytes(self._waiting[at : at + 2])
            if size > DATAGRAM_BYTES_MAX:
                self.close()
                return
            if len(self._waiting) - at < 2 + size:
                break
            self._port.arrive(bytes(self._waiting[at + 2 : at + 2 + size]), self)
            at += 2 + size
        del self._waiting[:at]

    def connection_lost(self, error: Exception | None) -> None:
        self.prove()
        self._transport = None
        self._port.gone(self)

    def prove(self) -> None:
        self._port.strangers.discard(self)
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    @property
    def full(self) -> bool:
        return self._transport is not None and self._transport.get_write_buffer_size() > TCP_BACKLOG_BYTES

    def send(self, data: bytes) -> None:
        self.send_many((data,))

    def send_many(self, packets: Sequence[bytes]) -> None:
        if self._transport is None or self._transport.is_closing():
            self.dropped += len(packets)
            return
        self._transport.write(b"".join([part for one in packets for part in (len(one).to_bytes(2), one)]))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class TcpPort:
    """The listener."""

    def __init__(self, arrive: Arrive, gone: Gone) -> None:
        self.arrive, self.gone = arrive, gone
        self.strangers: set[TcpPath] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: TcpPath(self), host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for path in list(self.strangers):
            path.close()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
