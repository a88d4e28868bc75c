"""Saved walls: whose they are, who sees them, what a shared one does on other seats."""

from uuid import uuid4

import pytest
from fastapi import FastAPI

from jedel.app.wiring import COLLECTIONS
from jedel.cameras.walls import model
from tests.support import Api
from tests.support.replay import assert_live_equals_fetched
from tests.support.seed import REGION


def wall(name: str = "Abai street", **more: object) -> dict[str, object]:
    tiles = [str(uuid4()), None, str(uuid4()), None]
    return {"id": str(uuid4()), "name": name, "layout": "4", "tiles": tiles, "shared": False} | more


@pytest.fixture
async def path() -> str:
    return f"/api/walls/{uuid4()}"


async def test_ones_own_wall_is_nobody_elses(client: Api, path: str) -> None:
    duty, operator = await client.login("duty"), await client.login("operator")
    body = wall()
    saved = await duty.ok("PUT", path, json=body)
    assert saved["tiles"] == body["tiles"]
    assert await duty.ok("PUT", path, json=body) == saved  # said again
    assert [each["id"] for each in await duty.ok("GET", "/api/walls")] == [saved["id"]]
    assert await operator.ok("GET", "/api/walls") == []
    stranger = await client.login("elsewhere")
    for other in (operator, stranger, await client.login("supervisor")):
        assert (await other.put(path, json=wall())).status_code == 404
        assert (await other.delete(path, params={"command": str(uuid4())})).status_code == 404
    await duty.ok("DELETE", path, params={"command": str(uuid4())})
    assert await duty.ok("GET", "/api/walls") == []
    assert (await duty.put(path, json=body)).status_code == 404


async def test_a_shared_wall_stands_on_every_seat_of_the_region(client: Api, app: FastAPI, path: str) -> None:
    duty, operator = await client.login("duty"), await client.login("operator")
    await duty.ok("PUT", path, json=wall(shared=True))
    assert [each["name"] for each in await operator.ok("GET", "/api/walls")] == ["Abai street"]
    assert await (await client.login("elsewhere")).ok("GET", "/api/walls") == []
    refused = await operator.put(path, json=wall(shared=True))
    assert (refused.status_code, refused.json()["code"]) == (403, "wall_not_yours")
    assert (await operator.delete(path, params={"command": str(uuid4())})).status_code == 403
    supervisor = await client.login("supervisor")
    changed = await supervisor.ok("PUT", path, json=wall("Shift", shared=True))
    assert changed["account_id"] == (await duty.ok("GET", "/api/me"))["id"]
    await assert_live_equals_fetched(app.state.store, COLLECTIONS, REGION)
    await duty.ok("PUT", path, json=wall("Mine again"))
    assert await operator.ok("GET", "/api/walls") == []
    await assert_live_equals_fetched(app.state.store, COLLECTIONS, REGION)
    await duty.ok("PUT", path, json=wall(shared=True))
    command = {"command": str(uuid4())}
    await duty.ok("DELETE", path, params=command)
    await duty.ok("DELETE", path, params=command)  # said again
    await assert_live_equals_fetched(app.state.store, COLLECTIONS, REGION)


async def test_a_wall_has_its_limits(client: Api, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    duty = await client.login("duty")
    full = await duty.put(path, json=wall(layout="1"))
    assert (full.status_code, full.json()["code"]) == (422, "wall_tiles")
    assert (await duty.put(path, json=wall(tiles=[None] * 17))).status_code == 422
    assert (await duty.put(path, json=wall(layout="5"))).status_code == 422
    for name, shared in (("OWN_MAX", False), ("SHARED_MAX", True)):
        monkeypatch.setattr(model, name, 0)
        refused = await duty.put(path, json=wall(shared=shared))
        assert (refused.status_code, refused.json()["code"]) == (409, "wall_too_many")
        monkeypatch.undo()
    missing = await duty.delete(path, params={"command": str(uuid4())})
    assert missing.status_code == 404


def test_every_layout_has_its_tiles() -> None:
    assert max(model.LAYOUTS.values()) == model.TILES_MAX
