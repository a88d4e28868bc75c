"""Cameras that are not ours: GStreamer's RTSP server with what cameras do, and ipycam."""

import shutil
import threading
from collections.abc import AsyncIterator
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from ipycam.rtsp import NativeRTSPServer
from prometheus_client import REGISTRY

from jedel.app.embedded.child import free_port
from jedel.media.model import Codec, Fault
from jedel.media.sources.rtsp import RtspSource
from tests.media.rtsp_support import fault_of, pulled, spec
from tests.support import gst

with_gst = pytest.mark.skipif(bool(gst.missing()), reason=gst.missing() or "there")


@pytest.fixture(scope="module")
async def camera() -> AsyncIterator[gst.GstServer]:
    mounts = {"/h264": gst.H264, "/h265": gst.H265, "/aac": gst.AAC, "/opus": gst.OPUS, "/pcmu": gst.PCMU}
    mounts |= {"/sound": gst.SOUND_ONLY}
    async with gst.serving({path: {"launch": launch} for path, launch in mounts.items()}) as server:
        yield server


def losses() -> list[float]:
    names = ("lost_packets", "damaged_pictures")
    return [REGISTRY.get_sample_value(f"jedel_media_{name}_total") or 0 for name in names]


@with_gst
async def test_a_camera_gives_whole_pictures(camera: gst.GstServer) -> None:
    before, source = losses(), RtspSource(spec(camera.url("/h264")))
    async with pulled(source) as seen:
        await seen.until(lambda: len(seen.units) >= 25 and source.clock_error_s is not None)
    (track,) = seen.begun[0]
    assert (track.codec, track.width, track.height, track.clock_rate) == (Codec.H264, 320, 240, 90_000)
    assert len(track.parameters) == 2
    assert seen.units[0].keyframe
    steps = [b.rtp - a.rtp for a, b in pairwise(seen.units)]
    assert 8_000 <= median(steps) <= 10_000  # ten a second
    assert min(steps) > 0
    assert sum(unit.keyframe for unit in seen.units) >= 2
    assert losses() == before
    assert source.clock_error_s is not None
    assert abs(source.clock_error_s) < 5


@with_gst
async def test_a_camera_with_h265(camera: gst.GstServer) -> None:
    async with pulled(RtspSource(spec(camera.url("/h265")))) as seen:
        await seen.until(lambda: len(seen.units) >= 12)
    (track,) = seen.begun[0]
    assert (track.codec, track.width, track.height) == (Codec.H265, 320, 240)
    assert [part[0] >> 1 for part in track.parameters] == [32, 33, 34]
    assert seen.units[0].keyframe


@with_gst
@pytest.mark.parametrize(
    ("path", "codec", "rate"),
    [("/aac", Codec.AAC, 44_100), ("/opus", Codec.OPUS, 48_000), ("/pcmu", Codec.PCMU, 8_000)],
)
async def test_a_camera_with_sound(camera: gst.GstServer, path: str, codec: Codec, rate: int) -> None:
    async with pulled(RtspSource(spec(camera.url(path)))) as seen:
        await seen.until(lambda: sum(unit.track == 1 for unit in seen.units) >= 20)
    sound = seen.begun[0][1]
    assert (sound.codec, sound.clock_rate) == (codec, rate)
    units = [unit for unit in seen.units if unit.track == 1]
    assert all(unit.parts[0] for unit in units)
    times = [unit.rtp for unit in units]
    assert times == sorted(times)
    spoken = (times[-1] - times[0]) / rate
    assert abs(spoken - (units[-1].at_us - units[0].at_us) / 1e6) < 2


@with_gst
async def test_a_camera_that_wants_digest() -> None:
    right = 's3:cret"x'
    told = {"/locked": {"launch": gst.H264, "user": "operator", "password": right}}
    async with gst.serving(told) as camera:
        url = camera.url("/locked")
        for user, password in (("operator", "wrong"), ("nobody", right), ("", "")):
            fault = await fault_of(RtspSource(spec(url, user, password)))
            assert fault.fault is Fault.CREDENTIALS
            assert right not in str(fault)
        async with pulled(RtspSource(spec(url, "operator", right))) as seen:
            await seen.until(lambda: len(seen.units) >= 5)


@with_gst
async def test_another_resolution_in_the_middle(camera: gst.GstServer) -> None:
    async with pulled(RtspSource(spec(camera.url("/h264")))) as seen:
        await seen.until(lambda: len(seen.units) >= 5)
        await camera.size("/h264", 480, 360)
        await seen.until(lambda: len(seen.begun) == 2 and len(seen.units) >= seen.begun_at[1] + 5)
    assert [(tracks[0].width, tracks[0].height) for tracks in seen.begun] == [(320, 240), (480, 360)]
    assert seen.units[seen.begun_at[1]].keyframe
    times = [unit.rtp for unit in seen.units]
    assert times == sorted(times)


@with_gst
async def test_what_is_not_there(camera: gst.GstServer) -> None:
    assert (await fault_of(RtspSource(spec(camera.url("/nothing"))))).fault is Fault.NOT_FOUND


@with_gst
async def test_nothing_but_sound(camera: gst.GstServer) -> None:
    assert (await fault_of(RtspSource(spec(camera.url("/sound"))))).fault is Fault.CODEC


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ipycam encodes with ffmpeg, which is not installed")
async def test_ipycam() -> None:
    port, over = free_port(), threading.Event()
    camera = NativeRTSPServer(port, "127.0.0.1")
    camera.add_stream("main", 320, 240, 10, "500K")
    assert camera.start()

    def film() -> None:
        n = 0
        while not over.wait(0.1):
            picture = np.full((240, 320, 3), n % 255, np.uint8)
            picture[:, n % 320] = 255
            camera.stream_frame("main", picture)
            n += 7

    films = threading.Thread(target=film)
    films.start()
    try:
        # it encodes before it answers
        camera_spec = spec(f"rtsp://127.0.0.1:{port}/main")
        source = RtspSource(camera_spec, silence_s=20, first_s=30, answer_s=30)
        async with pulled(source) as seen:
            await seen.until(lambda: len(seen.units) >= 12, 90)
    finally:
        over.set()
        films.join()
        camera.stop()
    assert (seen.begun[0][0].codec, seen.begun[0][0].width) == (Codec.H264, 320)
    assert seen.units[0].keyframe
