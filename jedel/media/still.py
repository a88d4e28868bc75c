"""One picture of a stream: its last keyframe as a JPEG, the stream's masks drawn in it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Final

import av

from jedel.media.errors import StreamFault
from jedel.media.hub import Hub
from jedel.media.model import AccessUnit, Fault, Mask, Track, first_video
from jedel.media.streams import READY_WITHIN_S, Stream
from jedel.media.transcode.decode import Decoder
from jedel.media.transcode.masks import Cover
from jedel.media.transcode.video import size_for

BYTES_MAX: Final = 700_000
"""What one answer over NATS carries with room left."""
QUALITIES: Final = ("4", "10", "31")
"""Of the encoder's quantiser, the best first."""
_KEPT: Final = "still"
_THREADS: Final = ThreadPoolExecutor(2, thread_name_prefix="still")


class _Keyframe:
    """A sink that waits for one keyframe."""

    def __init__(self) -> None:
        self.found: asyncio.Future[tuple[Track, AccessUnit]] = asyncio.get_running_loop().create_future()
        self._tracks: Sequence[Track] = ()

    def begin(self, tracks: Sequence[Track]) -> None:
        self._tracks = tracks

    def take(self, unit: AccessUnit) -> None:
        if not self.found.done() and unit.keyframe and unit.track == first_video(self._tracks):
            self.found.set_result((self._tracks[unit.track], unit))

    def pause(self, fault: Fault) -> None:
        """It may come back in time."""

    def end(self) -> None:
        if not self.found.done():
            self.found.cancel()


async def still_of(stream: Stream) -> bytes:
    """A JPEG; the same bytes while the keyframe is the same. Raises StreamFault."""
    track, unit = await _keyframe(stream.hub, stream.id)
    masks = stream.spec.masks
    kept = stream.shared.get(_KEPT)
    if kept is not None and kept[0] is unit and kept[1] == masks:
        return bytes(kept[2])
    made = await asyncio.get_running_loop().run_in_executor(_THREADS, jpeg_of, track, unit, masks)
    if made is None:
        raise StreamFault(stream=stream.id, fault=Fault.CODEC)
    stream.shared[_KEPT] = unit, masks, made
    return made


async def _keyframe(hub: Hub, name: str) -> tuple[Track, AccessUnit]:
    sink = _Keyframe()
    hub.add(sink)
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            return await sink.found
    except (TimeoutError, asyncio.CancelledError):
        if not sink.found.cancelled():  # it is we who were cancelled
            raise
        raise StreamFault(stream=name, fault=hub.fault or Fault.NO_FRAMES) from None
    finally:
        hub.remove(sink)


def jpeg_of(track: Track, unit: AccessUnit, masks: Sequence[Mask]) -> bytes | None:
    """None where it cannot be decoded. Takes some milliseconds: for threads."""
    decoder = Decoder(track)
    frames = decoder.decode(unit) or decoder.flush()
    if not frames:
        return None
    width, height = size_for(frames[0].width, frames[0].height)
    picture = frames[0].reformat(width, height, format="yuv420p")
    if masks:
        picture = Cover(masks, width, height).draw(picture)
    for quality in QUALITIES:
        encoder = av.CodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
        encoder.time_base = Fraction(1, 1)
        encoder.options = {"qmin": quality, "qmax": quality}
        frame = picture.reformat(format="yuvj420p", src_color_range="MPEG", dst_color_range="JPEG")
        frame.pts = 0
        data = b"".join(bytes(packet) for packet in (*encoder.encode(frame), *encoder.encode(None)))
        if len(data) <= BYTES_MAX:
            return data
    return None
