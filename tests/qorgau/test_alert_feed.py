"""What a tablet hears of alerts: its unit's and nobody else's, and that one has gone to another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from PIL import Image
from websockets.asyncio.client import ClientConnection, connect

from jedel.app.wiring import COLLECTIONS
from jedel.journal import Store
from jedel.journal.relay import Relay
from jedel.kernel.clock import ManualClock
from jedel.plates.pictures import Pictures
from jedel.qorgau.alerts import answers
from jedel.qorgau.alerts.schemas import Answer
from jedel.qorgau.model import Ground
from jedel.units import service as units
from jedel.units.schemas import ChangeShift
from tests.qorgau.alerts_world import ADMIN, DUTY, Town
from tests.support import Api
from tests.support.replay import assert_live_equals_fetched
from tests.support.seed import REGION

View = dict[str, Any]


@pytest.fixture
async def town(store: Store, clock: ManualClock, tmp_path: Path) -> Town:
    return Town(store, clock, tmp_path)


@asynccontextmanager
async def watching(served: Api, token: str) -> AsyncIterator[ClientConnection]:
    async with connect(served.url.replace("http", "ws") + "/api/live/unit") as socket:
        await socket.send(orjson.dumps({"token": token}).decode())
        yield socket


async def message(socket: ClientConnection) -> View:
    while True:
        got: View = orjson.loads(await asyncio.wait_for(socket.recv(), 30))
        if got["type"] != "ping":
            return got


async def tablet(served: Api, unit_id: UUID) -> tuple[Any, str]:
    seat, device_id, token = await served.device("tablet", name=f"tablet {unit_id}", unit_id=unit_id)
    return seat, f"{device_id}.{token}"


async def test_a_tablet_hears_of_its_own_and_that_one_moved_on(town: Town, served: Api, bus: Client) -> None:
    near, far = await town.unit("P2", 3.0, 4.0), await town.unit("P9", 14.0, 4.0)
    nobody = await town.unit("P5", 1.0, 8.0, on=False)
    entry = await town.wanted()
    tokens = [(await tablet(served, unit))[1] for unit in (near, far, nobody)]
    relay = Relay(town.store, bus)
    async with (
        watching(served, tokens[0]) as first,
        watching(served, tokens[1]) as second,
        watching(served, tokens[2]) as third,
    ):
        for socket in (first, second, third):
            assert (await message(socket))["alerts"] == []
        await town.hit(Ground.WANTED, entry=entry)
        await relay.catch_up()
        said = await message(first)
        (alert,) = said["changed"]["alerts"]
        assert said["kind"] == "qorgau.alert_opened"
        assert str(near) in [unit["unit_id"] for unit in alert["units"]]
        if str(far) in [unit["unit_id"] for unit in alert["units"]]:
            await message(second)
        town.clock.advance(120)
        await town.hit(Ground.WANTED, town.read(number=4), entry=entry)
        await relay.catch_up()
        gone = await message(first)
        assert gone["gone"] == {"alerts": [alert["id"]]}
        assert (gone["changed"], gone["data"]) == ({}, {})
        assert str(far) not in orjson.dumps(gone).decode()
        moved = await message(second)
        assert [unit["unit_id"] for unit in moved["changed"]["alerts"][0]["units"]] == [str(far)]
        # what concerns the third comes after all that, and is the first thing it hears
        await answers.answer(town.store, DUTY, UUID(alert["id"]), _seen())
        await town.unit("P6", 1.0, 1.0)
        await _touch(town, nobody)
        await relay.catch_up()
        assert "alerts" not in (await message(third))["changed"]
    async with watching(served, tokens[1]) as again, watching(served, tokens[0]) as left:
        assert [each["id"] for each in (await message(again))["alerts"]] == [alert["id"]]
        assert (await message(left))["alerts"] == []


def _seen() -> Answer:
    return Answer.model_validate({"id": uuid4(), "answer": "seen"})


async def _touch(town: Town, unit_id: UUID) -> None:
    await units.change_shift(town.store, ADMIN, unit_id, ChangeShift(id=uuid4(), on=True, crew=["Б"]))


async def test_what_the_feed_says_adds_up_to_what_is_fetched(town: Town) -> None:
    await town.unit("P2", 3.0, 4.0)
    await town.unit("P9", 14.0, 4.0)
    await town.computed(Ground.UNINSURED, {"insured_until": "2026-09-01"}, "777AAA02")
    await town.hit(Ground.UNINSURED, town.read("777AAA02"))
    entry = await town.wanted()
    await town.hit(Ground.WANTED, entry=entry)
    town.clock.advance(90)
    await town.hit(Ground.WANTED, town.read(number=4), entry=entry)
    async with town.store.reading() as tx:
        first = (await answers.collection(tx, REGION))[0]
    await answers.answer(town.store, DUTY, UUID(first["id"]), _seen())
    await assert_live_equals_fetched(town.store, COLLECTIONS, REGION)


async def test_pictures_open_for_the_told_unit_the_console_and_nobody_else(
    town: Town, served: Api, app: FastAPI
) -> None:
    near, other = await town.unit("P2", 3.0, 4.0), await town.unit("P5", 1.0, 8.0, on=False)
    mine, _ = await tablet(served, near)
    theirs, _ = await tablet(served, other)
    reads = town.read(pictures=3)
    raw = BytesIO()
    Image.new("RGB", (40, 20)).save(raw, "JPEG")
    read_id = UUID(bytes=bytes(reads["id"][0]))
    pictures = Pictures(app.state.settings.blob_dir)
    await pictures.save([(read_id, int(reads["at_us"][0]), "plate", raw.getvalue())])
    await town.hit(Ground.WANTED, reads, entry=await town.wanted())
    duty = await served.login("duty")
    (alert,) = await duty.ok("GET", "/api/qorgau/alerts")
    address = alert["read"]["pictures"]["plate"]
    for seat in (mine, duty):
        got = await seat.get(address)
        assert got.status_code == 200
        assert got.content == raw.getvalue()
        assert got.headers["cache-control"] == "private, no-store"
    assert (await theirs.get(address)).status_code == 404
    assert (await (await served.login("elsewhere")).get(address)).status_code in (403, 404)
    assert (await served.anonymous().get(address)).status_code == 401
    assert (await (await served.login("auditor")).get(address)).status_code == 403
    assert (await duty.get(alert["read"]["pictures"]["car"])).status_code == 404
    assert (await duty.get(f"{address.partition('?')[0]}?read={uuid4()}")).status_code == 404
    assert [each["id"] for each in await mine.ok("GET", "/api/qorgau/alerts")] == [alert["id"]]
    assert await theirs.ok("GET", "/api/qorgau/alerts") == []
    body = {"id": str(uuid4()), "answer": "seen"}
    assert (await theirs.post(f"/api/qorgau/alerts/{alert['id']}/answer", json=body)).status_code == 404
    operator = await served.login("operator")
    assert (await operator.post(f"/api/qorgau/alerts/{alert['id']}/answer", json=body)).status_code == 403
    done = await mine.ok("POST", f"/api/qorgau/alerts/{alert['id']}/answer", json=body)
    assert done["state"] == "seen"
    refused = await mine.post(
        f"/api/qorgau/alerts/{alert['id']}/answer", json={"id": str(uuid4()), "answer": "confirmed"}
    )
    assert refused.status_code == 422
    assert refused.json()["code"] == "both_must_match"
