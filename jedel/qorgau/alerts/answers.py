"""What officers answer, and who may see an alert."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jedel.access import Principal
from jedel.journal import Connection, Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.qorgau.alerts import model, repository
from jedel.qorgau.alerts.errors import AlertOver, BothMustMatch, NotToldOfIt
from jedel.qorgau.alerts.limits import limits_on
from jedel.qorgau.alerts.model import Alert, Said
from jedel.qorgau.alerts.schemas import Answer
from jedel.qorgau.alerts.views import View, alert_view
from jedel.units.positions.repository import microseconds


async def view(tx: Tx, alert: Alert) -> View:
    """An alert as it is shown, its units and answers read now."""
    told = await repository.told(tx.conn, [alert.id])
    answers = await repository.answers(tx.conn, [alert.id])
    return alert_view(alert, told[alert.id], answers[alert.id])


async def collection(tx: Tx, region: str) -> list[View]:
    """The collection ``alerts``: those that are open, the gravest first."""
    alerts = await repository.open_of_region(tx.conn, region)
    ids = [alert.id for alert in alerts]
    told, answers = await repository.told(tx.conn, ids), await repository.answers(tx.conn, ids)
    return [alert_view(alert, told[alert.id], answers[alert.id]) for alert in alerts]


async def of(store: Store, who: Principal) -> list[View]:
    """The open alerts of the asker's region; a tablet's are those that its unit is told of."""
    async with store.reading() as tx:
        views = await collection(tx, who.region)
    if who.kind == "account":
        return views
    mine = str(who.unit_id)
    return [view for view in views if any(unit["unit_id"] == mine for unit in view["units"])]


async def own(tx: Tx, who: Principal, alert_id: UUID, *, lock: bool = False, told_now: bool = False) -> Alert:
    """An alert that the asker may know of. A tablet: its unit is told of it, or (without ``told_now``) was.

    Raises:
        NotFound, WrongRegion, NotToldOfIt: all of them 404.
    """
    alert = await repository.find(tx.conn, alert_id, lock=lock)
    if who.kind == "device":
        if alert is None or who.unit_id is None or alert.region != who.region:
            raise NotToldOfIt
        if not await repository.was_told(tx.conn, alert_id, who.unit_id, now=told_now):
            raise NotToldOfIt
    if alert is None:
        raise NotFound(what="alert", id=alert_id)
    if alert.region != who.region:
        raise WrongRegion(what="alert", id=alert_id)
    return alert


def seen_at(alert: Alert, read_id: UUID | None) -> tuple[UUID, int] | None:
    """A read of the alert and when it was, microseconds since 1970; the newest where none is named. None for
    a read that is not the alert's."""
    before = [alert.pair["before"]] if alert.pair else []
    times = {passing["read_id"]: passing["at"] for passing in alert.passings}
    times |= {read["id"]: read["at"] for read in (alert.read, *before)}
    wanted = str(read_id or alert.read["id"])
    if wanted not in times:
        return None
    return UUID(wanted), microseconds(datetime.fromisoformat(times[wanted]))


async def alert_of_read(conn: Connection, read_id: UUID) -> set[UUID]:
    """Units that may see a read's pictures now, since they are told of an alert that it belongs to."""
    return await repository.units_of_read(conn, read_id)


async def answer(store: Store, who: Principal, alert_id: UUID, body: Answer) -> View:
    """An officer's answer, once; one that comes late counts with the time it was given.

    Raises:
        NotToldOfIt, NotFound, WrongRegion, BothMustMatch, ReasonNeeded, ReasonDoesNotFit, AlertOver.
    """
    async with store.transaction() as tx:
        done = await tx.recorded(body.id)
        before = await own(tx, who, alert_id, lock=True)
        if done:
            return await view(tx, before)
        at = min(max(body.at or tx.now, before.opened_at), tx.now)
        both = body.plate_matches is True and body.vehicle_matches is True
        limits = limits_on(tx.now.date())
        reason = body.reason if body.answer is Said.REFUTED else None
        try:
            alert = model.answered(before, body.answer, reason, both=both, at=at, now=tx.now, limits=limits)
        except (BothMustMatch, AlertOver) as refusal:
            raise type(refusal)(plate=before.read["plate"], state=before.state) from refusal
        await repository.save(tx.conn, alert)
        row = body.model_dump() | {"alert_id": alert_id, "unit_id": who.unit_id, "actor": who.actor}
        await repository.add_answer(tx.conn, row | {"at": at, "received_at": tx.now, "reason": reason})
        if reason is not None:
            until = model.refuted_until(reason, at, limits)
            for basis in before.bases:
                if basis["ground"] & model.CLEARS[reason]:
                    await repository.refute(tx.conn, before, basis, reason, at, until)
        data: View = {"alert_id": alert.id, "answer": body.answer, "reason": reason, "at": at}
        data |= {"unit_id": who.unit_id, "state": alert.state, "late": not before.open}
        data |= {"plate_matches": body.plate_matches, "vehicle_matches": body.vehicle_matches}
        return await record(tx, body.id, "qorgau.alert_answered", alert, who.actor, data)


async def record(
    tx: Tx, entry_id: UUID, kind: str, alert: Alert, actor: str, data: View, released: Sequence[UUID] = ()
) -> View:
    """Journal what became of an alert, with its new view; over, it is gone from the collection.

    ``released``: units that were told and are not any longer: their tablets hear only that it is gone.
    """
    shown = await view(tx, alert)
    gone = {} if alert.open else {"alerts": [str(alert.id)]}
    data = data | {"released": [str(unit_id) for unit_id in released]}
    tx.record(Entry(entry_id, alert.region, kind, alert.id, actor, data, {"alerts": [shown]}, gone))
    return shown
