"""What devices say, and what people do about it.

``receive`` is the promise of this room: when it returns, the signal is committed. Everything that a signal
changes stands in one transaction with its journal entry; the same signal again changes nothing and gets the
same receipt. Locks are taken in one order: the device, the signal's id, its alarm, the region's journal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from jedel import access
from jedel.access import Principal
from jedel.alarms import metrics, model, repository
from jedel.alarms.errors import DeviceBlocked, UnknownDevice
from jedel.alarms.model import Alarm, AlarmState, Device
from jedel.alarms.signals import Malformed, Reason, Signal, SignalKind, unusable
from jedel.alarms.views import View, alarm_view, device_view, raised_data
from jedel.journal import Entry, Store, Tx
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import derived_id
from jedel.places import sites

QUIET_SHARE = 4
"""A report is written down when the last one is older than this part of the interval: reports come in
thousands a second, and one in four tells as much."""

KEPT_PER_MINUTE = 300
"""Malformed messages of one driver that are kept within a minute; more are only counted."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Said to the device after the commit. ``alarm_id``: the alarm that a press raised or joined."""

    signal_id: UUID
    at: datetime
    alarm_id: UUID | None


async def receive(store: Store, signal: Signal, driver: str, source: str | None = None) -> Receipt:
    """Store what a device said. Raises UnknownDevice or DeviceBlocked; the message is kept as malformed
    then."""
    if signal.odd is not None:
        await keep(store, unusable(signal, signal.odd), driver, source)
    try:
        async with store.transaction() as tx:
            receipt, new = await _receive(tx, signal)
    except UnknownDevice:
        await keep(store, unusable(signal, Reason.UNKNOWN_DEVICE), driver, source)
        raise
    except DeviceBlocked:
        await keep(store, unusable(signal, Reason.BLOCKED_DEVICE), driver, source)
        raise
    if new:
        metrics.SIGNALS.labels(driver, signal.kind).inc()
    else:
        metrics.REPEATED.labels(driver).inc()
    return receipt


async def keep(store: Store, bad: Malformed, driver: str, source: str | None = None) -> None:
    """Count a message that cannot be used, and keep it raw while there are not too many of them."""
    metrics.MALFORMED.labels(driver, bad.reason).inc()
    async with store.transaction() as tx:
        kept = await repository.add_malformed(tx.conn, driver, source, bad, tx.now, KEPT_PER_MINUTE)
    if not kept:
        metrics.MALFORMED_NOT_KEPT.labels(driver).inc()


async def _receive(tx: Tx, signal: Signal) -> tuple[Receipt, bool]:
    if signal.kind is SignalKind.HEARTBEAT:
        await _heartbeat(tx, signal)
        return Receipt(signal.id, tx.now, None), True
    before = await _sender(tx, signal, lock=True)
    taken = await tx.recorded(signal.id)
    earlier, alarm = await repository.before_signal(tx.conn, before.id, signal.id)
    if earlier and not _came_round(signal, earlier, tx.now):
        return Receipt(signal.id, earlier["received_at"], earlier["alarm_id"]), False
    entry_id = derived_id(before.id, f"{signal.id} {tx.now.isoformat()}") if taken else signal.id
    alarm_id = None
    async with tx.conn.pipeline():
        device = await _note(tx, before, model.heard(before, signal.kind, tx.now), entry_id)
        if signal.kind is SignalKind.PRESS and not model.in_test(device, tx.now):
            alarm_id = await _press(tx, device, alarm, signal, entry_id)
        elif signal.kind in (SignalKind.PRESS, SignalKind.TEST):
            data: View = {"device_id": device.id, "level": signal.level, "test": True, "note": signal.note}
            _entry(tx, entry_id, "alarms.tested", device, data)
        else:
            await _trouble(tx, device, signal, entry_id)
        await repository.add_signal(tx.conn, device.id, signal, tx.now, alarm_id)
    return Receipt(signal.id, tx.now, alarm_id), True


async def _sender(tx: Tx, signal: Signal, *, lock: bool) -> Device:
    """Who said it; begun to be watched with the first thing it says where nobody began it before."""
    device = await _watched(tx, signal, lock=lock)
    if device is None:
        if signal.device_id is not None:
            known = await access.find_device(tx.conn, signal.device_id)
        else:
            known = await access.device_of_account(tx.conn, signal.account or "")
        if known is None or known.kind not in model.EXPECTED_S:
            raise UnknownDevice(id=signal.device_id or signal.account)
        await watch(tx, known)
        device = await _watched(tx, signal, lock=lock)
        assert device is not None
    if device.blocked:
        raise DeviceBlocked(id=device.id)
    return device


async def _watched(tx: Tx, signal: Signal, *, lock: bool) -> Device | None:
    if signal.device_id is not None:
        return await repository.device(tx.conn, signal.device_id, lock=lock)
    return await repository.panel_device(tx.conn, signal.account or "", lock=lock)


async def watch(tx: Tx, known: access.Device) -> bool:
    """Begin to watch a device; False where it is watched already."""
    site = await sites.get(tx.conn, known.site_id) if known.site_id else None
    return await repository.add_device(tx.conn, known, site, model.EXPECTED_S[known.kind])


def _came_round(signal: Signal, earlier: repository.Row, now: datetime) -> bool:
    """Whether an equal id is a new message: its time is over, or the alarm that it raised is.

    The latter may be a late repetition; but a press must never vanish into an alarm that is closed.
    """
    if signal.again_after_s is None:
        return False
    return bool(earlier["alarm_closed"]) or now - earlier["received_at"] > timedelta(
        seconds=signal.again_after_s
    )


async def _heartbeat(tx: Tx, signal: Signal) -> None:
    device = await _sender(tx, signal, lock=False)
    if device.available and device.last_seen is not None:
        quiet = timedelta(seconds=device.expected_s / QUIET_SHARE)
        if tx.now - device.last_seen < quiet and not model.test_over(device, tx.now):
            return
    device = await _sender(tx, signal, lock=True)
    back = derived_id(signal.id, tx.now.isoformat())
    await _note(tx, device, model.heard(device, signal.kind, tx.now), back)


async def _note(tx: Tx, before: Device, device: Device, cause: UUID) -> Device:
    """Save a contact; tell the screens where it brought the device back or found its test mode over."""
    if model.test_over(device, tx.now):
        device = model.test_set(device, 0, tx.now)
        data = {"device_id": device.id, "on": False, "until": None}
        _entry(tx, derived_id(cause, "test over"), "alarms.test_mode_set", device, data, show=True)
    if device.available and not before.available:
        data = {"device_id": device.id, "last_seen": before.last_seen}
        _entry(tx, derived_id(cause, "back"), "alarms.device_back", device, data, show=True)
    await repository.save_device(tx.conn, device)
    return device


async def _press(tx: Tx, device: Device, alarm: Alarm | None, signal: Signal, entry_id: UUID) -> UUID:
    if alarm is None:
        if device.site_id is not None:
            device = replace(device, site=await sites.get(tx.conn, device.site_id) or device.site)
        alarm = model.raised(derived_id(entry_id, "alarm"), device, signal, tx.now)
        await repository.add_alarm(tx.conn, alarm)
        kind = "alarms.raised"
    else:
        joined = model.pressed_again(alarm, signal, tx.now)
        kind = "alarms.repeated" if joined.level is alarm.level else "alarms.level_raised"
        alarm = joined
        await repository.save_alarm(tx.conn, alarm)
    data = raised_data(alarm, device) | {"signal_id": signal.id, "note": signal.note}
    tx.record(
        Entry(entry_id, alarm.region, kind, alarm.id, _actor(device), data, {"alarms": [alarm_view(alarm)]})
    )
    return alarm.id


async def _trouble(tx: Tx, device: Device, signal: Signal, entry_id: UUID) -> None:
    """A fault or its end. What changes nothing is stored with the signals but tells no screen."""
    told = model.troubled(device, signal)
    if told is device:
        return
    await repository.save_device(tx.conn, told)
    data: View = {
        "device_id": device.id,
        "trouble": told.trouble,
        "before": device.trouble,
        "note": signal.note,
    }
    _entry(tx, entry_id, "alarms.trouble", told, data, show=True)


async def acknowledge(store: Store, who: Principal, alarm_id: UUID, command_id: UUID) -> View:
    """A person has it. Raises NotFound, WrongRegion, AlarmNotOpen."""
    async with store.transaction() as tx:
        done = await tx.recorded(command_id)
        alarm = await _own_alarm(tx, who, alarm_id)
        if not done:
            alarm = model.acknowledged(alarm, who.actor, tx.now)
            await repository.save_alarm(tx.conn, alarm)
            data = {"alarm_id": alarm.id, "waited_s": (tx.now - alarm.sounding_since).total_seconds()}
            _alarm_entry(tx, command_id, "alarms.acknowledged", alarm, who.actor, data)
    return alarm_view(alarm)


async def acknowledge_in(tx: Tx, who: Principal, alarm_id: UUID, entry_id: UUID) -> None:
    """Whoever speaks with the person has the alarm: where it is still open it is acknowledged in the caller's
    transaction, by an entry of its own."""
    alarm = await _own_alarm(tx, who, alarm_id)
    if alarm.state is AlarmState.OPEN:
        alarm = model.acknowledged(alarm, who.actor, tx.now)
        await repository.save_alarm(tx.conn, alarm)
        data: View = {"alarm_id": alarm.id, "waited_s": (tx.now - alarm.sounding_since).total_seconds()}
        _alarm_entry(tx, entry_id, "alarms.acknowledged", alarm, who.actor, data)


async def acknowledge_by_sending(tx: Tx, alarm_ids: Iterable[UUID], who: Principal) -> list[View]:
    """Whoever sends a patrol has seen the alarm: those that are still open are acknowledged in the caller's
    transaction. Their new views, for the caller's entry."""
    views = []
    for alarm_id in alarm_ids:
        alarm = await _own_alarm(tx, who, alarm_id)
        if alarm.state is AlarmState.OPEN:
            alarm = model.acknowledged(alarm, who.actor, tx.now)
            await repository.save_alarm(tx.conn, alarm)
            views.append(alarm_view(alarm))
    return views


async def close(tx: Tx, alarm_id: UUID, result: str, who: Principal) -> View:
    """Close an alarm in the caller's transaction; the caller's entry says that it is gone from ``alarms``.

    Raises NotFound, WrongRegion, AlarmNotOpen.
    """
    alarm = model.closed(await _own_alarm(tx, who, alarm_id), result, tx.now)
    await repository.save_alarm(tx.conn, alarm)
    return alarm_view(alarm)


async def close_by_hand(store: Store, who: Principal, alarm_id: UUID, command_id: UUID, result: str) -> View:
    """Close an alarm that needs no incident."""
    async with store.transaction() as tx:
        if await tx.recorded(command_id):
            return alarm_view(await _own_alarm(tx, who, alarm_id))
        view = await close(tx, alarm_id, result, who)
        data = {"alarm_id": alarm_id, "result": result}
        gone = {"alarms": [str(alarm_id)]}
        tx.record(Entry(command_id, who.region, "alarms.closed", alarm_id, who.actor, data, {}, gone))
    return view


async def set_test_mode(
    store: Store, who: Principal, device_id: UUID, command_id: UUID, minutes: int
) -> View:
    """Put a device into test mode for so many minutes; 0 ends it.

    Raises NotFound, WrongRegion, UnknownDevice.
    """
    async with store.transaction() as tx:
        done = await tx.recorded(command_id)
        await watch(tx, await own_device(tx, who, device_id))
        device = await repository.device(tx.conn, device_id, lock=True)
        assert device is not None
        if not done:
            device = model.test_set(device, minutes, tx.now)
            await repository.save_device(tx.conn, device)
            data = {"device_id": device.id, "on": minutes > 0, "until": device.test_until}
            changed = {"devices": [device_view(device)]}
            tx.record(
                Entry(command_id, device.region, "alarms.test_mode_set", device.id, who.actor, data, changed)
            )
    return device_view(device)


async def open_alarms(tx: Tx, region: str) -> list[View]:
    """The collection ``alarms``: open and acknowledged."""
    return [alarm_view(alarm) for alarm in await repository.alarms(tx.conn, region)]


async def devices(tx: Tx, region: str) -> list[View]:
    """The collection ``devices``."""
    return [device_view(device) for device in await repository.devices(tx.conn, region)]


async def own_device(tx: Tx, who: Principal, device_id: UUID) -> access.Device:
    """An alarm device of the asker's region; another region's is answered like none."""
    known = await access.find_device(tx.conn, device_id)
    if known is None:
        raise NotFound(what="device", id=device_id)
    if known.region != who.region:
        raise WrongRegion(what="device", id=device_id)
    if known.kind not in model.EXPECTED_S:
        raise UnknownDevice(id=device_id)
    return known


async def _own_alarm(tx: Tx, who: Principal, alarm_id: UUID) -> Alarm:
    alarm = await repository.alarm(tx.conn, alarm_id)
    if alarm is None:
        raise NotFound(what="alarm", id=alarm_id)
    if alarm.region != who.region:
        raise WrongRegion(what="alarm", id=alarm_id)
    return alarm


def _actor(device: Device) -> str:
    return f"device:{device.id}"


def _entry(tx: Tx, entry_id: UUID, kind: str, device: Device, data: View, *, show: bool = False) -> None:
    changed = {"devices": [device_view(device)]} if show else {}
    tx.record(Entry(entry_id, device.region, kind, device.id, _actor(device), data, changed))


def _alarm_entry(tx: Tx, entry_id: UUID, kind: str, alarm: Alarm, actor: str, data: View) -> None:
    tx.record(Entry(entry_id, alarm.region, kind, alarm.id, actor, data, {"alarms": [alarm_view(alarm)]}))
