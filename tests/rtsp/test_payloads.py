"""Units to packets and back: whole, with holes, with anything in them."""

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtsp import nal, rtp
from rtsp.audio import AacLayout, join_aac, split_aac
from rtsp.errors import Malformed
from rtsp.payloads import AAC, OPUS, PCMA, PCMU, Format, Packetiser, Receiver, Unit
from rtsp.rtp import Packet, Unwrapped
from rtsp.sps import picture_of
from tests.rtsp import made

quick = settings(max_examples=40, deadline=None)

CODECS = ("libx264", "libx265")


def kept(parts: tuple[bytes, ...], codec: str) -> tuple[bytes, ...]:
    """Without delimiters, which mean nothing in packets."""
    kind = nal.kind_h265 if codec == "libx265" else nal.kind_h264
    return tuple(part for part in parts if kind(part) not in (35 if codec == "libx265" else 9,))


def slices(parts: tuple[bytes, ...], codec: str) -> tuple[bytes, ...]:
    """What is seen of a picture."""
    if codec == "libx265":
        return tuple(part for part in parts if nal.kind_h265(part) < 32)
    return tuple(part for part in parts if nal.kind_h264(part) <= 5)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("size", [(320, 240), (322, 182), (642, 362)])
def test_the_size_that_parameter_sets_say(codec: str, size: tuple[int, int]) -> None:
    found = made.format_of(codec, *size)
    assert (found.width, found.height) == size
    assert len(found.parameters) == (3 if codec == "libx265" else 2)


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_packed_comes_out_again(codec: str) -> None:
    units = made.pictures(codec)
    packer, receiver = Packetiser(made.format_of(codec)), Receiver(made.format_of(codec))
    found, packets = [], 0
    for unit in units:
        for data in packer(unit):
            assert len(data) <= 1300
            packets += 1
            found += receiver.take(data)
    assert packets > len(units) * 3
    assert [unit.parts for unit in found] == [kept(unit.parts, codec) for unit in units]
    assert [unit.keyframe for unit in found] == [unit.keyframe for unit in units]
    assert {b.rtp - a.rtp for a, b in pairwise(found)} == {9000}
    assert (receiver.lost, receiver.damaged, receiver.malformed) == (0, 0, 0)


@pytest.mark.parametrize("codec", CODECS)
def test_parameter_sets_may_come_only_in_the_stream(codec: str) -> None:
    whole = made.format_of(codec)
    receiver = Receiver(Format(whole.encoding, 90_000))
    packer = Packetiser(whole)
    found = [out for unit in made.pictures(codec) for data in packer(unit) for out in receiver.take(data)]
    assert receiver.format == whole
    assert len(found) == len(made.pictures(codec))


@pytest.mark.parametrize("codec", CODECS)
@quick
@given(missing=st.sets(st.integers(1, 400), max_size=6))
def test_a_picture_with_a_hole_is_dropped_up_to_the_next_keyframe(codec: str, missing: set[int]) -> None:
    units, packer, receiver = (
        made.pictures(codec),
        Packetiser(made.format_of(codec)),
        Receiver(made.format_of(codec)),
    )
    sent = [(nth, data) for nth, unit in enumerate(units) for data in packer(unit)]
    missing = {each for each in missing if each < len(sent) - 1}
    hurt = {sent[each][0] for each in missing}
    found = [out for at, (_, data) in enumerate(sent) if at not in missing for out in receiver.take(data)]
    by_parts = {slices(unit.parts, codec): nth for nth, unit in enumerate(units)}
    shown = [by_parts.get(slices(unit.parts, codec), -1) for unit in found]
    assert -1 not in shown  # a picture that nobody sent
    for nth, before in zip(shown[1:], shown, strict=False):
        assert units[nth].keyframe or nth == before + 1
    first_hurt = min(hurt, default=len(units))
    assert [nth for nth in shown if nth < first_hurt] == list(range(first_hurt))
    if missing:
        assert receiver.lost > 0


@pytest.mark.parametrize("codec", CODECS)
def test_who_comes_in_the_middle_of_a_picture_waits_for_a_whole_one(codec: str) -> None:
    packer, receiver = Packetiser(made.format_of(codec)), Receiver(made.format_of(codec))
    packets = [list(packer(unit)) for unit in made.pictures(codec)]
    found = [out for data in packets[0][-3:] for out in receiver.take(data)]
    assert found == []
    later = [out for picture in packets[1:] for data in picture for out in receiver.take(data)]
    assert later[0].keyframe
    assert len(later) == len(packets) - 6


def test_late_and_doubled_packets_are_passed_over() -> None:
    packer, receiver = Packetiser(made.format_of()), Receiver(made.format_of())
    found = []
    for unit in made.pictures():
        for data in packer(unit):
            found += receiver.take(data) + receiver.take(data)
    assert len(found) == len(made.pictures())


def test_a_sender_that_counts_anew_is_believed_after_a_while() -> None:
    receiver = Receiver(made.format_of())
    first = Packetiser(made.format_of(), ssrc=1)
    first.sequence = 40_000
    for unit in made.pictures():
        for data in first(unit):
            receiver.take(data)
    again = Packetiser(made.format_of(), ssrc=2)
    again.sequence = 10_000
    found = [out for unit in made.pictures() for data in again(unit) for out in receiver.take(data)]
    assert found
    assert found[0].keyframe


def test_a_sender_without_marks() -> None:
    packer, receiver = Packetiser(made.format_of()), Receiver(made.format_of())
    found = []
    for unit in made.pictures():
        for data in packer(unit):
            found += receiver.take(data[:1] + bytes((data[1] & 0x7F,)) + data[2:])
    assert len(found) == len(made.pictures()) - 1  # the last is whole only when another comes


def test_an_aggregate() -> None:
    joiner = nal.Joiner(h265=False)
    joiner.add(b"\x78\x00\x02\x67\x01\x00\x03\x68\x02\x03")
    assert joiner.units == [b"\x67\x01", b"\x68\x02\x03"]
    joiner = nal.Joiner(h265=True)
    joiner.add(b"\x60\x01\x00\x03\x40\x01\x07\x00\x03\x42\x01\x08")
    assert joiner.units == [b"\x40\x01\x07", b"\x42\x01\x08"]


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"\x1c", b"\x7c\x05\x00", b"\x7c\x85", b"\x78\x00\x09\x67", b"\x78\x00\x00"),
        *(b"\x1d\x00", b"\x00"),
    ],
)
def test_what_is_no_payload(payload: bytes) -> None:
    with pytest.raises(Malformed):
        nal.Joiner(h265=False).add(payload)


@pytest.mark.parametrize("encoding", [OPUS, PCMU, PCMA, AAC])
def test_sound(encoding: str) -> None:
    format_ = Format(encoding, 8000, 1)
    packer, receiver = Packetiser(format_), Receiver(format_)
    units = [Unit(nth * 160, True, (bytes([nth]) * 60,)) for nth in range(5)]
    found = [out for unit in units for data in packer(unit) for out in receiver.take(data)]
    assert [unit.parts for unit in found] == [unit.parts for unit in units]
    assert {b.rtp - a.rtp for a, b in pairwise(found)} == {160}


def test_several_elements_in_one_packet() -> None:
    heads = (2 << 3).to_bytes(2, "big") + (3 << 3).to_bytes(2, "big")
    assert split_aac(b"\x00\x20" + heads + b"aabbb", AacLayout()) == [b"aa", b"bbb"]
    assert split_aac(join_aac(b"x" * 900), AacLayout()) == [b"x" * 900]
    for broken in (b"", b"\x00\x20\x00", b"\x00\x10\x7f\xf8a", b"\x00\x07\x00"):
        with pytest.raises(Malformed):
            split_aac(broken, AacLayout())


@quick
@given(st.lists(st.binary(min_size=1, max_size=60), max_size=40), st.booleans())
def test_any_payloads(payloads: list[bytes], h265: bool) -> None:
    joiner = nal.Joiner(h265=h265)
    for payload in payloads:
        try:
            joiner.add(payload)
        except Malformed:
            joiner.clear()


@quick
@given(st.lists(st.binary(max_size=80), max_size=40), st.sampled_from(["H264", "H265", AAC, OPUS]))
def test_any_packets(packets: list[bytes], encoding: str) -> None:
    receiver = Receiver(Format(encoding, 90_000))
    for nth, data in enumerate(packets):
        receiver.take(data)
        whole = rtp.pack(Packet(nth % 3 == 0, 96, nth, nth // 2, 1, data))
        for unit in receiver.take(whole):
            assert unit.parts


@quick
@given(st.binary(max_size=120), st.booleans())
def test_any_parameter_set(data: bytes, h265: bool) -> None:
    try:
        picture = picture_of(data, h265=h265)
    except Malformed:
        return
    assert 0 < picture.width <= 16_384
    assert 0 < picture.height <= 16_384
    assert picture.chroma <= 3


FRAGMENT = b"\x7c\x05" + bytes(1400)


@pytest.mark.parametrize(
    ("begin", "more", "count"), [(b"\x61\x00", b"\x61\x00", 600), (b"\x7c\x85\x00", FRAGMENT, 4000)]
)
def test_limits_of_a_picture(begin: bytes, more: bytes, count: int) -> None:
    joiner = nal.Joiner(h265=False)
    joiner.add(begin)
    with pytest.raises(Malformed):
        _add_often(joiner, more, count)


def _add_often(joiner: nal.Joiner, payload: bytes, count: int) -> None:
    for _ in range(count):
        joiner.add(payload)


@quick
@given(st.lists(st.integers(-20_000, 200_000), max_size=60), st.integers(0, 2**32 - 1))
def test_the_unwrapped_clock_never_falls(steps: list[int], start: int) -> None:
    clock, now, before = Unwrapped(90_000), start, -1
    for step in steps:
        now += step
        found = clock(now & 0xFFFFFFFF)
        assert found >= before
        before = found


def test_the_clock_goes_through_its_wrap_and_over_a_restart() -> None:
    clock = Unwrapped(90_000)
    first = clock(0xFFFFFFFF - 4000)
    assert clock(5000) - first == 9001
    jumped = clock(3_000_000_000)
    assert jumped - first == 9002
    assert clock(3_000_009_000) - jumped == 9000


def test_reports() -> None:
    report = rtp.SenderReport(7, 1_800_000_000_250_000, 1234, 5, 6)
    found = rtp.sender_report(rtp.pack_sender_report(report))
    assert found is not None
    assert abs(found.ntp_us - report.ntp_us) <= 1
    assert (found.ssrc, found.rtp, found.packets, found.octets) == (7, 1234, 5, 6)
    assert rtp.sender_report(rtp.pack_receiver_report(1, 2, 3, 4)) is None


@quick
@given(st.binary(max_size=100))
def test_any_report(data: bytes) -> None:
    for body in (data, b"\x80\xc8\x00\x06" + data):
        with contextlib.suppress(Malformed):
            rtp.sender_report(body)
    with contextlib.suppress(Malformed):
        rtp.unpack(data)
