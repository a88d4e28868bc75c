"""Units through the API and the service, on a real database."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.app.wiring import COLLECTIONS
from jedel.journal import Entry, Store, Tx, View
from jedel.kernel.clock import ManualClock
from jedel.kernel.errors import NotFound, WrongRegion
from jedel.kernel.ids import new_id
from jedel.units import UnitStatus, service
from jedel.units.errors import StatusNotPossible, UnitNotFree
from tests.support import Api, Seat
from tests.support.replay import assert_live_equals_fetched, entries
from tests.support.seed import OTHER_REGION, REGION


async def add(seat: Seat, call_sign: str, **more: Any) -> dict[str, Any]:
    body = {"id": str(uuid4()), "call_sign": call_sign, "kind": "car"} | more
    unit: dict[str, Any] = await seat.ok("POST", "/api/units", json=body)
    return unit


async def shift(seat: Seat, unit: dict[str, Any], on: bool = True, **more: Any) -> dict[str, Any]:
    body = {"id": str(uuid4()), "on": on} | more
    changed: dict[str, Any] = await seat.ok("POST", f"/api/units/{unit['id']}/shift", json=body)
    return changed


async def put(seat: Seat, unit: dict[str, Any], status: str, **more: Any) -> Any:
    body = {"id": str(uuid4()), "status": status} | more
    return await seat.post(f"/api/units/{unit['id']}/status", json=body)


async def by_dispatch(store: Store, unit_id: str, *steps: str) -> None:
    """What dispatch does with a unit, each step with its entry."""
    for step in steps:
        async with store.transaction() as tx:
            view = await _dispatch_step(tx, UUID(unit_id), step)
            entry = Entry(
                new_id(), REGION, f"test.{step}", UUID(unit_id), "system:test", {}, {"units": [view]}
            )
            tx.record(entry)


async def _dispatch_step(tx: Tx, unit_id: UUID, step: str) -> View:
    if step == "take":
        return await service.take(tx, unit_id, uuid4(), REGION)
    if step == "free":
        return await service.free(tx, unit_id)
    return await service.advance(tx, unit_id, UnitStatus(step))


@pytest.fixture
async def supervisor(client: Api) -> Seat:
    return await client.login("supervisor")


async def test_a_shift_from_beginning_to_end(supervisor: Seat, store: Store, clock: ManualClock) -> None:
    unit = await add(supervisor, "P17", vehicle="123ABC|01", skills=["first_aid"], district="Centre")
    assert unit["status"] == unit["kept_status"] == "off_shift"
    assert unit["shift"] is None

    clock.advance(60)
    unit = await shift(supervisor, unit, crew=["A. Bekov", "S. Omarova"])
    assert (unit["status"], unit["crew"]) == ("available", ["A. Bekov", "S. Omarova"])
    assert unit["shift"]["started_at"] == unit["since"]

    await by_dispatch(store, unit["id"], "take", "en_route", "on_scene", "free")
    clock.advance(60)
    assert (await put(supervisor, unit, "busy")).json()["status"] == "busy"
    assert (await put(supervisor, unit, "available")).json()["status"] == "available"
    assert (await put(supervisor, unit, "off_shift")).json()["shift"] is None
    kinds = [entry.kind for entry in await entries(store, REGION) if entry.subject == UUID(unit["id"])]
    assert kinds == [
        "units.added",
        "units.shift_started",
        *("test.take", "test.en_route", "test.on_scene", "test.free"),
        *["units.status_changed"] * 3,
    ]
    await assert_live_equals_fetched(store, {"units": COLLECTIONS["units"]}, REGION)


async def test_saying_it_twice_does_it_once(supervisor: Seat, store: Store) -> None:
    command = {"id": str(uuid4()), "call_sign": "P17", "kind": "foot"}
    first = await supervisor.ok("POST", "/api/units", json=command)
    assert await supervisor.ok("POST", "/api/units", json=command) == first
    on, busy = {"id": str(uuid4()), "on": True}, {"id": str(uuid4()), "status": "busy"}
    for _ in range(2):
        await supervisor.ok("POST", f"/api/units/{first['id']}/shift", json=on)
        now = await supervisor.ok("POST", f"/api/units/{first['id']}/status", json=busy)
    assert now["status"] == "busy"
    mine = [e.kind for e in await entries(store, REGION) if e.subject == UUID(first["id"])]
    assert mine == ["units.added", "units.shift_started", "units.status_changed"]


async def test_a_shift_that_is_on_already_changes_only_its_crew(supervisor: Seat, store: Store) -> None:
    unit = await shift(supervisor, await add(supervisor, "P17"), crew=["one"])
    assert await shift(supervisor, unit) == unit
    assert await shift(supervisor, unit, crew=["one"]) == unit
    assert (await shift(supervisor, unit, crew=["two"]))["crew"] == ["two"]
    last = (await entries(store, REGION))[-1]
    assert (last.kind, last.data) == ("units.crew_changed", {"crew": ["two"]})
    ended = await shift(supervisor, unit, on=False)
    assert await shift(supervisor, unit, on=False) == ended
    await assert_live_equals_fetched(store, {"units": COLLECTIONS["units"]}, REGION)


async def test_what_is_refused_leaves_everything_as_it_was(
    supervisor: Seat, client: Api, store: Store, clock: ManualClock
) -> None:
    unit = await shift(supervisor, await add(supervisor, "P17"))
    other = await client.login("elsewhere")
    operator = await client.login("operator")
    path = f"/api/units/{unit['id']}"
    before = len(await entries(store, REGION))

    async def refused(seat: Seat, status: int, code: str, method: str, url: str, body: Any = None) -> None:
        answer = await seat.request(method, url, json=body and {"id": str(uuid4())} | body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["title"]

    await refused(
        supervisor, 409, "call_sign_taken", "POST", "/api/units", {"call_sign": "P17", "kind": "car"}
    )
    await refused(supervisor, 409, "unit_on_incident", "POST", f"{path}/status", {"status": "assigned"})
    await refused(
        supervisor, 409, "unit_status_not_possible", "POST", f"{path}/status", {"status": "en_route"}
    )
    await refused(supervisor, 422, "invalid_request", "POST", f"{path}/status", {"status": "unavailable"})
    await refused(supervisor, 422, "invalid_request", "POST", f"{path}/status", {"status": "busy", "more": 1})
    await refused(other, 404, "not_found", "POST", f"{path}/status", {"status": "busy"})
    await refused(other, 404, "not_found", "GET", path)
    await refused(supervisor, 404, "not_found", "GET", f"/api/units/{uuid4()}")
    await refused(operator, 403, "forbidden", "POST", f"{path}/status", {"status": "busy"})
    await refused(operator, 403, "forbidden", "POST", "/api/units", {"call_sign": "P18", "kind": "car"})

    clock.advance(60)
    await by_dispatch(store, unit["id"], "take")
    await refused(supervisor, 409, "unit_on_incident", "POST", f"{path}/status", {"status": "on_scene"})
    await refused(supervisor, 409, "unit_status_not_possible", "POST", f"{path}/shift", {"on": False})
    assert (await supervisor.ok("GET", path))["kept_status"] == "assigned"
    assert len(await entries(store, REGION)) == before + 1
    assert (await entries(store, REGION))[-1].kind == "test.take"


async def test_a_press_without_a_link(supervisor: Seat, clock: ManualClock) -> None:
    unit = await shift(supervisor, await add(supervisor, "P17"))
    pressed = clock.now()
    clock.advance(300)
    busy = (await put(supervisor, unit, "busy", at=pressed.isoformat())).json()
    assert busy["since"] == pressed.isoformat().replace("+00:00", "Z")  # the press counts, not its arrival
    clock.advance(10)
    ahead = clock.advance(0).replace(year=2099)
    free = (await put(supervisor, unit, "available", at=ahead.isoformat())).json()
    assert free["since"] == clock.now().isoformat().replace("+00:00", "Z")  # nothing begins in the future
    late = await put(supervisor, unit, "busy", at=pressed.isoformat())
    assert (late.status_code, late.json()["code"]) == (409, "unit_status_outdated")


async def test_a_clock_that_is_set_back_does_not_stop_the_work(
    supervisor: Seat, store: Store, clock: ManualClock
) -> None:
    unit = await shift(supervisor, await add(supervisor, "P17"))
    clock.advance(-7200)
    assert (await put(supervisor, unit, "busy")).json()["since"] == unit["since"]
    assert (await put(supervisor, unit, "available")).is_success
    await by_dispatch(store, unit["id"], "take", "on_scene", "free")


async def test_a_tablet_moves_its_own_unit_only(client: Api, supervisor: Seat) -> None:
    mine, other = await add(supervisor, "P17"), await add(supervisor, "P18")
    tablet, _, _ = await client.device("tablet", unit_id=mine["id"])
    assert (await shift(tablet, mine))["status"] == "available"
    assert (await put(tablet, mine, "busy")).is_success
    for answer in (
        await put(tablet, other, "busy"),
        await tablet.post(f"/api/units/{other['id']}/shift", json={"id": str(uuid4()), "on": True}),
    ):
        assert answer.json()["code"] == "forbidden"


async def test_the_list_has_pages(supervisor: Seat, client: Api) -> None:
    names = [f"P{n:02}" for n in range(7)]
    for name in names:
        await add(supervisor, name)
    found, url = [], "/api/units?limit=3"
    while url:
        answer = await supervisor.get(url)
        found += [unit["call_sign"] for unit in answer.json()]
        url = str(answer.links["next"]["url"]) if "next" in answer.links else ""
    assert found == names
    assert await (await client.login("elsewhere")).ok("GET", "/api/units") == []


async def test_dispatch_can_take_only_what_is_free(supervisor: Seat, store: Store) -> None:
    unit = await add(supervisor, "P17")
    unit_id = UUID(unit["id"])
    async with store.transaction() as tx:
        with pytest.raises(UnitNotFree):
            await service.take(tx, unit_id, uuid4())
        with pytest.raises(WrongRegion):
            await service.take(tx, unit_id, uuid4(), OTHER_REGION)
        with pytest.raises(NotFound):
            await service.take(tx, uuid4(), uuid4())
        with pytest.raises(StatusNotPossible):
            await service.free(tx, unit_id)
        with pytest.raises(StatusNotPossible):
            await service.advance(tx, unit_id, UnitStatus.EN_ROUTE)
    await shift(supervisor, unit)
    await put(supervisor, unit, "busy")
    incident = uuid4()
    async with store.transaction() as tx:
        view = await service.take(tx, unit_id, incident)
        assert (view["status"], view["incident_id"]) == ("assigned", str(incident))
        with pytest.raises(UnitNotFree):
            await service.take(tx, unit_id, uuid4())
        assert (await service.advance(tx, unit_id, UnitStatus.ON_SCENE))["incident_id"] == str(incident)
        with pytest.raises(StatusNotPossible):
            await service.advance(tx, unit_id, UnitStatus.EN_ROUTE)
        assert (await service.free(tx, unit_id))["incident_id"] is None
