"""RTP and RTCP headers (RFC 3550). Pure."""

import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

from rtsp.errors import Malformed

_HEAD: Final = struct.Struct(">BBHII")
_NTP_EPOCH_S: Final = 2_208_988_800
"""From 1900 to 1970."""
SENDER_REPORT: Final = 200
BYE: Final = 203


class Packet(NamedTuple):
    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def unpack(data: bytes) -> Packet:
    """Raises Malformed."""
    if len(data) < 12:
        raise Malformed("an RTP packet is cut")
    first, second, sequence, timestamp, ssrc = _HEAD.unpack_from(data)
    if first >> 6 != 2:
        raise Malformed("not RTP")
    start, end = 12 + 4 * (first & 15), len(data)
    if first & 0x10:
        if end < start + 4:
            raise Malformed("an RTP extension is cut")
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if first & 0x20:
        end -= data[-1]
    if start > end:
        raise Malformed("an RTP packet is cut")
    return Packet(second > 127, second & 127, sequence, timestamp, ssrc, data[start:end])


def pack(packet: Packet) -> bytes:
    head = _HEAD.pack(
        0x80,
        packet.marker << 7 | packet.payload_type,
        packet.sequence & 0xFFFF,
        packet.timestamp & 0xFFFFFFFF,
        packet.ssrc,
    )
    return head + packet.payload


@dataclass(frozen=True, slots=True)
class SenderReport:
    """The sender's clock: ``ntp_us`` µs since 1970 when its media clock showed ``rtp``."""

    ssrc: int
    ntp_us: int
    rtp: int
    packets: int = 0
    octets: int = 0


def sender_report(data: bytes) -> SenderReport | None:
    """The first in a compound RTCP packet; None where there is none. Raises Malformed."""
    at = 0
    while at + 4 <= len(data):
        size = 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at] >> 6 != 2 or at + size > len(data):
            raise Malformed("RTCP")
        if data[at + 1] == SENDER_REPORT:
            if size < 28:
                raise Malformed("a sender report is cut")
            ssrc, seconds, part, rtp, packets, octets = struct.unpack_from(">IIIIII", data, at + 4)
            ntp_us = (seconds - _NTP_EPOCH_S) * 1_000_000 + (part * 1_000_000 >> 32)
            return SenderReport(ssrc, ntp_us, rtp, packets, octets)
        at += size
    return None


def pack_sender_report(report: SenderReport, name: str = "jedel") -> bytes:
    seconds, micro = divmod(report.ntp_us, 1_000_000)
    body = struct.pack(
        ">BBHIIIIII",
        0x80,
        SENDER_REPORT,
        6,
        report.ssrc,
        (seconds + _NTP_EPOCH_S) & 0xFFFFFFFF,
        (micro << 32) // 1_000_000,
        report.rtp & 0xFFFFFFFF,
        report.packets & 0xFFFFFFFF,
        report.octets & 0xFFFFFFFF,
    )
    return body + _source_description(report.ssrc, name)


def pack_receiver_report(ours: int, theirs: int, highest: int, lost: int, name: str = "jedel") -> bytes:
    """Tells the sender that we still listen. ``highest``: the last sequence number, with its cycles."""
    body = struct.pack(
        ">BBHIIIIIII",
        0x81,
        201,
        7,
        ours,
        theirs,
        min(max(lost, 0), 0x7FFFFF),
        highest & 0xFFFFFFFF,
        0,
        0,
        0,
    )
    return body + _source_description(ours, name)


def _source_description(ssrc: int, name: str) -> bytes:
    item = bytes((1, len(name))) + name.encode()
    padded = item + b"\0" * (4 - len(item) % 4)
    return struct.pack(">BBHI", 0x81, 202, 1 + len(padded) // 4, ssrc) + padded


class Unwrapped:
    """A 32-bit media clock that is unwrapped and never falls.

    A small step back is a picture shown earlier than the one before it (B-frames), or a sender's slip: it
    counts as standing still. A jump (the camera restarted) goes on from where it was.
    """

    __slots__ = ("_jump", "_last", "_time")

    def __init__(self, clock_rate: int, jump_s: float = 10.0) -> None:
        self._jump = round(clock_rate * jump_s)
        self._last: int | None = None
        self._time = 0

    def __call__(self, timestamp: int) -> int:
        if self._last is None:
            self._time = timestamp
        else:
            step = (timestamp - self._last + 0x80000000 & 0xFFFFFFFF) - 0x80000000
            if step < 0 and step > -self._jump:
                return self._time
            self._time += step if 0 <= step <= self._jump else 1
        self._last = timestamp
        return self._time
