"""A picture's track made anew: decoded, covered where it must be, smaller, fewer a second, H.264 that every
browser takes. Runs in threads."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Any, Final

import av
from av.video.frame import PictureType

from jedel.media.model import AccessUnit, Codec, Mask, Track
from jedel.media.transcode.decode import Decoder
from jedel.media.transcode.masks import Cover

WIDTH_MAX: Final = 1280
MACROBLOCKS_MAX: Final = 3600
"""Of a picture in H.264's level 3.1, which is what browsers are promised."""
FPS_MAX: Final = 15
KEYFRAME_EVERY: Final = 30
BITS_PER_PIXEL: Final = 0.12


@dataclass(frozen=True, slots=True)
class Made:
    """One picture: ``rtp`` in the track's ticks, NAL units."""

    rtp: int
    keyframe: bool
    parts: tuple[bytes, ...]


def size_for(width: int, height: int) -> tuple[int, int]:
    """Even, no larger than it may be, of the same shape."""
    share = min(1.0, WIDTH_MAX / width, sqrt(MACROBLOCKS_MAX * 256 / (width * height)))
    found = max(2, int(width * share) & ~1), max(2, int(height * share) & ~1)
    if ((found[0] + 15) // 16) * ((found[1] + 15) // 16) > MACROBLOCKS_MAX:
        found = max(16, found[0] // 16 * 16), max(16, found[1] // 16 * 16)
    return found


class VideoMaker:
    """Of one track. ``track``: what comes out, known with the first picture."""

    def __init__(self, source: Track, masks: Sequence[Mask]) -> None:
        self.track: Track | None = None
        self._source, self._masks = source, masks
        self._decoder = Decoder(source)
        self._encoder: av.VideoCodecContext | None = None
        self._cover: Cover | None = None
        self._last: int | None = None

    def make(self, unit: AccessUnit, *, encode: bool = True) -> list[Made]:
        """What the unit gives; ``encode``: False where it came too late to be shown, and is needed only by
        those after it."""
        made: list[Made] = []
        for frame in self._decoder.decode(unit):
            due = self._last is None or frame.pts is None or self._due(frame.pts)
            if (encode or self.track is None) and due:
                made += self._encode(frame)
        return made

    def _due(self, pts: int) -> bool:
        assert self._last is not None
        step = self._source.clock_rate / FPS_MAX
        return pts < self._last or pts - self._last >= step * 0.9

    def _encode(self, frame: av.VideoFrame) -> list[Made]:
        rtp = frame.pts if frame.pts is not None else (self._last or 0) + self._source.clock_rate // FPS_MAX
        rtp = rtp if self._last is None else max(rtp, self._last + 1)
        width, height = size_for(frame.width, frame.height)
        small = frame.reformat(width, height, format="yuv420p")
        if self._masks:
            if self._cover is None or self._cover.size != (width, height):
                self._cover = Cover(self._masks, width, height)
            small = self._cover.draw(small)
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            self._encoder = _encoder(width, height, self._source.clock_rate)
        small.pts, small.time_base = rtp, Fraction(1, self._source.clock_rate)
        small.pict_type = PictureType.NONE
        self._last = rtp
        return [self._made(packet, width, height) for packet in self._encoder.encode(small)]

    def _made(self, packet: "av.Packet[Any]", width: int, height: int) -> Made:
        parts = nals(bytes(packet))
        if packet.is_keyframe:
            sets = tuple(part for part in parts if part[0] & 0x1F in {7, 8})
            self.track = Track(Codec.H264, self._source.clock_rate, 0, sets, width, height)
        assert self._last is not None
        return Made(packet.pts if packet.pts is not None else self._last, packet.is_keyframe, parts)


def _encoder(width: int, height: int, rate: int) -> av.VideoCodecContext:
    made = av.CodecContext.create("libx264", "w")
    made.width, made.height, made.pix_fmt = width, height, "yuv420p"
    made.time_base, made.framerate = Fraction(1, rate), Fraction(FPS_MAX, 1)
    made.thread_count, made.max_b_frames = 1, 0
    bits = round(max(width * height * FPS_MAX * BITS_PER_PIXEL, 100_000))
    made.bit_rate = bits
    made.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "x264-params": f"keyint={KEYFRAME_EVERY}:scenecut=0:repeat-headers=1:annexb=1:log-level=-1"
        f":vbv-maxrate={bits // 1000 * 3 // 2}:vbv-bufsize={bits // 1000}",
    }
    return made


def nals(data: bytes) -> tuple[bytes, ...]:
    """NAL units of an Annex B byte stream, access unit delimiters left out."""
    pieces = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return tuple(piece for piece in pieces if piece and piece[0] & 0x1F != 9)
