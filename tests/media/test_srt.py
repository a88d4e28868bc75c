"""Streams that are sent to us by SRT: ffmpeg is the sender."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from jedel.app.embedded.child import free_port
from jedel.media.hub import Hub
from jedel.media.model import Codec, Fault, SourceFault, SourceKind, StreamSpec
from jedel.media.sources import srt_listener
from jedel.media.sources.mpegts import Demuxer, sound
from jedel.media.sources.srt import REMEDIES, SrtSource, read
from tests.media.rtsp_support import Seen, fault_of
from tests.support import eventually

quick = settings(max_examples=40, deadline=None)

PASSPHRASE = "correcthorse42"


@cache
def missing() -> str:
    if not shutil.which("ffmpeg"):
        return "ffmpeg is not installed"
    said = subprocess.run(
        ["ffmpeg", "-v", "quiet", "-protocols"], capture_output=True, text=True, timeout=60, check=False
    )
    return "" if "srt\n" in said.stdout else "this ffmpeg has no SRT"


with_ffmpeg = pytest.mark.skipif(bool(missing()), reason=missing() or "there")


def spec(url: str, password: str = "", networks: tuple[str, ...] = ("127.0.0.0/8",)) -> StreamSpec:
    return StreamSpec("camera/test/main", "00", SourceKind.SRT, url, password=password, networks=networks)


async def send(port: int, seconds: int, password: str = "") -> int:
    """Has ffmpeg send a picture and a tone, again where nobody listens yet; its exit status."""
    secret = f"&passphrase={password}&pbkeylen=16" if password else ""
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-nostdin", "-v", "quiet", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10"),
        *("-f", "lavfi", "-i", "sine", "-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p"),
        *("-g", "5", "-tune", "zerolatency", "-c:a", "aac", "-t", str(seconds), "-f", "mpegts"),
        f"srt://127.0.0.1:{port}?mode=caller{secret}",
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def keep_sending(port: int, password: str = "") -> None:
    while True:
        await send(port, 60, password)


@with_ffmpeg
async def test_a_sender_is_seen_and_heard() -> None:
    port, hub, seen = free_port(), Hub(), Seen()
    hub.add(seen)
    listens = asyncio.create_task(SrtSource(spec(f"srt://127.0.0.1:{port}", PASSPHRASE)).run(hub))
    sends = asyncio.create_task(keep_sending(port, PASSPHRASE))
    await seen.until(lambda: len(seen.begun) > 0 and len(seen.begun[-1]) == 2, 40)
    await seen.until(lambda: sum(unit.track == 1 for unit in seen.units) >= 20)
    sends.cancel()
    with suppress(asyncio.CancelledError):
        await sends
    with pytest.raises(SourceFault) as caught:
        async with asyncio.timeout(30):
            await listens
    assert caught.value.fault in (Fault.NO_PUBLISHER, Fault.NO_FRAMES)
    assert seen.faults[0] is Fault.NO_PUBLISHER  # nobody was there yet
    picture, tone = seen.begun[-1]
    assert (picture.codec, picture.width, picture.height) == (Codec.H264, 320, 240)
    assert (tone.codec, tone.clock_rate) == (Codec.AAC, 44_100)
    assert seen.units[0].keyframe
    for track in (0, 1):
        times = [unit.rtp for unit in seen.units if unit.track == track]
        assert times == sorted(times)


@with_ffmpeg
async def test_who_does_not_know_the_passphrase_is_not_let_in() -> None:
    port, hub, seen = free_port(), Hub(), Seen()
    hub.add(seen)
    listens = asyncio.create_task(SrtSource(spec(f"srt://127.0.0.1:{port}", PASSPHRASE)).run(hub))
    await seen.until(lambda: bool(seen.faults))
    assert await send(port, 3, "anotherhorse42") != 0
    assert seen.units == []
    listens.cancel()
    with suppress(asyncio.CancelledError, SourceFault):
        await listens


def refusals() -> float:
    return REGISTRY.get_sample_value("jedel_media_srt_refused_total") or 0


@with_ffmpeg
async def test_who_comes_from_outside_the_camera_networks_is_not_let_in() -> None:
    """Though he knows the passphrase."""
    port, hub, seen, before = free_port(), Hub(), Seen(), refusals()
    hub.add(seen)
    elsewhere = spec(f"srt://127.0.0.1:{port}", PASSPHRASE, ("10.0.0.0/8",))
    listens = asyncio.create_task(SrtSource(elsewhere).run(hub))
    await seen.until(lambda: bool(seen.faults))

    async def counted() -> bool:
        await send(port, 1, PASSPHRASE)
        return refusals() > before

    await eventually(counted, within_s=40)
    assert seen.units == []
    listens.cancel()
    with suppress(asyncio.CancelledError, SourceFault):
        await listens


def words_of(pid: str) -> bytes:
    """What anybody on the machine reads of a process, and what only its own user does."""
    found = b""
    for name in ("cmdline", "environ"):
        with suppress(OSError):
            found += Path("/proc", pid, name).read_bytes()
    return found


@with_ffmpeg
async def test_no_list_of_processes_shows_the_passphrase() -> None:
    """Looked for all the while until it listens; nor has it a file open that somebody might read."""
    secret = "onlyheardonstdin77"
    port, hub = free_port(), Hub()
    listens = asyncio.create_task(SrtSource(spec(f"srt://127.0.0.1:{port}", secret)).run(hub))
    listeners: set[str] = set()

    async def listening() -> bool:
        for pid in (each.name for each in Path("/proc").iterdir() if each.name.isdigit()):
            words = words_of(pid)
            assert secret.encode() not in words, pid
            if b"srt_listener" in words:
                listeners.add(pid)
        return any(f":{port:04X} " in line for line in Path("/proc/net/udp").read_text().splitlines())

    await eventually(listening, within_s=40)
    assert listeners
    for pid in listeners:
        opened = [str(each.readlink()) for each in Path("/proc", pid, "fd").iterdir() if each.is_symlink()]
        assert not [name for name in opened if name.startswith(tempfile.gettempdir())]
    listens.cancel()
    with suppress(asyncio.CancelledError, SourceFault):
        await listens


async def test_a_port_that_is_taken_and_networks_that_are_none() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"srt://127.0.0.1:{taken.getsockname()[1]}"
        fault = await fault_of(SrtSource(spec(url)))
        assert (fault.fault, fault.detail) == (Fault.UNREACHABLE, REMEDIES[srt_listener.NO_PORT])
    fault = await fault_of(SrtSource(spec("srt://127.0.0.1:9000", networks=("everywhere",))))
    assert fault.detail == REMEDIES[srt_listener.TOLD_WRONG]


@pytest.mark.parametrize(
    "url",
    [
        *("srt://127.0.0.1", "srt://127.0.0.1:80", "srt://cam.example:9000", "rtsp://127.0.0.1:9000", ""),
        *("srt://u@127.0.0.1:9000", "srt://127.0.0.1:9000?latency=x", "srt://127.0.0.1:9000?latency=99999"),
    ],
)
async def test_what_is_no_port_of_ours(url: str) -> None:
    with pytest.raises(SourceFault) as caught:
        read(url)
    assert caught.value.fault is Fault.REFUSED_ADDRESS


@with_ffmpeg
@pytest.mark.parametrize("passphrase", ["short", "with&mode=caller000", "x" * 80, "with space 123"])
async def test_passphrases_that_would_not_stay_one(passphrase: str) -> None:
    fault = await fault_of(SrtSource(spec("srt://127.0.0.1:9000", passphrase)))
    assert fault.fault is Fault.CREDENTIALS
    assert passphrase not in str(fault)


@quick
@given(st.lists(st.binary(max_size=400), max_size=12), st.booleans())
def test_any_bytes_are_no_stream(pieces: list[bytes], synced: bool) -> None:
    demuxer = Demuxer()
    for piece in pieces:
        demuxer.feed(b"\x47\x40\x00\x10" + piece[:184].ljust(184, b"\xff") if synced else piece)
        sound(piece)
        sound(b"\xff\xf1" + piece)
