"""Bringing a file of cameras into the registry, batch by batch: each is one transaction with its journal
entry, so that an import that broke off is simply begun again."""

import asyncio
import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from psycopg.errors import UniqueViolation

from jedel.access.seal import BulkSealer, Sealer
from jedel.cameras.errors import ImportMalformed
from jedel.cameras.importing import repository, staging
from jedel.cameras.importing.model import (
    COLUMNS,
    NEEDED,
    Checker,
    Reason,
    Reject,
    Sites,
    Taken,
    sites_of,
)
from jedel.journal import Entry, Store, Tx, opened
from jedel.jurisdictions import regions
from jedel.kernel.ids import derived_id
from jedel.places import sites

PIECES: Final = 10
PIECE: Final = 1_000
"""A batch is read in pieces, so that few objects live at a time: what lives long is looked at by Python's
collector again and again."""
REJECTS_KEPT_MAX: Final = 100_000
TOLD_MAX: Final = 1_000
"""Of so many changed cameras the gateways are told; those of more they find within a minute."""
CELL_CHARS_MAX: Final = 8_000

Progress = Callable[[float], None]
"""The share that is done; called from the loop."""


@dataclass(slots=True)
class Done:
    """``changed_ids``: cameras that were known before, as many as gateways are told of."""

    id: UUID
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    changed_ids: list[UUID] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("added", "changed", "unchanged", "rejected")}


@dataclass(frozen=True, slots=True)
class Source:
    """Whose import it is. ``one_region``: lines may not name another."""

    actor: str
    region: str
    networks: Sequence[str]
    one_region: bool = True


def silent(_share: float) -> None:
    """For programs without a screen."""


async def bring(
    store: Store | str, sealer: Sealer, file: Path, source: Source, progress: Progress = silent
) -> Done:
    """Import a CSV file (UTF-8; comma, semicolon or tab). Raises ImportMalformed where it is none, or its
    heading is wrong; a line that cannot be taken is among the rejects."""
    digest, size = await asyncio.to_thread(_identity, file)
    done = Done(derived_id(staging.CAMERAS, f"{source.region}/{digest}"))
    async with opened(store) as ours:
        with file.open("rb") as raw:
            lines = _Lines(raw)
            columns = _columns(lines, source)
            async with ours.reading() as tx:
                places = {region: await _sites(tx, region) for region in _regions(source, columns)}
            checker = Checker(columns, source.region, places.get, source.networks)
            reader = _Reader(ours, _pieces(lines, checker), sealer.in_bulk(), staging.staged(columns))
            following = asyncio.create_task(reader.batch())
            try:
                nth = 0
                while (batch := await following) is not None:
                    share = min(1.0, raw.tell() / size) if size else 1.0
                    following = asyncio.create_task(reader.batch())
                    _note(done, batch.rejects)
                    if batch.lines:
                        entry = (digest, nth)
                        try:
                            await _join(ours, source, columns, batch, done, entry)
                        except UniqueViolation:  # by hand, after we looked which there are
                            await _join(ours, source, columns, batch, done, entry, crossed=True)
                    nth += 1
                    progress(share)
            finally:
                await asyncio.wait([following])  # a thread cannot be stopped in the middle of a batch
        async with ours.glance() as tx:
            await repository.tidy(tx.conn)
    return done


def _identity(file: Path) -> tuple[str, int]:
    found = sha256()
    with file.open("rb") as raw:
        while part := raw.read(1 << 20):
            found.update(part)
    return found.hexdigest(), file.stat().st_size


def _regions(source: Source, columns: Sequence[str]) -> list[str]:
    if source.one_region or "region" not in columns:
        return [source.region]
    return list(regions())


async def _sites(tx: Tx, region: str) -> Sites:
    return sites_of(await sites.of_region(tx.conn, region, []))


class _Lines:
    """Rows of the file with the number of their first line; broken text is a row of its own."""

    def __init__(self, raw: Any) -> None:
        text = io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="")
        heading = text.readline(CELL_CHARS_MAX)
        delimiter = max(",;\t", key=heading.count)
        self.line = 1
        self.heading = next(csv.reader([heading], delimiter=delimiter), [])
        self._reader = csv.reader(text, delimiter=delimiter)

    def __iter__(self) -> Iterator[tuple[int, list[str] | None]]:
        while True:
            line = self._reader.line_num + 2
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if cells:
                yield line, cells


def _columns(lines: _Lines, source: Source) -> list[str]:
    columns = [name.strip().lower() for name in lines.heading]
    known = [name for name in COLUMNS if name != "region" or not source.one_region]
    strange = [name[:60] for name in columns if name not in known]
    missing = [name for name in NEEDED if name not in columns]
    if not ({"lon", "lat"} <= set(columns) or "site" in columns):
        missing.append("lon, lat")
    if strange or missing or len(set(columns)) != len(columns):
        said = ", ".join(each.encode("utf-8", "replace").decode() for each in strange[:10])
        raise ImportMalformed(
            missing=", ".join(missing) or "-", unknown=said or "-", columns=", ".join(known)
        )
    return columns


@dataclass(slots=True)
class _Batch:
    """``rows``: CSV for the database; ``lines``: of each camera in them; ``fresh``: cameras that were not
    there; ``words``: of each region, those that no batch before had."""

    rows: str
    lines: dict[staging.Key, int]
    fresh: int
    words: list[tuple[str, str]]
    rejects: list[Reject]


class _Reader:
    """Makes the next batch ready while the last is joined. ``names``: the table's columns."""

    def __init__(
        self, store: Store, pieces: Iterator[list[Taken | Reject]], bulk: BulkSealer, names: list[str]
    ) -> None:
        self.names = names
        self._store, self._pieces, self._bulk = store, pieces, bulk
        self._words: defaultdict[str, set[str]] = defaultdict(set)

    async def batch(self) -> _Batch | None:
        """None: the file is over."""
        rows: list[str] = []
        made, read = _Batch("", {}, 0, [], []), 0
        while read < PIECES and (piece := await asyncio.to_thread(next, self._pieces, None)) is not None:
            read += 1
            taken = [each for each in piece if isinstance(each, Taken)]
            made.rejects += [each for each in piece if isinstance(each, Reject)]
            if taken:
                async with self._store.glance() as tx:
                    known = await repository.known(tx.conn, list(map(staging.key_of, taken)))
                made.lines |= {staging.key_of(each): each.line for each in taken}
                made.fresh += len(taken) - len(known)
                rows.append(await asyncio.to_thread(staging.rows, taken, known, self._bulk, self.names))
                made.words += self._new_words(taken)
        made.rows = "".join(rows)
        return made if read else None

    def _new_words(self, taken: Sequence[Taken]) -> list[tuple[str, str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for each in taken:
            found[each.region].update(each.words)
        new = []
        for region, words in found.items():
            fresh = {word for word in words - self._words[region] if word.isalpha()}
            self._words[region] |= fresh
            new += [(region, word) for word in fresh]
        return new


def _pieces(lines: _Lines, checker: Checker) -> Iterator[list[Taken | Reject]]:
    rows = iter(lines)
    while some := list(islice(rows, PIECE)):
        yield [_checked(checker, line, cells) for line, cells in some]


def _checked(checker: Checker, line: int, cells: list[str] | None) -> Taken | Reject:
    if cells is None:
        return Reject(line, "", Reason.TEXT)
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return Reject(line, "", Reason.TEXT)
    return checker.check(line, cells)


def _note(done: Done, rejects: Sequence[Reject]) -> None:
    done.rejected += len(rejects)
    done.rejects += rejects[: REJECTS_KEPT_MAX - len(done.rejects)]


async def _join(
    store: Store,
    source: Source,
    columns: Sequence[str],
    batch: _Batch,
    done: Done,
    entry: tuple[str, int],
    *,
    crossed: bool = False,
) -> None:
    """One transaction with its journal entry. ``entry``: the file's digest and the batch's number;
    ``crossed``: cameras of these names were added since the batch was made."""
    digest, nth = entry
    named = sorted({region for region, _, _ in batch.lines})
    lines = list(batch.lines.values())
    async with store.transaction() as tx:
        await repository.lock(tx.conn, named)
        if batch.words:
            await repository.add_words(tx.conn, batch.words)
        names = staging.staged(columns)
        await repository.stage(tx.conn, batch.rows, names)
        left = await repository.crossed(tx.conn) if crossed else set()
        joined = await repository.join(tx.conn, names, staging.changing(columns), tx.now, TOLD_MAX)
        if joined["added"] < batch.fresh - len(left):
            left |= await repository.elsewhere(tx.conn)
        same = len(lines) - len(left) - joined["added"] - joined["changed"]
        counts = {"added": joined["added"], "changed": joined["changed"], "unchanged": same}
        facts = {"file": digest, "lines": [lines[0], lines[-1]], "regions": named, **counts}
        if joined["added"] or joined["changed"]:
            entry_id = derived_id(done.id, f"{nth}/{tx.now.timestamp()}")
            tx.record(Entry(entry_id, source.region, "cameras.imported", done.id, source.actor, facts))
    _note(done, [Reject(line, "external_id", Reason.ELSEWHERE) for line in _lines_of(batch, left)])
    for name, count in counts.items():
        setattr(done, name, getattr(done, name) + count)
    done.changed_ids += (joined["ids"] or [])[: TOLD_MAX - len(done.changed_ids)]


def _lines_of(batch: _Batch, keys: set[staging.Key]) -> list[int]:
    return sorted(batch.lines[key] for key in keys)
