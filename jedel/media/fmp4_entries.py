"""What fragmented MP4 says of each codec: sample entries (ISO/IEC 14496-12, -14, -15; the VP and Opus
bindings) and the codec string of RFC 6381. Pure."""

import struct
from typing import Final

from jedel.media.model import Codec, Track
from jedel.media.parameters import (
    H264_PPS,
    H264_SPS,
    H265_PPS,
    H265_SPS,
    H265_VPS,
    nal_type,
    picture_of,
)
from rtsp.bits import unescape
from rtsp.errors import Malformed
from rtsp.sps import Picture

_AVC_HIGH: Final = frozenset({100, 110, 122, 144})
BROWSER: Final = frozenset({Codec.H264, Codec.H265, Codec.VP9, Codec.OPUS, Codec.AAC})
"""What a browser may take in MP4; G.711 and VP8 are in files only."""


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of that type."""
    return struct.pack(">I4s", 8 + sum(map(len, parts)), kind) + b"".join(parts)


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def codec_of(track: Track) -> str:
    """As RFC 6381 has it. Raises Malformed where the track lacks its parameters."""
    match track.codec:
        case Codec.H264:
            return f"avc1.{_of_type(track, H264_SPS)[0][1:4].hex().upper()}"
        case Codec.H265:
            return hevc_string(unescape(_of_type(track, H265_SPS)[0])[3:15])
        case Codec.VP9:
            return "vp09.00.10.08"
        case Codec.VP8:
            return "vp08.00.10.08"
        case Codec.OPUS:
            return "opus"
        case Codec.AAC:
            return f"mp4a.40.{_aac_kind(_config(track))}"
        case Codec.PCMU | Codec.PCMA:
            return "ulaw" if track.codec is Codec.PCMU else "alaw"


def sample_entry(track: Track) -> bytes:
    """The track's entry in `stsd`. Raises Malformed where the track lacks its parameters."""
    return _video_entry(track) if track.video else _audio_entry(track)


def _video_entry(track: Track) -> bytes:
    picture = picture_of(track)
    if picture is None:
        raise Malformed("no picture size")
    match track.codec:
        case Codec.H264:
            kind, config = b"avc1", _avcc(track, picture)
        case Codec.H265:
            kind, config = b"hvc1", _hvcc(track, picture)
        case _:
            kind = b"vp09" if track.codec is Codec.VP9 else b"vp08"
            config = full(b"vpcC", 1, 0, bytes((0, 10, 8 << 4 | 1 << 1, 1, 1, 1, 0, 0)))
    head = struct.pack(
        ">6xH16xHHIIIH32xHh",
        1,
        picture.width,
        picture.height,
        0x480000,
        0x480000,
        0,
        1,
        24,
        -1,
    )
    return box(kind, head, config)


def _avcc(track: Track, picture: Picture) -> bytes:
    sps, pps = _of_type(track, H264_SPS), _of_type(track, H264_PPS)
    out = bytes((1, *sps[0][1:4], 0xFF, 0xE0 | len(sps[:31])))
    out += b"".join(struct.pack(">H", len(nal)) + nal for nal in sps[:31])
    out += bytes((len(pps[:255]),)) + b"".join(struct.pack(">H", len(nal)) + nal for nal in pps[:255])
    if sps[0][1] in _AVC_HIGH:
        depths = (picture.depth_luma - 8, picture.depth_chroma - 8)
        out += bytes((0xFC | picture.chroma, 0xF8 | depths[0], 0xF8 | depths[1], 0))
    return box(b"avcC", out)


def _hvcc(track: Track, picture: Picture) -> bytes:
    general = unescape(_of_type(track, H265_SPS)[0])[3:15]
    if len(general) < 12:
        raise Malformed("a short parameter set")
    out = b"\1" + general
    out += struct.pack(">HBBBB", 0xF000, 0xFC, 0xFC | picture.chroma, 0xF8 | (picture.depth_luma - 8) & 7,
                       0xF8 | (picture.depth_chroma - 8) & 7)  # fmt: skip
    out += struct.pack(">HBB", 0, picture.temporal_layers << 3 | picture.temporal_nested << 2 | 3, 3)
    for kind in (H265_VPS, H265_SPS, H265_PPS):
        nals = _of_type(track, kind)
        out += struct.pack(">BH", 0x80 | kind, len(nals))
        out += b"".join(struct.pack(">H", len(nal)) + nal for nal in nals)
    return box(b"hvcC", out)


def hevc_string(general: bytes) -> str:
    """Of H.265's general profile, tier and level: 12 bytes."""
    if len(general) < 12:
        raise Malformed("a short parameter set")
    space = ("", "A", "B", "C")[general[0] >> 6]
    compatible = int(f"{int.from_bytes(general[1:5]):032b}"[::-1], 2)
    parts = [
        f"hvc1.{space}{general[0] & 0x1F}",
        f"{compatible:X}",
        f"{'H' if general[0] & 0x20 else 'L'}{general[11]}",
    ]
    parts += [f"{byte:X}" for byte in general[5:11].rstrip(b"\0")]
    return ".".join(parts)


def _audio_entry(track: Track) -> bytes:
    channels = track.channels or 1
    rate = track.clock_rate if track.clock_rate < 1 << 16 else 0
    head = struct.pack(">6xH8xHH4xI", 1, channels, 16, rate << 16)
    match track.codec:
        case Codec.OPUS:
            dops = box(b"dOps", struct.pack(">BBHIhB", 0, channels, 0, 48_000, 0, 0))
            return box(b"Opus", head, dops)
        case Codec.AAC:
            return box(b"mp4a", head, _esds(_config(track)))
        case _:
            return box(b"ulaw" if track.codec is Codec.PCMU else b"alaw", head)


def _esds(config: bytes) -> bytes:
    decoder = struct.pack(">BBBHII", 0x40, 0x15, 0, 0, 0, 0) + _descriptor(5, config)
    return full(b"esds", 0, 0, _descriptor(3, b"\0\1\0", _descriptor(4, decoder), _descriptor(6, b"\2")))


def _descriptor(tag: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return bytes((tag, 0x80, 0x80, 0x80, len(data))) + data


def _config(track: Track) -> bytes:
    if not track.parameters or not 2 <= len(track.parameters[0]) < 64:
        raise Malformed("no AAC configuration")
    return track.parameters[0]


def _aac_kind(config: bytes) -> int:
    kind = config[0] >> 3
    return kind if kind != 31 else 32 + ((config[0] & 7) << 3 | config[1] >> 5)


def _of_type(track: Track, kind: int) -> list[bytes]:
    found = [nal for nal in track.parameters if nal_type(track.codec, nal) == kind and 4 <= len(nal) < 65536]
    if not found:
        raise Malformed("a parameter set is missing")
    return found
