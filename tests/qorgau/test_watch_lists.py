"""Files of plates: taken as a whole or not at all, approved as a whole by a second person."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from jedel.dispatch.day import local_day
from jedel.journal import Store
from jedel.qorgau.watch import errors, lists
from tests.lookups.world import journal
from tests.qorgau.watch_seen import WATCH, code, held, word
from tests.support import Api

FILE = "plate;note\n777 abc 02;x\n123 АВС 01;y\n\n777ABC02;twice\n"


def terms(store: Store, **more: Any) -> dict[str, Any]:
    until = local_day(store.clock.now()) + timedelta(days=10)
    return {
        "name": "lost plates, November", "legal": "lost_plate", "action": "inform", "source": "Station 3",
        "until": until.isoformat(), "reason": "lost at the depot", "case_number": "26-7500-1/17",
    } | more  # fmt: skip


async def test_a_file_is_approved_as_a_whole(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    path = f"{WATCH}/lists/{uuid4()}"
    made = await duty.ok("POST", path, params=terms(store), content=FILE.encode())
    again = await duty.ok("POST", path, params=terms(store), content=FILE.encode())
    assert made == again
    assert (made["rows"], made["states"], made["terms"]["state"]) == (2, {"proposed": 2}, "proposed")
    assert await held(store) == {}
    # one entry alone is not approved past the others
    entry = (await duty.ok("GET", WATCH))[0]
    assert await code(supervisor, f"{WATCH}/{entry['id']}/approve", word()) == "not_found"
    command = word()
    done = await supervisor.ok("POST", f"{path}/approve", json=command)
    assert done["states"] == {"active": 2}
    assert await supervisor.ok("POST", f"{path}/approve", json=command) == done
    assert set(await held(store)) == {"777ABC02", "123ABC01"}
    (fact,) = [each["data"] for each in await journal(store, "qorgau.watch_approved")]
    assert (fact["entries"], fact["sha256"], fact["list"]) == (2, made["sha256"], "lost plates, November")
    # one wrong line is taken out by itself, the rest with the list
    await duty.ok("POST", f"{WATCH}/{entry['id']}/revoke", json=word(reason="not lost"))
    assert len(await held(store)) == 1
    gone = await duty.ok("POST", f"{path}/revoke", json=word(reason="all found"))
    assert gone["states"] == {"revoked": 2}
    assert await held(store) == {}
    assert await code(duty, f"{path}/revoke", word(reason="x")) == "watch_entry_decided"
    assert await code(supervisor, f"{path}/approve", word()) == "watch_entry_decided"


async def test_nobody_approves_his_own_file(client: Api, store: Store) -> None:
    one, other = await client.login("supervisor"), await client.login("supervisor")
    path = f"{WATCH}/lists/{uuid4()}"
    await one.ok("POST", path, params=terms(store), content=FILE.encode())
    for seat in (one, other):
        assert await code(seat, f"{path}/approve", word()) == "watch_own_entry"
        assert await code(seat, f"{path}/refuse", word(reason="x")) == "watch_own_entry"
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    assert await code(duty, f"{path}/approve", word()) == "forbidden"
    assert await code(elsewhere, f"{path}/revoke", word(reason="x")) == "not_found"
    assert await elsewhere.ok("GET", f"{WATCH}/lists") == []
    assert await held(store) == {}


async def test_a_refused_file_stays_refused(client: Api, store: Store) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    path = f"{WATCH}/lists/{uuid4()}"
    await duty.ok("POST", path, params=terms(store), content=FILE.encode())
    done = await supervisor.ok("POST", f"{path}/refuse", json=word(reason="no case"))
    assert (done["states"], done["terms"]["end_reason"]) == ({"refused": 2}, "no case")
    assert await code(supervisor, f"{path}/approve", word()) == "watch_entry_decided"
    (seen,) = await duty.ok("GET", f"{WATCH}/lists")
    assert seen["states"] == {"refused": 2}
    assert await held(store) == {}


async def test_a_file_under_the_id_of_another_is_refused(client: Api, store: Store) -> None:
    duty = await client.login("duty")
    path = f"{WATCH}/lists/{uuid4()}"
    await duty.ok("POST", path, params=terms(store), content=FILE.encode())
    answer = await duty.post(path, params=terms(store), content=b"plate\n001AAA01\n")
    assert answer.json()["code"] == "watch_other_entry"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"legal": "attended a meeting"}, "watch_ground_unknown"),
        ({"action": "observe"}, "watch_action_not_of_ground"),
        ({"until": "2099-01-01"}, "watch_until"),
    ],
)
async def test_a_file_keeps_the_rules_of_its_ground(
    client: Api, store: Store, more: dict[str, str], said: str
) -> None:
    duty = await client.login("duty")
    answer = await duty.post(f"{WATCH}/lists/{uuid4()}", params=terms(store, **more), content=FILE.encode())
    assert answer.json()["code"] == said
    assert await duty.ok("GET", f"{WATCH}/lists") == []


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 1),
        (b"plate\n", 1),
        (b"number\n777ABC02\n", 1),
        (b"plate\n777ABC02\n??\n", 3),
        (b"plate,x\n777ABC02,1\n001AAA01\n", 3),
        (b'plate\n"777ABC02\n', 2),
        ("plate\n777ABC02\n".encode("utf-16"), 1),
        (b"plate\n777\x00ABC02\n", 2),
    ],
)
def test_a_file_with_one_bad_line_is_refused(raw: bytes, line: int) -> None:
    with pytest.raises(errors.ListUnusable) as refused:
        lists.plates(raw)
    assert refused.value.params["line"] == line


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "ROWS_MAX", 2)
    assert len(lists.plates(b"plate\n001AAA01\n002AAA01\n001AAA01\n")) == 2
    with pytest.raises(errors.ListTooLong):
        lists.plates(b"plate\n001AAA01\n002AAA01\n003AAA01\n")


async def test_a_flood_is_cut_off(client: Api, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "BYTES_MAX", 1000)
    duty = await client.login("duty")
    answer = await duty.post(
        f"{WATCH}/lists/{uuid4()}", params=terms(store), content=b"plate\n" + b"001AAA01\n" * 1000
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "watch_list_too_long")
