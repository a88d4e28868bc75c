"""The demo's streets: what is shown is possible, cameras deliver, and a visitor has cars drive past."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
from nats.aio.client import Client

from jedel.access.devices import log_in
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.nats_auth import DeviceLogins
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.places.importer import import_map
from jedel.plates import stream
from jedel.plates.desk import Desk
from jedel.plates.reader.engines import engine
from jedel.plates.reader.handing import Handing
from jedel.plates.reader.service import ReaderService
from jedel.plates.store.judging import NoJudge
from jedel.plates.store.writer import ReadsWorker
from jedel.plates.taker import Taker, ensure
from simulator import planning
from simulator.config import Address, Config, Device, Streets
from simulator.demo_page import make_page
from simulator.devices.camera import WAITING_MAX, FramesCamera, HttpCamera, MqttCamera, Outbox
from simulator.duty import Picture
from simulator.life import Life, Wishes
from simulator.traffic import World, city_roads, make_world
from simulator.traffic.pictures import frames, pictures, series_of
from simulator.traffic.shows import CLONE_S, SLOW, Sight, far_pair, other_looks, way_on, way_to
from simulator.traffic.street import world_of
from simulator.traffic.truth import fastest_s
from simulator.web import Web
from tests.places.osm_files import town
from tests.support import Api, eventually

JPEG = b"\xff\xd8\xff"


@cache
def city() -> World:
    return make_world(7, 400, 12, roads=city_roads())


def _seconds(sights: list[Sight]) -> Any:
    cameras = np.array([sight.camera for sight in sights])
    return fastest_s(city(), cameras[:-1], cameras[1:])


def test_the_stolen_car_drives_towards_a_patrol_and_no_faster_than_it_can() -> None:
    patrols = [(68.0 + 0.01 * east, 46.97 + 0.01 * north) for east in range(-2, 3) for north in range(4)]
    for patrol in patrols:
        sights = way_to(city(), [patrol])
        assert sights[0].after_s == 0.0
        assert len(sights) >= 2
        times = np.diff([sight.after_s for sight in sights])
        assert np.all(times >= _seconds(sights) * SLOW * 0.999)


@pytest.mark.parametrize("since_s", [0.0, 5.0, 100.0, 800.0])
def test_asked_again_the_stolen_car_goes_on_from_where_it_is(since_s: float) -> None:
    sights = way_on(city(), 3, since_s, [(68.0, 46.98)])
    assert sights[0].after_s >= 0.0
    times = np.diff([-since_s, *(sight.after_s for sight in sights)])
    assert np.all(times >= _seconds([Sight(0.0, 3), *sights]) * SLOW * 0.999)


def test_a_patrol_that_cannot_be_met_changes_nothing() -> None:
    assert way_to(city(), []) == way_to(city(), [(60.0, 40.0)][:0])
    assert len(way_to(city(), [])) >= 2


def test_clones_are_where_one_car_cannot_be_and_look_different() -> None:
    dice = np.random.default_rng(1)
    for _ in range(5):
        first, second = far_pair(city(), dice)
        assert second.after_s == CLONE_S
        assert _seconds([first, second])[0] > 5 * CLONE_S
    for nth in range(len(city().spare)):
        car = city().spare[nth : nth + 1]
        other = other_looks(car, dice)
        assert other["plate"] == car["plate"]
        assert other["make"] != car["make"]
        assert other["colour"] != car["colour"]


def test_spare_cars_are_clean_and_stay_off_the_road() -> None:
    spare = city().spare
    assert not spare["grounds"].any()
    assert not np.isin(spare["plate"], city().cars["plate"]).any()


@pytest.mark.parametrize(
    ("plate", "series"),
    [
        ("123ABC02", "private"), ("123AB02", "organisation"), ("123KP01", "police"), ("12ABC05", "trailer"),
        ("12AB05", "motorcycle"), ("F123402", "foreigner"), ("D12345601", "diplomatic"),
        ("A123BCD", "private_1993"), ("A123BC", "organisation_1993"), ("A123BC777", "private"),
    ],
)  # fmt: skip
def test_every_series_has_its_pictures(plate: str, series: str) -> None:
    assert series_of(plate) == series
    car = city().spare[:1].copy()
    car["plate"] = plate.encode()
    made = pictures(car[0], 3)
    assert made.plate.startswith(JPEG)
    assert made.car.startswith(JPEG)
    assert len(made.car) < 80_000
    assert pictures(car[0], 3) is made


async def test_what_waits_is_bounded_and_in_order() -> None:
    box = Outbox()
    for nth in range(WAITING_MAX + 10):
        box.put({"nth": nth})
    assert box.given_up == 10
    assert [read["nth"] for read in await box.batch()][:3] == [10, 11, 12]


def test_a_crew_answers_now_and_then_and_never_at_once() -> None:
    plans = [planning.alert_answers(7, "u", str(nth), ["uninsured"]) for nth in range(400)]
    assert plans == [planning.alert_answers(7, "u", str(nth), ["uninsured"]) for nth in range(400)]
    share = np.mean([bool(plan) for plan in plans])
    assert share == pytest.approx(planning.ANSWERED, abs=0.08)
    said = {body["answer"] for plan in plans for _, body in plan}
    assert said == {"seen", "lost", "refuted", "confirmed", "stopped"}
    assert all(plan[0][0] >= 60 for plan in plans if plan)
    wanted = [planning.alert_answers(7, "u", str(nth), ["wanted"]) for nth in range(400)]
    assert not any(body["answer"] == "refuted" for plan in wanted for _, body in plan)


def test_a_crew_hears_of_cars_from_its_feed() -> None:
    picture = Picture("u1")
    alert = {"id": "a", "opened_at": "2026-11-22T10:00", "units": [{"unit_id": "u1"}]}
    picture.take({"type": "snapshot", "seq": 1, "unit": None, "incidents": [], "alerts": [alert]})
    assert picture.alert(()) == alert
    assert picture.alert({"a"}) is None
    later = alert | {"id": "b", "opened_at": "2026-11-22T11:00"}
    others = alert | {"id": "c", "units": [{"unit_id": "u2"}]}
    event = {"type": "event", "seq": 2, "changed": {"alerts": [later, others]}, "gone": {"alerts": ["a"]}}
    picture.take(event)
    assert picture.alert(()) == later


# against the centre


@pytest.fixture
async def store(store: Store) -> Store:
    return Store(store.pool, SystemClock())


@pytest.fixture
async def town_config(
    served: Api, client: Api, store: Store, bus: Client, nats_server: EmbeddedNats, settings: Settings
) -> AsyncIterator[Config]:
    """A small town with two cameras, one by HTTP and one by MQTT; what they say is taken and written."""
    file: Path = town().write(settings.data_dir / "town.osm.pbf")
    await import_map(store, settings.blob_dir, file, "00")
    await DeviceLogins(nats_server.issuer_file.read_text(), partial(log_in, store)).listen(bus)
    await stream.ensure(bus.jetstream())
    await ensure(bus.jetstream())
    desk = Desk(store, settings.blob_dir)
    devices = [await _camera(client, number, driver) for number, driver in ((1, "http"), (2, "mqtt"))]
    running = [
        asyncio.create_task(Taker(store, bus, desk).run()),
        asyncio.create_task(ReadsWorker(store, bus, NoJudge()).run()),
    ]
    streets = Streets(str(file), 2_000, "2026-11-22", cars=60, cameras=2, reads_per_s=1.0)
    mqtt, dc09 = Address("127.0.0.1", nats_server.mqtt_port), Address("127.0.0.1", 1)
    yield Config(served.url, mqtt, dc09, tuple(devices), {}, streets=streets)
    for task in running:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await desk.states.close()


async def _camera(client: Api, number: int, driver: str) -> Device:
    _, device_id, key = await client.device("camera", name=f"Camera {number}")
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "name": f"Camera {number}", "lon": 71.4, "lat": 51.1, "driver": driver}
    await admin.ok("POST", "/api/plates/cameras", json=body | {"device_id": str(device_id)})
    return Device(str(device_id), key, "camera", f"Camera {number}", camera=number, driver=driver)


async def _stored(store: Store) -> list[dict[str, Any]]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT *, plate_text(plate) AS text FROM plate_read ORDER BY at")
        return await cursor.fetchall()


async def test_cameras_deliver_by_http_and_mqtt(town_config: Config, store: Store) -> None:
    web = Web.of(town_config.url)
    first, second = town_config.cameras
    cameras: list[HttpCamera | MqttCamera] = [HttpCamera(first, web), MqttCamera(second, town_config.mqtt)]
    running = [asyncio.create_task(camera.run()) for camera in cameras]
    try:
        for nth, camera in enumerate(cameras):
            camera.outbox.put({"id": f"x{nth}", "plate": f"12{nth}ABC02", "confidence": 90})

        async def both() -> bool:
            return len(await _stored(store)) == 2

        await eventually(both, within_s=30)
        assert {row["text"] for row in await _stored(store)} == {"120ABC02", "121ABC02"}
        assert [camera.outbox.sent for camera in cameras] == [1, 1]
        cameras[0].outbox.put({"no": "plate"})
        cameras[0].outbox.put({"id": "x9", "plate": "129ABC02"})

        async def third() -> bool:
            return len(await _stored(store)) == 3

        await eventually(third, within_s=30)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await web.close()


async def test_a_visitor_has_cars_drive_past(town_config: Config, store: Store) -> None:
    web = Web.of(town_config.url)
    life = Life(town_config, Wishes(calm_s=0), web)
    await life.prepare()
    living = asyncio.create_task(life.run())
    page = httpx.AsyncClient(transport=httpx.ASGITransport(make_page(life)), base_url="http://page")
    try:
        assert (await page.get("/drives")).json() == ["stolen", "clones"]
        driven = [(await page.post("/drives", json={"what": what})).json() for what in ("stolen", "clones")]
        assert driven[0]["plate"] != driven[1]["plate"]
        assert (await page.post("/drives", json={"what": "a tank"})).status_code == 422

        async def read() -> bool:
            return {each["plate"] for each in driven} <= {row["text"] for row in await _stored(store)}

        await eventually(read, within_s=30)
        rows = {row["text"]: row for row in await _stored(store)}
        assert rows[driven[0]["plate"]]["pictures"] == 3
        assert "plates read" in life.status()
    finally:
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        await page.aclose()
        await web.close()


async def test_what_a_camera_pictures_the_centre_reads(
    town_config: Config, client: Api, store: Store, bus: Client, settings: Settings
) -> None:
    desk = Desk(store, settings.blob_dir)
    device = await _camera(client, 3, "frames")
    reader = ReaderService(bus, engine, Handing(desk, bus).give)
    web = Web.of(town_config.url)
    camera = FramesCamera(device, web, lambda passed: frames(passed["plate"], "white", "car", 1))
    running = [asyncio.create_task(reader.run()), asyncio.create_task(camera.run())]
    try:
        camera.outbox.put({"at": datetime.now(UTC).isoformat(), "plate": "472JNK06"})

        async def read() -> bool:
            return "472JNK06" in [row["text"] for row in await _stored(store)]

        await eventually(read, within_s=60)
        assert camera.outbox.sent >= 1
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await desk.states.close()
        await web.close()


def test_pictures_of_a_passing_show_the_car_nearer_each_time() -> None:
    made = frames("123ABC02", "white", "car", 1)
    assert len(made) == 3
    assert all(each.startswith(JPEG) and len(each) < 1_000_000 for each in made)
    assert len(set(made)) == 3


def test_who_starts_the_city_again_finds_every_car_where_it_would_be(tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    streets = Streets(str(file), 2_000, "2026-11-22", cars=60, cameras=2, reads_per_s=1.0)
    first, again = world_of(streets), world_of(streets)
    day_s = 86_400.0
    reads = first.reads(day_s, day_s + 600)
    assert len(reads) > 20
    assert np.array_equal(reads["true_us"], again.reads(day_s, day_s + 600)["true_us"])
    assert reads["true_us"][0] >= first.start_us + day_s * 1e6
