"""Sound in RTP packets: AAC by RFC 3640; Opus and G.711 are one packet, one element. Pure."""

from dataclasses import dataclass
from typing import Final

from rtsp.errors import Malformed

ELEMENTS_MAX: Final = 64
SAMPLES_AAC: Final = 1024


@dataclass(frozen=True, slots=True)
class AacLayout:
    """Bits of each AU header (RFC 3640 §4.1)."""

    size: int = 13
    index: int = 3
    delta: int = 3

    @classmethod
    def read(cls, parameters: dict[str, str]) -> "AacLayout":
        """Raises Malformed."""
        said = [parameters.get(name, "0") for name in ("sizelength", "indexlength", "indexdeltalength")]
        if not all(text.isascii() and text.isdigit() and int(text[:4]) <= 32 for text in said):
            raise Malformed("AAC's layout")
        return cls(*(int(text[:4]) for text in said))


def split_aac(payload: bytes, layout: AacLayout) -> list[bytes]:
    """The elements of one packet; one that is spread over several packets is cut off at what is there.
    Raises Malformed."""
    if not layout.size:
        return [payload]
    if len(payload) < 2:
        raise Malformed("AAC's headers are cut")
    bits = int.from_bytes(payload[:2], "big")
    at = 2 + (bits + 7) // 8
    if at > len(payload):
        raise Malformed("AAC's headers are cut")
    heads, spare = int.from_bytes(payload[2:at], "big"), (at - 2) * 8
    found: list[bytes] = []
    used = 0
    while used < bits and len(found) < ELEMENTS_MAX:
        width = layout.size + (layout.delta if found else layout.index)
        if used + width > bits:
            raise Malformed("AAC's headers are cut")
        size = heads >> (spare - used - layout.size) & ((1 << layout.size) - 1)
        used += width
        if at + size > len(payload):
            raise Malformed("an AAC element is cut")
        found.append(payload[at : at + size])
        at += size
    return found


def join_aac(element: bytes) -> bytes:
    """A packet's payload (mode AAC-hbr) of one element."""
    return (16).to_bytes(2, "big") + (len(element) << 3 & 0xFFFF).to_bytes(2, "big") + element
