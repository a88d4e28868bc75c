"""Asking the registers: with a purpose or not at all, on record before the answer, seen by the auditor."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.lookups import model
from tests.support import Api
from tests.support.seed import account_id

CASE = {"purpose": "investigation", "case_number": "26-7500-1/17"}
VEHICLE, PERSON, PHONE = "/api/lookups/vehicle", "/api/lookups/person", "/api/lookups/phone"
IIN = "900101300017"


def ask(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "plate": "777 abc 02", **CASE, **more}


async def journal(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT kind, actor FROM journal WHERE kind LIKE 'lookups.%' ORDER BY region, seq"
        )
        return [(row["kind"], row["actor"]) for row in await cursor.fetchall()]


async def an_incident(api: Api, login: str = "duty") -> str:
    seat = await api.login(login)
    body = {"id": str(uuid4()), "class": "fight", "priority": "urgent", "lon": 76.9, "lat": 43.25}
    opened: dict[str, Any] = await seat.ok("POST", "/api/incidents", json=body)
    return str(opened["id"])


async def test_a_look_up_is_on_record_with_who_what_when_and_why(client: Api, store: Store) -> None:
    officer, auditor = await client.login("officer"), await client.login("auditor")
    body = ask()
    answer = await officer.ok("POST", VEHICLE, json=body)
    assert answer["state"] == "granted"
    assert {part["code"] for part in answer["parts"]} == {"unavailable"}, (
        "an empty register is never all clear"
    )
    [seen] = await auditor.ok("GET", "/api/audit/lookups")
    assert (seen["id"], seen["account"], seen["asked"]) == (body["id"], "Test officer", "777ABC02")
    assert (seen["purpose"], seen["case_number"]) == ("investigation", CASE["case_number"])
    assert await journal(store) == [
        ("lookups.asked", f"account:{account_id('officer')}"),
        ("lookups.audited", f"account:{account_id('auditor')}"),
    ]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"purpose": None}, 422, "invalid_request"),
        ({"purpose": "curiosity"}, 403, "purpose_unknown"),
        ({"purpose": "training"}, 403, "purpose_blocked"),
        ({"purpose": "third_party"}, 403, "purpose_blocked"),
        ({"purpose": "background"}, 403, "purpose_unknown"),  # not for vehicles
        ({"case_number": None}, 422, "case_needed"),
        ({"purpose": "roadside", "case_number": None}, 422, "incident_needed"),
        ({"purpose": "incident"}, 422, "incident_needed"),
        ({"incident_id": str(uuid4())}, 422, "incident_needed"),
        ({"case_number": "x"}, 422, "invalid_request"),
        ({"plate": "?"}, 422, "number_malformed"),
        ({"plate": None}, 422, "invalid_request"),
        ({"vin": "JTDBR32E720012345"}, 422, "invalid_request"),
        ({"granted_by": str(uuid4())}, 422, "invalid_request"),
        ({"state": "granted"}, 422, "invalid_request"),
    ],
)
async def test_without_a_good_purpose_nothing_is_read_or_kept(
    client: Api, store: Store, change: dict[str, str | None], status: int, code: str
) -> None:
    officer = await client.login("officer")
    body = {name: value for name, value in ask(**change).items() if value is not None}
    answer = await officer.post(VEHICLE, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "parts" not in answer.json()
    assert await journal(store) == []


async def test_an_incident_of_ones_own_region_is_a_reason(client: Api) -> None:
    officer, elsewhere = await client.login("officer"), await client.login("elsewhere")
    incident = await an_incident(client)
    body = ask(purpose="incident", incident_id=incident, case_number=None)
    await officer.ok("POST", VEHICLE, json=body)
    answer = await elsewhere.post(VEHICLE, json=body | {"id": str(uuid4())})
    assert answer.json()["code"] == "incident_needed"


async def test_a_unit_s_id_is_no_incident(client: Api) -> None:
    officer, _, device = await client.login("officer"), *(await client.device("post"))[:2]
    answer = await officer.post(VEHICLE, json=ask(purpose="incident", incident_id=str(device)))
    assert answer.json()["code"] == "incident_needed"


@pytest.mark.parametrize("login", ["admin", "auditor"])
async def test_who_only_administers_or_audits_looks_nobody_up(client: Api, login: str) -> None:
    seat = await client.login(login)
    for path, body in ((VEHICLE, ask()), (PERSON, ask(iin=IIN)), (PHONE, ask(imei="490154203237518"))):
        assert (await seat.post(path, json=body)).status_code == 403


@pytest.mark.parametrize("login", ["admin", "supervisor", "duty", "officer"])
async def test_only_the_auditor_reads_who_looked_whom_up(client: Api, login: str) -> None:
    seat = await client.login(login)
    for path in ("/api/audit/lookups", "/api/audit/sample", "/api/audit/flags"):
        assert (await seat.get(path)).status_code == 403


async def test_a_check_of_a_person_waits_for_a_second_one(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    body = {"id": str(uuid4()), "iin": IIN, "purpose": "background", "case_number": "26-7500-1/17"}
    asked = await duty.post(PERSON, json=body)
    assert (asked.status_code, asked.json()["parts"]) == (202, None)
    grant = f"/api/lookups/{body['id']}/grant"
    own = await duty.post(grant, json={"id": str(uuid4())})
    assert own.json()["code"] == "own_look_up"
    assert (await (await client.login("officer")).post(grant, json={"id": str(uuid4())})).status_code == 403
    assert (await duty.post(PERSON, json=body)).status_code == 202
    [waiting] = await supervisor.ok("GET", "/api/lookups/waiting")
    assert (waiting["id"], waiting["account"]) == (body["id"], "Test duty")
    await supervisor.ok("POST", grant, json={"id": str(uuid4())})
    answer = await duty.post(PERSON, json=body)
    assert answer.status_code == 200
    assert answer.json()["parts"]
    assert await supervisor.ok("GET", "/api/lookups/waiting") == []
    assert [kind for kind, _ in await journal(store)] == ["lookups.asked", "lookups.granted"]


async def test_a_grant_under_a_used_id_grants_nothing(client: Api) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    body = {"id": str(uuid4()), "iin": IIN, **CASE, "purpose": "background"}
    await duty.post(PERSON, json=body)
    await supervisor.ok("POST", f"/api/lookups/{body['id']}/grant", json={"id": body["id"]})
    assert (await duty.post(PERSON, json=body)).status_code == 202


async def test_another_region_grants_nothing(client: Api) -> None:
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    body = {"id": str(uuid4()), "iin": IIN, "purpose": "background", "case_number": "26-7500-1/17"}
    await duty.post(PERSON, json=body)
    assert await elsewhere.ok("GET", "/api/lookups/waiting") == []
    assert (
        await elsewhere.post(f"/api/lookups/{body['id']}/grant", json={"id": str(uuid4())})
    ).status_code == 404


async def test_an_answer_and_a_question_expire(client: Api, clock: ManualClock) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    body, late = (
        ask(),
        {"id": str(uuid4()), "iin": IIN, "purpose": "background", "case_number": "26-7500-1/17"},
    )
    await duty.ok("POST", VEHICLE, json=body)
    await duty.post(PERSON, json=late)
    clock.advance(model.GRANT_LIFE.total_seconds() + 1)
    assert (await duty.post(VEHICLE, json=body)).json()["code"] == "answer_expired"
    answer = await supervisor.post(f"/api/lookups/{late['id']}/grant", json={"id": str(uuid4())})
    assert answer.json()["code"] == "answer_expired"


async def test_an_answer_is_its_askers(client: Api) -> None:
    """Nobody reads a colleague's answer by its id, nor asks something else under an id that was granted."""
    duty, officer = await client.login("duty"), await client.login("officer")
    body = ask()
    await duty.ok("POST", VEHICLE, json=body)
    await duty.ok("POST", VEHICLE, json=body)
    assert (await officer.post(VEHICLE, json=body)).json()["code"] == "other_question"
    for change in ({"plate": "001AAA01"}, {"case_number": "26-7500-1/18"}, {"purpose": "roadside"}):
        assert (await duty.post(VEHICLE, json=body | change)).json()["code"] == "other_question"
    person = {"id": body["id"], "iin": IIN, **CASE}
    assert (await duty.post(PERSON, json=person)).json()["code"] == "other_question"


async def test_an_id_of_another_command_is_no_look_up(client: Api) -> None:
    duty, incident = await client.login("duty"), await an_incident(client)
    assert (await duty.post(VEHICLE, json=ask(id=incident))).json()["code"] == "other_question"


async def test_many_look_ups_go_to_the_auditor(client: Api, clock: ManualClock) -> None:
    officer, auditor = await client.login("officer"), await client.login("auditor")
    for number in range(model.MANY - 1):
        await officer.ok("POST", VEHICLE, json=ask(plate=f"{number:03}ABC02"))
        clock.advance(1)
    assert await auditor.ok("GET", "/api/audit/flags") == []
    last = ask(plate="900ABC02")
    await officer.ok("POST", VEHICLE, json=last)
    [flag] = await auditor.ok("GET", "/api/audit/flags")
    assert (flag["look_up"]["id"], flag["reason"]) == (last["id"], "many")
    seen = {"id": str(uuid4()), "note": "a raid, agreed with the supervisor"}
    await auditor.ok("POST", f"/api/audit/flags/{last['id']}/seen", json=seen)
    await auditor.ok("POST", f"/api/audit/flags/{last['id']}/seen", json=seen)
    assert await auditor.ok("GET", "/api/audit/flags") == []


async def test_the_same_number_for_ever_new_reasons_goes_to_the_auditor(client: Api) -> None:
    officer, auditor = await client.login("officer"), await client.login("auditor")
    for case in range(3):
        await officer.ok("POST", VEHICLE, json=ask(case_number=f"26-7500-1/{case}"))
    assert [flag["reason"] for flag in await auditor.ok("GET", "/api/audit/flags")] == ["other_reason"]


async def test_the_auditor_finds_by_number_and_by_chance(client: Api, store: Store) -> None:
    officer, auditor = await client.login("officer"), await client.login("auditor")
    for number in range(5):
        await officer.ok("POST", VEHICLE, json=ask(plate=f"{number:03}ABC02"))
    [found] = await auditor.ok("POST", "/api/audit/lookups", json={"asked": "003ABC02"})
    assert found["asked"] == "003ABC02"
    sample = await auditor.ok("GET", "/api/audit/sample", params={"count": 3})
    assert len({each["id"] for each in sample}) == 3
    assert [kind for kind, _ in await journal(store)].count("lookups.audited") == 2


async def test_the_auditor_of_one_region_sees_no_other(client: Api) -> None:
    elsewhere, auditor = await client.login("elsewhere"), await client.login("auditor")
    await elsewhere.ok("POST", VEHICLE, json=ask())
    assert await auditor.ok("GET", "/api/audit/lookups") == []


async def test_screens_do_not_hear_of_look_ups(client: Api, app: FastAPI) -> None:
    from jedel.app.feed import Listener

    officer = await client.login("officer")
    feed, listener = app.state.hub.feed("00"), Listener(0)
    await feed.join(listener, None)
    await officer.ok("POST", VEHICLE, json=ask(plate="555XYZ02"))
    await feed.fill()
    assert not listener.queue.empty()
    while not listener.queue.empty():
        text = listener.queue.get_nowait()
        assert text is not None
        assert "555XYZ02" not in text
        assert str(account_id("officer")) not in text


async def test_purposes_are_listed_without_what_is_forbidden(client: Api) -> None:
    listed = await (await client.login("officer")).ok("GET", "/api/lookups/purposes")
    assert {each["code"] for each in listed} == {
        "incident", "roadside", "investigation", "found_property", "background",
    }  # fmt: skip
    assert all(each["names"]["kk"] and each["names"]["ru"] and each["names"]["en"] for each in listed)
