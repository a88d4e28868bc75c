"""A gateway's streams for other systems by RTSP: ``rtsp://<gateway>:<port>/<stream id>``.

Nothing is encoded anew for it but what masks ask for. Parameter sets are put before each keyframe that lacks
them, and a source that begins again goes on in the viewer's time.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from jedel.kernel.errors import Problem
from jedel.media.control import Grant
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, Track
from rtsp.auth import Login
from rtsp.payloads import KNOWN, Format, Unit
from rtsp.server import Mount, Refused, Server, Viewer

KIND: Final = "rtsp"
GrantOf = Callable[[str, Login | None], Awaitable[Grant]]
"""``grant_of(stream_id, login)``: by which right somebody may see a stream. ``login.matches(password)`` says
whether he is who he says. Raises `rtsp.server.Refused`: 401 without a good login, 403, 404."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the gateway lets in by. ``look``: a stream's hub once its tracks are known, for whom that grant
    is; ``enter``: a viewer, ``close`` is called when he must go; ``leave``: he went. All raise Problems."""

    look: Callable[[str, Grant], Awaitable[Hub]]
    enter: Callable[[str, Grant, Callable[[], None]], Awaitable[tuple[str, Hub]]]
    leave: Callable[[str], None]


def format_of(track: Track) -> Format | None:
    """None: RTSP viewers are not given that codec."""
    name = track.codec.value.upper()
    if name not in KNOWN:
        return None
    return Format(name, track.clock_rate, track.channels, track.parameters, track.width, track.height)


class RtspOut:
    """The server. `start`, `close`; ``port`` once started."""

    def __init__(self, door: Door, grant_of: GrantOf, *, name: str = "Jedel") -> None:
        self._door, self._grant_of = door, grant_of
        self._server = Server(self._find, name=name)

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def viewers(self) -> int:
        return self._server.viewers

    @property
    def dropped(self) -> int:
        """Viewers that did not keep up."""
        return self._server.dropped

    async def start(self, host: str, port: int) -> None:
        """Raises OSError."""
        await self._server.start(host, port)

    async def close(self) -> None:
        await self._server.close()

    async def _find(self, path: str, login: Login | None) -> Mount:
        grant = await self._grant_of(path, login)
        try:
            hub = await self._door.look(path, grant)
        except Problem as problem:
            raise Refused(_status(problem)) from None
        tracks = [(nth, found) for nth, each in enumerate(hub.tracks) if (found := format_of(each))]
        if not any(found.video for _, found in tracks):
            raise Refused(406)
        return _Mount(self._door, path, grant, hub.tracks, tracks)


def _status(problem: Problem) -> int:
    return problem.status if problem.status in (401, 403, 404) else 503


@dataclass(eq=False)
class _Mount:
    """One stream for one viewer."""

    door: Door
    path: str
    grant: Grant
    source: Sequence[Track]
    carried: list[tuple[int, Format]]
    """Each with its place among the source's tracks."""
    _sinks: dict[Viewer, tuple[str, Hub, "_Sink"]] = field(default_factory=dict)

    @property
    def tracks(self) -> Sequence[Format]:
        return [found for _, found in self.carried]

    async def attach(self, viewer: Viewer) -> None:
        """Raises Refused."""
        try:
            seat, hub = await self.door.enter(self.path, self.grant, viewer.close)
        except Problem as problem:
            raise Refused(_status(problem)) from None
        sink = _Sink(viewer, {source: nth for nth, (source, _) in enumerate(self.carried)}, self.source)
        self._sinks[viewer] = (seat, hub, sink)
        hub.add(sink)

    def detach(self, viewer: Viewer) -> None:
        """Also of who never was attached."""
        found = self._sinks.pop(viewer, None)
        if found is not None:
            seat, hub, sink = found
            hub.remove(sink)
            self.door.leave(seat)


class _Sink:
    """From a hub to one RTSP viewer."""

    def __init__(self, viewer: Viewer, places: dict[int, int], said: Sequence[Track]) -> None:
        self._viewer, self._places = viewer, places
        self._said = [each.codec for each in said]
        self._tracks: Sequence[Track] = said
        self._last: dict[int, tuple[int, int]] = {}
        """Of each track: its time as the viewer had it last, and our clock then."""
        self._shift: dict[int, int] = {}

    def begin(self, tracks: Sequence[Track]) -> None:
        """Another resolution is said in the stream; other codecs need another session."""
        if [each.codec for each in tracks] != self._said:
            self._viewer.close()
            return
        self._tracks = tracks
        self._shift.clear()

    def take(self, unit: AccessUnit) -> None:
        place = self._places.get(unit.track)
        if place is None:
            return
        track = self._tracks[unit.track]
        if unit.track not in self._shift:
            before, at_us = self._last.get(unit.track, (unit.rtp, unit.at_us))
            gone = max(0, unit.at_us - at_us) * track.clock_rate // 1_000_000
            self._shift[unit.track] = before + gone - unit.rtp
        rtp = unit.rtp + self._shift[unit.track]
        self._last[unit.track] = (rtp, unit.at_us)
        self._viewer.send(place, Unit(rtp, unit.keyframe, _begun(track, unit)))

    def pause(self, fault: Fault) -> None:
        """The viewer waits, as before a camera that is away."""

    def end(self) -> None:
        self._viewer.close()


def _begun(track: Track, unit: AccessUnit) -> tuple[bytes, ...]:
    """With parameter sets where it is a keyframe without."""
    if not unit.keyframe or not track.parameters or track.codec not in (Codec.H264, Codec.H265):
        return unit.parts
    there = any(
        (one[0] & 31 == 7) if track.codec is Codec.H264 else (one[0] >> 1 & 63 == 33) for one in unit.parts
    )
    return unit.parts if there else (*track.parameters, *unit.parts)
