"""A second person's no, and what the asker hears of it."""

from typing import Any
from uuid import uuid4

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.lookups import model
from tests.lookups.world import PERSON, journal
from tests.support import Api

IIN = "900101300017"


def background() -> dict[str, Any]:
    return {"id": str(uuid4()), "iin": IIN, "purpose": "background", "case_number": "26-7500-1/17"}


async def test_a_refusal_is_read_by_the_asker_and_stays(client: Api, store: Store) -> None:
    officer, duty, supervisor = [await client.login(each) for each in ("officer", "duty", "supervisor")]
    body, word = background(), {"id": str(uuid4()), "reason": "no papers"}
    await officer.post(PERSON, json=body)
    path = f"/api/lookups/{body['id']}"
    await duty.ok("POST", f"{path}/refuse", json=word)
    await duty.ok("POST", f"{path}/refuse", json=word)  # said again
    answer = await officer.ok("POST", PERSON, json=body)
    assert (answer["state"], answer["parts"], answer["refusal"]) == ("refused", None, "no papers")
    assert answer["decided_by"] == "Test duty"
    again = await supervisor.post(f"{path}/grant", json={"id": str(uuid4())})
    assert again.json()["code"] == "already_decided"
    assert (await officer.ok("POST", PERSON, json=body))["state"] == "refused"
    assert await supervisor.ok("GET", "/api/lookups/waiting") == []
    assert [each["data"] for each in await journal(store, "lookups.refused")] == [{"reason": "no papers"}]


async def test_a_grant_is_not_taken_back(client: Api) -> None:
    officer, duty, supervisor = [await client.login(each) for each in ("officer", "duty", "supervisor")]
    body = background()
    await officer.post(PERSON, json=body)
    await duty.ok("POST", f"/api/lookups/{body['id']}/grant", json={"id": str(uuid4())})
    answer = await supervisor.post(
        f"/api/lookups/{body['id']}/refuse", json={"id": str(uuid4()), "reason": "x"}
    )
    assert answer.json()["code"] == "already_decided"
    assert (await officer.ok("POST", PERSON, json=body))["decided_by"] == "Test duty"


async def test_nobody_refuses_their_own_nor_another_region_s_nor_without_a_word(client: Api) -> None:
    duty, elsewhere, officer = [await client.login(each) for each in ("duty", "elsewhere", "officer")]
    body = background()
    await duty.post(PERSON, json=body)
    path, word = f"/api/lookups/{body['id']}/refuse", {"id": str(uuid4()), "reason": "x"}
    assert (await duty.post(path, json=word)).json()["code"] == "own_look_up"
    assert (await elsewhere.post(path, json=word)).status_code == 404
    assert (await officer.post(path, json=word)).status_code == 403
    assert (await elsewhere.post(path, json={"id": str(uuid4()), "reason": ""})).status_code == 422


async def test_a_question_that_nobody_decided_ends(client: Api, clock: ManualClock) -> None:
    officer, body = await client.login("officer"), background()
    await officer.post(PERSON, json=body)
    clock.advance(model.GRANT_LIFE.total_seconds() + 1)
    assert (await officer.post(PERSON, json=body)).json()["code"] == "answer_expired"
