"""Streams made of streams: what every browser takes, smaller, covered; slow work drops, and never blocks."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, Mask, SourceFault, Track
from jedel.media.still import jpeg_of
from jedel.media.streams import LIVE
from jedel.media.transcode import Transcode
from jedel.media.transcode.decode import Decoder
from jedel.media.transcode.masks import Cover, covered
from jedel.media.transcode.video import MACROBLOCKS_MAX, VideoMaker, size_for
from rtsp.sps import picture_of
from tests.media.made import sound, video
from tests.media.playing import Playing, Seen, made
from tests.support import eventually, in_proportion

CORNER = Mask(((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)))


async def through(
    tracks: list[Track],
    units: list[AccessUnit],
    accepts: frozenset[Codec] = LIVE,
    masks: tuple[Mask, ...] = (),
    *,
    late_us: int = -60_000_000,
) -> Seen:
    """All that comes out of these units, given at once; by default so early that none is late."""
    base, out, seen = Hub(), Hub(), Seen()
    out.add(seen)
    base.begin(tracks)
    work = asyncio.ensure_future(Transcode(base, accepts, masks).run(out))
    await asyncio.sleep(0)
    for unit in units:
        base.publish(replace(unit, at_us=time.time_ns() // 1000 - late_us))
    base.end()
    with pytest.raises(SourceFault):
        await work
    return seen


def pictures(seen: Seen) -> list[np.ndarray]:
    tracks = seen.tracks[-1]
    number = next(n for n, track in enumerate(tracks) if track.video)
    decoder, found = Decoder(tracks[number]), []
    for unit in seen.units:
        if unit.track == number:
            found += [frame.to_ndarray(format="gray") for frame in decoder.decode(unit)]
    return found + [frame.to_ndarray(format="gray") for frame in decoder.flush()]


@pytest.mark.parametrize("codec", [Codec.H265, Codec.VP8, Codec.VP9])
async def test_a_picture_that_does_not_fit_comes_out_as_h264(codec: Codec) -> None:
    track, units = video(codec, 20, size=(320, 240))
    seen = await through([track], units, frozenset({Codec.H264}))
    (out,) = seen.tracks[0]
    assert (out.codec, out.width, out.height) == (Codec.H264, 320, 240)
    assert picture_of(out.parameters[0]).width == 320
    assert out.parameters[0][1] == 66  # baseline
    assert out.parameters[0][2] & 0x40  # constrained
    found = pictures(seen)
    assert found[0].shape == (240, 320)
    assert found[0][120, 300] < 60 < found[0][120, 8]  # the bright bar is where it was
    assert seen.units[0].keyframe


async def test_what_fits_leaves_as_it_came() -> None:
    picture, units = video(Codec.H264, 10)
    tone, packets = sound(Codec.AAC, 1)
    seen = await through([picture, tone], sorted([*units, *packets], key=lambda unit: unit.at_us))
    assert seen.tracks[0] == (picture, Track(Codec.OPUS, 48_000, 1))
    assert [unit.parts for unit in seen.units if unit.track == 0] == [unit.parts for unit in units]
    heard = [unit for unit in seen.units if unit.track == 1]
    assert len(heard) > 30
    assert {b.rtp - a.rtp for a, b in pairwise(heard)} == {960}
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    samples = np.concatenate(
        [frame.to_ndarray().ravel() for unit in heard for frame in decoder.decode(av.Packet(unit.parts[0]))]
    ).astype(float)
    loudest = np.argmax(np.abs(np.fft.rfft(samples[4800:28_800])))
    assert abs(loudest * 2 - 440) < 5  # Hz: 24,000 samples of 48 kHz


async def test_no_more_than_fifteen_a_second_and_no_larger() -> None:
    track, units = video(Codec.H264, 16, size=(1920, 1080), gop=60)
    seen = await through([track], units, frozenset())
    (out,) = seen.tracks[0]
    assert (out.width, out.height) == (1280, 720)
    assert 6 <= len(seen.units) <= 10


@pytest.mark.parametrize(
    "size",
    [(1920, 1080), (2560, 1920), (640, 480), (704, 576), (3, 3), (4000, 20), (600, 4000), (1280, 960)],
)
def test_sizes(size: tuple[int, int]) -> None:
    width, height = size_for(*size)
    assert width % 2 == height % 2 == 0
    assert width <= 1280
    assert ((width + 15) // 16) * ((height + 15) // 16) <= MACROBLOCKS_MAX


async def test_masks_cover_each_picture() -> None:
    track, units = video(Codec.H264, 20, size=(320, 240))
    for seen in (
        await through([track], units, masks=(CORNER,)),
        await through([track], units, frozenset(Codec), (CORNER,)),  # though it would fit
    ):
        found = pictures(seen)
        assert len(found) >= 10
        for picture in found:
            assert picture[:114, :154].max() < 12
            assert picture[130:].max() > 200


async def test_a_picture_of_a_still_is_covered() -> None:
    track, units = video(Codec.H265, 1, size=(320, 240))
    data = jpeg_of(track, units[0], (CORNER,))
    assert data is not None
    assert data.startswith(b"\xff\xd8")
    (frame,) = av.CodecContext.create("mjpeg", "r").decode(av.Packet(data))
    picture = frame.to_ndarray(format="gray")
    assert picture[:114, :154].max() < 12
    assert picture[130:, :8].min() > 200
    assert jpeg_of(track, replace(units[0], parts=(b"\x40\x01garbage",)), ()) is None


def test_masks_cover_more_rather_than_less() -> None:
    mask = covered([CORNER], 100, 100)
    assert mask[:52, :52].all()
    assert not mask[53:].any()
    crossing = Mask(((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9), (0.1, 0.1), (0.9, 0.1), (0.9, 0.9)))
    assert covered([crossing], 100, 100)[20:80, 20:80].all()
    assert covered([Mask(((0.5, 0.5), (0.6, 0.6)))], 10, 10).all()  # no area: everything
    cover = Cover([CORNER], 64, 48)
    frame = av.VideoFrame.from_ndarray(np.full((72, 64), 200, np.uint8), format="yuv420p")
    drawn = cover.draw(frame).to_ndarray()
    assert (drawn[:24, :32] == 16).all()
    assert (drawn[27:48] == 200).all()
    assert (frame.to_ndarray() == 200).all()  # the decoder's own picture is as it was


async def test_what_comes_too_late_is_not_shown_and_far_behind_only_keyframes_are() -> None:
    track, units = video(Codec.H265, 50, gop=10)
    late = await through([track], units, late_us=500_000)
    assert len(late.units) == 1  # the first, so that there is a picture at all
    lost = await through([track], units, late_us=5_000_000)
    assert 4 <= len(lost.units) <= 5


async def test_slow_work_is_not_in_the_loops_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture takes longer than there is: the loop goes on, what waits is bounded, newest ones come."""
    work = VideoMaker.make

    def slow(self: VideoMaker, unit: AccessUnit, *, encode: bool = True) -> object:
        time.sleep(0.12)  # a thread of its own, as a long encode
        return work(self, unit, encode=encode)

    monkeypatch.setattr(VideoMaker, "make", slow)
    base, out, seen = Hub(), Hub(), Seen()
    out.add(seen)
    tasks = [
        asyncio.ensure_future(Playing(made(Codec.H265)).run(base)),
        asyncio.ensure_future(Transcode(base, LIVE, ()).run(out)),
    ]
    lags: list[float] = []

    async def some() -> bool:
        began = time.monotonic()
        await asyncio.sleep(0.005)
        lags.append(time.monotonic() - began - 0.005)
        return len(seen.units) >= 3

    await eventually(some, within_s=30)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert sorted(lags)[len(lags) // 2] < in_proportion(0.02)


async def test_garbage_gives_nothing_and_ends_nothing() -> None:
    track, units = video(Codec.H265, 30, gop=10)
    broken = [
        replace(unit, parts=(b"\x26\x01" + bytes(range(200)),)) if 5 < n < 15 else unit
        for n, unit in enumerate(units)
    ]
    seen = await through([track], broken)
    assert len(seen.units) > 5
    assert seen.ended is False


async def test_a_fault_of_the_base_is_a_fault_here() -> None:
    base, out, seen = Hub(), Hub(), Seen()
    base.pause(Fault.CREDENTIALS)
    out.add(seen)
    task = asyncio.ensure_future(Transcode(base, LIVE, ()).run(out))

    async def said() -> bool:
        return seen.faults == [Fault.CREDENTIALS]

    await eventually(said)
    base.pause(Fault.UNREACHABLE)

    async def again() -> bool:
        return seen.faults == [Fault.CREDENTIALS, Fault.UNREACHABLE]

    await eventually(again)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert base.sinks == 0
