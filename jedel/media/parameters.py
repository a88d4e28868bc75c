"""What a stream's own headers say of it: picture size, profile, level. Pure; ITU-T H.264 (7.3.2.1) and H.265
(7.3.2.2), RFC 6386 for VP8, the VP9 bitstream specification (6.2)."""

from dataclasses import dataclass, replace
from typing import Final

from jedel.media.model import AccessUnit, Codec, Track

H264_SPS, H264_PPS, H264_AUD = 7, 8, 9
H265_VPS, H265_SPS, H265_PPS, H265_AUD = 32, 33, 34, 35

_H264_HIGH: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
_SIDE_MAX: Final = 16384


class Malformed(ValueError):
    """A header that is none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Of a sequence parameter set. Pixels after cropping; ``chroma`` is chroma_format_idc; depths in bits."""

    width: int
    height: int
    chroma: int = 1
    depth_luma: int = 8
    depth_chroma: int = 8
    temporal_layers: int = 1
    temporal_nested: bool = False


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise Malformed("the header ends too soon")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise Malformed("a number that is too long")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def nal_type(codec: Codec, nal: bytes) -> int:
    """Of an H.264 or H.265 NAL unit; -1 of an empty one."""
    if not nal:
        return -1
    return nal[0] & 0x1F if codec is Codec.H264 else (nal[0] >> 1) & 0x3F


def is_parameter(codec: Codec, nal: bytes) -> bool:
    """Whether a NAL unit is a parameter set."""
    kind = nal_type(codec, nal)
    return kind in ({H264_SPS, H264_PPS} if codec is Codec.H264 else {H265_VPS, H265_SPS, H265_PPS})


def payload(nal: bytes) -> bytes:
    """Without the bytes that keep start codes out (emulation prevention)."""
    return nal.replace(b"\0\0\3", b"\0\0")


def h264_picture(sps: bytes) -> Picture:
    """Raises Malformed."""
    bits = _Bits(payload(sps)[1:])
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    chroma, luma_depth, chroma_depth = 1, 8, 8
    if profile in _H264_HIGH:
        chroma = bits.golomb()
        if chroma == 3:
            bits.take(1)
        luma_depth, chroma_depth = 8 + bits.golomb(), 8 + bits.golomb()
        bits.take(1)
        if bits.take(1):
            _skip_scaling(bits, 12 if chroma == 3 else 8)
    bits.golomb()
    _skip_order(bits)
    bits.golomb()
    bits.take(1)
    across, down = bits.golomb() + 1, bits.golomb() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    width, height = across * 16, down * 16 * (2 - frames_only)
    if bits.take(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        unit_x = 2 if chroma in {1, 2} else 1
        unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
        width -= (left + right) * unit_x
        height -= (top + bottom) * unit_y
    return _sane(Picture(width, height, chroma, luma_depth, chroma_depth))


def _skip_scaling(bits: _Bits, lists: int) -> None:
    for number in range(lists):
        if not bits.take(1):
            continue
        last = following = 8
        for _ in range(16 if number < 6 else 64):
            if following:
                following = (last + bits.signed()) % 256
            last = following or last


def _skip_order(bits: _Bits) -> None:
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        cycle = bits.golomb()
        if cycle > 255:
            raise Malformed("an order cycle that is too long")
        for _ in range(cycle):
            bits.golomb()


def h265_picture(sps: bytes) -> Picture:
    """Raises Malformed."""
    bits = _Bits(payload(sps)[2:])
    bits.take(4)
    layers = bits.take(3)
    nested = bool(bits.take(1))
    bits.take(96)
    present = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)
    bits.golomb()
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    width, height = bits.golomb(), bits.golomb()
    if bits.take(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        width -= (left + right) * (2 if chroma in {1, 2} else 1)
        height -= (top + bottom) * (2 if chroma == 1 else 1)
    depth_luma, depth_chroma = 8 + bits.golomb(), 8 + bits.golomb()
    return _sane(Picture(width, height, chroma, depth_luma, depth_chroma, layers + 1, nested))


def _sane(picture: Picture) -> Picture:
    if not (0 < picture.width <= _SIDE_MAX and 0 < picture.height <= _SIDE_MAX):
        raise Malformed("no such picture size")
    if picture.chroma > 3 or picture.depth_luma > 16 or picture.depth_chroma > 16:
        raise Malformed("no such picture format")
    return picture


def picture_of(track: Track) -> Picture | None:
    """What the track's parameter sets say; None where it has none that can be read."""
    find, kind = (h264_picture, H264_SPS) if track.codec is Codec.H264 else (h265_picture, H265_SPS)
    if track.codec not in {Codec.H264, Codec.H265}:
        return Picture(track.width, track.height) if track.width and track.height else None
    for nal in track.parameters:
        if nal_type(track.codec, nal) == kind:
            try:
                return find(nal)
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
    bits = _Bits(frame[:16])
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
