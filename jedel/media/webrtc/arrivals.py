"""When packets came, told to the sender, so that it finds out what the link can carry: transport-wide
feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure."""

import struct
from typing import Final

EVERY_S: Final = 0.1
TOLD_MAX: Final = 1024
_TICK_US: Final = 250
_REFERENCE_US: Final = 64_000


class Arrivals:
    """Of all packets of one transport."""

    def __init__(self) -> None:
        self._came: dict[int, int] = {}
        self._highest: int | None = None
        self._base = 0
        self._count = 0

    def see(self, sequence: int, at_us: int) -> None:
        """A packet came; ``at_us`` of any clock that does not fall."""
        if self._highest is None:
            number = self._base = sequence
        else:
            number = self._highest + (sequence - self._highest + 0x8000 & 0xFFFF) - 0x8000
        if number < self._base:
            return  # told as lost already
        if number - self._base >= TOLD_MAX:
            self._came.clear()
            self._base = number
        self._came[number] = at_us
        self._highest = number if self._highest is None else max(self._highest, number)

    def feedback(self, ours: int, theirs: int) -> bytes | None:
        """RTCP about what came since the last time; None where nothing did."""
        if not self._came or self._highest is None:
            return None
        first, last = min(self._came), self._highest
        reference = self._came[first] // _REFERENCE_US
        symbols, deltas = [], b""
        time = reference * (_REFERENCE_US // _TICK_US)
        for number in range(first, last + 1):
            at = self._came.get(number)
            if at is None:
                symbols.append(0)
                continue
            delta = at // _TICK_US - time
            delta = max(-0x8000, min(0x7FFF, delta))
            time += delta
            small = 0 <= delta <= 255
            symbols.append(1 if small else 2)
            deltas += struct.pack(">B", delta) if small else struct.pack(">h", delta)
        chunks = b"".join(_chunk(symbols[at : at + 7]) for at in range(0, len(symbols), 7))
        body = struct.pack(">IIHH", ours, theirs, first & 0xFFFF, len(symbols))
        body += (reference & 0xFFFFFF).to_bytes(3) + bytes((self._count & 0xFF,)) + chunks + deltas
        padding = -len(body) % 4
        if padding:
            body += b"\0" * (padding - 1) + bytes((padding,))
        self._count += 1
        self._base = last + 1
        self._came.clear()
        first_byte = 0x80 | (0x20 if padding else 0) | 15
        return struct.pack(">BBH", first_byte, 205, len(body) // 4) + body


def _chunk(symbols: list[int]) -> bytes:
    """A vector of seven symbols of two bits."""
    value = 0xC000
    for nth, symbol in enumerate(symbols):
        value |= symbol << (12 - 2 * nth)
    return value.to_bytes(2)
