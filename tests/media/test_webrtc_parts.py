"""The pure parts of the WebRTC edge: offers, packets, order, pace, feedback."""

import itertools
import random
import struct

import pytest
from aiortc import rtp as peer
from hypothesis import given
from hypothesis import strategies as some

from jedel.media.errors import OfferMalformed
from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.webrtc import rtcp
from jedel.media.webrtc.arrivals import Arrivals
from jedel.media.webrtc.lane import KEPT, Lane
from jedel.media.webrtc.offer import Accepted, Ours, for_track, read_offer, to_receive, write_answer
from jedel.media.webrtc.order import WAIT_S, WINDOW, Order
from jedel.media.webrtc.pacer import BURST_BYTES, RATE_BPS, Pacer
from jedel.media.webrtc.packets import PAYLOAD_BYTES, Clock, Packets
from jedel.media.webrtc.vpx import VpxReceiver
from rtsp.payloads import Format, Receiver
from rtsp.rtp import unpack
from tests.media import webrtc_support as support
from tests.media.test_ice import OFFER

VIDEO = Track(Codec.H264, 90_000, parameters=(b"\x67\x4d\x00\x1f", b"\x68\x00"))
REAL = support.track_of(support.pictures(1))
PROFILES = (("42001f", 1), ("42001f", 0), ("42e01f", 1), ("4d001f", 1), ("64001f", 1))


def offer(direction: str = "recvonly") -> str:
    lines = [f"a=rtpmap:{100 + n} H264/90000" for n in range(len(PROFILES))]
    lines += [
        f"a=fmtp:{100 + n} level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}"
        for n, (profile, mode) in enumerate(PROFILES)
    ]
    lines += ["a=rtpmap:96 VP8/90000", "a=rtpmap:98 VP9/90000", "a=fmtp:98 profile-id=2", "a=mid:v"]
    formats = " ".join(str(100 + n) for n in range(len(PROFILES)))
    head = OFFER.replace("a=recvonly", f"a={direction}")
    lines = [f"m=video 9 UDP/TLS/RTP/SAVPF 96 98 {formats}", "c=IN IP4 0.0.0.0", f"a={direction}", *lines]
    return (
        head
        + "\r\n".join([*lines, "a=setup:actpass", f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}"])
        + "\r\n"
    )


@pytest.mark.parametrize(
    ("profile", "number"),
    [("4d00", 103), ("42e0", 102), ("4200", 100), ("6400", 104), ("5800", 104), ("f400", 104)],
)
def test_a_stream_goes_as_the_profile_that_it_is_or_the_next_above(profile: str, number: int) -> None:
    section = read_offer(offer()).sections[1]
    track = Track(Codec.H264, 90_000, parameters=(bytes.fromhex("67" + profile + "1f"),))
    found = for_track(section, track)
    assert found is not None
    assert found.payload_type == number


def test_what_is_not_offered_is_refused() -> None:
    sound, picture = read_offer(offer()).sections
    assert for_track(picture, Track(Codec.H265, 90_000)) is None
    assert for_track(picture, Track(Codec.VP9, 90_000)) is None  # ten bits only
    assert for_track(sound, Track(Codec.OPUS, 48_000, 2)) is None
    best = to_receive(picture)
    assert best is not None
    assert (best.codec, best.payload_type) == (Codec.H264, 100)


def test_an_answer_can_be_read_as_an_offer_can() -> None:
    read = read_offer(offer())
    picture = for_track(read.sections[1], VIDEO)
    assert picture is not None
    ours = Ours(
        "frag", "password" * 3, ":".join(["CD"] * 32), ["candidate:1 1 udp 5 127.0.0.1 8100 typ host"], 7
    )
    answer = write_answer(read, [None, Accepted(picture, 1234)], ours)
    assert "m=audio 0 " in answer
    assert "a=group:BUNDLE v\r\n" in answer
    assert "a=setup:passive" in answer
    assert "profile-level-id=4d001f" in answer
    again = read_offer(answer.replace("a=setup:passive", "a=setup:active"))
    assert again.sections[1].direction == "sendonly"
    assert again.sections[1].known[0].payload_type == 103


@given(some.randoms(use_true_random=False))
def test_whatever_is_offered_is_answered_or_refused(dice: random.Random) -> None:
    text = list(offer())
    for _ in range(dice.randrange(1, 30)):
        at = dice.randrange(len(text))
        action = dice.randrange(3)
        if action == 0:
            text[at] = chr(dice.randrange(256))
        elif action == 1:
            del text[at : at + dice.randrange(40)]
        else:
            text[at:at] = text[dice.randrange(len(text)) :][: dice.randrange(60)]
    try:
        found = read_offer("".join(text))
    except OfferMalformed:
        return
    for section in found.sections:
        for_track(section, VIDEO)


@given(some.text(max_size=300))
def test_any_text_is_no_offer(text: str) -> None:
    with pytest.raises(OfferMalformed):
        read_offer("v=0\r\n" + text)


def picture(size: int, rtp: int = 0, at_us: int = 0, keyframe: bool = True) -> AccessUnit:
    return AccessUnit(0, rtp, at_us, keyframe, (bytes((0x65 if keyframe else 0x41, 0x88)) + bytes(size),))


@given(some.lists(some.integers(0, 9_000), min_size=1, max_size=5))
def test_what_is_packed_comes_out_again(sizes: list[int]) -> None:
    lane, packets, reader = Lane(REAL, 103), Packets(), Receiver(Format("H264", 90_000))
    found = []
    for nth, size in enumerate(sizes):
        unit = picture(size, nth * 3_600)
        written = lane.write(unit, packets.of(unit, REAL))
        assert packets.of(unit, REAL) is packets.of(unit, REAL)
        assert all(len(packet) <= PAYLOAD_BYTES + 12 for packet in written)
        assert [unpack(packet).marker for packet in written] == [False] * (len(written) - 1) + [True]
        for packet in written:
            found += reader.take(packet)
    assert [unit.parts[-1] for unit in found] == [picture(size).parts[0] for size in sizes]
    assert reader.malformed == reader.lost == 0
    assert packets.made == len(sizes)


def test_parameter_sets_go_before_a_keyframe_that_has_none() -> None:
    unit = picture(10)
    assert Packets().of(unit, VIDEO)[:2] == VIDEO.parameters
    own = AccessUnit(0, 0, 0, True, (*VIDEO.parameters, unit.parts[0]))
    assert len(Packets().of(own, VIDEO)) == 3


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9])
def test_vpx_there_and_back(codec: Codec) -> None:
    track = Track(codec, 90_000)
    lane, packets, reader = Lane(track, 96), Packets(), VpxReceiver(codec, 90_000)
    found = []
    for nth in range(6):
        frame = bytes((0x10 | (nth % 3 > 0),)) + bytes((nth,)) * 3_000
        unit = AccessUnit(0, nth * 3_000, 0, nth % 3 == 0, (frame,))
        for number, packet in enumerate(lane.write(unit, packets.of(unit, track))):
            if (nth, number) != (1, 1):  # one is lost: the rest is of no use up to the next keyframe
                found += reader.take(packet)
    assert [(unit.keyframe, unit.parts[0][1]) for unit in found] == [
        (True, 0),
        (True, 3),
        (False, 4),
        (False, 5),
    ]
    assert reader.damaged > 0


@given(some.binary(max_size=60), some.sampled_from([Codec.VP8, Codec.VP9]))
def test_no_vpx_packet_breaks_the_reader(payload: bytes, codec: Codec) -> None:
    reader = VpxReceiver(codec, 90_000)
    for marker in (0x60, 0xE0):
        reader.take(struct.pack(">BBHII", 0x80, marker, 1, 2, 3) + payload)


def test_a_source_that_begins_again_does_not_turn_back_the_clock() -> None:
    lane, packets = Lane(VIDEO, 103), Packets()
    stamps = []
    for nth, rtp in enumerate((900_000, 903_600, 17, 3_617)):
        if nth == 2:
            lane.anew()
        unit = picture(5, rtp, nth * 40_000)
        stamps.append(unpack(lane.write(unit, packets.of(unit, VIDEO))[-1]).timestamp)
    assert [b - a for a, b in itertools.pairwise(stamps)] == [3_600, 3_600, 3_600]


def test_what_was_sent_lately_can_be_had_again() -> None:
    lane, packets = Lane(VIDEO, 103), Packets()
    sent = {}
    for nth in range(KEPT + 100):
        unit = picture(5, nth, keyframe=False)
        for packet in lane.write(unit, packets.of(unit, VIDEO)):
            sent[unpack(packet).sequence] = packet
    newest = list(sent)[-1]
    assert lane.again(newest) == sent[newest]
    assert lane.again(next(iter(sent))) is None
    assert lane.again((newest + 1) & 0xFFFF) is None
    assert lane.repeated == 1


def test_the_wall_clock_of_a_track_is_its_quickest_arrival() -> None:
    clock = Clock(90_000)
    for nth in range(100):
        late = 0 if nth == 50 else 7_000 + nth % 7 * 1_000
        clock.see(picture(1, nth * 3_600, 1_000_000_000 + nth * 40_000 + late))
    assert clock.wall_us(3_600 * 100) == 1_000_000_000 + 4_000_000
    clock.see(picture(1, 0, 2_000_000_000))
    assert clock.wall_us(0) == 2_000_000_000


def test_a_large_picture_leaves_at_a_pace() -> None:
    pacer, now = Pacer(), 100.0
    pacer.due(now)
    pacer.put([bytes(1_200)] * 170)
    gone = [sum(map(len, pacer.due(now + nth * 0.005))) for nth in range(12)]
    assert gone[0] <= BURST_BYTES + 1_200
    assert all(size <= RATE_BPS / 8 * 0.005 + 1_200 for size in gone[1:])
    assert sum(gone) == 170 * 1_200
    assert pacer.waiting == 0
    pacer.put([bytes(1_200)] * 11_000)
    assert pacer.full
    pacer.clear()
    assert pacer.due(now + 1) == []


class TestOrder:
    def put(self, order: Order, numbers: list[int], now: float = 0.0) -> list[bytes]:
        found: list[bytes] = []
        for number in numbers:
            found += order.put(number & 0xFFFF, struct.pack(">H", number & 0xFFFF), now)
        return found

    def of(self, found: list[bytes]) -> list[int]:
        return [struct.unpack(">H", data)[0] for data in found]

    @given(some.integers(0, 0xFFFF), some.randoms(use_true_random=False))
    def test_a_shuffle_is_put_right(self, first: int, dice: random.Random) -> None:
        numbers = [first + nth for nth in range(1, 60)]
        for at in range(0, 59, 7):
            part = numbers[at : at + 7]
            dice.shuffle(part)
            numbers[at : at + 7] = part
        order = Order()
        found = self.of(self.put(order, [first, *numbers, *numbers]))
        assert found == [first + nth & 0xFFFF for nth in range(60)]
        assert order.doubled == 59
        assert order.whole

    def test_a_hole_is_asked_for_and_then_given_up(self) -> None:
        order = Order()
        assert self.of(self.put(order, [65_534, 65_535, 2, 3])) == [65_534, 65_535]
        assert order.asked(0.1) == [0, 1]
        assert order.asked(0.11) == []
        assert self.of(self.put(order, [1], 0.12)) == []
        assert order.asked(0.2) == [0]
        assert order.given_up(0.2) == []
        assert self.of(order.given_up(WAIT_S + 0.01)) == [1, 2, 3]
        assert (order.lost, order.whole) == (1, True)
        assert self.put(order, [0]) == []

    def test_a_sender_that_counts_anew_is_followed(self) -> None:
        order = Order()
        self.put(order, [100])
        assert self.of(self.put(order, [100 + WINDOW + 2])) == [100 + WINDOW + 2]
        assert order.whole


def test_feedback_reads_as_it_was_meant() -> None:
    """By the draft's layout: which came, and when, to a quarter of a millisecond."""
    arrivals = Arrivals()
    assert arrivals.feedback(1, 2) is None
    came = {
        65_530 + nth: 5_000_000 + nth * 3_000 + (400_000 if nth > 15 else 0)
        for nth in range(20)
        if nth % 6 != 4
    }
    came[65_531] += 9_000  # out of order
    for number, at in sorted(came.items(), key=lambda item: item[1]):
        arrivals.see(number & 0xFFFF, at)
    data = arrivals.feedback(1, 2)
    assert data is not None
    assert len(data) % 4 == 0
    assert (data[0] & 31, data[1]) == (15, 205)
    base, count = struct.unpack_from(">HH", data, 12)
    assert (base, count) == (65_530, 20)
    time = int.from_bytes(data[16:19]) * 64_000
    symbols: list[int] = []
    at = 20
    while len(symbols) < count:
        chunk = int.from_bytes(data[at : at + 2])
        assert chunk >> 14 == 3
        symbols += [chunk >> shift & 3 for shift in range(12, -2, -2)]
        at += 2
    read = {}
    for nth, symbol in enumerate(symbols[:count]):
        if symbol:
            delta = data[at] if symbol == 1 else struct.unpack_from(">h", data, at)[0]
            at += symbol
            time += delta * 250
            read[65_530 + nth] = time
    assert read.keys() == came.keys()
    assert all(abs(read[number] - came[number]) <= 250 for number in came)
    arrivals.see(40, 6_000_000)
    assert arrivals.feedback(1, 2) is not None


@given(some.lists(some.integers(0, 0xFFFF), min_size=1, max_size=60, unique=True))
def test_what_we_ask_for_is_what_a_peer_reads(lost: list[int]) -> None:
    lost.sort()
    (read,) = peer.RtcpPacket.parse(rtcp.nack(1, 2, lost))
    assert isinstance(read, peer.RtcpRtpfbPacket)
    assert sorted(set(read.lost)) == lost
    assert list(rtcp.wanted_again(read)) == read.lost


def test_reports_read_as_they_were_meant() -> None:
    (read,) = peer.RtcpPacket.parse(rtcp.receiver_report(1, [rtcp.Reception(9, 12, 34, 70_000, 5, 6, 7)]))
    assert isinstance(read, peer.RtcpRrPacket)
    assert read.reports == [peer.RtcpReceiverInfo(9, 12, 34, 70_000, 5, 6, 7)]
    (wish,) = peer.RtcpPacket.parse(rtcp.picture_loss(1, 2))
    assert rtcp.wants_keyframe(wish)
    assert not rtcp.wanted_again(wish)
    assert rtcp.clock_of(wish) is None


@given(some.binary(max_size=80))
def test_no_feedback_breaks_us(data: bytes) -> None:
    for packet in rtcp.read(data):
        rtcp.wanted_again(packet)
        rtcp.wants_keyframe(packet)
        rtcp.clock_of(packet)


@given(some.binary(min_size=12, max_size=60), some.integers(1, 255))
def test_no_extension_breaks_us(data: bytes, number: int) -> None:
    rtcp.extension(b"\x90" + data[1:], number)


def test_extensions_of_both_forms() -> None:
    head = struct.pack(">BBHII", 0x90, 96, 1, 2, 3)
    assert rtcp.extension(head + b"\xbe\xde\0\2\x00\x31\xaa\xbb\x10\x07\0\0", 3) == b"\xaa\xbb"
    assert rtcp.extension(head + b"\xbe\xde\0\2\x00\x31\xaa\xbb\x10\x07\0\0", 1) == b"\x07"
    assert rtcp.extension(head + b"\x10\x00\0\2\x14\0\x03\x02\xaa\xbb\0\0", 3) == b"\xaa\xbb"
    assert rtcp.extension(head + b"\xbe\xde\0\1\x00\0\0\0", 3) == b""
    assert rtcp.extension(b"\x80" + head[1:] + bytes(9), 3) == b""
    assert rtcp.extension(head + b"\x12\x34\0\1\0\0\0\0", 3) == b""
