"""Units to RTP payloads, once for all viewers of a stream, and what of a picture's clock they share. Pure."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from jedel.media.model import AccessUnit, Codec, Track
from rtsp import nal

PAYLOAD_BYTES: Final = 1150
"""With headers, extensions and SRTP's tag below 1,200: what QUIC and WebRTC take for a safe datagram."""
_SHARED: Final = 8
_CLOCK_WINDOW_US: Final = 10_000_000


class Packets:
    """Of one stream."""

    def __init__(self) -> None:
        self.tracks: Sequence[Track] = ()
        self.made = 0
        self._recent: deque[tuple[AccessUnit, tuple[bytes, ...]]] = deque(maxlen=_SHARED)
        self._clocks: dict[int, Clock] = {}

    def of(self, unit: AccessUnit, track: Track) -> tuple[bytes, ...]:
        """Payloads of one unit; the last has the marker."""
        for known, payloads in self._recent:
            if known is unit:
                return payloads
        payloads = tuple(payloads_of(unit, track))
        self.made += 1
        self._recent.appendleft((unit, payloads))
        self.clock(unit.track, track.clock_rate).see(unit)
        return payloads

    def clock(self, track: int, rate: int) -> "Clock":
        found = self._clocks.get(track)
        if found is None or found.rate != rate:
            found = self._clocks[track] = Clock(rate)
        return found


class Clock:
    """Ties a track's clock to ours: the quickest arrivals of the last 10 to 20 s tell, so that a network's
    jitter does not move the sound against the picture."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._before: int | None = None
        self._now: int | None = None
        self._since = 0

    def see(self, unit: AccessUnit) -> None:
        offset = unit.at_us - unit.rtp * 1_000_000 // self.rate
        if self._now is None or abs(offset - self._now) > _CLOCK_WINDOW_US:
            self._before, self._now, self._since = None, offset, unit.at_us  # the source began anew
        elif unit.at_us - self._since > _CLOCK_WINDOW_US:
            self._before, self._now, self._since = self._now, offset, unit.at_us
        else:
            self._now = min(self._now, offset)

    def wall_us(self, rtp: int) -> int:
        """µs since 1970 of a time of the track."""
        known = [offset for offset in (self._before, self._now) if offset is not None]
        return rtp * 1_000_000 // self.rate + (min(known) if known else 0)


def payloads_of(unit: AccessUnit, track: Track) -> Iterator[bytes]:
    """By RFC 6184 (H.264), 7741 (VP8), 9628 (VP9); sound as it is."""
    if track.codec is Codec.H264:
        yield from _h264(unit, track)
    elif track.codec in (Codec.VP8, Codec.VP9):
        yield from _vpx(unit, vp9=track.codec is Codec.VP9)
    else:
        yield from unit.parts


def _h264(unit: AccessUnit, track: Track) -> Iterator[bytes]:
    parts = [part for part in unit.parts if part and nal.kind_h264(part) not in nal.DROPPED_H264]
    if unit.keyframe and not any(nal.kind_h264(part) == 7 for part in parts):
        parts[:0] = track.parameters  # who comes now has not seen them
    for part in parts:
        yield from nal.split(part, PAYLOAD_BYTES, h265=False)


def _vpx(unit: AccessUnit, *, vp9: bool) -> Iterator[bytes]:
    frame = b"".join(unit.parts)
    room = PAYLOAD_BYTES - 1
    for at in range(0, len(frame), room):
        first, last = at == 0, at + room >= len(frame)
        if vp9:
            head = (0 if unit.keyframe else 0x40) | (0x08 if first else 0) | (0x04 if last else 0)
        else:
            head = 0x10 if first else 0
        yield bytes((head,)) + frame[at : at + room]
