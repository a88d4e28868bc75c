"""What an alarm opens, and for how long; and those who try to get round it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from jedel.access import DeviceKind, Role
from jedel.alarms.signals import Level
from jedel.cameras.openings import asking, errors, jobs
from jedel.cameras.openings.model import ASKED_LIFE, LIFE, Spot, in_force
from jedel.cameras.openings.schemas import Ask
from jedel.dispatch.model import IncidentClass
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.kernel.errors import NotFound
from tests.cameras.school import HERE, SUPERVISOR, School
from tests.dispatch.world import DUTY, OPERATOR, SNAPSHOT, staff
from tests.support.replay import assert_live_equals_fetched, entries
from tests.support.seed import OTHER_REGION, REGION
from tests.support.waiting import eventually


@pytest.fixture
async def school(store: Store, clock: ManualClock) -> AsyncIterator[School]:
    school = School(store, clock)
    yield school
    await assert_live_equals_fetched(store, SNAPSHOT, REGION)


def test_an_opening_holds_from_its_first_moment_to_its_last(clock: ManualClock) -> None:
    now, minute = clock.now(), timedelta(minutes=1)
    assert not in_force(None, None, now)
    assert not in_force(now + minute, None, now)
    assert in_force(now, None, now)
    assert in_force(now - minute, now + minute, now)
    assert not in_force(now - minute, now, now)
    assert not in_force(now - LIFE, None, now)


async def test_a_press_opens_the_schools_cameras_in_order_and_the_end_closes_them(school: School) -> None:
    site = await school.site()
    button = await school.button(site)
    await school.place(button, Spot("corridor", 2, 10.0, 5.0))
    yard = await school.camera(site, "surroundings", floor=0, plan=(40.0, 40.0))
    door = await school.camera(site, "entrance", floor=1, plan=(10.0, 5.0))
    same_floor = await school.camera(site, "classroom", floor=2, plan=(60.0, 5.0))
    away = await school.camera(
        site, "corridor", floor=2, plan=(20.0, 5.0), heading=90.0
    )  # looks the other way
    looks = await school.camera(site, "corridor", floor=2, plan=(25.0, 5.0), heading=270.0)
    street = await school.camera(None, "street", at=(76.9312, 43.25), heading=270.0)
    far = await school.camera(None, "street", at=(76.99, 43.25))
    elsewhere = await school.camera(await school.site(lon=76.95), "corridor")
    everything = (yard, door, same_floor, away, looks, street)
    assert [await school.open_for(each) for each in everything] == [[]] * 6

    await school.press(button)
    (incident,) = await school.incidents()
    (opening,) = await school.opened()
    assert [UUID(each["id"]) for each in opening["cameras"]] == [looks, away, same_floor, door, yard, street]
    assert [each["sees"] for each in opening["cameras"]] == [True, *[False] * 5]
    assert opening["button"] == {"zone": "corridor", "floor": 2, "plan": {"x": 10.0, "y": 5.0}}
    assert (opening["level"], opening["incident_id"]) == ("help", incident["id"])
    for each in everything:
        assert await school.open_for(each) == [UUID(incident["id"])]
    assert await school.open_for(far) == await school.open_for(elsewhere) == []

    async def warm() -> bool:
        return len(school.gateways.wanted) == 6

    await eventually(warm)
    assert school.gateways.wanted[0] == f"camera/{looks}/sub"

    await school.close(incident)
    # before any reactor has heard of the end
    assert [await school.open_for(each) for each in everything] == [[]] * 6
    await school.react()
    assert await school.opened() == []
    kinds = [entry.kind for entry in await entries(school.store, REGION) if entry.kind.startswith("cameras.")]
    assert kinds == ["cameras.opened", "cameras.closed"]


async def test_without_the_buttons_place_entrances_come_first(school: School) -> None:
    site = await school.site()
    button = await school.button(site)
    class_room = await school.camera(site, "classroom", floor=None, plan=None)
    stairs = await school.camera(site, "stairs")
    door = await school.camera(site, "entrance")
    await school.press(button)
    (opening,) = await school.opened()
    assert [UUID(each["id"]) for each in opening["cameras"]] == [door, stairs, class_room]


async def test_a_lockdown_raises_what_is_open_and_help_never_lowers_it(school: School) -> None:
    site = await school.site()
    one, other = await school.button(site), await school.button(site)
    await school.camera(site, "entrance")
    await school.press(one)
    before = (await school.opened())[0]
    await school.press(one, Level.LOCKDOWN)
    (after,) = await school.opened()
    assert after == before | {"level": "lockdown"}
    await school.press(other)  # joins the same incident
    assert await school.opened() == [after]
    assert len(await school.incidents()) == 1


async def test_a_second_button_in_lockdown_raises_too(school: School) -> None:
    site = await school.site()
    one, other = await school.button(site), await school.button(site)
    await school.camera(site, "entrance")
    await school.press(one)
    await school.press(other, Level.LOCKDOWN)
    assert [each["level"] for each in await school.opened()] == ["lockdown"]


async def test_an_incident_that_a_person_opens_at_the_school_opens_nothing(school: School) -> None:
    site = await school.site()
    camera = await school.camera(site, "classroom")
    for who in (OPERATOR, DUTY, SUPERVISOR):
        more = {"class": IncidentClass.SCHOOL_ALARM, "lon": HERE[0], "lat": HERE[1]}
        await school.open(who, **more)
    await school.react()
    assert await school.opened() == []
    assert await school.open_for(camera) == []


async def test_a_real_alarm_joined_into_another_incident_takes_its_cameras_along(school: School) -> None:
    site = await school.site()
    button, camera = await school.button(site), await school.camera(site, "entrance")
    await school.press(button)
    (alarm,) = await school.incidents()
    by_hand = await school.open(DUTY)
    await school.join(alarm, by_hand)
    await school.react()
    assert await school.open_for(camera) == [UUID(by_hand["id"])]
    await school.close(by_hand)
    await school.react()
    assert await school.open_for(camera) == []
    assert await school.opened() == []


async def test_other_schools_and_other_regions_stay_shut(school: School) -> None:
    site, other = await school.site(), await school.site(lon=76.94)
    button = await school.button(site)
    await school.camera(site, "entrance")
    others = await school.camera(other, "entrance")
    foreign = await school.camera(site, "entrance", region=OTHER_REGION)
    await school.press(button)
    assert await school.open_for(others) == await school.open_for(foreign) == []
    assert await school.opened(OTHER_REGION) == []


async def test_a_press_without_a_camera_anywhere_opens_nothing(school: School) -> None:
    await school.press(await school.button(await school.site()))
    await school.press(await school.button(None))
    assert await school.opened() == []


async def test_a_post_brings_its_conversation_and_no_wall_of_streets(school: School) -> None:
    """A post in the street shows what it shows by itself; at a site with cameras it is a button of the site.
    Any other button brings up what there is."""
    await school.camera(None, "street", at=HERE)
    await school.press(await school.button(await school.site(), DeviceKind.POST))
    assert await school.opened() == []
    assert school.gateways.wanted == []
    watched = await school.site()
    await school.camera(watched, "entrance")
    await school.press(await school.button(watched, DeviceKind.POST))
    (opening,) = await school.opened()
    assert {each["part"] for each in opening["cameras"]} == {"site", "street"}
    await school.press(await school.button(await school.site()))
    assert len(await school.opened()) == 2, (
        "any other site: the streets around it, where it has none of its own"
    )


async def asked(school: School) -> tuple[UUID, UUID, Ask]:
    """A camera of a school, an incident by hand beside it, and the supervisor's words."""
    site = await school.site()
    camera = await school.camera(site, "classroom")
    incident = await school.open(DUTY, lon=HERE[0], lat=HERE[1])
    purpose = "a caller says that a stranger went in"
    return camera, UUID(incident["id"]), Ask(
        id=uuid4(), incident_id=UUID(incident["id"]), site_id=site, purpose=purpose
    )  # fmt: skip


async def test_a_supervisor_opens_by_hand_only_with_a_second_person(school: School) -> None:
    camera, incident, ask = await asked(school)
    await asking.ask(school.store, SUPERVISOR, ask)
    assert await asking.ask(school.store, SUPERVISOR, ask)  # said again
    assert await school.open_for(camera) == []
    with pytest.raises(errors.OwnOpening):
        await asking.approve(school.store, SUPERVISOR, ask.id, uuid4())
    stranger = staff("elsewhere", Role.DUTY_OFFICER, OTHER_REGION)
    with pytest.raises(NotFound):
        await asking.approve(school.store, stranger, ask.id, uuid4())
    with pytest.raises(errors.OpeningThere):
        await asking.ask(school.store, SUPERVISOR, ask.model_copy(update={"id": uuid4()}))
    await asking.approve(school.store, DUTY, ask.id, word := uuid4())
    assert (await asking.approve(school.store, DUTY, ask.id, word))["approved_by"] == DUTY.actor
    assert await school.open_for(camera) == [incident]
    with pytest.raises(errors.OpeningDecided):
        await asking.approve(school.store, DUTY, ask.id, uuid4())
    await asking.end(school.store, DUTY, ask.id, uuid4())
    assert await school.open_for(camera) == []
    with pytest.raises(errors.OpeningOver):
        await asking.end(school.store, DUTY, ask.id, uuid4())


async def test_a_site_that_is_elsewhere_cannot_be_opened(school: School) -> None:
    _, _, ask = await asked(school)
    far = await school.site(lon=77.10)
    with pytest.raises(errors.SiteElsewhere):
        await asking.ask(school.store, SUPERVISOR, ask.model_copy(update={"site_id": far}))
    for wrong in ({"site_id": uuid4()}, {"incident_id": uuid4()}):
        with pytest.raises(NotFound):
            await asking.ask(school.store, SUPERVISOR, ask.model_copy(update=wrong))


async def test_nobody_agrees_to_what_is_over(school: School) -> None:
    _, incident, ask = await asked(school)
    await asking.ask(school.store, SUPERVISOR, ask)
    school.clock.advance(ASKED_LIFE.total_seconds())
    with pytest.raises(errors.OpeningOver):
        await asking.approve(school.store, DUTY, ask.id, uuid4())
    for job in jobs(school.store):
        await job.run()
    assert await school.opened() == []
    again = ask.model_copy(update={"id": uuid4()})
    await asking.ask(school.store, SUPERVISOR, again)
    await school.close({"id": str(incident)})
    with pytest.raises(errors.OpeningOver):
        await asking.approve(school.store, DUTY, again.id, uuid4())
    with pytest.raises(errors.OpeningOver):
        await asking.ask(school.store, SUPERVISOR, ask.model_copy(update={"id": uuid4()}))
    await school.react()


async def test_what_an_alarm_has_opened_need_not_be_asked_for(school: School) -> None:
    site = await school.site()
    button, camera = await school.button(site), await school.camera(site, "entrance")
    await school.press(button)
    (incident,) = await school.incidents()
    purpose = "I should like to look myself"
    again = Ask(id=uuid4(), incident_id=UUID(incident["id"]), site_id=site, purpose=purpose)
    with pytest.raises(errors.OpeningThere):
        await asking.ask(school.store, SUPERVISOR, again)
    assert await school.open_for(camera) == [UUID(incident["id"])]


async def test_the_alarm_takes_the_place_of_what_was_asked(school: School) -> None:
    camera, by_hand, ask = await asked(school)
    await asking.ask(school.store, SUPERVISOR, ask)
    await school.press(await school.button(ask.site_id))
    alarm = next(each for each in await school.incidents() if each["id"] != str(by_hand))
    await school.join(alarm, {"id": str(by_hand)})
    await school.react()
    (opening,) = await school.opened()
    assert (opening["incident_id"], opening["asked_by"]) == (str(by_hand), None)
    assert await school.open_for(camera) == [by_hand]
    with pytest.raises(errors.OpeningOver):
        await asking.approve(school.store, DUTY, ask.id, uuid4())


async def test_an_incident_that_nobody_closes_does_not_leave_a_school_open(school: School) -> None:
    site = await school.site()
    button, camera = await school.button(site), await school.camera(site, "entrance")
    await school.press(button)
    school.clock.advance(LIFE.total_seconds())
    assert await school.open_for(camera) == []
    for job in jobs(school.store):
        await job.run()
    assert await school.opened() == []
