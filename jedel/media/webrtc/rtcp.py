"""RTCP that we write (RFC 3550, 4585; draft-holmer-rmcat-transport-wide-cc-extensions-01). Pure.

What comes is read by aiortc.
"""

import struct
from collections.abc import Sequence
from typing import Any, Final

from aiortc import rtp as wire

from rtsp.rtp import SenderReport, pack_sender_report

from jedel.media.webrtc.lane import Report

NACK: Final = 1
TRANSPORT_CC: Final = 15
PLI: Final = 1
FIR: Final = 4
NACKS_MAX: Final = 256
_NTP_EPOCH_S: Final = 2_208_988_800


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


def middle_ntp(wall_us: int) -> int:
    """The middle 32 bits of an NTP time, as reports carry it."""
    seconds, micro = divmod(wall_us, 1_000_000)
    return ((seconds + _NTP_EPOCH_S) << 16 | (micro << 16) // 1_000_000) & 0xFFFFFFFF


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
