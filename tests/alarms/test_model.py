"""The decisions about alarms and their devices, without any input or output."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from jedel.alarms import model
from jedel.alarms.errors import AlarmNotOpen
from jedel.alarms.model import Alarm, AlarmState, Device, Priority
from jedel.alarms.signals import Level, Signal, SignalKind

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DEVICE = Device(UUID(int=1), "00", "panic_button", "School 1, director", UUID(int=9), {"id": "9"}, 300)


def seconds(count: float) -> datetime:
    return NOW + timedelta(seconds=count)


def press(level: Level | None = Level.HELP, at: datetime | None = None) -> Signal:
    return Signal(UUID(int=5), SignalKind.PRESS, device_id=DEVICE.id, level=level, at=at)


def alarm(level: Level = Level.HELP, **changes: object) -> Alarm:
    return replace(model.raised(UUID(int=7), DEVICE, press(level), NOW), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "kind", "expected"),
    [
        (Level.HELP, "panic_button", Priority.URGENT),
        (Level.HELP, "panel", Priority.URGENT),
        (Level.LOCKDOWN, "panic_button", Priority.EMERGENCY),
        (Level.HELP, "post", Priority.EMERGENCY),
    ],
)
def test_priority(level: Level, kind: str, expected: Priority) -> None:
    assert model.priority(level, kind) is expected


@pytest.mark.parametrize(
    ("offset_s", "is_believed"),
    [(0, True), (5, True), (6, False), (-3600, True), (-3601, False), (None, False)],
)
def test_a_devices_time_is_believed_only_near_ours(offset_s: float | None, is_believed: bool) -> None:
    at = None if offset_s is None else seconds(offset_s)
    assert model.believed(at, NOW) == (at if is_believed else NOW)


def test_a_press_without_a_level_asks_for_help() -> None:
    new = model.raised(UUID(int=7), DEVICE, press(None, seconds(-3)), NOW)
    assert (new.level, new.state, new.presses) == (Level.HELP, AlarmState.OPEN, 1)
    assert (new.raised_at, new.received_at, new.site) == (seconds(-3), NOW, {"id": "9"})


def test_a_repeated_press_joins_and_leaves_the_acknowledgement() -> None:
    known = model.acknowledged(alarm(), "account:1", seconds(2))
    joined = model.pressed_again(known, press(), seconds(9))
    assert (joined.presses, joined.last_press_at, joined.state) == (2, seconds(9), AlarmState.ACKNOWLEDGED)


def test_presses_out_of_order_keep_the_latest_time() -> None:
    joined = model.pressed_again(alarm(), press(at=seconds(-60)), seconds(1))
    assert joined.last_press_at == NOW


def test_a_lockdown_press_raises_a_help_alarm_so_that_it_sounds_again() -> None:
    known = model.acknowledged(alarm(escalated_at=seconds(60)), "account:1", seconds(62))
    risen = model.pressed_again(known, press(Level.LOCKDOWN), seconds(70))
    assert (risen.level, risen.priority, risen.state) == (Level.LOCKDOWN, Priority.EMERGENCY, AlarmState.OPEN)
    assert (risen.acknowledged_by, risen.acknowledged_at, risen.escalated_at) == (None, None, None)
    assert (risen.sounding_since, risen.presses) == (seconds(70), 2)


@pytest.mark.parametrize("again", [Level.HELP, Level.LOCKDOWN])
def test_a_level_never_falls(again: Level) -> None:
    known = model.acknowledged(alarm(Level.LOCKDOWN), "account:1", seconds(2))
    joined = model.pressed_again(known, press(again), seconds(9))
    assert (joined.level, joined.state) == (Level.LOCKDOWN, AlarmState.ACKNOWLEDGED)


def test_an_alarm_is_acknowledged_once() -> None:
    known = model.acknowledged(alarm(), "account:1", seconds(2))
    assert (known.acknowledged_by, known.acknowledged_at) == ("account:1", seconds(2))
    with pytest.raises(AlarmNotOpen):
        model.acknowledged(known, "account:2", seconds(3))


def test_an_alarm_escalates_once_after_its_minute() -> None:
    assert model.escalated(alarm(), seconds(59.9)) is None
    late = model.escalated(alarm(), seconds(60))
    assert late is not None
    assert late.escalated_at == seconds(60)
    assert model.escalated(late, seconds(120)) is None
    assert model.escalated(model.acknowledged(alarm(), "a", NOW), seconds(120)) is None


def test_an_alarm_is_closed_once() -> None:
    over = model.closed(alarm(), "false_alarm", seconds(300))
    assert (over.state, over.result, over.closed_at) == (AlarmState.CLOSED, "false_alarm", seconds(300))
    with pytest.raises(AlarmNotOpen):
        model.closed(over, "resolved", seconds(301))


def test_a_device_is_available_from_its_first_report() -> None:
    new = model.heard(DEVICE, SignalKind.HEARTBEAT, NOW)
    assert (new.available, new.noted_seen, new.last_seen) == (True, NOW, NOW)
    again = model.heard(new, SignalKind.HEARTBEAT, seconds(60))
    assert (again.available, again.noted_seen, again.last_seen) == (True, NOW, seconds(60))


def test_a_device_never_heard_stays_unavailable_without_a_word() -> None:
    assert model.silent(DEVICE, seconds(9999)) is None


def test_one_lost_report_is_no_fault_but_silence_is() -> None:
    seen = model.heard(DEVICE, SignalKind.HEARTBEAT, NOW)
    assert model.silent(seen, seconds(450)) is None
    lost = model.silent(seen, seconds(451))
    assert lost is not None
    assert (lost.available, lost.noted_seen) == (False, NOW)
    assert model.silent(lost, seconds(900)) is None


def test_a_lost_device_is_back_at_its_second_report_in_time() -> None:
    lost = replace(DEVICE, noted_seen=NOW, last_seen=NOW)
    once = model.heard(lost, SignalKind.HEARTBEAT, seconds(1000))
    assert not once.available
    forgotten = model.silent(once, seconds(2000))
    assert forgotten is not None
    assert forgotten.contacts == 0
    assert not model.heard(forgotten, SignalKind.HEARTBEAT, seconds(2001)).available
    assert model.heard(once, SignalKind.HEARTBEAT, seconds(1060)).available


def test_a_press_brings_a_lost_device_back_at_once() -> None:
    lost = replace(DEVICE, noted_seen=NOW, last_seen=NOW)
    assert model.heard(lost, SignalKind.PRESS, seconds(1000)).available


def test_test_mode_ends_by_its_own_clock() -> None:
    assert not model.in_test(DEVICE, NOW)
    assert not model.test_over(DEVICE, NOW)
    tested = model.test_set(DEVICE, 10, NOW)
    assert model.in_test(tested, seconds(599))
    assert not model.test_over(tested, seconds(599))
    assert not model.in_test(tested, seconds(600))
    assert model.test_over(tested, seconds(600))
    assert model.test_set(tested, 0, NOW).test_until is None


@pytest.mark.parametrize(
    ("before", "kind", "clears", "after"),
    [
        (None, SignalKind.TAMPER, None, "tamper"),
        ("tamper", SignalKind.TAMPER, None, "tamper"),
        ("tamper", SignalKind.TROUBLE, None, "trouble"),
        ("tamper", SignalKind.RESTORE, SignalKind.TAMPER, None),
        ("tamper", SignalKind.RESTORE, SignalKind.PRESS, "tamper"),
        ("tamper", SignalKind.RESTORE, None, None),
        (None, SignalKind.RESTORE, None, None),
        ("trouble", SignalKind.PRESS, None, "trouble"),
    ],
)
def test_troubles(before: str | None, kind: SignalKind, clears: SignalKind | None, after: str | None) -> None:
    device = replace(DEVICE, trouble=before)
    told = model.troubled(device, Signal(UUID(int=5), kind, device_id=device.id, clears=clears))
    assert told.trouble == after
    assert (told is device) == (before == after)
