"""One who looks and listens: the stream's units as RTP, repeated where they are lost."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Fault, Track
from jedel.media.webrtc import rtcp
from jedel.media.webrtc.lane import Lane
from jedel.media.webrtc.pacer import TICK_S, Pacer
from jedel.media.webrtc.packets import Packets
from jedel.media.webrtc.peer import Peer

REPEATS_PER_S: Final = 800
REJOIN_EVERY_S: Final = 1.0
CAUGHT_UP_MS: Final = 2
"""Pictures since the last keyframe are shown so many milliseconds apart, so that who comes is at once where
all others are."""


@dataclass(slots=True)
class Sent:
    """What one viewer was given."""

    packets: int = 0
    repeated: int = 0
    dropped_units: int = 0
    keyframes_wanted: int = 0


class Viewer:
    """A sink of its hub from the start, that takes nothing before the browser's keys are there.

    ``on_closed(viewer, reason)`` is called once, whoever ended it: ``left``, ``silent``, ``dtls``, ``ended``,
    ``changed`` (the stream has another codec now: the browser asks again), or what `close` was given.
    """

    def __init__(self, peer: Peer, hub: Hub, packets: Packets, lanes: dict[int, Lane]) -> None:
        self.id = peer.credentials.fragment
        self.on_closed: Callable[[Viewer, str], None] = lambda *_: None
        self.ask_source: Callable[[], bool] = lambda: False
        """Asks where the pictures come from for a keyframe; False: it cannot be asked."""
        self.sent = Sent()
        self._peer = peer
        self._hub = hub
        self._packets = packets
        self._lanes = lanes
        self._video = next((n for n, lane in lanes.items() if lane.track.video), None)
        self._pacer = Pacer()
        self._timer: asyncio.TimerHandle | None = None
        self._caught: list[AccessUnit] | None = None
        self._skipping = False
        self._rejoined_at = 0.0
        self._repeats = float(REPEATS_PER_S)
        self._repeated_at = 0.0
        peer.on_ready = self._join
        peer.on_rtcp = self._feedback
        peer.on_closed = self._gone

    @property
    def playing(self) -> bool:
        return self._peer.ready

    @property
    def lanes(self) -> dict[int, Lane]:
        return self._lanes

    def close(self, reason: str = "closed") -> None:
        """Take leave of the browser."""
        self._peer.close(reason)

    # as a sink

    def begin(self, tracks: Sequence[Track]) -> None:
        for number, lane in self._lanes.items():
            track = tracks[number] if number < len(tracks) else None
            if track is None or (track.codec, track.clock_rate) != (lane.track.codec, lane.track.clock_rate):
                asyncio.get_running_loop().call_soon(self.close, "changed")
                return
            lane.track = track
            if self._caught is None:
                lane.anew()

    def take(self, unit: AccessUnit) -> None:
        lane = self._lanes.get(unit.track)
        if lane is None or not self._peer.ready:
            return
        if self._caught is not None:
            self._caught.append(unit)
            return
        congested = self._full()
        if unit.track != self._video:
            if congested:
                self.sent.dropped_units += 1
            else:
                self._peer.send(lane.write(unit, self._packets.of(unit, lane.track)))
            return
        if (congested or self._skipping) and not unit.keyframe:
            self._skipping = True
            self.sent.dropped_units += 1
            return
        if congested:
            self._pacer.clear()  # what waits is old by now
        self._skipping = False
        self._pacer.put(lane.write(unit, self._packets.of(unit, lane.track)))
        self._flow()

    def pause(self, fault: Fault) -> None:
        """The picture stands; the browser sees by its own clock that nothing comes."""

    def end(self) -> None:
        asyncio.get_running_loop().call_soon(self.close, "ended")

    # ways

    def _stuck(self) -> bool:
        return self._peer.path is not None and self._peer.path.full

    def _full(self) -> bool:
        return self._pacer.full or self._stuck()

    def _flow(self) -> None:
        if self._timer is not None:
            return
        packets = [] if self._stuck() else self._pacer.due(asyncio.get_running_loop().time())
        if packets:
            self._peer.send(packets)
            self.sent.packets += len(packets)
        if self._pacer.waiting:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._flow()

    def _join(self) -> None:
        """All pictures since the last keyframe, at once and in quick motion; sound from now on."""
        self._rejoined_at = asyncio.get_running_loop().time()
        self._hub.remove(self)
        self._caught = []
        self._hub.add(self)
        pictures = [unit for unit in self._caught if unit.track == self._video]
        self._caught = None
        if self._video is None or not pictures:
            return
        lane = self._lanes[self._video]
        step = lane.track.clock_rate * CAUGHT_UP_MS // 1000
        if lane.packets:
            lane.advance(step * len(pictures))
        newest = pictures[-1].rtp
        for nth, unit in enumerate(pictures):
            place = newest - (len(pictures) - 1 - nth) * step
            self._pacer.put(lane.write(unit, self._packets.of(unit, lane.track), place - unit.rtp))
        self._flow()

    def _feedback(self, data: bytes) -> None:
        for packet in rtcp.read(data):
            if lost := rtcp.wanted_again(packet):
                self._repeat(packet.media_ssrc, lost)
            elif rtcp.wants_keyframe(packet):
                self._keyframe_wanted()

    def _repeat(self, ssrc: int, lost: Sequence[int]) -> None:
        now = asyncio.get_running_loop().time()
        self._repeats = min(REPEATS_PER_S, self._repeats + (now - self._repeated_at) * REPEATS_PER_S)
        self._repeated_at = now
        lane = next((lane for lane in self._lanes.values() if lane.ssrc == ssrc), None)
        if lane is None or self._stuck():
            return
        found = [packet for packet in map(lane.again, lost[: int(self._repeats)]) if packet is not None]
        self._repeats -= len(found)
        self.sent.repeated += len(found)
        if found:
            self._peer.send(found)

    def _keyframe_wanted(self) -> None:
        """Something is lost for good: what the hub keeps heals it, where no fresh keyframe can be had (a
        camera by RTSP cannot be asked)."""
        self.sent.keyframes_wanted += 1
        if asyncio.get_running_loop().time() - self._rejoined_at < REJOIN_EVERY_S:
            return
        if self.ask_source():
            self._rejoined_at = asyncio.get_running_loop().time()
            return
        self._pacer.clear()
        self._join()

    def report(self) -> None:
        """Tell the browser how our clocks stand; every second."""
        for number, lane in self._lanes.items():
            said = lane.report(self._packets.clock(number, lane.track.clock_rate))
            if said is not None:
                self._peer.send_rtcp(rtcp.sender_report(said))

    def _gone(self, reason: str) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._hub.remove(self)
        self.on_closed(self, reason)
