"""Receiving signals, acknowledging, closing, test mode: on a real database, with a clock that the test
moves."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from jedel.access import DeviceKind
from jedel.alarms import jobs, service
from jedel.alarms.errors import AlarmNotOpen, DeviceBlocked, UnknownDevice
from jedel.alarms.reactors import NewDevices
from jedel.alarms.signals import Level, Malformed, Reason, SignalKind
from jedel.journal import Entry, Follower, Store
from jedel.kernel.clock import ManualClock
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import new_id
from tests.alarms.support import (
    DUTY,
    ELSEWHERE,
    device,
    entries,
    followed,
    hear,
    kinds,
    press,
    rows,
    said,
    school,
    state,
)


async def test_a_press_becomes_an_alarm_with_all_that_dispatch_needs(
    store: Store, clock: ManualClock
) -> None:
    site = await school(store)
    button = await device(store, site_id=site)
    receipt = await press(store, button, level=Level.LOCKDOWN, at=clock.now())
    back, raised = await entries(store)
    assert (back.kind, raised.kind) == ("alarms.device_back", "alarms.raised")
    assert raised.subject == receipt.alarm_id
    assert raised.data["alarm_id"] == str(receipt.alarm_id)
    assert (raised.data["site_id"], raised.data["device_id"]) == (str(site), str(button))
    assert (raised.data["lon"], raised.data["lat"]) == (76.9, 43.2)
    assert (raised.data["level"], raised.data["priority"]) == ("lockdown", "emergency")
    assert (raised.data["device_kind"], raised.data["test"]) == ("panic_button", False)
    (view,) = raised.changed["alarms"]
    assert view["site"]["name"]["ru"] == "Школа №1"  # type: ignore[index]
    assert view["state"] == "open"
    assert await state(store) == await followed(store)


async def test_the_same_signal_again_gets_the_same_receipt(store: Store, clock: ManualClock) -> None:
    button = await device(store)
    signal = said(button)
    first = await hear(store, signal)
    clock.advance(5)
    assert await hear(store, signal) == first
    assert (await kinds(store)).count("raised") == 1
    ((alarm),) = await rows(store, "SELECT presses FROM alarm")
    assert alarm["presses"] == 1


async def test_twins_that_arrive_together_are_one(store: Store) -> None:
    button = await device(store)
    signal = said(button)
    receipts = await asyncio.gather(*(hear(store, signal) for _ in range(5)))
    assert len(set(receipts)) == 1
    assert await rows(store, "SELECT presses FROM alarm") == [{"presses": 1}]


async def test_presses_that_arrive_together_join_one_alarm(store: Store) -> None:
    button = await device(store)
    receipts = await asyncio.gather(*(press(store, button) for _ in range(6)))
    assert len({receipt.alarm_id for receipt in receipts}) == 1
    assert await rows(store, "SELECT presses FROM alarm") == [{"presses": 6}]
    assert sorted(await kinds(store)) == ["device_back", "raised"] + ["repeated"] * 5
    assert await state(store) == await followed(store)


async def test_an_id_that_another_used_does_not_silence_a_press(store: Store) -> None:
    """Ids are made by senders, so one device can use another's; both presses count."""
    one, other = await device(store), await device(store)
    first = await press(store, one)
    second = await hear(store, said(other, id=first.signal_id))
    assert second.alarm_id not in {None, first.alarm_id}
    assert (await kinds(store)).count("raised") == 2


async def test_a_lockdown_press_raises_the_level_and_unacknowledges(store: Store, clock: ManualClock) -> None:
    button = await device(store)
    alarm = (await press(store, button)).alarm_id
    assert alarm is not None
    await service.acknowledge(store, DUTY, alarm, new_id())
    clock.advance(30)
    await press(store, button, level=Level.LOCKDOWN)
    (view,) = (await state(store))["alarms"].values()
    assert (view["level"], view["priority"], view["state"]) == ("lockdown", "emergency", "open")
    assert view["acknowledged_by"] is None
    assert (await kinds(store))[-1] == "level_raised"
    assert await state(store) == await followed(store)


async def test_acknowledging_ends_escalation(store: Store, clock: ManualClock) -> None:
    answered, waiting = await device(store), await device(store)
    alarm = (await press(store, answered)).alarm_id
    assert alarm is not None
    await press(store, waiting)
    command = new_id()
    view = await service.acknowledge(store, DUTY, alarm, command)
    assert view["acknowledged_by"] == DUTY.actor
    assert await service.acknowledge(store, DUTY, alarm, command) == view
    with pytest.raises(AlarmNotOpen):
        await service.acknowledge(store, DUTY, alarm, new_id())
    assert await jobs.escalate(store) == 0
    clock.advance(60)
    assert await jobs.escalate(store) == 1
    assert await jobs.escalate(store) == 0
    (late,) = [entry for entry in await entries(store) if entry.kind == "alarms.escalated"]
    assert late.data["waited_s"] == 60
    assert await state(store) == await followed(store)


async def test_a_raised_level_starts_a_new_minute_and_escalates_again(
    store: Store, clock: ManualClock
) -> None:
    button = await device(store)
    await press(store, button)
    clock.advance(60)
    assert await jobs.escalate(store) == 1
    await press(store, button, level=Level.LOCKDOWN)
    clock.advance(59)
    assert await jobs.escalate(store) == 0
    clock.advance(1)
    assert await jobs.escalate(store) == 1


async def test_after_closing_a_press_is_a_new_alarm(store: Store) -> None:
    button = await device(store)
    first = (await press(store, button)).alarm_id
    assert first is not None
    command = new_id()
    await service.close_by_hand(store, DUTY, first, command, "false_alarm")
    await service.close_by_hand(store, DUTY, first, command, "false_alarm")
    with pytest.raises(AlarmNotOpen):
        await service.close_by_hand(store, DUTY, first, new_id(), "resolved")
    assert (await state(store))["alarms"] == {}
    second = (await press(store, button)).alarm_id
    assert second not in {None, first}
    assert await state(store) == await followed(store)


async def test_dispatch_closes_in_its_own_transaction(store: Store) -> None:
    alarm = (await press(store, await device(store))).alarm_id
    assert alarm is not None
    async with store.transaction() as tx:
        view = await service.close(tx, alarm, "resolved", DUTY)
        gone = {"alarms": [str(alarm)]}
        tx.record(Entry(new_id(), "00", "dispatch.closed", uuid4(), DUTY.actor, {}, {}, gone))
    assert view["state"] == "closed"
    assert await state(store) == await followed(store)


async def test_alarms_of_another_region_do_not_exist(store: Store) -> None:
    button = await device(store)
    alarm = (await press(store, button)).alarm_id
    assert alarm is not None
    with pytest.raises(WrongRegion):
        await service.acknowledge(store, ELSEWHERE, alarm, new_id())
    with pytest.raises(WrongRegion):
        await service.close_by_hand(store, ELSEWHERE, alarm, new_id(), "resolved")
    with pytest.raises(WrongRegion):
        await service.set_test_mode(store, ELSEWHERE, button, new_id(), 10)
    with pytest.raises(NotFound):
        await service.acknowledge(store, DUTY, uuid4(), new_id())
    with pytest.raises(NotFound):
        await service.set_test_mode(store, DUTY, uuid4(), new_id(), 10)


async def test_in_test_mode_a_press_is_a_test_until_it_ends_by_itself(
    store: Store, clock: ManualClock
) -> None:
    button = await device(store)
    command = new_id()
    view = await service.set_test_mode(store, DUTY, button, command, 30)
    assert await service.set_test_mode(store, DUTY, button, command, 30) == view
    receipt = await press(store, button, level=Level.LOCKDOWN)
    assert receipt.alarm_id is None
    assert (await state(store))["alarms"] == {}
    assert await jobs.end_tests(store) == 0
    clock.advance(30 * 60)
    assert await jobs.end_tests(store) == 1
    assert await jobs.end_tests(store) == 0
    assert (await press(store, button)).alarm_id is not None
    assert await kinds(store) == ["test_mode_set", "device_back", "tested", "test_mode_set", "raised"]
    assert await state(store) == await followed(store)


async def test_a_press_does_not_wait_for_the_sweep_to_end_test_mode(store: Store, clock: ManualClock) -> None:
    button = await device(store)
    await service.set_test_mode(store, DUTY, button, new_id(), 1)
    clock.advance(60)
    assert (await press(store, button)).alarm_id is not None
    (view,) = (await state(store))["devices"].values()
    assert view["test_until"] is None
    assert await state(store) == await followed(store)


async def test_test_mode_ends_by_hand(store: Store) -> None:
    button = await device(store)
    await service.set_test_mode(store, DUTY, button, new_id(), 10)
    await service.set_test_mode(store, DUTY, button, new_id(), 0)
    assert (await press(store, button)).alarm_id is not None


async def test_a_silent_device_is_unavailable_and_says_so_once(store: Store, clock: ManualClock) -> None:
    post = await device(store, DeviceKind.POST)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert await jobs.find_silent(store) == 0
    clock.advance(451)
    assert await jobs.find_silent(store) == 1
    assert await jobs.find_silent(store) == 0
    (view,) = (await state(store))["devices"].values()
    assert view["available"] is False
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert (await state(store))["devices"][str(post)]["available"] is False
    clock.advance(60)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert (await state(store))["devices"][str(post)]["available"] is True
    assert await kinds(store) == ["device_back", "device_unavailable", "device_back"]
    assert await state(store) == await followed(store)


async def test_one_report_of_a_lost_device_is_forgotten(store: Store, clock: ManualClock) -> None:
    post = await device(store, DeviceKind.POST)
    for _ in range(2):
        await hear(store, said(post, SignalKind.HEARTBEAT))
        clock.advance(1000)
        await jobs.find_silent(store)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert await kinds(store) == ["device_back", "device_unavailable"]


async def test_reports_that_tell_nothing_new_write_nothing(store: Store, clock: ManualClock) -> None:
    post = await device(store, DeviceKind.POST)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    (before,) = await rows(store, "SELECT last_seen, xmin::text FROM device_state")
    clock.advance(10)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert await rows(store, "SELECT last_seen, xmin::text FROM device_state") == [before]
    clock.advance(70)
    await hear(store, said(post, SignalKind.HEARTBEAT))
    assert await rows(store, "SELECT last_seen FROM device_state") == [{"last_seen": clock.now()}]


async def test_troubles_are_told_once_and_end(store: Store) -> None:
    post = await device(store, DeviceKind.POST)
    for kind in (SignalKind.TAMPER, SignalKind.TAMPER, SignalKind.RESTORE, SignalKind.RESTORE):
        await hear(store, said(post, kind))
    assert await kinds(store) == ["device_back", "trouble", "trouble"]
    assert [e.data["trouble"] for e in await entries(store) if e.kind == "alarms.trouble"] == ["tamper", None]
    assert await state(store) == await followed(store)


async def test_a_test_signal_is_in_the_journal(store: Store) -> None:
    await hear(store, said(await device(store), SignalKind.TEST, note="RP"))
    assert await kinds(store) == ["device_back", "tested"]


async def test_unknown_and_blocked_devices_are_refused_and_kept(store: Store) -> None:
    stranger, tablet, blocked = uuid4(), await device(store, DeviceKind.TABLET), await device(store)
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE device SET blocked_at = now() WHERE id = %s", (blocked,))
    for device_id in (stranger, tablet):
        with pytest.raises(UnknownDevice):
            await press(store, device_id, raw=b"press")
    with pytest.raises(DeviceBlocked):
        await press(store, blocked, raw=b"press")
    kept = await rows(store, "SELECT device_id, reason, raw, driver FROM alarm_malformed ORDER BY id")
    assert [(k["device_id"], k["reason"]) for k in kept] == [
        (stranger, "unknown_device"),
        (tablet, "unknown_device"),
        (blocked, "blocked_device"),
    ]
    assert kept[0]["raw"] == b"press"
    assert await kinds(store) == []


async def test_what_is_odd_counts_and_is_kept(store: Store) -> None:
    receipt = await press(store, await device(store), odd=Reason.UNKNOWN_FIELD, raw=b"{...}")
    assert receipt.alarm_id is not None
    assert await rows(store, "SELECT reason FROM alarm_malformed") == [{"reason": "unknown_field"}]


async def test_malformed_messages_are_bounded(store: Store, clock: ManualClock) -> None:
    bad = Malformed.of(Reason.NOT_JSON, b"x" * 5000)
    for _ in range(service.KEPT_PER_MINUTE + 5):
        await service.keep(store, bad, "mqtt")
    await service.keep(store, bad, "dc09")
    query = "SELECT driver, count(*) AS n, max(size) AS size, max(octet_length(raw)) AS kept"
    found = await rows(store, f"{query} FROM alarm_malformed GROUP BY driver ORDER BY driver")
    assert [(f["driver"], f["n"]) for f in found] == [("dc09", 1), ("mqtt", service.KEPT_PER_MINUTE)]
    assert (found[1]["size"], found[1]["kept"]) == (5000, 2048)
    clock.advance(31 * 24 * 3600)
    await jobs.forget(store)
    assert await rows(store, "SELECT 1 FROM alarm_malformed") == []


async def test_an_id_that_comes_round_is_a_new_press_after_its_time(store: Store, clock: ManualClock) -> None:
    button = await device(store)
    signal = replace(said(button), again_after_s=900.0)
    first = await hear(store, signal)
    clock.advance(900)
    assert await hear(store, signal) == first
    clock.advance(901)
    assert (await hear(store, signal)).alarm_id == first.alarm_id
    assert await rows(store, "SELECT presses FROM alarm") == [{"presses": 2}]


async def test_a_press_never_vanishes_into_a_closed_alarm(store: Store, clock: ManualClock) -> None:
    button = await device(store)
    signal = replace(said(button), again_after_s=900.0)
    first = (await hear(store, signal)).alarm_id
    assert first is not None
    await service.close_by_hand(store, DUTY, first, new_id(), "resolved")
    clock.advance(1)
    assert (await hear(store, signal)).alarm_id not in {None, first}


async def test_a_new_device_is_on_the_screens_before_it_speaks(store: Store) -> None:
    follower = Follower(store, NewDevices())
    post = await device(store, DeviceKind.POST, site_id=await school(store))
    await device(store, DeviceKind.TABLET)
    heard = await device(store)
    await hear(store, said(heard, SignalKind.HEARTBEAT))
    await follower.catch_up()
    screens = await followed(store)
    assert set(screens["devices"]) == {str(post), str(heard)}
    assert (
        screens["devices"][str(post)] | {"available": False, "lon": 76.9, "lat": 43.2}
        == screens["devices"][str(post)]
    )
    assert await state(store) == screens


async def test_sweeps_look_again_under_the_lock(store: Store, clock: ManualClock) -> None:
    """What was due when the sweep looked, but no longer is, stays as it is."""
    assert not await jobs._escalate(store, UUID(int=1))
    assert not await jobs._silent(store, UUID(int=1))
    assert not await jobs._end_test(store, UUID(int=1))
    assert len(jobs.jobs(store)) == 4
    for job in jobs.jobs(store):
        await job.run()
