"""Pictures: what is none is named before anything is decoded, what is one lies on the disk before its read is
carried, and goes with its hour."""

import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from jedel.access import Principal
from jedel.plates.api import SEEN_FOR, picture_address, picture_secret
from jedel.plates.codec import reads_of
from jedel.plates.desk import desk_of
from jedel.plates.drivers.said import PICTURE_BYTES_MAX, Reason
from jedel.plates.pictures import PIXELS_MAX, Pictures, fault
from tests.support import Api
from tests.support.seed import STAFF, account_id

AT = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
AT_US = round(AT.timestamp() * 1e6)


def jpeg(wide: int = 64, high: int = 32, *options: int) -> bytes:
    dice = np.random.default_rng(5)
    raw = cv2.imencode(".jpg", dice.integers(0, 255, (high, wide, 3), dtype=np.uint8), list(options))[1]
    return raw.tobytes()


PICTURE = jpeg()


def bomb(wide: int = 65_535, high: int = 65_535) -> bytes:
    """A small file that says it is huge: the size stands in its frame's header."""
    at = PICTURE.index(b"\xff\xc0")
    return PICTURE[: at + 5] + high.to_bytes(2) + wide.to_bytes(2) + PICTURE[at + 9 :]


def test_what_a_camera_sends_is_right() -> None:
    assert fault(PICTURE) is None
    assert fault(jpeg(1920, 1080, cv2.IMWRITE_JPEG_QUALITY, 50)) is None
    assert fault(jpeg(64, 32, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)) is None
    assert fault(jpeg(64, 32, cv2.IMWRITE_JPEG_RST_INTERVAL, 4)) is None
    assert fault(PICTURE + b"\0" * 100) is None  # some cameras pad


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (bomb(), Reason.PICTURE_TOO_LARGE),
        (bomb(PIXELS_MAX // 2000 + 1, 2000), Reason.PICTURE_TOO_LARGE),
        (bomb(0, 100), Reason.BAD_PICTURE),
        (b"", Reason.BAD_PICTURE),
        (b"GIF89a", Reason.BAD_PICTURE),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), Reason.BAD_PICTURE),
        (b"<svg onload='alert(1)'/>", Reason.BAD_PICTURE),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(50), Reason.PICTURE_TRUNCATED),
        (PICTURE + bytes(PICTURE_BYTES_MAX), Reason.PICTURE_TOO_LONG),
        (PICTURE[:-2] + b"\xff\xda\x00\x08" * 200 + b"\xff\xd9", Reason.PICTURE_TOO_LARGE),
    ],
)
def test_what_is_none_is_named(raw: bytes, reason: Reason) -> None:
    began = time.thread_time()
    assert fault(raw) is reason
    assert time.thread_time() - began < 0.1


def test_truncated_anywhere() -> None:
    for end in range(len(PICTURE) - 1):
        assert fault(PICTURE[:end]) in {Reason.PICTURE_TRUNCATED, Reason.BAD_PICTURE}


@given(st.binary(max_size=300), st.integers(0, len(PICTURE)))
def test_any_bytes(noise: bytes, at: int) -> None:
    fault(noise)
    fault(PICTURE[:at] + noise + PICTURE[at:])
    fault(PICTURE[:at] + noise)


async def test_laid_down_found_kept_and_erased(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path)
    plain, hit = uuid4(), uuid4()
    wanted = [(plain, AT_US, "plate", PICTURE), (hit, AT_US, "plate", PICTURE), (hit, AT_US, "car", PICTURE)]
    assert await pictures.save(wanted) == set()  # type: ignore[arg-type]
    assert pictures.place(hit, AT_US, "car") == tmp_path / "plates/2026-11-21/10" / f"{hit}-car.jpg"
    assert pictures.find(plain, AT_US, "car") is None
    hits = reads_of([{"id": hit, "at_us": AT_US, "pictures": 3}])
    for _ in range(2):
        await pictures.keep_hits(hits)
    assert pictures.hours() == [AT.replace(minute=0)]
    assert pictures.erase_hours(AT) == 0
    assert pictures.erase_hours(AT + timedelta(hours=1)) == 1
    assert pictures.find(plain, AT_US, "plate") is None
    kept = pictures.find(hit, AT_US, "car")
    assert kept is not None
    assert kept.read_bytes() == PICTURE
    assert pictures.hours() == []
    assert pictures.erase_hits(AT.date()) == 0
    assert pictures.erase_hits(AT.date() + timedelta(days=1)) == 1
    assert pictures.find(hit, AT_US, "car") is None
    await pictures.keep_hits(hits)  # gone before it was judged: no fault


async def test_our_time_put_right_over_the_hour_loses_no_picture(tmp_path: Path) -> None:
    pictures, read_id = Pictures(tmp_path), uuid4()
    on_the_hour = round(AT.replace(minute=0).timestamp() * 1e6)
    await pictures.save([(read_id, on_the_hour + 5, "car", PICTURE)])
    assert pictures.find(read_id, on_the_hour - 5, "car") is not None


async def test_a_disk_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "plates").write_text("a file where the folder should be")
    read_id = uuid4()
    assert await Pictures(tmp_path).save([(read_id, AT_US, "car", PICTURE)]) == {(read_id, "car")}


async def camera(client: Api) -> tuple[Any, UUID]:
    seat, device_id, _ = await client.device("camera")
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "name": "Camera", "lon": 71.4, "lat": 51.1, "driver": "http"}
    await admin.ok("POST", "/api/plates/cameras", json=body | {"device_id": str(device_id)})
    return seat, device_id


async def test_a_read_is_kept_whatever_its_pictures_are(client: Api, app: FastAPI, bus: Client) -> None:
    seat, _ = await camera(client)
    now = client.store.clock.now()
    reads = [
        {"plate": f"{n:03}ABC02", "at": now.isoformat(), "pictures": {"plate": b64encode(raw).decode()}}
        for n, raw in enumerate([PICTURE, bomb(), PICTURE[:-2], b"MZ" * 30])
    ]
    reads[0]["pictures"]["car"] = "data:image/jpeg;base64," + b64encode(PICTURE).decode()  # type: ignore[index]
    said = await seat.ok("POST", "/api/plates/reads", json={"reads": reads})
    assert said["accepted"] == 4
    assert said["faults"] == ["bad_picture", "picture_too_large", "picture_truncated"]
    files = sorted(path.name[37:] for path in app.state.plates.pictures.root.rglob("*.jpg"))
    assert files == ["car.jpg", "plate.jpg"]
    assert not list(app.state.plates.pictures.root.rglob("*.part"))


async def test_only_the_address_of_a_search_opens_a_picture_and_only_for_who_asked(
    client: Api, app: FastAPI, clock: Any
) -> None:
    duty, other = await client.login("duty"), await client.login("supervisor")
    secret = picture_secret(app.state.settings.lookups_key)
    role, region = STAFF["duty"]
    who = Principal("account", account_id("duty"), "", region, role)
    request = type("Request", (), {"app": app})()
    read_id = uuid4()
    await desk_of(request).pictures.save([(read_id, AT_US, "plate", PICTURE)])
    address = picture_address(secret, who, read_id, "plate", AT_US, clock.now())
    shown = await duty.get(address)
    assert (shown.status_code, shown.content) == (200, PICTURE)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, no-store"
    for seat, path in (
        (other, address),
        (duty, address.replace("/plate?", "/car?")),
        (duty, address.replace(str(read_id), str(uuid4()))),
        (duty, address.replace("until=1", "until=2")),
        (duty, address.partition("?")[0]),
        (duty, address[:-1] + "ж"),
        (duty, picture_address(secret, who, uuid4(), "plate", AT_US, clock.now())),
    ):
        refused = await seat.get(path)
        assert (refused.status_code, refused.json()["code"]) == (404, "plates_picture_gone")
    clock.advance(SEEN_FOR.total_seconds() + 1)
    assert (await (await client.login("duty")).get(address)).status_code == 404
    for stranger in (client.anonymous(), (await client.login("auditor"))):
        assert (await stranger.get(address)).status_code in (401, 403)
