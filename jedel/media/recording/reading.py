"""Recordings read back as one stream for a player or a file: from a keyframe on, times counted from an origin
that the reader chooses. Blocking; for threads.

As it was recorded where nothing speaks against it, else made anew: with masks drawn in, or as H.264 and Opus
for a player that takes nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from jedel.media import fmp4
from jedel.media.fmp4 import Run
from jedel.media.fmp4_read import Inside
from jedel.media.fragmenter import Fragmenter
from jedel.media.model import AccessUnit, Codec, Mask, Track
from jedel.media.recording import files
from jedel.media.recording.files import Contents, Place
from jedel.media.recording.model import at_us, read_path
from jedel.media.transcode.audio import AudioMaker
from jedel.media.transcode.video import VideoMaker
from rtsp.errors import Malformed


@dataclass(frozen=True, slots=True)
class Wish:
    """µs of our clock. ``origin_us``: what is time zero to the reader, at or before ``since_us``. ``masks``:
    drawn in. ``remake``: anew also without masks. ``browser``: only tracks that a browser takes."""

    since_us: int
    until_us: int
    origin_us: int
    masks: tuple[Mask, ...] = ()
    remake: bool = False
    browser: bool = True


@dataclass(frozen=True, slots=True)
class Reel:
    """``codecs``: for `video/mp4; codecs="…"`. ``from_us``, ``until_us``: what it brings. ``chunks``: the
    init segment, then fragments. ``paths``: of the files that it is read from."""

    codecs: str
    from_us: int
    until_us: int
    chunks: Iterator[bytes]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    path: str
    file: Path
    epoch_us: int
    found: Contents
    places: Sequence[Place]


def open_reel(root: Path, paths: Sequence[str], wish: Wish) -> Reel | None:
    """What of these files (of one stream, in order) lies in the time; it ends where the stream's parameters
    change. None: nothing does. Raises Malformed, OSError."""
    parts = list(_parts(root, paths, wish))
    if not parts:
        return None
    last = parts[-1]
    until = files.end_us(last.file, replace(last.found, places=tuple(last.places)))
    names = tuple(part.path for part in parts)
    first_us = parts[0].places[0].at_us
    if wish.masks or wish.remake:
        said, chunks = _remade(parts, wish)
    else:
        said, chunks = _as_is(parts, wish)
    return Reel(said, first_us, until, chunks, names)


def _parts(root: Path, paths: Sequence[str], wish: Wish) -> Iterator[_Part]:
    init: bytes | None = None
    for path in paths:
        known = read_path(path)
        if known is None:
            raise Malformed("a path that is not ours")
        try:
            found = files.contents(root / path)
        except FileNotFoundError:
            if init is None:
                continue
            return
        places = _within(found.places, wish, first=init is None)
        if not places or (init is None and files.end_us(root / path, found) <= wish.since_us):
            continue
        if init is not None and found.init != init:
            return
        init = found.init
        yield _Part(path, root / path, at_us(known[1]), found, places)


def _within(places: Sequence[Place], wish: Wish, *, first: bool) -> Sequence[Place]:
    chosen = [n for n, place in enumerate(places) if place.at_us < wish.until_us]
    if not chosen:
        return ()
    begin = 0
    if first:
        opening = [n for n in chosen if places[n].opens]
        if not opening:
            return ()
        before = [n for n in opening if places[n].at_us <= wish.since_us]
        begin = before[-1] if before else opening[0]
    return places[begin : chosen[-1] + 1]


def _as_is(parts: Sequence[_Part], wish: Wish) -> tuple[str, Iterator[bytes]]:
    inside = _chosen(parts[0].found.tracks, wish)
    if not inside:
        raise Malformed("nothing in it that a player takes")
    keep = {track.number for track in inside}
    init = fmp4.select_tracks(parts[0].found.init, keep)
    said = ",".join(track.codec for track in inside)
    return said, chain([init], _shifted(parts, wish, {track.number: track for track in inside}))


def _chosen(tracks: Sequence[Inside], wish: Wish) -> list[Inside]:
    if not wish.browser:
        return list(tracks)
    picture = [track for track in tracks if track.video and track.browser][:1]
    return picture + [track for track in tracks if not track.video and track.browser][:1]


def _shifted(parts: Sequence[_Part], wish: Wish, keep: dict[int, Inside]) -> Iterator[bytes]:
    sequence = 0
    for part in parts:
        offset_us = part.epoch_us - wish.origin_us
        with part.file.open("rb") as file:
            for place in part.places:
                found = files.fragment_at(file, place)
                runs = [
                    Run(run.track, run.base + offset_us * keep[run.track].timescale // 1_000_000, run.samples)
                    for run in found.runs
                    if run.track in keep
                ]
                if runs:
                    sequence += 1
                    yield fmp4.fragment(sequence, runs, found.at_us)


def units_of(part: _Part, place: Place) -> Iterator[AccessUnit]:
    """A fragment's samples as they came; ``at_us`` as the recording has it."""
    tracks = {track.number: track for track in part.found.tracks}
    with part.file.open("rb") as file:
        found = files.fragment_at(file, place)
    for run in found.runs:
        inside, ticks = tracks[run.track], run.base
        for sample in run.samples:
            when = part.epoch_us + ticks * 1_000_000 // inside.timescale
            parts = _split(sample.data) if inside.kind in {Codec.H264, Codec.H265} else (sample.data,)
            since_1970 = part.epoch_us * inside.timescale // 1_000_000 + ticks
            yield AccessUnit(run.track, since_1970, when, sample.keyframe, parts)
            ticks += sample.duration


def _split(data: bytes) -> tuple[bytes, ...]:
    parts, at = [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        parts.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return tuple(parts)


class _Remaker:
    """Makes H.264 and Opus of what was recorded."""

    def __init__(self, tracks: Sequence[Inside], wish: Wish) -> None:
        self._wish = wish
        self._pictures = next((track.number for track in tracks if track.video), None)
        self._sounds = next((track.number for track in tracks if not track.video), None)
        by_number = {track.number: track.track for track in tracks}
        self._video = None if self._pictures is None else VideoMaker(by_number[self._pictures], wish.masks)
        self._audio = None if self._sounds is None else AudioMaker(by_number[self._sounds])
        self._fragmenter: Fragmenter | None = None
        self._early: list[AccessUnit] = []
        self.tracks: list[Track] = []

    def take(self, units: Iterator[AccessUnit], *, last: bool = False) -> bytes:
        """What they give, as a fragment or nothing."""
        made = self._early + [each for unit in units for each in self._make(unit)]
        if self._fragmenter is None:
            ready = self._video is None or self._video.track is not None
            if not ready:
                self._early = made
                return b""
            self.tracks = [maker.track for maker in (self._video, self._audio) if maker and maker.track]
            self._fragmenter = Fragmenter(self.tracks)
            self._fragmenter.epoch_us = self._wish.origin_us
        self._early = []
        for unit in sorted(made, key=lambda unit: unit.at_us):
            self._fragmenter.add(unit)
        cut = self._fragmenter.cut(last=last)
        return cut.data if cut else b""

    def _make(self, unit: AccessUnit) -> list[AccessUnit]:
        if unit.track == self._pictures and self._video is not None:
            rate = 90_000
            return [
                AccessUnit(0, made.rtp, _us(made.rtp, rate, unit), made.keyframe, made.parts)
                for made in self._video.make(unit)
            ]
        if unit.track == self._sounds and self._audio is not None:
            number = 0 if self._video is None else 1
            return [
                AccessUnit(number, ticks, _us(ticks, 48_000, unit), True, (data,))
                for ticks, data in self._audio.make(unit)
            ]
        return []


def _us(ticks: int, rate: int, unit: AccessUnit) -> int:
    """Ticks count from 1970 here."""
    there = ticks * 1_000_000 // rate
    return there if abs(there - unit.at_us) < 5_000_000 else unit.at_us


def _remade(parts: Sequence[_Part], wish: Wish) -> tuple[str, Iterator[bytes]]:
    maker = _Remaker(parts[0].found.tracks, wish)
    left = chain.from_iterable(((part, place) for place in part.places) for part in parts)
    first = b""
    for part, place in left:
        first = maker.take(units_of(part, place))
        if maker.tracks:
            break
    if not maker.tracks:
        raise Malformed("nothing in it that can be decoded")

    def rest() -> Iterator[bytes]:
        yield fmp4.init_segment(maker.tracks)
        if first:
            yield first
        for part, place in left:
            if made := maker.take(units_of(part, place)):
                yield made
        if made := maker.take(iter(()), last=True):
            yield made

    return fmp4.codecs(maker.tracks), rest()
