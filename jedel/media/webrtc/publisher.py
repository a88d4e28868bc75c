"""One who sends: a phone, a badge, a post, an officer's microphone."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Track
from jedel.media.webrtc import rtcp
from jedel.media.webrtc.arrivals import EVERY_S, Arrivals
from jedel.media.webrtc.intake import Intake
from jedel.media.webrtc.peer import Peer
from rtsp.errors import Malformed
from rtsp.payloads import Unit

KEYFRAME_EVERY_S: Final = 4.0
"""Browsers give keyframes when asked only; recordings and who comes later need them."""
KEYFRAME_AGAIN_S: Final = 0.5
BITS_PER_S_MAX: Final = 25_000_000
"""Of one who sends more, over ten seconds, nothing good can come."""
FLOOD_S: Final = 10
PICTURE_WITHIN_S: Final = 2.0
"""The sound does not wait longer for a picture that was announced."""


class Publisher:
    """Feeds its hub: ``hub.begin`` when the tracks are known, then units. ``on_closed(publisher, reason)`` is
    called once; the hub is left to the caller."""

    def __init__(self, peer: Peer, hub: Hub, intakes: dict[int, Intake], extension: int | None) -> None:
        self.id = peer.credentials.fragment
        self.on_closed: Callable[[Publisher, str], None] = lambda *_: None
        self.units = 0
        self.bytes = 0
        self._peer = peer
        self._hub = hub
        self._intakes = sorted(intakes.values(), key=lambda intake: not intake.video)
        self._by_type = intakes
        self._extension = extension
        self._arrivals = Arrivals()
        self._ours = secrets.randbits(32) or 1
        self._tracks: tuple[Track, ...] = ()
        self._places: dict[int, int] = {}
        """Intake → place among the tracks."""
        self._first_at: float | None = None
        self._rounds = 0
        self._bytes_before = 0
        self._asked_at = self._told_at = self._keyframe_at = 0.0
        peer.on_rtp = self._packet
        peer.on_rtcp = self._said
        peer.on_closed = self._gone

    @property
    def live(self) -> bool:
        return self._peer.ready

    def close(self, reason: str = "closed") -> None:
        """Take leave of the sender."""
        self._peer.close(reason)

    def ask_keyframe(self) -> None:
        """Somebody needs one; the sender is asked at most twice a second."""
        now = asyncio.get_running_loop().time()
        if now - self._asked_at < KEYFRAME_AGAIN_S:
            return
        for intake in self._intakes:
            if intake.video and intake.ssrc:
                self._asked_at = now
                self._peer.send_rtcp(rtcp.picture_loss(self._ours, intake.ssrc))

    def _packet(self, data: bytes) -> None:
        intake = self._by_type.get(data[1] & 127)
        if intake is None:
            return
        now = asyncio.get_running_loop().time()
        self._first_at = self._first_at or now
        self.bytes += len(data)
        try:
            self._arrival(data, now)
            units = intake.take(data, now)
        except Malformed:
            return
        for unit in units:
            self._publish(intake, unit, now)
        if not intake.order.whole and (lost := intake.order.asked(now)):
            self._peer.send_rtcp(rtcp.nack(self._ours, intake.ssrc, lost))
        if intake.video and (intake.spoiled() or now - self._keyframe_at > KEYFRAME_EVERY_S):
            self.ask_keyframe()

    def _arrival(self, data: bytes, now: float) -> None:
        if self._extension is None:
            return
        sequence = rtcp.extension(data, self._extension)
        if len(sequence) == 2:
            self._arrivals.see(int.from_bytes(sequence), int(now * 1_000_000))
        if now - self._told_at >= EVERY_S:
            self._told_at = now
            media = next((intake.ssrc for intake in self._intakes if intake.ssrc), 0)
            feedback = self._arrivals.feedback(self._ours, media)
            if feedback is not None:
                self._peer.send_rtcp(feedback)

    def _publish(self, intake: Intake, unit: Unit, now: float) -> None:
        if unit.keyframe and intake.video:
            self._keyframe_at = now
        if not self._begun(now) or id(intake) not in self._places:
            return
        self.units += 1
        place = self._places[id(intake)]
        at_us = time.time_ns() // 1000
        self._hub.publish(AccessUnit(place, unit.rtp, at_us, unit.keyframe, unit.parts))

    def _begun(self, now: float) -> bool:
        """The hub knows our tracks as they are now."""
        known = [(intake, intake.track) for intake in self._intakes]
        if any(track is None for _, track in known) and now - (self._first_at or now) < PICTURE_WITHIN_S:
            return False
        tracks = tuple(track for _, track in known if track is not None)
        if tracks and tracks != self._tracks:
            there = [intake for intake, track in known if track is not None]
            self._places = {id(intake): nth for nth, intake in enumerate(there)}
            self._tracks = tracks
            self._hub.begin(tracks)
        return bool(tracks)

    def _said(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        for packet in rtcp.read(data):
            report: Any = rtcp.clock_of(packet)
            for intake in self._intakes:
                if report is not None and intake.ssrc == report.ssrc:
                    intake.reported(report.sender_info.ntp_timestamp, now)

    def report(self) -> None:
        """Tell the sender how it comes; every second."""
        self._rounds += 1
        if self._rounds % FLOOD_S == 0:
            came, self._bytes_before = self.bytes - self._bytes_before, self.bytes
            if came * 8 > BITS_PER_S_MAX * FLOOD_S:
                self.close("flood")
                return
        now = asyncio.get_running_loop().time()
        receptions: Sequence[rtcp.Reception] = [
            said for intake in self._intakes if (said := intake.report(now)) is not None
        ]
        if receptions:
            self._peer.send_rtcp(rtcp.receiver_report(self._ours, receptions))

    def _gone(self, reason: str) -> None:
        self.on_closed(self, reason)
