"""One track on its way to one viewer: numbers, times, what was sent lately. Pure."""

import secrets
import struct
from dataclasses import dataclass
from typing import Final

from jedel.media.model import AccessUnit, Track
from jedel.media.webrtc.packets import Clock

KEPT: Final = 1024
"""Packets that can be sent again: two seconds of 4 Mbit/s."""
_HEAD: Final = struct.Struct(">BBHII")


@dataclass(slots=True)
class Report:
    """What a sender report says."""

    ssrc: int
    wall_us: int
    rtp: int
    packets: int
    octets: int


class Lane:
    """``payload_type``: what the viewer's answer calls it. ``extension``: bytes of a header extension that
    each packet carries, or none."""

    def __init__(self, track: Track, payload_type: int, extension: bytes = b"") -> None:
        self.track = track
        self.payload_type = payload_type
        self.ssrc = secrets.randbits(32) or 1
        self.packets = self.octets = self.repeated = 0
        self._first = 0x90 if extension else 0x80
        self._extension = extension
        self._sequence = secrets.randbits(15)
        self._shift = secrets.randbits(30)
        self._last: tuple[int, int, int] | None = None
        """Of the newest packet: the unit's time, what we wrote, our clock in µs."""
        self._anchored = False
        self._kept: list[tuple[int, bytes, bytes] | None] = [None] * KEPT

    def anew(self) -> None:
        """The source began again: its clock may be another one. Ours goes on."""
        self._anchored = False

    def advance(self, ticks: int) -> None:
        """Leave room in our clock for pictures that are sent again."""
        self._shift += ticks

    def _stamp(self, unit: AccessUnit, later: int) -> int:
        if not self._anchored:
            if self._last is not None:
                _, written, at_us = self._last
                gap = max(1, (unit.at_us - at_us) * self.track.clock_rate // 1_000_000)
                self._shift = written + gap - unit.rtp
            self._anchored = True
        return unit.rtp + self._shift + later

    def write(self, unit: AccessUnit, payloads: tuple[bytes, ...], later: int = 0) -> list[bytes]:
        """RTP packets of a unit. ``later``: ticks after its own time, of a picture that is caught up."""
        stamp = self._stamp(unit, later)
        self._last = (unit.rtp, stamp, unit.at_us)
        last = len(payloads) - 1
        marked = self.payload_type | 0x80 if self.track.video else self.payload_type
        packets = []
        sequence = self._sequence
        for nth, payload in enumerate(payloads):
            kind = marked if nth == last else self.payload_type
            head = _HEAD.pack(self._first, kind, sequence, stamp & 0xFFFFFFFF, self.ssrc) + self._extension
            self._kept[sequence % KEPT] = (sequence, head, payload)
            packets.append(head + payload)
            sequence = (sequence + 1) & 0xFFFF
            self.octets += len(payload)
        self.packets += len(packets)
        self._sequence = sequence
        return packets

    def again(self, sequence: int) -> bytes | None:
        """A packet that was lost, where we still have it."""
        found = self._kept[sequence % KEPT]
        if found is None or found[0] != sequence:
            return None
        self.repeated += 1
        return found[1] + found[2]

    def report(self, clock: Clock) -> Report | None:
        """Ties what we wrote last to the wall clock; None before the first packet."""
        if self._last is None:
            return None
        rtp, written, _ = self._last
        return Report(self.ssrc, clock.wall_us(rtp), written & 0xFFFFFFFF, self.packets, self.octets)
