"""Segments, where they lie, and when something is recorded. Pure; times are passed in.

Invariants (docs/design/recording.md; `jedel media check` verifies 1 to 4)
1. A row of `segment` stands for a file that is whole and on the disk; its path follows from stream and start.
2. A segment begins with a keyframe (where the stream has a picture) and contains nothing but that stream.
3. The row's SHA-256 and size are those of the file.
4. Segments of a stream do not overlap.
5. A unit that was not written is counted in a segment's ``dropped``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SEGMENT_S: Final = 60
SEGMENT_S_MAX: Final = 600
"""Where no keyframe comes."""
SEGMENT_BYTES_MAX: Final = 1024**3
FRAGMENT_US: Final = 500_000
GAP_LEAST: Final = timedelta(seconds=2)
"""Shorter ones are not shown: a camera's pauses, a segment's border."""

_ID = re.compile(r"([a-z]{2,12})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/([a-z]{2,12})")
_PATH = re.compile(
    r"([a-z]{2,12})/([0-9a-f]{2})/(\2[0-9a-f]{6}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(\d{4}-\d\d-\d\d)/"
    r"([a-z]{2,12})-(\d{6})-(\d{6})\.mp4"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A closed file. ``start``, ``end``: our clock. ``size``: bytes."""

    stream: str
    start: datetime
    end: datetime
    size: int
    units: int
    dropped: int
    width: int
    height: int
    codecs: str
    on_event: bool
    sha256: bytes
    mended: bool = False


def recordable(stream: str) -> bool:
    """Whether a stream's id can be a path."""
    return _ID.fullmatch(stream) is not None


def path_of(stream: str, start: datetime) -> str:
    """Below the recordings' folder: ``camera/0a/0a1b…/2026-11-22/main-134501-000250.mp4``; times are UTC."""
    found = _ID.fullmatch(stream)
    if found is None:
        raise ValueError(f"no stream of ours: {stream}")
    owner, uuid, name = found.groups()
    at = start.astimezone(UTC)
    return f"{owner}/{uuid[:2]}/{uuid}/{at:%Y-%m-%d}/{name}-{at:%H%M%S-%f}.mp4"


def read_path(path: str) -> tuple[str, datetime] | None:
    """The stream and the start that a path stands for; None: it is none of ours."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    owner, _, uuid, day, name, clock, micro = found.groups()
    try:
        start = datetime.strptime(f"{day} {clock}.{micro}", "%Y-%m-%d %H%M%S.%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return f"{owner}/{uuid}/{name}", start


@dataclass(frozen=True, slots=True)
class Range:
    """A time without a hole."""

    since: datetime
    until: datetime


def ranges(parts: Iterable[tuple[datetime, datetime]], joined_within: timedelta = GAP_LEAST) -> list[Range]:
    """Parts that follow each other are one range; they come in order of their start."""
    found: list[Range] = []
    for since, until in parts:
        if found and since - found[-1].until <= joined_within:
            found[-1] = Range(found[-1].since, max(until, found[-1].until))
        else:
            found.append(Range(since, until))
    return found


def gaps(found: Sequence[Range], since: datetime, until: datetime) -> list[Range]:
    """What of the time from ``since`` to ``until`` is in no range."""
    holes, at = [], since
    for each in found:
        if each.since > at:
            holes.append(Range(at, min(each.since, until)))
        at = max(at, each.until)
    if at < until:
        holes.append(Range(at, until))
    return [hole for hole in holes if hole.until > hole.since]


@dataclass(frozen=True, slots=True)
class Window:
    """Of a week. ``day``: 0 Monday. ``begin``, ``end``: minutes of the local day, 1440 midnight."""

    day: int
    begin: int
    end: int

    @classmethod
    def read(cls, said: Any) -> "Window":
        """As `recorded_stream.schedule` keeps it. Raises KeyError, TypeError, ValueError."""
        window = cls(int(said["day"]), int(said["from"]), int(said["until"]))
        if not (0 <= window.day <= 6 and 0 <= window.begin < window.end <= 1440):
            raise ValueError("no such window")
        return window


def scheduled(windows: Sequence[Window], local: datetime) -> bool:
    """Whether the local time lies in one of the windows."""
    minute = local.hour * 60 + local.minute
    return any(w.day == local.weekday() and w.begin <= minute < w.end for w in windows)


def at_us(moment: datetime) -> int:
    """µs since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """µs since 1970."""
    return _EPOCH + timedelta(microseconds=us)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
