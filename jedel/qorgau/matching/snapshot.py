"""Last sightings on disk, so that a worker that starts knows them again.

A snapshot is taken a part at a time, between batches, while judging goes on: each part is as of its own
moment, and all of it at least as new as `Header.since_us`. What was stored after that is read from the table
of reads; a read taken in twice changes nothing, since only the newest of a plate stays.

Invariants
1. Only what is committed is in a snapshot: parts are copied after a commit, before the next batch is judged.
2. A file that has its name is whole: it is written beside, flushed to disk with its checksum, then renamed,
   then the folder is flushed. What is not whole is named and not used.

File: a line of JSON (`Header`), parts of a 32-bit count, keys (int64) and records (`SEEN`), a count of 0, and
BLAKE2b-256 of all that stands before it. Little-endian.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import orjson

from jedel.plates.codec import partition
from jedel.plates.keys import Keys
from jedel.qorgau.matching.lastseen import SEEN, LastSeen, Seen

FORMAT: Final = 1
PART_SLOTS: Final = 1 << 18
"""Copied in one go: about 6 ms."""
_DIGEST: Final = 32
_HEADER_MAX: Final = 4_096


class SnapshotBroken(Exception):
    """A snapshot cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Header:
    """``partitions`` of the plates that are in it; ``since_us``: what was heard later may be missing."""

    partitions: tuple[int, ...]
    since_us: int
    format: int = FORMAT


class Writing:
    """One snapshot on its way to disk. `put` and `finish` only do I/O and may run in another thread."""

    def __init__(self, path: Path, header: Header) -> None:
        """Raises OSError."""
        self.at = 0
        """Slots that were copied so far."""
        self._path = path
        self._beside = path.with_suffix(".new")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = os.fdopen(
            os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        )
        self._digest = blake2b(digest_size=_DIGEST)
        self._write(orjson.dumps(asdict(header)) + b"\n")

    def copy(self, seen: LastSeen, before_us: int) -> tuple[Keys, Seen] | None:
        """The next part; None after the last. Forgets on the way what was seen before ``before_us``."""
        first, last = self.at, min(self.at + PART_SLOTS, seen.slots)
        if first >= last:
            return None
        self.at = last
        seen.sweep(first, last, before_us)
        return seen.part(first, last)

    def put(self, part: tuple[Keys, Seen]) -> None:
        """Write one part. Raises OSError."""
        keys, seen = part
        if len(keys):
            self._write(len(keys).to_bytes(4, "little") + keys.tobytes() + seen.tobytes())

    def finish(self) -> None:
        """Make it the snapshot. Raises OSError."""
        self._write((0).to_bytes(4, "little"))
        self._file.write(self._digest.digest())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._beside.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def give_up(self) -> None:
        """Leave the snapshot before it as it is."""
        self._file.close()
        self._beside.unlink(missing_ok=True)

    def _write(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._file.write(raw)


def path_of(folder: Path, partitions: Sequence[int]) -> Path:
    """Where the snapshot of a worker's share lies."""
    name = "".join(f"{part:x}" for part in sorted(partitions))
    return folder / "qorgau" / f"seen-{name}.snapshot"


def paths(folder: Path) -> list[Path]:
    """All snapshots, of whatever shares."""
    return sorted((folder / "qorgau").glob("seen-*.snapshot"))


def header(path: Path) -> Header:
    """What a snapshot says of itself, unchecked. Raises SnapshotBroken, OSError."""
    with path.open("rb") as file:
        line = file.readline(_HEADER_MAX)
    try:
        said = orjson.loads(line)
        found = Header(tuple(map(int, said["partitions"])), int(said["since_us"]), int(said["format"]))
    except (ValueError, TypeError, KeyError) as error:
        raise SnapshotBroken(f"{path.name}: its first line is not a snapshot's") from error
    if found.format != FORMAT:
        raise SnapshotBroken(f"{path.name}: format {found.format}, this program reads {FORMAT}")
    return found


def load(path: Path, partitions: Sequence[int], seen: LastSeen, before_us: int) -> int:
    """Take in what a snapshot has of some partitions and not before a moment; how many plates that were.

    Nothing is taken in from a file that is not whole. Raises SnapshotBroken, OSError.
    """
    raw = path.read_bytes()
    body = memoryview(raw)[:-_DIGEST]
    if len(raw) < _DIGEST or blake2b(body, digest_size=_DIGEST).digest() != raw[-_DIGEST:]:
        raise SnapshotBroken(f"{path.name}: its checksum does not fit")
    wanted = np.isin(np.arange(16), list(partitions))
    taken = 0
    for keys, records in _parts(body, len(raw.partition(b"\n")[0]) + 1):
        chosen = np.flatnonzero(wanted[partition(keys)] & (records["at_us"] >= before_us))
        seen.newest(keys[chosen], np.take(records.view(f"V{SEEN.itemsize}"), chosen).view(SEEN))
        taken += len(chosen)
    return taken


def _parts(body: memoryview, at: int) -> Iterator[tuple[Keys, Seen]]:
    while count := int.from_bytes(body[at : at + 4], "little"):
        keys = np.frombuffer(body, np.int64, count, at + 4)
        yield keys, np.frombuffer(body, SEEN, count, at + 4 + keys.nbytes)
        at += 4 + count * (8 + SEEN.itemsize)
