"""The person looked up can be told who asked and why, where the rule lets them."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.lookups import model
from tests.lookups.world import PERSON, VEHICLE, ask, journal, registers
from tests.registers.make import VIN, iin
from tests.support import Api

WHO = "/api/audit/who-asked"


async def told(client: Api, number: str = "", login: str = "auditor") -> list[dict[str, Any]]:
    seat = await client.login(login)
    found: list[dict[str, Any]] = await seat.ok(
        "POST", WHO, json={"id": str(uuid4()), "iin": number or iin()}
    )
    return found


def question(**asked: str) -> dict[str, Any]:
    body = ask(purpose="roadside", **asked)
    if "plate" not in asked:
        del body["plate"]
    return body


async def test_by_person_and_by_their_car(
    client: Api, store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    await registers(store, tmp_path)
    officer = await client.login("officer")
    for body in (question(plate="123ABC02"), question(vin=VIN), question(plate="999ZZZ02")):
        await officer.ok("POST", VEHICLE, json=body)
        clock.advance(1)
    found = await told(client)
    assert [each["about"] for each in found] == ["vehicle", "vehicle"]
    assert set(found[0]) == {"at", "purpose", "authority", "about"}, "who in the force asked is not told"
    assert found[0]["purpose"]["ru"] == "Проверка на дороге"
    [entry, *_] = await journal(store, "lookups.told")
    assert len(entry["data"]["told"]) == 2


async def test_what_runs_is_told_later(client: Api, store: Store, tmp_path: Path, clock: ManualClock) -> None:
    await registers(store, tmp_path)
    officer = await client.login("officer")
    for asked in ({"iin": iin()}, {"document": "N12345678"}):
        body = ask(**asked)
        del body["plate"]
        await officer.ok("POST", PERSON, json=body)
    assert await told(client) == []
    clock.advance(model.TELL_AFTER.total_seconds())
    assert [each["about"] for each in await told(client)] == ["person", "person"]


async def test_a_car_sold_before_is_not_theirs(client: Api, store: Store, tmp_path: Path) -> None:
    other = iin("85050540000")
    rows = [{"until": "2026-06-01"}, {"number": other, "since": "2026-06-01", "until": ""}]
    await registers(store, tmp_path, owners=rows)
    await (await client.login("officer")).ok("POST", VEHICLE, json=question(plate="123ABC02"))
    assert await told(client) == []
    assert len(await told(client, other)) == 1


async def test_who_was_refused_learnt_nothing(client: Api) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    body = {"id": str(uuid4()), "iin": iin(), "purpose": "background", "case_number": "26-7500-1/17"}
    await duty.post(PERSON, json=body)
    await supervisor.ok("POST", f"/api/lookups/{body['id']}/refuse", json={"id": str(uuid4()), "reason": "x"})
    assert await told(client) == []


async def test_supervisor_and_auditor_of_the_region_only(client: Api) -> None:
    assert await told(client, login="supervisor") == []
    for login in ("officer", "duty", "admin", "elsewhere"):
        seat = await client.login(login)
        assert (await seat.post(WHO, json={"id": str(uuid4()), "iin": iin()})).status_code == 403
    auditor = await client.login("auditor")
    assert (await auditor.post(WHO, json={"id": str(uuid4()), "iin": "900101300018"})).status_code == 422


async def test_the_auditor_narrows_and_sees_how_far_the_journal_is_signed(client: Api) -> None:
    officer, auditor = await client.login("officer"), await client.login("auditor")
    await officer.ok("POST", VEHICLE, json=question(plate="123ABC02"))
    await officer.ok("POST", VEHICLE, json=ask(plate="456ABC02"))
    for narrowed, count in (
        ({"purpose": "roadside"}, 1),
        ({"register": "person"}, 0),
        ({"since": "2100-01-01T00:00:00Z"}, 0),
        ({"before": "2100-01-01T00:00:00Z"}, 2),
    ):
        assert len(await auditor.ok("GET", "/api/audit/lookups", params=narrowed)) == count, narrowed
        assert len(await auditor.ok("POST", "/api/audit/lookups", json=narrowed)) == count, narrowed
    head = await auditor.ok("GET", "/api/audit/journal")
    assert head["entries"] > 2
    assert head["signed"] is None
    assert (await officer.get("/api/audit/journal")).status_code == 403
    assert await auditor.ok("GET", "/api/audit/flags", params={"seen": "true"}) == []
