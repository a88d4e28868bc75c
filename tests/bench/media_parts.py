"""What the parts of a gateway cost, in CPU time of one core: viewers by bytes, transcoding, masks, stills.

``python -m tests.bench.media_parts``. CPU time is measured, so that a busy machine changes little.
"""

import asyncio
import os
import sys
import time
from dataclasses import replace

from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Codec, Mask, Track
from jedel.media.mse import MseViewer, Muxer
from jedel.media.still import jpeg_of
from jedel.media.transcode.video import VideoMaker
from tests.media.made import video

SECONDS = 20
FPS = 25
BYTES = 4_000_000 // 8 // FPS
"""Of a picture in a stream of 4 Mbit/s."""
LARGE = (1920, 1080)
CORNER = Mask(((0.0, 0.0), (0.4, 0.0), (0.4, 0.4), (0.0, 0.4)))


def stream() -> tuple[Track, list[AccessUnit]]:
    """4 Mbit/s, as a gateway handles it: nothing looks into the pictures."""
    track, units = video(Codec.H264, 2, size=(320, 240), gop=50)
    made = []
    for n in range(SECONDS * FPS):
        key = n % 50 == 0
        body = (b"\x65" if key else b"\x41") + os.urandom(BYTES - 1)
        parts = (*track.parameters, body) if key else (body,)
        made.append(AccessUnit(0, n * 3600, units[0].at_us + n * 40_000, key, parts))
    return track, made


def by_bytes(viewers: int) -> float:
    """Share of a core for one stream with so many viewers who keep up."""
    track, units = stream()
    hub, muxer = Hub(), Muxer(masked=False)
    hub.add(muxer)
    ends = [MseViewer(False) for _ in range(viewers)]
    for end in ends:
        muxer.add(end)
    hub.begin([track])

    async def run() -> float:
        taking = [asyncio.ensure_future(take(end)) for end in ends]
        began = time.process_time()
        for unit in units:
            hub.publish(unit)
            await asyncio.sleep(0)
        for end in ends:
            end.end()
        await asyncio.gather(*taking)
        return time.process_time() - began

    return asyncio.run(run()) / SECONDS


async def take(end: MseViewer) -> int:
    return sum([len(message) async for message in end])


def transcoding(codec: Codec, masks: tuple[Mask, ...]) -> float:
    """Share of a core for one 1080p25 stream made anew."""
    track, units = video(codec, 50, size=LARGE, gop=50, bit_rate=4_000_000)
    maker = VideoMaker(track, masks)
    began = time.process_time()
    for unit in units:
        maker.make(unit)
    return (time.process_time() - began) / (len(units) / FPS)


def still() -> float:
    """Milliseconds of CPU for a JPEG of a 1080p keyframe with a mask."""
    track, (unit,) = video(Codec.H264, 1, size=LARGE)
    began = time.process_time()
    for _ in range(10):
        jpeg_of(track, replace(unit), (CORNER,))
    return (time.process_time() - began) * 100


def main() -> int:
    rows = [
        ("1 stream of 4 Mbit/s, 1 viewer by bytes", f"{by_bytes(1):.1%} of a core"),
        ("1 stream of 4 Mbit/s, 8 viewers by bytes", f"{by_bytes(8):.1%} of a core"),
        ("1080p25 H.264 covered by a mask", f"{transcoding(Codec.H264, (CORNER,)):.0%} of a core"),
        ("1080p25 H.265 for browsers", f"{transcoding(Codec.H265, ()):.0%} of a core"),
        ("a still of 1080p", f"{still():.0f} ms of CPU"),
    ]
    for what, cost in rows:
        sys.stdout.write(f"{what:45} {cost}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
