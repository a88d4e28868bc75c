"""The room's routes, as the console, the administrator and a device with HTTP see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from jedel.journal import Store
from tests.alarms.support import kinds, panel_account, rows
from tests.support import Api, Seat

KEY = "000102030405060708090a0b0c0d0e0f"


def signal(kind: str = "press", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": kind} | more


async def refused(seat: Seat, method: str, path: str, status: int, code: str, **kwargs: Any) -> None:
    answer = await seat.request(method, path, **kwargs)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_press_by_http_is_seen_acknowledged_and_closed(client: Api) -> None:
    button, button_id, _ = await client.device("panic_button", name="School 1")
    said = signal(level="help")
    receipt = await button.ok("POST", "/api/device/signals", json=said)
    assert receipt["receipt"] == said["id"]
    assert await button.ok("POST", "/api/device/signals", json=said) == receipt
    duty = await client.login("duty")
    (alarm,) = await duty.ok("GET", "/api/alarms")
    assert (alarm["id"], alarm["device_id"], alarm["state"]) == (receipt["alarm"], str(button_id), "open")
    (device,) = await duty.ok("GET", "/api/alarms/devices")
    assert device["available"] is True
    path = f"/api/alarms/{alarm['id']}"
    known = await duty.ok("POST", f"{path}/acknowledge", json={"id": str(uuid4())})
    assert known["state"] == "acknowledged"
    await refused(duty, "POST", f"{path}/acknowledge", 409, "alarm_not_open", json={"id": str(uuid4())})
    over = await duty.ok("POST", f"{path}/close", json={"id": str(uuid4()), "result": "false_alarm"})
    assert over["state"] == "closed"
    assert await duty.ok("GET", "/api/alarms") == []


async def test_a_receipt_says_our_time(client: Api) -> None:
    button, _, _ = await client.device("post")
    receipt = await button.ok("POST", "/api/device/signals", json=signal(at="2001-01-01T00:00:00Z"))
    assert abs(datetime.fromisoformat(receipt["at"]) - datetime.now(UTC)) < timedelta(minutes=5)


async def test_test_mode_by_the_api(client: Api, store: Store) -> None:
    button, button_id, _ = await client.device("panic_button")
    duty = await client.login("duty")
    path = f"/api/devices/{button_id}/test-mode"
    view = await duty.ok("POST", path, json={"id": str(uuid4()), "on": True, "minutes": 20})
    assert view["test_until"] is not None
    assert (await button.ok("POST", "/api/device/signals", json=signal()))["alarm"] is None
    await duty.ok("POST", path, json={"id": str(uuid4()), "on": False})
    assert (await button.ok("POST", "/api/device/signals", json=signal()))["alarm"] is not None
    wrong: tuple[dict[str, object], ...] = (
        {"on": True},
        {"on": True, "minutes": 481},
        {"on": True, "minutes": 0},
        {"minutes": 5},
    )
    for body in wrong:
        await refused(duty, "POST", path, 422, "invalid_request", json={"id": str(uuid4())} | body)
    gone = f"/api/devices/{uuid4()}/test-mode"
    off = {"id": str(uuid4()), "on": False}
    await refused(duty, "POST", gone, 404, "not_found", json=off)


async def test_a_panels_settings_are_set_and_its_key_never_shown(client: Api, store: Store) -> None:
    account = panel_account()
    _, panel_id, _ = await client.device("panel", account=account)
    admin = await client.login("admin")
    body = {"id": str(uuid4()), "aes_key": KEY, "poll_s": 60, "zones": {"1": "help", "2": "lockdown"}}
    answer = await admin.ok("POST", f"/api/devices/{panel_id}/panel", json=body)
    assert KEY not in str(answer)
    assert await admin.ok("POST", f"/api/devices/{panel_id}/panel", json=body) == answer
    assert await rows(store, "SELECT aes_key FROM panel") == [{"aes_key": bytes.fromhex(KEY)}]
    assert await rows(store, "SELECT expected_s FROM device_state") == [{"expected_s": 60}]
    journal = await rows(store, "SELECT payload FROM journal")
    assert KEY not in str(journal)
    assert (await kinds(store)).count("panel_set") == 1
    for wrong in ({"aes_key": "00"}, {"zones": {"01": "help"}}, {"zones": {"1": "loud"}}, {"poll_s": 1}):
        await refused(
            admin, "POST", f"/api/devices/{panel_id}/panel", 422, "invalid_request", json=body | wrong
        )
    _, post_id, _ = await client.device("post")
    body["id"] = str(uuid4())
    await refused(admin, "POST", f"/api/devices/{post_id}/panel", 409, "not_a_panel", json=body)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"press!", "not_json"), (b"[]", "bad_field"), (b'{"id":1}', "bad_field"), (b"x" * 5000, "too_long")],
)
async def test_what_a_device_sends_wrongly_is_kept(
    client: Api, store: Store, raw: bytes, reason: str
) -> None:
    button, button_id, _ = await client.device("panic_button")
    await refused(button, "POST", "/api/device/signals", 422, "signal_malformed", content=raw)
    (kept,) = await rows(store, "SELECT device_id, reason, driver FROM alarm_malformed")
    assert kept == {"device_id": button_id, "reason": reason, "driver": "http"}


async def test_who_may_what(client: Api) -> None:
    button, button_id, _ = await client.device("panic_button")
    tablet, _, _ = await client.device("tracker")
    await refused(tablet, "POST", "/api/device/signals", 403, "forbidden", json=signal())
    await refused(client.anonymous(), "POST", "/api/device/signals", 401, "unauthenticated", json=signal())
    await refused(button, "GET", "/api/alarms", 403, "forbidden")
    alarm = UUID((await button.ok("POST", "/api/device/signals", json=signal()))["alarm"])
    elsewhere = await client.login("elsewhere")
    assert await elsewhere.ok("GET", "/api/alarms") == []
    command = {"id": str(uuid4())}
    await refused(elsewhere, "POST", f"/api/alarms/{alarm}/acknowledge", 404, "not_found", json=command)
    test = {"id": str(uuid4()), "on": True, "minutes": 1}
    await refused(elsewhere, "POST", f"/api/devices/{button_id}/test-mode", 404, "not_found", json=test)
    operator = await client.login("operator")
    await refused(operator, "POST", f"/api/devices/{button_id}/test-mode", 403, "forbidden", json=test)
    extra = command | {"why": "because"}
    await refused(operator, "POST", f"/api/alarms/{alarm}/acknowledge", 422, "invalid_request", json=extra)
