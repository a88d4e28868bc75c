"""Our streams for other systems: ffmpeg and our own client look."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from jedel.media.control import Grant
from jedel.media.errors import StreamNotThere, TooManyViewers
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Fault, Track
from jedel.media.rtsp_out import Door, RtspOut
from jedel.media.sources.rtsp import RtspSource
from rtsp.auth import Login
from rtsp.server import Refused
from tests.media.rtsp_support import fault_of, pulled, spec
from tests.rtsp import made
from tests.support.waiting import eventually

STREAM = "camera/7/main"


@dataclass
class House:
    """A hub with a camera in it, and who came in."""

    hub: Hub = field(default_factory=Hub)
    inside: dict[str, Callable[[], None]] = field(default_factory=dict)
    nth: int = 0
    full: bool = False

    async def look(self, stream: str, _: Grant) -> Hub:
        if stream != STREAM:
            raise StreamNotThere(stream=stream)
        return self.hub

    async def enter(self, stream: str, _: Grant, close: Callable[[], None]) -> tuple[str, Hub]:
        if self.full:
            raise TooManyViewers(limit=0)
        self.nth += 1
        self.inside[str(self.nth)] = close
        return str(self.nth), await self.look(stream, _)

    async def empty(self) -> bool:
        return not self.inside

    async def somebody(self) -> bool:
        return bool(self.inside)

    def leave(self, seat: str) -> None:
        self.inside.pop(seat, None)

    async def film(self) -> None:
        """Ten pictures a second, without parameter sets in them."""
        units, n = made.pictures(), 0
        while True:
            unit = units[n % len(units)]
            parts = tuple(part for part in unit.parts if part[0] & 31 not in (7, 8))
            self.hub.publish(AccessUnit(0, n * 9000, time.time_ns() // 1000, unit.keyframe, parts))
            n += 1
            await asyncio.sleep(0.1)


async def grant_of(stream: str, login: Login | None) -> Grant:
    if login is None or login.user != "partner" or not login.matches("s3cret"):
        raise Refused(401)
    return Grant(("account:partner",), "account:partner")


@pytest.fixture
async def house() -> AsyncIterator[tuple[House, RtspOut]]:
    house = House()
    told = made.format_of()
    house.hub.begin([Track(Codec.H264, 90_000, 0, told.parameters, 320, 240), Track(Codec.VP8, 90_000)])
    films = asyncio.create_task(house.film())
    out = RtspOut(Door(house.look, house.enter, house.leave), grant_of)
    await out.start("127.0.0.1", 0)
    yield house, out
    await out.close()
    films.cancel()
    with suppress(asyncio.CancelledError):
        await films
    assert house.inside == {}


def url(out: RtspOut, stream: str = STREAM) -> str:
    return f"rtsp://127.0.0.1:{out.port}/{stream}"


async def test_what_goes_in_comes_out(house: tuple[House, RtspOut]) -> None:
    inside, out = house
    async with pulled(RtspSource(spec(url(out), "partner", "s3cret"))) as seen:
        await seen.until(lambda: len(seen.units) >= 13)
        assert len(inside.inside) == 1
        assert out.viewers == 1
    (track,) = seen.begun[0]
    assert (track.codec, track.width, track.parameters) == (Codec.H264, 320, made.format_of().parameters)
    keyframes = [unit for unit in seen.units if unit.keyframe]
    assert keyframes[0] is seen.units[0]
    assert all([part[0] & 31 for part in unit.parts][:2] == [7, 8] for unit in keyframes)
    await eventually(inside.empty)


async def test_who_may_not(house: tuple[House, RtspOut]) -> None:
    inside, out = house
    for user, password in (("partner", "guess"), ("somebody", "s3cret"), ("", "")):
        assert (await fault_of(RtspSource(spec(url(out), user, password)))).fault is Fault.CREDENTIALS
    unknown = RtspSource(spec(url(out, "camera/8/main"), "partner", "s3cret"))
    assert (await fault_of(unknown)).fault is Fault.NOT_FOUND
    inside.full = True
    full = await fault_of(RtspSource(spec(url(out), "partner", "s3cret")))
    assert full.fault in (Fault.UNREACHABLE, Fault.NO_FRAMES)
    assert inside.nth == 0


async def test_a_right_that_ends_ends_the_viewer(house: tuple[House, RtspOut]) -> None:
    inside, out = house
    watching = asyncio.create_task(fault_of(RtspSource(spec(url(out), "partner", "s3cret"))))
    await eventually(inside.somebody)
    for close in list(inside.inside.values()):
        close()
    assert (await watching).fault in (Fault.UNREACHABLE, Fault.NO_FRAMES)
    await eventually(inside.empty)


async def test_a_source_that_begins_again_goes_on_in_the_viewers_time(house: tuple[House, RtspOut]) -> None:
    inside, out = house
    async with pulled(RtspSource(spec(url(out), "partner", "s3cret"))) as seen:
        await seen.until(lambda: len(seen.units) >= 3)
        inside.hub.pause(Fault.UNREACHABLE)
        inside.hub.begin(inside.hub.tracks)
        units = made.pictures()
        mark = len(seen.units)
        far = 3_000_000_000
        for n, unit in enumerate(units[:3]):
            at_us = time.time_ns() // 1000
            inside.hub.publish(AccessUnit(0, far + n * 9000, at_us, unit.keyframe, unit.parts))
        await seen.until(lambda: len(seen.units) >= mark + 3)
    times = [unit.rtp for unit in seen.units]
    assert times == sorted(times)
    assert times[mark + 2] - times[0] < 90_000 * 20


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
async def test_ffmpeg_looks(house: tuple[House, RtspOut]) -> None:
    _, out = house
    address = url(out).replace("rtsp://", "rtsp://partner:s3cret@")
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-nostdin", "-v", "error", "-xerror", "-rtsp_transport", "tcp", "-i", address),
        *("-frames:v", "8", "-f", "framecrc", "-"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(40):
        said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert errors == b""
    assert said.count(b"\n0,") == 8
