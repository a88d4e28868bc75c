"""Whoever has a picture open and may no longer: each right's end, and ways to keep looking all the same."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from fastapi.responses import StreamingResponse
from nats.aio.client import Client
from psycopg.types.json import Jsonb
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from jedel.access.cookies import SESSION_COOKIE
from jedel.access.model import IDLE
from jedel.app.settings import Settings
from jedel.cameras.archive.while_allowed import WhileAllowed
from jedel.cameras.rights.judging import RightsJudge
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.control import Grant
from jedel.media.gateway import Gateway
from jedel.media.judging import Held
from tests.cameras.looking import gateway, is_cut, looking, sees
from tests.cameras.made import add_camera
from tests.cameras.school import School
from tests.support import Api, eventually, in_proportion
from tests.support.api import Seat
from tests.support.seed import account_id

WITHIN_S = 5.0
URL = '[{"name": "main", "url": "rtsp://10.0.0.1/main"}]'
HALF = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]


@pytest.fixture
async def pictures(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    async with gateway(settings, store, bus) as one:
        yield one


async def street(store: Store, **more: Any) -> UUID:
    return await add_camera(store, **({"zone": "street", "streams": URL} | more))


async def change(store: Store, statement: str, *values: object) -> None:
    """Past everybody who would say so."""
    async with store.transaction() as tx:
        await tx.conn.execute(statement, values)


async def said(store: Store) -> list[dict[str, Any]]:
    """What the journal says of pictures that ended."""
    async with store.reading() as tx:
        cursor = await tx.conn.execute(
            "SELECT payload FROM journal WHERE kind = 'cameras.watch_ended' ORDER BY seq"
        )
        return [orjson.loads(row["payload"])["data"] for row in await cursor.fetchall()]


async def is_said(store: Store, why: str, by: str = "webrtc") -> None:
    async def there() -> bool:
        return [(each["why"], each["by"]) for each in await said(store)] == [(why, by)]

    await eventually(there, within_s=60)


@dataclass
class Scene:
    """One who looks, and what can be done to him."""

    client: Api
    store: Store
    clock: ManualClock
    camera: UUID
    duty: Seat


async def signs_out(scene: Scene) -> None:
    assert (await scene.duty.delete("/api/session")).is_success


async def signed_out_from_elsewhere(scene: Scene) -> None:
    here = next(each for each in await scene.duty.ok("GET", "/api/sessions") if each["own"])
    other = await scene.client.login("duty")
    assert (await other.delete(f"/api/sessions/{here['id']}")).is_success


async def rests(scene: Scene) -> None:
    scene.clock.advance(IDLE.total_seconds() + 1)


async def runs_out(scene: Scene) -> None:
    """However busy his hands are."""
    for _ in range(26):
        scene.clock.advance(29 * 60)
        await scene.duty.put("/api/session/seen")


async def is_blocked(scene: Scene) -> None:
    admin = await scene.client.login("admin")
    body = {"id": str(uuid4()), "reason": "left"}
    assert (await admin.post(f"/api/accounts/{account_id('duty')}/block", json=body)).is_success


async def has_no_role(scene: Scene) -> None:
    """The row alone changes: no event says so."""
    await change(scene.store, "UPDATE account SET role = 'officer' WHERE id = %s", account_id("duty"))


async def is_moved(scene: Scene) -> None:
    await change(scene.store, "UPDATE account SET region = '02' WHERE id = %s", account_id("duty"))


async def is_denied(scene: Scene) -> None:
    admin = await scene.client.login("admin")
    body = {"id": str(uuid4()), "effect": "deny", "actions": ["live"], "role": "duty_officer"}
    await admin.ok("POST", "/api/camera-rights", json=body)


async def goes_elsewhere(scene: Scene) -> None:
    await change(scene.store, "UPDATE camera SET region = '02' WHERE id = %s", scene.camera)


async def hangs_inside(scene: Scene) -> None:
    await change(scene.store, "UPDATE camera SET zone = 'classroom' WHERE id = %s", scene.camera)


async def is_off(scene: Scene) -> None:
    await change(scene.store, "UPDATE camera SET enabled = false WHERE id = %s", scene.camera)


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (signs_out, "signed_out"),
        (signed_out_from_elsewhere, "signed_out"),
        (rests, "session_rested"),
        (runs_out, "session_expired"),
        (is_blocked, "account_blocked"),
        (has_no_role, "not_staff"),
        (is_moved, "other_region"),
        (is_denied, "denied"),
        (goes_elsewhere, "other_region"),
        (hangs_inside, "quiet_day"),
        (is_off, "camera_off"),
    ],
)
async def test_a_running_picture_ends_with_its_right(
    client: Api,
    store: Store,
    clock: ManualClock,
    pictures: Gateway,
    done: Callable[[Scene], Awaitable[None]],
    why: str,
) -> None:
    camera, duty = await street(store), await client.login("duty")
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        await done(Scene(client, store, clock, camera, duty))
        ended = time.monotonic()
        await is_cut(viewer)
        assert time.monotonic() - ended < in_proportion(WITHIN_S)
        assert not pictures.viewers
        await is_said(store, why)
        (entry,) = await said(store)
        assert (entry["who"], entry["action"]) == (f"account:{account_id('duty')}", "live")


async def test_only_he_ends_whose_right_ended(client: Api, store: Store, pictures: Gateway) -> None:
    """Another screen of the same person, another person, and a session that only has another token."""
    camera = await street(store)
    here, there, operator = [await client.login(each) for each in ("duty", "duty", "operator")]
    async with (
        looking(here, camera) as gone,
        looking(there, camera) as same,
        looking(operator, camera) as other,
    ):
        for viewer in (gone, same, other):
            await sees(viewer)
        fresh = "UPDATE session SET token_digest = '\\x01' WHERE account_id = %s"
        await change(store, fresh, account_id("operator"))
        await signs_out(Scene(client, store, ManualClock(store.clock.now()), camera, here))
        await is_cut(gone)
        await sees(same, 10)
        await sees(other, 10)
    assert len(await said(store)) == 1


async def test_a_schools_camera_goes_dark_with_its_incident(
    client: Api, store: Store, clock: ManualClock, pictures: Gateway
) -> None:
    """Closed by the dispatcher; no reactor runs here, nobody tells the gateway."""
    school = School(store, clock)
    site = await school.site()
    camera = await street(store, zone="classroom", site_id=site)
    button, duty = await school.button(site), await client.login("duty")
    await school.press(button)
    (incident,) = await school.incidents()
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        body = {"id": str(uuid4()), "result": "false_alarm"}
        await duty.ok("POST", f"/api/incidents/{incident['id']}/close", json=body)
        ended = time.monotonic()
        await is_cut(viewer)
        assert time.monotonic() - ended < in_proportion(WITHIN_S)
        await is_said(store, "quiet_day")


async def test_masks_that_nobody_told_the_gateway_of(client: Api, store: Store, pictures: Gateway) -> None:
    camera, duty = await street(store), await client.login("duty")
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        assert viewer.masked == "0"  # type: ignore[attr-defined]
        await change(store, "UPDATE camera SET masks = %s WHERE id = %s", Jsonb([HALF]), camera)
        drawn = time.monotonic()
        await is_cut(viewer)
        assert time.monotonic() - drawn < in_proportion(WITHIN_S)
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        assert viewer.masked == "1"  # type: ignore[attr-defined]


async def drain(socket: ClientConnection) -> None:
    while True:
        await socket.recv()


async def test_bytes_over_a_socket_end_and_say_why(served: Api, store: Store, pictures: Gateway) -> None:
    camera, duty = await street(store), await served.login("duty")
    url = f"{served.url.replace('http', 'ws')}/api/cameras/{camera}/live.mp4"
    cookie = {"Cookie": f"{SESSION_COOKIE}={duty.cookies[SESSION_COOKIE]}"}
    async with connect(url, additional_headers=cookie, proxy=None, max_size=None) as socket:
        for _ in range(4):
            await socket.recv()
        assert (await duty.delete("/api/session")).is_success
        ended = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            await drain(socket)
    assert time.monotonic() - ended < in_proportion(WITHIN_S)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4403, "signed_out")
    await is_said(store, "signed_out", "mse")


async def held(store: Store, camera: UUID, who: str, **more: Any) -> Held:
    grant = Grant((), who, more.pop("unmasked", False), more.pop("session", None))
    return Held(str(uuid4()), more.pop("kind", "webrtc"), f"camera/{camera}/main", grant, **more)


async def test_what_nobody_gave_is_no_right(client: Api, store: Store) -> None:
    """Grants that were not got by this door: no session, an unknown one, an unknown or a blocked device."""
    camera = await street(store)
    _, device, _ = await client.device("camera", name="gate")
    asked = [
        await held(store, camera, f"account:{account_id('duty')}"),
        await held(store, camera, f"account:{account_id('duty')}", session=uuid4()),
        await held(store, camera, f"device:{uuid4()}", kind="publisher"),
        await held(store, camera, f"device:{device}", kind="publisher"),
        await held(store, uuid4(), f"device:{device}", kind="publisher"),
        await held(store, camera, "system:rtsp:city", kind="rtsp"),
    ]
    unknown = "session_unknown"
    expected = [unknown, unknown, unknown, None, "camera_off", None]
    verdict = await RightsJudge(store).judge(asked)
    assert [verdict.ended.get(each.viewer) for each in asked] == expected
    admin, body = await client.login("admin"), {"id": str(uuid4()), "reason": "lost"}
    assert (await admin.post(f"/api/devices/{device}/block", json=body)).is_success
    verdict = await RightsJudge(store).judge(asked)
    assert verdict.ended[asked[3].viewer] == "device_blocked"


async def test_many_are_judged_by_as_many_questions_as_one(
    client: Api, store: Store, pictures: Gateway
) -> None:
    """A thousand viewers of a gateway, in less than what is between two looks."""
    await client.login("duty")
    async with store.reading() as tx:
        row = await (await tx.conn.execute("SELECT id FROM session LIMIT 1")).fetchone()
    assert row is not None
    cameras = [await street(store) for _ in range(40)]
    who = f"account:{account_id('duty')}"
    asked = [await held(store, cameras[nth % len(cameras)], who, session=row["id"]) for nth in range(1000)]
    began = time.monotonic()
    assert (await RightsJudge(store).judge(asked)).ended == {}
    assert time.monotonic() - began < in_proportion(2)


async def slowly(count: int) -> AsyncIterator[bytes]:
    for nth in range(count):
        await asyncio.sleep(0)
        yield bytes([nth % 256]) * 1024


async def test_an_answer_that_takes_its_time_breaks_off_and_is_no_whole_one() -> None:
    """Looking back and taking away: the bytes stop, and what came cannot be taken for all."""
    asked = 0

    async def still() -> str | None:
        nonlocal asked
        asked += 1
        return "signed_out" if asked > 5 else None

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()

    answer = WhileAllowed(StreamingResponse(slowly(100)), still, every_s=0)
    await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
    assert [message["type"] for message in sent] == ["http.response.start"] + ["http.response.body"] * 4
    assert all(message.get("more_body") for message in sent[1:])
