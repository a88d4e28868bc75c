"""Two hands at the same moment, on two connections of a real PostgreSQL: one wins, the other hears why."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

from jedel.dispatch import errors
from jedel.dispatch.reactor import AlarmReactor
from jedel.journal import Follower
from jedel.kernel.errors import Problem
from jedel.units.errors import UnitNotFree
from tests.dispatch.world import View, World


def outcome(results: Sequence[View | BaseException]) -> tuple[list[View], list[Problem]]:
    """Views of those who won, problems of those who did not; anything else is a fault."""
    won = [r for r in results if isinstance(r, dict)]
    lost = [r for r in results if isinstance(r, Problem)]
    assert len(won) + len(lost) == len(results), results
    return won, lost


async def test_two_operators_send_the_same_unit_to_two_incidents(world: World) -> None:
    car = await world.unit()
    for _ in range(10):
        one, two = await world.open(), await world.open()
        results = await asyncio.gather(world.assign(one, car), world.assign(two, car), return_exceptions=True)
        (won,), (lost,) = outcome(results)
        assert isinstance(lost, UnitNotFree)
        unit = await world.unit_view(car)
        assert (unit["status"], unit["incident_id"]) == ("assigned", won["id"])
        states = {view["id"]: view["state"] for view in (await world.get(one), await world.get(two))}
        assert states.pop(won["id"]) == "dispatched"
        assert list(states.values()) == ["open"]
        await world.close(one, "cancelled")
        await world.close(two, "cancelled")


async def test_two_operators_send_the_same_unit_to_one_incident(world: World) -> None:
    car = await world.unit()
    one = await world.open()
    results = await asyncio.gather(*(world.assign(one, car) for _ in range(4)), return_exceptions=True)
    (won,), lost = outcome(results)
    assert len(won["assignments"]) == 1
    assert all(isinstance(problem, errors.AlreadyAssigned) for problem in lost)


async def test_a_command_and_its_retry_at_the_same_moment_are_one(world: World) -> None:
    car = await world.unit()
    one = await world.open()
    command = uuid4()
    results = await asyncio.gather(*(world.assign(one, car, id=command) for _ in range(4)))
    assert all(view == results[0] for view in results)
    opening = uuid4()
    opened = await asyncio.gather(*(world.open(id=opening) for _ in range(4)))
    assert {view["number"] for view in opened} == {2}
    assert (await world.kinds()).count("dispatch.incident_opened") == 2


async def test_closing_while_a_unit_is_sent(world: World) -> None:
    car = await world.unit()
    for _ in range(10):
        one = await world.open()
        await asyncio.gather(world.assign(one, car), world.close(one), return_exceptions=True)
        assert (await world.get(one))["state"] == "closed"
        assert (await world.unit_view(car))["status"] == "available"


async def test_both_join_each_other(world: World) -> None:
    one, two = await world.open(), await world.open()
    results = await asyncio.gather(world.join(one, two), world.join(two, one), return_exceptions=True)
    (_,), (lost,) = outcome(results)
    assert isinstance(lost, errors.IncidentClosed)
    assert len(await world.incidents()) == 1


async def test_incidents_opened_at_once_get_different_numbers_and_know_each_other(world: World) -> None:
    opened = await asyncio.gather(*(world.open() for _ in range(6)))
    assert sorted(view["number"] for view in opened) == [1, 2, 3, 4, 5, 6]
    ids = {view["id"] for view in opened}
    for view in await world.incidents():
        assert set(view["duplicates"]) == ids - {view["id"]}


async def test_two_reactors_at_once_open_one_incident(world: World) -> None:
    """Two jobs processes for a moment, as when a leader is thought dead too early."""
    button = await world.button(await world.site())
    await world.press(button)
    (one,) = await world.incidents()
    await world.close(one)
    async with world.store.transaction() as tx:
        await tx.conn.execute("DELETE FROM journal_cursor WHERE reader = %s", (AlarmReactor.name,))
    await asyncio.gather(*(Follower(world.store, AlarmReactor()).catch_up() for _ in range(3)))
    assert await world.incidents() == []
    assert (await world.kinds()).count("dispatch.incident_opened") == 1


async def test_presses_of_many_buttons_while_people_work(world: World) -> None:
    """Everything at once on one region: no deadlock, no lost alarm, and the feed replays (see conftest)."""
    cars = [await world.unit(f"P{i}") for i in range(4)]
    school = await world.site()
    buttons = [await world.button(school) for _ in range(3)]
    buttons += [await world.button(await world.site(lon=76.9 + i / 100)) for i in range(3)]

    async def patrol(car: UUID) -> None:
        for _ in range(3):
            one = await world.assign(await world.open(), car)
            await world.progress(one, car, "on_scene")
            await world.close(one)

    await asyncio.gather(*(patrol(car) for car in cars), *(world.press(button) for button in buttons))
    await world.react()
    linked = [alarm for view in await world.incidents() for alarm in view["alarm_ids"]]
    assert sorted(linked) == sorted(await world.open_alarms())
    assert len(linked) == 6
