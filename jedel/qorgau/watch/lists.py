"""A file of plates, proposed as a whole on one ground and approved as a whole by a second person.

CSV in UTF-8, with ``plate`` in its first line; other columns are not read. One line that is no plate refuses
the file: whoever approves it must be able to rely on every line.
"""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from jedel.access import Principal, names
from jedel.dispatch.day import local_day
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id
from jedel.qorgau.model import CODES
from jedel.qorgau.watch import errors, model, repository, service
from jedel.qorgau.watch.model import State, WatchList
from jedel.qorgau.watch.rules import legal_grounds
from jedel.qorgau.watch.schemas import ListTerms, WatchListView

ROWS_MAX = 100_000
BYTES_MAX = 8 << 20


async def content(parts: AsyncIterator[bytes]) -> bytes:
    """The whole file. Raises ListTooLong as soon as it is longer than may be."""
    found = bytearray()
    async for part in parts:
        found += part
        if len(found) > BYTES_MAX:
            raise errors.ListTooLong(limit=ROWS_MAX)
    return bytes(found)


def plates(raw: bytes) -> tuple[str, ...]:
    """The file's plates, each once, in its order. Raises ListUnusable, ListTooLong. Pure."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise errors.ListUnusable(line=1, reason="it is not UTF-8") from fault
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count), strict=True)
    found: dict[str, None] = {}
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if "plate" not in header:
            raise errors.ListUnusable(line=1, reason="no column is called plate")
        place = header.index("plate")
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                raise errors.ListUnusable(line=reader.line_num, reason=f"{len(row)} cells, not {len(header)}")
            try:
                found[service.plate_of(row[place])] = None
            except errors.PlateUnusable as fault:
                raise errors.ListUnusable(line=reader.line_num, reason=row[place][:20]) from fault
            if len(found) > ROWS_MAX:
                raise errors.ListTooLong(limit=ROWS_MAX)
    except csv.Error as fault:
        raise errors.ListUnusable(line=reader.line_num, reason=str(fault)) from fault
    if not found:
        raise errors.ListUnusable(line=1, reason="no plates")
    return tuple(found)


async def propose(store: Store, who: Principal, list_id: UUID, terms: ListTerms, raw: bytes) -> WatchListView:
    """A list that waits for a second person.

    Raises:
        ListUnusable, ListTooLong, GroundUnknown, ActionNotOfGround, TooLong, ReasonNumberNeeded, OtherEntry
    """
    read = plates(raw)
    async with store.transaction() as tx:
        if await tx.recorded(list_id):
            made = await repository.find_list(tx.conn, list_id)
            if made is None or (made.digest, made.first.owner) != (sha256(raw).digest(), who.id):
                raise errors.OtherEntry
            return await _view(tx, list_id)
        rows = [(derived_id(list_id, plate), plate) for plate in read]
        entry = replace(await service.draft(tx, who, terms, *rows[0]), list_id=list_id)
        made = WatchList(list_id, who.region, terms.name, sha256(raw).digest(), len(rows), tx.now, entry)
        await repository.insert_list(tx.conn, made, rows)
        _record(tx, who, service.PROPOSED, made, list_id, None)
        return await _view(tx, list_id)


async def approve(store: Store, who: Principal, list_id: UUID, command_id: UUID) -> WatchListView:
    """All entries that wait come into force. Raises NotFound, OwnEntry, EntryDecided, GroundUnknown."""
    async with store.transaction() as tx:
        made = await _own(tx, who, list_id)
        if not await tx.recorded(command_id):
            ids = await repository.open_of_list(tx.conn, list_id, [State.PROPOSED])
            _check_decision(made, who, tx, ids)
            rule = legal_grounds().get(made.first.legal)
            if rule is None or not rule.valid(local_day(tx.now)):
                raise errors.GroundUnknown(ground=made.first.legal)
            version = await repository.next_version(tx.conn)
            await repository.approve(tx.conn, ids, who.id, tx.now, version)
            _record(tx, who, service.APPROVED, made, command_id, None, entries=len(ids))
        return await _view(tx, list_id)


async def refuse(store: Store, who: Principal, list_id: UUID, command_id: UUID, why: str) -> WatchListView:
    """The second person's no. Raises NotFound, OwnEntry, EntryDecided."""
    async with store.transaction() as tx:
        made = await _own(tx, who, list_id)
        if not await tx.recorded(command_id):
            ids = await repository.open_of_list(tx.conn, list_id, [State.PROPOSED])
            _check_decision(made, who, tx, ids)
            await repository.end(tx.conn, ids, State.REFUSED, who.id, tx.now, why, 0)
            _record(tx, who, service.REFUSED, made, command_id, why, entries=len(ids))
        return await _view(tx, list_id)


async def revoke(store: Store, who: Principal, list_id: UUID, command_id: UUID, why: str) -> WatchListView:
    """Nothing of the list is looked for any more. Raises NotFound, EntryDecided."""
    async with store.transaction() as tx:
        made = await _own(tx, who, list_id)
        if not await tx.recorded(command_id):
            ids = await repository.open_of_list(tx.conn, list_id, [State.PROPOSED, State.ACTIVE])
            if not ids:
                raise errors.EntryDecided(state=made.first.state_at(tx.now, local_day(tx.now)))
            version = await repository.next_version(tx.conn)
            await repository.end(tx.conn, ids, State.REVOKED, who.id, tx.now, why, version)
            _record(tx, who, service.REVOKED, made, command_id, why, entries=len(ids))
        return await _view(tx, list_id)


def _check_decision(made: WatchList, who: Principal, tx: Tx, ids: list[UUID]) -> None:
    # one of the entries may have been revoked by itself: the others are still to be decided
    first = replace(made.first, state=State.PROPOSED) if ids else made.first
    model.check_decision(first, who.id, tx.now, local_day(tx.now))


async def page(store: Store, who: Principal) -> list[WatchListView]:
    """The region's lists, the newest first."""
    async with store.reading() as tx:
        found = await repository.lists(tx.conn, who.region)
        people = {
            one
            for made, _ in found
            for one in (made.first.owner, made.first.decided_by, made.first.ended_by)
            if one is not None
        }
        known = await names(tx.conn, list(people))
        day = local_day(tx.now)
        return [WatchListView.of(made, states, known, tx.now, day) for made, states in found]


async def _own(tx: Tx, who: Principal, list_id: UUID) -> WatchList:
    made = await repository.find_list(tx.conn, list_id, lock=True)
    if made is None or made.region != who.region:
        raise NotFound(what="watch_list", id=list_id)
    return made


async def _view(tx: Tx, list_id: UUID) -> WatchListView:
    """As it stands now, what this transaction did included."""
    made = await repository.find_list(tx.conn, list_id)
    assert made is not None
    first = made.first
    people = [one for one in (first.owner, first.decided_by, first.ended_by) if one is not None]
    known, states = await names(tx.conn, people), await repository.states(tx.conn, list_id)
    return WatchListView.of(made, states, known, tx.now, local_day(tx.now))


def _record(
    tx: Tx, who: Principal, kind: str, made: WatchList, command_id: UUID, why: str | None, *, entries: int = 0
) -> None:
    """``entries``: how many the command changed. The plates stand in the file whose digest this is."""
    first = made.first
    facts = {
        "list": made.name, "sha256": made.digest.hex(), "rows": made.rows, "entries": entries or made.rows,
        "ground": CODES[first.ground], "legal": first.legal, "action": first.action, "until": first.until,
        "source": first.source, "reason": first.reason, "incident_id": first.incident_id,
        "case_number": first.case_number, "owner": first.owner, "why": why,
    }  # fmt: skip
    tx.record(Entry(command_id, made.region, kind, made.id, who.actor, facts))
