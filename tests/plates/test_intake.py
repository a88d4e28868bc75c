"""From a camera's message to a stored read: what is said, what is put right, what survives which fault."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiomqtt
import pytest
from nats.aio.client import Client
from prometheus_client import REGISTRY

from jedel.access import devices
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.nats_auth import DeviceLogins
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates import looks, stream
from jedel.plates.cameras import Camera, DriverName
from jedel.plates.cameras.model import BURST
from jedel.plates.codec import UNKNOWN_2
from jedel.plates.desk import Desk
from jedel.plates.drivers.said import Reason
from jedel.plates.intake import Taken
from jedel.plates.store.judging import NoJudge
from jedel.plates.store.writer import ReadsWorker
from jedel.plates.taker import STREAM, Taker, ensure
from tests.support import Api, Seat, eventually

NOW_US = 1_795_255_200_000_000


def camera(**more: Any) -> Camera:
    wanted: dict[str, Any] = {
        "number": 7, "id": UUID(int=7), "region": "00", "name": "", "road": "", "lon": 0.0, "lat": 0.0,
        "heading": None, "driver": DriverName.HTTP, "mapping": {}, "device_id": None, "enabled": True,
        "clock_error_ms": None,
    }  # fmt: skip
    return Camera(**wanted | more)


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(store, tmp_path)
    yield made
    await made.states.close()


def sift(desk: Desk, *reads: dict[str, Any], of: Camera | None = None, at_s: float = 0.0) -> Taken:
    raw = json.dumps({"reads": reads}).encode()
    return desk.intake.sift(of or camera(), "http", raw, NOW_US + round(at_s * 1e6), at_s)


def at(seconds: float) -> str:
    return f"{NOW_US / 1e6 + seconds:.3f}"


UNIX = {"time_format": "unix_s"}


async def test_everything_a_camera_says_of_a_car(desk: Desk) -> None:
    said = {
        "plate": "А 123 ВСD", "at": at(-1), "speed_kmh": 61.26, "heading": 359.99, "confidence": 97,
        "weakest": 81, "frames": 3, "rows": 2, "make": "TOYOTA Camry", "colour": "тёмно-синий",
        "body": "седан",
    }  # fmt: skip
    (read,) = sift(desk, said, of=camera(mapping=UNIX)).reads
    assert (read["speed_dkmh"], read["heading_cdeg"], read["rows"], read["frames"]) == (612, 35999, 2, 3)
    assert (read["confidence"], read["weakest"], read["reader"], read["camera"]) == (97, 81, 1, 7)
    assert (read["make"], read["colour"], read["body"]) == (
        looks.make("toyota"), looks.colour("blue"), looks.body("car"),
    )  # fmt: skip
    assert read["make_sure"] == read["colour_sure"] == read["body_sure"] == 50


async def test_what_a_camera_does_not_say_is_unknown(desk: Desk) -> None:
    (read,) = sift(desk, {"plate": "123ABC02", "make": "a spaceship"}).reads
    assert read["speed_dkmh"] == read["heading_cdeg"] == UNKNOWN_2
    assert (read["make"], read["make_sure"], read["colour"], read["confidence"]) == (0, 0, 0, 0)
    assert read["at_us"] == read["heard_us"] == NOW_US
    (sure,) = sift(desk, {"plate": "124ABC02"}, of=camera(mapping={"confidence_unsaid": 70})).reads
    assert (sure["confidence"], sure["weakest"]) == (70, 70)


async def test_said_without_time_and_number_it_is_one_read_a_minute(desk: Desk) -> None:
    ids = {sift(desk, {"plate": "123ABC02"}, at_s=s).reads["id"][0].tobytes() for s in (0, 1, 59, 61)}
    assert len(ids) == 2
    again = sift(desk, {"plate": "123ABC02"}, {"plate": "123ABC02"})
    assert (len(again.reads), again.repeated) == (1, 1)


async def test_a_camera_that_lost_the_date_is_taken_by_our_clock_once_that_is_sure(desk: Desk) -> None:
    """At first each such read is refused: it might as well be one that was held back for days."""
    lost = [{"plate": f"{n:03}ABC02", "at": f"{n}"} for n in range(40)]
    first = [sift(desk, read, of=camera(mapping=UNIX), at_s=n) for n, read in enumerate(lost)]
    refused = [taken for taken in first if taken.refused]
    assert {why for taken in refused for why in taken.refused.values()} == {Reason.TOO_OLD}
    assert len(refused) == 19
    last = first[-1]
    assert last.reads["at_us"].tolist() == [NOW_US + 39_000_000]
    assert Reason.CLOCK_WRONG in last.faults


async def test_reads_held_back_for_days_are_named(desk: Desk) -> None:
    for n in range(40):
        sift(desk, {"plate": f"{n:03}ABC02", "at": at(n)}, of=camera(mapping=UNIX), at_s=n)
    held = sift(desk, {"plate": "999ABC02", "at": at(-3 * 86_400)}, of=camera(mapping=UNIX), at_s=41)
    assert held.refused == {0: Reason.TOO_OLD}
    hours = sift(desk, {"plate": "999ABC02", "at": at(-5 * 3600)}, of=camera(mapping=UNIX), at_s=42)
    assert len(hours.reads) == 1


async def test_a_flood_of_bytes_is_limited_before_it_is_read(desk: Desk) -> None:
    heavy = b"[" + b" " * 6_000_000
    sizes = [desk.intake.sift(camera(), "http", heavy, NOW_US, 0.0).limited for _ in range(20)]
    assert sizes[0] == 0
    assert sizes[-1] == 1
    assert sizes.count(0) == int(BURST) // (1 + len(heavy) // 65536)


async def test_a_mapping_that_does_not_fit_stops_only_its_camera(
    client: Api, store: Store, bus: Client
) -> None:
    """It can only come into the database past the API."""
    async with taking(client, store, bus) as gateway:
        broken, fine = await gateway.camera(), await gateway.camera()
        async with store.transaction() as tx:
            await tx.conn.execute(
                'UPDATE plate_camera SET mapping = \'{"speed_unit": "knots"}\' WHERE device_id = %s',
                (broken,),
            )
        gateway.desk.cameras.ring()
        before = counted("failed")
        await gateway.say(broken, {"plate": "123ABC02"})
        await gateway.say(fine, {"plate": "124ABC02"})
        await gateway.stored(1)
        assert counted("failed") == before + 1


def counted(fault: str) -> float:
    return REGISTRY.get_sample_value("jedel_plates_faults_total", {"driver": "mqtt", "fault": fault}) or 0.0


class Gateway:
    def __init__(self, client: Api, store: Store, bus: Client) -> None:
        self.client, self.store, self.bus = client, store, bus
        assert client.app is not None
        self.desk = Desk(store, client.app.state.settings.blob_dir)
        self.seats: dict[UUID, tuple[Seat, str]] = {}

    async def camera(self, driver: str = "mqtt") -> UUID:
        seat, device_id, key = await self.client.device("camera")
        admin = await self.client.login("admin")
        body = {"id": str(uuid4()), "name": "Camera", "lon": 71.4, "lat": 51.1, "driver": driver}
        await admin.ok("POST", "/api/plates/cameras", json=body | {"device_id": str(device_id)})
        self.desk.cameras.ring()
        self.seats[device_id] = (seat, key)
        return device_id

    async def say(self, device: UUID, *reads: dict[str, Any]) -> None:
        raw = json.dumps({"reads": reads}).encode()
        await self.bus.jetstream().publish(f"jedel.camera.{device}.read", raw)

    async def rows(self) -> list[dict[str, Any]]:
        async with self.store.reading() as tx:
            cursor = await tx.conn.execute(
                "SELECT *, plate_text(plate) AS text FROM plate_read ORDER BY text"
            )
            return await cursor.fetchall()

    async def stored(self, count: int) -> list[dict[str, Any]]:
        async def there() -> bool:
            return len(await self.rows()) >= count

        await eventually(there, within_s=30)
        rows = await self.rows()
        assert len(rows) == count
        return rows


class taking:  # noqa: N801 - a context
    """A gateway's taker and a worker, as they run side by side."""

    def __init__(self, client: Api, store: Store, bus: Client) -> None:
        self.gateway = Gateway(client, store, bus)
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Gateway:
        js = self.gateway.bus.jetstream()
        await stream.ensure(js)
        await ensure(js)
        taker = Taker(self.gateway.store, self.gateway.bus, self.gateway.desk)
        worker = ReadsWorker(self.gateway.store, self.gateway.bus, NoJudge())
        self.tasks = [asyncio.create_task(taker.run()), asyncio.create_task(worker.run())]
        return self.gateway

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.gateway.desk.states.close()


async def test_from_the_camera_s_words_to_the_row_and_its_picture(
    client: Api, store: Store, bus: Client, clock: ManualClock
) -> None:
    async with taking(client, store, bus) as gateway:
        mqtt, http = await gateway.camera(), await gateway.camera("http")
        seen = clock.now() - timedelta(seconds=2)
        said = {"plate": "123 АВС 02", "at": seen.isoformat(), "confidence": 88}
        await gateway.say(mqtt, said)
        seat, _ = gateway.seats[http]
        await seat.ok("POST", "/api/plates/reads", json={"reads": [said | {"plate": "124ABC02"}]})
        first, second = await gateway.stored(2)
        assert (first["text"], second["text"]) == ("123ABC02", "124ABC02")
        assert first["at"] == second["at"] == seen
        assert (first["reader"], second["reader"], first["confidence"]) == (3, 1, 88)
        await gateway.say(mqtt, said)  # and once more
        await gateway.say(mqtt, said | {"plate": "125ABC02"})
        await gateway.stored(3)


async def test_strangers_on_the_subject_are_counted(client: Api, store: Store, bus: Client) -> None:
    async with taking(client, store, bus) as gateway:
        before = counted("unknown_camera")
        await gateway.say(uuid4(), {"plate": "123ABC02"})
        await bus.jetstream().publish("jedel.camera.nobody.read", b"{}")

        async def told() -> bool:
            return counted("unknown_camera") == before + 2

        await eventually(told)
        assert not await gateway.rows()


async def test_a_blocked_device_is_not_heard(client: Api, store: Store, bus: Client) -> None:
    async with taking(client, store, bus) as gateway:
        device = await gateway.camera()
        await gateway.say(device, {"plate": "123ABC02"})
        await gateway.stored(1)
        admin = await client.login("admin")
        await admin.ok("POST", f"/api/devices/{device}/block", json={"id": str(uuid4()), "reason": "stolen"})
        await gateway.desk.cameras.listen(bus)
        await bus.publish("jedel.journal.00", b'{"kind":"access.device_blocked"}')
        before = counted("disabled")

        async def refused() -> bool:
            await gateway.say(device, {"plate": "124ABC02"})
            return counted("disabled") > before

        await eventually(refused)
        before, there = counted("disabled"), len(await gateway.rows())
        await gateway.say(device, {"plate": "999ABC02"})

        async def refused_again() -> bool:
            return counted("disabled") > before

        await eventually(refused_again)
        assert len(await gateway.rows()) == there


async def test_the_streams_are_made_anew(client: Api, store: Store, bus: Client) -> None:
    """As after the loss of NATS's disk: the taker notices, and what is said from then on is stored."""
    async with taking(client, store, bus) as gateway:
        device = await gateway.camera()
        await gateway.say(device, {"plate": "123ABC02"})
        await gateway.stored(1)
        await bus.jetstream().delete_stream(STREAM)

        async def there_again() -> bool:
            with suppress(Exception):
                await gateway.say(device, {"plate": "124ABC02"})
            return len(await gateway.rows()) >= 2

        await eventually(there_again, within_s=30)


async def test_a_camera_speaks_mqtt_for_itself_alone(
    client: Api, store: Store, bus: Client, nats_server: EmbeddedNats
) -> None:
    async def check(device_id: UUID, secret: str) -> Any:
        return await devices.log_in(store, device_id, secret)

    await DeviceLogins(nats_server.issuer_file.read_text(), check).listen(bus)
    async with taking(client, store, bus) as gateway:
        device, other = await gateway.camera(), await gateway.camera()
        _, key = gateway.seats[device]
        now = store.clock.now().isoformat()
        reads = [{"plate": f"{n:03}ABC02", "at": now, "note": "x" * 200} for n in range(500)]
        raw = json.dumps({"reads": reads}).encode()
        assert len(raw) > 64 * 1024
        host = "127.0.0.1"
        link = aiomqtt.Client(host, nats_server.mqtt_port, username=str(device), password=key, timeout=30)
        async with link:
            await link.publish(f"jedel/camera/{device}/read", raw, qos=1)
        await gateway.stored(500)
        link = aiomqtt.Client(host, nats_server.mqtt_port, username=str(device), password=key, timeout=30)
        with suppress(aiomqtt.MqttError):  # NATS cuts off who says what he may not
            async with link:
                for topic in (
                    f"jedel/camera/{other}/read",
                    f"jedel/device/{device}/up",
                    "jedel/reads/batch/3",
                ):
                    await link.publish(topic, json.dumps({"plate": "999ABC02", "at": now}), qos=0)
        await gateway.say(device, {"plate": "998ABC02"})
        rows = await gateway.stored(501)
        assert "999ABC02" not in {row["text"] for row in rows}
