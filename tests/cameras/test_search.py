"""Looking for cameras by an address, a crossroad or a street; a site of another region."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.cameras.pages import Asked
from jedel.cameras.search import answer, find
from jedel.journal import Store
from jedel.kernel.geo import Point
from jedel.places.geocode import Geocoder
from jedel.places.geocode_model import crossroad_key, house_key, street_key
from tests.support import Api

LON, LAT = 76.9, 43.2
METRE = 1 / 111_195


async def town(store: Store, region: str = "00") -> UUID:
    """Abai street, whose number 10 stands at LON, LAT, and Dostyk, which crosses it a kilometre north; a
    school beside it, whose id is given back."""
    map_id, abai, dostyk, site = uuid4(), uuid4(), uuid4(), uuid4()
    at = datetime(2026, 11, 1, tzinfo=UTC)
    north = LAT + 1000 * METRE
    async with store.transaction() as tx:
        await tx.conn.execute(
            "INSERT INTO map VALUES"
            " (%s, %s, 'town', %s, 76, 43, 78, 44, 77, 43.5, '', '{}', false, %s, true)",
            (map_id, region, map_id.hex, at),
        )
        for street, name, kk in ((abai, "улица Абая", "Абай көшесі"), (dostyk, "Достык", "Достық даңғылы")):
            await tx.conn.execute(
                "INSERT INTO street VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (street, map_id, name, kk, name, LON, LAT + 300 * METRE, street_key(name, kk)),
            )
        await tx.conn.execute(
            "INSERT INTO address VALUES (%s, %s, %s, '', '10', %s, %s, %s, %s)",
            (uuid4(), map_id, abai, LON, LAT, street_key("улица Абая"), house_key("10")),
        )
        await tx.conn.execute(
            "INSERT INTO crossroad VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (uuid4(), map_id, abai, dostyk, LON, north, crossroad_key("абая", "достык")),
        )
        await tx.conn.execute(
            "INSERT INTO site (id, region, map_id, kind, name_kk, name_ru, name_en, lon, lat, address,"
            " district_kk, district_ru, district_en, plan) VALUES (%s, %s, %s, 'school', '№45 мектеп',"
            " 'Школа №45', 'School 45', %s, %s, '', '', '', '', '{}')",
            (site, region, map_id, LON, LAT + 500 * METRE),
        )
    return site


def camera(name: str, metres: float, **more: Any) -> dict[str, Any]:
    """So far north of Abai 10."""
    return {"id": str(uuid4()), "name": name, "lon": LON, "lat": LAT + metres * METRE} | more


async def seen(client: Api, typed: str, **more: Any) -> list[tuple[str, int | None]]:
    duty = await client.login("duty")
    found = await duty.ok("GET", "/api/cameras", params={"q": typed} | more)
    return [(each["name"], None if each["metres"] is None else round(each["metres"])) for each in found]


@pytest.fixture
async def cameras(client: Api) -> None:
    await town(client.store)
    admin = await client.login("admin")
    for body in (
        camera("Двор", 40), camera("Аптека", 700, kind="ptz"), camera("Абая 10, вход", 15),
        camera("Перекрёсток", 1005), camera("Далеко", 5000),
    ):  # fmt: skip
        await admin.ok("POST", "/api/cameras", json=body)


@pytest.mark.usefixtures("cameras")
async def test_an_address_finds_those_named_after_it_and_those_beside_it(client: Api) -> None:
    named = ("Абая 10, вход", 15)
    beside = [("Двор", 40), ("Аптека", 700), ("Перекрёсток", 1005)]
    assert await seen(client, "Абая 10") == [named, *beside]
    assert await seen(client, "абай көшесі, 10") == [named, *beside]
    assert await seen(client, "Abai 10", limit=3) == [named, beside[0]], "it is no full page: the last"
    assert await seen(client, "Абая 10", kind="ptz") == [("Аптека", 700)]
    assert (await seen(client, "Абая 12"))[0] == named, "the nearest house that the map knows"


@pytest.mark.usefixtures("cameras")
async def test_a_crossroad_a_street_and_a_site_that_no_camera_is_named_after(client: Api) -> None:
    assert (await seen(client, "Абая / Достык"))[0] == ("Перекрёсток", 5)
    assert [name for name, _ in await seen(client, "Достык")][:2] == ["Двор", "Абая 10, вход"]
    assert (await seen(client, "школа 45"))[0] == ("Аптека", 200)
    assert await seen(client, "двор") == [("Двор", None)], "words that a camera has are no place"
    assert await seen(client, "Абая") == [("Абая 10, вход", None)]
    assert await seen(client, "Сатпаева 77") == []


async def test_who_is_called_so_comes_before_who_is_at_such_an_address(client: Api) -> None:
    site = await town(client.store)
    async with client.store.transaction() as tx:
        await tx.conn.execute("UPDATE site SET address = 'улица Абая, 70' WHERE id = %s", (site,))
    admin = await client.login("admin")
    for body in (
        camera("Школа №30, вход", 0, site_id=str(site), zone="entrance"),
        camera("Школа №705, двор", 10),
        camera("Школа №70, двор", 20),
    ):
        await admin.ok("POST", "/api/cameras", json=body)
    thirty, longer, seventy = ("Школа №30, вход", None), ("Школа №705, двор", None), ("Школа №70, двор", None)
    assert await seen(client, "70") == [thirty, longer, seventy], "in the order of their numbers"
    assert await seen(client, "70", best=True) == [seventy, longer, thirty]
    assert await seen(client, "школа 70", best=True, limit=1) == [seventy]
    assert [name for name, _ in await seen(client, "", best=True)] == [
        name for name, _ in await seen(client, "")
    ]


@pytest.mark.usefixtures("cameras")
async def test_a_later_page_and_a_region_without_a_map_ask_no_address(client: Api) -> None:
    assert await seen(client, "Абая 10", after=10**9) == []
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", "/api/cameras?q=Абая 10") == []


async def test_the_nearest_are_the_nearest_whatever_box_they_are_looked_for_in(client: Api) -> None:
    admin = await client.login("admin")
    apart = [0, 240, 260, 700, 900, 1900, 2100]
    for metres in apart:
        await admin.ok("POST", "/api/cameras", json=camera(str(metres), metres))
    async with client.store.reading() as tx:
        for limit in range(1, len(apart)):
            asked = Asked("00", near=Point(LON, LAT), limit=limit)
            found = await find(tx.conn, asked)
            assert [each.camera.name for each in found] == [str(each) for each in apart[:6][:limit]]
    assert await answer(client.store, Geocoder(), Asked("00", "")) != []


async def test_another_regions_site_is_not_there(client: Api) -> None:
    ours, theirs = await town(client.store), await town(client.store, "02")
    admin = await client.login("admin")
    assert await admin.ok("GET", f"/api/cameras/by-site/{ours}") == []
    made = await admin.ok("POST", "/api/cameras", json=camera("Вход", 0, site_id=str(ours)))
    assert [each["id"] for each in await admin.ok("GET", f"/api/cameras/by-site/{ours}")] == [made["id"]]
    refused = [await admin.get(f"/api/cameras/by-site/{each}") for each in (theirs, uuid4())]
    assert [each.status_code for each in refused] == [404, 404]
    assert [each.json()["code"] for each in refused] == ["not_found", "not_found"]
