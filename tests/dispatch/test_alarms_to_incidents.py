"""An alarm becomes an incident: once, in the right words, or joins the one that is open at its site."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest

from jedel.access import DeviceKind
from jedel.alarms import service as alarms
from jedel.alarms.signals import Level, Signal, SignalKind
from jedel.dispatch import reactor
from jedel.dispatch.reactor import AlarmReactor
from jedel.journal import Follower
from tests.dispatch.world import DUTY, World


async def test_a_press_opens_one_incident_with_its_site(world: World) -> None:
    school = await world.site()
    alarm_id = await world.press(await world.button(school))
    (one,) = await world.incidents()
    assert one["class"] == "school_alarm"
    assert one["priority"] == "urgent"
    assert one["state"] == "open"
    assert one["alarm_ids"] == [str(alarm_id)]
    assert one["place"]["site_id"] == str(school)
    assert one["place"]["site"]["name"]["ru"] == "Школа № 1"
    assert one["place"]["label"] == {"kk": "№1 мектеп", "ru": "Школа № 1", "en": "School 1"}
    assert one["title"]["en"] == "School panic button"
    assert one["number"] == 1
    assert one["opened_by"] == "system:dispatch"
    assert await world.kinds() == ["dispatch.incident_opened"]


async def test_reacting_again_after_a_lost_position_makes_nothing_twice(world: World) -> None:
    await world.press(await world.button(await world.site()))
    before = await world.incidents()
    async with world.store.transaction() as tx:
        await tx.conn.execute("DELETE FROM journal_cursor WHERE reader = %s", (AlarmReactor.name,))
    await Follower(world.store, AlarmReactor()).catch_up()
    assert await world.incidents() == before
    assert await world.kinds() == ["dispatch.incident_opened"]


async def test_a_press_in_test_mode_opens_none(world: World) -> None:
    button = await world.button(await world.site())
    await alarms.set_test_mode(world.store, DUTY, button, uuid4(), 30)
    assert await world.press(button) is None
    assert await world.incidents() == []


async def test_repeated_presses_stay_one_incident(world: World) -> None:
    button = await world.button(await world.site())
    await world.press(button)
    await world.press(button)
    assert len(await world.incidents()) == 1
    assert await world.kinds() == ["dispatch.incident_opened"]


async def test_a_second_button_of_the_same_site_joins_and_raises(world: World) -> None:
    school = await world.site()
    first = await world.press(await world.button(school))
    second = await world.press(await world.button(school), Level.LOCKDOWN)
    (one,) = await world.incidents()
    assert one["alarm_ids"] == [str(first), str(second)]
    assert one["priority"] == "emergency"
    assert one["units_wanted"] == 2
    assert one["title"]["en"] == "School lockdown"
    assert await world.kinds() == ["dispatch.incident_opened", "dispatch.alarm_linked"]


async def test_a_graver_incident_is_not_lowered_by_a_lesser_alarm(world: World) -> None:
    school = await world.site()
    await world.press(await world.button(school), Level.LOCKDOWN)
    await world.press(await world.button(school))
    (one,) = await world.incidents()
    assert one["priority"] == "emergency"
    assert one["units_wanted"] == 2


async def test_help_that_becomes_lockdown_raises_its_incident(world: World) -> None:
    button = await world.button(await world.site())
    await world.press(button)
    await world.press(button, Level.LOCKDOWN)
    (one,) = await world.incidents()
    assert (one["priority"], one["units_wanted"]) == ("emergency", 2)
    assert await world.kinds() == ["dispatch.incident_opened", "dispatch.priority_changed"]


async def test_a_second_lockdown_at_the_same_site_changes_nothing_more(world: World) -> None:
    school = await world.site()
    await world.press(await world.button(school), Level.LOCKDOWN)
    second = await world.button(school)
    await world.press(second)
    before = await world.incidents()
    await world.press(second, Level.LOCKDOWN)
    assert await world.incidents() == before
    assert await world.kinds() == ["dispatch.incident_opened", "dispatch.alarm_linked"]


async def test_alarms_of_one_incident_have_a_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactor, "ALARMS_MAX", 2)
    school = await world.site()
    for _ in range(3):
        await world.press(await world.button(school))
    assert [len(one["alarm_ids"]) for one in await world.incidents()] == [2, 1]


async def test_another_site_is_another_incident(world: World) -> None:
    await world.press(await world.button(await world.site()))
    await world.press(await world.button(await world.site("park", 76.99, 43.2), DeviceKind.POST))
    one, two = await world.incidents()
    assert (two["class"], two["priority"], two["number"]) == ("sos_post", "emergency", 2)
    assert one["duplicates"] == two["duplicates"] == []


async def test_a_closed_incident_does_not_swallow_the_next_press(world: World) -> None:
    school = await world.site()
    await world.press(await world.button(school))
    (one,) = await world.incidents()
    await world.close(one)
    await world.press(await world.button(school))
    (two,) = await world.incidents()
    assert two["id"] != one["id"]
    assert two["number"] == 2


async def test_a_panel_is_what_its_site_is(world: World) -> None:
    await world.press(await world.button(await world.site("bank"), DeviceKind.PANEL))
    await world.press(await world.button(await world.site("school", 76.8, 43.1), DeviceKind.PANEL))
    assert [one["class"] for one in await world.incidents()] == ["other", "school_alarm"]


async def test_an_alarm_from_nowhere_still_opens_an_incident_and_says_so(world: World) -> None:
    await world.press(await world.button(None))
    (one,) = await world.incidents()
    assert one["place"]["known"] is False
    assert one["place"]["label"]["en"] == "Place unknown: Кнопка"


async def test_the_acknowledgement_is_the_answer(world: World) -> None:
    alarm_id = await world.press(await world.button(await world.site()))
    assert alarm_id is not None
    world.clock.advance(7)
    await alarms.acknowledge(world.store, DUTY, alarm_id, uuid4())
    world.clock.advance(5)
    await world.react()
    (one,) = await world.incidents()
    times = one["times"]
    assert times["answered"] is not None
    assert seconds(times["received"], times["answered"]) == 7


async def test_an_incident_with_a_unit_was_answered_already(world: World) -> None:
    car = await world.unit()
    alarm_id = await world.press(await world.button(await world.site()))
    assert alarm_id is not None
    (one,) = await world.incidents()
    await alarms.acknowledge(world.store, DUTY, alarm_id, uuid4())  # dispatch has not heard of it yet
    one = await world.assign(one, car)
    await world.react()
    assert (await world.get(one))["times"] == one["times"]
    assert "dispatch.answered" not in await world.kinds()


async def test_an_alarm_that_was_closed_before_dispatch_could_look_opens_none(world: World) -> None:
    button = await world.button(await world.site())
    alarm_id = await raised_without_reaction(world, button)
    await alarms.acknowledge(world.store, DUTY, alarm_id, uuid4())
    await alarms.close_by_hand(world.store, DUTY, alarm_id, uuid4(), "false_alarm")
    await world.react()
    assert await world.incidents() == []


async def test_late_entries_leave_a_closed_incident_alone(world: World) -> None:
    button = await world.button(await world.site())
    alarm_id = await world.press(button)
    assert alarm_id is not None
    (one,) = await world.incidents()
    await alarms.acknowledge(world.store, DUTY, alarm_id, uuid4())
    await world.close(one)
    await world.react()
    closed = await world.get(one)
    assert closed["times"]["answered"] is None
    assert closed["state"] == "closed"


async def raised_without_reaction(world: World, button: UUID) -> UUID:
    press = Signal(uuid4(), SignalKind.PRESS, device_id=button, level=Level.HELP)
    receipt = await alarms.receive(world.store, press, "http")
    assert receipt.alarm_id is not None
    return receipt.alarm_id


def seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


async def test_sending_a_patrol_acknowledges_the_alarm(world: World) -> None:
    alarm_id = await world.press(await world.button(await world.site()))
    (one,) = await world.incidents()
    unit = await world.unit()
    await world.assign(one, unit)
    async with world.store.reading() as tx:
        (alarm,) = await alarms.open_alarms(tx, "00")
    assert (alarm["id"], alarm["state"]) == (str(alarm_id), "acknowledged")
    assert alarm["acknowledged_by"] == DUTY.actor
    assert await world.kinds() == ["dispatch.incident_opened", "dispatch.unit_assigned"]
    second = await world.unit("P2")
    await world.assign(one, second)
    async with world.store.reading() as tx:
        assert await alarms.open_alarms(tx, "00") == [alarm]
