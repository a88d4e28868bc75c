"""One gateway: who looks at which of its streams, by which right, and who publishes them.

Invariants
1. Nobody looks without a grant; when its right ends (`jedel.media.judging`) or any of its keys is cut, he
   looks no longer, and who asked with such a key at that moment is refused.
2. A viewer without the right to the unmasked picture is never on a stream that has masks and is not drawn
   over, also where the masks came while he looked.
3. A stream has at most one publisher, who is the one that its spec names.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from jedel.media import metrics
from jedel.media import mse as by_bytes
from jedel.media.control import Answer, Grant, StreamState
from jedel.media.errors import GrantEnded, NotYours, TooManyViewers
from jedel.media.hub import Hub
from jedel.media.limits import VIEWERS_MAX
from jedel.media.model import Codec, Fault, SourceKind, StreamSpec
from jedel.media.sources import Source
from jedel.media.still import still_of
from jedel.media.streams import Outlet, Specs, Stream, Streams
from jedel.media.transcode import Transcode

log = structlog.get_logger()

CUT_REMEMBERED_S: Final = 2.5
"""Longer than a question may be under way."""
WARM_S_MAX: Final = 600.0


class Session(Protocol):
    """A WebRTC peer. ``on_closed`` is called once, with the session and why, whoever ended it."""

    on_closed: Callable[[Any, str], None]

    def close(self, reason: str = ...) -> None:
        """The peer is told and forgotten."""
        ...


class Edge(Protocol):
    """WebRTC (`jedel.media.webrtc.Edge`): the SDP answer and the session. Raises OfferMalformed,
    TooManyViewers."""

    async def watch(self, hub: Hub, offer_sdp: str) -> tuple[str, Session]: ...

    async def publish(self, hub: Hub, offer_sdp: str) -> tuple[str, Session]: ...


@dataclass(eq=False)
class Viewer:
    """Somebody on a stream. ``kind``: webrtc, mse, rtsp or publisher. ``close``: lets go of him, and says why
    where the way has words for it."""

    id: str
    kind: str
    stream: Stream
    grant: Grant
    outlet: Outlet
    close: Callable[[str], None]


class Gateway:
    """``id``: of this process; ids of viewers begin with it. ``make``: sources by what a stream is asked to
    be. ``started``: hears of each stream that starts, for recorders and the like."""

    def __init__(
        self,
        id_: str,
        specs: Specs,
        make: Callable[[StreamSpec], Source | None],
        edge: Edge,
        internal: tuple[str, int],
        *,
        started: Sequence[Callable[[Stream], None]] = (),
    ) -> None:
        self.id = id_
        self._tell = tuple(started)
        self.streams = Streams(
            specs, make, _derive, started=self._started, begun=self._begun, uncovered=self._uncovered
        )
        self.viewers: dict[str, Viewer] = {}
        self.internal = ""
        self._edge = edge
        self._listener = by_bytes.Listener(*internal, self._mse_gone)
        self._mse: dict[by_bytes.MseViewer, Viewer] = {}
        self._cut: dict[str, float] = {}

    async def start(self) -> None:
        """Open the internal port."""
        self.internal = await self._listener.start()

    async def close(self) -> None:
        """Everybody goes, every source is let go."""
        for viewer in list(self.viewers.values()):
            self._drop(viewer)
        await self._listener.close()
        await self.streams.close()

    async def watch(self, stream_id: str, offer: str, grant: Grant) -> Answer:
        """A WebRTC viewer. Raises StreamNotThere, StreamFault, OfferMalformed, TooManyViewers, GrantEnded."""
        self._may_come(grant)
        stream = await self.streams.look(stream_id, Outlet.WEBRTC, unmasked=grant.unmasked)
        await stream.ready()
        viewer = self._viewer("webrtc", stream, grant, Outlet.WEBRTC)
        answer, session = await self._edge.watch(stream.hub, offer)
        self._hold(viewer, session)
        self._join(viewer)
        return Answer(answer, viewer.id, self.id, stream.masked)

    async def publish(self, stream_id: str, offer: str, grant: Grant) -> Answer:
        """A WebRTC publisher, instead of the one before. Raises as `watch`, NotYours."""
        self._may_come(grant)
        stream = await self.streams.get(stream_id)
        named = stream.spec.publisher
        if stream.spec.kind is not SourceKind.PUSH or named is None or not grant.who.endswith(f":{named}"):
            raise NotYours(stream=stream_id)
        viewer = self._viewer("publisher", stream, grant, Outlet.ANY)
        before = stream.publisher
        stream.publisher = viewer
        if isinstance(before, Viewer):
            self._drop(before)
        try:
            answer, session = await self._edge.publish(stream.hub, offer)
        except BaseException:  # a cancellation too: nothing stays of one who did not come in
            self._gone(viewer)
            raise
        self._hold(viewer, session)
        self._join(viewer)
        return Answer(answer, viewer.id, self.id)

    async def mse(self, stream_id: str, grant: Grant) -> tuple[str, str, bool]:
        """A viewer by bytes: his id, the ticket of his socket, and whether he sees it masked. Raises as
        `watch`."""
        self._may_come(grant)
        stream = await self.streams.look(stream_id, Outlet.MP4, unmasked=grant.unmasked)
        await stream.ready()
        end = by_bytes.join(stream)
        viewer = self._viewer("mse", stream, grant, Outlet.MP4)
        viewer.close = end.end
        self._mse[end] = viewer
        self._join(viewer)
        return viewer.id, self._listener.tickets.make(end), stream.masked

    async def attach(self, stream_id: str, kind: str, grant: Grant, close: Callable[[], None]) -> Viewer:
        """A viewer by other means (RTSP), who takes from ``viewer.stream.hub`` himself and calls `leave` when
        he goes; ``close``: lets go of him. Raises as `watch`."""
        self._may_come(grant)
        stream = await self.streams.look(stream_id, Outlet.ANY, unmasked=grant.unmasked)
        await stream.ready()
        viewer = self._viewer(kind, stream, grant, Outlet.ANY)
        viewer.close = lambda _why: close()
        self._join(viewer)
        return viewer

    def leave(self, viewer_id: str, who: str | None = None) -> None:
        """A viewer or publisher goes. Raises NotYours where somebody else than ``who`` holds it."""
        viewer = self.viewers.get(viewer_id)
        if viewer is None:
            return
        if who is not None and viewer.grant.who != who:
            raise NotYours(stream=viewer.stream.spec.id)
        self._drop(viewer)

    def end(self, viewer_id: str, why: str) -> bool:
        """His right ended, ``why`` (a code); False: he is gone already."""
        viewer = self.viewers.get(viewer_id)
        if viewer is not None:
            self._drop(viewer, why)
        return viewer is not None

    def cut(self, key: str) -> int:
        """End everything that hangs on this key; how many that were."""
        now = time.monotonic()
        self._cut = {each: at for each, at in self._cut.items() if now - at < CUT_REMEMBERED_S}
        self._cut[key] = now
        held = [viewer for viewer in self.viewers.values() if key in viewer.grant.keys]
        for viewer in held:
            self._drop(viewer)
        return len(held)

    async def still(self, stream_id: str) -> bytes:
        """A JPEG of the last keyframe, covered by the stream's masks. Raises as `watch`."""
        return await still_of(await self.streams.get(stream_id))

    async def want(self, stream_id: str, seconds: float) -> None:
        """Start a stream and keep it. Raises StreamNotThere, TooManyViewers."""
        (await self.streams.get(stream_id)).keep_warm(min(seconds, WARM_S_MAX))

    def state(self, stream_id: str) -> StreamState | None:
        """How a stream is; None: it does not run."""
        stream = self.streams.find(stream_id)
        if stream is None or stream.derived:
            return None
        picture = next((track for track in stream.tracks if track.video), None)
        return StreamState(
            stream=stream.id,
            gateway=self.id,
            fault=stream.hub.fault,
            codecs=tuple(track.codec for track in stream.tracks),
            width=picture.width if picture else 0,
            height=picture.height if picture else 0,
            viewers=sum(each.stream.spec.id == stream.spec.id for each in self.viewers.values()),
            units=stream.hub.units,
            bytes=stream.hub.bytes,
            last_at_us=stream.hub.last_at_us,
        )

    # who comes and goes

    def _may_come(self, grant: Grant) -> None:
        if len(self.viewers) >= VIEWERS_MAX:
            raise TooManyViewers(limit=VIEWERS_MAX)
        self._still_granted(grant)

    def _still_granted(self, grant: Grant) -> None:
        now = time.monotonic()
        if any(now - self._cut.get(key, float("-inf")) < CUT_REMEMBERED_S for key in grant.keys):
            raise GrantEnded

    def _viewer(self, kind: str, stream: Stream, grant: Grant, outlet: Outlet) -> Viewer:
        id_ = f"{self.id}~{secrets.token_urlsafe(18)}"
        return Viewer(id_, kind, stream, grant, outlet, lambda _why: None)

    def _hold(self, viewer: Viewer, session: Session) -> None:
        viewer.close = lambda why: session.close(why or "closed")
        session.on_closed = lambda _session, _reason: self._gone(viewer)

    def _join(self, viewer: Viewer) -> None:
        """He is in, unless while he was let in his right, the stream or its bareness ended."""
        self.viewers[viewer.id] = viewer
        metrics.VIEWERS.labels(viewer.kind).inc()
        try:
            self._still_granted(viewer.grant)
        except GrantEnded:
            self._drop(viewer)
            raise
        if viewer.stream.ended or not _may_see(viewer):
            self._drop(viewer)
            raise GrantEnded

    def _drop(self, viewer: Viewer, why: str = "") -> None:
        viewer.close(why)
        self._gone(viewer)

    def _gone(self, viewer: Viewer) -> None:
        """He is gone already, whoever wanted that."""
        if self.viewers.pop(viewer.id, None) is not None:
            metrics.VIEWERS.labels(viewer.kind).dec()
        for end in [end for end, each in self._mse.items() if each is viewer]:
            del self._mse[end]
            by_bytes.leave(viewer.stream, end)
        if viewer.stream.publisher is viewer:
            viewer.stream.publisher = None
            viewer.stream.hub.pause(Fault.NO_PUBLISHER)

    def _mse_gone(self, end: by_bytes.MseViewer) -> None:
        viewer = self._mse.get(end)
        if viewer is not None:
            self._gone(viewer)

    def _on(self, stream: Stream) -> list[Viewer]:
        return [viewer for viewer in self.viewers.values() if viewer.stream is stream]

    def _started(self, stream: Stream) -> None:
        for tell in self._tell:
            tell(stream)

    def _begun(self, stream: Stream) -> None:
        """Who cannot take what comes from now on goes, and comes back to another stream."""
        for viewer in self._on(stream):
            if viewer.kind != "publisher" and not viewer.outlet.fits(stream.tracks):
                self._drop(viewer)

    def _uncovered(self, stream: Stream) -> None:
        for viewer in self._on(stream):
            if not _may_see(viewer):
                self._drop(viewer)


def _may_see(viewer: Viewer) -> bool:
    bare = bool(viewer.stream.spec.masks) and not viewer.stream.masked
    return viewer.kind == "publisher" or viewer.grant.unmasked or not bare


def _derive(base: Stream, accepts: frozenset[Codec], masked: bool) -> Source:
    return Transcode(base.hub, accepts, base.spec.masks if masked else ())


async def watch_lag(every_s: float = 0.05) -> None:
    """Measure how late the loop comes to its work, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        await asyncio.sleep(every_s)
        metrics.LAG.observe(max(0.0, loop.time() - began - every_s))
