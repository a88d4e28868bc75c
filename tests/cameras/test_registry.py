"""The registry of cameras, by its routes."""

from typing import Any
from uuid import uuid4

import pytest

from jedel.access.seal import Sealer
from jedel.app.settings import Settings
from jedel.cameras.book import CameraBook
from jedel.journal import Store
from jedel.media.book import Book
from jedel.media.model import Mask, SourceKind
from tests.support import Api


def new(**more: Any) -> dict[str, Any]:
    streams = [
        {"name": "main", "url": "rtsp://10.1.2.3/main", "codec": "H264", "width": 1920, "height": 1080},
        {"name": "sub", "url": "rtsp://10.1.2.3:8554/sub"},
    ]
    body = {"id": str(uuid4()), "name": "Абай 10, вход", "lon": 76.9, "lat": 43.2, "streams": streams}
    return body | more


def book(store: Store, settings: Settings) -> Book:
    return Book(store, [CameraBook(Sealer(settings.seal_key), settings.camera_networks.split(","))])


async def test_a_camera_is_added_found_and_changed(client: Api) -> None:
    admin, duty = await client.login("admin"), await client.login("duty")
    body = new(kind="ptz", zone="street", plan={"x": 1.5, "y": 2}, credentials={"user": "u", "password": "p"})
    made = await admin.ok("POST", "/api/cameras", json=body)
    assert made["plan"] == {"x": 1.5, "y": 2.0}
    assert made["zone"] == "street"
    assert made["state"] == "unknown"
    assert made["credentials"] is True
    assert made["streams"][0]["url"] == "rtsp://10.1.2.3/main"
    assert await admin.ok("POST", "/api/cameras", json=body) == made, "a retry adds nothing"
    seen = await duty.ok("GET", f"/api/cameras/{made['id']}")
    assert [each["url"] for each in seen["streams"]] == [None, None], "addresses are for administrators"
    change = {"id": str(uuid4()), "name": "Abai 10", "zone": None}
    changed = await admin.ok("PATCH", f"/api/cameras/{made['id']}", json=change)
    assert changed == made | {"name": "Abai 10", "zone": None}
    assert [each["id"] for each in await duty.ok("GET", "/api/cameras?q=абай")] == [made["id"]]
    assert await duty.ok("GET", "/api/cameras?q=школа") == []
    assert "10.1.2.3" not in duty_text(await duty.get("/api/cameras"))


def duty_text(answer: Any) -> str:
    return str(answer.text)


async def test_what_a_gateway_is_told(client: Api, store: Store, settings: Settings) -> None:
    admin = await client.login("admin")
    body = new(recording="always", keep_days=7, credentials={"user": "u", "password": "p:/@"})
    made = await admin.ok("POST", "/api/cameras", json=body)
    told = book(store, settings)
    main, sub = [await told.spec(f"camera/{made['id']}/{name}") for name in ("main", "sub")]
    assert main is not None
    assert sub is not None
    assert (main.user, main.password, main.url, main.keep_days) == ("u", "p:/@", "rtsp://10.1.2.3/main", 7)
    assert main.networks == tuple(settings.camera_networks.split(","))
    assert main.region == "00"
    assert main.record
    assert not sub.record
    assert main.kind is SourceKind.RTSP
    assert "p:/@" not in repr(main)
    assert await told.recorded() == [main.id]
    for no in (f"camera/{made['id']}/other", "camera/x/main", f"camera/{uuid4()}/main", "camera/main"):
        assert await told.spec(no) is None
    async with store.transaction() as tx:
        await tx.conn.execute(
            "UPDATE camera SET masks = %s WHERE id = %s", ("[[[0,0],[1,0],[1,0.5]]]", made["id"])
        )
    masked = await told.spec(main.id)
    assert masked is not None
    assert masked.masks == (Mask(((0.0, 0.0), (1.0, 0.0), (1.0, 0.5))),)
    await admin.ok("PATCH", f"/api/cameras/{made['id']}", json={"id": str(uuid4()), "enabled": False})
    assert await told.spec(main.id) is None
    assert await told.recorded() == []


async def test_a_camera_with_one_stream_has_it_under_both_names(
    client: Api, store: Store, settings: Settings
) -> None:
    admin = await client.login("admin")
    _, device_id, _ = await client.device("post")
    body = new(streams=[], source="push", kind="post", device_id=str(device_id))
    made = await admin.ok("POST", "/api/cameras", json=body)
    told = book(store, settings)
    assert await told.published_by(device_id) == f"camera/{made['id']}/main"
    spec = await told.spec(f"camera/{made['id']}/main")
    assert spec is not None
    assert spec.publisher == device_id
    assert spec.kind is SourceKind.PUSH
    assert await told.spec(f"camera/{made['id']}/sub") is None
    assert await told.published_by(uuid4()) is None
    again = await admin.post("/api/cameras", json=body | {"id": str(uuid4())})
    assert (again.status_code, again.json()["code"]) == (409, "camera_taken")


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://8.8.8.8/x", "rtsp://127.0.0.1/x", "rtsp://u:p@10.0.0.1/x", "file:///etc/passwd",
        "rtsp://169.254.169.254/x", "rtsp://[::ffff:127.0.0.1]/x", "rtsp://2130706433/x", "ftp://10.0.0.1/",
        "rtsp://0x7f.1/x", "rtsp://10.0.0.1\\@8.8.8.8/x",
    ],
)  # fmt: skip
async def test_addresses_outside_the_camera_networks_are_refused(client: Api, url: str) -> None:
    admin = await client.login("admin")
    refused = await admin.post("/api/cameras", json=new(streams=[{"url": url}]))
    assert (refused.status_code, refused.json()["code"]) == (422, "camera_address_refused"), refused.text
    made = await admin.ok("POST", "/api/cameras", json=new())
    change = {"id": str(uuid4()), "streams": [{"url": url}]}
    refused = await admin.patch(f"/api/cameras/{made['id']}", json=change)
    assert refused.json()["code"] == "camera_address_refused"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"streams": [{"url": ""}]}, "camera_streams_wrong"),
        ({"streams": [{"url": "rtsp://10.0.0.1/"}] * 2}, "camera_streams_wrong"),
        ({"source": "push"}, "camera_streams_wrong"),
        ({"site_id": str(uuid4())}, "camera_no_such_site"),
        ({"device_id": str(uuid4())}, "camera_no_such_device"),
        ({"heading": 360}, "invalid_request"),
        ({"lat": "NaN"}, "invalid_request"),
        ({"name": "a\x00"}, "invalid_request"),
        ({"masks": []}, "invalid_request"),
        ({"region": "02"}, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_said(client: Api, more: dict[str, Any], code: str) -> None:
    admin = await client.login("admin")
    refused = await admin.post("/api/cameras", json=new(**more))
    assert refused.json()["code"] == code, refused.text


async def test_another_regions_camera_does_not_exist(client: Api) -> None:
    admin, elsewhere = await client.login("admin"), await client.login("elsewhere")
    made = await admin.ok("POST", "/api/cameras", json=new())
    assert (await elsewhere.get(f"/api/cameras/{made['id']}")).status_code == 404
    assert await elsewhere.ok("GET", "/api/cameras") == []


async def test_pages_and_places(client: Api) -> None:
    admin = await client.login("admin")
    made = [
        await admin.ok("POST", "/api/cameras", json=new(name=f"камера {nth}", lat=43.2 + nth / 1000))
        for nth in range(5)
    ]
    first = await admin.ok("GET", "/api/cameras?limit=2")
    rest = await admin.ok("GET", f"/api/cameras?after={first[-1]['number']}")
    assert [each["id"] for each in first + rest] == [each["id"] for each in made]
    near = await admin.ok("GET", "/api/cameras?lon=76.9&lat=43.2031&limit=3")
    assert [each["id"] for each in near] == [made[nth]["id"] for nth in (3, 4, 2)]
    assert near[0]["metres"] == pytest.approx(11.1, abs=0.2)
    assert [each["id"] for each in await admin.ok("GET", "/api/cameras?q=камира 3")] == [made[3]["id"]]
