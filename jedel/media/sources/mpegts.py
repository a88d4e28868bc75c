"""MPEG transport streams (ISO 13818-1) as far as a live sender's goes: one programme, one picture, one sound.
Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

PACKET: Final = 188
PES_BYTES_MAX: Final = 4 * 1024**2
STREAMS_MAX: Final = 16
KINDS: Final = {0x1B: "H264", 0x24: "H265", 0x0F: "AAC"}
_SYNC: Final = 0x47
_RATES: Final = (
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000),
    *(22050, 16000, 12000, 11025, 8000, 7350),
)


@dataclass(frozen=True, slots=True)
class Element:
    """One PES packet's content. ``pts``: 90 kHz, 33 bits, wraps."""

    kind: str
    pts: int
    data: bytes


@dataclass
class _Stream:
    kind: str
    held: bytearray = field(default_factory=bytearray)
    begun: bool = False
    next: int = -1


class Demuxer:
    """Bytes in, elements out. What is no transport stream is passed over and counted in ``strange``."""

    def __init__(self) -> None:
        self.strange = 0
        self._held = bytearray()
        self._programme: int | None = None
        self._streams: dict[int, _Stream] = {}

    def feed(self, data: bytes) -> list[Element]:
        """Raises nothing."""
        held = self._held
        held += data
        found: list[Element] = []
        at = 0
        while at + PACKET <= len(held):
            if held[at] != _SYNC:
                following = held.find(_SYNC, at + 1)
                skipped = (following if following >= 0 else len(held)) - at
                self.strange += skipped
                at += skipped
                continue
            self._packet(bytes(held[at : at + PACKET]), found)
            at += PACKET
        del held[:at]
        return found

    def _packet(self, packet: bytes, found: list[Element]) -> None:
        first, pid = packet[1] & 0x40, (packet[1] & 0x1F) << 8 | packet[2]
        flags, counter = packet[3] >> 4 & 3, packet[3] & 15
        start = 4 + (1 + packet[4] if flags & 2 else 0)
        if packet[1] & 0x80 or not flags & 1 or start >= PACKET:
            return
        payload = packet[start:]
        if pid == 0:
            self._tables(payload, self._programmes)
        elif pid == self._programme:
            self._tables(payload, self._elements)
        elif pid in self._streams:
            self._part(self._streams[pid], bool(first), counter, payload, found)

    def _tables(self, payload: bytes, read: Callable[[bytes], None]) -> None:
        begin = 1 + payload[0]
        if begin + 8 > len(payload):
            return
        size = (payload[begin + 1] & 15) << 8 | payload[begin + 2]
        section = payload[begin + 8 : min(len(payload), begin + 3 + size) - 4]
        read(section)

    def _programmes(self, section: bytes) -> None:
        for at in range(0, len(section) - 3, 4):
            if section[at] << 8 | section[at + 1]:
                self._programme = (section[at + 2] & 0x1F) << 8 | section[at + 3]
                return

    def _elements(self, section: bytes) -> None:
        if len(section) < 4:
            return
        at = 4 + ((section[2] & 15) << 8 | section[3])
        while at + 5 <= len(section):
            kind = KINDS.get(section[at])
            pid = (section[at + 1] & 0x1F) << 8 | section[at + 2]
            if kind and pid not in self._streams and len(self._streams) < STREAMS_MAX:
                self._streams[pid] = _Stream(kind)
            at += 5 + ((section[at + 3] & 15) << 8 | section[at + 4])

    def _part(self, stream: _Stream, first: bool, counter: int, payload: bytes, found: list[Element]) -> None:
        if stream.next >= 0 and counter != stream.next:
            stream.begun = False  # a hole: the element is dropped
        stream.next = counter + 1 & 15
        if first:
            self._finish(stream, found)
            stream.held.clear()
            stream.begun = True
        if stream.begun:
            stream.held += payload
            if len(stream.held) > PES_BYTES_MAX:
                stream.held.clear()
                stream.begun = False
                self.strange += 1

    def _finish(self, stream: _Stream, found: list[Element]) -> None:
        held = stream.held
        if not stream.begun or len(held) < 14 or held[:3] != b"\0\0\1" or not held[7] & 0x80:
            return
        pts = (held[9] >> 1 & 7) << 30 | held[10] << 22 | held[11] >> 1 << 15 | held[12] << 7 | held[13] >> 1
        found.append(Element(stream.kind, pts, bytes(held[9 + held[8] :])))


@dataclass(frozen=True, slots=True)
class Sound:
    """AAC frames of one element. ``config``: AudioSpecificConfig."""

    rate: int
    channels: int
    config: bytes
    frames: tuple[bytes, ...]


def sound(data: bytes) -> Sound | None:
    """ADTS frames taken apart; None: nothing readable."""
    frames: list[bytes] = []
    config, rate, channels = b"", 0, 0
    at = 0
    while at + 7 <= len(data):
        if data[at] != 0xFF or data[at + 1] & 0xF6 != 0xF0:
            break
        head = 7 if data[at + 1] & 1 else 9
        index = data[at + 2] >> 2 & 15
        size = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        if index >= len(_RATES) or size <= head or at + size > len(data):
            break
        channels = (data[at + 2] & 1) << 2 | data[at + 3] >> 6
        rate = _RATES[index]
        config = (((data[at + 2] >> 6) + 1) << 11 | index << 7 | channels << 3).to_bytes(2, "big")
        frames.append(data[at + head : at + size])
        at += size
    return Sound(rate, channels, config, tuple(frames)) if frames else None
