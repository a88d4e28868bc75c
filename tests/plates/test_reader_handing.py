"""What the reader read becomes reads as any camera's: once each, with pictures, carried by JetStream."""

from pathlib import Path
from uuid import uuid4

import cv2
import numpy as np
import pytest
from nats.aio.client import Client

from jedel.journal import Store
from jedel.plates import keys, stream
from jedel.plates.codec import decode
from jedel.plates.desk import Desk
from jedel.plates.drivers.said import Said
from jedel.plates.reader.errors import ReadRefused
from jedel.plates.reader.handing import Handing
from tests.support import Api

JPEG = cv2.imencode(".jpg", np.full((60, 200, 3), 90, np.uint8))[1].tobytes()


async def camera(client: Api, **more: object) -> int:
    admin = await client.login("admin")
    wanted = {"id": str(uuid4()), "name": "Over the bridge", "lon": 76.9, "lat": 43.2, "heading": None}
    made = await admin.ok("POST", "/api/plates/cameras", json=wanted | {"driver": "frames"} | more)
    return int(made["number"])


async def test_a_passing_becomes_one_read_with_its_pictures(
    client: Api, store: Store, bus: Client, tmp_path: Path
) -> None:
    number = await camera(client)
    await stream.ensure(bus.jetstream())
    desk = Desk(store, tmp_path)
    handing = Handing(desk, bus)
    at_us = round(store.clock.now().timestamp() * 1e6)
    passing = Said(
        plate="123ABC02",
        at_us=at_us,
        confidence=97,
        weakest=91,
        frames=3,
        rows=2,
        plate_picture=JPEG,
        car_picture=JPEG,
    )
    assert await handing.give(number, [passing]) == 1
    assert await handing.give(number, [passing]) == 0  # the same frames, sent again
    assert await handing.give(number, []) == 0
    reader = await bus.jetstream().subscribe(f"{stream.BATCH}.*", ordered_consumer=True)
    (read,) = decode((await reader.next_msg(timeout=5)).data)
    assert keys.text(int(read["plate"])) == "123ABC02"
    assert (read["camera"], read["at_us"], read["reader"]) == (number, at_us, 0)
    assert [int(read[name]) for name in ("confidence", "weakest", "frames", "rows")] == [97, 91, 3, 2]
    assert read["pictures"] == 3
    assert len(list(tmp_path.rglob("*.jpg"))) == 2


async def test_only_a_camera_that_sends_frames_is_read(
    client: Api, store: Store, bus: Client, tmp_path: Path
) -> None:
    handing = Handing(Desk(store, tmp_path), bus)
    numbers = {
        "unknown_camera": 999,
        "wrong_driver": await camera(client, driver="http"),
        "disabled": await camera(client, enabled=False),
    }
    for code, number in numbers.items():
        with pytest.raises(ReadRefused) as refused:
            await handing.give(number, [])
        assert refused.value.code == code
