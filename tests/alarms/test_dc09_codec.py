"""DC-09 replies, read and compared by two libraries that we did not write, and the cutting of a stream."""

from datetime import UTC, datetime, timedelta

import pytest
from pysiaalarm.account import SIAAccount
from pysiaalarm.event import SIAEvent
from siadc09 import message
from siadc09.account import Account
from siadc09.util import decrypt
from siadc09.xdata import Data

from jedel.alarms.drivers.dc09 import codec
from jedel.alarms.drivers.dc09.codec import Header, Panel
from jedel.alarms.signals import Level, Malformed, Reason, Signal, SignalKind

NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
KEYS = {size: bytes(range(size)) for size in (16, 24, 32)}


def panic(
    key: bytes | None = None, at: datetime | None = NOW, seq: int = 7, data: bytes = b"#1234|Nri1/PA01"
) -> Header:
    """A frame as ``siadc09`` makes it, opened."""
    account = Account(acct=0x1234, pref=0xAB, rcvr=0x1, key=key)
    config = {"idtoken": "SIA-DCS", "seqno": seq, "data": Data(data), "timestamp": at}
    head = codec.header(message.EventMessage(account, config=config).encode())
    assert isinstance(head, Header)
    return head


def test_a_plain_ack_repeats_the_header() -> None:
    assert codec.ack(panic(), None, NOW)[9:] == b'"ACK"0007R1LAB#1234[]\r'
    reply = message.parse_frame(codec.ack(panic(), None, NOW))
    assert isinstance(reply, message.AckMessage)
    assert (reply.seq, reply.account.acct, reply.account.pref, reply.account.rcvr) == (7, 0x1234, 0xAB, 1)


def test_an_account_keeps_its_leading_zeros() -> None:
    head = codec.header(framed(b'"NULL"0000L0#0012[]'))
    assert isinstance(head, Header)
    assert codec.ack(head, None, NOW)[9:] == b'"ACK"0000L0#0012[]\r'


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_an_encrypted_ack_opens_with_the_panels_key(key: bytes) -> None:
    reply = message.parse_frame(codec.ack(panic(key), key, NOW), key)
    assert isinstance(reply, message.AckMessage)
    assert (reply.seq, reply.encrypted, reply.timestamp) == (7, True, NOW)


def test_an_encrypted_frame_that_was_taken_without_a_key_is_acknowledged_plainly() -> None:
    assert b'"ACK"' in codec.ack(panic(KEYS[16]), None, NOW)


@pytest.mark.parametrize(
    ("reason", "reply"),
    [
        (Reason.CLOCK_SKEW, b'"NAK"0000R0L0A0[]_09:00:00,11-22-2026\r'),
        (Reason.UNKNOWN_DEVICE, b'"DUH"0007R1LAB#1234[]\r'),
        (Reason.UNKNOWN_FORMAT, b'"DUH"0007R1LAB#1234[]\r'),
    ],
)
def test_refusals(reason: Reason, reply: bytes) -> None:
    assert codec.refusal(panic(), reason, NOW)[9:] == reply


def test_a_reply_is_never_answered() -> None:
    head = codec.header(codec.ack(panic(), None, NOW))
    assert isinstance(head, Header)
    assert codec.refusal(head, Reason.UNKNOWN_FORMAT, NOW) == b""


def test_pysiaalarm_would_have_replied_the_same() -> None:
    plain = peer(panic())
    assert plain.create_response() == codec.ack(panic(), None, NOW)
    odd = panic(data=b"#1234|Nri1/QQ01")
    assert peer(odd).create_response() == codec.refusal(odd, Reason.UNKNOWN_EVENT, NOW)
    text = "0123456789abcdef"
    secret = panic(text.encode())
    ours, theirs = codec.ack(secret, text.encode(), NOW), peer(secret, text).create_response()
    assert ours[9:].partition(b"[")[0] == theirs[9:].partition(b"[")[0]
    opened = [
        decrypt(text.encode(), bytes.fromhex(r[9:-1].partition(b"[")[2].decode())) for r in (ours, theirs)
    ]
    assert opened[0].partition(b"]")[2] == b"_09:00:00,11-22-2026"
    assert len(opened[1].partition(b"]")[2]) == len(b"_09:00:00,11-22-2026")  # theirs is the machine's time


def peer(head: Header, key: str | None = None) -> SIAEvent:
    """The frame as ``pysiaalarm`` reads it; its own check of the time is switched off."""
    account = SIAAccount("1234", key, allowed_timeband=None)
    return SIAEvent.from_line(head.raw[1:-1].decode(), {"1234": account})


@pytest.mark.parametrize(("offset_s", "taken"), [(20, True), (21, False), (-40, True), (-41, False)])
def test_an_encrypted_message_must_be_in_time(offset_s: int, taken: bool) -> None:
    found = codec.decode(panic(KEYS[16], NOW + timedelta(seconds=offset_s)), Panel(KEYS[16]), NOW)
    assert isinstance(found, Signal) is taken
    if isinstance(found, Malformed):
        assert found.reason is Reason.CLOCK_SKEW


def test_a_plain_press_with_a_wrong_clock_is_still_a_press() -> None:
    found = codec.decode(panic(at=datetime(1970, 1, 1, tzinfo=UTC)), Panel(), NOW)
    assert isinstance(found, Signal)
    assert found.level is Level.HELP


def test_a_panels_zones_set_the_level() -> None:
    panel = Panel(zones={"1": Level.LOCKDOWN})
    found = [codec.decode(panic(data=b"#1234|NPA0%d" % zone), panel, NOW) for zone in (1, 2)]
    assert [f.level for f in found if isinstance(f, Signal)] == [Level.LOCKDOWN, Level.HELP]


@pytest.mark.parametrize("data", [b"#1234|CTP", b"#1234|CTP|Nri1/PA01"])
def test_an_order_in_a_frame_is_none_to_us_and_hides_no_press(data: bytes) -> None:
    found = codec.decode(panic(data=data), Panel(), NOW)
    assert isinstance(found, Signal)
    assert found.odd is Reason.UNKNOWN_EVENT
    assert (found.kind is SignalKind.PRESS) == (b"PA" in data)


def test_ids_follow_account_sequence_time_and_content() -> None:
    heads = [
        panic(),
        panic(seq=8),
        panic(at=NOW + timedelta(seconds=1)),
        panic(data=b"#1234|Nri1/PA02"),
        panic(at=None),
    ]
    found = [codec.decode(head, Panel(), NOW) for head in heads]
    assert len({f.id for f in found if isinstance(f, Signal)}) == 5
    assert [f.again_after_s for f in found if isinstance(f, Signal)] == [None] * 4 + [codec.AGAIN_AFTER_S]


def test_a_repetition_encrypted_anew_is_the_same_message() -> None:
    found = [codec.decode(panic(KEYS[32]), Panel(KEYS[32]), NOW) for _ in range(2)]
    first, second = (f for f in found if isinstance(f, Signal))
    assert first.raw != second.raw
    assert first.id == second.id


def test_a_streams_bytes_are_cut_at_carriage_returns() -> None:
    frames, rest = codec.split(b"\nA\r\n\r\x00\r\nB\r\nhalf")
    assert frames == [b"\nA\r", b"\nB\r"]
    assert rest == b"\nhalf"


def framed(body: bytes) -> bytes:
    return codec._frame(body)
