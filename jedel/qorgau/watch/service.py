"""Entries made by hand: proposed by one, approved by another, ended by either (model.py says the rules)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from jedel.access import Principal, names
from jedel.dispatch.day import local_day
from jedel.journal import Connection, Entry, Store, Tx
from jedel.journal import repository as journal
from jedel.journal.feed import View
from jedel.kernel.errors import NotFound
from jedel.plates import keys
from jedel.qorgau.model import CODES
from jedel.qorgau.watch import errors, model, repository
from jedel.qorgau.watch.model import State, WatchEntry
from jedel.qorgau.watch.repository import Wanted
from jedel.qorgau.watch.rules import legal_grounds
from jedel.qorgau.watch.schemas import Propose, Terms, WatchEntryView
from jedel.registers import Malformed, identifiers

PROPOSED = "qorgau.watch_proposed"
APPROVED = "qorgau.watch_approved"
REFUSED = "qorgau.watch_refused"
REVOKED = "qorgau.watch_revoked"
CORRECTED = "qorgau.watch_corrected"
EXPIRED = "qorgau.watch_expired"

ENDING = frozenset({REVOKED, CORRECTED, EXPIRED})
"""Journal kinds after which an alert may have nothing to stand on any more: ask `reasons.in_force`."""

COLLECTION = "watch"
SHOWN_MAX = 1_000
"""Entries on the live feed; the others are asked for."""


def plate_of(typed: str) -> str:
    """The plate in its one form. Raises PlateUnusable."""
    try:
        found = identifiers.plate(typed)
        keys.key(found)
    except (Malformed, ValueError) as fault:
        raise errors.PlateUnusable(plate=typed[:20]) from fault
    return found


async def propose(store: Store, who: Principal, body: Propose) -> WatchEntryView:
    """An entry that waits for a second person.

    Raises:
        PlateUnusable, GroundUnknown, ActionNotOfGround, TooLong, ReasonNumberNeeded, EntryExists, OtherEntry
    """
    plate = plate_of(body.plate)
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await _said_before(tx, who, body, plate)
        made = await draft(tx, who, body, body.id, plate)
        # two who propose the same at once: the second sees the first
        await tx.conn.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"watch {plate}",))
        if await repository.same_open(tx.conn, made, local_day(tx.now), tx.now - model.PROPOSAL_LIFE):
            raise errors.EntryExists(plate=plate)
        await repository.insert(tx.conn, made)
        return await _record(tx, who, PROPOSED, made, body.id)


async def draft(tx: Tx, who: Principal, terms: Terms, entry_id: UUID, plate: str) -> WatchEntry:
    """An entry on these terms, nowhere written yet. Raises as `propose`."""
    rule = model.check_proposal(
        *(legal_grounds().get(terms.legal), terms.legal, terms.action, terms.until, local_day(tx.now)),
        incident=terms.incident_id is not None,
        case=terms.case_number is not None,
    )
    if terms.incident_id is not None and not await _own_incident(tx, who, terms.incident_id):
        raise errors.ReasonNumberNeeded(needs="incident")
    return WatchEntry(
        *(entry_id, who.region, None, plate, rule.ground, rule.code, terms.action, terms.until),
        *(terms.source, terms.reason, terms.incident_id, terms.case_number, State.PROPOSED, who.id, tx.now),
    )


async def _own_incident(tx: Tx, who: Principal, incident_id: UUID) -> bool:
    """The journal knows which incidents there are, and of which region."""
    entries = await journal.of_subject(tx.conn, incident_id, 1)
    return bool(entries) and entries[0].region == who.region and entries[0].kind.startswith("dispatch.")


async def _said_before(tx: Tx, who: Principal, body: Propose, plate: str) -> WatchEntryView:
    made = await repository.find(tx.conn, body.id)
    said = (plate, body.legal, body.action, who.id)
    if made is None or (made.plate, made.legal, made.action, made.owner) != said:
        raise errors.OtherEntry
    return await _view(tx, made)


async def approve(store: Store, who: Principal, entry_id: UUID, command_id: UUID) -> WatchEntryView:
    """The second person's word: from the commit on the plate is looked for.

    Raises:
        NotFound, OwnEntry, EntryDecided, GroundUnknown
    """

    async def change(tx: Tx, entry: WatchEntry, day: date) -> WatchEntry:
        model.check_decision(entry, who.id, tx.now, day)
        rule = legal_grounds().get(entry.legal)
        if rule is None or not rule.valid(day):
            raise errors.GroundUnknown(ground=entry.legal)
        version = await repository.next_version(tx.conn)
        await repository.approve(tx.conn, [entry.id], who.id, tx.now, version)
        return replace(entry, state=State.ACTIVE, decided_by=who.id, decided_at=tx.now)

    return await _changed(store, who, entry_id, command_id, APPROVED, change)


async def refuse(
    store: Store, who: Principal, entry_id: UUID, command_id: UUID, reason: str
) -> WatchEntryView:
    """The second person's no, with the reason that the proposer reads. Raises NotFound, OwnEntry,
    EntryDecided."""

    async def change(tx: Tx, entry: WatchEntry, day: date) -> WatchEntry:
        model.check_decision(entry, who.id, tx.now, day)
        return await _ended(tx, who, entry, State.REFUSED, reason)

    return await _changed(store, who, entry_id, command_id, REFUSED, change)


async def revoke(
    store: Store, who: Principal, entry_id: UUID, command_id: UUID, reason: str
) -> WatchEntryView:
    """Nothing is looked for any more; also the proposer's own word before anybody decided. Raises NotFound,
    EntryDecided."""

    async def change(tx: Tx, entry: WatchEntry, day: date) -> WatchEntry:
        model.check_end(entry, tx.now, day)
        return await _ended(tx, who, entry, State.REVOKED, reason)

    return await _changed(store, who, entry_id, command_id, REVOKED, change)


async def shorten(
    store: Store, who: Principal, entry_id: UUID, command_id: UUID, until: date
) -> WatchEntryView:
    """An earlier last day. Raises NotFound, EntryDecided, TooLong."""

    async def change(tx: Tx, entry: WatchEntry, day: date) -> WatchEntry:
        model.check_shorter(entry, until, tx.now, day)
        await repository.shorten(tx.conn, entry.id, until, await repository.next_version(tx.conn))
        return replace(entry, until=until)

    return await _changed(store, who, entry_id, command_id, CORRECTED, change)


async def _ended(tx: Tx, who: Principal, entry: WatchEntry, state: State, reason: str) -> WatchEntry:
    # of what never was in force no worker needs to hear
    version = await repository.next_version(tx.conn) if entry.state is State.ACTIVE else 0
    await repository.end(tx.conn, [entry.id], state, who.id, tx.now, reason, version)
    return replace(entry, state=state, ended_by=who.id, ended_at=tx.now, end_reason=reason)


async def _changed(
    store: Store,
    who: Principal,
    entry_id: UUID,
    command_id: UUID,
    kind: str,
    change: "Change",
) -> WatchEntryView:
    """Carry out a command on one entry of the own region; said again it is the same one."""
    async with store.transaction() as tx:
        entry = await repository.find(tx.conn, entry_id, lock=True)
        # entries of a file are approved and refused with it; ending one of them is its own right
        if entry is None or entry.region != who.region or (entry.list_id and kind in {APPROVED, REFUSED}):
            raise NotFound(what="watch_entry", id=entry_id)
        if await tx.recorded(command_id):
            return await _view(tx, entry)
        return await _record(tx, who, kind, await change(tx, entry, local_day(tx.now)), command_id)


Change = Callable[[Tx, WatchEntry, date], Awaitable[WatchEntry]]


async def _record(tx: Tx, who: Principal, kind: str, entry: WatchEntry, command_id: UUID) -> WatchEntryView:
    view = await _view(tx, entry)
    facts = {
        "plate": entry.plate, "ground": CODES[entry.ground], "legal": entry.legal, "action": entry.action,
        "until": entry.until, "source": entry.source, "reason": entry.reason,
        "incident_id": entry.incident_id, "case_number": entry.case_number, "owner": entry.owner,
        "why": entry.end_reason,
    }  # fmt: skip
    open_now = view.state in model.OPEN
    shown = entry.list_id is None
    tx.record(
        Entry(
            *(command_id, entry.region, kind, entry.id, who.actor, facts),
            changed={COLLECTION: [view.model_dump()]} if open_now and shown else {},
            gone={COLLECTION: [str(entry.id)]} if not open_now and shown else {},
        )
    )
    return view


async def _view(tx: Tx, entry: WatchEntry) -> WatchEntryView:
    return (await views(tx.conn, [entry], tx.now))[0]


async def views(conn: Connection, entries: Sequence[WatchEntry], now: datetime) -> list[WatchEntryView]:
    people = {
        one for entry in entries for one in (entry.owner, entry.decided_by, entry.ended_by) if one is not None
    }
    known = await names(conn, list(people))
    return [WatchEntryView.of(entry, known, now, local_day(now)) for entry in entries]


async def page(store: Store, who: Principal, wanted: Wanted, limit: int) -> list[WatchEntryView]:
    """The region's entries, the newest first."""
    async with store.reading() as tx:
        found = await repository.page(tx.conn, who.region, wanted, local_day(tx.now), limit)
        return await views(tx.conn, found, tx.now)


async def collection(tx: Tx, region: str) -> list[View]:
    """For consoles: the region's open entries that were made one by one, the newest first."""
    wanted = Wanted((State.PROPOSED, State.ACTIVE), by_hand=True)
    found = await repository.page(tx.conn, region, wanted, local_day(tx.now), SHOWN_MAX)
    return [view.model_dump() for view in await views(tx.conn, found, tx.now)]
