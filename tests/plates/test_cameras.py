"""Cameras: their clocks, how much they may say, who may change them, and what each process knows of them."""

from typing import Any, cast
from uuid import UUID, uuid4

import numpy as np
import pytest
from nats.aio.client import Client
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from jedel.journal import Pool, Store
from jedel.plates.cameras import CHANGED_SUBJECT, Camera, Cameras, DriverName
from jedel.plates.cameras.model import (
    BURST,
    CLOCK_HOPELESS_MS,
    READS_PER_S,
    REMEMBERED,
    Bucket,
    ClockWatch,
    Lately,
    clock_is_wrong,
)
from jedel.plates.codec import read_ids
from tests.support import Api, Seat, eventually

S = 1_000_000


def watched(ahead_s: list[float], known_ms: int | None = None) -> ClockWatch:
    """A read every three seconds."""
    watch = ClockWatch(known_ms)
    for n, ahead in enumerate(ahead_s):
        watch.hear(round(ahead * S), 1, n * 3 * S)
    return watch


def test_a_right_clock_is_right() -> None:
    watch = watched([-0.2, -0.05, -3, -0.1] * 50)
    assert watch.error_ms == -50
    assert not clock_is_wrong(watch.error_ms)
    assert not watch.hopeless


def test_nothing_is_said_of_a_clock_before_enough_was_heard() -> None:
    assert watched([3600.0] * 5).error_ms is None
    assert watched([3600.0] * 20).error_ms == watched([3600.0] * 30).error_ms == 3_600_000
    assert watched([0.0] * 5, known_ms=-700).error_ms == -700


def test_reads_that_were_held_back_move_no_clock() -> None:
    assert watched([-0.1] * 60 + [-7200.0] * 40 + [-0.1] * 60).error_ms == -100
    assert watched([-0.1, -7200.0] * 80).error_ms == -100


def test_one_wrong_time_moves_no_clock() -> None:
    assert watched([-0.1] * 50 + [86_400.0] + [-0.1] * 70).error_ms == -100


def test_a_clock_that_was_set_is_followed() -> None:
    watch = watched([-3600.0] * 60 + [-0.1] * 120, known_ms=-3_600_000)
    assert watch.error_ms == -100


def test_a_clock_that_lost_the_date_is_hopeless() -> None:
    watch = watched([-50 * 365 * 86_400.0] * 30)
    assert watch.hopeless
    assert watch.error_ms is not None
    assert watch.error_ms < -CLOCK_HOPELESS_MS


def test_a_bucket_refills() -> None:
    bucket = Bucket()
    assert bucket.holds(0.0) == BURST
    bucket.take(int(BURST))
    assert bucket.holds(0.0) == 0
    assert bucket.holds(2.0) == 2 * READS_PER_S
    assert bucket.holds(1.0) == 2 * READS_PER_S  # a clock that went back gives nothing
    bucket.take(10**6)
    assert bucket.holds(10_000.0) == BURST


def test_the_last_reads_are_remembered() -> None:
    lately = Lately()
    ids = [bytes([n]) * 16 for n in range(REMEMBERED + 5)]
    lately.carried(ids)
    assert ids[-1] in lately
    assert ids[5] in lately
    assert ids[4] not in lately


def test_ids_are_those_of_the_codec() -> None:
    camera = uuid4()
    names = ["1795255200000000 123ABC02", "o5 29920920 123ABC02", "", "ж\ud800"]
    assert read_ids(camera, names) == [read_ids(camera, [name])[0] for name in names]
    assert len(set(read_ids(camera, names) + read_ids(uuid4(), names))) == 2 * len(names)
    assert UUID(bytes=read_ids(camera, ["1"])[0]).version == 8
    assert read_ids(camera, []) == []


async def camera_device(client: Api) -> str:
    _, device_id, _ = await client.device("camera")
    return str(device_id)


def body(**more: Any) -> dict[str, Any]:
    wanted = {"id": str(uuid4()), "name": "Abay avenue, north", "lon": 76.9, "lat": 43.2, "heading": 10}
    return wanted | {"driver": "http"} | more


async def test_cameras_are_added_listed_and_changed(client: Api) -> None:
    admin, duty = await client.login("admin"), await client.login("duty")
    device = await camera_device(client)
    wanted = body(device_id=device, road="Abay avenue", mapping={"plate": "lpr.text"})
    made = await admin.ok("POST", "/api/plates/cameras", json=wanted)
    assert await admin.ok("POST", "/api/plates/cameras", json=wanted) == made  # said again
    assert made["mapping"] == {"plate": "lpr.text"}
    assert made["state"] == {"heard_at": None, "reads": 0, "faults": {}, "fault": None, "fault_at": None}
    second = await admin.ok("POST", "/api/plates/cameras", json=body(driver="frames", heading=None))
    assert second["number"] == made["number"] + 1
    listed = await duty.ok("GET", "/api/plates/cameras")
    assert [each["number"] for each in listed] == [made["number"], second["number"]]
    assert await duty.ok("GET", f"/api/plates/cameras?after={made['number']}") == [second]
    assert await duty.ok("GET", f"/api/plates/cameras/{made['id']}") == made
    change = body(name="Abay avenue, south", heading=190, enabled=False)
    changed = await admin.ok("POST", f"/api/plates/cameras/{made['id']}", json=change)
    assert (changed["name"], changed["enabled"], changed["device_id"]) == ("Abay avenue, south", False, None)
    assert await admin.ok("POST", f"/api/plates/cameras/{made['id']}", json=change) == changed


async def test_a_device_speaks_for_one_camera_of_its_region(client: Api) -> None:
    admin = await client.login("admin")
    device = await camera_device(client)
    first = await admin.ok("POST", "/api/plates/cameras", json=body(device_id=device))
    second = await admin.ok("POST", "/api/plates/cameras", json=body())
    _, button, _ = await client.device("panic_button")

    async def refused(seat: Seat, path: str, wanted: dict[str, Any]) -> str:
        answer = await seat.post(path, json=wanted)
        assert answer.status_code in (404, 409, 422)
        return str(answer.json()["code"])

    taken, none = "plates_camera_device_taken", "plates_no_camera_device"
    path = "/api/plates/cameras"
    assert await refused(admin, path, body(device_id=device)) == taken
    assert await refused(admin, f"{path}/{second['id']}", body(device_id=device)) == taken
    assert await refused(admin, path, body(device_id=str(button))) == none
    assert await refused(admin, path, body(device_id=str(uuid4()))) == none
    await admin.ok("POST", f"{path}/{first['id']}", json=body(device_id=device, name="the same device"))
    assert await refused(admin, f"{path}/{uuid4()}", body()) == "not_found"
    assert await refused(admin, path, body(mapping={"speed_unit": "knots"})) == "invalid_request"
    assert await refused(admin, path, body(driver="telnet")) == "invalid_request"
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", path) == []
    assert (await elsewhere.get(f"{path}/{first['id']}")).json()["code"] == "not_found"


async def test_a_device_that_speaks_for_no_camera_is_told_so(client: Api) -> None:
    seat, _, _ = await client.device("camera")
    answer = await seat.post("/api/plates/reads", json={"plate": "123ABC02"})
    assert (answer.status_code, answer.json()["code"]) == (409, "plates_camera_unknown")


async def test_every_process_hears_of_a_new_camera(client: Api, store: Store, bus: Client) -> None:
    cameras = Cameras()
    await cameras.listen(bus)
    await bus.flush()
    await cameras.ready(store)
    assert cameras.all() == []
    assert cameras.get(1) is None
    admin = await client.login("admin")
    device = await camera_device(client)
    made = await admin.ok("POST", "/api/plates/cameras", json=body(device_id=device))

    async def known() -> bool:
        await cameras.ready(store)
        return cameras.get(made["number"]) is not None

    await eventually(known)
    found = cameras.get(made["number"])
    assert found is not None
    assert cameras.by_id(found.id) is found
    assert found.device_id is not None
    assert cameras.by_device(found.device_id) is found
    assert (cameras.lon[found.number], cameras.heading[found.number]) == (76.9, 10)
    assert cameras.region[found.number] == "00"
    version = cameras.version
    await bus.publish(CHANGED_SUBJECT)
    await cameras.load(store)
    assert cameras.version == version  # nothing is new


async def test_while_the_database_is_away_the_known_cameras_stay_known(client: Api, store: Store) -> None:
    admin = await client.login("admin")
    made = await admin.ok("POST", "/api/plates/cameras", json=body())
    cameras = Cameras()
    await cameras.ready(store)
    async with AsyncConnectionPool(  # nobody answers there
        "postgresql://127.0.0.1:1/none", min_size=0, max_size=1, open=False, timeout=0.1
    ) as pool:
        away = Store(cast("Pool", pool), store.clock)
        cameras.ring()
        await cameras.ready(away)
        assert cameras.get(made["number"]) is not None
        with pytest.raises(PoolTimeout):
            await Cameras().ready(away)


def test_what_is_left_of_a_clock_s_error_in_its_reads() -> None:
    def camera(number: int, error: int | None) -> Camera:
        return Camera(
            *(number, uuid4(), "00", "", "", 1.0, 2.0, None, DriverName.HTTP, {}, None, True, error)
        )

    cameras = Cameras()
    cameras.show([camera(1, None), camera(3, -3_600_000), camera(4, 3_600_000)])
    assert cameras.clock_error_ms.tolist() == [0, 0, 0, -3_600_000, 0]
    assert np.isnan(cameras.lon[2])
    assert np.isnan(cameras.heading[1])
