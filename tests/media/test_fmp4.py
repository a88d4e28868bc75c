"""Fragmented MP4 against real decoders: PyAV, ffprobe, Chromium."""

import contextlib
import io
import json
import shutil
import subprocess

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jedel.media import fmp4
from jedel.media.fmp4_read import tracks_in
from jedel.media.fragmenter import Fragmenter
from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.parameters import described
from tests.media.made import START_US, sound, video

VIDEO = [Codec.H264, Codec.H265, Codec.VP8, Codec.VP9]
SOUND = [Codec.OPUS, Codec.AAC, Codec.PCMU, Codec.PCMA]


def file_of(tracks: list[Track], units: list[AccessUnit], every: int = 25) -> bytes:
    fragmenter = Fragmenter(tracks)
    out = fmp4.init_segment(tracks)
    for number, unit in enumerate(sorted(units, key=lambda unit: unit.at_us), 1):
        fragmenter.add(unit)
        if number % every == 0 and (cut := fragmenter.cut()):
            out += cut.data
    cut = fragmenter.cut(last=True)
    return out + (cut.data if cut else b"")


@pytest.mark.parametrize("codec", VIDEO)
def test_every_picture_is_decoded_at_its_time(codec: Codec) -> None:
    track, units = video(codec, 60)
    with av.open(io.BytesIO(file_of([track], units)), "r") as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 60
    assert [round(frame.time or 0, 3) for frame in frames] == [round(n / 25, 3) for n in range(60)]
    assert (frames[0].width, frames[0].height) == (160, 120)


@pytest.mark.parametrize("codec", SOUND)
def test_sound_beside_the_picture_is_decoded(codec: Codec) -> None:
    pictures, video_units = video(Codec.H264, 50)
    voice, sound_units = sound(codec, 2.0)
    with av.open(io.BytesIO(file_of([pictures, voice], video_units + sound_units)), "r") as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    with av.open(io.BytesIO(file_of([pictures, voice], video_units + sound_units)), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
    assert samples >= voice.clock_rate * 1.9


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not here")
def test_ffprobe_counts_the_same_and_complains_of_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    pictures, video_units = video(Codec.H264, 50)
    voice, sound_units = sound(Codec.AAC, 2.0)
    path = tmp_path / "a.mp4"
    path.write_bytes(file_of([pictures, voice], video_units + sound_units))
    probe = subprocess.run(
        ["ffprobe", "-v", "warning", "-count_frames", "-show_streams", "-of", "json", str(path)],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert probe.stderr == b""
    found = {stream["codec_type"]: stream for stream in json.loads(probe.stdout)["streams"]}
    assert found["video"]["nb_read_frames"] == "50"
    assert found["audio"]["codec_name"] == "aac"


def test_a_stream_that_describes_itself_only_in_the_pictures() -> None:
    for codec in VIDEO:
        track, units = video(codec, 5, size=(320, 240))
        bare = Track(codec, 90_000)
        with pytest.raises(fmp4.Malformed):
            fmp4.init_segment([bare])
        told = described(bare, units[0])
        assert (told.width, told.height) == (320, 240)
        assert told.parameters == track.parameters
        assert described(told, units[0]) is told
        assert described(told, units[1]) is told


def test_a_change_of_size_is_seen() -> None:
    for codec in VIDEO:
        track, _ = video(codec, 2, size=(160, 120))
        _, larger = video(codec, 2, size=(320, 180))
        told = described(track, larger[0])
        assert (told.width, told.height) == (320, 180)


def test_fragments_are_read_back_with_their_wall_clock() -> None:
    track, units = video(Codec.H264, 60)
    data = file_of([track], units)
    start = fmp4.init_end(data)
    assert data[:start] == fmp4.init_segment([track])
    found, end = fmp4.parse_fragments(data, start)
    assert end == len(data)
    assert [f.sequence for f in found] == [1, 2, 3]
    assert sum(len(f.runs[0].samples) for f in found) == 60
    assert [f.at_us - START_US for f in found] == [0, 960_000, 1_960_000]
    assert (found[0].offset, found[-1].end) == (start, len(data))
    assert [sample.keyframe for sample in found[0].runs[0].samples[:2]] == [True, False]


def test_a_torn_end_is_told_from_what_is_whole() -> None:
    track, units = video(Codec.H264, 60)
    data = file_of([track], units)
    whole, _ = fmp4.parse_fragments(data, fmp4.init_end(data))
    for cut in (1, 30, whole[-1].size - 1):
        found, end = fmp4.parse_fragments(data[:-cut], fmp4.init_end(data))
        assert len(found) == 2
        assert end == whole[-1].offset


@given(st.binary(max_size=400), st.integers(0, 200))
def test_whatever_is_read_nothing_but_malformed_comes_out(noise: bytes, at: int) -> None:
    data = bytearray(_SMALL)
    data[at : at + len(noise)] = noise
    _, end = fmp4.parse_fragments(bytes(data), 0)
    assert 0 <= end <= len(data)
    for call in (fmp4.init_end, lambda d: fmp4.select_tracks(d, [0]), tracks_in):
        with contextlib.suppress(fmp4.Malformed):
            call(bytes(data))


def test_the_picture_alone_can_be_chosen() -> None:
    pictures, video_units = video(Codec.H264, 10)
    voice, sound_units = sound(Codec.PCMU, 0.4)
    data = file_of([pictures, voice], video_units + sound_units)
    keep = fmp4.for_browser([pictures, voice])
    assert keep == [0]
    init = fmp4.select_tracks(data, keep)
    found, _ = fmp4.parse_fragments(data, fmp4.init_end(data))
    only = b"".join(fmp4.fragment(f.sequence, [r for r in f.runs if r.track in keep]) for f in found)
    with av.open(io.BytesIO(init + only), "r") as container:
        assert len(container.streams) == 1
        assert sum(1 for _ in container.decode(video=0)) == 10


@pytest.mark.parametrize("codec", [*VIDEO, *SOUND])
def test_a_file_says_what_is_in_it(codec: Codec) -> None:
    track, _ = video(codec, 2) if codec in VIDEO else sound(codec, 0.1)
    (inside,) = tracks_in(fmp4.init_segment([track]))
    assert inside.codec == fmp4.codecs([track])
    assert (inside.number, inside.timescale) == (0, track.clock_rate)
    assert (inside.width, inside.height) == (track.width, track.height)
    assert inside.track == track
    assert inside.browser == (fmp4.for_browser([track]) == [0])


def test_what_lacks_its_parameters_is_refused() -> None:
    for track in (Track(Codec.H264, 90_000), Track(Codec.H265, 90_000), Track(Codec.AAC, 16_000, 1)):
        with pytest.raises(fmp4.Malformed):
            fmp4.codecs([track])
    with pytest.raises(fmp4.Malformed):
        fmp4.init_segment([])


@pytest.mark.parametrize(("drift_ppm", "jitter_us"), [(0, 0), (200, 30_000), (-200, 30_000)])
def test_times_stay_with_our_clock_and_smooth(drift_ppm: int, jitter_us: int) -> None:
    """A camera's crystal that is off and a network that holds pictures up, for ten minutes."""
    track = Track(Codec.VP8, 90_000, width=16, height=16)
    fragmenter = Fragmenter([track])
    off, steps, before = [], [], None
    for n in range(15_000):
        true_us = START_US + n * 40_000
        late = (n * 7919 % 100) * jitter_us // 100
        ticks = int(n * 3600 * (1 + drift_ppm / 1e6))
        if n % 1500 == 0:
            fragmenter.restart()
        at = fragmenter.add(AccessUnit(0, ticks, true_us + late, n % 25 == 0, (b"x",)))
        assert at is not None
        if n % 25 == 24:
            fragmenter.cut()
        off.append(abs(at - true_us))
        steps.append(abs(at - before - 40_000) if before else 0)
        before = at
    assert max(off) <= jitter_us + 20_000
    assert max(steps[1:]) <= 20_000 + 100


def test_a_clock_that_jumps_is_tied_anew() -> None:
    track = Track(Codec.VP8, 90_000, width=16, height=16)
    fragmenter = Fragmenter([track])
    rtp = 0
    for n in range(100):
        rtp += 3600 if n != 50 else 90_000 * 3600
        at = fragmenter.add(AccessUnit(0, rtp, START_US + n * 40_000, n == 0, (b"x",)))
        assert at == START_US + n * 40_000


_TRACK, _UNITS = video(Codec.H264, 3, size=(32, 32))
_SMALL = file_of([_TRACK], _UNITS)
