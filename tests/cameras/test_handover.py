"""A camera goes to another region: only when both say so."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from nats.aio.client import Client

from jedel.access import Role
from jedel.access.service import add_account
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.jurisdictions import DEMO_REGION, regions
from jedel.media.gateway import Gateway
from tests.cameras.looking import gateway, is_cut, looking, refused, sees
from tests.cameras.made import add_camera
from tests.support import Api
from tests.support import seed as seats
from tests.support.api import Seat
from tests.support.seed import OTHER_REGION, PASSWORD, account_id
from tests.support.waiting import eventually


@pytest.fixture
async def pictures(settings: Settings, store: Store, bus: Client) -> AsyncIterator[Gateway]:
    async with gateway(settings, store, bus) as one:
        yield one


@pytest.fixture
async def there(client: Api, store: Store, monkeypatch: pytest.MonkeyPatch) -> Seat:
    """A supervisor of the other region."""
    await add_account(
        store, account_id=account_id("chief02"), login="chief02", name="Test chief02", role=Role.SUPERVISOR,
        region=OTHER_REGION, language="en", password=PASSWORD,
    )  # fmt: skip
    monkeypatch.setitem(seats.STAFF, "chief02", (Role.SUPERVISOR, OTHER_REGION))
    return await client.login("chief02")


async def offered(seat: Seat, camera: UUID) -> dict[str, str]:
    body = {"id": str(uuid4()), "to_region": OTHER_REGION, "note": "moved"}
    found: dict[str, str] = await seat.ok("POST", f"/api/cameras/{camera}/handover", json=body)
    return found


def settle(outcome: str) -> dict[str, str]:
    return {"id": str(uuid4()), "outcome": outcome}


async def test_offered_taken_and_seen_there_only(
    client: Api, store: Store, there: Seat, pictures: Gateway
) -> None:
    url = '[{"name": "main", "url": "rtsp://10.0.0.1/main"}]'
    camera = await add_camera(store, zone="street", streams=url, name="Абай 10")
    admin, duty, elsewhere = [await client.login(each) for each in ("admin", "duty", "elsewhere")]
    group = await admin.ok("POST", "/api/camera-groups", json={"id": str(uuid4()), "name": "g"})
    members = {"id": str(uuid4()), "add": [str(camera)]}
    await admin.ok("POST", f"/api/camera-groups/{group['id']}/cameras", json=members)
    offer = await offered(admin, camera)
    assert [each["id"] for each in await there.ok("GET", "/api/camera-handovers")] == [offer["id"]]
    assert await refused(elsewhere, camera) == "not_found", "offered is not given"
    again = await admin.post(
        f"/api/cameras/{camera}/handover", json={"id": str(uuid4()), "to_region": OTHER_REGION}
    )
    assert again.json()["code"] == "camera_handover_waiting"
    path = f"/api/camera-handovers/{offer['id']}/settle"
    assert (await admin.post(path, json=settle("accepted"))).status_code == 404, "one's own offer"
    assert (await there.post(path, json=settle("withdrawn"))).status_code == 404
    async with looking(duty, camera) as viewer:
        await sees(viewer)
        await there.ok("POST", path, json=settle("accepted"))
        await is_cut(viewer)
    assert await refused(duty, camera) == "not_found"

    async def let_in() -> bool:  # who asks at the moment of a cut is refused too
        return (await elsewhere.get(f"/api/cameras/{camera}/still.jpg")).status_code == 200

    await eventually(let_in, within_s=30)
    taken = await there.ok("GET", f"/api/cameras/{camera}")
    assert (taken["id"], taken["region"], taken["groups"]) == (str(camera), OTHER_REGION, [])
    assert [each["id"] for each in await there.ok("GET", "/api/cameras?q=абай")] == [str(camera)]
    assert (await there.post(path, json=settle("refused"))).json()["code"] == "camera_decided_already"
    async with store.reading() as tx:
        rows = await tx.conn.execute(
            "SELECT region, kind FROM journal WHERE kind LIKE 'cameras.%%' AND subject = %s", (camera,)
        )
        found = {(row["region"], row["kind"]) for row in await rows.fetchall()}
    both = {
        (region, kind) for region in ("00", "02") for kind in ("cameras.offered", "cameras.handover_accepted")
    }
    assert both <= found


async def test_a_region_is_chosen_by_its_name(client: Api) -> None:
    """One's own is none of them, nor the generated city; who may not offer is not told."""
    admin, operator = await client.login("admin"), await client.login("operator")
    found = await admin.ok("GET", "/api/camera-handovers/regions")
    assert {"region": "02", "name": {"kk": "Алматы", "ru": "Алматы", "en": "Almaty"}} in found
    codes = [each["region"] for each in found]
    assert codes == sorted({*regions()} - {DEMO_REGION})
    assert (await operator.get("/api/camera-handovers/regions")).status_code == 403


async def test_refused_or_withdrawn_it_stays(client: Api, store: Store, there: Seat) -> None:
    camera, admin = await add_camera(store, zone="street"), await client.login("admin")
    for seat, outcome in ((there, "refused"), (admin, "withdrawn")):
        offer = await offered(admin, camera)
        await seat.ok("POST", f"/api/camera-handovers/{offer['id']}/settle", json=settle(outcome))
        assert (await admin.ok("GET", f"/api/cameras/{camera}"))["region"] == "00"
        assert await admin.ok("GET", "/api/camera-handovers") == []


async def test_what_hung_inside_hangs_inside_still(client: Api, store: Store, there: Seat) -> None:
    camera, admin = await add_camera(store, site_id=uuid4()), await client.login("admin")
    offer = await offered(admin, camera)
    await there.post(f"/api/camera-handovers/{offer['id']}/settle", json=settle("accepted"))
    may = await there.ok("GET", f"/api/cameras/{camera}/may")
    assert (may["live"]["allowed"], may["live"]["why"]) == (False, "quiet_day")


async def test_what_cannot_be_offered(client: Api, store: Store, there: Seat) -> None:
    camera, admin = await add_camera(store, zone="street"), await client.login("admin")
    path = f"/api/cameras/{camera}/handover"
    for region in ("00", "77"):
        answer = await admin.post(path, json={"id": str(uuid4()), "to_region": region})
        assert answer.json()["code"] == "camera_no_such_region"
    assert (await there.post(path, json={"id": str(uuid4()), "to_region": "01"})).status_code == 404
    worn = await add_camera(store, kind="badge", unit_id=uuid4())
    answer = await admin.post(
        f"/api/cameras/{worn}/handover", json={"id": str(uuid4()), "to_region": OTHER_REGION}
    )
    assert answer.json()["code"] == "camera_handover_held"
