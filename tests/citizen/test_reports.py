"""A citizen's report of a phone: receipt, an officer's decision, the register, and what is forgotten when."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from jedel.citizen import reports
from jedel.citizen.model import damm
from jedel.journal import Store
from jedel.jurisdictions import citizen_retention
from jedel.kernel.clock import ManualClock
from jedel.registers import repository as registers
from jedel.registers.importer import import_register
from jedel.registers.model import Kind
from tests.citizen.support import CLEAR_PHONE, check_imei, citizen, fill
from tests.citizen.test_guard import worked
from tests.registers import make
from tests.support import Api
from tests.support.api import Seat

NAME, CONTACT, PLACE = "Үлгі Сынақұлы", "+7 700 123 45 67", "Bus 12, Sample street"
DAY = timedelta(days=1)


def report(clock: ManualClock, **own: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "region": "00", "imei": CLEAR_PHONE, "state": "stolen",
        "happened_on": str((clock.now() - DAY).date()), "place": PLACE, "name": NAME, "contact": CONTACT,
    } | own  # fmt: skip


async def send(seat: Seat, body: dict[str, Any]) -> Any:
    return await seat.ok(
        "POST", "/api/citizen/phone-reports", json=body | {"proof": await worked(seat, "report")}
    )


async def status(seat: Seat, receipt: str) -> Any:
    return await seat.ok("POST", "/api/citizen/phone-reports/status", json={"receipt": receipt})


async def decide(seat: Seat, report_id: str, how: str, reason: str) -> Any:
    body = {"id": str(uuid4()), "reason": reason}
    return await seat.ok("POST", f"/api/phone-reports/{report_id}/{how}", json=body)


async def test_from_the_report_to_the_register(client: Api, clock: ManualClock, tmp_path: Path) -> None:
    await fill(client.store, tmp_path, Kind.PHONES)
    seat, later = citizen(client), citizen(client, "203.0.113.99")
    duty, officer = await client.login("duty"), await client.login("officer")
    body = report(clock)
    receipt = (await send(seat, body))["receipt"]
    assert len(receipt) == 13
    assert damm(receipt) == 0
    assert (await status(seat, f"{receipt[:3]} {receipt[3:6]}-{receipt[6:]}"))["state"] == "waiting"
    assert (await check_imei(later, CLEAR_PHONE)).json()["state"] == "clear", (
        "nothing before an officer's yes"
    )
    (waiting,) = await officer.ok("GET", "/api/phone-reports")
    assert (waiting["id"], waiting["receipt"], waiting["name"], waiting["contact"], waiting["place"]) == (
        body["id"], receipt, NAME, CONTACT, PLACE,
    )  # fmt: skip
    decided = await decide(duty, body["id"], "approve", "called_back")
    assert (decided["state"], decided["decided_by"]) == ("approved", "Test duty")
    assert await duty.ok("GET", "/api/phone-reports") == []
    assert (await duty.ok("GET", "/api/phone-reports?state=approved"))[0]["id"] == body["id"]
    said = (await check_imei(later, CLEAR_PHONE)).json()
    assert (said["state"], said["source"], said["since"]) == (
        "reported_stolen", reports.SOURCE, body["happened_on"],
    )  # fmt: skip
    assert (await status(seat, receipt))["reason"] == "called_back"
    async with client.store.reading() as tx:
        record = await registers.phone(tx.conn, CLEAR_PHONE)
    assert record is not None
    assert [(each.state, each.origin.source) for each in record.reports] == [("stolen", reports.SOURCE)]


async def test_a_new_file_of_the_register_takes_no_report_away(
    client: Api, clock: ManualClock, tmp_path: Path
) -> None:
    seat, duty = citizen(client, "203.0.113.99"), await client.login("duty")
    body = report(clock)
    await send(citizen(client), body)
    await decide(duty, body["id"], "approve", "documents_seen")
    assert (await check_imei(seat, CLEAR_PHONE)).json()["state"] == "reported_stolen"
    file = make.file(tmp_path, Kind.PHONES)
    await import_register(
        client.store, Kind.PHONES, file, source="MVD", whole=True, as_of=clock.now() - 3 * DAY
    )
    assert (await check_imei(seat, CLEAR_PHONE)).json()["state"] == "reported_stolen"


async def test_refused(client: Api, clock: ManualClock, tmp_path: Path) -> None:
    await fill(client.store, tmp_path, Kind.PHONES)
    seat, duty = citizen(client, "203.0.113.99"), await client.login("supervisor")
    body = report(clock, state="lost")
    receipt = (await send(citizen(client), body))["receipt"]
    await decide(duty, body["id"], "refuse", "not_reached")
    assert (await check_imei(seat, CLEAR_PHONE)).json()["state"] == "clear"
    said = await status(seat, receipt)
    assert (said["state"], said["reason"]) == ("refused", "not_reached")
    answer = await duty.post(
        f"/api/phone-reports/{body['id']}/approve", json={"id": str(uuid4()), "reason": "called_back"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "report_decided")
    again = await decide(duty, body["id"], "refuse", "not_reached")
    assert again["state"] == "refused", "a retry is harmless"
    wrong = await duty.post(
        f"/api/phone-reports/{body['id']}/refuse", json={"id": str(uuid4()), "reason": "called_back"}
    )
    assert wrong.json()["code"] == "wrong_reason"


async def test_another_region_neither_sees_nor_decides(client: Api, clock: ManualClock) -> None:
    body = report(clock)
    await send(citizen(client), body)
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", "/api/phone-reports") == []
    answer = await elsewhere.post(
        f"/api/phone-reports/{body['id']}/approve", json={"id": str(uuid4()), "reason": "called_back"}
    )
    assert answer.status_code == 404


async def test_the_same_report_again_has_the_same_receipt(client: Api, clock: ManualClock) -> None:
    seat = citizen(client)
    body = report(clock)
    first, again = await send(seat, body), await send(seat, body)
    assert first == again
    other = await seat.post(
        "/api/citizen/phone-reports",
        json=body | {"name": "Another", "proof": await worked(seat, "report")},
    )
    assert (other.status_code, other.json()["code"]) == (409, "other_report")


async def test_an_id_of_something_else_is_refused(client: Api, clock: ManualClock) -> None:
    seat, supervisor = citizen(client), await client.login("supervisor")
    used = str(uuid4())
    until = str((clock.now() + DAY).date())
    hidden = {"id": used, "plate": "123ABC02", "ground": "order 1", "until": until}
    await supervisor.ok("POST", "/api/hidden-vehicles", json=hidden)
    answer = await seat.post(
        "/api/citizen/phone-reports", json=report(clock, id=used) | {"proof": await worked(seat, "report")}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "other_report")


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"region": "07"}, "report_region"),
        ({"happened_on": "2020-01-01"}, "report_date"),
        ({"happened_on": "2999-01-01"}, "report_date"),
        ({"imei": "1"}, "imei_length"),
        ({"name": " "}, "invalid_request"),
        ({"contact": "a\nb c d e"}, "invalid_request"),
        ({"owner": "x"}, "invalid_request"),
        ({"place": "x" * 201}, "invalid_request"),
    ],
)
async def test_a_report_that_is_none(client: Api, clock: ManualClock, own: dict[str, str], code: str) -> None:
    seat = citizen(client)
    proof = await worked(seat, "report")
    answer = await seat.post("/api/citizen/phone-reports", json=report(clock, **own) | {"proof": proof})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_receipt_is_not_found_by_trying(client: Api, clock: ManualClock) -> None:
    receipt = (await send(citizen(client), report(clock)))["receipt"]
    seat = citizen(client, "203.0.113.40")
    typo = f"{receipt[:4]}{(int(receipt[4]) + 1) % 10}{receipt[5:]}"
    answer = await seat.post("/api/citizen/phone-reports/status", json={"receipt": typo})
    assert (answer.status_code, answer.json()["code"]) == (422, "receipt_malformed")
    tried = []
    for number in range(1, 7):
        digits = f"{(int(receipt[:12]) + number) % 10**12:012}"
        body = {"receipt": f"{digits}{damm(digits)}"}
        tried.append((await seat.post("/api/citizen/phone-reports/status", json=body)).status_code)
    assert tried == [404] * 5 + [428], "each try costs twice what a question does"


async def _all_journal(store: Store) -> str:
    async with store.reading() as tx:
        cursor = await tx.conn.execute("SELECT to_jsonb(j)::text AS text FROM journal j")
        return "\n".join(row["text"] for row in await cursor.fetchall())


async def test_the_journal_carries_nobody(client: Api, clock: ManualClock) -> None:
    seat, duty = citizen(client), await client.login("duty")
    taken, refused = report(clock), report(clock, imei=make.imei("35209900176150"))
    receipt = (await send(seat, taken))["receipt"]
    await send(citizen(client, "203.0.113.8"), refused)
    await decide(duty, taken["id"], "approve", "called_back")
    await decide(duty, refused["id"], "refuse", "twice")
    said = await _all_journal(client.store)
    assert "citizen.phone_reported" in said
    assert "citizen.phone_report_approved" in said
    assert "citizen.phone_report_refused" in said
    for secret in (NAME, CONTACT, PLACE, CLEAR_PHONE, receipt, "203.0.113", "Сынақұлы"):
        assert secret not in said
        assert orjson.dumps(secret).decode().strip('"') not in said


async def test_who_it_was_is_forgotten_in_time(client: Api, clock: ManualClock) -> None:
    rule = citizen_retention()[-1]
    seat, duty = citizen(client), await client.login("duty")
    decided, waiting = report(clock), report(clock, imei=make.imei("35209900176150"))
    receipt = (await send(seat, decided))["receipt"]
    other = (await send(citizen(client, "203.0.113.8"), waiting))["receipt"]
    await decide(duty, decided["id"], "approve", "called_back")
    clock.advance((rule.contact_days_after_decision * DAY).total_seconds() - 60)
    assert await reports.forget(client.store) == 0
    clock.advance(61)
    assert await reports.forget(client.store) == 1
    assert await reports.forget(client.store) == 0
    async with client.store.reading() as tx:
        cursor = await tx.conn.execute("SELECT * FROM phone_report WHERE id = %s", (decided["id"],))
        kept = await cursor.fetchone()
    assert kept is not None
    assert (kept["name"], kept["contact"], kept["place"], kept["imei"]) == (None, None, None, None)
    assert kept["state"] == "approved"
    seat = citizen(client)
    assert (await status(seat, receipt))["state"] == "approved", "the receipt goes on answering"
    assert (await check_imei(seat, CLEAR_PHONE)).json()["state"] == "reported_stolen"
    clock.advance((rule.undecided_days * DAY).total_seconds())
    assert await reports.forget(client.store) == 1
    answer = await citizen(client).post("/api/citizen/phone-reports/status", json={"receipt": other})
    assert (answer.status_code, answer.json()["code"]) == (404, "receipt_unknown")


async def test_the_page_learns_which_regions_take_reports(client: Api) -> None:
    about = await citizen(client).ok("GET", "/api/citizen/about")
    assert list(about["regions"]) == ["00"]
    assert set(about["regions"]["00"]) == {"kk", "ru", "en"}
