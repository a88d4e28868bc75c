"""A citizen's report of a lost or stolen phone: taken with a receipt, in force after an officer's yes.

The journal says that there was a report and how it was decided. It never holds a name, a contact, a place, an
IMEI or a receipt: these are forgotten in their time, and the journal forgets nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from jedel.access import Principal, names
from jedel.citizen import model, repository
from jedel.citizen.errors import OtherReport, ReceiptUnknown, ReportRegion
from jedel.citizen.model import Checked, Reason, Report, ReportState
from jedel.citizen.schemas import Hide, NewReport
from jedel.citizen.service import plate, vin
from jedel.journal import Entry, Store, Tx
from jedel.jurisdictions import citizen_retention
from jedel.kernel.errors import NotFound
from jedel.kernel.ids import derived_id
from jedel.kernel.limits import PAGE_MAX
from jedel.registers import repository as registers
from jedel.registers.repository import Told

SOURCE = "citizen report"
CITIZEN = "system:citizen"
DAY = timedelta(days=1)


async def take(store: Store, regions: Sequence[str], body: NewReport, phone: Checked) -> Report:
    """Take a report, and give it the receipt by which its maker asks after it.

    Raises:
        ReportRegion, ReportOfTheFuture, OtherReport
    """
    if body.region not in regions:
        raise ReportRegion(region=body.region)
    async with store.transaction() as tx:
        if await tx.recorded(body.id):
            return await _again(tx, body, phone)
        model.happened(body.happened_on, tx.now.date())
        made = Report(
            body.id,
            body.region,
            await _free_receipt(tx),
            tx.now,
            phone.number,
            body.state,
            body.happened_on,
            body.place,
            body.name,
            body.contact,
            ReportState.WAITING,
            None,
            None,
            None,
        )
        await repository.insert(tx.conn, made)
        data = {"phone_state": made.phone_state}
        tx.record(Entry(made.id, made.region, "citizen.phone_reported", made.id, CITIZEN, data))
    return made


async def _again(tx: Tx, body: NewReport, phone: Checked) -> Report:
    """The receipt once more, to whoever says exactly the same."""
    made = await repository.find(tx.conn, body.id)
    if made is None:
        raise OtherReport
    before = (made.region, made.imei, made.phone_state, made.happened_on, made.place, made.name, made.contact)
    said = (body.region, phone.number, body.state, body.happened_on, body.place, body.name, body.contact)
    if before != said:
        raise OtherReport
    return made


async def _free_receipt(tx: Tx) -> str:
    """One of 10^12, by chance; where two draw the same at once, the table refuses the second."""
    while await repository.taken(tx.conn, receipt := model.receipt_of(secrets.randbelow(10**12))):
        continue
    return receipt


async def status(store: Store, receipt: str) -> Report:
    """Raises: ReceiptUnknown"""
    async with store.reading() as tx:
        found = await repository.by_receipt(tx.conn, receipt)
    if found is None:
        raise ReceiptUnknown
    return found


async def page(store: Store, who: Principal, state: ReportState) -> tuple[list[Report], dict[UUID, str]]:
    """The region's reports, and what those are called who decided."""
    async with store.reading() as tx:
        found = await repository.page(tx.conn, who.region, state, PAGE_MAX)
        return found, await names(tx.conn, [each.decided_by for each in found if each.decided_by])


async def decide(
    store: Store, who: Principal, report_id: UUID, command_id: UUID, state: ReportState, reason: Reason
) -> Report:
    """Approve: the phone is in the register from now on. Refuse: it never was.

    Raises:
        WrongReason, ReportDecided: otherwise, before.
    """
    async with store.transaction() as tx:
        report = await repository.find(tx.conn, report_id, lock=True)
        if report is None or report.region != who.region:
            raise NotFound(what="phone_report", id=report_id)
        if model.decided(report, state, reason) or await tx.recorded(command_id):
            return report
        await repository.decide(tx.conn, report_id, state, reason, who.id, tx.now)
        if state is ReportState.APPROVED:
            assert report.imei is not None, "a waiting report has its IMEI"
            told_id = derived_id(report_id, "registers.phone_told")
            await registers.tell_phone(
                *(tx.conn, told_id, report.imei, report.phone_state, report.happened_on, str(report_id)),
                Told(SOURCE, tx.now),
            )
        data = {"reason": reason}
        tx.record(Entry(command_id, who.region, f"citizen.phone_report_{state}", report_id, who.actor, data))
        after = await repository.find(tx.conn, report_id)
    assert after is not None
    return after


async def forget(store: Store) -> int:
    """What the dated rule says nobody needs any more is removed; how many reports."""
    async with store.transaction() as tx:
        rule = model.retention(citizen_retention(), tx.now.date())
        decided = await repository.forget_decided(tx.conn, tx.now - rule.contact_days_after_decision * DAY)
        return decided + await repository.forget_waiting(tx.conn, tx.now - rule.undecided_days * DAY)


async def hide(store: Store, who: Principal, body: Hide) -> None:
    """Answer for this vehicle as if there were none, until a day.

    Raises:
        PlateMalformed, VinMalformed, HiddenUntil
    """
    number, body_number = plate(body.plate), vin(body.vin) if body.vin else None
    async with store.transaction() as tx:
        model.hidden_until(body.until, tx.now.date())
        if await tx.recorded(body.id):
            return
        await repository.hide(
            *(tx.conn, body.id, number, body_number, body.ground, body.until, who.region, who.id, tx.now)
        )
        data = {"ground": body.ground, "until": body.until}
        tx.record(Entry(body.id, who.region, "citizen.vehicle_hidden", body.id, who.actor, data))


async def hidden(store: Store, who: Principal) -> list[dict[str, object]]:
    """What the region hides."""
    async with store.reading() as tx:
        return await repository.hidden(tx.conn, who.region, PAGE_MAX)


async def show(store: Store, who: Principal, hidden_id: UUID, command_id: UUID) -> None:
    """Hide it no more."""
    async with store.transaction() as tx:
        if await tx.recorded(command_id):
            return
        if not await repository.show(tx.conn, hidden_id, who.region):
            raise NotFound(what="hidden_vehicle", id=hidden_id)
        tx.record(Entry(command_id, who.region, "citizen.vehicle_shown", hidden_id, who.actor))
