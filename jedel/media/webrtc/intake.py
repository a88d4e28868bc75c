"""One track of one publisher: packets to units, and what the sender is told of them."""

from typing import Final, Protocol

from jedel.media.model import Codec, Track
from jedel.media.webrtc import rtcp
from jedel.media.webrtc.offer import Offered
from jedel.media.webrtc.order import Order
from jedel.media.webrtc.vpx import VpxReceiver
from rtsp.payloads import Format, Receiver, Unit
from rtsp.rtp import unpack

_STRAY_MAX: Final = 8
"""Other senders' packets before we follow the new one: a browser may change its number."""


class _Reader(Protocol):
    format: Format
    damaged: int

    def take(self, data: bytes) -> list[Unit]: ...


class Intake:
    """``ssrc``: 0 before the first packet."""

    def __init__(self, offered: Offered) -> None:
        self.offered = offered
        self.ssrc = 0
        self.order = Order()
        self.damaged = 0
        self._reader = self._new_reader()
        self._stray = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._heard: tuple[int, float] | None = None
        """Of the last sender report: its middle NTP bits, and when it came."""
        self._told = (0, 0)

    def _new_reader(self) -> _Reader:
        codec, rate = self.offered.codec, self.offered.clock_rate
        if codec in (Codec.VP8, Codec.VP9):
            return VpxReceiver(codec, rate)
        return Receiver(Format(codec.upper(), rate, self.offered.channels))

    @property
    def track(self) -> Track | None:
        """None before it is known."""
        known, codec = self._reader.format, self.offered.codec
        if not codec or (known.video and not known.complete):
            return None
        channels = 0 if self.video else max(1, self.offered.channels)
        return Track(codec, self.offered.clock_rate, channels, known.parameters, known.width, known.height)

    @property
    def video(self) -> bool:
        return self.offered.codec in (Codec.H264, Codec.VP8, Codec.VP9)

    def take(self, data: bytes, now: float) -> list[Unit]:
        """A packet with our payload type. ``now``: seconds of a clock that does not fall."""
        packet = unpack(data)
        if packet.ssrc != self.ssrc and not self._follow(packet.ssrc):
            return []
        self._stray = 0
        self._feel(packet.timestamp, now)
        units: list[Unit] = []
        for each in (*self.order.put(packet.sequence, data, now), *self.order.given_up(now)):
            units += self._reader.take(each)
        return units

    def _follow(self, ssrc: int) -> bool:
        self._stray += 1
        if self.ssrc and self._stray < _STRAY_MAX:
            return False
        self.ssrc, self.order, self._transit = ssrc, Order(), None
        return True

    def _feel(self, timestamp: int, now: float) -> None:
        """Jitter by RFC 3550, A.8."""
        transit = now * self.offered.clock_rate - timestamp
        if self._transit is not None:
            step = abs(transit - self._transit)
            if step < self.offered.clock_rate * 10:
                self._jitter += (step - self._jitter) / 16
        self._transit = transit

    def spoiled(self) -> bool:
        """Pictures were dropped since this was asked last: only a keyframe helps."""
        now, before = self._reader.damaged, self.damaged
        self.damaged = now
        return now != before

    def reported(self, wall_ntp: int, now: float) -> None:
        """The sender's clock came."""
        self._heard = (wall_ntp >> 16 & 0xFFFFFFFF, now)

    def report(self, now: float) -> rtcp.Reception | None:
        """What a receiver report says; None before the first packet."""
        if self.order.highest < 0:
            return None
        expected, lost = self.order.highest - self.order.first + 1, self.order.lost
        seen, gone = expected - self._told[0], lost - self._told[1]
        self._told = (expected, lost)
        fraction = min(255, max(0, gone * 256 // seen)) if seen > 0 else 0
        last, since = self._heard or (0, now)
        return rtcp.Reception(
            self.ssrc,
            fraction,
            min(lost, 0x7FFFFF),
            self.order.highest & 0xFFFFFFFF,
            int(self._jitter),
            last,
            int((now - since) * 65536) & 0xFFFFFFFF if self._heard else 0,
        )
