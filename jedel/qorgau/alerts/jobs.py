"""What ends alerts by itself: no camera saw the car, or what they rested on is gone."""

from collections.abc import Sequence
from uuid import UUID

from jedel.journal import Job, Recorded, Store, Tx
from jedel.kernel.ids import derived_id
from jedel.plates import keys
from jedel.qorgau.alerts import model, repository
from jedel.qorgau.alerts.answers import record
from jedel.qorgau.alerts.facts import local_day
from jedel.qorgau.alerts.limits import limits_on
from jedel.qorgau.alerts.model import Alert
from jedel.qorgau.alerts.views import View, bases
from jedel.qorgau.model import LISTED
from jedel.qorgau.watch.reasons import Reason, reasons

ACTOR = "system:qorgau"
BATCH = 500


async def end_old(store: Store) -> int:
    """Alerts whose car was not seen for long end; how many."""
    async with store.reading() as tx:
        due = await repository.due(tx.conn, tx.now, BATCH)
    return sum([await _end(store, alert_id) for alert_id in due])


async def _end(store: Store, alert_id: UUID) -> bool:
    async with store.transaction() as tx:
        alert = await repository.find(tx.conn, alert_id, lock=True)
        if alert is None or not alert.open or alert.ends_at > tx.now:
            return False
        entry_id = derived_id(alert.id, f"qorgau.ended {alert.ends_at.isoformat()}")
        await _over(tx, alert, entry_id, "qorgau.alert_ended", {"alert_id": alert.id, "why": "not_seen"})
    return True


async def _over(tx: Tx, alert: Alert, entry_id: UUID, kind: str, data: View) -> None:
    over = model.ended(alert, tx.now)
    await repository.save(tx.conn, over)
    await record(tx, entry_id, kind, over, ACTOR, data)


async def withdraw_unfounded(store: Store) -> int:
    """Alerts lose the grounds that no list and no register supports any longer, and end with the last; how
    many were touched."""
    async with store.reading() as tx:
        alerts = [alert for alert in await repository.open_everywhere(tx.conn) if alert.grounds & LISTED]
        plates = [keys.text(alert.plate) for alert in alerts]
        held = await reasons(tx.conn, plates, local_day(tx.now)) if plates else {}
        limits = limits_on(tx.now.date())
        touched = [
            alert.id
            for alert, plate in zip(alerts, plates, strict=True)
            if model.without(alert, _standing(alert, held.get(plate, ())), tx.now, limits) is not None
        ]
    return sum([await _withdraw(store, alert_id) for alert_id in touched])


def _standing(alert: Alert, held: Sequence[Reason]) -> list[View]:
    """What the alert's grounds rest on now. An entry of its own that ended is not stood in for by another:
    that one makes its own hits."""
    named = {basis["ground"]: basis["entry_id"] for basis in alert.bases}
    own = [each for each in held if named.get(each.ground) in (None, str(each.entry_id))]
    return bases(alert.grounds, alert.score, own, limits_on(alert.updated_at.date()), None)


async def _withdraw(store: Store, alert_id: UUID) -> bool:
    async with store.transaction() as tx:
        return await withdraw(tx, alert_id)


async def withdraw(tx: Tx, alert_id: UUID) -> bool:
    """Take from an alert what does not stand any longer, in the caller's transaction; whether there was."""
    alert = await repository.find(tx.conn, alert_id, lock=True)
    if alert is None or not alert.open:
        return False
    plate = keys.text(alert.plate)
    held = (await reasons(tx.conn, [plate], local_day(tx.now))).get(plate, ())
    left = model.without(alert, _standing(alert, held), tx.now, limits_on(tx.now.date()))
    if left is None:
        return False
    gone = [basis["code"] for basis in alert.bases if basis["ground"] & ~left.grounds or not left.open]
    entry_id = derived_id(alert.id, f"qorgau.withdrawn {','.join(gone)} {alert.updated_at.isoformat()}")
    await repository.save(tx.conn, left)
    data: View = {"alert_id": alert.id, "grounds": gone, "ended": not left.open}
    await record(tx, entry_id, "qorgau.alert_withdrawn", left, ACTOR, data)
    return True


class Withdrawals:
    """An entry that is revoked, corrected or over takes its alerts along; those of a file's entries follow
    with the next look (`withdraw_unfounded`)."""

    name = "qorgau.withdrawals"
    kinds = frozenset({"qorgau.watch_revoked", "qorgau.watch_corrected", "qorgau.watch_expired"})

    async def react(self, tx: Tx, entry: Recorded) -> None:
        for alert_id in await repository.open_of_entry(tx.conn, entry.subject):
            await withdraw(tx, alert_id)


async def forget(store: Store) -> None:
    """Refutations whose time is over."""
    async with store.transaction() as tx:
        await repository.forget_refutations(tx.conn, tx.now)


def jobs(store: Store) -> list[Job]:
    """The room's periodic work."""
    return [
        Job("qorgau.end_old", 5.0, lambda: end_old(store)),
        Job("qorgau.withdraw_unfounded", 2.0, lambda: withdraw_unfounded(store)),
        Job("qorgau.forget", 3600.0, lambda: forget(store)),
    ]
