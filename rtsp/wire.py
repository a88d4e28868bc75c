"""The client's side of a connection: answers go to who waits for them, frames to who plays."""

import asyncio
from collections.abc import Callable
from time import time_ns
from typing import cast

from rtsp.errors import Cause, Malformed, StreamLost
from rtsp.messages import Frame, Headers, Message, Parser, Response


class Wire(asyncio.Protocol):
    """The connection: answers go to who waits for them, frames to ``on_frame``."""

    def __init__(self) -> None:
        self.parser = Parser()
        self.transport: asyncio.Transport | None = None
        self.on_frame: Callable[[Frame, int], None] | None = None
        self.waiting: dict[int, asyncio.Future[Response]] = {}
        self.lost: asyncio.Future[StreamLost] = asyncio.get_running_loop().create_future()
        self.bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        at_us = time_ns() // 1000
        self.bytes += len(data)
        try:
            for message in self.parser.feed(data):
                self._one(message, at_us)
        except Malformed as error:
            self.fail(StreamLost(Cause.PROTOCOL, str(error)))

    def _one(self, message: Message, at_us: int) -> None:
        if isinstance(message, Frame):
            if self.on_frame is not None:
                self.on_frame(message, at_us)
        elif isinstance(message, Response):
            number = message.headers.get("cseq").strip()
            known = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
            waits = self.waiting.pop(known, None)
            if waits is not None and not waits.done():
                waits.set_result(message)
        elif self.transport is not None:
            status = 200 if message.method in ("OPTIONS", "GET_PARAMETER") else 501
            said = Headers([("CSeq", message.headers.get("cseq")[:16])])
            self.write(Response(status, said).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail(StreamLost(Cause.UNREACHABLE, str(exc) if exc else "the connection was closed"))

    def fail(self, why: StreamLost) -> None:
        if not self.lost.done():
            self.lost.set_result(why)
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(why)
        self.waiting.clear()
        if self.transport is not None:
            self.transport.close()

    def write(self, data: bytes) -> None:
        """Who does not read what little we say is gone."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > 256 * 1024:
            self.fail(StreamLost(Cause.PROTOCOL, "it does not read"))
            return
        self.transport.write(data)
