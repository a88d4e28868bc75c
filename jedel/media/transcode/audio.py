"""A sound's track made anew: Opus, which every browser takes. Runs in threads."""

from fractions import Fraction
from typing import Final, cast

import av

from jedel.media.model import AccessUnit, Codec, Track

RATE: Final = 48_000
FRAME: Final = RATE // 50
TORN: Final = RATE // 5
"""Ticks between where we are and where the sound is, from which on we jump."""
_DECODERS: Final = {
    Codec.AAC: "aac",
    Codec.PCMU: "pcm_mulaw",
    Codec.PCMA: "pcm_alaw",
    Codec.OPUS: "libopus",
}


class AudioMaker:
    """Of one track. ``track``: what comes out."""

    def __init__(self, source: Track) -> None:
        channels = 1 if source.channels <= 1 else 2
        self.track = Track(Codec.OPUS, RATE, channels)
        self._source = source
        layout = "mono" if channels == 1 else "stereo"
        self._decoder = cast("av.AudioCodecContext", av.CodecContext.create(_DECODERS[source.codec], "r"))
        self._decoder.sample_rate = source.clock_rate
        self._decoder.layout = layout
        if source.codec is Codec.AAC and source.parameters:
            self._decoder.extradata = source.parameters[0]
        self._resampler = av.AudioResampler(format="s16", layout=layout, rate=RATE, frame_size=FRAME)
        self._encoder = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = RATE, layout, "s16"
        self._encoder.time_base = Fraction(1, RATE)
        self._encoder.bit_rate = 32_000 * channels
        self._encoder.options = {"application": "lowdelay", "frame_duration": "20"}
        self._next: int | None = None

    def make(self, unit: AccessUnit) -> list[tuple[int, bytes]]:
        """Packets of 20 ms, each with its time in ticks of 48 kHz."""
        there = unit.rtp * RATE // self._source.clock_rate
        if self._next is None or abs(there - self._next) > TORN:
            self._next = there if self._next is None else max(there, self._next)
        made: list[tuple[int, bytes]] = []
        try:
            for frame in self._decoder.decode(av.Packet(unit.parts[0])):
                frame.pts = None
                for piece in self._resampler.resample(frame):
                    piece.pts = self._next
                    self._next += FRAME
                    made += [
                        (packet.pts if packet.pts is not None else self._next, bytes(packet))
                        for packet in self._encoder.encode(piece)
                    ]
        except av.FFmpegError:
            return made
        return made
