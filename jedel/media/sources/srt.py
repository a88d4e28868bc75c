"""A stream that is sent to a port of ours by SRT (mobile complexes, drones).

A process of its own listens (`srt_listener`) and gives us the transport stream's bytes on a pipe, not even
taken apart. It is told the passphrase on its standard input: no list of processes shows it. Senders are let
in from the camera networks only.
"""

import asyncio
import ipaddress
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from time import time_ns
from typing import Final
from urllib.parse import parse_qs, urlsplit

import orjson
import structlog

from jedel.media import metrics
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, SourceFault, StreamSpec, Track
from jedel.media.sources import srt_listener
from jedel.media.sources.mpegts import Demuxer, Element, sound
from jedel.media.sources.rtsp import track_of
from rtsp.nal import from_annex_b, kind_h264, kind_h265
from rtsp.payloads import Format, with_parameters
from rtsp.rtp import Unwrapped

log = structlog.get_logger()

SILENCE_S: Final = 5.0
LATENCY_MS: Final = 120
READ_BYTES: Final = 64 * 1024
REMEDIES: Final = {
    srt_listener.NO_LIBRARY: "libsrt is not installed: apt install libsrt1.5-gnutls",
    srt_listener.NO_PORT: "the port is taken, or the address is none of this machine",
    srt_listener.TOLD_WRONG: "the camera networks are not readable",
}
LISTENER: Final = (sys.executable, "-P", "-m", srt_listener.__name__)
PASSPHRASE_SIGNS: Final = (10, 79)
"""What SRT takes."""
_SAMPLES: Final = 1024


@dataclass(frozen=True, slots=True)
class Listen:
    """Where senders connect to."""

    address: str
    port: int
    latency_ms: int = LATENCY_MS


def read(url: str) -> Listen:
    """``srt://<address of ours>:<port>[?latency=ms]``. Raises SourceFault."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        latency = int(parse_qs(parts.query).get("latency", [str(LATENCY_MS)])[0])
        address = str(ipaddress.ip_address(host))
    except ValueError:
        raise SourceFault(Fault.REFUSED_ADDRESS, "not srt://<address>:<port>") from None
    if parts.scheme != "srt" or parts.username or port is None or port < 1024 or not 20 <= latency <= 8000:
        raise SourceFault(Fault.REFUSED_ADDRESS, "not srt://<address>:<port>, port from 1024")
    return Listen(address, port, latency)


def settings(where: Listen, passphrase: str, networks: Sequence[str]) -> bytes:
    """What the listener is told. Raises SourceFault: a passphrase that SRT does not take."""
    low, high = PASSPHRASE_SIGNS
    if passphrase and not (low <= len(passphrase) <= high and passphrase.isalnum() and passphrase.isascii()):
        raise SourceFault(Fault.CREDENTIALS, f"a passphrase has {low} to {high} Latin letters and digits")
    told = asdict(where) | {"passphrase": passphrase, "networks": list(networks)}
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


class SrtSource:
    """One sender's visit: it waits for one, and ends with it."""

    def __init__(self, spec: StreamSpec, *, silence_s: float = SILENCE_S) -> None:
        self._spec, self._silence_s = spec, silence_s

    async def run(self, hub: Hub) -> None:
        """Until cancelled. Raises SourceFault where the sender goes, nothing else."""
        told = settings(read(self._spec.url), self._spec.password, self._spec.networks)
        hub.pause(Fault.NO_PUBLISHER)
        try:
            process = await asyncio.create_subprocess_exec(
                *LISTENER,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env={"LANG": "C.UTF-8"},  # what we are told ourselves is none of its business
            )
        except OSError as error:
            raise SourceFault(Fault.UNREACHABLE, str(error)) from None
        assert process.stdin is not None
        hearing = asyncio.ensure_future(self._hear(process))
        try:
            process.stdin.write(told)
            process.stdin.close()
            await self._read(process, _Sorter(hub))
        finally:
            hearing.cancel()
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        """Whom it refused."""
        assert process.stderr is not None
        while line := await process.stderr.readline():
            metrics.SRT_REFUSED.inc()
            said = line.decode(errors="replace").strip()[:200]
            log.warning("a sender by SRT", stream=self._spec.id, said=said)

    async def _read(self, process: asyncio.subprocess.Process, sorter: "_Sorter") -> None:
        assert process.stdout is not None
        demuxer = Demuxer()
        waits: float | None = None
        while True:
            try:
                async with asyncio.timeout(waits):
                    data = await process.stdout.read(READ_BYTES)
            except TimeoutError:
                raise SourceFault(Fault.NO_FRAMES, "the sender is silent") from None
            if not data:
                status = await process.wait()
                if status in REMEDIES:
                    raise SourceFault(Fault.UNREACHABLE, REMEDIES[status])
                raise SourceFault(Fault.NO_PUBLISHER, "the sender went")
            at_us = time_ns() // 1000
            waits = self._silence_s
            for element in demuxer.feed(data):
                sorter.take(element, at_us)
            if demuxer.strange > READ_BYTES * 16:
                raise SourceFault(Fault.PROTOCOL, "not a transport stream")


class _Sorter:
    """Elements to access units; the hub hears of the tracks once the picture's are known."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._picture: Format | None = None
        self._sound: Track | None = None
        self._said: list[Track] = []
        self._clocks = {"picture": Unwrapped(90_000), "sound": Unwrapped(90_000)}

    def take(self, element: Element, at_us: int) -> None:
        if element.kind == "AAC":
            self._take_sound(element, at_us)
        else:
            self._take_picture(element, at_us)

    def _take_picture(self, element: Element, at_us: int) -> None:
        h265 = element.kind == "H265"
        dropped = (35, 38) if h265 else (9, 12)
        kind_of = kind_h265 if h265 else kind_h264
        parts = [part.rstrip(b"\0") for part in from_annex_b(element.data)]
        parts = [part for part in parts if len(part) > 1 and kind_of(part) not in dropped]
        kinds = {kind_of(part) for part in parts}
        keyframe = any(16 <= kind <= 21 for kind in kinds) if h265 else 5 in kinds
        if keyframe:
            sets = tuple(part for part in parts if kind_of(part) in ((32, 33, 34) if h265 else (7, 8)))
            bare = Format(element.kind, 90_000)
            found = with_parameters(bare, sets) if sets else self._picture
            if found is not None and found.complete:
                self._picture = found
                self._say()
        if self._said and parts:
            rtp = self._clocks["picture"](element.pts & 0xFFFFFFFF)
            self._hub.publish(AccessUnit(0, rtp, at_us, keyframe, tuple(parts)))

    def _take_sound(self, element: Element, at_us: int) -> None:
        found = sound(element.data)
        if found is None or self._picture is None:
            return
        track = Track(Codec.AAC, found.rate, found.channels, (found.config,))
        if track != self._sound:
            self._sound = track
        if len(self._said) < 2 or self._said[1] != track:
            return  # it is said with the next keyframe
        first = self._clocks["sound"](element.pts & 0xFFFFFFFF) * found.rate // 90_000
        for nth, frame in enumerate(found.frames):
            self._hub.publish(AccessUnit(1, first + nth * _SAMPLES, at_us, True, (frame,)))

    def _say(self) -> None:
        assert self._picture is not None
        tracks = [track_of(self._picture), *([self._sound] if self._sound else [])]
        if tracks != self._said:
            self._said = tracks
            self._hub.begin(tracks)
