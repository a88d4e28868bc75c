"""The role `plates`: frames of cameras in, reads out.

Invariants
1. Every message is answered: with what was read, or with what was wrong with it, by name. The answer comes
   after the reads were carried.
2. A wrong frame costs its own place in the vote and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import cv2
import orjson
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import Counter, Histogram

from jedel.plates.drivers.said import Said
from jedel.plates.reader.errors import BadFrame, ReadRefused
from jedel.plates.reader.frames import SUBJECT, WAITING_MAX, BadFrames, camera_of, unpack
from jedel.plates.reader.model import Engine, Picture
from jedel.plates.reader.picture import decode
from jedel.plates.reader.track import Passing, Tracker

log = structlog.get_logger()

QUEUE: Final = "plates-reader"
PLATE_WIDE: Final = 480
CAR_WIDE: Final = 960
_QUALITY: Final = 85

FRAMES = Counter("jedel_plates_frames_total", "Frames that were read", ["outcome"])
SECONDS = Histogram("jedel_plates_reader_seconds", "Time to read the frames of one message")

Give = Callable[[int, list[Said]], Awaitable[int]]
"""``give(camera number, what was read)`` carries it to the workers and says how many were new."""


@dataclass(slots=True)
class Outcome:
    """Of the frames of one message. ``single``: cars on which too few frames agreed; ``faults``: codes."""

    passings: list[Passing] = field(default_factory=list)
    seen: int = 0
    single: int = 0
    faults: list[str] = field(default_factory=list)


def read_frames(engine: Engine, tracker: Tracker, frames: Iterable[tuple[int, bytes]]) -> Outcome:
    """Read JPEGs (microseconds since 1970, bytes) in the order of their times; every car is taken to have
    passed by the last of them."""
    outcome = Outcome()
    for at_us, jpeg in frames:
        try:
            frame = decode(jpeg)
            seen = engine.read(frame)
        except BadFrame as bad:
            outcome.faults.append(bad.code)
            FRAMES.labels(bad.code).inc()
            continue
        FRAMES.labels("read").inc()
        outcome.seen += len(seen)
        outcome.passings += tracker.add(at_us, frame, seen)
    outcome.passings += tracker.flush()
    outcome.single = tracker.single
    return outcome


def said(passing: Passing) -> Said:
    """A passing as every other camera says it, with both pictures."""
    return Said(
        plate=passing.text,
        name=f"{passing.at_us} {passing.text}",
        at_us=passing.at_us,
        confidence=round(100 * passing.confidence),
        weakest=round(100 * passing.weakest),
        frames=min(255, passing.frames),
        rows=passing.rows,
        plate_picture=_jpeg(passing.plate_picture, PLATE_WIDE),
        car_picture=_jpeg(passing.car_picture, CAR_WIDE),
    )


def _jpeg(picture: Picture, widest: int) -> bytes | None:
    if min(picture.shape[:2]) == 0:
        return None
    if picture.shape[1] > widest:
        size = (widest, max(1, round(picture.shape[0] * widest / picture.shape[1])))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


class ReaderService:
    """One in each process of the role `plates`; they share the messages."""

    def __init__(self, nats: Client, make_engine: Callable[[], Engine], give: Give) -> None:
        self._nats, self._give = nats, give
        self._engine = make_engine()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plate-reader")
        self._queue: asyncio.Queue[Msg] = asyncio.Queue(WAITING_MAX)
        self.ready = asyncio.Event()
        """Set when messages are taken."""

    async def run(self) -> None:
        """Serve until cancelled."""
        subscription = await self._nats.subscribe(f"{SUBJECT}.*", queue=QUEUE, cb=self._on_message)
        await self._nats.flush()
        self.ready.set()
        log.info("plate reader ready", engine=self._engine.name)
        try:
            while True:
                await self._answer(await self._queue.get())
        finally:
            if self._nats.is_connected:
                await subscription.unsubscribe()
            self._thread.shutdown(wait=False, cancel_futures=True)

    async def _on_message(self, message: Msg) -> None:
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            FRAMES.labels("busy").inc()
            await _reply(message, {"error": "busy"})

    async def _answer(self, message: Msg) -> None:
        try:
            camera = camera_of(message.subject)
            frames = unpack(message.data)
            if camera is None:
                raise BadFrames("unknown_camera")
            with SECONDS.time():
                outcome = await asyncio.get_running_loop().run_in_executor(self._thread, self._read, frames)
            new = await self._give(camera, [said(passing) for passing in outcome.passings])
        except (BadFrames, ReadRefused) as bad:
            FRAMES.labels(bad.code).inc()
            await _reply(message, {"error": bad.code})
        except Exception as error:  # noqa: BLE001 - supervised: one message must not stop the reader
            FRAMES.labels("failed").inc()
            log.error("frames not read", subject=message.subject, error=repr(error))
            await _reply(message, {"error": "failed"})
        else:
            await _reply(message, _view(outcome, new))

    def _read(self, frames: list[tuple[int, bytes]]) -> Outcome:
        return read_frames(self._engine, Tracker(), frames)


def _view(outcome: Outcome, new: int) -> dict[str, Any]:
    reads = [
        {
            "plate": each.text,
            "at_us": each.at_us,
            "confidence": round(each.confidence, 3),
            "weakest": round(each.weakest, 3),
            "frames": each.frames,
            "rows": each.rows,
            "series": each.series,
            "region": each.region,
        }
        for each in outcome.passings
    ]
    return {
        "reads": reads,
        "carried": new,
        "seen": outcome.seen,
        "single": outcome.single,
        "faults": outcome.faults,
    }


async def _reply(message: Msg, body: dict[str, Any]) -> None:
    if message.reply:
        await message.respond(orjson.dumps(body))
