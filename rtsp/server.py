"""An RTSP server: live streams over the viewer's own TCP connection (RTP/AVP/TCP interleaved).

A viewer that does not keep up is dropped, never waited for. UDP is refused with 461: clients fall back.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from time import time, time_ns
from typing import Final, Protocol, cast
from urllib.parse import unquote, urlsplit

from rtsp import auth, rtp, sdp
from rtsp.errors import Malformed
from rtsp.messages import Frame, Headers, Parser, Request, Response, frame
from rtsp.payloads import Format, Packetiser, Unit, media_of

WAITING_BYTES_MAX: Final = 4 * 1024**2
VIEWERS_MAX: Final = 512
SILENT_S: Final = 75.0
"""A client that says nothing for so long is gone (its session's timeout is a little less)."""
REPORT_S: Final = 5.0
METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
log = logging.getLogger(__name__)


class Mount(Protocol):
    """One stream that may be looked at."""

    @property
    def tracks(self) -> Sequence[Format]:
        """What it brings."""

    async def attach(self, viewer: "Viewer") -> None:
        """Give `viewer.send` unit after unit from now on, the first a keyframe. Raises Refused."""

    def detach(self, viewer: "Viewer") -> None:
        """It has gone."""


class Refused(Exception):
    """401, 403, 404 or 503: nothing for this one."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


Find = Callable[[str, auth.Login | None], Awaitable[Mount]]
"""``find(path, login)``: the path without slashes at its ends; raises Refused (401: a login is needed)."""


class Viewer:
    """One client that plays one stream."""

    def __init__(
        self, write: Callable[[bytes], None], mount: Mount, close: Callable[[], None] = lambda: None
    ) -> None:
        self.mount = mount
        self.close = close
        """Ends the connection now."""
        self.channels: dict[int, int] = {}
        """Track to channel."""
        self.sent = 0
        self._write = write
        self._packers = [Packetiser(each) for each in mount.tracks]
        self._rates = [each.clock_rate for each in mount.tracks]
        self._reported = 0

    def send(self, track: int, unit: Unit) -> None:
        """Never blocks. A track that was not set up is passed over."""
        channel = self.channels.get(track)
        if channel is None:
            return
        data = b"".join(frame(channel, packet) for packet in self._packers[track](unit))
        now_us = time_ns() // 1000
        if now_us - self._reported > REPORT_S * 1e6:
            self._reported = now_us
            data = self._report(track, channel, unit.rtp, now_us) + data
        self.sent += 1
        self._write(data)

    def send_half(self, track: int, unit: Unit) -> None:
        """Only the first packets of it (a simulated fault); the numbering goes on."""
        channel = self.channels.get(track)
        if channel is not None:
            packets = list(self._packers[track](unit))
            self._write(b"".join(frame(channel, packet) for packet in packets[: len(packets) // 2]))

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are (a simulated fault)."""
        self._write(data)

    def report(self, track: int, rtp_time: int, ntp_us: int) -> None:
        """A sender report with another clock than ours (a simulated fault); ours are put off."""
        channel = self.channels.get(track)
        if channel is not None:
            self._reported = time_ns() // 1000 + 3600_000_000
            self._write(self._report(track, channel, rtp_time, ntp_us))

    def _report(self, track: int, channel: int, rtp_time: int, ntp_us: int) -> bytes:
        packer = self._packers[track]
        report = rtp.SenderReport(packer.ssrc, ntp_us, packer.stamp(rtp_time), packer.packets, packer.octets)
        return frame(channel + 1, rtp.pack_sender_report(report))


class Server:
    """`start`, `close`. ``find`` gives the streams; ``gate`` what challenges look like where it wants a
    login; ``name`` of the realm and the Server header."""

    def __init__(self, find: Find, *, name: str = "Jedel", basic: bool = False) -> None:
        self.name = name
        self.gate = auth.Gate(name, secrets.token_bytes(16), basic)
        self.find = find
        self.dropped = 0
        """Viewers that did not keep up."""
        self.connections: set[_Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def viewers(self) -> int:
        return sum(each.playing for each in self.connections)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), host, port)

    async def close(self) -> None:
        """Everybody is sent away."""
        if self._server is not None:
            self._server.close()
        for each in list(self.connections):
            each.drop()
        if self._server is not None:
            await self._server.wait_closed()

    def cut(self, mount: Mount) -> None:
        """Whoever looks at this stream is sent away."""
        for each in list(self.connections):
            if each.mount is mount:
                each.drop()


class _Connection(asyncio.Protocol):
    def __init__(self, server: Server) -> None:
        self.server = server
        self.mount: Mount | None = None
        self.playing = False
        self._parser = Parser()
        self._transport: asyncio.Transport | None = None
        self._viewer: Viewer | None = None
        self._path = ""
        self._session = ""
        self._todo: asyncio.Queue[Request] = asyncio.Queue(32)
        self._worker: asyncio.Task[None] | None = None
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._transport = transport
        self.server.connections.add(self)
        if len(self.server.connections) > VIEWERS_MAX:
            self.drop()
            return
        transport.set_write_buffer_limits(high=WAITING_BYTES_MAX * 2)
        self._worker = asyncio.create_task(self._work())
        self._tick()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        if self._heard and loop.time() - self._heard > SILENT_S:
            self.drop()
            return
        self._heard = self._heard or loop.time()
        self._timer = loop.call_later(SILENT_S / 3, self._tick)

    def data_received(self, data: bytes) -> None:
        self._heard = asyncio.get_running_loop().time()
        try:
            for message in self._parser.feed(data):
                if isinstance(message, Request):
                    self._todo.put_nowait(message)
                elif not isinstance(message, Frame):
                    raise Malformed("an answer where nothing was asked")
        except (Malformed, asyncio.QueueFull):
            self._write(Response(400).encode())
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.connections.discard(self)
        self._leave()
        if self._timer is not None:
            self._timer.cancel()
        if self._worker is not None:
            self._worker.cancel()

    def drop(self) -> None:
        """End it now, whatever waits."""
        self._leave()
        if self._transport is not None:
            self._transport.abort()

    def _leave(self) -> None:
        if self.playing and self._viewer is not None and self.mount is not None:
            self.playing = False
            self.mount.detach(self._viewer)
        self._viewer = None

    def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > WAITING_BYTES_MAX:
            self.server.dropped += 1
            log.info("a viewer of %s is dropped: too slow", self._path)
            asyncio.get_running_loop().call_soon(self.drop)
            self._viewer_stops()
            return
        self._transport.write(data)

    def _viewer_stops(self) -> None:
        if self._viewer is not None:
            self._viewer.channels.clear()

    async def _work(self) -> None:
        while True:
            request = await self._todo.get()
            try:
                answer = await self._answer(request)
            except Malformed:
                answer = Response(400)
            except Refused as why:
                answer = self._refusal(why.status)
            said = [("CSeq", request.headers.get("cseq")[:16]), ("Server", self.server.name)]
            self._write(Response(answer.status, Headers([*said, *answer.headers]), answer.body).encode())
            if request.method == "PLAY" and answer.status == 200:
                await self._play()
            elif request.method == "TEARDOWN" and self._transport is not None:
                self._leave()
                self._transport.close()
                return

    def _refusal(self, status: int) -> Response:
        if status != 401:
            return Response(status)
        return Response(401, Headers([("WWW-Authenticate", v) for v in self.server.gate.challenges(time())]))

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(200, Headers([("Public", METHODS)]))
        if request.method in ("GET_PARAMETER", "SET_PARAMETER", "TEARDOWN"):
            return Response(200, self._session_header())
        if request.method == "DESCRIBE":
            return await self._describe(request)
        if request.method == "SETUP":
            return await self._set_up(request)
        if request.method == "PLAY":
            if self._viewer is None or not self._viewer.channels:
                return Response(455)
            return Response(200, Headers([*self._session_header(), ("Range", "npt=now-")]))
        return Response(501)

    def _session_header(self) -> Headers:
        return Headers([("Session", f"{self._session};timeout=60")] if self._session else [])

    async def _found(self, request: Request, path: str) -> Mount:
        """Who may see it is asked again with each request that opens something."""
        said = request.headers.get("authorization")
        login = self.server.gate.read(said, request.method, request.uri, time()) if said else None
        return await self.server.find(path, login)

    async def _describe(self, request: Request) -> Response:
        path = _path(request.uri)
        mount = await self._found(request, path)
        medias = [media_of(each, f"track{nth}") for nth, each in enumerate(mount.tracks)]
        base = request.uri.rstrip("/") + "/"
        headers = [("Content-Base", base), ("Content-Type", "application/sdp")]
        return Response(200, Headers(headers), sdp.write(medias, path))

    async def _set_up(self, request: Request) -> Response:
        path, _, name = _path(request.uri).rpartition("/")
        number = name.removeprefix("track")
        if not (name.startswith("track") and number.isascii() and number.isdigit() and len(number) < 3):
            return Response(404)
        if self.playing or (self._path and self._path != path):
            return Response(459)
        mount = await self._found(request, path)
        if int(number) >= len(mount.tracks):
            return Response(404)
        given = _transport(request.headers.get("transport"), 2 * int(number))
        if given is None:
            return Response(461)
        if self._viewer is None:  # what the first of its tracks was set up on serves them all
            self._viewer = Viewer(self._write, mount, self.drop)
            self.mount, self._path = mount, path
            self._session = self._session or secrets.token_hex(8)
        self._viewer.channels[int(number)] = given
        said = f"RTP/AVP/TCP;unicast;interleaved={given}-{given + 1}"
        return Response(200, Headers([("Transport", said), *self._session_header()]))

    async def _play(self) -> None:
        viewer = self._viewer
        if self.playing or viewer is None or self.mount is None:
            return
        try:
            await self.mount.attach(viewer)
        except Refused:
            self.drop()
            return
        if self._viewer is viewer:
            self.playing = True
        else:
            viewer.mount.detach(viewer)  # it went meanwhile


def _path(uri: str) -> str:
    """Raises Malformed."""
    try:
        return unquote(urlsplit(uri).path).strip("/")
    except ValueError:
        raise Malformed("the address") from None


def _transport(value: str, otherwise: int) -> int | None:
    """The channel that it asks for; None: nothing that we speak."""
    for one in value.split(","):
        if not one.strip().upper().startswith("RTP/AVP/TCP"):
            continue
        for part in one.split(";"):
            name, _, ends = part.strip().partition("=")
            first = ends.split("-")[0]
            if name.lower() == "interleaved" and first.isascii() and first.isdigit() and len(first) < 4:
                return min(int(first), 254)
        return otherwise
    return None
