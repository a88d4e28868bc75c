"""Recordings read back: from a keyframe, at the right time, as recorded or made anew."""

import io
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import av
import numpy as np
import pytest

from jedel.media.model import AccessUnit, Codec, Mask
from jedel.media.recording.model import path_of
from jedel.media.recording.reading import Reel, Wish, open_reel
from jedel.media.recording.writer import SegmentWriter
from tests.media.made import START_US, sound, video

STREAM = f"camera/{uuid4()}/main"
S = 1_000_000


def recorded(folder: Path, picture: Codec, voice: Codec | None = None, seconds: int = 12) -> list[str]:
    track, units = video(picture, seconds * 25)
    tracks, both = [track], list(units)
    if voice is not None:
        tone, packets = sound(voice, seconds)
        tracks.append(tone)
        both = sorted([*units, *packets], key=lambda unit: unit.at_us)
    writer = SegmentWriter(folder, STREAM, segment_s=4)
    done = writer.take([tuple(tracks), *both], both[-1].at_us) + writer.close()
    return [path_of(STREAM, segment.start) for segment in done]


def opened(folder: Path, paths: list[str], wish: Wish) -> tuple[Reel, bytes]:
    reel = open_reel(folder, paths, wish)
    assert reel is not None
    return reel, b"".join(reel.chunks)


def times(data: bytes) -> list[float]:
    with av.open(io.BytesIO(data), "r") as container:
        return [frame.time or 0.0 for frame in container.decode(video=0)]


def test_from_the_keyframe_before_the_moment_across_files(tmp_path: Path) -> None:
    paths = recorded(tmp_path, Codec.H264, Codec.AAC)
    wish = Wish(START_US + 3_500_000, START_US + 9 * S, START_US - 10 * S)
    reel, data = opened(tmp_path, paths, wish)
    assert reel.from_us == START_US + 3 * S
    assert reel.until_us == pytest.approx(START_US + 9 * S, abs=600_000)
    assert reel.codecs.startswith("avc1.")
    assert reel.codecs.endswith(",mp4a.40.2")
    assert reel.paths == tuple(paths)
    found = times(data)
    assert found[0] == pytest.approx(13.0, abs=0.001)
    assert all(b - a == pytest.approx(0.04, abs=0.001) for a, b in pairwise(found))
    assert found[-1] >= 18.4


def test_nothing_there_is_nothing(tmp_path: Path) -> None:
    paths = recorded(tmp_path, Codec.H264, seconds=5)
    for since in (START_US - 100 * S, START_US + 100 * S):
        assert open_reel(tmp_path, paths, Wish(since, since + S, since)) is None
    assert open_reel(tmp_path, [], Wish(START_US, START_US + S, START_US)) is None
    (tmp_path / paths[0]).unlink()
    reel, _ = opened(tmp_path, paths, Wish(START_US, START_US + 10 * S, START_US))
    assert reel.from_us == START_US + 4 * S


def test_a_file_that_is_still_written_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    track, units = video(Codec.H264, 100)
    writer = SegmentWriter(tmp_path, STREAM)
    assert writer.take([(track,), *units], units[-1].at_us) == []
    path = str(next(tmp_path.rglob("*.mp4")).relative_to(tmp_path))
    reel, data = opened(tmp_path, [path], Wish(START_US + 3 * S, START_US + 60 * S, START_US))
    assert len(times(data)) >= 10
    assert reel.until_us <= START_US + 4 * S


def test_what_a_browser_does_not_take_is_left_out_or_made_anew(tmp_path: Path) -> None:
    paths = recorded(tmp_path, Codec.H265, Codec.PCMA)
    wish = Wish(START_US, START_US + 3 * S, START_US)
    reel, _ = opened(tmp_path, paths, wish)
    assert reel.codecs.startswith("hvc1.")
    assert "," not in reel.codecs
    whole, data = opened(tmp_path, paths, Wish(START_US, START_US + 3 * S, START_US, browser=False))
    assert whole.codecs.endswith(",alaw")
    anew, data = opened(tmp_path, paths, Wish(START_US, START_US + 3 * S, START_US, remake=True))
    assert anew.codecs.startswith("avc1.")
    assert anew.codecs.endswith(",opus")
    found = times(data)
    assert found[0] == pytest.approx(0.0, abs=0.01)
    assert found[-1] == pytest.approx(3.0, abs=0.2)
    with av.open(io.BytesIO(data), "r") as container:
        heard = list(container.decode(audio=0))
    assert sum(frame.samples for frame in heard) == pytest.approx(3 * 48_000, rel=0.1)


def test_masks_are_drawn_in(tmp_path: Path) -> None:
    paths = recorded(tmp_path, Codec.H264)
    left = Mask(((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    wish = Wish(START_US + 2 * S, START_US + 6 * S, START_US, masks=(left,))
    reel, data = opened(tmp_path, paths, wish)
    assert reel.from_us == START_US + 2 * S
    with av.open(io.BytesIO(data), "r") as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(frames) >= 4 * 12
    assert all(int(np.max(frame[:, : frame.shape[1] // 2 - 8])) < 40 for frame in frames)
    assert float(np.mean(frames[-1][:, frames[-1].shape[1] // 2 + 8 :])) > 40


def test_where_the_size_changes_the_reel_ends(tmp_path: Path) -> None:
    small, first = video(Codec.H264, 50)
    large, second = video(Codec.H264, 50, size=(320, 240), start_us=START_US + 2 * S)
    second = [AccessUnit(0, u.rtp + 180_000, u.at_us, u.keyframe, u.parts) for u in second]
    writer = SegmentWriter(tmp_path, STREAM)
    done = writer.take([(small,), *first, (large,), *second], START_US + 9 * S) + writer.close()
    paths = [path_of(STREAM, segment.start) for segment in done]
    reel, _ = opened(tmp_path, paths, Wish(START_US, START_US + 9 * S, START_US))
    assert reel.until_us == pytest.approx(START_US + 2 * S, abs=1000)
    after, _ = opened(tmp_path, paths, Wish(reel.until_us, START_US + 9 * S, START_US))
    assert after.from_us == pytest.approx(START_US + 2 * S, abs=1000)
