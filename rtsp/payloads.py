"""What a stream carries: formats that we know, their units, and both ways between units and RTP. Pure."""

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from rtsp import nal
from rtsp.audio import SAMPLES_AAC, AacLayout, join_aac, split_aac
from rtsp.errors import Malformed
from rtsp.rtp import Packet, Unwrapped, pack, unpack
from rtsp.sdp import Media
from rtsp.sps import picture_of, picture_set_id

H264, H265, OPUS, PCMU, PCMA, AAC = "H264", "H265", "OPUS", "PCMU", "PCMA", "MPEG4-GENERIC"
KNOWN: Final = frozenset({H264, H265, OPUS, PCMU, PCMA, AAC})
PAYLOAD_BYTES: Final = 1200
RESTART_AFTER: Final = 50
"""Packets in a row that seem late before we believe that the sender counts anew."""
_PAYLOAD_TYPES: Final = {H264: 96, H265: 97, OPUS: 98, AAC: 99, PCMU: 0, PCMA: 8}


@dataclass(frozen=True, slots=True)
class Format:
    """One track. ``parameters``: parameter sets without start codes (VPS,) SPS, PPS…, or AAC's
    configuration; may be empty until they come in the stream. ``width``, ``height``: 0 unknown."""

    encoding: str
    clock_rate: int
    channels: int = 0
    parameters: tuple[bytes, ...] = ()
    width: int = 0
    height: int = 0

    @property
    def video(self) -> bool:
        return self.encoding in (H264, H265)

    @property
    def complete(self) -> bool:
        """A decoder can begin."""
        return not self.video or self.width > 0


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One picture or one packet of sound. ``rtp``: unwrapped time of the track's clock."""

    rtp: int
    keyframe: bool
    parts: tuple[bytes, ...]


def with_parameters(format_: Format, sets: tuple[bytes, ...]) -> Format:
    """With these parameter sets, and the size that they say. Not readable: as if there were none."""
    if not format_.video:
        return replace(format_, parameters=sets)
    h265 = format_.encoding == H265
    kinds = [nal.kind_h265(one) if h265 else nal.kind_h264(one) for one in sets]
    wanted = (32, 33, 34) if h265 else (7, 8)
    if not set(wanted) <= set(kinds):
        return format_
    ordered = tuple(one for kind in wanted for one, its in zip(sets, kinds, strict=True) if its == kind)
    sps = next(one for one, kind in zip(sets, kinds, strict=True) if kind == wanted[-2])
    try:
        picture = picture_of(sps, h265=h265)
    except Malformed:
        return format_
    return replace(format_, parameters=ordered, width=picture.width, height=picture.height)


def format_of(media: Media) -> Format | None:
    """None: nothing that we carry."""
    if media.encoding not in KNOWN or not media.clock_rate:
        return None
    bare = Format(media.encoding, media.clock_rate, media.channels)
    sets = media.parameter_sets()
    return with_parameters(bare, sets) if sets else bare


def media_of(format_: Format, control: str) -> Media:
    """How our server describes a track."""
    said: dict[str, str] = {}
    coded = [base64.b64encode(one).decode() for one in format_.parameters]
    if format_.encoding == H264:
        said["packetization-mode"] = "1"
        if format_.parameters:
            said["profile-level-id"] = format_.parameters[0][1:4].hex()
            said["sprop-parameter-sets"] = ",".join(coded)
    elif format_.encoding == H265:
        for name, wanted in (("vps", 32), ("sps", 33), ("pps", 34)):
            its = [
                text
                for text, one in zip(coded, format_.parameters, strict=True)
                if nal.kind_h265(one) == wanted
            ]
            if its:
                said[f"sprop-{name}"] = ",".join(its)
    elif format_.encoding == AAC:
        said = {"streamtype": "5", "mode": "AAC-hbr", "sizelength": "13", "indexlength": "3"}
        said |= {"indexdeltalength": "3", "profile-level-id": "1"}
        said["config"] = format_.parameters[0].hex() if format_.parameters else ""
    number = _PAYLOAD_TYPES[format_.encoding]
    kind = "video" if format_.video else "audio"
    return Media(kind, number, format_.encoding, format_.clock_rate, max(1, format_.channels), said, control)


class Packetiser:
    """Units of one track to RTP packets for one viewer."""

    def __init__(self, format_: Format, ssrc: int | None = None) -> None:
        self.encoding = format_.encoding
        self.ssrc = secrets.randbits(32) if ssrc is None else ssrc
        self.sequence = secrets.randbits(15)
        self.offset = secrets.randbits(31)
        self.packets = self.octets = 0
        self._payload_type = _PAYLOAD_TYPES[format_.encoding]

    def stamp(self, rtp: int) -> int:
        """The time in the packets' clock."""
        return rtp + self.offset & 0xFFFFFFFF

    def __call__(self, unit: Unit) -> Iterator[bytes]:
        payloads = list(self._payloads(unit))
        for nth, payload in enumerate(payloads, 1):
            marker = nth == len(payloads) and self.encoding in (H264, H265, AAC)
            packet = Packet(
                marker, self._payload_type, self.sequence, self.stamp(unit.rtp), self.ssrc, payload
            )
            self.sequence = self.sequence + 1 & 0xFFFF
            self.packets += 1
            self.octets += len(payload)
            yield pack(packet)

    def _payloads(self, unit: Unit) -> Iterator[bytes]:
        for part in unit.parts:
            if self.encoding in (H264, H265):
                yield from nal.split(part, PAYLOAD_BYTES, h265=self.encoding == H265)
            else:
                yield join_aac(part) if self.encoding == AAC else part


class Receiver:
    """RTP packets of one track in, whole units out.

    ``lost``: sequence numbers that never came; ``damaged``: pictures dropped because of that, up to the next
    keyframe; ``malformed``: packets that were none. ``format``: changes where the stream says other
    parameter sets; they hold from the next unit that `take` gives.
    """

    def __init__(self, format_: Format, layout: AacLayout | None = None) -> None:
        self.format = format_
        self.lost = self.damaged = self.malformed = self.received = 0
        self.highest = 0
        self.ssrc = 0
        self._next: int | None = None
        self._late = 0
        self._clock = Unwrapped(format_.clock_rate)
        self._layout = layout or AacLayout()
        self._h265 = format_.encoding == H265
        self._joiner = nal.Joiner(h265=self._h265)
        self._stamp: int | None = None
        self._whole = True
        self._waiting = True
        self._sets: dict[tuple[int, int], bytes] = {}
        for one in format_.parameters if format_.video else ():
            self._learn(one)

    def take(self, data: bytes) -> list[Unit]:
        """Units that are whole with this packet. Raises nothing: what is no packet is counted."""
        try:
            packet = unpack(data)
        except Malformed:
            self.malformed += 1
            return []
        if not self._in_order(packet):
            return []
        self.received += 1
        self.ssrc = packet.ssrc
        return self._picture(packet) if self.format.video else self._sound(packet)

    def _in_order(self, packet: Packet) -> bool:
        gap = 0 if self._next is None else packet.sequence - self._next & 0xFFFF
        if gap >= 0x8000:
            self._late += 1
            if self._late < RESTART_AFTER:
                return False
            gap = 0
            self._break()
        elif gap:
            self.lost += gap
            self._break()
        self._late = 0
        wraps = self._next is not None and packet.sequence < self.highest & 0xFFFF
        self.highest = (self.highest & ~0xFFFF) + 0x10000 * wraps | packet.sequence
        self._next = packet.sequence + 1 & 0xFFFF
        return True

    def _break(self) -> None:
        """The picture that is being received has a hole. Whether the next one has its beginning, its first
        slice tells."""
        self._whole = False
        self._joiner.clear()

    def _picture(self, packet: Packet) -> list[Unit]:
        found: list[Unit] = []
        if self._stamp is not None and packet.timestamp != self._stamp:
            found += self._finish()  # a sender without marks
        self._stamp = packet.timestamp
        if self._whole and packet.payload:
            try:
                self._joiner.add(packet.payload)
            except Malformed:
                self.malformed += 1
                self._whole = False
                self._joiner.clear()
        if packet.marker:
            found += self._finish()
            self._stamp = None
        return found

    def _finish(self) -> list[Unit]:
        units = self._joiner.units
        whole = self._whole and not self._joiner.open and _from_its_first_slice(units, self._h265)
        stamp = self._stamp
        self._joiner.clear()
        self._whole = True
        if not whole:
            self.damaged += 1
            self._waiting = True
            return []
        if not units or stamp is None:
            return []
        kinds = [nal.kind_h265(one) if self._h265 else nal.kind_h264(one) for one in units]
        keyframe, picture = self._look(kinds)
        if any(kind in ((32, 33, 34) if self._h265 else (7, 8)) for kind in kinds):
            for one in units:
                self._learn(one)
            self.format = with_parameters(self.format, tuple(self._sets.values()))
        if keyframe and self.format.complete:
            self._waiting = False
        if self._waiting:
            self.damaged += picture and self.format.complete
            return []
        if not picture:
            return []
        return [Unit(self._clock(stamp), keyframe, tuple(units))]

    def _look(self, kinds: list[int]) -> tuple[bool, bool]:
        """(a keyframe, a picture at all)."""
        if self._h265:
            return any(16 <= kind <= 21 for kind in kinds), any(kind < 32 for kind in kinds)
        return 5 in kinds, any(1 <= kind <= 5 for kind in kinds)

    def _learn(self, one: bytes) -> None:
        kind = nal.kind_h265(one) if self._h265 else nal.kind_h264(one)
        sps, pps = (33, 34) if self._h265 else (7, 8)
        if kind == pps:
            try:
                self._sets[kind, picture_set_id(one, h265=self._h265) & 255] = one
            except Malformed:
                self.malformed += 1
        elif kind == sps or (self._h265 and kind == 32):
            if kind == sps and self._sets.get((kind, 0)) not in (None, one):
                self._sets = {key: value for key, value in self._sets.items() if key[0] != pps}
            self._sets[kind, 0] = one

    def _sound(self, packet: Packet) -> list[Unit]:
        self._whole = True
        elements = [packet.payload]
        if self.format.encoding == AAC:
            try:
                elements = split_aac(packet.payload, self._layout)
            except Malformed:
                self.malformed += 1
                return []
        first = self._clock(packet.timestamp)
        return [Unit(first + nth * SAMPLES_AAC, True, (one,)) for nth, one in enumerate(elements) if one]


def _from_its_first_slice(units: list[bytes], h265: bool) -> bool:
    """False: we came in the middle of it. True also of what is no picture."""
    for one in units:
        if h265 and nal.kind_h265(one) < 32:
            return len(one) > 2 and bool(one[2] & 0x80)
        if not h265 and 1 <= nal.kind_h264(one) <= 5:
            return len(one) > 1 and bool(one[1] & 0x80)
    return True
