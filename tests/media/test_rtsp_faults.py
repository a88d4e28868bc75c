"""What cameras do wrong, and what a source says of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest
from prometheus_client import REGISTRY

from jedel.app.embedded.child import free_port
from jedel.media.model import Codec, Fault, SourceFault
from jedel.media.sources.rtsp import RtspSource
from simulator.cameras import Cameras, Config, Place, Trouble
from tests.media.rtsp_support import fault_of, pulled, quick, rude, slow_link, spec

Answer = Callable[[bytes, asyncio.StreamWriter], None]
SDP = b"v=0\r\ns=-\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 %s/90000\r\na=control:%s\r\n"


@pytest.fixture(scope="module")
async def cameras() -> AsyncIterator[Cameras]:
    places = (Place("corridor", "corridor"), Place("street", "street", heading=90), Place("post", "post"))
    async with Cameras(Config(places, "camera", "secret")) as all_of_them:
        yield all_of_them


@pytest.fixture(autouse=True)
def well_again(cameras: Cameras) -> None:
    for name in cameras.streams:
        cameras.trouble(name, None)


def counted(what: str) -> float:
    return REGISTRY.get_sample_value(f"jedel_media_{what}_total") or 0


def source(cameras: Cameras, name: str, stream: str = "sub", silence_s: float = 8.0) -> RtspSource:
    return RtspSource(spec(cameras.url(name, stream), "camera", "secret"), silence_s=silence_s, first_s=15.0)


async def test_the_first_picture_comes_before_the_film_is_made(cameras: Cameras) -> None:
    began = time.monotonic()
    async with pulled(source(cameras, "street")) as seen:
        await seen.until(lambda: bool(seen.units))
        first_s = time.monotonic() - began
        await seen.until(lambda: len(seen.units) >= 15)
    (track,) = seen.begun[0]
    assert (track.codec, track.width, track.height) == (Codec.H264, 640, 360)
    assert seen.units[0].keyframe
    assert first_s < 5  # it is some 50 ms on a machine that does nothing else


async def test_main_is_larger(cameras: Cameras) -> None:
    async with pulled(source(cameras, "street", "main")) as seen:
        await seen.until(lambda: len(seen.units) >= 2)
    assert (seen.begun[0][0].width, seen.begun[0][0].height) == (1280, 720)


async def test_what_a_camera_describes_is_known_before_its_first_picture(cameras: Cameras) -> None:
    cameras.trouble("corridor", Trouble.STOP)
    async with pulled(source(cameras, "corridor")) as seen:
        await seen.until(lambda: bool(seen.begun))
        assert seen.units == []
        assert [(each.codec, each.width, each.height) for each in seen.begun[0]] == [(Codec.H264, 640, 360)]
        assert seen.begun[0][0].parameters
        cameras.trouble("corridor", None)
        await seen.until(lambda: bool(seen.units))
    assert len(seen.begun) == 1


async def test_wrong_credentials_and_unknown_cameras(cameras: Cameras) -> None:
    fault = await fault_of(RtspSource(spec(cameras.url("corridor"), "camera", "guess")))
    assert fault.fault is Fault.CREDENTIALS
    assert "guess" not in str(fault)
    assert (await fault_of(RtspSource(spec(cameras.url("corridor"))))).fault is Fault.CREDENTIALS
    assert (await fault_of(source(cameras, "cellar"))).fault is Fault.NOT_FOUND


async def test_nobody_there() -> None:
    assert (await fault_of(quick(f"rtsp://127.0.0.1:{free_port()}/"))).fault is Fault.UNREACHABLE


@pytest.mark.parametrize("trouble", [Trouble.STOP, Trouble.GARBAGE, Trouble.GONE])
async def test_a_camera_that_falls_ill_while_it_is_watched(cameras: Cameras, trouble: Trouble) -> None:
    expected = {
        Trouble.STOP: {Fault.NO_FRAMES},
        Trouble.GARBAGE: {Fault.PROTOCOL, Fault.NO_FRAMES},
        Trouble.GONE: {Fault.UNREACHABLE},
    }[trouble]
    watched = source(cameras, "corridor", silence_s=1.5)
    with pytest.raises(SourceFault) as caught:
        await _watched_until_it_ends(watched, lambda: cameras.trouble("corridor", trouble))
    assert caught.value.fault in expected
    cameras.trouble("corridor", None)
    async with pulled(source(cameras, "corridor")) as seen:
        await seen.until(lambda: len(seen.units) >= 3)


async def _watched_until_it_ends(watched: RtspSource, fall_ill: Callable[[], None]) -> None:
    async with pulled(watched) as seen:
        await seen.until(lambda: len(seen.units) >= 3)
        fall_ill()
        await seen.until(lambda: False)


async def test_pictures_with_a_hole_are_dropped_up_to_the_next_keyframe(cameras: Cameras) -> None:
    lost, damaged = counted("lost_packets"), counted("damaged_pictures")
    watched = source(cameras, "post")
    async with pulled(watched) as seen:
        await seen.until(lambda: len(seen.units) >= 2)
        cameras.trouble("post", Trouble.CUT)
        await seen.until(lambda: counted("damaged_pictures") >= damaged + 5)
        mark = len(seen.units)
        await seen.until(lambda: len(seen.units) >= mark + 1)
    assert counted("lost_packets") > lost
    assert all(unit.keyframe for unit in seen.units[mark:])


async def test_another_resolution(cameras: Cameras) -> None:
    async with pulled(source(cameras, "corridor")) as seen:
        await seen.until(lambda: len(seen.units) >= 2)
        cameras.trouble("corridor", Trouble.SIZE)
        await seen.until(lambda: len(seen.begun) == 2 and len(seen.units) > seen.begun_at[1])
        cameras.trouble("corridor", None)
        await seen.until(lambda: len(seen.begun) == 3 and len(seen.units) > seen.begun_at[2])
    assert [tracks[0].width for tracks in seen.begun] == [640, 480, 640]
    times = [unit.rtp for unit in seen.units]
    assert times == sorted(times)


async def test_a_camera_whose_clock_is_wrong_changes_no_time_of_ours(cameras: Cameras) -> None:
    cameras.trouble("corridor", Trouble.CLOCK)
    watched = source(cameras, "corridor")
    began_us = time.time_ns() // 1000
    async with pulled(watched) as seen:
        await seen.until(lambda: len(seen.units) >= 15 and (watched.clock_error_s or 0) > 100)
    assert watched.clock_error_s is not None
    assert abs(watched.clock_error_s - 3600) < 30
    assert all(began_us <= unit.at_us <= time.time_ns() // 1000 for unit in seen.units)


async def test_a_link_of_200_kbit_a_second(cameras: Cameras) -> None:
    """Pictures come late and whole, or not at all; the source neither hangs nor gives pieces."""
    async with slow_link(cameras.port, 200_000 // 8) as port:
        damaged = counted("damaged_pictures")
        watched = RtspSource(
            spec(f"rtsp://127.0.0.1:{port}/corridor", "camera", "secret"), silence_s=8.0, first_s=20.0
        )
        async with pulled(watched) as seen:
            await seen.until(lambda: len(seen.units) >= 6)
    assert seen.units[0].keyframe
    assert counted("damaged_pictures") == damaged


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", Fault.PROTOCOL),
        (b"\x00\x01\x02garbage" * 100, Fault.PROTOCOL),
        (b"RTSP/1.0 abc OK\r\n\r\n", Fault.PROTOCOL),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n", Fault.PROTOCOL),
        (b"RTSP/1.0 200 OK\r\nX: " + b"y" * 40_000, Fault.PROTOCOL),
        (b"RTSP/1.0 500 No\r\nCSeq: 1\r\n\r\nRTSP/1.0 500 No\r\nCSeq: 2\r\n\r\n", Fault.PROTOCOL),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n", Fault.PROTOCOL),
    ],
)
async def test_a_server_that_speaks_something_else(answer: bytes, fault: Fault) -> None:
    async with rude(lambda _, writer: writer.write(answer)) as port:
        assert (await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))).fault is fault


def script(sdp: bytes, describe: bytes = b"RTSP/1.0 200 OK", more: bytes = b"") -> Answer:
    def answer(data: bytes, writer: asyncio.StreamWriter) -> None:
        for request in data.split(b"\r\n\r\n")[:-1]:
            cseq = request.partition(b"CSeq: ")[2].partition(b"\r\n")[0]
            if request.startswith(b"DESCRIBE"):
                writer.write(
                    b"%s\r\nCSeq: %s\r\n%sContent-Length: %d\r\n\r\n%s"
                    % (describe, cseq, more, len(sdp), sdp)
                )
            else:
                writer.write(
                    b"RTSP/1.0 200 OK\r\nCSeq: %s\r\nSession: 7\r\n"
                    b"Transport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n" % cseq
                )

    return answer


async def test_a_redirect_is_not_followed() -> None:
    trap_asked: list[bytes] = []
    async with rude(lambda data, _: trap_asked.append(data)) as trap:
        location = b"Location: rtsp://127.0.0.1:%d/\r\n" % trap
        async with rude(script(b"", b"RTSP/1.0 302 Moved", location)) as port:
            fault = await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))
    assert fault.fault is Fault.PROTOCOL
    assert trap_asked == []


async def test_a_track_of_another_host_is_refused() -> None:
    sdp = SDP % (b"H264", b"rtsp://192.0.2.7/track1")
    async with rude(script(sdp)) as port:
        fault = await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))
    assert (fault.fault, fault.detail) == (Fault.PROTOCOL, "it points to another host")


async def test_only_codecs_that_nobody_carries() -> None:
    async with rude(script(SDP % (b"JPEG", b"track1"))) as port:
        fault = await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))
    assert fault.fault is Fault.CODEC
    assert "JPEG" in fault.detail


async def test_it_plays_and_never_sends_a_picture() -> None:
    async with rude(script(SDP % (b"H264", b"track1"))) as port:
        assert (await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))).fault is Fault.NO_FRAMES


async def test_sound_alone_is_no_sign_of_life() -> None:
    """A camera whose picture stopped is blind, whatever its microphone says."""
    packet = b"\x80\xe0\x00\x01\x00\x00\x00\x00\x00\x00\x00\x07" + b"\x00" * 100

    def answer(data: bytes, writer: asyncio.StreamWriter) -> None:
        script(SDP % (b"H264", b"track1"))(data, writer)
        if b"PLAY" in data:
            writer.write((b"$\x02" + len(packet).to_bytes(2, "big") + packet) * 50)

    async with rude(answer) as port:
        assert (await fault_of(quick(f"rtsp://127.0.0.1:{port}/"))).fault is Fault.NO_FRAMES


async def test_a_camera_whose_challenge_runs_out_is_answered_again() -> None:
    """Many give a new nonce each minute, and end the session of who goes on with the old one."""
    asked: list[bytes] = []

    def answer(data: bytes, writer: asyncio.StreamWriter) -> None:
        nonce = b"new" if asked or b"GET_PARAMETER" in data else b"old"
        for request in data.split(b"\r\n\r\n")[:-1]:
            cseq = request.partition(b"CSeq: ")[2].partition(b"\r\n")[0]
            if request.startswith(b"GET_PARAMETER"):
                asked.append(request)
            if b'nonce="' + nonce not in request and b"rtsp://" in request:
                challenge = b'WWW-Authenticate: Digest realm="c", nonce="%s"\r\n' % nonce
                writer.write(b"RTSP/1.0 401 No\r\nCSeq: %s\r\n%s\r\n" % (cseq, challenge))
                continue
            sdp = SDP % (b"H264", b"track1") if request.startswith(b"DESCRIBE") else b""
            more = b"Session: 7;timeout=2\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n"
            more += b"Public: GET_PARAMETER\r\nContent-Length: %d\r\n" % len(sdp)
            writer.write(b"RTSP/1.0 200 OK\r\nCSeq: %s\r\n%s\r\n" % (cseq, more) + sdp)

    async with rude(answer) as port:
        camera = spec(f"rtsp://127.0.0.1:{port}/", "u", "p")
        fault = await fault_of(RtspSource(camera, silence_s=5.0, first_s=5.0))
    assert fault.fault is Fault.NO_FRAMES
    assert len(asked) >= 2
    assert b'nonce="old"' in asked[0]
    assert b'nonce="new"' in asked[1]
