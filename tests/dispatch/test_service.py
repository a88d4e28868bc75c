"""What duty officers and operators do, on a real database; after each test the live feed is replayed."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.access import Role
from jedel.alarms import service as alarms
from jedel.alarms.signals import Level
from jedel.dispatch import errors, queries
from jedel.kernel.errors import Forbidden, NotFound
from jedel.units.errors import UnitNotFree
from tests.dispatch.world import DUTY, OPERATOR, World, staff
from tests.support.seed import OTHER_REGION


async def test_by_hand_from_call_to_result(world: World) -> None:
    car = await world.unit("P1")
    one = await world.open(OPERATOR, received_at=world.clock.now() - timedelta(seconds=8), note="кричат")
    assert one["callers"] == [{"name": "Ару", "phone": "+7 701 000 00 00"}]
    assert one["times"]["received"] < one["times"]["opened"] == one["times"]["answered"]
    world.clock.advance(20)
    one = await world.assign(one, car)
    assert one["state"] == "dispatched"
    assert one["assignments"][0]["eta_s"] == 90
    assert (await world.unit_view(car))["incident_id"] == one["id"]
    world.clock.advance(5)
    one = await world.progress(one, car, "en_route")
    world.clock.advance(60)
    one = await world.progress(one, car, "on_scene")
    assert (await world.unit_view(car))["status"] == "on_scene"
    one = await world.note(one)
    one = await world.close(one, text="помирились")
    assert (one["state"], one["result"], one["result_text"]) == ("closed", "resolved", "помирились")
    unit = await world.unit_view(car)
    assert (unit["status"], unit["incident_id"]) == ("available", None)
    assert await world.incidents() == []
    assert list(filter(None, one["times"].values())) == sorted(one["times"].values())
    log = await queries.log(world.store, DUTY, UUID(one["id"]))
    assert [entry.kind.removeprefix("dispatch.") for entry in log] == [
        "incident_opened",
        "unit_assigned",
        "unit_en_route",
        "unit_on_scene",
        "noted",
        "closed",
    ]
    assert [log[0].data["note"], log[0].actor_name, log[1].actor_name] == [
        "кричат",
        "Test operator",
        "Test duty",
    ]


async def test_every_command_may_be_sent_again(world: World) -> None:
    car, other = await world.unit("P1"), await world.unit("P2")
    ids: dict[str, Any] = {
        name: uuid4() for name in ("open", "assign", "progress", "release", "close", "join")
    }
    one = await world.open(id=ids["open"])
    assert await world.open(id=ids["open"]) == one
    sent = await world.assign(one, car, id=ids["assign"])
    assert await world.assign(one, car, id=ids["assign"]) == sent
    gone = await world.progress(one, car, "en_route", id=ids["progress"])
    assert await world.progress(one, car, "en_route", id=ids["progress"]) == gone
    two = await world.open()
    await world.assign(two, other)
    joined = await world.join(two, one, id=ids["join"])
    assert await world.join(two, one, id=ids["join"]) == joined
    freed = await world.release(one, other, id=ids["release"])
    assert await world.release(one, other, id=ids["release"]) == freed
    closed = await world.close(one, id=ids["close"])
    assert await world.close(one, id=ids["close"]) == closed
    kinds = await world.kinds()
    assert kinds.count("dispatch.unit_assigned") == 2
    assert kinds.count("dispatch.joined") == 2  # one entry for each of the two incidents
    assert kinds.count("dispatch.closed") == 1


async def test_a_step_known_already_is_no_error_and_no_entry(world: World) -> None:
    car = await world.unit()
    one = await world.assign(await world.open(), car)
    await world.progress(one, car, "on_scene")
    before = await world.kinds()
    await world.progress(one, car, "on_scene")
    await world.progress(one, car, "en_route")
    await world.priority(one, "urgent")
    assert await world.kinds() == before
    late = await world.progress(one, car, "en_route", at=world.clock.now())  # says when, and moves nothing
    assert (late["state"], late["assignments"][0]["en_route_at"]) == ("on_scene", None)
    assert late["assignments"][0]["en_route_said"] is not None
    assert (await world.unit_view(car))["status"] == "on_scene"


async def test_a_closed_incident_refuses_everything_and_says_what_became_of_it(world: World) -> None:
    car = await world.unit()
    two = await world.open()
    one = await world.close(await world.open(), "false_alarm")
    for refused in (
        world.assign(one, car),
        world.release(one, car),
        world.progress(one, car, "en_route"),
        world.note(one),
        world.priority(one, "routine"),
        world.close(one),
        world.join(one, two),
        world.join(two, one),
    ):
        with pytest.raises(errors.IncidentClosed) as problem:
            await refused
        assert problem.value.params["result"] == "false_alarm"
    assert (await world.unit_view(car))["status"] == "available"


async def test_a_unit_on_another_incident_is_not_free(world: World) -> None:
    car = await world.unit()
    one, two = await world.open(), await world.open()
    await world.assign(one, car)
    with pytest.raises(UnitNotFree):
        await world.assign(two, car)
    with pytest.raises(errors.AlreadyAssigned):
        await world.assign(one, car)
    assert (await world.get(two))["state"] == "open"


async def test_a_unit_of_another_region_does_not_exist_here(world: World) -> None:
    stranger = await world.unit("P9", region=OTHER_REGION)
    one = await world.open()
    with pytest.raises(NotFound):
        await world.assign(one, stranger)
    with pytest.raises(NotFound):
        await world.assign(one, uuid4())


async def test_an_incident_of_another_region_does_not_exist_here(world: World) -> None:
    one = await world.open()
    elsewhere = staff("elsewhere", Role.DUTY_OFFICER, OTHER_REGION)
    with pytest.raises(NotFound):
        await world.note(one, who=elsewhere)
    with pytest.raises(NotFound):
        await queries.one(world.store, elsewhere, UUID(one["id"]))
    with pytest.raises(NotFound):
        await queries.one(world.store, DUTY, uuid4())


async def test_reassigning_takes_a_unit_from_one_incident_to_another(world: World) -> None:
    car = await world.unit()
    one, two = await world.open(), await world.open(priority="emergency")
    await world.assign(one, car)
    two = await world.assign(two, car, from_incident=one["id"])
    one = await world.get(one)
    assert (one["state"], two["state"]) == ("open", "dispatched")
    assert one["assignments"][0]["status"] == "released"
    assert one["assignments"][0]["reason"] == f"→ {two['number']}"
    assert (await world.unit_view(car))["incident_id"] == two["id"]
    log = await queries.log(world.store, DUTY, UUID(one["id"]))
    assert log[-1].kind == "dispatch.unit_released"
    with pytest.raises(errors.UnitNotOnIncident):
        await world.assign(one, car, from_incident=(await world.open())["id"])


async def test_one_unit_instead_of_another(world: World) -> None:
    slow, quick = await world.unit("P1"), await world.unit("P2")
    one = await world.assign(await world.open(), slow)
    one = await world.assign(one, quick, instead_of=slow)
    assert [(a["call_sign"], a["status"]) for a in one["assignments"]] == [
        ("P1", "released"),
        ("P2", "assigned"),
    ]
    assert (await world.unit_view(slow))["status"] == "available"


async def test_releasing_the_unit_puts_the_incident_back(world: World) -> None:
    car = await world.unit()
    one = await world.release(await world.assign(await world.open(), car), car)
    assert one["state"] == "open"
    assert (await world.unit_view(car))["status"] == "available"
    with pytest.raises(errors.AssignmentEnded):
        await world.release(one, car)


async def test_closing_closes_its_alarms_in_the_same_entry(world: World) -> None:
    school = await world.site()
    first = await world.press(await world.button(school))
    second = await world.press(await world.button(school))
    assert first is not None
    await alarms.close_by_hand(world.store, DUTY, first, uuid4(), "false_alarm")
    (one,) = await world.incidents()
    await world.close(one)
    assert await world.open_alarms() == []
    log = await queries.log(world.store, DUTY, UUID(one["id"]))
    assert log[-1].data["alarms"] == [str(second)]


async def test_joining_moves_alarm_caller_and_unit(world: World) -> None:
    car, other = await world.unit("P1"), await world.unit("P2")
    alarm_id = await world.press(await world.button(await world.site()), Level.LOCKDOWN)
    (alarmed,) = await world.incidents()
    called = await world.open(lon=76.9305, lat=43.2501)
    assert called["duplicates"] == [alarmed["id"]]
    (why,) = await queries.duplicates(world.store, DUTY, UUID(called["id"]))
    assert why.incident_id == UUID(alarmed["id"])
    assert (why.same_class, why.number) == (False, alarmed["number"])
    assert 0 < why.score < 0.8
    assert 30 < why.metres < 60
    await world.assign(called, car)
    await world.progress(called, car, "on_scene")
    await world.assign(called, other)
    closed = await world.join(called, alarmed)
    assert (closed["state"], closed["result"], closed["joined_into"]) == (
        "closed",
        "duplicate",
        alarmed["id"],
    )
    (grown,) = await world.incidents()
    assert grown["id"] == alarmed["id"]
    assert (grown["state"], grown["duplicates"]) == ("on_scene", [])
    assert grown["alarm_ids"] == [str(alarm_id)]
    assert grown["callers"] == called["callers"]
    assert [(a["call_sign"], a["status"]) for a in grown["assignments"]] == [
        ("P1", "on_scene"),
        ("P2", "assigned"),
    ]
    assert (await world.unit_view(car))["incident_id"] == alarmed["id"]
    assert (await world.unit_view(car))["status"] == "on_scene"
    assert await world.open_alarms() == [str(alarm_id)]
    for incident in (alarmed, called):
        log = await queries.log(world.store, DUTY, UUID(incident["id"]))
        assert log[-1].kind == "dispatch.joined"
    await world.close(grown)
    assert await world.open_alarms() == []


async def test_nothing_joins_itself_or_what_is_not_there(world: World) -> None:
    one = await world.open()
    with pytest.raises(errors.SameIncident):
        await world.join(one, one)
    with pytest.raises(NotFound):
        await world.join(one, {"id": str(uuid4())})


async def test_an_operator_opens_notes_and_closes_only_his_own_before_dispatch(world: World) -> None:
    car = await world.unit()
    mine, theirs = await world.open(OPERATOR), await world.open(DUTY)
    await world.note(theirs, who=OPERATOR)
    with pytest.raises(Forbidden):
        await world.assign(mine, car, OPERATOR)
    with pytest.raises(errors.NotYourIncident):
        await world.close(theirs, who=OPERATOR)
    await world.assign(mine, car)
    with pytest.raises(errors.NotYourIncident):
        await world.close(mine, who=OPERATOR)
    await world.close(await world.open(OPERATOR), "cancelled", OPERATOR)


async def test_a_call_from_the_future_or_from_yesterday_is_refused(world: World) -> None:
    for away in (timedelta(hours=-13), timedelta(minutes=1)):
        with pytest.raises(errors.ReceivedTooEarlyOrLate):
            await world.open(received_at=world.clock.now() + away)
    soon = await world.open(received_at=world.clock.now() + timedelta(seconds=3))
    assert soon["times"]["received"] == soon["times"]["opened"]


async def test_numbers_begin_anew_each_day_and_skip_those_still_open(world: World) -> None:
    first = await world.open()
    await world.close(await world.open())
    world.clock.advance(24 * 3600)
    assert first["number"] == 1
    assert (await world.open())["number"] == 2  # yesterday's 1 is still called by its number
    assert (await world.open())["number"] == 3


async def test_closed_ones_page_by_page(world: World) -> None:
    closed = []
    for _ in range(5):
        world.clock.advance(1)
        closed.append((await world.close(await world.open()))["id"])
    first = await queries.listed(world.store, DUTY.region, "closed", None, 3)
    rest = await queries.listed(world.store, DUTY.region, "closed", UUID(str(first[-1]["id"])), 3)
    assert [view["id"] for view in first + rest] == closed[::-1]


async def test_the_tablet_from_assignment_to_result(world: World) -> None:
    car = await world.unit()
    crew = await world.tablet(car)
    one = await world.assign(await world.open(), car)
    pressed = world.clock.now() + timedelta(seconds=5)
    world.clock.advance(60)
    one = await world.progress(one, car, "en_route", crew, at=pressed)
    work = one["assignments"][0]
    assert work["en_route_said"] < work["en_route_at"] == one["times"]["en_route"]
    with pytest.raises(errors.NotOnScene):
        await world.close(one, who=crew)
    await world.progress(one, car, "on_scene", crew)
    await world.note(one, who=crew)
    assert (await queries.one(world.store, crew, UUID(one["id"])))["state"] == "on_scene"
    one = await world.close(one, "no_offence", crew)
    assert one["state"] == "closed"


async def test_a_tablet_acts_only_for_its_own_unit(world: World) -> None:
    car, other = await world.unit("P1"), await world.unit("P2")
    one = await world.assign(await world.open(), other)
    crew = await world.tablet(car)
    for refused in (
        world.progress(one, other, "en_route", crew),
        world.note(one, who=crew),
        world.close(one, who=crew),
    ):
        with pytest.raises(errors.OwnUnitOnly):
            await refused
    with pytest.raises(NotFound):
        await queries.one(world.store, crew, UUID(one["id"]))
    with pytest.raises(NotFound):
        await queries.log(world.store, crew, UUID(one["id"]))


async def test_one_of_two_crews_leaves_but_does_not_close(world: World) -> None:
    car, other = await world.unit("P1"), await world.unit("P2")
    crew = await world.tablet(car)
    one = await world.assign(await world.assign(await world.open(), car), other)
    await world.progress(one, car, "on_scene", crew)
    with pytest.raises(errors.OthersOnIncident):
        await world.close(one, who=crew)
    one = await world.release(one, car, crew, reason="all calm")
    assert one["state"] == "dispatched"
    assert (await world.unit_view(car))["status"] == "available"


async def test_an_offline_tablet_hears_what_happened_meanwhile(world: World) -> None:
    car = await world.unit()
    crew = await world.tablet(car)
    one = await world.assign(await world.open(), car)
    pressed = world.clock.now() + timedelta(seconds=5)
    world.clock.advance(30)
    await world.release(one, car, reason="needed elsewhere")
    world.clock.advance(30)
    for late in (
        world.progress(one, car, "on_scene", crew, at=pressed),
        world.close(one, who=crew),
    ):
        with pytest.raises(errors.AssignmentEnded) as problem:
            await late
        assert problem.value.params["reason"] == "needed elsewhere"
    two = await world.assign(await world.open(), car)
    with pytest.raises(errors.AssignmentEnded):
        await world.progress(one, car, "en_route", crew)
    await world.close(two, "cancelled")
    with pytest.raises(errors.IncidentClosed):
        await world.progress(two, car, "en_route", crew)


async def test_the_day_s_figures(world: World) -> None:
    car = await world.unit("P1")
    today = await queries.today(world.store, DUTY.region)
    assert (today.waiting, today.answered_within_10s, today.dispatched_within_60s) == (0, None, None)
    now = world.clock.now
    quick = await world.open(received_at=now() - timedelta(seconds=9))
    await world.open(received_at=now() - timedelta(seconds=11))
    await world.open()  # says nothing about answering
    world.clock.advance(59)
    await world.assign(quick, car)
    await world.press(await world.button(await world.site(lon=76.5)))  # nobody has looked at it yet
    today = await queries.today(world.store, DUTY.region)
    assert (today.waiting, today.answered_within_10s, today.dispatched_within_60s) == (3, 0.5, 1.0)
    world.clock.advance(11)
    today = await queries.today(world.store, DUTY.region)
    assert today.answered_within_10s == 0.3333
    assert today.dispatched_within_60s == 0.3333
    assert {t.name: (t.within, t.counted) for t in today.targets} == {"answer": (1, 3), "dispatch": (1, 3)}
