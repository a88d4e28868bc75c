"""Bringing a file of cameras into the registry, batch by batch: each is one transaction with its journal
entry, so that an import that broke off is simply begun again."""

import asyncio
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson

from jedel.access.seal import BulkSealer, Sealer
from jedel.cameras.errors import ImportMalformed
from jedel.cameras.importing import repository
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
from jedel.cameras.model import lexemes
from jedel.journal import Entry, Store, Tx, opened
from jedel.jurisdictions import regions
from jedel.kernel.ids import derived_id
from jedel.places import sites

BATCH: Final = 10_000
REJECTS_KEPT_MAX: Final = 100_000
TOLD_MAX: Final = 1_000
"""Of so many changed cameras the gateways are told; those of more they find within a minute."""
CELL_CHARS_MAX: Final = 8_000
_CAMERAS: Final = uuid5(NAMESPACE_URL, "jedel:camera:external")

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
    done = Done(derived_id(_CAMERAS, f"{source.region}/{digest}"))
    async with opened(store) as ours:
        with file.open("rb") as raw:
            lines = _Lines(raw)
            columns = _columns(lines, source)
            async with ours.reading() as tx:
                places = {region: await _sites(tx, region) for region in _regions(source, columns)}
            checker = Checker(columns, source.region, places.get, source.networks)
            bulk = sealer.in_bulk()
            known_words: set[tuple[str, str]] = set()
            batches = _batches(lines, checker)
            following = asyncio.create_task(asyncio.to_thread(next, batches, None))
            try:
                nth = 0
                while (batch := await following) is not None:
                    share = min(1.0, raw.tell() / size) if size else 1.0
                    following = asyncio.create_task(asyncio.to_thread(next, batches, None))
                    _note(done, batch)
                    if batch.taken:
                        await _join(ours, source, columns, batch.taken, bulk, known_words, done, nth, digest)
                    nth += 1
                    progress(share)
            finally:
                await asyncio.wait([following])  # a thread cannot be stopped in the middle of a batch
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


@dataclass(frozen=True, slots=True)
class _Batch:
    taken: list[Taken]
    rejects: list[Reject]


def _batches(lines: _Lines, checker: Checker) -> Iterator[_Batch]:
    rows = iter(lines)
    while some := list(islice(rows, BATCH)):
        taken: list[Taken] = []
        rejects: list[Reject] = []
        for line, cells in some:
            found = _checked(checker, line, cells)
            if isinstance(found, Taken):
                taken.append(found)
            else:
                rejects.append(found)
        yield _Batch(taken, rejects)


def _checked(checker: Checker, line: int, cells: list[str] | None) -> Taken | Reject:
    if cells is None:
        return Reject(line, "", Reason.TEXT)
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return Reject(line, "", Reason.TEXT)
    return checker.check(line, cells)


def _note(done: Done, batch: _Batch) -> None:
    done.rejected += len(batch.rejects)
    done.rejects += batch.rejects[: REJECTS_KEPT_MAX - len(done.rejects)]


async def _join(
    store: Store,
    source: Source,
    columns: Sequence[str],
    taken: list[Taken],
    bulk: BulkSealer,
    known_words: set[tuple[str, str]],
    done: Done,
    nth: int,
    digest: str,
) -> None:
    async with store.transaction() as tx:
        named = sorted({each.region for each in taken})
        await repository.lock(tx.conn, named)
        known = await repository.known(
            tx.conn, *map(list, zip(*((x.region, x.owner, x.external_id) for x in taken), strict=True))
        )
        stamp = tx.now.isoformat()
        rows = await asyncio.to_thread(lambda: [_cells(each, known, bulk, stamp) for each in taken])
        fresh = {(each.region, word) for each in taken for word in each.words if word.isalpha()}
        fresh -= known_words
        if fresh:
            await repository.add_words(tx.conn, fresh)
        joined = await repository.join(tx.conn, rows, _changing(columns))
        added = sum(row["added"] for row in joined)
        ids = [row["id"] for row in joined if not row["added"]]
        counts = {"added": added, "changed": len(ids), "unchanged": len(taken) - len(joined)}
        facts = {"file": digest, "lines": [taken[0].line, taken[-1].line], "regions": named, **counts}
        if joined:
            entry_id = derived_id(done.id, f"{nth}/{tx.now.timestamp()}")
            tx.record(Entry(entry_id, source.region, "cameras.imported", done.id, source.actor, facts))
    known_words |= fresh
    for name, count in counts.items():
        setattr(done, name, getattr(done, name) + count)
    done.changed_ids += ids[: TOLD_MAX - len(done.changed_ids)]


_OF_COLUMN: Final = {
    "site": "site_id", "main_url": "streams", "sub_url": "streams", "user": "credentials",
    "main_codec": "streams", "sub_codec": "streams", "password": "credentials",
}  # fmt: skip


def _changing(columns: Sequence[str]) -> list[str]:
    """What an import with these columns changes of a camera that is known."""
    named = [_OF_COLUMN.get(column, column) for column in columns if column != "region"]
    return list(dict.fromkeys([*named, "lon", "lat", "words", "updated_at"]))


_DEFAULTS: Final[dict[str, Any]] = {
    "kind": "fixed", "site_id": None, "zone": None, "floor": None, "plan_x": None, "plan_y": None,
    "heading": None, "fov": None, "range_m": None, "owner_contact": "", "source": "rtsp",
    "onvif_url": None, "recording": "off", "keep_days": 30, "enabled": True,
}  # fmt: skip


def _cells(
    each: Taken,
    known: dict[tuple[str, str, str], tuple[UUID, bytes | None]],
    bulk: BulkSealer,
    stamp: str,
) -> list[Any]:
    key = (each.region, each.owner, each.external_id)
    camera_id, sealed = known.get(key) or (uuid5(_CAMERAS, "\x1f".join(key)), None)
    credentials = None
    if each.user is not None:
        secret = orjson.dumps([each.user, each.password])
        same = sealed is not None and bulk.opens_to(sealed, camera_id, secret)
        credentials = sealed if same else bulk.seal(secret, camera_id)
    row = _DEFAULTS | each.values
    row |= {
        "id": camera_id, "region": each.region, "owner": each.owner, "external_id": each.external_id,
        "streams": orjson.dumps([_STREAM | stream for stream in each.streams or ()]).decode(),
        "credentials": None if credentials is None else "\\x" + credentials.hex(),
        "words": " ".join(lexemes(each.region, each.words)), "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
    return [row[name] for name in repository.STAGED]


_STREAM: Final = {"name": "main", "url": "", "codec": "", "width": 0, "height": 0, "fps": 0.0}
