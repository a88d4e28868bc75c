"""Bringing a register's file into force: as a whole or not at all.

The file is read, checked and copied batch by batch within one transaction (loading.py says its steps); a
crash, a fault or too many rejects roll it back. The same file again is found by its digest: nothing changes.
"""

import asyncio
import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.csv as pacsv

from jedel.journal import Entry, Store, Tx, opened
from jedel.kernel.ids import new_id
from jedel.registers import checking, errors, files, loading
from jedel.registers.checking import Reject
from jedel.registers.model import REJECTS_SHARE_MAX, Kind, too_many_rejects
from jedel.registers.tables import REGISTERS, Register

REGION = "00"
SOURCE_MAX = 200
SKEW_MAX = timedelta(hours=1)
"""How far ahead of ours the clock of whoever wrote the file may be."""
REJECTS_WRITTEN_MAX = 100_000
"""The file of rejects ends there and says so; the count goes on."""

Progress = Callable[[str, float], None]
"""Step and its share done; -1 where that is not known. May be called from another thread."""


@dataclass(frozen=True, slots=True)
class Imported:
    """``unchanged``: this very file was imported before. ``counts``: ``accepted``, ``rejected`` rows of the
    file and rows ``in_force`` after it. ``rejects_file``: where there are any."""

    id: UUID
    kind: Kind
    as_of: datetime
    counts: dict[str, int]
    rejects_file: Path | None
    unchanged: bool


def silent(_step: str, _share: float) -> None:
    """Progress for programs without a screen."""


def rejects_path(file: Path) -> Path:
    return file.with_name(f"{file.name}.rejects.csv")


async def import_register(
    store: Store | str,
    kind: Kind,
    file: Path,
    progress: Progress = silent,
    *,
    source: str | None = None,
    as_of: datetime | None = None,
    whole: bool = False,
    rejects_share_max: float = REJECTS_SHARE_MAX,
    actor: str = "system:register-import",
    region: str = REGION,
) -> Imported:
    """Import a file into a register. At a RegisterProblem (errors.py) what was in force stays in force.

    Args:
        store: a Store, or a database address.
        source: who vouches for the content; the file's name if not given.
        as_of: the moment the content is true of; the file's time of change if not given. A row does not take
            the place of one that is newer.
        whole: the file is the whole register; rows that are not in it go.
        region: whose journal records it; the registers themselves are of the whole country.
    """
    progress("check", 0.0)
    register = REGISTERS[kind]
    found, stamp = await asyncio.to_thread(files.identity, file)
    given = as_of is not None
    as_of = as_of or datetime.fromtimestamp(stamp.changed_ns / 1e9, UTC)
    named = (source or file.name).encode("utf-8", "replace").decode()[:SOURCE_MAX]  # names may be any bytes
    work = _Work(register, file, found, named, as_of, whole, rejects_share_max, actor, region)
    async with opened(store) as ours, ours.transaction() as tx:
        if as_of > tx.now + SKEW_MAX:
            raise errors.FileOfTheFuture(file=file.name, as_of=f"{as_of:%F %R}", now=f"{tx.now:%F %R}")
        in_force = await loading.lock(tx.conn, kind)
        twin = await loading.earlier(tx.conn, kind, found, whole)
        if twin is not None and not (given and as_of > twin.as_of):
            return Imported(twin.id, kind, twin.as_of, twin.counts, None, unchanged=True)
        if whole and in_force.as_of is not None and in_force.as_of > as_of:
            raise errors.FileOlder(file=file.name, as_of=f"{as_of:%F %R}", in_force=f"{in_force.as_of:%F %R}")
        done = await _bring(tx, work, in_force, progress)
        if stamp != await asyncio.to_thread(files.stamp, file):
            raise errors.FileChanged(file=file.name)
    progress("done", 1.0)
    return done


@dataclass(frozen=True, slots=True)
class _Work:
    register: Register
    file: Path
    digest: str
    source: str
    as_of: datetime
    whole: bool
    rejects_share_max: float
    actor: str
    region: str


async def _bring(tx: Tx, work: _Work, before: loading.InForce, progress: Progress) -> Imported:
    register = work.register
    number, table = await loading.new_table(tx.conn, register)
    rejects = _Rejects(work.file)
    rows = await _copy(tx, work, table, rejects, progress)
    progress("index", -1)
    rejects.add(await loading.make_unique(tx.conn, register, table))
    path = await asyncio.to_thread(rejects.write)
    if rows == 0:
        raise errors.FileEmpty(file=work.file.name)
    if too_many_rejects(rows, rejects.count, work.rejects_share_max):
        raise errors.TooManyRejects(
            file=work.file.name, rows=rows, rejects=rejects.count,
            limit=f"{work.rejects_share_max:.0%}", rejects_file=path.name if path else "",
        )  # fmt: skip
    progress("merge", -1)
    accepted = rows - rejects.count
    name = table
    if not work.whole:
        name = await loading.merge(tx.conn, register, before, table, accepted, work.as_of)
    counts = {"accepted": accepted, "rejected": rejects.count, "in_force": await loading.count(tx.conn, name)}
    import_id = new_id()
    progress("switch", -1)
    values = (
        import_id, register.kind, work.digest, work.whole, work.source, work.as_of, tx.now, work.actor,
    )  # fmt: skip
    await loading.add_import(tx.conn, number, values, counts)
    newest = before.as_of is None or before.as_of <= work.as_of
    await loading.put_in_force(
        tx.conn, register, before, name, import_id if newest else None, counts["in_force"]
    )
    facts = {
        "register": register.kind, "digest": work.digest, "source": work.source, "as_of": work.as_of,
        "whole": work.whole, "counts": counts,
    }  # fmt: skip
    tx.record(Entry(new_id(), work.region, "registers.imported", import_id, work.actor, data=facts))
    return Imported(import_id, register.kind, work.as_of, counts, path, unchanged=False)


async def _copy(tx: Tx, work: _Work, table: str, rejects: "_Rejects", progress: Progress) -> int:
    """Check and copy; how many rows the file has. The next batch is checked while one is on its way."""
    rows = 0
    batches = _checked(work)
    async with tx.conn.cursor() as cursor, cursor.copy(loading.copy_query(work.register, table)) as copy:
        following = asyncio.create_task(asyncio.to_thread(next, batches, None))
        try:
            while (batch := await following) is not None:
                following = asyncio.create_task(asyncio.to_thread(next, batches, None))
                rows += batch.rows
                rejects.add(batch.rejects)
                if batch.text:
                    await copy.write(batch.text)
                progress("read", batch.share)
        finally:
            await asyncio.wait([following])  # a thread cannot be stopped in the middle of a batch
    return rows


@dataclass(frozen=True, slots=True)
class _Ready:
    text: bytes
    rows: int
    rejects: list[Reject]
    share: float


def _checked(work: _Work) -> Iterator[_Ready]:
    options = pacsv.WriteOptions(include_header=False)
    for batch in files.read(work.file, work.register):
        checked = checking.check(work.register, batch.columns, batch.lines)
        text = b""
        if len(checked.rows):
            sink = pa.BufferOutputStream()
            pacsv.write_csv(checked.rows, sink, options)
            text = sink.getvalue().to_pybytes()
        rejects = batch.rejects + checked.rejects
        yield _Ready(text, checked.seen + len(batch.rejects), rejects, batch.share)


class _Rejects:
    """Lines that were refused, beside the file, for its owner's eyes only."""

    def __init__(self, file: Path) -> None:
        self.path = rejects_path(file)
        self.count = 0
        self._kept: list[Reject] = []

    def add(self, rejects: list[Reject]) -> None:
        self.count += len(rejects)
        self._kept += rejects[: REJECTS_WRITTEN_MAX - len(self._kept)]

    def write(self) -> Path | None:
        """Write them; a file left by an earlier try goes where there are none.

        The cells themselves stay in the file that was given: reasons are enough to find and mend them.
        """
        try:
            self.path.unlink(missing_ok=True)
            if not self.count:
                return None
            # a new file, never one that somebody linked here
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
                writer = csv.writer(opened)
                writer.writerow(("line", "column", "reason"))
                for reject in sorted(self._kept, key=lambda reject: reject.line):
                    writer.writerow((reject.line, reject.column, reject.reason))
                if self.count > len(self._kept):
                    writer.writerow(("", "", f"and {self.count - len(self._kept)} more"))
        except OSError as fault:
            reason = fault.strerror or str(fault)
            raise errors.RejectsUnwritable(
                file=self.path.name, rejects_file=str(self.path), reason=reason
            ) from fault
        return self.path
