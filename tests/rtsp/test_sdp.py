"""Session descriptions: cameras' own, ours, and what is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtsp import sdp
from rtsp.errors import Malformed
from rtsp.payloads import AAC, Format, format_of, media_of, with_parameters
from tests.rtsp import made

quick = settings(max_examples=40, deadline=None)

SETS = b"Z01AKI2NQDwBE/LgLcBAQFAAAD6AAAw1DoYACYFAABfXgu8uNDAATAoAAL68F3lwoA==,aO44gA=="
HIKVISION = (
    b"""v=0\r
o=- 1698923893493437 1698923893493437 IN IP4 10.0.0.64\r
s=Media Presentation\r
e=NONE\r
b=AS:5100\r
t=0 0\r
a=control:rtsp://10.0.0.64:554/Streaming/Channels/101/\r
m=video 0 RTP/AVP 96\r
c=IN IP4 0.0.0.0\r
b=AS:5000\r
a=recvonly\r
a=x-dimensions:1920,1080\r
a=control:rtsp://10.0.0.64:554/Streaming/Channels/101/trackID=1\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=SETS\r
m=audio 0 RTP/AVP 8\r
a=control:trackID=2\r
a=Media_header:MEDIAINFO=494D4B48010200000400000111710110401F000000FA0000;\r
m=application 0 RTP/AVP 107\r
a=rtpmap:107 vnd.onvif.metadata/90000\r
a=control:trackID=3\r
"""
).replace(b"SETS", SETS)


def test_a_cameras_description() -> None:
    found = sdp.parse(HIKVISION)
    assert found.name == "Media Presentation"
    assert found.control.endswith("/101/")
    video, sound, metadata = found.medias
    assert (video.encoding, video.clock_rate, video.payload_type) == ("H264", 90_000, 96)
    assert video.control.endswith("trackID=1")
    assert (sound.encoding, sound.clock_rate, sound.channels) == ("PCMA", 8_000, 1)
    assert format_of(metadata) is None
    picture = format_of(video)
    assert picture is not None
    assert (picture.width, picture.height, len(picture.parameters)) == (1920, 1080, 2)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_what_we_describe_we_read_again(codec: str) -> None:
    picture = made.format_of(codec)
    sound = Format(AAC, 44_100, 2, (bytes.fromhex("1210"),))
    media = [
        media_of(picture, "track0"),
        media_of(sound, "track1"),
        media_of(Format("PCMU", 8000, 1), "track2"),
    ]
    found = sdp.parse(sdp.write(media, "camera"))
    assert [format_of(each) for each in found.medias] == [picture, sound, Format("PCMU", 8000, 1)]
    assert [each.control for each in found.medias] == ["track0", "track1", "track2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"v=0\r\nm=video 0\r\n",
        b"v=0\r\nm=video 0 RTP/AVP x\r\n",
        b"v=0\r\nm=video 0 RTP/AVP 999\r\n",
        b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264\r\n",
        b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/0\r\n",
        b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/99999999999999\r\n",
        b"v=0\r\n" + b"m=video 0 RTP/AVP 96\r\n" * 17,
        b"v=0\r\n" + b"a=x\r\n" * 40_000,
    ],
)
def test_what_is_no_description(body: bytes) -> None:
    with pytest.raises(Malformed):
        sdp.parse(body)


def test_parameter_sets_that_cannot_be_read_are_waited_for_in_the_stream() -> None:
    for sets in (b"!!!", b"Z01AKI2NQDwBE", b"AAAA,BBBB", b"Zw==,aA=="):
        body = (
            b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=" + sets
        )
        (media,) = sdp.parse(body).medias
        found = format_of(media)
        assert found is not None
        assert not found.complete


@quick
@given(st.binary(max_size=600) | st.text(max_size=600).map(str.encode))
def test_any_bytes(body: bytes) -> None:
    _read(body)
    _read(b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 " + body)


@quick
@given(st.data())
def test_mutated_descriptions(draw: st.DataObject) -> None:
    data = bytearray(HIKVISION)
    for _ in range(draw.draw(st.integers(1, 12))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    _read(bytes(data))


def _read(body: bytes) -> None:
    try:
        for media in sdp.parse(body).medias:
            format_of(media)
    except Malformed:
        pass


@quick
@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_parameter_sets(sets: list[bytes]) -> None:
    for encoding in ("H264", "H265"):
        heads = [bytes((kind,)) for kind in (0x67, 0x68, 0x40, 0x42, 0x44)]
        for head in heads:
            kept = tuple(head + each for each in sets)
            found = with_parameters(Format(encoding, 90_000), (*kept, b"\x67", b"\x68\x80"))
            assert 0 <= found.width <= 16_384
