"""Calls through the routes, on a real database: from the press to the end, retried, twice, lost, in test."""

from uuid import uuid4

from fastapi import FastAPI

from jedel.app.wiring import COLLECTIONS
from jedel.calls import jobs
from jedel.calls.model import LINES_MAX, SILENT_AFTER, TEST_LASTS
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.calls.support import catch_up, command, kinds, post
from tests.support import Api
from tests.support.replay import assert_live_equals_fetched
from tests.support.seed import REGION, account_id


async def test_a_press_is_a_call_that_one_officer_answers(
    client: Api, app: FastAPI, clock: ManualClock
) -> None:
    store: Store = app.state.store
    one, desk, second = await post(client), await client.login("duty"), await client.login("supervisor")
    call = await one.ring(language="kk")
    assert (call["state"], call["answered"], call["help"]) == (
        "ringing",
        False,
        {"state": "none", "minutes": None},
    )
    await catch_up(store)
    (incident,) = await desk.ok("GET", "/api/incidents")
    seen = await desk.ok("GET", f"/api/calls/{call['id']}")
    assert seen["incident_id"] == incident["id"]
    assert (seen["device_name"], seen["language"], seen["test"]) == ("Post 7", "kk", False)

    answer = command()
    seen = await desk.ok("POST", f"/api/calls/{call['id']}/answer", **answer)
    assert (seen["state"], seen["answered_name"]) == ("answered", "Test duty")
    assert await desk.ok("POST", f"/api/calls/{call['id']}/answer", **answer) == seen
    refused = await second.post(f"/api/calls/{call['id']}/answer", **command())
    assert (refused.status_code, refused.json()["code"]) == (409, "call_answered")
    assert "Test duty" in refused.json()["title"] + refused.json().get("detail", "")
    (alarm,) = await desk.ok("GET", "/api/alarms")
    assert (alarm["state"], alarm["acknowledged_by"]) == ("acknowledged", f"account:{account_id('duty')}")
    await catch_up(store)
    assert (await desk.ok("GET", f"/api/incidents/{incident['id']}"))["times"]["answered"]
    assert (await one.hears(call["id"]))["answered"]

    taken = await second.ok(
        "POST", f"/api/calls/{call['id']}/answer", **command(instead_of=str(account_id("duty")))
    )
    assert taken["answered_name"] == "Test supervisor"
    over = await second.ok("POST", f"/api/calls/{call['id']}/end", **command())
    assert (over["state"], over["end_reason"]) == ("ended", "officer")
    assert (await one.hears(call["id"]))["state"] == "ended"
    log = await desk.ok("GET", f"/api/incidents/{incident['id']}/log")
    assert [kind for kind in kinds(log) if kind.startswith("calls.")] == [
        "calls.linked",
        "calls.answered",
        "calls.answered",
        "calls.ended",
    ]
    await assert_live_equals_fetched(store, COLLECTIONS, REGION)


async def test_words_and_signs_go_both_ways_and_into_the_log(client: Api, app: FastAPI) -> None:
    one, desk = await post(client), await client.login("duty")
    call = await one.ring()
    await catch_up(app.state.store)
    path = f"/api/calls/{call['id']}/text"
    sign = command(code="medical")
    for _ in range(2):
        await one.seat.ok("POST", path, **sign)
    await desk.ok("POST", path, **command(code="are_you_hurt"))
    await desk.ok("POST", path, **command(text="Выйдите к фонтану"))
    lines = (await one.hears(call["id"]))["lines"]
    assert [(x["nth"], x["side"], x["code"], x["text"]) for x in lines] == [
        (1, "post", "medical", None),
        (2, "desk", "are_you_hurt", None),
        (3, "desk", None, "Выйдите к фонтану"),
    ]
    incident_id = (await desk.ok("GET", f"/api/calls/{call['id']}"))["incident_id"]
    log = await desk.ok("GET", f"/api/incidents/{incident_id}/log")
    assert [x["data"]["code"] for x in log if x["kind"] == "calls.said"] == ["medical", "are_you_hurt", None]
    for wrong in ({"code": "are_you_hurt"}, {"text": "a post has no keyboard"}):
        assert (await one.seat.post(path, **command(**wrong))).status_code == 403
    for wrong in ({}, {"code": "rubbish"}, {"code": "yes", "text": "x"}):
        assert (await desk.post(path, **command(**wrong))).status_code == 422
    changed = await one.seat.ok("POST", f"/api/calls/{call['id']}/language", **command(language="en"))
    assert changed["language"] == "en"
    await assert_live_equals_fetched(app.state.store, COLLECTIONS, REGION)


async def test_a_conversation_has_a_last_line(client: Api) -> None:
    one = await post(client)
    call = await one.ring()
    for _ in range(LINES_MAX):
        await one.seat.ok("POST", f"/api/calls/{call['id']}/text", **command(code="yes"))
    full = await one.seat.post(f"/api/calls/{call['id']}/text", **command(code="no"))
    assert (full.status_code, full.json()["code"]) == (429, "call_too_many_lines")


async def test_the_same_press_again_is_the_same_call(client: Api, app: FastAPI) -> None:
    one = await post(client)
    call_id = str(uuid4())
    call = await one.ring(call_id=call_id)
    signal = str(uuid4())
    again = await one.seat.ok(
        "POST", "/api/calls", json={"id": call_id, "signal_id": signal, "language": "kk"}
    )
    assert again["id"] == call["id"] == call_id
    pressed = await one.ring()
    assert pressed["id"] == call_id, "a press during a call joins it"
    assert (await one.seat.ok("GET", "/api/calls/own"))["call"]["id"] == call_id
    early = await one.seat.post(
        "/api/calls", json={"id": str(uuid4()), "signal_id": signal, "language": "kk"}
    )
    assert (early.status_code, early.json()["code"]) == (409, "call_without_press")
    await assert_live_equals_fetched(app.state.store, COLLECTIONS, REGION)


async def test_a_silent_post_is_lost_and_comes_back(client: Api, app: FastAPI, clock: ManualClock) -> None:
    store: Store = app.state.store
    one, desk = await post(client), await client.login("duty")
    call = await one.ring()
    await desk.ok("POST", f"/api/calls/{call['id']}/answer", **command())
    clock.advance(SILENT_AFTER.total_seconds() - 1)
    assert await jobs.sweep(store) == 0
    await one.hears(call["id"])
    clock.advance(SILENT_AFTER.total_seconds() + 1)
    assert await jobs.sweep(store) == 1
    assert await jobs.sweep(store) == 0
    seen = await desk.ok("GET", f"/api/calls/{call['id']}")
    assert seen["state"] == "lost"
    assert seen["lost_at"]
    assert (await one.hears(call["id"]))["state"] == "answered"
    await assert_live_equals_fetched(store, COLLECTIONS, REGION)


async def test_a_post_under_test_raises_nothing_and_a_real_press_ends_the_trial(
    client: Api, app: FastAPI, clock: ManualClock
) -> None:
    store: Store = app.state.store
    one, desk = await post(client), await client.login("duty")
    await desk.ok("POST", f"/api/devices/{one.id}/test-mode", **command(on=True, minutes=30))
    assert (await one.seat.ok("GET", "/api/calls/own"))["test_until"]
    trial = await one.ring()
    assert trial["test"]
    await catch_up(store)
    assert await desk.ok("GET", "/api/incidents") == []
    assert await desk.ok("GET", "/api/alarms") == []
    assert (await desk.ok("POST", f"/api/calls/{trial['id']}/answer", **command()))["test"]
    await desk.ok("POST", f"/api/devices/{one.id}/test-mode", **command(on=False))
    real = await one.ring()
    assert (real["test"], real["id"] != trial["id"]) == (False, True)
    assert (await desk.ok("GET", f"/api/calls/{trial['id']}"))["end_reason"] == "press"
    await desk.ok("POST", f"/api/calls/{real['id']}/end", **command())
    await desk.ok("POST", f"/api/devices/{one.id}/test-mode", **command(on=True, minutes=30))
    trial = await one.ring()
    clock.advance(TEST_LASTS.total_seconds())
    assert await jobs.sweep(store) == 1
    assert (await desk.ok("GET", f"/api/calls/{trial['id']}"))["end_reason"] == "time"
    await assert_live_equals_fetched(store, COLLECTIONS, REGION)


async def test_it_ends_with_its_incident_and_moves_with_its_alarm(client: Api, app: FastAPI) -> None:
    store: Store = app.state.store
    one, other, desk = await post(client), await post(client, "Post 8"), await client.login("duty")
    first, second = await one.ring(), await other.ring()
    await catch_up(store)
    ids = [(await desk.ok("GET", f"/api/calls/{each['id']}"))["incident_id"] for each in (first, second)]
    assert len(set(ids)) == 2
    await desk.ok("POST", f"/api/incidents/{ids[0]}/join", **command(into=ids[1]))
    await catch_up(store)
    assert (await desk.ok("GET", f"/api/calls/{first['id']}"))["incident_id"] == ids[1]
    await desk.ok("POST", f"/api/incidents/{ids[1]}/close", **command(result="resolved"))
    await catch_up(store)
    for each in (first, second):
        assert (await desk.ok("GET", f"/api/calls/{each['id']}"))["end_reason"] == "incident"
    over = await desk.post(f"/api/calls/{first['id']}/answer", **command())
    assert (over.status_code, over.json()["code"]) == (409, "call_over")
    late = await one.ring()
    assert late["id"] != first["id"]
    await assert_live_equals_fetched(store, COLLECTIONS, REGION)


async def test_a_post_sees_its_own_call_only_and_no_names(client: Api) -> None:
    one, other, desk = await post(client), await post(client), await client.login("duty")
    elsewhere = await client.login("elsewhere")
    call = await one.ring()
    await desk.ok("POST", f"/api/calls/{call['id']}/answer", **command())
    assert "duty" not in str(await one.hears(call["id"]))
    assert (await other.seat.get(f"/api/calls/{call['id']}/post")).status_code == 404
    assert (await other.seat.post(f"/api/calls/{call['id']}/text", **command(code="yes"))).status_code == 404
    assert (await other.seat.post(f"/api/calls/{call['id']}/listen", content="v=0")).status_code == 404
    assert (await elsewhere.get(f"/api/calls/{call['id']}")).status_code == 404
    supervisor = await client.login("supervisor")
    voice = await supervisor.post(f"/api/calls/{call['id']}/voice", content="v=0")
    assert (voice.status_code, voice.json()["code"]) == (403, "call_not_yours")
