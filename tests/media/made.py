"""Streams made by real encoders, as a source would give them."""

from fractions import Fraction

import av
import numpy as np

from jedel.media.model import AccessUnit, Codec, Track

ENCODERS = {
    Codec.H264: "libx264",
    Codec.H265: "libx265",
    Codec.VP8: "libvpx",
    Codec.VP9: "libvpx-vp9",
    Codec.OPUS: "libopus",
    Codec.AAC: "aac",
    Codec.PCMU: "pcm_mulaw",
    Codec.PCMA: "pcm_alaw",
}
START_US = 1_795_000_000_000_000
"""19 Nov 2026, 05:46:40 UTC."""


def nals(data: bytes) -> tuple[bytes, ...]:
    """NAL units of an Annex B byte stream."""
    pieces = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return tuple(piece for piece in pieces if piece)


def video(
    codec: Codec,
    frames: int,
    *,
    size: tuple[int, int] = (160, 120),
    fps: int = 25,
    gop: int = 25,
    start_us: int = START_US,
    track: int = 0,
    bit_rate: int = 300_000,
) -> tuple[Track, list[AccessUnit]]:
    """A grey field that brightens and moves; arrival exactly at the frame's time."""
    context = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base = Fraction(1, fps)
    context.framerate = Fraction(fps, 1)
    context.gop_size, context.max_b_frames, context.bit_rate = gop, 0, bit_rate
    context.options = {
        Codec.H264: {"preset": "ultrafast", "tune": "zerolatency", "x264-params": f"keyint={gop}:scenecut=0"},
        Codec.H265: {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x265-params": f"log-level=none:keyint={gop}:scenecut=0:repeat-headers=1:pools=1:frame-threads=1",
        },
        Codec.VP8: {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
        Codec.VP9: {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    }[codec]
    packets = []
    for number in range(frames):
        grey = np.full((size[1], size[0], 3), number * 5 % 200 + 20, np.uint8)
        grey[:, number * 4 % (size[0] - 16) :][:, :16] = 255
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        packets += context.encode(frame)
    packets += context.encode(None)
    units = [
        AccessUnit(
            track,
            number * 90_000 // fps,
            start_us + number * 1_000_000 // fps,
            packet.is_keyframe,
            nals(bytes(packet)) if codec in {Codec.H264, Codec.H265} else (bytes(packet),),
        )
        for number, packet in enumerate(packets)
    ]
    parameters: tuple[bytes, ...] = ()
    if codec in {Codec.H264, Codec.H265}:
        kinds = {7, 8} if codec is Codec.H264 else {32, 33, 34}
        parameters = tuple(
            nal
            for nal in units[0].parts
            if (nal[0] & 31 if codec is Codec.H264 else nal[0] >> 1 & 63) in kinds
        )
    return Track(codec, 90_000, 0, parameters, *size), units


def sound(
    codec: Codec, seconds: float, *, start_us: int = START_US, track: int = 1
) -> tuple[Track, list[AccessUnit]]:
    """A tone of 440 Hz, one channel."""
    rate = {Codec.OPUS: 48_000, Codec.AAC: 16_000}.get(codec, 8000)
    context = av.CodecContext.create(ENCODERS[codec], "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout = rate, "mono"
    context.format = {Codec.OPUS: "s16", Codec.AAC: "fltp"}.get(codec, "s16")
    context.time_base = Fraction(1, rate)
    context.open()
    size = context.frame_size or rate // 50
    packets = []
    for number in range(int(seconds * rate) // size):
        at = np.arange(number * size, (number + 1) * size)
        wave = np.sin(at * 2 * np.pi * 440 / rate) * 0.3
        data = wave.astype(np.float32) if codec is Codec.AAC else (wave * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(
            data[None, :], format="fltp" if codec is Codec.AAC else "s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = rate, number * size, Fraction(1, rate)
        packets += context.encode(frame)
    units = [
        AccessUnit(track, n * size, start_us + n * size * 1_000_000 // rate, True, (bytes(packet),))
        for n, packet in enumerate(packets)
    ]
    parameters = (bytes(context.extradata or b""),) if codec is Codec.AAC else ()
    return Track(codec, rate, 1, parameters), units


def noisy_video(
    frames: int, *, size: tuple[int, int], fps: int, bit_rate: int
) -> tuple[Track, list[AccessUnit]]:
    """H.264 that takes about so many bits, as a camera in a busy street: noise leaves nothing to save."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height = size
    context.pix_fmt = "yuv420p"
    context.time_base, context.framerate = Fraction(1, fps), Fraction(fps, 1)
    context.gop_size, context.max_b_frames, context.bit_rate = frames, 0, bit_rate
    most = bit_rate // 1000
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x264-params": f"keyint={frames}:scenecut=0:vbv-maxrate={most}:vbv-bufsize={most}",
    }
    random = np.random.default_rng(7)
    packets = []
    for number in range(frames):
        grey = random.integers(0, 256, (size[1] * 3 // 2, size[0]), np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        packets += context.encode(frame)
    packets += context.encode(None)
    units = [
        AccessUnit(0, n * 90_000 // fps, START_US + n * 1_000_000 // fps, p.is_keyframe, nals(bytes(p)))
        for n, p in enumerate(packets)
    ]
    parameters = tuple(nal for nal in units[0].parts if nal[0] & 31 in {7, 8})
    return Track(Codec.H264, 90_000, 0, parameters, *size), units
