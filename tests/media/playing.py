"""What stands in for a camera and a browser in tests of the gateway: a source that plays made units in real
time, and aiortc as a viewer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, SourceFault, StreamSpec, Track
from tests.media.made import sound, video

Made = tuple[Sequence[Track], Sequence[AccessUnit], int]
"""Tracks, units in order of time, and how long they last in µs."""


def made(codec: Codec = Codec.H264, audio: Codec | None = None, size: tuple[int, int] = (320, 240)) -> Made:
    """Two seconds, 12.5 frames a second, a keyframe each second."""
    picture, units = video(codec, 25, size=size, fps=12, gop=12)
    tracks, all_units = [picture], list(units)
    if audio is not None:
        tone, packets = sound(audio, 2)
        tracks.append(tone)
        all_units = sorted([*units, *packets], key=lambda unit: unit.at_us)
    return tracks, all_units, 25 * 1_000_000 // 12


class Playing:
    """A source: the same units again and again, at their pace. ``faults``: what ends the next attempts;
    ``runs``: attempts so far."""

    def __init__(self, what: Made, faults: list[SourceFault] | None = None) -> None:
        self.what = what
        self.faults = faults if faults is not None else []
        self.runs = 0
        self.running = 0

    async def run(self, hub: Hub) -> None:
        self.runs += 1
        if self.faults:
            raise self.faults.pop(0)
        self.running += 1
        try:
            await self._play(hub)
        finally:
            self.running -= 1

    async def _play(self, hub: Hub) -> None:
        tracks, units, lasts_us = self.what
        hub.begin(tracks)
        began, first_us, lap = time.monotonic(), units[0].at_us, 0
        while True:
            for unit in units:
                due = (unit.at_us - first_us + lap * lasts_us) / 1e6
                await asyncio.sleep(max(0.0, began + due - time.monotonic()))
                rate = tracks[unit.track].clock_rate
                rtp = unit.rtp + lap * lasts_us * rate // 1_000_000
                hub.publish(replace(unit, rtp=rtp, at_us=time.time_ns() // 1000))
            lap += 1


@dataclass
class Specs:
    """A room that owns streams: what it says of them, by their ids."""

    specs: dict[str, StreamSpec] = field(default_factory=dict)
    asked: int = 0

    async def spec(self, stream_id: str) -> StreamSpec | None:
        self.asked += 1
        return self.specs.get(stream_id)


class Seen:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.tracks: list[Sequence[Track]] = []
        self.units: list[AccessUnit] = []
        self.faults: list[Fault] = []
        self.ended = False

    def begin(self, tracks: Sequence[Track]) -> None:
        self.tracks.append(tracks)

    def take(self, unit: AccessUnit) -> None:
        self.units.append(unit)

    def pause(self, fault: Fault) -> None:
        self.faults.append(fault)

    def end(self) -> None:
        self.ended = True


class Whep:
    """A viewer by WebRTC: ``frames`` decoded, ``size`` of the last one."""

    def __init__(self, *, audio: bool = False) -> None:
        self.frames = 0
        self.sounds = 0
        self.size = (0, 0)
        self.grey: float = 0.0
        """How bright the upper left quarter of the last one is."""
        self._audio = audio
        self._pc = RTCPeerConnection()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, ask: Callable[[str], Awaitable[str]]) -> None:
        """``ask``: an offer's SDP for an answer's."""
        self._pc.addTransceiver("video", direction="recvonly")
        if self._audio:
            self._pc.addTransceiver("audio", direction="recvonly")

        @self._pc.on("track")
        def heard(track: object) -> None:
            self._tasks.append(asyncio.ensure_future(self._take(track)))

        await self._pc.setLocalDescription(await self._pc.createOffer())
        answer = await ask(self._pc.localDescription.sdp)
        await self._pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def close(self) -> None:
        await self._pc.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def closed(self) -> bool:
        return self._pc.connectionState in {"closed", "failed"}

    async def _take(self, track: object) -> None:
        with suppress(MediaStreamError):
            while True:
                frame = await track.recv()  # type: ignore[attr-defined]
                if track.kind == "audio":  # type: ignore[attr-defined]
                    self.sounds += 1
                    continue
                self.frames += 1
                self.size = frame.width, frame.height
                grey = frame.to_ndarray(format="gray")
                self.grey = float(grey[: frame.height // 2 - 8, : frame.width // 2 - 8].mean())
