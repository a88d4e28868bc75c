"""Turning a real ONVIF camera (ipycam), and who may."""

import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from ipycam.config import CameraConfig
from ipycam.http import IPCameraHTTPHandler
from ipycam.onvif import ONVIFService
from ipycam.ptz import PTZController
from psycopg.types.json import Jsonb

from jedel.access import Role
from jedel.app.embedded.child import free_port
from jedel.app.settings import Settings
from jedel.cameras.ptz import model
from jedel.cameras.ptz.model import HELD_FOR, Lock
from jedel.dispatch.model import Priority
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.cameras.school import HERE, School
from tests.support import Api, Seat, eventually
from tests.support.replay import entries
from tests.support.seed import REGION


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def motors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, PTZController]]:
    """ipycam's ONVIF service with its motors, and its address."""
    monkeypatch.chdir(tmp_path)  # it keeps its presets where it stands
    port = free_port()
    config = CameraConfig(local_ip="127.0.0.1", onvif_port=port)
    turned = PTZController()
    service = ONVIFService(config, turned)
    # its list of presets uses a prefix that it does not declare, which no reader of XML takes
    answer = service._templates["ptz_get_presets"]
    declared = 'tptz:GetPresetsResponse xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"'
    answer = answer.replace("</ptz:GetPresetsResponse", "</tptz:GetPresetsResponse")
    service._templates["ptz_get_presets"] = answer.replace("ptz:GetPresetsResponse>", declared + ">", 1)
    _forgets(service, turned)
    camera = SimpleNamespace(config=config, onvif=service, ptz=turned)
    handler = type("Handler", (IPCameraHTTPHandler,), {"camera": camera})
    with Server(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{port}/onvif/device_service", turned
        server.shutdown()


def _forgets(service: ONVIFService, turned: PTZController) -> None:
    """RemovePreset, the one operation of presets that ipycam has not."""
    others = service.handle_action

    def handled(action: str, body: str) -> str | None:
        if "RemovePreset" not in body:  # the action itself does not come with SOAP 1.2
            answer: str | None = others(action, body)
            return answer
        turned.remove_preset(service._extract_xml_value(body, "PresetToken"))
        return str(service._wrap_envelope("<RemovePresetResponse/>"))

    service.handle_action = handled


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Cameras lie on this machine."""
    return settings.model_copy(update={"camera_networks": "127.0.0.0/8"})


@pytest.fixture
async def camera(store: Store, clock: ManualClock, motors: tuple[str, PTZController]) -> UUID:
    """A camera over a street that can be turned."""
    camera_id = await School(store, clock).camera(None, "street", at=HERE)
    async with store.transaction() as tx:
        await tx.conn.execute(
            "UPDATE camera SET kind = 'ptz', ptz = %s, onvif_url = %s WHERE id = %s",
            (Jsonb({}), motors[0], camera_id),
        )
    return camera_id


async def turn(seat: Seat, camera_id: UUID, **body: object) -> tuple[int, dict[str, Any]]:
    answer = await seat.post(f"/api/cameras/{camera_id}/ptz", json={"do": "move", "x": 0.5} | body)
    return answer.status_code, answer.json()


async def test_a_camera_turns_stops_and_goes_to_a_place(
    client: Api, camera: UUID, motors: tuple[str, PTZController]
) -> None:
    duty, (_, turned) = await client.login("duty"), motors
    status, lock = await turn(duty, camera, y=0.2, zoom=0.1)
    assert (status, lock["mine"], lock["taken_from"]) == (200, True, None)
    assert (turned.velocity.pan_speed, turned.velocity.tilt_speed) == (0.5, 0.2)

    async def moved() -> bool:
        return bool(turned.state.pan > 0)

    await eventually(moved)
    assert (await turn(duty, camera, do="stop", x=0))[0] == 200
    assert turned.velocity.pan_speed == 0
    turned.set_preset("1", "gate")
    found = await duty.ok("GET", f"/api/cameras/{camera}/ptz/presets")
    assert {"token": "1", "name": "gate"} in found
    assert (await turn(duty, camera, do="preset", x=0, preset="1"))[0] == 200
    assert (await turn(duty, camera, do="preset", x=0))[0] == 200


async def test_places_are_kept_gone_to_and_forgotten(
    client: Api, camera: UUID, motors: tuple[str, PTZController], store: Store
) -> None:
    duty, (_, turned) = await client.login("duty"), motors
    turned.absolute_move(0.5, 0.1, 0.0)
    path, saves = f"/api/cameras/{camera}/ptz/presets", {"id": str(uuid4()), "name": "Қақпа"}
    before = {each["token"] for each in await duty.ok("GET", path)}
    for _ in range(2):  # a retry keeps it once
        kept = await duty.ok("POST", path, json=saves)
        (gate,) = [each for each in kept if each["token"] not in before]
        assert gate["name"] == "Қақпа"
    turned.absolute_move(-0.5, 0, 0)
    assert (await turn(duty, camera, do="preset", x=0, preset=gate["token"]))[0] == 200

    async def there() -> bool:
        return bool(abs(turned.state.pan - 0.5) < 0.01)

    await eventually(there)
    operator = await client.login("operator")
    assert (await operator.post(path, json={"id": str(uuid4()), "name": "x"})).status_code == 403
    assert (await operator.get(path)).status_code == 200, "whoever may turn it sees where to"
    empty = await duty.post(path, json={"id": str(uuid4()), "name": "  "})
    assert empty.status_code == 422
    supervisor = await client.login("supervisor")
    gone = {"preset": gate["token"], "command": str(uuid4())}
    for _ in range(2):
        left = await supervisor.ok("DELETE", path, params=gone)
        assert gate["token"] not in {each["token"] for each in left}
    elsewhere = await client.login("elsewhere")
    assert (await elsewhere.post(path, json=saves)).status_code in {403, 404}
    facts = [entry.data for entry in await entries(store, REGION) if ".ptz_preset" in entry.kind]
    assert [each["preset"] for each in facts] == ["Қақпа", gate["token"]]


async def test_what_a_crash_left_half_done_is_done_once_more_and_once_only(
    client: Api, camera: UUID, motors: tuple[str, PTZController], store: Store
) -> None:
    """The camera had kept, or forgotten, the place; the process died before the journal had it."""
    duty, (_, turned) = await client.login("duty"), motors
    path = f"/api/cameras/{camera}/ptz/presets"
    turned.absolute_move(0.1, 0.0, 0.0)
    turned.set_preset("before", "Gate")
    turned.absolute_move(0.3, 0.0, 0.0)
    await duty.ok("POST", path, json={"id": str(uuid4()), "name": "Gate"})
    (gate,) = [each for each in turned.get_presets().values() if each.name == "Gate"]
    assert gate.pan == 0.3
    turned.remove_preset(gate.token)
    await duty.ok("DELETE", path, params={"preset": gate.token, "command": str(uuid4())})
    kinds = [entry.kind for entry in await entries(store, REGION) if ".ptz_preset" in entry.kind]
    assert kinds == ["cameras.ptz_preset_saved", "cameras.ptz_preset_removed"]


async def test_one_turns_at_a_time_and_a_higher_rank_takes_over_aloud(
    client: Api, camera: UUID, clock: ManualClock, store: Store
) -> None:
    operator, duty = await client.login("operator"), await client.login("duty")
    supervisor = await client.login("supervisor")
    assert (await turn(duty, camera))[0] == 200
    status, refused = await turn(operator, camera)
    assert (status, refused["code"]) == (409, "ptz_held")
    assert "Test duty" in refused["title"]
    status, lock = await turn(supervisor, camera)
    assert (status, lock["taken_from"]) == (200, "Test duty")
    assert (await turn(duty, camera))[1]["code"] == "ptz_held"
    clock.advance(HELD_FOR.total_seconds() - 1)
    assert (await turn(supervisor, camera))[0] == 200  # goes on
    clock.advance(HELD_FOR.total_seconds() - 1)
    assert (await turn(operator, camera))[1]["code"] == "ptz_held"
    clock.advance(1)
    assert (await turn(operator, camera))[0] == 200  # nobody had to let go
    kinds = [entry.kind for entry in await entries(store, REGION) if ".ptz_" in entry.kind]
    assert kinds == ["cameras.ptz_locked", "cameras.ptz_taken_over", "cameras.ptz_locked"]


async def test_those_at_a_graver_incident_go_first(client: Api, camera: UUID, store: Store) -> None:
    school = School(store, client.store.clock)  # type: ignore[arg-type]
    grave = await school.open(priority=Priority.EMERGENCY)
    operator, supervisor = await client.login("operator"), await client.login("supervisor")
    assert (await turn(supervisor, camera))[0] == 200
    status, lock = await turn(operator, camera, incident_id=grave["id"])
    assert (status, lock["incident_id"]) == (200, grave["id"])
    assert (await turn(supervisor, camera))[1]["code"] == "ptz_held"
    made_up = await turn(supervisor, camera, incident_id=str(uuid4()))  # no such incident: no rank by it
    assert made_up[1]["code"] == "ptz_held"


async def test_who_may_not_look_may_not_turn(
    client: Api, camera: UUID, store: Store, clock: ManualClock
) -> None:
    assert (await turn(await client.login("elsewhere"), camera))[0] == 404
    assert (await turn(await client.login("duty"), uuid4()))[0] == 404
    school = School(store, clock)
    inside = await school.camera(await school.site(), "classroom")
    status, refused = await turn(await client.login("supervisor"), inside)
    assert (status, refused["code"]) == (403, "camera_forbidden")


async def test_a_camera_that_cannot_be_turned_says_so(
    client: Api, app: FastAPI, camera: UUID, store: Store, clock: ManualClock
) -> None:
    duty = await client.login("duty")
    still = await School(store, clock).camera(None, "street")
    assert (await turn(duty, still))[1]["code"] == "ptz_not_turned"
    for address in ("http://10.1.2.3/onvif", f"http://127.0.0.1:{free_port()}/onvif"):
        async with store.transaction() as tx:
            await tx.conn.execute("UPDATE camera SET onvif_url = %s WHERE id = %s", (address, camera))
        status, refused = await turn(duty, camera)
        assert (status, refused["code"]) == (502, "ptz_no_answer"), address


def test_rank_is_the_incidents_first_and_then_the_roles() -> None:
    looks = [model.rank(role, None) for role in (Role.SUPERVISOR, Role.DUTY_OFFICER, Role.OPERATOR, None)]
    assert looks == sorted(looks, reverse=True)
    assert model.rank(Role.OPERATOR, Priority.ROUTINE) > model.rank(Role.SUPERVISOR, None)
    assert model.rank(Role.OPERATOR, Priority.EMERGENCY) > model.rank(Role.SUPERVISOR, Priority.URGENT)


def test_a_lock_is_taken_kept_or_refused(clock: ManualClock) -> None:
    now = clock.now()

    def lock(account: UUID, rank: int, since_s: int = 0) -> Lock:
        since = now - timedelta(seconds=since_s)
        return Lock(UUID(int=1), account, "x", rank, None, since, since + HELD_FOR)

    one, other = uuid4(), uuid4()
    mine = lock(one, 2)
    assert model.taken(None, mine, now) == (mine, None)
    assert model.taken(mine, lock(other, 2), now) is None
    assert model.taken(mine, higher := lock(other, 3), now) == (higher, mine)
    assert model.taken(lock(one, 9, since_s=60), lock(other, 0), now) == (lock(other, 0), None)
    kept, was = model.taken(lock(one, 5, since_s=3), mine, now) or (None, None)
    assert kept is not None
    assert (kept.rank, kept.since, was) == (5, now - timedelta(seconds=3), None)
