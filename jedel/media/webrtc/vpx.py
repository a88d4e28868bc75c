"""VP8 (RFC 7741) and VP9 (RFC 9628) out of RTP packets, with the face of `rtsp.payloads.Receiver`. Pure."""

from typing import Final

from jedel.media.model import Codec
from jedel.media.parameters import vp8_size, vp9_size
from rtsp.errors import Malformed
from rtsp.payloads import Format, Unit
from rtsp.rtp import Packet, Unwrapped, unpack

FRAME_BYTES_MAX: Final = 4 * 1024**2


class VpxReceiver:
    """``format``: with the size of the newest keyframe, where it says one."""

    def __init__(self, codec: Codec, clock_rate: int) -> None:
        self.format = Format(codec.upper(), clock_rate)
        self.damaged = self.malformed = 0
        self._vp9 = codec is Codec.VP9
        self._clock = Unwrapped(clock_rate)
        self._next: int | None = None
        self._parts: list[bytes] = []
        self._bytes = 0
        self._stamp: int | None = None
        self._whole = False
        self._keyframe = False
        self._waiting = True

    def take(self, data: bytes) -> list[Unit]:
        """Frames that are whole with this packet."""
        try:
            packet = unpack(data)
            begins, keyframe, payload = _vp9(packet.payload) if self._vp9 else _vp8(packet.payload)
        except Malformed:
            self.malformed += 1
            return []
        gap = self._next is not None and packet.sequence != self._next
        self._next = packet.sequence + 1 & 0xFFFF
        found = []
        if gap or (self._stamp is not None and packet.timestamp != self._stamp):
            self._drop()
        self._stamp = packet.timestamp
        if begins and not self._parts:
            self._whole, self._keyframe = True, keyframe
        if self._whole:
            self._parts.append(payload)
            self._bytes += len(payload)
            if self._bytes > FRAME_BYTES_MAX:
                self._drop()
        if packet.marker:
            found = self._finish(packet)
        return found

    def _drop(self) -> None:
        if self._parts or self._stamp is not None:
            self.damaged += 1
            self._waiting = True
        self._parts, self._bytes, self._whole, self._stamp = [], 0, False, None

    def _finish(self, packet: Packet) -> list[Unit]:
        frame, whole = b"".join(self._parts), self._whole
        self._parts, self._bytes, self._whole, self._stamp = [], 0, False, None
        if not whole or not frame:
            self.damaged += 1
            self._waiting = True
            return []
        if self._keyframe:
            self._waiting = False
            self._measure(frame)
        if self._waiting:
            self.damaged += 1
            return []
        return [Unit(self._clock(packet.timestamp), self._keyframe, (frame,))]

    def _measure(self, frame: bytes) -> None:
        size = (vp9_size(frame) if self._vp9 else vp8_size(frame)) or (0, 0)
        if size != (self.format.width, self.format.height):
            self.format = Format(self.format.encoding, self.format.clock_rate, 0, (), *size)


def _vp8(payload: bytes) -> tuple[bool, bool, bytes]:
    """(begins a frame, of a keyframe, what is left)."""
    if len(payload) < 2:
        raise Malformed("a VP8 descriptor is cut")
    first, at = payload[0], 1
    if first & 0x80:
        extended = payload[at]
        at += 1
        if extended & 0x80:
            if at >= len(payload):
                raise Malformed("a VP8 descriptor is cut")
            at += 2 if payload[at] & 0x80 else 1
        at += bool(extended & 0x40) + bool(extended & 0x30)
    if at >= len(payload):
        raise Malformed("a VP8 descriptor is cut")
    begins = bool(first & 0x10) and not first & 7
    return begins, begins and not payload[at] & 1, payload[at:]


def _vp9(payload: bytes) -> tuple[bool, bool, bytes]:
    """As `_vp8`. Layers above the first are not asked for by us and not told apart."""
    if len(payload) < 2:
        raise Malformed("a VP9 descriptor is cut")
    first, at = payload[0], 1
    try:
        if first & 0x80:
            at += 2 if payload[at] & 0x80 else 1
        if first & 0x20:
            at += 1 if first & 0x10 else 2
        if first & 0x50 == 0x50:
            while payload[at] & 1:
                at += 1
            at += 1
        if first & 0x02:
            at = _scalability(payload, at)
    except IndexError:
        raise Malformed("a VP9 descriptor is cut") from None
    if at >= len(payload):
        raise Malformed("a VP9 descriptor is cut")
    begins = bool(first & 0x08)
    return begins, begins and not first & 0x40, payload[at:]


def _scalability(payload: bytes, at: int) -> int:
    head = payload[at]
    at += 1
    if head & 0x10:
        at += 4 * ((head >> 5) + 1)
    if head & 0x08:
        groups = payload[at]
        at += 1
        for _ in range(groups):
            at += 1 + (payload[at] >> 2 & 3)
    return at
