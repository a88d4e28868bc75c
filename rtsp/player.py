"""Interleaved frames in, units out: what the client does while it plays."""

from collections.abc import Callable, Sequence

from rtsp import rtp
from rtsp.errors import Malformed
from rtsp.messages import Frame
from rtsp.payloads import Format, Receiver, Unit

Take = Callable[[int, Unit, int], None]
"""``take(track, unit, at_us)``: ``at_us`` our clock when its last byte came."""


class Player:
    """Frames in, units out."""

    def __init__(
        self,
        receivers: Sequence[Receiver],
        channels: dict[int, tuple[int, bool]],
        take: Take,
        changed: Callable[[Sequence[Format]], None] | None,
    ) -> None:
        self.pictures = 0
        self.clock_error_us: int | None = None
        self._malformed = 0
        self._receivers, self._channels = receivers, channels
        self._take, self._changed = take, changed
        self._said: list[Format] | None = None

    @property
    def malformed(self) -> int:
        return self._malformed + sum(each.malformed for each in self._receivers)

    def described(self) -> None:
        """Say what the description said, where a decoder could begin with it: who waits for a picture makes
        ready while its first keyframe is awaited. That one says it again."""
        formats = [each.format for each in self._receivers]
        if self._changed is not None and self._said is None and all(each.complete for each in formats):
            self._changed(formats)

    def on_frame(self, found: Frame, at_us: int) -> None:
        track, control = self._channels.get(found.channel, (-1, False))
        if track < 0:
            return
        if control:
            self._control(found.payload, at_us)
            return
        receiver = self._receivers[track]
        for unit in receiver.take(found.payload):
            if receiver.format.video:
                self.pictures += 1
                if unit.keyframe and (self._said is None or self._said[track] is not receiver.format):
                    self._announce(track)
            if self._said is not None:
                self._take(track, unit, at_us)

    def _announce(self, track: int) -> None:
        now = [each.format for each in self._receivers]
        if self._changed is not None and (self._said is None or self._said[track] != now[track]):
            self._changed(now)
        self._said = now

    def _control(self, payload: bytes, at_us: int) -> None:
        try:
            report = rtp.sender_report(payload)
        except Malformed:
            self._malformed += 1
            return
        if report is not None:
            self.clock_error_us = report.ntp_us - at_us
