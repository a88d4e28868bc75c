"""The simulator's devices, crews and page against the real application, by its public interfaces."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
from nats.aio.client import Client

from jedel.access.devices import log_in
from jedel.alarms.drivers.registry import Gateway, serving
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.nats_auth import DeviceLogins
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.places.importer import import_map
from simulator.config import Address, Config, Device
from simulator.demo_page import make_page
from simulator.devices import Dc09Panel, MqttButton, NoReceipt
from simulator.life import Life, Wishes
from simulator.patrol import Patrol
from simulator.web import Refused, Web
from tests.places.osm_files import at, town
from tests.support import Api, Seat, eventually
from tests.support.keypair import KeyPair

AES = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@dataclass
class Centre:
    """A running centre and the configuration of one who plays its devices."""

    api: Api
    config: Config


@pytest.fixture
async def store(store: Store) -> Store:
    """On the real clock: DC-09 panels with a key say what time it is."""
    return Store(store.pool, SystemClock())


@pytest.fixture
async def centre(
    served: Api, client: Api, store: Store, bus: Client, nats_server: EmbeddedNats, settings: Settings
) -> AsyncIterator[Centre]:
    """A small town, its devices, a unit with a tablet; the gateway listens."""
    await import_map(store, settings.blob_dir, town().write(settings.data_dir / "town.osm.pbf"), "00")
    await DeviceLogins(nats_server.issuer_file.read_text(), partial(log_in, store)).listen(bus)
    admin = await client.login("admin")
    unit_id = str(uuid4())
    await admin.ok("POST", "/api/units", json={"id": unit_id, "call_sign": "101", "kind": "car"})
    async with serving(Gateway(store, bus, ("127.0.0.1", 0))) as sessions:
        port = sessions["dc09"].port  # type: ignore[attr-defined]
        devices = [
            await _device(client, "panic_button"),
            await _device(client, "post"),
            await _panel(client, admin, "A101", None),
            await _panel(client, admin, "A102", AES),
            await _device(client, "tablet", unit_id=unit_id),
        ]
        yield Centre(
            served,
            Config(
                url=served.url,
                mqtt=Address("127.0.0.1", nats_server.mqtt_port),
                dc09=Address("127.0.0.1", port),
                devices=tuple(devices),
                call_signs={unit_id: "101"},
                accounts=({"login": "duty", "password": "x", "role": "duty_officer"},),
            ),
        )


async def _device(client: Api, kind: str, **more: Any) -> Device:
    if kind == "tablet":
        pair = KeyPair()
        _, device_id, _ = await client.device(kind, name=kind, pair=pair, **more)
        return Device(str(device_id), None, kind, kind, pair.pem, unit_id=more["unit_id"])
    _, device_id, key = await client.device(kind, name=kind, **more)
    return Device(str(device_id), key, kind, kind)


async def _panel(client: Api, admin: Seat, account: str, aes_key: str | None) -> Device:
    _, device_id, key = await client.device("panel", name="panel", account=account)
    body = {"id": str(uuid4()), "aes_key": aes_key, "poll_s": 60, "zones": {"1": "help", "2": "lockdown"}}
    await admin.ok("POST", f"/api/devices/{device_id}/panel", json=body)
    return Device(str(device_id), key, "panel", "panel", account=account, aes_key=aes_key)


@pytest.fixture
async def duty(centre: Centre, client: Api) -> Seat:
    return await client.login("duty")


async def _alarms(duty: Seat) -> dict[str, Any]:
    return {alarm["device_id"]: alarm for alarm in await duty.ok("GET", "/api/alarms")}


async def test_buttons_press_and_hear_the_centres_receipt(centre: Centre, duty: Seat) -> None:
    school, post = centre.config.alarms[:2]
    buttons = [MqttButton(device, centre.config.mqtt) for device in (school, post)]
    running = [asyncio.create_task(button.run()) for button in buttons]
    try:
        grave = await buttons[0].press("lockdown")
        calm = await buttons[1].press("help")
        assert grave.ms > 0
        alarms = await _alarms(duty)
        assert (alarms[school.id]["id"], alarms[school.id]["level"]) == (grave.alarm, "lockdown")
        assert (alarms[post.id]["id"], alarms[post.id]["level"]) == (calm.alarm, "help")
        again = await buttons[1].press("help")
        assert again.alarm == calm.alarm
        assert again.receipt != calm.receipt
        assert (await _alarms(duty))[post.id]["presses"] == 2
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_a_button_without_a_link_says_so(centre: Centre) -> None:
    button = MqttButton(centre.config.alarms[0], centre.config.mqtt)
    with pytest.raises(NoReceipt, match="no receipt"):
        await button.press("help", within_s=0.2)


@pytest.mark.parametrize("number", [2, 3])
async def test_panels_press_in_clear_and_encrypted(centre: Centre, duty: Seat, number: int) -> None:
    device = centre.config.alarms[number]
    panel = Dc09Panel(device, centre.config.dc09)
    receipt = await panel.press("lockdown", within_s=10)
    assert receipt.receipt == "ACK 0001"
    assert panel.linked
    assert (await _alarms(duty))[device.id]["level"] == "lockdown"
    polling = asyncio.create_task(panel.run())

    async def seen() -> bool:
        devices = await duty.ok("GET", "/api/alarms/devices")
        return any(each["id"] == device.id and each["available"] for each in devices)

    await eventually(seen)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)


async def test_a_panel_with_a_wrong_key_gets_no_ack(centre: Centre) -> None:
    right = centre.config.alarms[3]
    wrong = Device(right.id, right.key, "panel", "panel", account=right.account, aes_key="00" * 16)
    with pytest.raises(NoReceipt, match="no ACK"):
        await Dc09Panel(wrong, centre.config.dc09).press("help", within_s=1.5)


async def test_a_crew_goes_where_it_is_sent_and_ends_the_incident(centre: Centre, duty: Seat) -> None:
    tablet = centre.config.tablets[0]
    web = Web.of(centre.config.url)
    places = [at(0, 0), at(4, 4), at(4, 0)]
    patrol = Patrol(tablet, web, 7, places, pace=400.0, report_s=0.1)
    life = asyncio.create_task(patrol.run())
    try:

        async def on_shift() -> Any:
            unit = await duty.ok("GET", f"/api/units/{tablet.unit_id}")
            return unit["kept_status"] == "available"

        await eventually(on_shift)
        lon, lat = at(2, 3)
        body = {"id": str(uuid4()), "class": "fight", "priority": "urgent", "lon": lon, "lat": lat}
        incident = await duty.ok("POST", "/api/incidents", json=body)
        path = f"/api/incidents/{incident['id']}"
        await duty.ok("POST", f"{path}/assign", json={"id": str(uuid4()), "unit_id": tablet.unit_id})

        async def closed() -> Any:
            found = await duty.ok("GET", path)
            return found if found["state"] == "closed" else None

        ended = await eventually(closed, within_s=30)
        times = ended["times"]
        assert times["dispatched"] <= times["en_route"] <= times["on_scene"] <= times["closed"]
        assert ended["result_text"]
        assert ended["assignments"][0]["status"] == "released"
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await web.close()


async def test_the_page_presses_really_and_hands_over_a_tablet(centre: Centre, duty: Seat) -> None:
    web = Web.of(centre.config.url)
    life = Life(centre.config, Wishes(calm_s=0), web)
    await life.prepare()
    living = asyncio.create_task(life.run())
    page = httpx.AsyncClient(transport=httpx.ASGITransport(make_page(life)), base_url="http://page")
    try:
        devices = {device["kind"]: device for device in (await page.get("/devices")).json()}
        assert devices["post"]["levels"] == ["help"]
        assert devices["panel"]["transport"] == "dc09"
        for kind in ("panic_button", "panel"):
            said = await page.post("/press", json={"device_id": devices[kind]["id"], "level": "help"})
            assert said.status_code == 200, said.text
            assert said.json()["ms"] > 0
            assert (await _alarms(duty))[devices[kind]["id"]]["level"] == "help"
        unknown = await page.post("/press", json={"device_id": devices["post"]["id"], "level": "lockdown"})
        assert unknown.status_code == 404
        about = (await page.get("/about")).json()
        assert (about["console_url"], about["accounts"][0]["login"]) == (f"{centre.config.url}/", "duty")

        (tablet,) = (await page.get("/tablets")).json()
        assert tablet["call_sign"] == "101"
        opened = await page.get(f"/{tablet['url']}")
        assert opened.status_code == 303
        assert f"#device={centre.config.tablets[0].id}&pair=" in opened.headers["location"]
        assert life.patrols[tablet["unit_id"]].doing == "taken"
        assert (await page.get("/tablets/nobody")).status_code == 404
        assert "1 taken" in (await page.get("/status")).json()["line"]
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await page.aclose()
        await web.close()


async def test_a_refusal_is_not_repeated(centre: Centre) -> None:
    web = Web.of(centre.config.url)
    tablet = centre.config.tablets[0]
    with pytest.raises(Refused) as refused:
        await web.call(web.keys(tablet), "GET", f"/api/incidents/{uuid4()}")
    assert (refused.value.status, refused.value.code) == (404, "not_found")
    stranger = web.keys(replace(tablet, private_key=None, key="nothing"))
    assert not await web.once(stranger, "POST", "/api/positions", {"positions": []})
    await web.close()
