"""Own relatives and another region's cars: seen by the auditor, whatever the way round."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from jedel.journal import Store
from jedel.registers import Kind
from tests.lookups.world import PERSON, PHONE, VEHICLE, ask, journal, reasons, registers
from tests.registers.make import VIN, iin, imei
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import account_id

OTHER = iin("85050540000")


async def declared(client: Api, *numbers: str, login: str = "officer") -> None:
    admin, body = await client.login("admin"), {"id": str(uuid4()), "numbers": list(numbers)}
    await admin.ok("PUT", f"/api/lookups/interests/{account_id(login)}", json=body)


@pytest.mark.parametrize(
    ("path", "question", "number"),
    [
        (PERSON, {"iin": iin()}, iin()),
        (PERSON, {"document": "N12345678"}, "N12345678"),
        (VEHICLE, {"plate": "123ABC02"}, "123ABC02"),
        (VEHICLE, {"vin": VIN}, VIN),
    ],
)
async def test_a_relative_by_whatever_number(
    client: Api, store: Store, tmp_path: Path, path: str, question: dict[str, Any], number: str
) -> None:
    await registers(store, tmp_path)
    await declared(client, iin())
    officer, body = await client.login("officer"), ask(**question)
    if path == PERSON or "vin" in question:
        del body["plate"]
    await officer.ok("POST", path, json=body)
    assert await reasons(client) == [("own_interest", number)]
    await (await client.login("operator")).ok("POST", path, json=body | {"id": str(uuid4())})
    assert await reasons(client) == [("own_interest", number)], "to a colleague the person is a stranger"


async def test_a_car_that_was_the_relative_s(client: Api, store: Store, tmp_path: Path) -> None:
    rows = [{"until": "2026-06-01"}, {"number": OTHER, "since": "2026-06-01", "until": ""}]
    await registers(store, tmp_path, Kind.VEHICLES, Kind.OWNERS, owners=rows)
    await declared(client, iin())
    await (await client.login("officer")).ok("POST", VEHICLE, json=ask(plate="123ABC02"))
    assert await reasons(client) == [("own_interest", "123ABC02")]


async def test_strangers_and_phones_are_nobody_s_relatives(client: Api, store: Store, tmp_path: Path) -> None:
    await registers(store, tmp_path)
    await declared(client, OTHER)
    officer, phone = await client.login("officer"), ask(imei=imei())
    del phone["plate"]
    await officer.ok("POST", PHONE, json=phone)
    for body in (ask(plate="123ABC02"), ask(plate="999ZZZ02")):
        await officer.ok("POST", VEHICLE, json=body)
    for question in ({"iin": iin()}, {"document": "N00000001"}):
        body = ask(**question)
        del body["plate"]
        await officer.ok("POST", PERSON, json=body)
    assert await reasons(client) == []


async def test_what_was_declared_is_kept_as_digests_only(client: Api, store: Store) -> None:
    await declared(client, iin(), OTHER)
    await declared(client, iin())
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT account_id, digest FROM own_interest")
        rows = await cursor.fetchall()
        everything = await tx.conn.execute("SELECT payload AS data FROM journal")
        said = " ".join(row["data"] for row in await everything.fetchall())
    assert [row["account_id"] for row in rows] == [account_id("officer")]
    assert len(bytes(rows[0]["digest"])) == 32
    assert iin() not in said
    assert OTHER not in said
    counts = [each["data"]["count"] for each in await journal(store, "lookups.interests_declared")]
    assert counts == [2, 1]


@pytest.mark.parametrize("login", ["officer", "supervisor", "auditor"])
async def test_only_the_administrator_enters_them(client: Api, login: str) -> None:
    seat: Seat = await client.login(login)
    body = {"id": str(uuid4()), "numbers": []}
    assert (await seat.put(f"/api/lookups/interests/{account_id('officer')}", json=body)).status_code == 403


async def test_not_for_another_region_s_staff_nor_wrong_numbers(client: Api) -> None:
    admin, body = await client.login("admin"), {"id": str(uuid4()), "numbers": []}
    assert (
        await admin.put(f"/api/lookups/interests/{account_id('elsewhere')}", json=body)
    ).status_code == 404
    wrong = body | {"numbers": ["900101300018"]}
    assert (await admin.put(f"/api/lookups/interests/{account_id('officer')}", json=wrong)).status_code == 422


async def flagged_elsewhere(store: Store) -> list[str]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT l.asked FROM audit_flag f JOIN look_up l ON l.id = f.look_up_id"
            " WHERE f.reason = 'other_region'"
        )
        return [row["asked"] for row in await cursor.fetchall()]


async def test_another_region_s_car_for_a_mere_case(client: Api, store: Store, tmp_path: Path) -> None:
    """By its plate, and by its VIN as well."""
    await registers(store, tmp_path, Kind.VEHICLES, vehicles=[{"plate": "123ABC16"}])
    elsewhere = await client.login("elsewhere")  # of region 02
    for plate in ("456ABC02", "A123BCD"):
        await elsewhere.ok("POST", VEHICLE, json=ask(plate=plate))
    assert await flagged_elsewhere(store) == []
    await elsewhere.ok("POST", VEHICLE, json=ask(plate="123ABC16"))
    by_vin = ask(vin=VIN)
    del by_vin["plate"]
    await elsewhere.ok("POST", VEHICLE, json=by_vin)
    assert set(await flagged_elsewhere(store)) == {"123ABC16", VIN}


async def test_another_region_s_car_at_an_incident_is_nothing(client: Api, store: Store) -> None:
    elsewhere = await client.login("elsewhere")
    body = {"id": str(uuid4()), "class": "traffic", "priority": "urgent", "lon": 76.9, "lat": 43.25}
    incident = await elsewhere.ok("POST", "/api/incidents", json=body)
    question = ask(plate="123ABC16", purpose="incident", incident_id=incident["id"])
    del question["case_number"]
    await elsewhere.ok("POST", VEHICLE, json=question)
    assert await flagged_elsewhere(store) == []
