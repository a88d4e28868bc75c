"""What a stream's own headers say of it: picture size, profile, level. Pure; `rtsp.sps` reads parameter sets,
here RFC 6386 for VP8, the VP9 bitstream specification (6.2)."""

from dataclasses import replace

from jedel.media.model import AccessUnit, Codec, Track
from rtsp import sps
from rtsp.bits import Bits
from rtsp.errors import Malformed
from rtsp.sps import Picture

H264_SPS, H264_PPS, H264_AUD = 7, 8, 9
H265_VPS, H265_SPS, H265_PPS, H265_AUD = 32, 33, 34, 35


def nal_type(codec: Codec, nal: bytes) -> int:
    """Of an H.264 or H.265 NAL unit; -1 of an empty one."""
    if not nal:
        return -1
    return nal[0] & 0x1F if codec is Codec.H264 else (nal[0] >> 1) & 0x3F


def is_parameter(codec: Codec, nal: bytes) -> bool:
    """Whether a NAL unit is a parameter set."""
    kind = nal_type(codec, nal)
    return kind in ({H264_SPS, H264_PPS} if codec is Codec.H264 else {H265_VPS, H265_SPS, H265_PPS})


def picture_of(track: Track) -> Picture | None:
    """What the track's parameter sets say; None where it has none that can be read."""
    if track.codec not in {Codec.H264, Codec.H265}:
        return Picture(track.width, track.height) if track.width and track.height else None
    h265 = track.codec is Codec.H265
    for nal in track.parameters:
        if nal_type(track.codec, nal) == (H265_SPS if h265 else H264_SPS):
            try:
                return sps.picture_of(nal, h265=h265)
            except Malformed:
                return None
    return None


def described(track: Track, unit: AccessUnit) -> Track:
    """The track as a keyframe describes it: its parameter sets and picture size where they are in the
    stream. The same object where nothing is new."""
    if not track.video or not unit.keyframe or not unit.parts:
        return track
    if track.codec in {Codec.H264, Codec.H265}:
        found = tuple(dict.fromkeys(n for n in unit.parts if is_parameter(track.codec, n)))
        merged = _merged(track.codec, track.parameters, found)
        if merged != track.parameters:
            track = replace(track, parameters=merged, width=0, height=0)
        picture = None if track.width and track.height else picture_of(track)
        size = (picture.width, picture.height) if picture else None
    else:
        size = vp8_size(unit.parts[0]) if track.codec is Codec.VP8 else vp9_size(unit.parts[0])
    if size is None or size == (track.width, track.height):
        return track
    return replace(track, width=size[0], height=size[1])


def _merged(codec: Codec, old: tuple[bytes, ...], new: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if not new or set(new) <= set(old):
        return old
    kinds = {nal_type(codec, nal) for nal in new}
    kept = (nal for nal in old if nal_type(codec, nal) not in kinds)
    return tuple(sorted((*kept, *new), key=lambda nal: nal_type(codec, nal)))


def vp8_size(frame: bytes) -> tuple[int, int] | None:
    """Pixels, of a keyframe; None of anything else."""
    if len(frame) < 10 or frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a":
        return None
    return (
        int.from_bytes(frame[6:8], "little") & 0x3FFF,
        int.from_bytes(frame[8:10], "little") & 0x3FFF,
    )


def vp9_size(frame: bytes) -> tuple[int, int] | None:
    """Pixels, of a keyframe; None of anything else."""
    bits = Bits(frame[:16])
    try:
        if bits.take(2) != 2:
            return None
        profile = bits.take(1) | bits.take(1) << 1
        if profile == 3:
            bits.take(1)
        if bits.take(1) or bits.take(1):  # an old picture shown again, or no keyframe
            return None
        bits.take(2)
        if bits.take(24) != 0x498342:
            return None
        if profile >= 2:
            bits.take(1)
        if bits.take(3) != 7:
            bits.take(1)
            if profile in {1, 3}:
                bits.take(3)
        elif profile in {1, 3}:
            bits.take(1)
        return bits.take(16) + 1, bits.take(16) + 1
    except Malformed:
        return None
