"""Without a link: the list of wanted plates that tablets carry, and what was asked of it meanwhile."""

from pathlib import Path

from jedel.access import Principal, region_of_account
from jedel.journal import Entry, Store
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import new_id
from jedel.lookups import repository
from jedel.lookups.model import LookUp, Register, State
from jedel.lookups.schemas import AskedOffline, WantedList
from jedel.lookups.service import record
from jedel.registers import Kind, identifiers
from jedel.registers import repository as registers

LIST_MAX = 100_000
"""Plates on a tablet; with more, the list says that it is not complete."""


async def wanted(store: Store, who: Principal, known: str | None) -> WantedList | None:
    """Plate, ground and day of every wanted vehicle; None where the tablet has this version already.

    That a tablet was given the list is on record; that it was not needed is not.
    """
    async with store.transaction() as tx:
        force = await registers.in_force(tx.conn)
        age = force.ages.get(Kind.WANTED_VEHICLES)
        if age is None:
            return WantedList(version="none", as_of=None, source=None, plates=[], complete=False)
        # by day too, since entries begin and end by it
        version = f"{age.as_of.timestamp():.0f}-{age.rows}-{force.today:%Y%m%d}"
        if version == known:
            return None
        table = force.tables[Kind.WANTED_VEHICLES]
        rows = await repository.wanted_plates(tx.conn, table, force.today, LIST_MAX + 1)
        data = {"version": version, "rows": min(len(rows), LIST_MAX)}
        tx.record(Entry(new_id(), who.region, "lookups.list_sent", who.id, who.actor, data))
    return WantedList(
        version=version,
        as_of=age.as_of,
        source=age.source,
        plates=rows[:LIST_MAX],
        complete=len(rows) <= LIST_MAX,
    )


async def asked(store: Store, who: Principal, body: AskedOffline, key_file: Path) -> None:
    """Put on record what was asked of the list without a link. The device says so and who asked; it happened,
    so nothing is judged any more but whether it was unusual."""
    async with store.transaction() as tx:
        if await region_of_account(tx.conn, body.account_id) != who.region:
            raise NotFound(what="account", id=body.account_id)
        if await tx.recorded(body.id):
            return
        made = LookUp(
            *(body.id, who.region, tx.now, body.account_id, Register.VEHICLE, "plate"),
            *(identifiers.plate(body.plate), body.purpose, body.incident_id, body.case_number, State.GRANTED),
            device_id=who.id,
            offline_at=min(body.at, tx.now),
        )
        await record(tx, made, who.actor, key_file, {"list": body.version, "found": body.found})
