"""What H.264's and H.265's sequence parameter sets say (ITU-T H.264, 7.3.2.1; H.265, 7.3.2.2). Pure."""

from dataclasses import dataclass
from typing import Final

from rtsp.bits import Bits, unescape
from rtsp.errors import Malformed

BYTES_MAX: Final = 1024
PIXELS_MAX: Final = 16384
_HIGH: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of what is shown; ``chroma`` is chroma_format_idc; depths in bits."""

    width: int
    height: int
    chroma: int = 1
    depth_luma: int = 8
    depth_chroma: int = 8
    temporal_layers: int = 1
    temporal_nested: bool = False


def picture_of(sps: bytes, *, h265: bool = False) -> Picture:
    """Raises Malformed."""
    return _h265(_open(sps, 2)) if h265 else _h264(_open(sps, 1))


def _h264(bits: Bits) -> Picture:
    profile = bits.take(8)
    bits.skip(16)
    bits.ue()
    chroma, luma, colour = 1, 8, 8
    if profile in _HIGH:
        chroma = bits.ue()
        if chroma == 3:
            bits.skip(1)
        luma, colour = 8 + bits.ue(), 8 + bits.ue()
        bits.skip(1)
        if bits.take(1):
            for nth in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _scaling_list(bits, 16 if nth < 6 else 64)
    bits.ue()
    _order(bits)
    bits.ue()
    bits.skip(1)
    wide = (bits.ue() + 1) * 16
    tall = bits.ue() + 1
    frames_only = bits.take(1)
    tall *= 16 * (2 - frames_only)
    if not frames_only:
        bits.skip(1)
    bits.skip(1)
    if bits.take(1):
        left, right, top, bottom = (bits.ue() for _ in range(4))
        step_x = 2 if chroma in (1, 2) else 1
        step_y = (2 if chroma == 1 else 1) * (2 - frames_only)
        wide, tall = wide - (left + right) * step_x, tall - (top + bottom) * step_y
    return _sane(Picture(wide, tall, chroma, luma, colour))


def _order(bits: Bits) -> None:
    """The picture order count's part, passed over."""
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.skip(1)
        bits.se()
        bits.se()
        cycle = bits.ue()
        if cycle > 255:
            raise Malformed("an order cycle that is too long")
        for _ in range(cycle):
            bits.se()


def _scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _h265(bits: Bits) -> Picture:
    bits.skip(4)
    layers = bits.take(3)
    nested = bool(bits.take(1))
    bits.skip(88)  # profile and tier
    bits.skip(8)  # level
    flags = [(bits.take(1), bits.take(1)) for _ in range(layers)]
    if layers:
        bits.skip(2 * (8 - layers))
    for profile, level in flags:
        bits.skip(88 * profile + 8 * level)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.skip(1)
    wide, tall = bits.ue(), bits.ue()
    if bits.take(1):
        left, right, top, bottom = (bits.ue() for _ in range(4))
        step_x, step_y = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
        wide, tall = wide - (left + right) * step_x, tall - (top + bottom) * step_y
    luma, colour = 8 + bits.ue(), 8 + bits.ue()
    return _sane(Picture(wide, tall, chroma, luma, colour, layers + 1, nested))


def _open(sps: bytes, head: int) -> Bits:
    if len(sps) > BYTES_MAX:
        raise Malformed("a parameter set is too long")
    return Bits(unescape(sps)[head:])


def _sane(picture: Picture) -> Picture:
    if not (0 < picture.width <= PIXELS_MAX and 0 < picture.height <= PIXELS_MAX):
        raise Malformed("a picture's size")
    if picture.chroma > 3 or picture.depth_luma > 16 or picture.depth_chroma > 16:
        raise Malformed("a picture's format")
    return picture


def picture_set_id(pps: bytes, *, h265: bool = False) -> int:
    """The number of a picture parameter set. Raises Malformed."""
    return Bits(unescape(pps[:64])[2 if h265 else 1 :]).ue()
