"""RTCP that we write (RFC 3550, 4585; draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure.

What comes is read by aiortc.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiortc import rtp as wire

from jedel.media.webrtc.lane import Report
from rtsp.rtp import SenderReport, pack_sender_report

NACK: Final = 1
PLI: Final = 1
FIR: Final = 4
NACKS_MAX: Final = 256


def read(data: bytes) -> Sequence[Any]:
    """aiortc's packets; none where it is malformed."""
    try:
        return wire.RtcpPacket.parse(data)
    except (ValueError, IndexError, struct.error):
        return ()


def wanted_again(packet: Any) -> Sequence[int]:
    """Sequence numbers of a generic NACK."""
    if isinstance(packet, wire.RtcpRtpfbPacket) and packet.fmt == NACK:
        return packet.lost[:NACKS_MAX]
    return ()


def wants_keyframe(packet: Any) -> bool:
    return isinstance(packet, wire.RtcpPsfbPacket) and packet.fmt in (PLI, FIR)


def sender_report(report: Report) -> bytes:
    return pack_sender_report(
        SenderReport(report.ssrc, report.wall_us, report.rtp, report.packets, report.octets)
    )


def picture_loss(ours: int, theirs: int) -> bytes:
    """Asks for a keyframe."""
    return struct.pack(">BBHII", 0x80 | PLI, 206, 2, ours, theirs)


def nack(ours: int, theirs: int, lost: Sequence[int]) -> bytes:
    """Asks for packets again. ``lost``: sequence numbers in the order in which they were to come."""
    pairs: list[list[int]] = []
    for sequence in lost[:NACKS_MAX]:
        ahead = sequence - pairs[-1][0] - 1 & 0xFFFF if pairs else 0xFFFF
        if ahead < 16:
            pairs[-1][1] |= 1 << ahead
        else:
            pairs.append([sequence, 0])
    head = struct.pack(">BBHII", 0x80 | NACK, 205, 2 + len(pairs), ours, theirs)
    return head + b"".join(struct.pack(">HH", *pair) for pair in pairs)


@dataclass(frozen=True, slots=True)
class Reception:
    """One block of a receiver report (RFC 3550, 6.4.1)."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    since_report: int


def receiver_report(ours: int, receptions: Sequence[Reception]) -> bytes:
    blocks = b"".join(
        struct.pack(
            ">IIIIII",
            one.ssrc,
            one.fraction << 24 | one.lost,
            one.highest,
            one.jitter,
            one.last_report,
            one.since_report,
        )
        for one in receptions[:31]
    )
    count = len(blocks) // 24
    return struct.pack(">BBHI", 0x80 | count, 201, 1 + 6 * count, ours) + blocks


def clock_of(packet: Any) -> Any | None:
    """A sender report, None where it is something else."""
    return packet if isinstance(packet, wire.RtcpSrPacket) else None


def extension(data: bytes, number: int) -> bytes:
    """The value of a header extension (RFC 8285) of an RTP packet; empty where it has none, or is cut."""
    if not data[0] & 0x10 or len(data) < 16:
        return b""
    at = 12 + 4 * (data[0] & 15)
    kind, size = int.from_bytes(data[at : at + 2]), 4 * int.from_bytes(data[at + 2 : at + 4])
    at += 4
    end = min(len(data), at + size)
    two = kind & 0xFFF0 == 0x1000
    if not two and kind != 0xBEDE:
        return b""
    while at + two < end:
        if data[at] == 0:
            at += 1
            continue
        found, length = (data[at], data[at + 1]) if two else (data[at] >> 4, (data[at] & 15) + 1)
        at += 2 if two else 1
        if found == number:
            return data[at : at + length]
        at += length
    return b""
