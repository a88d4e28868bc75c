"""A connector's round: ask, write what came to a file, import it, move on.

In this order: the place in the source moves after the import is in force. A crash in between asks for the
same page again, and the import knows the same file by its content.
"""

import asyncio
import csv
import os
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import structlog

from jedel.journal import Entry, Store
from jedel.kernel.errors import Problem
from jedel.kernel.ids import new_id
from jedel.registers.connectors import asking, repository
from jedel.registers.connectors.config import Source
from jedel.registers.connectors.model import Page, Standing
from jedel.registers.importer import import_register

log = structlog.get_logger()

PAGES_MAX = 50
"""In one round, so that one source does not keep the others waiting."""


async def pull(store: Store, source: Source, folder: Path) -> Standing:
    """One round, if the source is due; how it stands then. A failure is not raised: it is kept, and said."""
    async with store.reading() as tx:
        standing = await repository.find(tx.conn, source.name)
        if not standing.due(tx.now, source.every):
            return standing
    for _ in range(PAGES_MAX):
        try:
            standing, more = await _page(store, source, folder, standing)
        except (asking.SourceFailed, Problem) as fault:
            why = str(fault) if isinstance(fault, asking.SourceFailed) else f"{fault.code} {fault.params}"
            return await _failed(store, source, standing, why)
        if not more:
            break
    return standing


async def _page(store: Store, source: Source, folder: Path, before: Standing) -> tuple[Standing, bool]:
    asked_at = store.clock.now()
    page = await asking.ask(source, before.position)
    as_of = page.as_of or asked_at
    if page.rows:
        file = await asyncio.to_thread(_written, source, folder, page)
        await _import(store, source, file, as_of)
    elif source.whole:
        raise asking.SourceFailed("a whole register without a row")
    position = page.position if page.position is not None else before.position
    more = page.more and bool(page.rows) and position != before.position
    async with store.transaction() as tx:
        standing = before.succeeded(tx.now, position, as_of, more=more)
        await repository.keep(tx.conn, source.name, source.kind, standing)
        if before.open:
            tx.record(_entry(source, "registers.source_back", {"failures": before.failures}))
    return standing, more


def _written(source: Source, folder: Path, page: Page) -> Path:
    """The page as a file that the import reads."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{source.name}.csv"
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(source.columns))
        writer.writeheader()
        writer.writerows(page.rows)
    return file


async def _import(store: Store, source: Source, file: Path, as_of: datetime) -> None:
    try:
        await import_register(
            store, source.kind, file,
            source=source.source, as_of=as_of, whole=source.whole, region=source.region,
            actor=f"system:connector/{source.name}",
        )  # fmt: skip
    finally:
        # the rows are in force, or their source still has them
        await asyncio.to_thread(file.unlink, missing_ok=True)


async def _failed(store: Store, source: Source, before: Standing, why: str) -> Standing:
    async with store.transaction() as tx:
        standing = before.failed(tx.now, source.every, why)
        await repository.keep(tx.conn, source.name, source.kind, standing)
        if standing.open and not before.open:
            tx.record(_entry(source, "registers.source_lost", {"failures": standing.failures, "error": why}))
    log.warning("a register's source failed", source=source.name, failures=standing.failures, why=why)
    return standing


def _entry(source: Source, kind: str, data: dict[str, object]) -> Entry:
    subject = uuid5(NAMESPACE_URL, f"jedel:connector:{source.name}")
    said = {"connector": source.name, "register": source.kind} | data
    return Entry(new_id(), source.region, kind, subject, f"system:connector/{source.name}", said)
