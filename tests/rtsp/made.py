"""Pictures for the tests: real H.264 and H.265 from PyAV's encoders, a few of them."""

from fractions import Fraction
from functools import cache

import av
import numpy as np

from rtsp import nal
from rtsp.payloads import Format, Unit, with_parameters


@cache
def pictures(
    codec: str = "libx264", width: int = 320, height: int = 240, count: int = 12
) -> tuple[Unit, ...]:
    """Ten a second, a keyframe at each sixth; noise, so that they need many packets."""
    coder = av.CodecContext.create(codec, "w")
    assert isinstance(coder, av.VideoCodecContext)
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.framerate, coder.time_base = Fraction(10), Fraction(1, 10)
    coder.options = {"preset": "ultrafast", "tune": "zerolatency", "g": "6"}
    coder.options |= {"x265-params": "keyint=6:log-level=none"} if codec == "libx265" else {}
    found = []
    for nth in range(count):
        noise = np.random.default_rng(nth).integers(0, 255, (height, width, 3), dtype=np.uint8)
        shot = av.VideoFrame.from_ndarray(noise, format="bgr24")
        shot.pts = nth
        for packet in coder.encode(shot):
            parts = tuple(nal.from_annex_b(bytes(packet)))
            found.append(Unit(nth * 9000, bool(packet.is_keyframe), parts))
    assert len(found) == count
    return tuple(found)


def format_of(codec: str = "libx264", width: int = 320, height: int = 240) -> Format:
    h265 = codec == "libx265"
    first = pictures(codec, width, height)[0].parts
    kinds = (32, 33, 34) if h265 else (7, 8)
    sets = tuple(p for p in first if (nal.kind_h265(p) if h265 else nal.kind_h264(p)) in kinds)
    return with_parameters(Format("H265" if h265 else "H264", 90_000), sets)
