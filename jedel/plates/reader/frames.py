"""Frames of one passing as they come by NATS: ``jedel.frames.<camera number>``.

A message is four bytes (little-endian) of the head's length, the head in JSON
(``{"frames": [{"at_us": …, "bytes": …}, …]}``), then the JPEGs one after another. Pure.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

SUBJECT: Final = "jedel.frames"
FRAMES_MAX: Final = 12
WAITING_MAX: Final = 64
"""Messages that wait for a reader; what comes beyond is answered "busy" at once."""
_HEAD_MAX: Final = 4_096


class BadFrames(ValueError):
    """A message that is none. ``code``: bad_frames, too_many_frames."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def pack(frames: Sequence[tuple[int, bytes]]) -> bytes:
    """One message of (microseconds since 1970, JPEG) each."""
    head = orjson.dumps({"frames": [{"at_us": at, "bytes": len(jpeg)} for at, jpeg in frames]})
    return len(head).to_bytes(4, "little") + head + b"".join(jpeg for _, jpeg in frames)


def unpack(raw: bytes) -> list[tuple[int, bytes]]:
    """What `pack` made, in the order of the times. Raises BadFrames."""
    length = int.from_bytes(raw[:4], "little")
    if len(raw) < 4 or not 0 < length <= min(_HEAD_MAX, len(raw) - 4):
        raise BadFrames("bad_frames")
    try:
        listed: Any = orjson.loads(raw[4 : 4 + length])["frames"]
        sizes = [(int(each["at_us"]), int(each["bytes"])) for each in listed]
    except (ValueError, TypeError, KeyError, IndexError) as wrong:
        raise BadFrames("bad_frames") from wrong
    if len(sizes) > FRAMES_MAX:
        raise BadFrames("too_many_frames")
    if any(size < 0 for _, size in sizes) or sum(size for _, size in sizes) != len(raw) - 4 - length:
        raise BadFrames("bad_frames")
    found, at = [], 4 + length
    for at_us, size in sizes:
        found.append((at_us, raw[at : at + size]))
        at += size
    return sorted(found, key=lambda each: each[0])


def camera_of(subject: str) -> int | None:
    """The camera's number, None where the subject has none."""
    number = subject.rpartition(".")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None
