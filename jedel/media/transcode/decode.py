"""Units to pictures. Runs in threads."""

from typing import Final, cast

import av
from av.codec.context import Flags

from jedel.media.model import AccessUnit, Codec, Track
from jedel.media.parameters import is_parameter

DECODERS: Final = {Codec.H264: "h264", Codec.H265: "hevc", Codec.VP8: "vp8", Codec.VP9: "vp9"}
_START: Final = b"\0\0\0\1"
_NALS: Final = frozenset({Codec.H264, Codec.H265})


def stream_of(track: Track, unit: AccessUnit) -> bytes:
    """What a decoder takes: NAL units behind start codes, the parameter sets before a keyframe."""
    if track.codec not in _NALS:
        return b"".join(unit.parts)
    parts = unit.parts
    if unit.keyframe and not any(is_parameter(track.codec, part) for part in parts):
        parts = (*track.parameters, *parts)
    return b"".join(_START + part for part in parts)


class Decoder:
    """Of one picture's track. What cannot be decoded gives nothing, up to the next keyframe."""

    def __init__(self, track: Track) -> None:
        self._track = track
        self._context: av.VideoCodecContext | None = None

    def decode(self, unit: AccessUnit) -> list[av.VideoFrame]:
        """Pictures in order, ``pts`` in the track's ticks."""
        if self._context is None:
            if not unit.keyframe:
                return []
            self._context = cast(
                "av.VideoCodecContext", av.CodecContext.create(DECODERS[self._track.codec], "r")
            )
            self._context.thread_count = 1
            self._context.flags |= Flags.low_delay
        packet = av.Packet(stream_of(self._track, unit))
        packet.pts = packet.dts = unit.rtp
        try:
            return self._context.decode(packet)
        except av.FFmpegError:
            self._context = None
            return []

    def flush(self) -> list[av.VideoFrame]:
        """What it still holds; it is of no use afterwards."""
        context, self._context = self._context, None
        try:
            return context.decode(None) if context is not None else []
        except av.FFmpegError:
            return []
