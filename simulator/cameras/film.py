"""A camera's loop, encoded: made chunk by chunk in workers when somebody first looks, then kept in a file."""

import asyncio
import hashlib
import json
import os
import struct
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np

from rtsp import nal
from rtsp.payloads import H264, Format, with_parameters
from simulator.cameras.config import Place
from simulator.cameras.draw import FPS, PICTURES
from simulator.cameras.view import Look, picture

VERSION: Final = 1
"""Of what the pictures look like: another one makes every film anew."""
CHUNKS: Final = ((0, 2), (2, FPS), *((at, at + FPS) for at in range(FPS, PICTURES, FPS)))
"""Each begins with a keyframe; the first is short, since somebody waits for it."""
_RATE: Final = {(640, 360): 26, (1280, 720): 27}
Picture = tuple[bytes, ...]
"""NAL units without start codes."""


def encoder(size: tuple[int, int]) -> av.VideoCodecContext:
    """H.264, constrained baseline, as a camera's own: no B-frames, nothing held back."""
    made = av.CodecContext.create("libx264", "w")
    assert isinstance(made, av.VideoCodecContext)
    made.width, made.height = size
    made.pix_fmt = "yuv420p"
    made.framerate = Fraction(FPS)
    made.time_base = Fraction(1, FPS)
    made.thread_count = 1
    made.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "profile": "baseline",
        "crf": str(_RATE.get(size, 26)),
        "g": str(PICTURES),
        "x264-params": "scenecut=0:sliced-threads=0",
    }
    return made


def encode(place: Place, size: tuple[int, int], look: Look, first: int, last: int) -> list[Picture]:
    """Pictures ``first`` up to ``last`` of the loop. In a worker: some 5 ms a picture of 640x360."""
    coder = encoder(size)
    found: list[Picture] = []
    for nth in range(first, last):
        image = picture(place, size, first if look is Look.FROZEN else nth, look)
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), np.uint8)
        shot = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        shot.pts = nth - first
        found += [tuple(nal.from_annex_b(bytes(packet))) for packet in coder.encode(shot)]
    assert len(found) == last - first
    return found


def quietly() -> None:
    """In a worker: whoever watches comes before whoever draws."""
    os.nice(10)
    cv2.setNumThreads(1)


def format_of(size: tuple[int, int]) -> Format:
    """What a film of that size is, before any of it is there. Some 10 ms, once."""
    first = encode(Place("", "drone"), size, Look.BLACK, 0, 1)[0]
    sets = tuple(part for part in first if nal.kind_h264(part) in (7, 8))
    return with_parameters(Format(H264, 90_000), sets)


@dataclass(frozen=True, slots=True)
class Reel:
    """Which film."""

    place: Place
    size: tuple[int, int]
    look: Look = Look.WELL
    first: int = 0
    """Of a frozen one: the picture that it stands at."""

    @property
    def pictures(self) -> int:
        return FPS if self.look in (Look.FROZEN, Look.BLACK) else PICTURES

    @property
    def chunks(self) -> tuple[tuple[int, int], ...]:
        if self.pictures == PICTURES:
            return CHUNKS
        return ((self.first, self.first + FPS),)

    @property
    def file(self) -> str:
        told = json.dumps([VERSION, asdict(self.place), self.size, self.look, self.first])
        return hashlib.sha256(told.encode()).hexdigest()[:24] + ".film"


@dataclass
class Film:
    """Pictures in order, as far as they are there. Not thread safe: on the loop."""

    reel: Reel
    pictures: list[Picture] = field(default_factory=list)
    missed: bool = False
    """Somebody looks on and sees again what he has seen."""
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def whole(self) -> bool:
        return len(self.pictures) >= self.reel.pictures

    @property
    def turn(self) -> tuple[int, int]:
        """Who has the least is made first: everybody's first second; then those that are looked at, together;
        then what was begun. A half-made loop is short, and a camera that shows the same every few seconds
        seems frozen to who looks now and then: few are half-made at a time."""
        made = len(self.pictures)
        return (0, made) if made < FPS else (1, made) if self.missed else (2, -made)

    def add(self, pictures: list[Picture]) -> None:
        self.pictures += pictures
        self._more.set()

    async def at(self, nth: int) -> Picture:
        """The picture of the loop, once it is there."""
        nth %= self.reel.pictures
        while nth >= len(self.pictures):
            self._more.clear()
            await self._more.wait()
        return self.pictures[nth]


Work = Callable[..., "asyncio.Future[Any]"]
"""``work(function, *arguments)``: in a worker."""


class Films:
    """Makes them, as many at a time as there are workers, by their turn; keeps them in ``folder``."""

    def __init__(self, work: Work, workers: int, folder: Path | None = None) -> None:
        self._work, self._workers, self._folder = work, workers, folder
        self._made: dict[Reel, Film] = {}
        self._wanted: dict[Reel, Film] = {}
        self._there = asyncio.Event()
        self.encoded = 0

    def get(self, reel: Reel) -> Film:
        """At once, though it may not have a picture yet."""
        film = self._made.get(reel)
        if film is None:
            film = self._made[reel] = Film(reel)
            kept = self._read(reel)
            if kept:
                film.add(kept)
            else:
                self._wanted[reel] = film
                self._there.set()
        return film

    def forget(self, reel: Reel) -> None:
        """Nobody looks; it is read again from its file. One that is being made is finished first."""
        film = self._made.get(reel)
        if film is not None and film.whole and self._folder is not None:
            del self._made[reel]

    async def run(self) -> None:
        """Make what is wanted, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._workers):
                tasks.create_task(self._maker())

    async def _maker(self) -> None:
        while True:
            film = min(self._wanted.values(), key=lambda each: each.turn, default=None)
            if film is None:
                self._there.clear()
                await self._there.wait()
                continue
            del self._wanted[film.reel]
            done = len(film.pictures)
            base = film.reel.first
            first, last = next(each for each in film.reel.chunks if each[0] - base == done)
            film.add(await self._work(encode, film.reel.place, film.reel.size, film.reel.look, first, last))
            self.encoded += last - first
            if film.whole:
                await asyncio.to_thread(self._write, film)
            else:
                self._wanted[film.reel] = film

    def _read(self, reel: Reel) -> list[Picture]:
        """Nothing where there is no whole one."""
        if self._folder is None:
            return []
        try:
            data = (self._folder / reel.file).read_bytes()
        except OSError:
            return []
        found: list[Picture] = []
        at = 0
        while at + 4 <= len(data):
            (size,) = struct.unpack_from("<I", data, at)
            found.append(tuple(nal.from_annex_b(data[at + 4 : at + 4 + size])))
            at += 4 + size
        return found if len(found) == reel.pictures and at == len(data) else []

    def _write(self, film: Film) -> None:
        if self._folder is None:
            return
        joined = (b"".join(b"\0\0\0\1" + part for part in each) for each in film.pictures)
        data = b"".join(struct.pack("<I", len(each)) + each for each in joined)
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / f"{film.reel.file}.{os.getpid()}"
        beside.write_bytes(data)
        beside.replace(self._folder / film.reel.file)
