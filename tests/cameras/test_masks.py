"""Privacy masks: on by one, off by two, and every way round that we thought of."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import psycopg
import pytest
from fastapi import FastAPI
from nats.aio.client import Client

from jedel.app.settings import Settings
from jedel.cameras.masks.model import area, is_mask, only_adds, waits
from jedel.cameras.rights import following
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media.gateway import Gateway
from jedel.media.model import Mask
from tests.cameras.looking import gateway, is_cut, looking, sees
from tests.cameras.made import add_camera
from tests.support import Api
from tests.support.api import Seat

LEFT = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
RIGHT = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]


@pytest.fixture
async def pictures(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    async with gateway(settings, store, bus) as one:
        yield one


@pytest.fixture
async def camera(store: Store, client: Api) -> UUID:
    url = '[{"name": "main", "url": "rtsp://10.0.0.1/main"}]'
    camera_id = await add_camera(store, zone="street", streams=url)
    await put(await client.login("admin"), camera_id, LEFT)
    return camera_id


async def put(seat: Seat, camera_id: UUID, *masks: object, purpose: str = "a window") -> dict[str, object]:
    body = {"id": str(uuid4()), "masks": masks, "purpose": purpose}
    found: dict[str, object] = await seat.ok("PUT", f"/api/cameras/{camera_id}/masks", json=body)
    return found


async def ask(seat: Seat, camera_id: UUID, minutes: int = 5) -> dict[str, str]:
    body = {"id": str(uuid4()), "purpose": "theft", "case_number": "26-1", "minutes": minutes}
    found: dict[str, str] = await seat.ok("POST", f"/api/cameras/{camera_id}/unmask", json=body)
    return found


def decide(path: str, which: str, *, grant: bool = True) -> tuple[str, dict[str, object]]:
    return f"/api/{path}/{which}/decide", {"id": str(uuid4()), "grant": grant}


def test_what_a_mask_is() -> None:
    square = Mask(((0, 0), (0.5, 0), (0.5, 0.5), (0, 0.5)))
    assert area(square) == pytest.approx(0.25)
    assert is_mask(square)
    assert not is_mask(Mask(((0, 0), (0.5, 0.5))))
    assert not is_mask(Mask(((0, 0), (0.5, 0.5), (1, 1)))), "a line hides nothing"
    assert not is_mask(Mask(((0, 0), (1.5, 0), (1, 1))))
    assert not is_mask(Mask(((0, 0), (1, 0)) * 17))
    other = Mask(((0, 0), (1, 0), (1, 1)))
    assert only_adds([square], [other, square])
    assert not only_adds([square], [other])


def test_how_long_a_question_waits(clock: ManualClock) -> None:
    asked = clock.now()
    clock.advance(29 * 60)
    assert waits(asked, clock.now())
    clock.advance(60)
    assert not waits(asked, clock.now())


async def test_masks_are_added_by_one_and_taken_away_by_two(client: Api, camera: UUID) -> None:
    admin, supervisor = await client.login("admin"), await client.login("supervisor")
    both = await put(supervisor, camera, LEFT, RIGHT)
    assert (both["masks"], both["waiting"]) == ([LEFT, RIGHT], None)
    for fewer in ((), (LEFT,), (LEFT, [[0.6, 0], [1, 0], [1, 1]])):
        asked = await put(supervisor, camera, *fewer)
        assert asked["masks"] == [LEFT, RIGHT], "nothing is uncovered by one"
        path, body = decide("camera-mask-changes", str(asked["waiting"]))
        alone = await supervisor.post(path, json=body)
        assert (alone.status_code, alone.json()["code"]) == (403, "camera_two_persons")
        second = await supervisor.put(
            f"/api/cameras/{camera}/masks", json={"id": str(uuid4()), "masks": [], "purpose": "again"}
        )
        assert second.json()["code"] == "camera_mask_change_waiting"
        assert len(await admin.ok("GET", "/api/camera-mask-changes")) == 1
        path, body = decide("camera-mask-changes", str(asked["waiting"]), grant=False)
        assert (await admin.ok("POST", path, json=body))["masks"] == [LEFT, RIGHT]
        assert (await admin.post(path, json=body | {"id": str(uuid4())})).status_code == 409
    asked = await put(supervisor, camera, LEFT)
    path, body = decide("camera-mask-changes", str(asked["waiting"]))
    assert (await admin.ok("POST", path, json=body))["masks"] == [LEFT]


async def test_a_change_that_nobody_decided_is_over(client: Api, clock: ManualClock, camera: UUID) -> None:
    supervisor = await client.login("supervisor")
    first = await put(supervisor, camera)
    clock.advance(31 * 60)
    supervisor, admin = await client.login("supervisor"), await client.login("admin")
    path, body = decide("camera-mask-changes", str(first["waiting"]))
    assert (await admin.post(path, json=body)).json()["code"] == "camera_decided_already"
    assert (await put(supervisor, camera))["waiting"] not in (None, first["waiting"])


async def test_the_picture_without_masks_is_for_one_person_by_two_and_closes_by_itself(
    client: Api, store: Store, clock: ManualClock, camera: UUID, pictures: Gateway, app: FastAPI
) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    async with looking(duty, camera) as viewer:
        assert viewer.masked == "1"  # type: ignore[attr-defined]
    asked = await ask(duty, camera)
    async with looking(duty, camera) as viewer:
        assert viewer.masked == "1", "asking is not having"  # type: ignore[attr-defined]
    path, body = decide("camera-unmaskings", asked["id"])
    assert (await duty.post(path, json=body)).json()["code"] == "camera_two_persons"
    granted = await supervisor.ok("POST", path, json=body)
    assert granted["state"] == "granted"
    async with looking(duty, camera) as viewer, looking(supervisor, camera) as second:
        assert viewer.masked == "0"  # type: ignore[attr-defined]
        assert second.masked == "1", "who agreed sees nothing by it"  # type: ignore[attr-defined]
        await sees(viewer)
        clock.advance(5 * 60 + 1)
        await following.sweep(store)
        await is_cut(viewer)
        await sees(second)
    async with looking(duty, camera) as viewer:
        assert viewer.masked == "1"  # type: ignore[attr-defined]
    assert await supervisor.ok("GET", "/api/camera-unmaskings") == []
    async with store.reading() as tx:
        rows = await tx.conn.execute("SELECT kind, payload FROM journal WHERE kind LIKE 'cameras.%'")
        found = await rows.fetchall()
    kinds = [row["kind"] for row in found]
    assert {"cameras.unmasking_asked", "cameras.unmasking_decided", "cameras.unmasking_ended"} <= set(kinds)
    assert any('"unmasked":true' in row["payload"] for row in found if row["kind"] == "cameras.watched")


async def test_an_answer_that_is_too_late_or_given_twice(
    client: Api, clock: ManualClock, camera: UUID, store: Store
) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    asked = await ask(duty, camera)
    path, body = decide("camera-unmaskings", asked["id"], grant=False)
    assert (await supervisor.ok("POST", path, json=body))["state"] == "refused"
    yes = {"id": str(uuid4()), "grant": True}
    assert (await supervisor.post(path, json=yes)).json()["code"] == "camera_decided_already"
    asked = await ask(duty, camera)
    clock.advance(31 * 60)
    supervisor = await client.login("supervisor")
    late = await supervisor.post(
        f"/api/camera-unmaskings/{asked['id']}/decide", json=yes | {"id": str(uuid4())}
    )
    assert late.json()["code"] == "camera_decided_already"
    await following.sweep(store)
    assert await supervisor.ok("GET", "/api/camera-unmaskings") == []


async def test_without_reason_or_masks_nothing_is_asked(client: Api, camera: UUID, store: Store) -> None:
    duty = await client.login("duty")
    path = f"/api/cameras/{camera}/unmask"
    body = {"id": str(uuid4()), "purpose": "curious"}
    assert (await duty.post(path, json=body)).json()["code"] == "camera_reason_needed"
    nothing = body | {"incident_id": str(uuid4())}
    assert (await duty.post(path, json=nothing)).json()["code"] == "camera_reason_needed"
    long = body | {"case_number": "1", "minutes": 61}
    assert (await duty.post(path, json=long)).status_code == 422
    bare = await add_camera(store, zone="street")
    refused = await duty.post(f"/api/cameras/{bare}/unmask", json=body | {"case_number": "1"})
    assert refused.json()["code"] == "camera_nothing_masked"
    elsewhere = await client.login("elsewhere")
    assert (await elsewhere.post(path, json=body | {"case_number": "1"})).status_code == 404


async def test_who_asked_may_end_it_early(client: Api, camera: UUID, pictures: Gateway) -> None:
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    asked = await ask(duty, camera)
    path, body = decide("camera-unmaskings", asked["id"])
    await supervisor.ok("POST", path, json=body)
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        await duty.ok("DELETE", f"/api/camera-unmaskings/{asked['id']}?command={uuid4()}")
        await is_cut(viewer)
    async with looking(duty, camera) as viewer:
        assert viewer.masked == "1"  # type: ignore[attr-defined]


async def test_the_database_itself_wants_two_persons(client: Api, camera: UUID, store: Store) -> None:
    duty = await client.login("duty")
    asked = await ask(duty, camera)
    own = (
        "UPDATE camera_unmasking SET granted = true, decided_by = requested_by, decided_at = now(),"
        " until_at = now() + interval '1 minute' WHERE id = %s"
    )
    longer = (
        "UPDATE camera_unmasking SET granted = true, decided_by = gen_random_uuid(), decided_at = now(),"
        " until_at = now() + interval '1 day' WHERE id = %s"
    )
    for query in (own, longer):
        with pytest.raises(psycopg.errors.CheckViolation):
            async with store.transaction() as tx:
                await tx.conn.execute(query, (asked["id"],))
