"""One keyframe of a stream, and its brightness: from the stream that runs, else pulled for this alone."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, SourceFault, StreamSpec, Track, first_video
from jedel.media.sources import Source
from jedel.media.streams import Stream
from jedel.media.transcode.decode import DECODERS, stream_of

WITHIN_S: Final = 6.0
"""A camera that gives no keyframe for so long gives none."""
CLOCK_WITHIN_S: Final = 6.5
"""Sender reports come every five seconds or so."""


@dataclass(frozen=True, slots=True)
class Keyframe:
    """``clock_error_s``: of the camera's clock, None where it has not said."""

    track: Track
    unit: AccessUnit
    clock_error_s: float | None = None


class NoKeyframe(Exception):
    """``fault``: why there was none."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))


class _Waiting:
    """A sink that waits for one keyframe."""

    def __init__(self) -> None:
        self.found: asyncio.Future[Keyframe] = asyncio.get_running_loop().create_future()
        self._tracks: Sequence[Track] = ()

    def begin(self, tracks: Sequence[Track]) -> None:
        self._tracks = tracks
        if first_video(tracks) is None and not self.found.done():
            self.found.set_exception(NoKeyframe(Fault.CODEC, "there is no picture in it"))

    def take(self, unit: AccessUnit) -> None:
        if unit.keyframe and unit.track == first_video(self._tracks) and not self.found.done():
            self.found.set_result(Keyframe(self._tracks[unit.track], unit))

    def pause(self, fault: Fault) -> None:
        if not self.found.done():
            self.found.set_exception(NoKeyframe(fault))

    def end(self) -> None:
        self.pause(Fault.NO_FRAMES)


async def of_running(stream: Stream) -> Keyframe:
    """The next keyframe of a stream that runs: not the one that it kept, which may be old. Raises
    NoKeyframe."""
    if stream.hub.fault is not None:
        raise NoKeyframe(stream.hub.fault)
    after_us, sink = stream.hub.last_at_us, _Waiting()
    fresh = _After(sink, after_us)
    stream.observe(fresh)
    try:
        async with asyncio.timeout(WITHIN_S):
            return await sink.found
    except TimeoutError:
        raise NoKeyframe(Fault.NO_FRAMES, f"no keyframe within {WITHIN_S:g} s") from None
    finally:
        sink.found.cancel()
        stream.unobserve(fresh)


class _After:
    """Passes over what the hub kept."""

    def __init__(self, sink: _Waiting, after_us: int) -> None:
        self._sink, self._after_us = sink, after_us
        self.begin, self.pause, self.end = sink.begin, sink.pause, sink.end

    def take(self, unit: AccessUnit) -> None:
        if unit.at_us > self._after_us:
            self._sink.take(unit)


async def pulled(
    spec: StreamSpec, make: Callable[[StreamSpec], Source | None], *, clock: bool = False
) -> Keyframe:
    """Pull the stream up to its first keyframe; ``clock``: and wait for what its clock says. Raises
    NoKeyframe."""
    source = make(spec)
    if source is None:
        raise NoKeyframe(Fault.NO_PUBLISHER)
    hub, sink = Hub(), _Waiting()
    hub.add(sink)
    running = asyncio.ensure_future(source.run(hub))
    try:
        either: set[asyncio.Future[Any]] = {running, sink.found}
        await asyncio.wait(either, timeout=WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        if not sink.found.done():
            raise _why(running)
        found = sink.found.result()
        if clock:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOCK_WITHIN_S):
                    while not running.done() and _clock(source) is None:  # noqa: ASYNC110 - a source has no bell
                        await asyncio.sleep(0.1)
        return Keyframe(found.track, found.unit, _clock(source))
    finally:
        sink.found.cancel()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _clock(source: Source) -> float | None:
    found: float | None = getattr(source, "clock_error_s", None)
    return found


def _why(running: "asyncio.Future[None]") -> NoKeyframe:
    error = running.exception() if running.done() and not running.cancelled() else None
    if isinstance(error, SourceFault):
        return NoKeyframe(error.fault, error.detail)
    if error is not None:
        return NoKeyframe(Fault.PROTOCOL, type(error).__name__)
    return NoKeyframe(Fault.NO_FRAMES, f"no keyframe within {WITHIN_S:g} s")


class Undecodable(Exception):
    """A keyframe that is no picture."""


def brightness(found: Keyframe) -> tuple[NDArray[np.uint8], int, int]:
    """The picture's brightness (height, width), video range 16…235, and its width and height as sent. Decodes
    one picture: for threads. Raises Undecodable."""
    context = av.CodecContext.create(DECODERS[found.track.codec], "r")
    assert isinstance(context, av.VideoCodecContext)
    context.thread_count = 1
    context.skip_frame = "NONKEY"
    if found.track.codec in (Codec.H264, Codec.H265):
        context.options = {"skip_loop_filter": "all"}  # a fifth of the work; nothing here needs smooth edges
    try:
        frames = context.decode(av.Packet(stream_of(found.track, found.unit))) or context.decode(None)
    except av.FFmpegError as error:
        raise Undecodable(str(error)) from None
    if not frames:
        raise Undecodable("no picture")
    frame = frames[0]
    if frame.format.name not in ("yuv420p", "yuvj420p", "nv12", "yuv422p", "yuvj422p", "yuv444p", "gray"):
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return np.ascontiguousarray(rows[: frame.height, : frame.width]), frame.width, frame.height
