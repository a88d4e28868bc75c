"""Telling the person looked up who asked and why, where the purpose's rule lets them be told."""

from uuid import UUID

from jedel.access import Principal
from jedel.journal import Connection, Entry, Store
from jedel.jurisdictions import purposes, regions
from jedel.kernel.limits import PAGE_MAX
from jedel.lookups import model, repository
from jedel.lookups.model import LookUp
from jedel.lookups.schemas import ToldView
from jedel.registers import repository as registers
from jedel.registers.model import Owner


async def who_asked(store: Store, who: Principal, command_id: UUID, iin: str) -> list[ToldView]:
    """Look-ups of the region about this person, by ИИН, document, or a vehicle while it was theirs.

    What the rule withholds is not counted either: that something is withheld would tell as much.
    """
    async with store.transaction() as tx:
        found = await _about(tx.conn, who.region, iin)
        rules = purposes()
        told = [each for each in found if model.may_tell(rules.get(each.purpose), each.at, tx.now)]
        if not await tx.recorded(command_id):
            data = {"iin": iin, "told": [each.id for each in told]}
            tx.record(Entry(command_id, who.region, "lookups.told", who.id, who.actor, data))
    return [
        ToldView(
            at=each.offline_at or each.at,
            purpose=rules[each.purpose].names,
            authority=regions()[each.region],
            about="vehicle" if each.asked_by in ("plate", "vin") else "person",
        )
        for each in told
        if each.purpose in rules
    ]


async def _about(conn: Connection, region: str, iin: str) -> list[LookUp]:
    person = await registers.person(conn, iin=iin)
    documents = [entry.document for entry in person.wanted if entry.document] if person else []
    theirs: dict[str, list[Owner]] = {}
    for owned in person.vehicles if person else ():
        theirs.setdefault(owned.plate, []).append(owned)
        car = await registers.vehicle(conn, plate=owned.plate)
        if car and car.vin:
            theirs.setdefault(car.vin, []).append(owned)
    found = await repository.about(conn, region, iin, documents, list(theirs), PAGE_MAX)
    return [
        each
        for each in found
        if each.asked not in theirs or any(_owned(owned, each) for owned in theirs[each.asked])
    ]


def _owned(owned: Owner, made: LookUp) -> bool:
    """Whether the vehicle was theirs on the day of the look-up."""
    day = made.at.date()
    return owned.since <= day and (owned.until is None or day <= owned.until)
