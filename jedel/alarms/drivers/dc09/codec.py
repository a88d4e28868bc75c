"""SIA DC-09 frames: bytes → signals, and the replies. Pure.

A frame is ``LF crc 0LLL "token" seq [Rrcvr] Lpref #acct [data][extended data]…[_timestamp] CR`` (DC-09,
5.5.1); with ``"*token"`` everything after the ``[`` is AES-CBC in hex. Checksum, cipher and the payload
formats are ``siadc09``'s; the frame around them is read here, because a reply must repeat the header's
fields exactly as they were sent.

Replies: ACK for what was stored (encrypted where the question was), NAK with our time for an encrypted
message whose time is off (5.5.3.2: only then), DUH for what is well framed but of no use, nothing for noise
and bad checksums (the panel sends again).
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from siadc09 import dc09
from siadc09.admcid import DataCid, parse_admcid
from siadc09.siadcs import DataDcsGroup, DcsEvent, DcsInfo, parse_siadcs
from siadc09.util import crc, decrypt, encrypt, fromtimestamp, genpad, totimestamp

from jedel.alarms.drivers.dc09 import events
from jedel.alarms.drivers.dc09.events import Meaning
from jedel.alarms.signals import Level, Malformed, Reason, Signal, SignalKind

logging.getLogger("siadc09").propagate = False  # it logs what panels send, on every oddity

FRAME_BYTES_MAX = 4_105
"""LF, 4 + 4 hex digits, 4,095 bytes (three hex digits of length), CR."""

AGAIN_AFTER_S = 900.0
"""Sequence numbers come round after 9,999 messages, or with a restart of the panel: an equal message
without a timestamp is taken for a repetition for this long."""

NAMESPACE = UUID("6f1c0e5a-3a0e-5d0b-9c5f-0d09d09d09d0")

_HEADER = re.compile(
    rb'"(?P<star>\*?)(?P<token>[A-Z0-9-]{1,16})"(?P<seq>\d{4})(?P<receiver>R[0-9A-Fa-f]{1,6})?'
    rb"(?P<prefix>L[0-9A-Fa-f]{1,6})#(?P<account>[0-9A-Fa-f]{1,16})\[(?P<content>.*)",
    re.DOTALL,
)
_CONTENT = re.compile(
    rb"(?P<data>[^\]]*)\](?P<extended>(?:\[[^\]]*\])*)(?:_(?P<time>[0-9:,-]{19}))?", re.DOTALL
)
_DATA_CODE = re.compile(rb"(?:[a-z]{2}[0-9.:-]*/?)*([A-Z]{2})[^/]*")
_REPLIES = frozenset({b"ACK", b"NAK", b"DUH", b"RSP"})


@dataclass(frozen=True, slots=True)
class Panel:
    """What is known of the sender: its AES key (16, 24 or 32 bytes) if it has one, and its zones' levels."""

    key: bytes | None = None
    zones: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Header:
    """A frame whose checksum and length are right, its content still closed."""

    raw: bytes
    encrypted: bool
    token: bytes
    seq: bytes
    receiver: bytes
    prefix: bytes
    account_sent: bytes
    content: bytes

    @property
    def account(self) -> str:
        return self.account_sent.decode().upper()

    def malformed(self, reason: Reason) -> Malformed:
        return Malformed.of(reason, self.raw, account=self.account)


def split(buffer: bytes) -> tuple[list[bytes], bytes]:
    """A stream's bytes → complete pieces that end in CR, and the rest.

    What stands before a LF is noise; it stays with its piece, so that nothing is thrown away unseen.
    """
    *pieces, rest = buffer.split(b"\r")
    return [piece + b"\r" for piece in pieces if piece.strip(b"\n\x00 ")], rest


def header(raw: bytes) -> Header | Malformed:
    """Check the envelope of one frame, from LF to CR."""
    start = raw.rfind(b"\n")
    if len(raw) > FRAME_BYTES_MAX:
        return Malformed.of(Reason.TOO_LONG, raw)
    if start < 0 or not raw.endswith(b"\r"):
        return Malformed.of(Reason.NOT_A_FRAME, raw)
    stated, body = raw[start + 1 : start + 9], raw[start + 9 : -1]
    found = _HEADER.fullmatch(body)
    if found is None or not re.fullmatch(rb"[0-9A-Fa-f]{8}", stated):
        return Malformed.of(Reason.NOT_A_FRAME, raw)
    if int(stated[:4], 16) != crc(body) or int(stated[4:], 16) != len(body):
        return Malformed.of(Reason.BAD_CHECKSUM, raw)
    return Header(
        raw=raw,
        encrypted=bool(found["star"]),
        token=found["token"],
        seq=found["seq"],
        receiver=found["receiver"] or b"",
        prefix=found["prefix"],
        account_sent=found["account"],
        content=found["content"],
    )


def decode(head: Header, panel: Panel, now: datetime) -> Signal | Malformed:
    """Open a frame's content and say what it means.

    A panel that has a key must use it: a plain message in its name could be anybody's.
    """
    clear = _clear(head, panel)
    if isinstance(clear, Reason):
        return head.malformed(clear)
    found = _CONTENT.fullmatch(clear)
    if found is None:
        return head.malformed(Reason.UNREADABLE)
    at = _time(found["time"])
    if head.encrypted and not _in_time(at, now):
        return head.malformed(Reason.CLOCK_SKEW)
    meaning = _meaning(head.token, found["data"], panel.zones)
    if isinstance(meaning, Reason):
        return head.malformed(meaning)
    name = b"|".join((head.account_sent, head.seq, found["time"] or b"", head.token, found["data"]))
    return Signal(
        id=uuid5(NAMESPACE, name.hex()),
        kind=meaning.kind,
        account=head.account,
        level=meaning.level,
        at=at,
        clears=meaning.clears,
        note=meaning.note,
        again_after_s=None if at else AGAIN_AFTER_S,
        odd=Reason.UNKNOWN_EVENT if meaning.partial else None,
        raw=head.raw,
    )


def ack(head: Header, key: bytes | None, now: datetime, pad: Callable[[int], bytes] = genpad) -> bytes:
    """The reply to a stored message: the header's fields again, encrypted where the message was."""
    if not head.encrypted or key is None:
        return _frame(b'"ACK"' + _fields(head) + b"[]")
    tail = b"]_" + totimestamp(now).encode()
    filling = bytes(pad(16 + -len(tail) % 16))
    return _frame(b'"*ACK"' + _fields(head) + b"[" + encrypt(key, filling + tail).hex().upper().encode())


def refusal(head: Header, reason: Reason, now: datetime) -> bytes:
    """NAK with our time, DUH, or nothing: a reply is never answered, else two receivers could talk for
    ever."""
    if head.token in _REPLIES:
        return b""
    if reason is Reason.CLOCK_SKEW:
        return _frame(b'"NAK"0000R0L0A0[]_' + totimestamp(now).encode())
    return _frame(b'"DUH"' + _fields(head) + b"[]")


def _fields(head: Header) -> bytes:
    return head.seq + head.receiver + head.prefix + b"#" + head.account_sent


def _frame(body: bytes) -> bytes:
    return b"\n%04X%04X%s\r" % (crc(body), len(body), body)


def _clear(head: Header, panel: Panel) -> bytes | Reason:
    """The content as text: as it came, or decrypted and freed from its padding."""
    if not head.encrypted:
        return Reason.NOT_ENCRYPTED if panel.key else head.content
    if panel.key is None:
        return Reason.NO_KEY
    if not re.fullmatch(rb"(?:[0-9A-Fa-f]{32})+", head.content):
        return Reason.UNREADABLE
    text: bytes = decrypt(panel.key, bytes.fromhex(head.content.decode()))
    padding, bar, rest = text.partition(b"|")
    if not bar or b"]" in padding:  # an empty data field has no bar: the padding ends at the bracket
        _, bracket, tail = text.partition(b"]")
        rest = bracket + tail
    return rest.rstrip(b"\x00 ")


def _time(text: bytes | None) -> datetime | None:
    """``HH:MM:SS,MM-DD-YYYY`` in UTC; None where there is none or no such time."""
    try:
        at: datetime | None = fromtimestamp(text.decode()) if text else None
    except ValueError:
        return None
    return at


def _in_time(at: datetime | None, now: datetime) -> bool:
    """DC-09, 5.5.1.9: the message's time may be 20 s ahead of ours and 40 s behind."""
    if at is None:
        return False
    return timedelta(seconds=dc09.MINDIFF) <= at - now <= timedelta(seconds=dc09.MAXDIFF)


def _meaning(token: bytes, data: bytes, zones: Mapping[str, Level]) -> Meaning | Reason:
    """What the payload says."""
    if token in (b"NULL", b"XNM"):
        return Meaning(SignalKind.HEARTBEAT)
    if token == b"SIA-DCS":
        return _gravest(_dcs(data), zones)
    if token == b"ADM-CID":
        return _gravest(_cid(data), zones)
    return Reason.UNKNOWN_FORMAT


def _dcs(data: bytes) -> Iterable[tuple[str, str, Meaning | None]]:
    """(code, zone, meaning) of each event. A block with a code that ``siadc09`` does not have is read by
    ourselves: the panic beside it must not be lost."""
    group = parse_siadcs(data)
    for block in group.blocks if isinstance(group, DataDcsGroup) else ():
        if isinstance(block, DcsInfo):
            for event in block.events:
                if not isinstance(event, DcsEvent):  # a control block's item: an order, which is not for us
                    yield event.code, "", None
                    continue
                zone = f"{event.addr:X}" if isinstance(event.addr, int) else ""
                yield event.code, zone, events.dcs(event.code)
        elif block.functioncode in ("N", "O"):
            for piece in block.content.split(b"/"):
                if found := _DATA_CODE.fullmatch(piece):
                    code = found[1].decode()
                    yield code, "", events.dcs(code)


def _cid(data: bytes) -> Iterable[tuple[str, str, Meaning | None]]:
    message = parse_admcid(data)
    event = message.event if isinstance(message, DataCid) else None
    if event is not None:
        yield event.qualifier + event.code, f"{event.addr:X}", events.cid(event.qualifier, event.code)


def _gravest(found: Iterable[tuple[str, str, Meaning | None]], zones: Mapping[str, Level]) -> Meaning:
    """The gravest of a frame's events, with the level that the panel's table of zones gives it.

    Where no table has any of them, the panel was at least heard.
    """
    every = list(found)
    known = []
    for code, zone, meaning in every:
        if meaning is not None:
            level = zones.get(zone, meaning.level) if meaning.kind is SignalKind.PRESS else None
            known.append(replace(meaning, level=level, note=f"{code} {zone}".strip()))
    gravest = max(known, key=lambda meaning: meaning.weight, default=Meaning(SignalKind.HEARTBEAT))
    return replace(gravest, partial=not known or len(known) < len(every))
