"""Entries made by hand: two people, a closed list of grounds, an end; each rule with an attempt around it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from jedel.access import Role
from jedel.access.model import Method, Principal
from jedel.access.service import add_account, open_session
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.plates import keys
from jedel.qorgau.model import ActionNumber, Ground
from jedel.qorgau.watch import jobs, lists, load, model, service
from tests.lookups.world import journal
from tests.qorgau.watch_seen import WATCH, approved, body, code, held, today, word
from tests.support import Api
from tests.support.seed import account_id


async def test_nothing_is_looked_for_before_a_second_person_approved(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    made = await duty.ok("POST", WATCH, json=body(store))
    assert (made["state"], made["plate"], made["ground"]) == ("proposed", "777ABC02", "wanted")
    assert await held(store) == {}
    done = await supervisor.ok("POST", f"{WATCH}/{made['id']}/approve", json=word())
    assert (done["state"], done["owner_name"], done["decided_by"]) == (
        "active", "Test duty", "Test supervisor",
    )  # fmt: skip
    row = (await held(store))["777ABC02"]
    assert row["grounds"] is Ground.WANTED
    assert row["action"] == ActionNumber.STOP
    assert row["entry"] == UUID(made["id"])
    assert row["until"] == (today(store) + timedelta(days=10) - date(1970, 1, 1)).days
    (fact,) = [each["data"] for each in await journal(store, "qorgau.watch_approved")]
    assert (fact["plate"], fact["legal"], fact["owner"]) == (
        "777ABC02", "stolen_vehicle", str(account_id("duty")),
    )  # fmt: skip


async def test_nobody_approves_his_own_by_no_session(client: Api, store: Store) -> None:
    one, other = await client.login("supervisor"), await client.login("supervisor")
    made = await one.ok("POST", WATCH, json=body(store))
    for seat in (one, other):
        assert await code(seat, f"{WATCH}/{made['id']}/approve", word()) == "watch_own_entry"
        assert await code(seat, f"{WATCH}/{made['id']}/refuse", word(reason="x")) == "watch_own_entry"
    assert await held(store) == {}


async def test_the_database_keeps_the_second_person_too(client: Api, store: Store) -> None:
    duty = await client.login("duty")
    made = await duty.ok("POST", WATCH, json=body(store))
    for forged in ("state = 'active', decided_by = owner", "state = 'active'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            async with store.transaction() as tx:
                await tx.conn.execute(f"UPDATE watch_entry SET {forged} WHERE id = %s", (made["id"],))


async def test_who_may_propose_and_who_may_approve(client: Api, store: Store) -> None:
    duty = await client.login("duty")
    made = await duty.ok("POST", WATCH, json=body(store))
    path = f"{WATCH}/{made['id']}"
    for login in ("operator", "officer", "admin", "auditor"):
        seat = await client.login(login)
        assert await code(seat, WATCH, body(store)) == "forbidden"
        assert await code(seat, f"{path}/approve", word()) == "forbidden"
        assert await code(seat, f"{path}/revoke", word(reason="x")) == "forbidden"
    tablet, _, _ = await client.device("tablet")
    assert await code(tablet, WATCH, body(store)) == "forbidden"
    assert (await tablet.get(WATCH)).status_code == 403
    # another duty officer has not the authority
    await add_account(
        store, account_id=(second := uuid4()), login="duty2", name="Second", role=Role.DUTY_OFFICER,
        region="00", language="en", password="correct horse battery staple",
    )  # fmt: skip
    seat = client.anonymous()
    who = Principal("account", second, "Second", "00", Role.DUTY_OFFICER)
    seat.cookies.set("jedel_session", await open_session(store, who, "", Method.PASSKEY))
    assert await code(seat, f"{path}/approve", word()) == "forbidden"
    assert await held(store) == {}


async def test_another_region_sees_and_decides_nothing(client: Api, store: Store) -> None:
    made = await approved(client, store)
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", WATCH) == []
    assert await code(elsewhere, f"{WATCH}/{made['id']}/revoke", word(reason="x")) == "not_found"
    await add_account(
        store, account_id=(other := uuid4()), login="chief2", name="Chief", role=Role.SUPERVISOR,
        region="02", language="en", password="correct horse battery staple",
    )  # fmt: skip
    seat = client.anonymous()
    who = Principal("account", other, "Chief", "02", Role.SUPERVISOR)
    seat.cookies.set("jedel_session", await open_session(store, who, "", Method.PASSKEY))
    waits = await (await client.login("duty")).ok("POST", WATCH, json=body(store, plate="001AAA01"))
    assert await code(seat, f"{WATCH}/{waits['id']}/approve", word()) == "not_found"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"legal": "attended a meeting"}, "watch_ground_unknown"),
        ({"legal": "opinion"}, "watch_ground_unknown"),
        ({"legal": "lost_plate", "action": "observe"}, "watch_action_not_of_ground"),
        ({"case_number": None}, "watch_number_needed"),
        ({"legal": "fresh_crime", "until": "tomorrow"}, "watch_number_needed"),
        ({"legal": "fresh_crime", "incident_id": str(uuid4())}, "watch_until"),
        ({"plate": "Ж-Ж-Ж"}, "watch_plate"),
        ({"plate": "X" * 10_000}, "malformed_request"),
        ({"reason": ""}, "malformed_request"),
        ({"source": ""}, "malformed_request"),
        ({"action": "arrest"}, "malformed_request"),
        ({"ground": "wanted"}, "malformed_request"),
        ({"state": "active"}, "malformed_request"),
    ],
)
async def test_what_may_not_stand_in_an_entry(
    client: Api, store: Store, more: dict[str, Any], said: str
) -> None:
    duty = await client.login("duty")
    if more.get("until"):
        more = more | {"until": (today(store) + timedelta(days=1)).isoformat()}
    answer = await duty.post(WATCH, json=body(store, **more))
    assert answer.status_code == 422, answer.text
    if said != "malformed_request":
        assert answer.json()["code"] == said
    assert await duty.ok("GET", WATCH) == []


async def test_an_incident_must_be_of_the_own_region(client: Api, store: Store) -> None:
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    said: dict[str, Any] = {"legal": "danger_on_road", "until": today(store).isoformat(), "case_number": None}
    happened = {"class": "traffic", "priority": "urgent", "lon": 71.43, "lat": 51.13}
    theirs = await elsewhere.ok("POST", "/api/incidents", json=word(**happened))
    for incident_id in (str(uuid4()), theirs["id"], str(account_id("duty"))):
        more = said | {"incident_id": incident_id}
        assert await code(duty, WATCH, body(store, **more)) == "watch_number_needed"
    ours = await duty.ok("POST", "/api/incidents", json=word(**happened))
    made = await duty.ok("POST", WATCH, json=body(store, **said, incident_id=ours["id"]))
    assert (made["incident_id"], made["ground"]) == (ours["id"], "department")


async def test_an_entry_lasts_no_longer_than_its_ground(client: Api, store: Store) -> None:
    duty = await client.login("duty")
    for until in (today(store) - timedelta(days=1), today(store) + timedelta(days=366)):
        assert await code(duty, WATCH, body(store, until=until.isoformat())) == "watch_until"
    made = await approved(client, store)
    # nor is it made longer afterwards
    for until in (date.fromisoformat(made["until"]), today(store) + timedelta(days=400)):
        path, said = f"{WATCH}/{made['id']}/shorten", word(until=until.isoformat())
        assert await code(duty, path, said) == "watch_until"


async def test_a_last_day_ends_an_entry_without_anybody(
    client: Api, store: Store, clock: ManualClock
) -> None:
    made = await approved(client, store, until=today(store).isoformat())
    assert set(await held(store)) == {"777ABC02"}
    clock.advance(86_400)
    assert await held(store) == {}  # no job has run
    duty = await client.login("duty")
    (seen,) = await duty.ok("GET", WATCH, params={"state": "expired"})
    assert (seen["id"], seen["state"]) == (made["id"], "expired")
    assert await code(duty, f"{WATCH}/{made['id']}/revoke", word(reason="x")) == "watch_entry_decided"
    async with store.reading() as tx:
        before = await load.version(tx.conn)
    assert await jobs.expire(store) == 1
    assert await jobs.expire(store) == 0
    (fact,) = await journal(store, "qorgau.watch_expired")
    assert fact["data"] == {"entries": 1, "proposals": 0}
    async with store.reading() as tx:
        came, gone, _ = await load.changes(tx.conn, before, today(store))
    assert (len(came), [keys.text(int(each)) for each in gone]) == (0, ["777ABC02"])


async def test_a_proposal_that_nobody_decided_ends(client: Api, store: Store, clock: ManualClock) -> None:
    duty = await client.login("duty")
    made = await duty.ok("POST", WATCH, json=body(store))
    clock.advance(model.PROPOSAL_LIFE.total_seconds() + 1)
    supervisor = await client.login("supervisor")
    assert await code(supervisor, f"{WATCH}/{made['id']}/approve", word()) == "watch_entry_decided"
    duty = await client.login("duty")
    assert (await duty.post(WATCH, json=body(store))).status_code == 201  # proposed anew


async def test_what_has_ended_does_not_come_back(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    made = await approved(client, store)
    path = f"{WATCH}/{made['id']}"
    command = word(reason="the car was found")
    assert (await duty.ok("POST", f"{path}/revoke", json=command))["state"] == "revoked"
    assert (await duty.ok("POST", f"{path}/revoke", json=command))["state"] == "revoked"  # said again
    assert await held(store) == {}
    for act, said in (("approve", word()), ("refuse", word(reason="x")), ("revoke", word(reason="x"))):
        assert await code(supervisor, f"{path}/{act}", said) == "watch_entry_decided"
    assert len(await journal(store, "qorgau.watch_revoked")) == 1


async def test_a_refusal_is_read_by_the_proposer(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    made = await duty.ok("POST", WATCH, json=body(store))
    await supervisor.ok("POST", f"{WATCH}/{made['id']}/refuse", json=word(reason="no case file"))
    (seen,) = await duty.ok("GET", WATCH, params={"state": "refused"})
    assert (seen["end_reason"], seen["ended_by"]) == ("no case file", "Test supervisor")
    assert await held(store) == {}


async def test_the_same_twice_is_one_and_another_under_its_id_is_refused(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    said = body(store)
    assert await duty.ok("POST", WATCH, json=said) == await duty.ok("POST", WATCH, json=said)
    assert await code(duty, WATCH, said | {"plate": "001AAA01"}) == "watch_other_entry"
    assert await code(supervisor, WATCH, said) == "watch_other_entry"
    assert await code(duty, WATCH, said | {"id": str(uuid4())}) == "watch_entry_exists"
    assert len(await journal(store, "qorgau.watch_proposed")) == 1


async def test_a_ground_that_is_no_more_is_not_approved(
    client: Api, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    made = await duty.ok("POST", WATCH, json=body(store))
    path = f"{WATCH}/lists/{uuid4()}"
    terms = {name: value for name, value in body(store).items() if name not in {"id", "plate"}}
    await duty.ok("POST", path, params=terms | {"name": "x"}, content=b"plate\n001AAA01\n")
    monkeypatch.setattr(service, "legal_grounds", dict)
    monkeypatch.setattr(lists, "legal_grounds", dict)
    assert await code(supervisor, f"{WATCH}/{made['id']}/approve", word()) == "watch_ground_unknown"
    assert await code(supervisor, f"{path}/approve", word()) == "watch_ground_unknown"
    assert await held(store) == {}


async def test_what_waits_or_is_over_is_not_shortened(client: Api, store: Store) -> None:
    duty = await client.login("duty")
    made = await duty.ok("POST", WATCH, json=body(store))
    path, said = f"{WATCH}/{made['id']}", word(until=today(store).isoformat())
    assert await code(duty, f"{path}/shorten", said) == "watch_entry_decided"
    # who proposed it may take it back before anybody decided, and no worker hears of it
    async with store.reading() as tx:
        before = await load.version(tx.conn)
    assert (await duty.ok("POST", f"{path}/revoke", json=word(reason="a mistake")))["state"] == "revoked"
    async with store.reading() as tx:
        assert await load.version(tx.conn) == before


async def test_who_reads_the_list_sees_what_is_open(client: Api, store: Store, clock: ManualClock) -> None:
    made = await approved(client, store)
    clock.advance(1)
    other = await approved(client, store, plate="001AAA01")
    for login in ("operator", "auditor"):
        seat = await client.login(login)
        assert [each["id"] for each in await seat.ok("GET", WATCH)] == [other["id"], made["id"]]
        of_plate = await seat.ok("POST", f"{WATCH}/of-plate", json={"plate": "777авс02"})
        assert [each["id"] for each in of_plate] == [made["id"]]
        listed = await seat.ok("GET", f"{WATCH}/grounds")
        assert {each["code"] for each in listed} >= {"stolen_vehicle", "lost_plate"}
    officer = await client.login("officer")
    assert (await officer.get(WATCH)).status_code == 403
    async with store.reading() as tx:
        shown = await service.collection(tx, "00")
        assert await service.collection(tx, "02") == []
    assert [(str(each["id"]), each["plate"]) for each in shown] == [
        (other["id"], "001AAA01"), (made["id"], "777ABC02"),
    ]  # fmt: skip
