"""A stream whose source is another stream."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import av
import structlog

from jedel.media import metrics
from jedel.media.hub import Backlog, Hub
from jedel.media.limits import TRANSCODERS_MAX
from jedel.media.model import AccessUnit, Codec, Fault, Mask, SourceFault, Track
from jedel.media.transcode.audio import AudioMaker
from jedel.media.transcode.video import VideoMaker

log = structlog.get_logger()

LATE_US: Final = 300_000
"""What is so old is decoded, since others need it, and not shown."""
LOST_US: Final = 2_000_000
"""So far behind, only keyframes are taken until we are with them again."""
WAITING_UNITS: Final = 600
"""As many as a hub keeps since the last keyframe: who joins has them all at once."""
THREADS: Final = ThreadPoolExecutor(TRANSCODERS_MAX, thread_name_prefix="transcode")
"""Beside the loop and beside each other: av lets go of the interpreter while it works."""

_T = TypeVar("_T")


class Transcode:
    """Takes ``base`` and gives a picture that is H.264 and, where ``masks`` are given, covered by them; sound
    that is Opus. What is in ``accepts`` leaves as it came, a picture only without masks.

    Never in the loop's way: it waits for its thread, and what comes meanwhile waits in a bounded backlog.
    """

    def __init__(self, base: Hub, accepts: frozenset[Codec], masks: Sequence[Mask]) -> None:
        self._base, self._accepts, self._masks = base, accepts, tuple(masks)
        self._makers: dict[int, VideoMaker | AudioMaker] = {}
        self._tracks: list[Track] = []
        self._said: list[Track] | None = None
        self._lost = False

    async def run(self, hub: Hub) -> None:
        """Until cancelled; raises SourceFault where the base ends."""
        waiting = Backlog(WAITING_UNITS)
        if self._base.fault is not None:
            hub.pause(self._base.fault)
        self._base.add(waiting)
        try:
            async for found in waiting:
                if isinstance(found, AccessUnit):
                    await self._take(found, hub)
                elif isinstance(found, Fault):
                    hub.pause(found)
                    self._said = None
                else:
                    self._begin(found)
        except av.FFmpegError as error:
            raise SourceFault(Fault.CODEC, str(error)) from None
        finally:
            self._base.remove(waiting)
            metrics.DROPPED.labels("transcoder").inc(waiting.dropped)
        raise SourceFault(Fault.NO_FRAMES, "the stream that this is made of ended")

    def _begin(self, tracks: Sequence[Track]) -> None:
        self._tracks, self._said, self._lost = list(tracks), None, False
        self._makers = {}
        for number, track in enumerate(tracks):
            if track.video and (self._masks or track.codec not in self._accepts):
                self._makers[number] = VideoMaker(track, self._masks)
            elif not track.video and track.codec not in self._accepts:
                self._makers[number] = AudioMaker(track)

    async def _take(self, unit: AccessUnit, hub: Hub) -> None:
        maker = self._makers.get(unit.track)
        if maker is None:
            if self._begun(hub):
                hub.publish(unit)
        elif isinstance(maker, AudioMaker):
            packets = await _in_thread(lambda: maker.make(unit))
            if self._begun(hub):
                for rtp, packet in packets:
                    hub.publish(AccessUnit(unit.track, rtp, unit.at_us, True, (packet,)))
        else:
            await self._take_picture(maker, unit, hub)

    async def _take_picture(self, maker: VideoMaker, unit: AccessUnit, hub: Hub) -> None:
        late_us = time.time_ns() // 1000 - unit.at_us
        if maker.track is not None and late_us > LOST_US:
            self._lost = True
        elif late_us < LATE_US:
            self._lost = False
        if self._lost and not unit.keyframe:
            metrics.DROPPED.labels("transcoder").inc()
            return
        encode = late_us < LATE_US or self._lost
        for picture in await _in_thread(lambda: maker.make(unit, encode=encode)):
            if picture.keyframe and self._said is not None and self._said[unit.track] != maker.track:
                self._said = None  # another size
            if self._begun(hub):
                hub.publish(AccessUnit(unit.track, picture.rtp, unit.at_us, picture.keyframe, picture.parts))

    def _begun(self, hub: Hub) -> bool:
        """Whether it has been said what comes; it can be once each track is known."""
        if self._said is None:
            made = [
                self._makers[number].track if number in self._makers else track
                for number, track in enumerate(self._tracks)
            ]
            known = [track for track in made if track is not None]
            if len(known) < len(made):
                return False
            self._said = known
            hub.begin(known)
        return True


async def _in_thread(work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(THREADS, work)
