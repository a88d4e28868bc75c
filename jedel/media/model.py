"""What streams are made of: tracks, access units, and what a stream is asked to be. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID


class Codec(StrEnum):
    """As SDP names them."""

    H264 = "H264"
    H265 = "H265"
    VP8 = "VP8"
    VP9 = "VP9"
    OPUS = "opus"
    PCMU = "PCMU"
    PCMA = "PCMA"
    AAC = "MPEG4-GENERIC"


VIDEO: Final = frozenset({Codec.H264, Codec.H265, Codec.VP8, Codec.VP9})
LIVE_VIDEO: Final = frozenset({Codec.H264, Codec.VP8, Codec.VP9})
"""What every browser takes over WebRTC; anything else is transcoded."""
LIVE_AUDIO: Final = frozenset({Codec.OPUS, Codec.PCMU, Codec.PCMA})


@dataclass(frozen=True, slots=True)
class Track:
    """One elementary stream. ``clock_rate``: ticks a second of its units' ``rtp``. ``parameters``: H.264
    (SPS, PPS) or H.265 (VPS, SPS, PPS) NAL units without start codes, AAC's AudioSpecificConfig; empty for
    codecs that carry theirs in the stream. ``width``, ``height``: pixels, 0 unknown."""

    codec: Codec
    clock_rate: int
    channels: int = 0
    parameters: tuple[bytes, ...] = ()
    width: int = 0
    height: int = 0

    @property
    def video(self) -> bool:
        return self.codec in VIDEO


@dataclass(frozen=True, slots=True, eq=False)
class AccessUnit:
    """One picture, or one packet of sound.

    ``track``: index into the stream's tracks. ``rtp``: time in the track's clock, unwrapped, never falling
    within a track. ``at_us``: our wall clock when its last byte came, µs since 1970; recordings keep this
    time, never the camera's (docs/design/media.md). ``parts``: of H.264 and H.265 the NAL units without start
    codes (parameter sets precede the picture where the sender repeats them); of other codecs one element.
    """

    track: int
    rtp: int
    at_us: int
    keyframe: bool
    parts: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(len, self.parts))


class SourceKind(StrEnum):
    """How a stream comes to us."""

    RTSP = "rtsp"  # we pull it
    PUSH = "push"  # a device publishes it by WHIP
    SRT = "srt"  # it is sent to a port of ours


@dataclass(frozen=True, slots=True)
class Mask:
    """A part of the picture that is covered: corners in shares of its width and height, 0..1."""

    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """What a gateway must know of a stream, as the room that owns it says.

    ``id``: its name everywhere, ``<owner>/<uuid>/<name>``: ``camera/…/main``, ``camera/…/sub``,
    ``call/…/desk``. ``url`` holds no credentials. ``networks``: CIDR blocks that the address may lie in;
    anything else is refused. ``masks``: non-empty: viewers get nothing but the masked picture, unless what
    they hold says otherwise. ``record``: kept all the time. ``region``: of the owner. ``keep_days``: of what
    is recorded. ``publisher``: device or account that may publish it.
    """

    id: str
    region: str
    kind: SourceKind
    url: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    networks: tuple[str, ...] = ()
    masks: tuple[Mask, ...] = ()
    record: bool = False
    pre_event_s: int = 0
    keep_days: int = 30
    publisher: UUID | None = None


class Fault(StrEnum):
    """Why a source gives nothing, in the words that screens translate."""

    UNREACHABLE = "unreachable"
    REFUSED_ADDRESS = "refused_address"  # outside the camera networks
    CREDENTIALS = "credentials"
    NOT_FOUND = "not_found"
    PROTOCOL = "protocol"  # what came is not RTSP, or is broken
    NO_FRAMES = "no_frames"
    CODEC = "codec"  # nothing in it that we carry
    NO_PUBLISHER = "no_publisher"  # a stream that nobody publishes now
    TOO_MANY = "too_many"


class SourceFault(Exception):
    """A source ended. ``detail`` is for the log and the camera's history, never with credentials."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else str(fault))
        self.fault = fault
        self.detail = detail


def first_video(tracks: Sequence[Track]) -> int | None:
    """Index of the picture's track."""
    return next((n for n, track in enumerate(tracks) if track.video), None)
