"""Viewers by bytes: what is cut once for all of them can be played by each, from wherever he comes in."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import av
import orjson
import pytest

from jedel.media import mse
from jedel.media.fmp4 import parse_fragments
from jedel.media.model import AccessUnit, Codec, Fault, Track
from jedel.media.mse import MseViewer, Muxer
from tests.media.made import sound, video


async def drained(viewer: MseViewer) -> list[str | bytes]:
    found: list[str | bytes] = []
    messages: AsyncIterator[str | bytes] = viewer.__aiter__()
    while True:
        try:
            found.append(await asyncio.wait_for(anext(messages), 0.05))
        except (TimeoutError, StopAsyncIteration):
            return found


def fill(muxer: Muxer, tracks: list[Track], units: list[AccessUnit], until: int | None = None) -> None:
    for unit in units[:until]:
        muxer.take(unit)


def frames(messages: list[str | bytes]) -> tuple[int, int]:
    """Pictures decoded, and their width."""
    data = b"".join(message for message in messages if isinstance(message, bytes))
    with av.open(io.BytesIO(data), "r") as file:
        found = list(file.decode(video=0))
    return len(found), found[0].width


async def test_who_comes_late_begins_with_the_last_keyframe() -> None:
    track, units = video(Codec.H264, 60, fps=25, gop=25)
    muxer, first, late = Muxer(masked=True), MseViewer(True), MseViewer(True)
    muxer.add(first)
    muxer.begin([track])
    fill(muxer, [track], units, 55)
    muxer.add(late)
    fill(muxer, [track], units[55:])
    seen, seen_late = await drained(first), await drained(late)
    head = orjson.loads(str(seen[0]))
    assert head == {"mime": f'video/mp4; codecs="{head["mime"][19:-1]}"', "masked": True}
    assert head["mime"].startswith('video/mp4; codecs="avc1.')
    assert frames(seen) == (59, 160)  # the newest waits for the one behind it
    assert frames(seen_late) == (9, 160)


async def test_tracks_in_any_order_sound_that_does_not_fit_left_out() -> None:
    picture, units = video(Codec.H264, 30, track=2)
    opus, packets = sound(Codec.OPUS, 1.2, track=0)
    pcm, others = sound(Codec.PCMU, 1.2, track=1)
    muxer, viewer = Muxer(masked=False), MseViewer(False)
    muxer.begin([opus, pcm, picture])
    muxer.add(viewer)
    fill(muxer, [], sorted([*units, *packets, *others], key=lambda unit: unit.at_us))
    seen = await drained(viewer)
    assert "opus" in str(seen[0])
    data = b"".join(message for message in seen if isinstance(message, bytes))
    with av.open(io.BytesIO(data), "r") as file:
        assert len(file.streams.audio) == 1
        assert len(list(file.decode(audio=0))) > 40
    assert frames(seen)[0] > 25


async def test_another_size_is_said_anew() -> None:
    small, units = video(Codec.H264, 10)
    _, others = video(Codec.H264, 10, size=(320, 240))
    shift = units[-1].rtp + 3600
    muxer, viewer = Muxer(masked=False), MseViewer(False)
    muxer.add(viewer)
    muxer.begin([small])
    fill(muxer, [], units)
    after = [replace(unit, rtp=unit.rtp + shift, at_us=unit.at_us + 400_000) for unit in others]
    fill(muxer, [], after)  # without a word of the source: the keyframe says it
    seen = await drained(viewer)
    heads = [n for n, message in enumerate(seen) if isinstance(message, str)]
    assert len(heads) == 2
    assert frames(seen[: heads[1]])[1] == 160
    assert frames(seen[heads[1] :])[1] == 320


async def test_a_source_that_begins_anew_goes_on_in_the_players_time() -> None:
    track, units = video(Codec.H264, 25, gop=25)
    muxer, viewer = Muxer(masked=False), MseViewer(False)
    muxer.add(viewer)
    muxer.begin([track])
    fill(muxer, [], units)
    muxer.pause(Fault.UNREACHABLE)
    muxer.begin([track])
    fill(muxer, [], [replace(unit, at_us=unit.at_us + 5_000_000) for unit in units])  # its clock is the same
    data = b"".join(message for message in await drained(viewer) if isinstance(message, bytes))
    times = [run.base / 90_000 for part in parse_fragments(data)[0] for run in part.runs]
    assert len(times) == 48
    assert abs(times[24] - 5.0) < 0.05
    assert sorted(times) == times


async def test_only_sound() -> None:
    opus, packets = sound(Codec.OPUS, 1, track=0)
    muxer, viewer = Muxer(masked=False), MseViewer(False)
    muxer.begin([opus])
    muxer.add(viewer)
    fill(muxer, [], packets)
    assert len(await drained(viewer)) >= 2 + len(packets) // mse.SOUND_UNITS - 1


async def test_who_is_too_slow_loses_up_to_the_next_keyframe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mse, "WAITING_BYTES_MAX", 4000)
    track, units = video(Codec.H264, 100, gop=10)
    muxer, slow = Muxer(masked=False), MseViewer(False)
    muxer.begin([track])
    muxer.add(slow)
    fill(muxer, [track], units)
    assert slow.dropped > 50
    first = await drained(slow)
    fill(muxer, [track], [replace(u, rtp=u.rtp + 400_000, at_us=u.at_us + 4_444_444) for u in units])
    second = await drained(slow)
    assert isinstance(second[0], bytes)
    head = next(message for message in first if isinstance(message, bytes))
    assert frames([head, *second])[0] > 1  # it begins with a keyframe


async def test_without_parameters_nothing_is_said_until_a_keyframe_has_them() -> None:
    track, units = video(Codec.H264, 30, gop=10)
    bare = replace(track, parameters=(), width=0, height=0)
    muxer, viewer = Muxer(masked=False), MseViewer(False)
    muxer.begin([bare])
    muxer.add(viewer)
    stripped = [
        replace(unit, parts=tuple(p for p in unit.parts if p[0] & 31 not in {7, 8})) for unit in units
    ]
    fill(muxer, [], stripped[:10])
    assert await drained(viewer) == []
    fill(muxer, [], units[10:])
    assert frames(await drained(viewer))[0] == 19
