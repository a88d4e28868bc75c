"""A look-up from a tablet is the officer's and the device's; each attempt to leave one of them out."""

from pathlib import Path
from uuid import uuid4

import pytest

from jedel.journal import Store, react_to_all
from jedel.lookups.reactor import BlockedTablets
from jedel.registers import Kind
from tests.lookups.world import AS_OF, VEHICLE, ask, at, crew, journal, reasons, registers, shift
from tests.support import Api
from tests.support.seed import account_id


async def test_officer_and_tablet_are_on_record(client: Api, store: Store) -> None:
    tablet, _ = await crew(client)
    device = (await tablet.ok("GET", "/api/devices/self"))["id"]
    officer, body = at(await client.login("officer"), tablet), ask()
    await officer.ok("POST", VEHICLE, json=body)
    [entry] = await journal(store, "lookups.asked")
    assert (entry["data"]["device_id"], entry["actor"]) == (device, f"account:{account_id('officer')}")
    [seen] = await (await client.login("auditor")).ok("GET", "/api/audit/lookups")
    assert (seen["device_id"], seen["device"]) == (device, "device")


async def test_a_tablet_alone_asks_nothing(client: Api, store: Store) -> None:
    tablet, _ = await crew(client)
    assert (await tablet.post(VEHICLE, json=ask())).status_code == 403
    stranger = at(client.anonymous(), tablet)
    assert (await stranger.post(VEHICLE, json=ask())).status_code == 401
    assert await journal(store, "lookups.asked") == []


async def test_a_blocked_tablet_is_refused_whoever_has_signed_in_on_it(client: Api, store: Store) -> None:
    tablet, _ = await crew(client)
    device = (await tablet.ok("GET", "/api/devices/self"))["id"]
    officer, admin = at(await client.login("officer"), tablet), await client.login("admin")
    await officer.ok("POST", VEHICLE, json=ask())
    await admin.ok(
        "POST", f"/api/devices/{device}/block", json={"id": str(uuid4()), "reason": "lost", "wipe": True}
    )
    answer = await officer.post(VEHICLE, json=ask())
    assert (answer.status_code, answer.json()["code"]) == (401, "device_is_wiped")
    assert len(await journal(store, "lookups.asked")) == 1


async def test_the_sessions_on_a_blocked_tablet_end(client: Api, store: Store) -> None:
    """Also for whoever takes the cookie out of it; sessions of the same officer elsewhere go on."""
    tablet, _ = await crew(client)
    device = (await tablet.ok("GET", "/api/devices/self"))["id"]
    here, desk, admin = [await client.login(each) for each in ("officer", "officer", "admin")]
    await at(here, tablet).ok("POST", VEHICLE, json=ask())
    await admin.ok("POST", f"/api/devices/{device}/block", json={"id": str(uuid4()), "reason": "lost"})
    await react_to_all(store, [BlockedTablets()])
    del here.headers["Jedel-Device"]
    assert (await here.get("/api/me")).status_code == 401
    assert (await desk.get("/api/me")).status_code == 200


@pytest.mark.parametrize("token", ["", "nonsense", f"52d43b7e-55dd-4322-b879-771d83c93406.{'x' * 43}"])
async def test_a_made_up_tablet_is_refused(client: Api, token: str) -> None:
    officer = await client.login("officer")
    officer.headers["Jedel-Device"] = token
    assert (await officer.post(VEHICLE, json=ask())).status_code == 401


async def test_another_kind_of_device_is_no_tablet(client: Api) -> None:
    post, _, _ = await client.device("post")
    officer = at(await client.login("officer"), post)
    assert (await officer.post(VEHICLE, json=ask())).json()["code"] == "forbidden"


async def test_a_tablet_of_another_region_is_refused(client: Api) -> None:
    tablet, _ = await crew(client)
    elsewhere = at(await client.login("elsewhere"), tablet)
    assert (await elsewhere.post(VEHICLE, json=ask())).status_code == 404


async def test_a_session_of_a_tablet_is_worth_nothing_elsewhere(client: Api) -> None:
    """Its cookie copied to a desk, or to another tablet."""
    first, second = (await crew(client))[0], (await crew(client))[0]
    officer = at(await client.login("officer"), first)
    await officer.ok("POST", VEHICLE, json=ask())
    del officer.headers["Jedel-Device"]
    assert (await officer.post(VEHICLE, json=ask())).json()["code"] == "tablet_needed"
    assert (await at(officer, second).post(VEHICLE, json=ask())).json()["code"] == "tablet_needed"
    await at(officer, first).ok("POST", VEHICLE, json=ask())


async def test_off_shift_goes_to_the_auditor(client: Api) -> None:
    tablet, unit_id = await crew(client)
    officer = at(await client.login("officer"), tablet)
    await officer.ok("POST", VEHICLE, json=ask(plate="001AAA02"))
    assert await reasons(client) == []
    await shift(client, unit_id, on=False)
    await officer.ok("POST", VEHICLE, json=ask(plate="002AAA02"))
    assert await reasons(client) == [("off_shift", "002AAA02")]


async def test_off_shift_at_a_desk_goes_to_the_auditor_too(client: Api) -> None:
    """Who leaves the tablet in the car and asks from a desk is still off shift."""
    tablet, unit_id = await crew(client)
    await at(await client.login("officer"), tablet).ok("POST", VEHICLE, json=ask(plate="001AAA02"))
    await shift(client, unit_id, on=False)
    await (await client.login("officer")).ok("POST", VEHICLE, json=ask(plate="002AAA02"))
    assert await reasons(client) == [("off_shift", "002AAA02")]


async def test_the_wanted_list_is_for_tablets_and_names_nobody(
    client: Api, store: Store, tmp_path: Path
) -> None:
    tablet, _ = await crew(client)
    empty = await tablet.ok("GET", "/api/lookups/wanted-list")
    assert (empty["as_of"], empty["plates"]) == (None, []), "a register that never came is not an empty one"
    rows = [
        {},
        {"entry": "W-2", "plate": "456ABC02", "reason": "hidden", "since": "2026-02-02"},
        {"entry": "W-3", "plate": "456ABC02", "reason": "older", "since": "2026-01-02"},
        {"entry": "W-4", "plate": "789ABC02", "expires": "2026-02-01"},
        {"entry": "W-5", "plate": "", "vin": "1M8GDM9AXKP042788"},
    ]
    await registers(store, tmp_path, Kind.WANTED_VEHICLES, wanted_vehicles=rows)
    answer = await tablet.get("/api/lookups/wanted-list")
    said = answer.json()
    assert said["plates"] == [["123ABC02", "stolen", "2026-01-01"], ["456ABC02", "hidden", "2026-02-02"]]
    assert (said["as_of"], said["source"], said["complete"]) == (
        AS_OF.isoformat().replace("+00:00", "Z"),
        "Test",
        True,
    )
    known = {"If-None-Match": answer.headers["ETag"]}
    assert (await tablet.get("/api/lookups/wanted-list", headers=known)).status_code == 304
    assert (await (await client.login("officer")).get("/api/lookups/wanted-list")).status_code == 403
    [sent] = await journal(store, "lookups.list_sent")
    assert sent["data"]["rows"] == 2


async def test_a_list_longer_than_a_tablet_takes_says_so(
    client: Api, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jedel.lookups import offline

    monkeypatch.setattr(offline, "LIST_MAX", 1)
    rows = [{}, {"entry": "W-2", "plate": "456ABC02"}]
    await registers(store, tmp_path, Kind.WANTED_VEHICLES, wanted_vehicles=rows)
    said = await (await crew(client))[0].ok("GET", "/api/lookups/wanted-list")
    assert (len(said["plates"]), said["complete"]) == (1, False)


async def test_what_was_asked_without_a_link_goes_on_record_once(client: Api, store: Store) -> None:
    tablet, _ = await crew(client)
    now = client.store.clock.now()
    body = {
        "id": str(uuid4()), "account_id": str(account_id("officer")), "at": now.isoformat(),
        "plate": "123 авс 02", "purpose": "roadside", "case_number": "26-7500-1/17", "version": "v1",
        "found": True,
    }  # fmt: skip
    for _ in range(2):
        await tablet.ok("POST", "/api/lookups/offline", json=body)
    [entry] = await journal(store, "lookups.asked")
    assert (entry["data"]["list"], entry["data"]["found"]) == ("v1", True)
    assert entry["actor"].startswith("device:"), "the device says so, not the officer"
    [seen] = await (await client.login("auditor")).ok("GET", "/api/audit/lookups")
    assert (seen["account"], seen["asked"], seen["device"]) == ("Test officer", "123ABC02", "device")
    assert seen["offline_at"] is not None
    for change, status in (
        ({"account_id": str(account_id("elsewhere"))}, 404),
        ({"account_id": str(uuid4())}, 404),
        ({"case_number": None}, 422),
        ({"plate": "?"}, 422),
    ):
        again = body | {"id": str(uuid4())} | change
        assert (await tablet.post("/api/lookups/offline", json=again)).status_code == status, change
    assert (await (await client.login("officer")).post("/api/lookups/offline", json=body)).status_code == 403
