"""Viewers by bytes, for browsers where WebRTC does not come through: fragments of MP4 over WebSocket.

A stream is cut once for all its viewers: a fragment at each picture. Who comes is given what came since the
last keyframe; who is too slow loses everything up to the next one.

The gateway gives the bytes to web processes on its internal port, and only to who brings a ticket: it is
given out over NATS to whoever asked there, and opens one socket, once, within `TICKET_S`.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import orjson
import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from jedel.media import metrics
from jedel.media.fmp4 import codecs, for_browser, init_segment, select_tracks
from jedel.media.fragmenter import Fragmenter
from jedel.media.limits import RIGHT_ENDED
from jedel.media.model import AccessUnit, Fault, Track
from jedel.media.parameters import described
from jedel.media.streams import Stream
from rtsp.errors import Malformed

log = structlog.get_logger()

TICKET_S: Final = 5.0
TICKETS_MAX: Final = 1000
WAITING_BYTES_MAX: Final = 6 * 1024**2
"""What may wait for one viewer."""
KEPT_BYTES_MAX: Final = 5 * 1024**2
SOUND_UNITS: Final = 10
"""Without a picture, packets of sound in a fragment."""
_MUXER: Final = "mse"


class MseViewer:
    """One viewer's end: what waits for its socket. ``why``: his right ended (a code)."""

    def __init__(self, masked: bool) -> None:
        self.masked = masked
        self.dropped = 0
        self.ended = False
        self.why = ""
        self._waiting: deque[str | bytes] = deque()
        self._bytes = 0
        self._skipping = False
        self._there = asyncio.Event()

    def head(self, line: str, init: bytes) -> None:
        """What follows is another codec, or the first."""
        self._skipping = False
        self._put(line)
        self._put(init)

    def give(self, fragment: bytes, opens: bool) -> None:
        """``opens``: a player can begin with it."""
        if (self._skipping and not opens) or self._bytes + len(fragment) > WAITING_BYTES_MAX:
            self._skipping = True
            self.dropped += 1
            metrics.DROPPED.labels("mse").inc()
            return
        self._skipping = False
        self._put(fragment)

    def end(self, why: str = "") -> None:
        """Nothing more comes."""
        self.ended = True
        self.why = self.why or why
        self._there.set()

    def _put(self, what: str | bytes) -> None:
        self._waiting.append(what)
        self._bytes += len(what)
        self._there.set()

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        while True:
            while self._waiting and not self.ended:
                found = self._waiting.popleft()
                self._bytes -= len(found)
                yield found
            if self.ended:
                return
            self._there.clear()
            await self._there.wait()


class Muxer:
    """The sink that cuts one stream into fragments for all its viewers by bytes."""

    def __init__(self, masked: bool) -> None:
        self.viewers: set[MseViewer] = set()
        self._masked = masked
        self._tracks: list[Track] = []
        self._keep: list[int] = []
        self._video: int | None = None
        self._fragmenter: Fragmenter | None = None
        self._head: tuple[str, bytes] | None = None
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._units = 0
        self._epoch_us: int | None = None
        """Decode time zero, the same for whatever the source begins anew: players go on in their time."""

    def add(self, viewer: MseViewer) -> None:
        """From the last keyframe on."""
        self.viewers.add(viewer)
        if self._head is not None:
            viewer.head(*self._head)
            if self._kept:
                viewer.give(b"".join(self._kept), opens=True)

    def begin(self, tracks: Sequence[Track]) -> None:
        self._tracks, self._keep = list(tracks), for_browser(tracks)
        self._video = next((n for n in self._keep if tracks[n].video), None)
        self._restart()

    def take(self, unit: AccessUnit) -> None:
        if unit.track not in self._keep:
            return
        if unit.track == self._video:
            track = described(self._tracks[unit.track], unit)
            if track is not self._tracks[unit.track]:
                self._tracks[unit.track] = track
                self._restart()
        if self._epoch_us is None:
            self._epoch_us = unit.at_us
        if self._fragmenter is None and not self._open():
            return
        assert self._fragmenter is not None
        self._fragmenter.add(unit)
        self._units += 1
        if unit.track == self._video or (self._video is None and self._units % SOUND_UNITS == 0):
            cut = self._fragmenter.cut()
            if cut is not None:
                self._give(cut.data, cut.opens)

    def pause(self, fault: Fault) -> None:
        """The player sees by itself that nothing comes."""

    def end(self) -> None:
        for viewer in list(self.viewers):
            viewer.end()

    def _restart(self) -> None:
        self._fragmenter, self._head = None, None
        self._kept, self._kept_bytes = [], 0

    def _open(self) -> bool:
        try:
            init = select_tracks(init_segment(self._tracks), self._keep)
            chosen = codecs([self._tracks[n] for n in sorted(self._keep)])
            said = {"mime": f'video/mp4; codecs="{chosen}"', "masked": self._masked}
        except Malformed as error:
            log.debug("no MP4 of this yet", error=str(error))
            return False
        self._fragmenter = Fragmenter(self._tracks, self._keep)
        self._fragmenter.epoch_us = self._epoch_us
        self._head = orjson.dumps(said).decode(), init
        for viewer in self.viewers:
            viewer.head(*self._head)
        return True

    def _give(self, fragment: bytes, opens: bool) -> None:
        if opens or self._kept_bytes > KEPT_BYTES_MAX:
            self._kept, self._kept_bytes = [], 0
        if opens or self._kept:
            self._kept.append(fragment)
            self._kept_bytes += len(fragment)
        for viewer in self.viewers:
            viewer.give(fragment, opens)


def join(stream: Stream) -> MseViewer:
    """A viewer of the stream."""
    muxer: Muxer | None = stream.shared.get(_MUXER)
    if muxer is None:
        muxer = stream.shared[_MUXER] = Muxer(stream.masked)
        stream.hub.add(muxer)
    viewer = MseViewer(stream.masked)
    muxer.add(viewer)
    return viewer


def leave(stream: Stream, viewer: MseViewer) -> None:
    """He looks no longer; without viewers nothing is cut."""
    viewer.end()
    muxer: Muxer | None = stream.shared.get(_MUXER)
    if muxer is None:
        return
    muxer.viewers.discard(viewer)
    if not muxer.viewers:
        del stream.shared[_MUXER]
        stream.hub.remove(muxer)


@dataclass
class Tickets:
    """Sockets that may be opened. ``expired``: hears of a ticket that nobody brought."""

    expired: Callable[[MseViewer], None]
    _held: dict[str, tuple[MseViewer, asyncio.TimerHandle]] = field(default_factory=dict)

    def make(self, viewer: MseViewer) -> str:
        """Good for one socket."""
        ticket = secrets.token_urlsafe(32)
        timer = asyncio.get_running_loop().call_later(TICKET_S, self._expire, ticket)
        self._held[ticket] = viewer, timer
        return ticket

    def take(self, ticket: str) -> MseViewer | None:
        """Whose it is; it is good no longer."""
        found = self._held.pop(ticket, None)
        if found is None:
            return None
        found[1].cancel()
        return found[0]

    def _expire(self, ticket: str) -> None:
        found = self._held.pop(ticket, None)
        if found is not None:
            self.expired(found[0])


class Listener:
    """The internal port. ``gone``: hears of a viewer whose socket closed."""

    def __init__(self, host: str, port: int, gone: Callable[[MseViewer], None]) -> None:
        self.tickets = Tickets(gone)
        self._host, self._port, self._gone = host, port, gone
        self._server: Server | None = None

    async def start(self) -> str:
        """Listen; host:port where that is."""
        self._server = await serve(
            self._serve,
            self._host,
            self._port,
            compression=None,
            ping_interval=20,
            max_size=1024,
            server_header=None,
            logger=None,
        )
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def close(self) -> None:
        """Everybody goes."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, socket: ServerConnection) -> None:
        path = socket.request.path if socket.request is not None else ""
        viewer = self.tickets.take(path.removeprefix("/"))
        if viewer is None:
            await socket.close(4403, "no such ticket")
            return
        sending = asyncio.ensure_future(_send(socket, viewer))
        closing = asyncio.ensure_future(socket.wait_closed())
        try:
            await asyncio.wait({sending, closing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, closing):
                task.cancel()
            self._gone(viewer)


async def _send(socket: ServerConnection, viewer: MseViewer) -> None:
    with suppress(ConnectionClosed):
        async for message in viewer:
            await socket.send(message)
        await socket.close(*((RIGHT_ENDED, viewer.why) if viewer.why else ()))
