"""One event, one frame, many sockets: the frame is made once and written straight to each connection.

A server's WebSocket frames are not masked (RFC 6455, 5.1), so the same bytes serve everybody. Through a
queue, a task and the ASGI call, 500 consoles cost 56 µs of CPU for each message and console; this way 14 µs
(2 cores, 1.6 kB).
"""

from functools import lru_cache
from typing import Any, Protocol

from fastapi import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

EXTENSION = "jedel.frames"

WAITING_BYTES_MAX = 8 * 1024 * 1024
"""What may wait for one slow screen, its snapshot included, before it is cut off and must fetch a new one."""

WHISPER_BYTES_MAX = 256 * 1024
"""Positions are left out for a screen that is further behind than this: the next ones replace them."""


class Wire(Protocol):
    """A connection that takes whole frames without waiting."""

    def put(self, frame: bytes) -> bool:
        """Write; False when so much is waiting already that the screen must be cut off."""
        ...

    def behind(self) -> bool:
        """Whether what can be left out should be."""
        ...


@lru_cache(maxsize=32)
def frame_of(text: str) -> bytes:
    """The whole message as one frame."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class FeedProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own protocol, which also lets a route write frames that are ready (a ``Wire``)."""

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        self.scope["extensions"] = {**(self.scope.get("extensions") or {}), EXTENSION: {"wire": self}}

    def put(self, frame: bytes) -> bool:
        if self.close_sent or self.transport.is_closing():
            return True  # the route hears of the end by itself
        if self.transport.get_write_buffer_size() + len(frame) > WAITING_BYTES_MAX:
            return False
        self.transport.write(frame)
        return True

    def behind(self) -> bool:
        return self.transport.get_write_buffer_size() > WHISPER_BYTES_MAX


def wire_of(socket: WebSocket) -> Wire | None:
    """The socket's wire, where the server has one; else messages go by ASGI."""
    wire: Wire | None = (socket.scope.get("extensions") or {}).get(EXTENSION, {}).get("wire")
    return wire
