"""Alarms and the devices that raise them: data and decisions. Pure; every time is passed in, in aware UTC.

Invariants
1. A device has at most one alarm that is not closed; further presses join it.
2. A level only rises. When it does, the alarm is open again, so that it sounds again, and its minute starts
   anew.
3. Only a person closes an alarm; a restored button does not.
4. A device that is silent is unavailable, never clear; so is one that was never heard.
5. In test mode no press becomes an alarm; test mode ends by its own clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from jedel.alarms.errors import AlarmNotOpen
from jedel.alarms.signals import Level, Signal, SignalKind

ESCALATE_AFTER_S = 60
"""An alarm that nobody acknowledged for this long is the supervisor's (docs: sounds, 60 s)."""

GRACE = 1.5
"""A device is unavailable when it is silent for this many of its intervals: one lost report is no fault."""

BACK_CONTACTS = 2
"""A device that was lost is back at its second report, so that a flapping link does not ring twice a
minute."""

EXPECTED_S = {"post": 300, "panic_button": 300, "panel": 180}
"""How often a kind of device reports where nothing else is set, seconds. Also: these kinds raise alarms."""

TEST_MINUTES_MAX = 480

AT_PAST_MAX_S = 3_600
AT_FUTURE_MAX_S = 5
"""A device's own time is believed within these bounds of ours; outside them ours is taken."""


class AlarmState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class Priority(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Device:
    """An alarm device as this room knows it.

    ``last_seen`` is every contact; ``noted_seen`` is the contact that a screen was told of: it moves only
    with a journal entry, so that snapshot and events agree. ``expected_s``: seconds between reports.
    """

    id: UUID
    region: str
    kind: str
    name: str
    site_id: UUID | None
    site: Mapping[str, object] | None
    expected_s: int
    available: bool = False
    contacts: int = 0
    last_seen: datetime | None = None
    noted_seen: datetime | None = None
    test_until: datetime | None = None
    trouble: str | None = None
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """A press that needs an answer. ``raised_at`` and ``last_press_at`` are the device's times where they
    can be believed, ``received_at`` is ours; ``sounding_since`` starts the minute to escalation."""

    id: UUID
    region: str
    device_id: UUID
    device_name: str
    device_kind: str
    site: Mapping[str, object] | None
    level: Level
    priority: Priority
    state: AlarmState
    presses: int
    raised_at: datetime
    last_press_at: datetime
    received_at: datetime
    sounding_since: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    escalated_at: datetime | None = None
    closed_at: datetime | None = None
    result: str | None = None


def priority(level: Level, device_kind: str) -> Priority:
    """Lockdown and any SOS post (someone in the street, alone) are emergencies; staff help is urgent."""
    if level is Level.LOCKDOWN or device_kind == "post":
        return Priority.EMERGENCY
    return Priority.URGENT


def believed(at: datetime | None, now: datetime) -> datetime:
    """The device's time if its clock can be right, else ours."""
    if at is None or not timedelta(seconds=-AT_PAST_MAX_S) <= at - now <= timedelta(seconds=AT_FUTURE_MAX_S):
        return now
    return at


def raised(alarm_id: UUID, device: Device, signal: Signal, now: datetime) -> Alarm:
    """A new alarm from a press."""
    level = signal.level or Level.HELP
    at = believed(signal.at, now)
    return Alarm(
        id=alarm_id,
        region=device.region,
        device_id=device.id,
        device_name=device.name,
        device_kind=device.kind,
        site=device.site,
        level=level,
        priority=priority(level, device.kind),
        state=AlarmState.OPEN,
        presses=1,
        raised_at=at,
        last_press_at=at,
        received_at=now,
        sounding_since=now,
    )


def pressed_again(alarm: Alarm, signal: Signal, now: datetime) -> Alarm:
    """A further press joins; a lockdown press upon a help alarm raises it and makes it sound again."""
    joined = replace(
        alarm, presses=alarm.presses + 1, last_press_at=max(alarm.last_press_at, believed(signal.at, now))
    )
    if signal.level is not Level.LOCKDOWN or alarm.level is Level.LOCKDOWN:
        return joined
    return replace(
        joined,
        level=Level.LOCKDOWN,
        priority=priority(Level.LOCKDOWN, alarm.device_kind),
        state=AlarmState.OPEN,
        sounding_since=now,
        acknowledged_at=None,
        acknowledged_by=None,
        escalated_at=None,
    )


def acknowledged(alarm: Alarm, actor: str, now: datetime) -> Alarm:
    """Somebody has it. Raises AlarmNotOpen when it was acknowledged or closed already."""
    if alarm.state is not AlarmState.OPEN:
        raise AlarmNotOpen(id=alarm.id, state=alarm.state)
    return replace(alarm, state=AlarmState.ACKNOWLEDGED, acknowledged_at=now, acknowledged_by=actor)


def escalated(alarm: Alarm, now: datetime) -> Alarm | None:
    """The alarm as the supervisor's, or None when it is not (or no longer) time for that."""
    if alarm.state is not AlarmState.OPEN or alarm.escalated_at is not None:
        return None
    if now - alarm.sounding_since < timedelta(seconds=ESCALATE_AFTER_S):
        return None
    return replace(alarm, escalated_at=now)


def closed(alarm: Alarm, result: str, now: datetime) -> Alarm:
    """Over, with a result. Raises AlarmNotOpen when it was closed before."""
    if alarm.state is AlarmState.CLOSED:
        raise AlarmNotOpen(id=alarm.id, state=alarm.state)
    return replace(alarm, state=AlarmState.CLOSED, closed_at=now, result=result)


def heard(device: Device, kind: SignalKind, now: datetime) -> Device:
    """The device reported. A press, or the first report ever, brings it back at once."""
    contacts = min(device.contacts + 1, BACK_CONTACTS)
    device = replace(device, last_seen=now, contacts=contacts)
    if device.available:
        return device
    first = device.noted_seen is None
    if first or kind is SignalKind.PRESS or contacts >= BACK_CONTACTS:
        return replace(device, available=True, noted_seen=now, contacts=BACK_CONTACTS)
    return device


def silent_before(expected_s: int, now: datetime) -> datetime:
    """A device last seen before this moment is silent."""
    return now - timedelta(seconds=expected_s * GRACE)


def silent(device: Device, now: datetime) -> Device | None:
    """The device as unavailable, or None when it is not (or was already).

    A lost device whose single contact led to nothing starts again from none.
    """
    if device.last_seen is None or device.last_seen >= silent_before(device.expected_s, now):
        return None
    if device.available:
        return replace(device, available=False, contacts=0, noted_seen=device.last_seen)
    return replace(device, contacts=0) if device.contacts else None


def in_test(device: Device, now: datetime) -> bool:
    """Whether a press is a test now."""
    return device.test_until is not None and now < device.test_until


def test_over(device: Device, now: datetime) -> bool:
    """Whether test mode has run out and is still marked."""
    return device.test_until is not None and now >= device.test_until


def test_set(device: Device, minutes: int, now: datetime) -> Device:
    """In test mode for so many minutes; 0 ends it."""
    return replace(device, test_until=now + timedelta(minutes=minutes) if minutes else None)


def troubled(device: Device, signal: Signal) -> Device:
    """A fault that the device told of, or its end. The same object comes back where nothing changed."""
    if signal.kind in (SignalKind.TAMPER, SignalKind.TROUBLE):
        trouble: str | None = signal.kind.value
    elif signal.kind is SignalKind.RESTORE and signal.clears in (None, device.trouble):
        trouble = None
    else:
        return device
    return device if trouble == device.trouble else replace(device, trouble=trouble)
