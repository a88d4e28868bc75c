"""H.264 (RFC 6184) and H.265 (RFC 7798) in RTP packets: NAL units split and joined. Pure."""

from collections.abc import Iterator
from typing import Final

from rtsp.errors import Malformed

UNIT_BYTES_MAX: Final = 4 * 1024**2
UNITS_MAX: Final = 512
"""Of one NAL unit, and NAL units in a picture."""
_STAP_A: Final = 24
_FU_A: Final = 28
_AP: Final = 48
_FU: Final = 49
DROPPED_H264: Final = frozenset({9, 12})
DROPPED_H265: Final = frozenset({35, 38})
"""Access unit delimiters and filler, which mean nothing in a packet."""


def kind_h264(nal: bytes) -> int:
    return nal[0] & 31


def kind_h265(nal: bytes) -> int:
    return nal[0] >> 1 & 63


class Joiner:
    """Packets' payloads in, the NAL units of one picture out. H.264's or H.265's."""

    __slots__ = ("_bytes", "_h265", "_piece", "units")

    def __init__(self, *, h265: bool) -> None:
        self._h265 = h265
        self.units: list[bytes] = []
        self._piece: list[bytes] | None = None
        self._bytes = 0

    @property
    def open(self) -> bool:
        """A fragmented NAL unit has begun and not ended."""
        return self._piece is not None

    def clear(self) -> None:
        self.units, self._piece, self._bytes = [], None, 0

    def add(self, payload: bytes) -> None:
        """Raises Malformed; a fragment without its beginning too."""
        self._bytes += len(payload)
        if self._bytes > UNIT_BYTES_MAX:
            raise Malformed("a picture is too large")
        if self._h265:
            self._add_h265(payload)
        else:
            self._add_h264(payload)

    def _add_h264(self, payload: bytes) -> None:
        if len(payload) < 1:
            raise Malformed("an empty payload")
        kind = payload[0] & 31
        if 1 <= kind <= 23:
            self._whole(payload)
        elif kind == _FU_A:
            if len(payload) < 3:
                raise Malformed("a fragment is cut")
            flags = payload[1]
            self._part(flags, bytes((payload[0] & 0xE0 | flags & 31,)), payload[2:])
        elif kind == _STAP_A:
            self._several(payload, 1)
        else:
            raise Malformed(f"packetisation {kind}")

    def _add_h265(self, payload: bytes) -> None:
        if len(payload) < 3:
            raise Malformed("an empty payload")
        kind = payload[0] >> 1 & 63
        if kind < _AP:
            self._whole(payload)
        elif kind == _FU:
            flags = payload[2]
            self._part(flags, bytes((payload[0] & 0x81 | (flags & 63) << 1, payload[1])), payload[3:])
        elif kind == _AP:
            self._several(payload, 2)
        else:
            raise Malformed(f"packetisation {kind}")

    def _whole(self, nal: bytes) -> None:
        if self._piece is not None:
            raise Malformed("a fragment does not end")
        if len(self.units) >= UNITS_MAX:
            raise Malformed("too many parts in a picture")
        kind = nal[0] >> 1 & 63 if self._h265 else nal[0] & 31
        if kind not in (DROPPED_H265 if self._h265 else DROPPED_H264):
            self.units.append(nal)

    def _part(self, flags: int, head: bytes, data: bytes) -> None:
        if flags & 0x80:
            if self._piece is not None:
                raise Malformed("a fragment does not end")
            self._piece = [head]
        if self._piece is None:
            raise Malformed("a fragment without its beginning")
        self._piece.append(data)
        if flags & 0x40:
            nal, self._piece = b"".join(self._piece), None
            self._whole(nal)

    def _several(self, payload: bytes, at: int) -> None:
        while at < len(payload):
            size = int.from_bytes(payload[at : at + 2], "big")
            nal = payload[at + 2 : at + 2 + size]
            if len(nal) != size or size < (2 if self._h265 else 1):
                raise Malformed("an aggregate is cut")
            self._whole(nal)
            at += 2 + size


def split(nal: bytes, size: int, *, h265: bool) -> Iterator[bytes]:
    """Payloads of at most ``size`` bytes for one NAL unit."""
    if len(nal) <= size:
        yield nal
        return
    if h265:
        head, kind, skip = bytes((nal[0] & 0x81 | _FU << 1, nal[1])), nal[0] >> 1 & 63, 2
    else:
        head, kind, skip = bytes((nal[0] & 0xE0 | _FU_A,)), nal[0] & 31, 1
    room = size - len(head) - 1
    for at in range(skip, len(nal), room):
        flags = (0x80 if at == skip else 0) | (0x40 if at + room >= len(nal) else 0) | kind
        yield head + bytes((flags,)) + nal[at : at + room]


def from_annex_b(data: bytes) -> list[bytes]:
    """NAL units between start codes."""
    parts = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts[1:] if part]
