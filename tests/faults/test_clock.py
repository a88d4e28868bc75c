"""The wall clock jumps, in both directions, while alarms come in and people work."""

from uuid import uuid4

import pytest

from jedel.journal import Store
from jedel.journal.model import verify
from jedel.kernel.clock import ManualClock
from tests.support import Api
from tests.support.replay import entries

HOUR_S = 3600.0


@pytest.mark.parametrize("jump_s", [-HOUR_S, -1.0, 10 * 60.0, 11 * HOUR_S])
async def test_an_alarm_lives_through_a_jump(
    client: Api, store: Store, clock: ManualClock, jump_s: float
) -> None:
    button, _, _ = await client.device("panic_button")

    async def press() -> dict[str, str]:
        answer: dict[str, str] = await button.ok(
            "POST", "/api/device/signals", json={"id": str(uuid4()), "kind": "press", "level": "help"}
        )
        return answer

    first = await press()
    clock.advance(jump_s)
    second = await press()
    assert second["alarm"] == first["alarm"], "a second press joins the open alarm, whatever the clock says"
    duty = await client.login("duty")  # a session rests at most half an hour, and the clock says more
    alarm = next(a for a in await duty.ok("GET", "/api/alarms") if a["id"] == first["alarm"])
    assert alarm["presses"] == 2
    clock.advance(-jump_s)
    duty = await client.login("duty")
    done = await duty.ok("POST", f"/api/alarms/{alarm['id']}/acknowledge", json={"id": str(uuid4())})
    assert done["state"] == "acknowledged"
    found = await entries(store, "00")
    assert verify("00", found) is None, "order in the journal is by sequence, not by the clock"
    ours = [entry.kind for entry in found if entry.kind.startswith("alarms.") and "device" not in entry.kind]
    assert ours == ["alarms.raised", "alarms.repeated", "alarms.acknowledged"]


async def test_a_session_ends_after_a_long_jump_and_signing_in_mends_it(
    client: Api, clock: ManualClock
) -> None:
    duty = await client.login("duty")
    clock.advance(40 * 24 * HOUR_S)
    assert (await duty.get("/api/alarms")).status_code == 401
    again = await client.login("duty")
    assert (await again.get("/api/alarms")).status_code == 200


async def test_a_device_is_not_locked_out_by_a_jump(client: Api, clock: ManualClock) -> None:
    button, _, _ = await client.device("post")
    for jump_s in (-30 * 24 * HOUR_S, 400 * 24 * HOUR_S, -2 * HOUR_S):
        clock.advance(jump_s)
        answer = await button.post(
            "/api/device/signals", json={"id": str(uuid4()), "kind": "press", "level": "help"}
        )
        assert answer.status_code == 200, answer.text


async def test_a_unit_changes_its_status_after_a_jump_back(client: Api, clock: ManualClock) -> None:
    admin = await client.login("admin")
    duty = await client.login("duty")
    unit = str(uuid4())
    await admin.ok("POST", "/api/units", json={"id": unit, "call_sign": "P1", "kind": "car"})
    await duty.ok("POST", f"/api/units/{unit}/shift", json={"id": str(uuid4()), "on": True})
    clock.advance(-HOUR_S)
    for status in ("busy", "available"):
        view = await duty.ok("POST", f"/api/units/{unit}/status", json={"id": str(uuid4()), "status": status})
        assert view["kept_status"] == status
