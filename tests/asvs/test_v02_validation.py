"""V2 Validation and business logic: what no rule allows is refused by the server, not by a screen."""

import asyncio
from uuid import uuid4

from fastapi import FastAPI

from jedel.kernel.clock import ManualClock
from tests.asvs.operations import Callers, operations
from tests.dispatch.world import World
from tests.support import Api

ODD_NUMBERS = ("NaN", "Infinity", "-1e400", "1e400", "0x10", "١٢", "9" * 400)


async def test_every_body_is_judged_by_the_server(client: Api, app: FastAPI) -> None:
    """Nothing needed may be missing: each field left out in turn is named in the refusal."""
    callers, tried = Callers(client), 0
    for each in operations(app):
        example = each.example()
        if not isinstance(example, dict) or each.path == "/api/device/signals":
            continue
        seat = await callers.seat(each.caller())
        for name in each.needed():
            body = {key: value for key, value in example.items() if key != name}
            answer = await seat.request(each.method, each.address(), json=body)
            assert answer.status_code == 422, (each.name, name, answer.text)
            assert f"body.{name}" in {fault["field"] for fault in answer.json()["errors"]}, (each.name, name)
            tried += 1
    assert tried > 60


async def test_no_number_is_too_odd(client: Api, app: FastAPI) -> None:
    """Queries with numbers that are none, are not finite, or are too big for any type."""
    callers, described = Callers(client), app.openapi()["paths"]
    for each in operations(app):
        for one in described[each.path][each.method.lower()].get("parameters", ()):
            if one["in"] != "query" or one["schema"].get("type") not in {"integer", "number"}:
                continue
            seat = await callers.seat(each.caller())
            for value in ODD_NUMBERS:
                answer = await seat.request(each.method, each.address(), params={one["name"]: value})
                assert answer.status_code in {404, 422}, (each.name, one["name"], value, answer.text)


async def test_numbers_in_bodies_have_ends(client: Api) -> None:
    seat = await client.login("duty")
    body = {"id": str(uuid4()), "class": "fight", "priority": "urgent", "lon": 76.9, "lat": 43.2}
    for wrong in ({"lon": 181}, {"lat": -91}, {"lon": 1e308}, {"lat": "43.2; DROP"}, {"lon": None}):
        answer = await seat.post("/api/incidents", json=body | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), wrong
    raw = b'{"id":"%b","class":"fight","priority":"urgent","lon":NaN,"lat":1e999}' % str(uuid4()).encode()
    answer = await seat.post("/api/incidents", content=raw, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


async def test_no_step_is_skipped_and_none_is_made_twice(client: Api, clock: ManualClock) -> None:
    """On the scene without having been sent; a closed incident; a result twice at once."""
    world = World(client.store, clock)
    seat, unit = await client.login("duty"), await world.unit()
    incident = await world.open()
    path = f"/api/incidents/{incident['id']}"
    step = {"unit_id": str(unit), "status": "on_scene"}
    answer = await seat.post(f"{path}/progress", json=step | {"id": str(uuid4())})
    assert answer.status_code == 409, answer.text
    ends = [seat.post(f"{path}/close", json={"id": str(uuid4()), "result": "resolved"}) for _ in range(5)]
    assert sorted(each.status_code for each in await asyncio.gather(*ends)) == [200, 409, 409, 409, 409]
    answer = await seat.post(f"{path}/assign", json={"id": str(uuid4()), "unit_id": str(unit)})
    assert answer.status_code == 409


async def test_one_unit_is_sent_once_however_many_ask(client: Api, clock: ManualClock) -> None:
    world = World(client.store, clock)
    seat, unit = await client.login("duty"), await world.unit()
    incidents = [await world.open() for _ in range(4)]
    asked = [
        seat.post(f"/api/incidents/{each['id']}/assign", json={"id": str(uuid4()), "unit_id": str(unit)})
        for each in incidents
    ]
    answers = sorted(each.status_code for each in await asyncio.gather(*asked))
    assert answers == [200, 409, 409, 409], answers


async def test_a_refused_command_leaves_nothing_behind(client: Api, clock: ManualClock) -> None:
    """All or nothing: the second half of a command that fails takes the first half with it."""
    world = World(client.store, clock)
    seat, unit = await client.login("duty"), await world.unit()
    one, other = await world.open(), await world.open()
    await world.assign(one, unit)
    before = await world.kinds()
    body = {"id": str(uuid4()), "unit_id": str(unit), "instead_of": str(uuid4())}
    answer = await seat.post(f"/api/incidents/{other['id']}/assign", json=body)
    assert 400 <= answer.status_code < 500, answer.text
    assert await world.kinds() == before
    assert (await world.unit_view(unit))["incident_id"] == one["id"]
