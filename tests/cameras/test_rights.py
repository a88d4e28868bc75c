"""Rights by the routes: who sees, who is refused, who is cut while he looks, and ways to get round them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from nats.aio.client import Client
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from jedel.access.cookies import SESSION_COOKIE
from jedel.app.settings import Settings
from jedel.cameras.rights import following
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.gateway import Gateway
from tests.cameras.looking import gateway, is_cut, looking, refused, sees
from tests.cameras.made import add_camera
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import account_id


@pytest.fixture
async def pictures(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    async with gateway(settings, store, bus) as one:
        yield one


async def street(store: Store, **more: Any) -> UUID:
    url = '[{"name": "main", "url": "rtsp://10.0.0.1/main"}]'
    return await add_camera(store, **({"zone": "street", "streams": url} | more))


async def give(seat: Seat, effect: str = "allow", **more: Any) -> Any:
    body = {"id": str(uuid4()), "effect": effect, "actions": ["live"]} | more
    return await seat.ok("POST", "/api/camera-rights", json=body)


async def test_a_street_is_seen_and_each_look_is_in_the_journal_once(
    client: Api, store: Store, clock: ManualClock, pictures: Gateway
) -> None:
    camera, duty = await street(store), await client.login("duty")
    async with looking(duty, camera, purpose="traffic") as viewer:
        await sees(viewer)
    still = await duty.get(f"/api/cameras/{camera}/still.jpg?purpose=traffic")
    assert still.content.startswith(b"\xff\xd8")
    clock.advance(16 * 60)
    duty = await client.login("duty")
    assert (await duty.get(f"/api/cameras/{camera}/still.jpg")).status_code == 200
    async with store.reading() as tx:
        rows = await (
            await tx.conn.execute("SELECT actor, payload FROM journal WHERE kind = 'cameras.watched'")
        ).fetchall()
    assert [row["actor"] for row in rows] == [f"account:{account_id('duty')}"] * 2
    assert '"purpose":"traffic"' in rows[0]["payload"]


async def test_a_denial_cuts_who_looks_and_keeps_out(client: Api, store: Store, pictures: Gateway) -> None:
    camera, duty, admin = await street(store), await client.login("duty"), await client.login("admin")
    operator = await client.login("operator")
    async with looking(duty, camera) as viewer, looking(operator, camera) as other:
        await sees(viewer)
        await give(admin, account_id=str(account_id("duty")))
        await give(admin, "deny", account_id=str(account_id("duty")))
        await is_cut(viewer)
        assert await refused(duty, camera) == "camera_forbidden"
        await sees(other)
    may = await duty.ok("GET", f"/api/cameras/{camera}/may")
    assert (may["live"]["allowed"], may["live"]["why"]) == (False, "denied")
    assert may["archive"]["allowed"], "live alone was denied"


async def test_a_right_ends_with_its_hour_while_he_looks(
    client: Api, store: Store, clock: ManualClock, pictures: Gateway, app: FastAPI
) -> None:
    camera, admin = await street(store), await client.login("admin")
    supervisor = await client.login("supervisor")
    until = (clock.now() + timedelta(minutes=5)).isoformat()
    await give(supervisor, role="administrator", until_at=until)
    assert (await admin.ok("GET", f"/api/cameras/{camera}/may"))["live"]["until"] is not None
    async with looking(admin, camera) as viewer:
        await sees(viewer)
        await following.sweep(store)
        await sees(viewer)
        clock.advance(301)
        assert await refused(admin, camera) == "camera_forbidden"
        await following.sweep(store)
        await is_cut(viewer)


async def test_a_denial_that_begins_later_cuts_when_it_begins(
    client: Api, store: Store, clock: ManualClock, pictures: Gateway, app: FastAPI
) -> None:
    camera, admin, duty = await street(store), await client.login("admin"), await client.login("duty")
    await give(admin, "deny", role="duty_officer", from_at=(clock.now() + timedelta(minutes=1)).isoformat())
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        clock.advance(61)
        await following.sweep(store)
        await is_cut(viewer)
    assert await refused(duty, camera) == "camera_forbidden"


async def test_who_loses_his_role_or_is_blocked_is_cut(
    client: Api, store: Store, pictures: Gateway, app: FastAPI
) -> None:
    camera, duty = await street(store), await client.login("duty")
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        admin = await client.login("admin")
        blocked = await admin.post(
            f"/api/accounts/{account_id('duty')}/block", json={"id": str(uuid4()), "reason": "left"}
        )
        assert blocked.is_success, blocked.text
        await is_cut(viewer)
    again = await duty.post(f"/api/cameras/{camera}/live", content="v=0")
    assert again.status_code == 401


async def test_inside_a_school_on_a_quiet_day(client: Api, store: Store, pictures: Gateway) -> None:
    camera = await street(store, zone="classroom", site_id=uuid4())
    admin, supervisor = await client.login("admin"), await client.login("supervisor")
    await give(admin, role="supervisor")
    for login in ("operator", "duty", "supervisor"):
        assert await refused(await client.login(login), camera) == "camera_forbidden"
    may = await supervisor.ok("GET", f"/api/cameras/{camera}/may")
    assert may["live"]["why"] == "quiet_day"
    for more in ({"zone": "street"}, {"zone": None, "site_id": None}, {"zone": None, "kind": "post"}):
        moved = {"id": str(uuid4())} | more
        kept = await supervisor.patch(f"/api/cameras/{camera}", json=moved)
        assert (kept.status_code, kept.json()["code"]) == (403, "camera_zone_kept"), more
    moved = {"id": str(uuid4()), "zone": "street"}
    await admin.ok("PATCH", f"/api/cameras/{camera}", json=moved)
    assert await refused(admin, camera) == "camera_forbidden", "who may say so may not look"


async def test_another_region_gets_nothing_by_any_way(client: Api, store: Store, pictures: Gateway) -> None:
    camera, elsewhere = await street(store), await client.login("elsewhere")
    assert await refused(elsewhere, camera) == "not_found"
    assert (await elsewhere.get(f"/api/cameras/{camera}/may")).status_code == 404
    assert (await elsewhere.get(f"/api/cameras/{camera}/masks")).status_code == 404


async def test_a_guessed_viewer_is_not_ended(client: Api, store: Store, pictures: Gateway) -> None:
    camera, duty, operator = await street(store), await client.login("duty"), await client.login("operator")
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        stolen = await operator.delete(viewer.location)  # type: ignore[attr-defined]
        assert stolen.status_code == 403
        await sees(viewer)
        assert (await duty.delete(viewer.location)).status_code == 204  # type: ignore[attr-defined]
        await is_cut(viewer)


async def test_bytes_over_a_socket_obey_the_same_rights(
    served: Api, app: FastAPI, store: Store, pictures: Gateway
) -> None:
    camera, school = await street(store), await street(store, zone="stairs")
    duty, officer = await served.login("duty"), await served.login("officer")

    async def first(seat: Seat | None, camera_id: UUID, **headers: str) -> str | bytes | int:
        cookie = f"{SESSION_COOKIE}={seat.cookies[SESSION_COOKIE]}" if seat else ""
        url = f"{served.url.replace('http', 'ws')}/api/cameras/{camera_id}/live.mp4"
        async with connect(url, additional_headers={"Cookie": cookie} | headers, proxy=None) as socket:
            try:
                return await socket.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 0

    said = await first(duty, camera)
    assert isinstance(said, str)
    assert '"mime"' in said
    assert await first(None, camera) == 4401
    assert await first(officer, camera) == 4403
    assert await first(duty, school) == 4403
    assert await first(duty, uuid4()) == 4403
    assert await first(duty, camera, Origin="https://elsewhere.example") == 4401


@pytest.mark.parametrize(
    ("login", "more", "code"),
    [
        ("admin", {"role": "administrator"}, "camera_own_right"),
        ("supervisor", {"role": "supervisor"}, "camera_own_right"),
        ("admin", {"account_id": str(account_id("admin"))}, "camera_own_right"),
        ("admin", {}, "camera_right_names_nobody"),
        ("admin", {"role": "operator", "account_id": str(account_id("duty"))}, "camera_right_names_nobody"),
        ("admin", {"account_id": str(account_id("elsewhere"))}, "camera_right_names_nobody"),
        ("admin", {"unit_id": str(uuid4())}, "camera_right_names_nobody"),
        ("admin", {"role": "operator", "group_id": str(uuid4())}, "camera_no_such_group"),
        ("admin", {"role": "operator", "actions": []}, "invalid_request"),
        (
            "admin",
            {"role": "operator", "from_at": "2026-01-02T00:00:00Z", "until_at": "2026-01-01T00:00:00Z"},
            "invalid_request",
        ),
    ],
)
async def test_rights_that_nobody_may_give(client: Api, login: str, more: dict[str, Any], code: str) -> None:
    body = {"id": str(uuid4()), "effect": "allow", "actions": ["live"]} | more
    answer = await (await client.login(login)).post("/api/camera-rights", json=body)
    assert answer.json()["code"] == code, answer.text


async def test_nobody_lifts_his_own_denial(client: Api, store: Store) -> None:
    admin, supervisor = await client.login("admin"), await client.login("supervisor")
    no = await give(admin, "deny", role="supervisor")
    path = f"/api/camera-rights/{no['id']}?command={uuid4()}"
    assert (await supervisor.delete(path)).json()["code"] == "camera_own_right"
    assert (await admin.delete(path)).status_code == 204
    assert await admin.ok("GET", "/api/camera-rights") == []


async def test_groups_carry_rights(client: Api, store: Store, pictures: Gateway) -> None:
    inside, outside = await street(store), await street(store)
    admin, officer = await client.login("admin"), await client.login("admin")
    supervisor = await client.login("supervisor")
    group = await admin.ok("POST", "/api/camera-groups", json={"id": str(uuid4()), "name": "Bazaar"})
    path = f"/api/camera-groups/{group['id']}/cameras"
    taken = await admin.post("/api/camera-groups", json={"id": str(uuid4()), "name": "Bazaar"})
    assert taken.json()["code"] == "camera_group_name_taken"
    foreign = await street(store, region="02")
    change = {"id": str(uuid4()), "add": [str(inside), str(foreign)]}
    assert (await admin.ok("POST", path, json=change))["cameras"] == 1, "another region's stays out"
    await give(supervisor, role="administrator", group_id=group["id"])
    assert await refused(officer, outside) == "camera_forbidden"
    async with looking(officer, inside) as viewer:
        await sees(viewer)
        await admin.ok("POST", path, json={"id": str(uuid4()), "remove": [str(inside)]})
        await is_cut(viewer)
    listed = await admin.ok("GET", f"/api/cameras?group={group['id']}")
    assert listed == []
    renamed = await admin.ok(
        "PATCH", f"/api/camera-groups/{group['id']}", json={"id": str(uuid4()), "name": "Market"}
    )
    assert renamed["name"] == "Market"
    await admin.ok("DELETE", f"/api/camera-groups/{group['id']}?command={uuid4()}")
    assert await admin.ok("GET", "/api/camera-groups") == []
    assert await supervisor.ok("GET", "/api/camera-rights") == [], "its rules went with it"
