"""The routes as a console and a tablet use them."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from jedel.places.importer import import_map
from jedel.units.codec import Fix, decode, encode
from tests.places.osm_files import at, town
from tests.support import Api, Seat

PLACE = {"lon": 76.9286, "lat": 43.2567}


async def unit(client: Api, call_sign: str, **more: Any) -> str:
    """A unit on shift."""
    admin, duty = await client.login("admin"), await client.login("duty")
    body = {"id": str(uuid4()), "call_sign": call_sign, "kind": "car"} | more
    made = await admin.ok("POST", "/api/units", json=body)
    await duty.ok("POST", f"/api/units/{made['id']}/shift", json={"id": str(uuid4()), "on": True})
    return str(made["id"])


async def opened(seat: Seat, **more: Any) -> dict[str, Any]:
    body = {"id": str(uuid4()), "class": "fight", "priority": "urgent", **PLACE} | more
    answer: dict[str, Any] = await seat.ok("POST", "/api/incidents", json=body)
    return answer


async def do(seat: Seat, incident: dict[str, Any], verb: str, **body: Any) -> dict[str, Any]:
    path = f"/api/incidents/{incident['id']}/{verb}"
    answer: dict[str, Any] = await seat.ok("POST", path, json={"id": str(uuid4())} | body)
    return answer


async def refused(seat: Seat, incident: dict[str, Any], verb: str, **body: Any) -> tuple[int, str]:
    path = f"/api/incidents/{incident['id']}/{verb}"
    answer = await seat.post(path, json={"id": str(uuid4())} | body)
    return answer.status_code, answer.json()["code"]


def heard(app: FastAPI, at_us: int, *fixes: tuple[str, float, float]) -> None:
    """Positions reach the web process's hot picture."""
    batch = decode(encode(Fix(UUID(unit_id), at_us, lon, lat) for unit_id, lon, lat in fixes))
    app.state.hub.hot_of("00").update(batch)


async def test_the_whole_way_over_http(client: Api, app: FastAPI) -> None:
    duty = await client.login("duty")
    near, far = await unit(client, "P1"), await unit(client, "P2")
    unheard = await unit(client, "P3")
    heard(app, 1, (near, 76.929, 43.257), (far, 76.95, 43.27))
    one = await opened(duty, label="Абай / Достық", caller={"name": "Ару", "phone": "+77010000000"}, note="!")
    assert one["place"]["label"] == {"kk": "Абай / Достық", "ru": "Абай / Достық", "en": "Абай / Достық"}
    assert one["class"] == "fight"

    offered = await duty.ok("GET", f"/api/incidents/{one['id']}/recommendation")
    assert offered["estimated"] is True  # this test has no map
    assert [(u["call_sign"], u["reason"]["code"]) for u in offered["units"]] == [
        ("P1", "nearest_straight_line"),
        ("P2", "next_nearest"),
    ]
    sent = await do(duty, one, "assign", unit_id=near)
    assert sent["assignments"][0]["estimated"] is True
    assert sent["assignments"][0]["metres"] == offered["units"][0]["metres"]
    sent = await do(duty, one, "assign", unit_id=unheard)
    assert sent["assignments"][1]["eta_s"] is None
    await do(duty, one, "release", unit_id=unheard, reason="not needed")

    tablet, _, _ = await client.device("tablet", unit_id=near)
    await do(tablet, one, "progress", unit_id=near, status="en_route", at="2026-11-20T10:00:00+05:00")
    await do(tablet, one, "progress", unit_id=near, status="on_scene")
    assert (await tablet.ok("GET", f"/api/incidents/{one['id']}"))["state"] == "on_scene"
    await do(tablet, one, "note", text="тихо")
    closed = await do(tablet, one, "close", result="resolved")
    assert closed["state"] == "closed"

    log = await duty.ok("GET", f"/api/incidents/{one['id']}/log")
    assert [entry["kind"] for entry in log][-1] == "dispatch.closed"
    said = [e["data"].get("said") for e in log if e["kind"] == "dispatch.unit_en_route"]
    assert said == ["2026-11-20T05:00:00Z"]
    assert await duty.ok("GET", "/api/incidents") == []
    assert await duty.ok("GET", "/api/incidents?state=closed") == [closed]
    today = await duty.ok("GET", "/api/statistics/today")
    assert (today["waiting"], today["dispatched_within_60s"]) == (0, 1.0)
    assert today["targets"][0]["source"].startswith("NFPA 1225")


async def test_reasons_by_skill_and_missing_units(client: Api, app: FastAPI) -> None:
    duty = await client.login("duty")
    near, skilled = await unit(client, "P1"), await unit(client, "P2", skills=["traffic"])
    heard(app, 1, (near, 76.9290, 43.2567), (skilled, 76.9300, 43.2567))
    one = await opened(duty, **{"class": "traffic"})
    offered = await duty.ok("GET", f"/api/incidents/{one['id']}/recommendation")
    first = offered["units"][0]
    assert (first["call_sign"], first["reason"]["code"]) == ("P2", "has_skill")
    assert first["reason"]["params"]["skill"] == "traffic"
    await do(duty, one, "close", result="cancelled")
    assert (await duty.ok("GET", f"/api/incidents/{one['id']}/recommendation"))["units"] == []


async def test_likely_duplicates_with_their_reason(client: Api) -> None:
    duty = await client.login("duty")
    one, two = await opened(duty), await opened(duty, lat=43.2569)
    (why,) = await duty.ok("GET", f"/api/incidents/{two['id']}/duplicates")
    assert (why["incident_id"], why["number"], why["metres"]) == (one["id"], one["number"], 22)
    await do(duty, two, "join", into=one["id"])
    assert await duty.ok("GET", f"/api/incidents/{one['id']}/duplicates") == []


async def test_priority_and_retry(client: Api) -> None:
    duty = await client.login("duty")
    one = await opened(duty)
    command = str(uuid4())
    assert (await do(duty, one, "priority", id=command, priority="emergency"))["priority"] == "emergency"
    await do(duty, one, "priority", priority="routine")
    assert (await do(duty, one, "priority", id=command, priority="emergency"))["priority"] == "routine"
    note = str(uuid4())
    await do(duty, one, "note", id=note, text="раз")
    await do(duty, one, "note", id=note, text="раз")
    log = await duty.ok("GET", f"/api/incidents/{one['id']}/log")
    assert [e["kind"] for e in log].count("dispatch.noted") == 1


async def test_the_label_is_found_where_none_is_given(client: Api) -> None:
    duty = await client.login("duty")
    assert (await opened(duty))["place"]["label"]["ru"]  # coordinates, where there is no map


async def test_a_command_id_of_a_tablet_s_stranger_tells_it_nothing(client: Api) -> None:
    duty = await client.login("duty")
    mine, other = await unit(client, "P1"), await unit(client, "P2")
    one = await opened(duty)
    command = str(uuid4())
    await do(duty, one, "assign", id=command, unit_id=other)
    tablet, _, _ = await client.device("tablet", unit_id=mine)
    body = {"id": command, "text": "?"}
    answer = await tablet.post(f"/api/incidents/{one['id']}/note", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_unit_only")


async def test_refusals_leave_everything_as_it_was(client: Api) -> None:
    duty, operator = await client.login("duty"), await client.login("operator")
    car = await unit(client, "P1")
    one, two = await opened(duty), await opened(duty)
    await do(duty, one, "assign", unit_id=car)
    before = await duty.ok("GET", "/api/incidents")
    assert await refused(duty, two, "assign", unit_id=car) == (409, "unit_not_free")
    assert await refused(duty, one, "assign", unit_id=car) == (409, "already_assigned")
    assert await refused(duty, two, "assign", unit_id=str(uuid4())) == (404, "not_found")
    assert await refused(duty, two, "progress", unit_id=car, status="en_route") == (409, "not_assigned")
    assert await refused(duty, one, "join", into=one["id"]) == (422, "same_incident")
    assert await refused(operator, one, "assign", unit_id=car) == (403, "forbidden")
    assert await refused(operator, one, "close", result="resolved") == (403, "not_your_incident")
    assert await refused(duty, {"id": uuid4()}, "note", text="?") == (404, "not_found")
    elsewhere = await client.login("elsewhere")
    assert await refused(elsewhere, one, "note", text="?") == (404, "not_found")
    assert await duty.ok("GET", "/api/incidents") == before


WRONG: list[dict[str, Any]] = [
    {"lon": 181},
    {"lat": "north"},
    {"class": "war"},
    {"priority": None},
    {"surprise": 1},
    {"note": ""},
    {"note": "\x00"},
    {"note": "x" * 4001},
    {"caller": {"phone": "drop table"}},
    {"received_at": "yesterday"},
    {"received_at": "2026-11-20T10:00:00"},
    {"received_at": "0001-01-01T00:00:00+14:00"},
    {"received_at": "2000-01-01T00:00:00Z"},
]


async def test_bad_bodies_are_problems(client: Api) -> None:
    duty = await client.login("duty")
    for wrong in WRONG:
        body = {"id": str(uuid4()), "class": "fight", "priority": "urgent", **PLACE} | wrong
        answer = await duty.post("/api/incidents", json=body)
        assert answer.status_code == 422, wrong
        assert answer.headers["content-type"] == "application/problem+json"
    assert await duty.ok("GET", "/api/incidents") == []


async def test_a_refusal_speaks_the_user_s_language(client: Api) -> None:
    duty = await client.login("duty")
    one = await opened(duty)
    await do(duty, one, "close", result="false_alarm")
    path = f"/api/incidents/{one['id']}/note"
    for language, words in (("kk", "оқиғасы"), ("ru", "Происшествие"), ("en", "Incident")):
        headers = {"Accept-Language": language}
        answer = await duty.post(path, json={"id": str(uuid4()), "text": "?"}, headers=headers)
        assert answer.status_code == 409
        problem = answer.json()
        assert problem["code"] == "incident_closed"
        assert words in problem["title"]
        assert problem["params"]["result"] == "false_alarm"


async def test_on_a_real_map_by_road_and_by_district(client: Api, app: FastAPI, tmp_path: Path) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    await import_map(app.state.store, app.state.settings.blob_dir, file)
    duty = await client.login("duty")
    place = at(2, 3.5)
    near, home = await unit(client, "P1"), await unit(client, "P2", district="Солтүстік ауданы")
    heard(app, 1, (near, *at(2, 2.2)), (home, *at(4, 3.5)))
    one = await opened(duty, lon=place[0], lat=place[1])
    assert one["place"]["label"]["ru"].startswith("2-й проезд")
    offered = await duty.ok("GET", f"/api/incidents/{one['id']}/recommendation")
    assert offered["estimated"] is False
    first, second = offered["units"]
    assert (first["call_sign"], first["reason"]["code"]) == ("P2", "own_district")
    assert (second["call_sign"], second["reason"]["code"]) == ("P1", "already_near")
    assert first["eta_s"] > second["eta_s"]
    sent = await do(duty, one, "assign", unit_id=near)
    assert sent["assignments"][0]["estimated"] is False
    assert sent["assignments"][0]["eta_s"] == second["eta_s"]
    outside = {"id": str(uuid4()), "class": "fight", "priority": "urgent", **PLACE}
    answer = await duty.post("/api/incidents", json=outside | {"lon": 10.0})
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_map")
