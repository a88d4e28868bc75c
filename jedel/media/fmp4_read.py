"""What an init segment of ours says of its tracks. Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jedel.media.fmp4 import boxes, init_end
from jedel.media.fmp4_entries import hevc_string
from jedel.media.model import Codec, Track
from rtsp.errors import Malformed

_VIDEO: Final = frozenset({b"avc1", b"hvc1", b"vp09", b"vp08"})
_PLAIN: Final = {
    b"vp09": "vp09.00.10.08",
    b"vp08": "vp08.00.10.08",
    b"Opus": "opus",
    b"ulaw": "ulaw",
    b"alaw": "alaw",
}
_KINDS: Final = {
    b"avc1": Codec.H264,
    b"hvc1": Codec.H265,
    b"vp09": Codec.VP9,
    b"vp08": Codec.VP8,
    b"Opus": Codec.OPUS,
    b"mp4a": Codec.AAC,
    b"ulaw": Codec.PCMU,
    b"alaw": Codec.PCMA,
}
_IN_BROWSERS: Final = frozenset({b"avc1", b"hvc1", b"vp09", b"Opus", b"mp4a"})


@dataclass(frozen=True, slots=True)
class Inside:
    """A track of a file. ``number``: its index, the id less one. ``timescale``: ticks a second; ``codec``: as
    RFC 6381 has it; ``browser``: whether MSE may take it; pixels are 0 of sound."""

    number: int
    timescale: int
    codec: str
    video: bool
    browser: bool
    width: int
    height: int
    kind: Codec
    channels: int
    parameters: tuple[bytes, ...]

    @property
    def track(self) -> Track:
        """As it was recorded."""
        size = (self.width, self.height)
        return Track(self.kind, self.timescale, self.channels, self.parameters, *size)


def tracks_in(init: bytes) -> tuple[Inside, ...]:
    """Raises Malformed."""
    try:
        moov = next(at for kind, *at in boxes(init, 0, init_end(init)) if kind == b"moov")
        return tuple(_track(init, *at) for kind, *at in boxes(init, *moov) if kind == b"trak")
    except (struct.error, IndexError, StopIteration) as error:
        raise Malformed("a strange moov") from error


def _track(data: bytes, start: int, end: int) -> Inside:
    tkhd = _find(data, start, end, b"tkhd")
    (number,) = struct.unpack_from(">I", data, tkhd[0] + 12)
    width, height = struct.unpack_from(">II", data, tkhd[1] - 8)
    mdia = _find(data, start, end, b"mdia")
    mdhd = _find(data, *mdia, b"mdhd")
    (timescale,) = struct.unpack_from(">I", data, mdhd[0] + 12)
    stbl = _find(data, *_find(data, *mdia, b"minf"), b"stbl")
    stsd = _find(data, *stbl, b"stsd")
    kind, at, stop = next(boxes(data, stsd[0] + 8, stsd[1]))
    if not timescale or not number:
        raise Malformed("a strange track")
    video = kind in _VIDEO
    codec, parameters = _codec(data, kind, at + (78 if video else 28), stop)
    (channels,) = (0,) if video else struct.unpack_from(">H", data, at + 16)
    return Inside(
        *(number - 1, timescale, codec, video, kind in _IN_BROWSERS, width >> 16, height >> 16),
        *(_KINDS[kind], channels, parameters),
    )


def _codec(data: bytes, kind: bytes, start: int, end: int) -> tuple[str, tuple[bytes, ...]]:
    """Its name and its parameters, as `Track` has them."""
    if kind in _PLAIN:
        return _PLAIN[kind], ()
    if kind == b"avc1":
        at, stop = _find(data, start, end, b"avcC")
        sps, at_pps = _nals(data, at + 6, data[at + 5] & 31)
        pps, _ = _nals(data, at_pps + 1, data[at_pps])
        return f"avc1.{data[at + 1 : at + 4].hex().upper()}", (*sps, *pps)
    if kind == b"hvc1":
        at, stop = _find(data, start, end, b"hvcC")
        name, nals, next_at = hevc_string(data[at + 1 : at + 13]), [], at + 23
        while next_at < stop:
            (count,) = struct.unpack_from(">H", data, next_at + 1)
            found, next_at = _nals(data, next_at + 3, count)
            nals += found
        return name, tuple(nals)
    if kind == b"mp4a":
        at, stop = _find(data, start, end, b"esds")
        config = data[at + 35 : stop - 6]  # between the descriptors that `fmp4_entries` writes
        first = config[0] >> 3
        number = first if first != 31 else 32 + ((config[0] & 7) << 3 | config[1] >> 5)
        return f"mp4a.40.{number}", (config,)
    raise Malformed("a codec that is not ours")


def _nals(data: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    """NAL units behind their lengths, and where they end."""
    found = []
    for _ in range(count):
        (size,) = struct.unpack_from(">H", data, at)
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found, at


def _find(data: bytes, start: int, end: int, wanted: bytes) -> tuple[int, int]:
    found: Iterator[tuple[int, int]] = ((a, b) for kind, a, b in boxes(data, start, end) if kind == wanted)
    for each in found:
        return each
    raise Malformed(f"no {wanted.decode()}")
