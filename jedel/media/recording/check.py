"""Whether what PostgreSQL knows of recordings and what lies on the disk are the same, in Moonfire's manner:
each invariant of `model` is looked at, and what a crash left is mended.

What a crash can leave, by the order of steps in `writer` and `retention`: a file without a row, its last
fragment torn (mended: cut, hashed, its row made); a named file that is to be removed (the jobs do that).
Everything else is no crash of ours: it is said, and stays as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Final

from jedel.journal import Entry, Store, opened
from jedel.kernel.ids import new_id
from jedel.media.recording import files, repository
from jedel.media.recording.model import path_of, read_path
from jedel.media.recording.repository import Row
from jedel.media.recording.retention import RECORDINGS, SYSTEM

PAGE: Final = 500
REGION: Final = "00"
"""Of a file whose stream nobody knows any more."""
SAID_MAX: Final = 10_000
"""Findings that are kept; beyond it they are only counted."""


class Fault(StrEnum):
    """What can be wrong."""

    NO_ROW = "no_row"
    NO_FILE = "no_file"
    SIZE = "size"
    HASH = "hash"
    OVERLAP = "overlap"
    STRANGE = "strange"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """``path``: below the recordings' folder. ``mended``: what was done about it, empty: nothing."""

    fault: Fault
    path: str
    detail: str = ""
    mended: str = ""


@dataclass(slots=True)
class Report:
    """``live``: files that a recorder has open, which are nobody's fault."""

    segments: int = 0
    bytes: int = 0
    live: int = 0
    findings: list[Finding] = field(default_factory=list)
    unmended: int = 0
    mended: int = 0

    def add(self, finding: Finding) -> None:
        if finding.mended:
            self.mended += 1
        else:
            self.unmended += 1
        if len(self.findings) < SAID_MAX:
            self.findings.append(finding)


Step = Callable[[int, int], None]
"""Hears how many of how many segments are looked at."""


async def check(
    given: Store | str,
    root: Path,
    *,
    mend: bool = False,
    hashes: bool = True,
    step: Step = lambda done, of: None,
) -> Report:
    """Look at everything. ``mend``: put right what a crash left, and forget rows whose files are gone."""
    report = Report()
    async with opened(given) as store:
        await _files(store, root, report, mend=mend)
        await _rows(store, root, report, mend=mend, hashes=hashes, step=step)
    return report


async def _rows(store: Store, root: Path, report: Report, *, mend: bool, hashes: bool, step: Step) -> None:
    async with store.glance() as tx:
        of = await repository.count(tx.conn)
    after: tuple[int, datetime] | None = None
    last: Row | None = None
    while True:
        async with store.glance() as tx:
            rows = await repository.of_page(tx.conn, after, PAGE)
        if not rows:
            return
        for row in rows:
            report.segments += 1
            report.bytes += row["bytes"]
            if last is not None and last["stream"] == row["stream"] and last["end_at"] > row["start_at"]:
                over = (last["end_at"] - row["start_at"]).total_seconds()
                report.add(Finding(Fault.OVERLAP, _path(row), f"{over:.3f} s with the one before"))
            last = row
            await _row(store, root, report, row, mend=mend, hashes=hashes)
            step(report.segments, max(of, report.segments))
        after = rows[-1]["stream"], rows[-1]["start_at"]


def _path(row: Row) -> str:
    return path_of(row["stream_id"], row["start_at"])


async def _row(store: Store, root: Path, report: Report, row: Row, *, mend: bool, hashes: bool) -> None:
    path = _path(row)
    try:
        found = await asyncio.to_thread(_look, root / path, row, hashes)
    except FileNotFoundError:
        done = await _forget(store, row) if mend else ""
        report.add(Finding(Fault.NO_FILE, path, f"{row['bytes']} bytes", done))
    except OSError as error:
        report.add(Finding(Fault.UNREADABLE, path, str(error)))
    else:
        if found is not None:
            report.add(found)


def _look(file: Path, row: Row, hashes: bool) -> Finding | None:
    size = file.stat().st_size
    if size != row["bytes"]:
        return Finding(Fault.SIZE, _path(row), f"{size} bytes, the row says {row['bytes']}")
    if hashes and files.digest(file)[0] != bytes(row["sha256"]):
        return Finding(Fault.HASH, _path(row), "the bytes are not those that were recorded")
    return None


async def _forget(store: Store, row: Row) -> str:
    async with store.transaction() as tx:
        await repository.forget(tx.conn, row["stream_id"], row["start_at"])
        known = await repository.known(tx.conn, row["stream_id"])
        data = {
            "stream": row["stream_id"],
            "from": row["start_at"],
            "until": row["end_at"],
            "bytes": row["bytes"],
            "sha256": bytes(row["sha256"]).hex(),
        }
        region = known["region"] if known else REGION
        tx.record(Entry(new_id(), region, "media.segment_missing", RECORDINGS, SYSTEM, data))
    return "its row is gone, the journal says so"


async def _files(store: Store, root: Path, report: Report, *, mend: bool) -> None:
    names = files.in_folder(root)
    while page := await asyncio.to_thread(lambda: list(islice(names, PAGE))):
        await _page(store, root, report, page, mend=mend)


async def _page(store: Store, root: Path, report: Report, page: Sequence[str], *, mend: bool) -> None:
    known = {path: found for path in page if (found := read_path(path)) is not None}
    for path in page:
        if path not in known:
            report.add(Finding(Fault.STRANGE, path, "no recording of ours"))
    async with store.glance() as tx:
        rows = await repository.have(tx.conn, known.values())
        doomed = await repository.are_doomed(tx.conn, list(known))
    for path, key in known.items():
        if key in rows or path in doomed:
            continue
        try:
            if await asyncio.to_thread(files.being_written, root / path):
                report.live += 1
                continue
            report.add(await _orphan(store, root, path, mend=mend))
        except FileNotFoundError:
            continue  # removed meanwhile
        except OSError as error:
            report.add(Finding(Fault.UNREADABLE, path, str(error)))


async def _orphan(store: Store, root: Path, path: str, *, mend: bool) -> Finding:
    before = (root / path).stat().st_size
    if not mend:
        return Finding(Fault.NO_ROW, path, f"{before} bytes")
    try:
        segment = await asyncio.to_thread(files.mend, root, path)
    except files.Damaged as damage:
        return Finding(Fault.STRANGE, path, str(damage))
    if segment is None:
        return Finding(Fault.NO_ROW, path, "nothing in it was whole", "removed")
    async with store.transaction() as tx:
        if await repository.known(tx.conn, segment.stream) is None:
            await repository.know(tx.conn, segment.stream, REGION, 30, tx.now)
        await repository.add(tx.conn, [segment])
    torn = before - segment.size
    seconds = (segment.end - segment.start).total_seconds()
    return Finding(
        Fault.NO_ROW, path, f"{torn} torn bytes" if torn else "whole", f"{seconds:.1f} s are a segment now"
    )
