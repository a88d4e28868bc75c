"""GStreamer's RTSP server as a camera: a peer that is not ours. Needs Debian's packages (`missing` says)."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

PYTHON: Final = "/usr/bin/python3"
H264: Final = (
    "( videotestsrc is-live=true pattern=ball ! videoscale ! "
    "capsfilter name=caps caps=video/x-raw,width=320,height=240 ! "
    "videorate ! video/x-raw,framerate=10/1 ! videoconvert ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96 "
    "config-interval=-1 )"
)
"""320x240, 10 pictures a second, a keyframe a second."""
H265: Final = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=10/1 !"
    " videoconvert ! x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 !"
    " rtph265pay name=pay0 pt=96 )"
)
SOUND: Final = (
    "( videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=10/1 ! videoconvert ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96 "
    "audiotestsrc is-live=true ! audioconvert ! audioresample ! {sound} name=pay1 pt={number} )"
)
AAC: Final = SOUND.format(sound="voaacenc ! aacparse ! rtpmp4gpay", number=97)
OPUS: Final = SOUND.format(sound="opusenc ! rtpopuspay", number=97)
PCMU: Final = SOUND.format(sound="audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay", number=0)
FILM: Final = (
    "( appsrc name=film is-live=true do-timestamp=true format=time "
    "caps=video/x-h264,stream-format=byte-stream,alignment=au ! "
    "rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
"""What is in a file already (`filmed`): as cheap for this machine as a camera's own chip makes it."""
SOUND_ONLY: Final = "( audiotestsrc is-live=true ! audioconvert ! opusenc ! rtpopuspay name=pay0 pt=96 )"


@cache
def missing() -> str:
    """Why it cannot run here; "" where it can."""
    look = (
        "import gi\nfor n in ('Gst','GstRtsp','GstRtspServer'): gi.require_version(n,'1.0')\n"
        "from gi.repository import Gst, GstRtspServer\nGst.init(None)\n"
        "e=[n for n in ('x264enc','x265enc','opusenc','voaacenc') if not Gst.ElementFactory.find(n)]\n"
        "print(' '.join(e))"
    )
    try:
        done = subprocess.run([PYTHON, "-c", look], check=False, capture_output=True, text=True, timeout=60)
    except OSError:
        return f"{PYTHON} is not there"
    if done.returncode:
        return "gir1.2-gst-rtsp-server-1.0 or python3-gi is not installed"
    return f"GStreamer has no {done.stdout.strip()}" if done.stdout.strip() else ""


@dataclass
class GstServer:
    port: int
    _process: asyncio.subprocess.Process

    def url(self, path: str) -> str:
        return f"rtsp://127.0.0.1:{self.port}{path}"

    async def size(self, path: str, width: int, height: int) -> None:
        """Change the picture's size while it plays."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"size {path} {width} {height}\n".encode())
        async with asyncio.timeout(30):
            assert await self._process.stdout.readline() == b"done\n"


def filmed(folder: Path, count: int, *, rate: int = 12, seconds: int = 10) -> list[dict[str, str]]:
    """Mounts of as many cameras, each with a picture of its own, encoded here and now with ffmpeg: 640x360, a
    keyframe a second, 400 kbit/s."""
    mounts = []
    for nth in range(count):
        film = folder / f"camera{nth}.h264"
        picture = f"testsrc2=size=640x360:rate={rate}:duration={seconds},hue=h={nth * 360 // count}"
        encoder = f"aud=1:keyint={rate}:min-keyint={rate}:scenecut=0:sliced-threads=0"
        subprocess.run(
            (
                *(
                    "ffmpeg",
                    "-nostdin",
                    "-v",
                    "error",
                    "-y",
                    "-f",
                    "lavfi",
                    "-i",
                    picture,
                    "-pix_fmt",
                    "yuv420p",
                ),
                *("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-profile:v", "baseline"),
                *("-x264-params", encoder, "-b:v", "400k", "-maxrate", "400k", "-bufsize", "200k", str(film)),
            ),
            check=True,
        )
        mounts.append({"launch": FILM, "film": str(film), "rate": str(rate)})
    return mounts


@asynccontextmanager
async def serving(mounts: dict[str, dict[str, str]]) -> AsyncIterator[GstServer]:
    """``{"/path": {"launch": …, "user": …, "password": …, "film": …, "rate": …}}``"""
    script = str(Path(__file__).with_name("gst_server.py"))
    process = await asyncio.create_subprocess_exec(
        PYTHON,
        script,
        json.dumps(mounts),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            port = int(await process.stdout.readline())
        yield GstServer(port, process)
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
