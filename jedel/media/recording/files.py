"""Files of recordings, read: what is whole in them, where which moment lies. Blocking; for threads."""

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from jedel.media.fmp4 import Fragment, init_end, parse_fragments, wall_us
from jedel.media.fmp4_read import Inside, tracks_in
from jedel.media.recording.model import Segment, from_us, read_path
from rtsp.errors import Malformed

HEAD_MAX: Final = 64 * 1024
"""An init segment is shorter."""
FRAGMENT_MAX: Final = 256 * 1024**2
BLOCK: Final = 1024**2
_PRFT: Final = b"prft\1\0\0\x08"
"""As `fmp4.fragment` begins one."""
_RUN: Final = 8 + 16 + 8 + 16 + 20 + 4
"""Where `fmp4.fragment` has the first run's name within a `moof`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A fragment in a file. ``opens``: a picture can begin with it."""

    offset: int
    size: int
    at_us: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """``init``: bytes up to the first fragment. ``end``: the first byte behind what is whole; ``size``: of
    the file."""

    init: bytes
    tracks: tuple[Inside, ...]
    places: tuple[Place, ...]
    end: int
    size: int


class Damaged(Exception):
    """A file that something else than a crash broke."""


def lock(file: FileIO) -> None:
    """Say that the file is being written, as long as it is open."""
    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def being_written(path: Path) -> bool:
    """Whether a recorder has it open. Raises FileNotFoundError."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def contents(path: Path) -> Contents:
    """What is whole in a file, also while it is written. Raises Malformed, OSError."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(HEAD_MAX)
        init = head[: init_end(_moov_only(head))]
        tracks = tracks_in(init)
        places, end = [], len(init)
        for place in _places(file, end, size):
            places.append(place)
            end = place.offset + place.size
        return Contents(init, tracks, tuple(places), end, size)


def _moov_only(head: bytes) -> bytes:
    """`ftyp` and `moov`; what follows may be torn."""
    at = 0
    for _ in range(2):
        if len(head) < at + 8:
            raise Malformed("a torn head")
        at += int(struct.unpack_from(">I", head, at)[0])
    return head[:at]


def _places(file: BinaryIO, start: int, size: int) -> Iterator[Place]:
    """By their heads; nothing else is read."""
    while start < size:
        file.seek(start)
        head = file.read(4096)
        at, at_us = 0, 0
        if head[4:8] == b"prft" and len(head) >= 32:
            at, at_us = 32, wall_us(head, 8, 32)
        if len(head) < at + 8 or head[at + 4 : at + 8] != b"moof":
            return
        (moof,) = struct.unpack_from(">I", head, at)
        file.seek(start + at + moof)
        mdat_head = file.read(8)
        if len(mdat_head) < 8 or mdat_head[4:] != b"mdat":
            return
        length = at + moof + int(struct.unpack_from(">I", mdat_head)[0])
        if length > FRAGMENT_MAX or start + length > size:
            return
        opens = _opens(head[at : at + moof])
        yield Place(start, length, at_us, opens)
        start += length


def _opens(moof: bytes) -> bool:
    """Whether the first sample of the first run can be decoded alone."""
    return moof[_RUN : _RUN + 4] == b"trun" and len(moof) >= _RUN + 28 and moof[_RUN + 24] & 3 == 2


def fragment_at(file: BinaryIO, place: Place) -> Fragment:
    """Raises Malformed, OSError."""
    file.seek(place.offset)
    found, _ = parse_fragments(file.read(place.size))
    if len(found) != 1:
        raise Malformed("a torn fragment")
    return found[0]


def end_us(path: Path, found: Contents) -> int:
    """Our clock where the last whole fragment ends. Raises Malformed, OSError."""
    with path.open("rb") as file:
        last = fragment_at(file, found.places[-1])
    scales = {track.number: track.timescale for track in found.tracks}
    run = last.runs[0]
    ticks = sum(sample.duration for sample in run.samples)
    return last.at_us + ticks * 1_000_000 // scales[run.track]


def digest(path: Path) -> tuple[bytes, int]:
    """SHA-256 and size. Raises OSError."""
    total, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
            size += len(block)
    return total.digest(), size


def mend(root: Path, path: str) -> Segment | None:
    """Make a segment of what a killed recorder left: cut the torn end off, and say what is in it. None where
    nothing in it is whole: the file is removed. Raises Damaged, OSError."""
    known = read_path(path)
    assert known is not None
    file = root / path
    try:
        found = contents(file)
        if not found.places:
            raise Malformed("nothing in it")
        end = end_us(file, found)
    except Malformed:
        file.unlink()
        return None
    if found.end < found.size:
        with file.open("r+b") as open_file:
            open_file.seek(found.end + 8)
            if _PRFT in open_file.read(FRAGMENT_MAX):
                raise Damaged("behind a broken part there is more; no crash does that")
            open_file.truncate(found.end)
    with file.open("rb") as open_file:
        os.fsync(open_file.fileno())
        units = sum(len(run.samples) for place in found.places for run in fragment_at(open_file, place).runs)
    sha256, size = digest(file)
    stream, start = known
    picture = next((track for track in found.tracks if track.video), None)
    return Segment(
        stream, start, max(from_us(end), from_us(found.places[0].at_us + 1)), size, units, 0,
        picture.width if picture else 0, picture.height if picture else 0,
        ",".join(track.codec for track in found.tracks), False, sha256, mended=True,
    )  # fmt: skip


def in_folder(root: Path) -> Iterator[str]:
    """Paths of all files below the recordings' folder, in order."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            yield str((Path(folder) / name).relative_to(root))


def open_after(root: Path, day_folder: str, name: str, after: datetime | None) -> list[str]:
    """Files of a stream in its day's folder that begin after a moment: those whose rows are still to come."""
    prefix = f"{name}-"
    try:
        names = sorted(each.name for each in (root / day_folder).iterdir() if each.name.startswith(prefix))
    except FileNotFoundError:
        return []
    found = []
    for each in names:
        known = read_path(f"{day_folder}/{each}")
        if known is not None and (after is None or known[1] >= after):
            found.append(f"{day_folder}/{each}")
    return found


def sync(file: BinaryIO) -> None:
    """What was written is on the disk."""
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """What the folder lists is on the disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
