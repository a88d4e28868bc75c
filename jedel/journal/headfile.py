"""The file of signed heads that another party copies: one line of JSON each, only ever added to."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from jedel.journal.heads import Head, Malformed, parse
from jedel.journal.keys import sync_folder

_TAIL = 4096
"""Bytes in which the last line surely lies; one has about 400."""


def path_of(folder: Path, region: str) -> Path:
    """Where a region's heads are."""
    return folder / f"{region}.jsonl"


def last(path: Path) -> Head | None:
    """The last whole line; None where there is none yet.

    Raises:
        Malformed: the last whole line is no head.
    """
    if not path.exists():
        return None
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        whole = file.read().rpartition(b"\n")[0]
    line = whole.rpartition(b"\n")[2]
    return parse(line) if line else None


def append(path: Path, heads: Sequence[Head]) -> None:
    """Add lines; on disk before it returns. What a crash left of a line is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        torn = len(file.read().rpartition(b"\n")[2])
        if torn:
            file.truncate(size - torn)
        file.writelines(head.line() for head in heads)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read(path: Path) -> Iterator[tuple[int, Head | Malformed]]:
    """Every whole line with its number; a last line without an end is a copy still under way."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield number, parse(line)
            except Malformed as problem:
                yield number, problem
