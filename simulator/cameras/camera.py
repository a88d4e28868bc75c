"""One simulated camera's stream, as the RTSP server shows it: pictures at their time, and its faults."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from random import Random
from time import time_ns
from typing import Final

from rtsp.payloads import Format, Unit
from rtsp.server import Viewer
from simulator.cameras.config import SIZES, Place
from simulator.cameras.draw import FPS
from simulator.cameras.film import Films, Picture, Reel
from simulator.cameras.view import Look

TICKS: Final = 90_000 // FPS
LATE_S: Final = 0.5


class Trouble(StrEnum):
    """What may be wrong with a camera; the first four change its picture."""

    FREEZE = "freeze"
    BLACK = "black"
    BLUR = "blur"
    MOVE = "move"
    STOP = "stop"  # it is there and sends nothing
    GONE = "gone"  # it is not there: 404, and who looks is sent away
    CUT = "cut"  # it breaks off in the middle of a picture, again and again
    GARBAGE = "garbage"
    SIZE = "size"  # another resolution
    CLOCK = "clock"  # an hour ahead


_LOOKS: Final = {
    Trouble.FREEZE: Look.FROZEN,
    Trouble.BLACK: Look.BLACK,
    Trouble.BLUR: Look.BLURRED,
    Trouble.MOVE: Look.MOVED,
}
OTHER_SIZE: Final = (480, 272)
CLOCK_ERROR_S: Final = 3600


class Stream:
    """``main`` or ``sub`` of a camera. It runs while somebody looks."""

    def __init__(self, place: Place, name: str, films: Films, formats: dict[tuple[int, int], Format]) -> None:
        self.place = place
        self.size = SIZES[name]
        self.trouble: Trouble | None = None
        self.sent = 0
        self._films, self._formats = films, formats
        self._viewers: set[Viewer] = set()
        self._task: asyncio.Task[None] | None = None
        self._kept: list[Unit] = []
        self._began: float | None = None
        self._nth = 0
        self._dice = Random(place.name)

    @property
    def tracks(self) -> Sequence[Format]:
        return (self._formats[self._reel.size],)

    @property
    def _reel(self) -> Reel:
        look = _LOOKS.get(self.trouble, Look.WELL) if self.trouble else Look.WELL
        size = OTHER_SIZE if self.trouble is Trouble.SIZE else self.size
        first = self._nth // FPS * FPS % Reel(self.place, size).pictures if look is Look.FROZEN else 0
        return Reel(self.place, size, look, first)

    def prepare(self) -> None:
        """Have its film made when there is time."""
        self._films.get(Reel(self.place, self.size))

    async def drawn(self) -> None:
        """Until all that it shows now is made: till then it shows its first pictures again and again."""
        reel = self._reel
        await self._films.get(reel).at(reel.pictures - 1)

    def put(self, trouble: Trouble | None) -> None:
        """From the next picture on. None: it is well again."""
        if trouble is self.trouble:
            return
        self.trouble = trouble
        if self._task is not None:
            self._task.cancel()
            self._kept.clear()
            self._task = asyncio.create_task(self._run())

    async def attach(self, viewer: Viewer) -> None:
        """What came since the last keyframe at once, then as it comes."""
        for unit in self._kept:
            viewer.send(0, unit)
        self._viewers.add(viewer)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def detach(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        if not self._viewers and self._task is not None:
            self._task.cancel()
            self._task = None
            self._kept.clear()
            self._films.forget(self._reel)

    async def _run(self) -> None:
        if self.trouble in (Trouble.STOP, Trouble.GONE):
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._began = self._began if self._began is not None else now
        film = self._films.get(self._reel)
        # Time goes on while nobody looks: who comes back sees what happens now, as far as it is drawn.
        nth = int((now - self._began) * FPS) % film.reel.pictures
        nth -= nth % FPS  # from a keyframe
        if nth >= len(film.pictures):
            nth %= max(len(film.pictures) // FPS * FPS, 1)
        due = now
        while True:
            if film.pictures and nth % film.reel.pictures >= len(film.pictures):
                nth, film.missed = 0, True  # what is drawn once more till there is more: none falls silent
            picture = await film.at(nth)
            self._send(picture, due - self._began)
            nth += 1
            if film.reel.pictures > FPS:
                self._nth = nth % film.reel.pictures
            due += 1 / FPS
            now = loop.time()
            if due < now - LATE_S:
                due = now  # the picture was not made in time: the loop stood still
            await asyncio.sleep(max(0.0, due - now))

    def _send(self, picture: Picture, at_s: float) -> None:
        rtp = round(at_s * 90_000)
        keyframe = any(part[0] & 31 == 5 for part in picture)
        unit = Unit(rtp, keyframe, picture)
        if keyframe:
            self._kept.clear()
        if len(self._kept) <= 2 * FPS:
            self._kept.append(unit)
        self.sent += 1
        for viewer in list(self._viewers):
            self._give(viewer, unit)

    def _give(self, viewer: Viewer, unit: Unit) -> None:
        if self.trouble is Trouble.GARBAGE:
            viewer.send_raw(self._dice.randbytes(900))
            return
        if self.trouble is Trouble.CLOCK and unit.keyframe:
            viewer.report(0, unit.rtp, time_ns() // 1000 + CLOCK_ERROR_S * 1_000_000)
        if self.trouble is Trouble.CUT and not unit.keyframe:
            viewer.send_half(0, unit)
            return
        viewer.send(0, unit)
