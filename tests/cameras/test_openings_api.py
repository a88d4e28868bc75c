"""Those who try to see into a school on a quiet day, through the routes that a browser has; and what is known
of a school beforehand."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from jedel.app.background import reactors
from jedel.journal import Store, react_to_all
from jedel.kernel.clock import ManualClock
from tests.cameras.school import HERE, School
from tests.dispatch.world import SITE
from tests.support import Api, Seat
from tests.support.seed import OTHER_REGION, REGION

REFUSED = (403, "camera_forbidden")
LET_IN = (503, "media_no_gateway")
"""The right is there; only no gateway runs in this test."""


@pytest.fixture
def school(store: Store, clock: ManualClock) -> School:
    return School(store, clock)


async def looks(seat: Seat, camera: UUID, **why: str) -> tuple[int, str]:
    """Status and code of a request for the live picture."""
    headers = {"Content-Type": "application/sdp"}
    answer = await seat.post(f"/api/cameras/{camera}/live", content="v=0\r\n", headers=headers, params=why)
    return answer.status_code, answer.json()["code"]


def command(**more: object) -> dict[str, object]:
    return {"id": str(uuid4())} | more


async def test_a_school_is_seen_for_its_alarm_and_not_a_moment_longer(client: Api, school: School) -> None:
    duty, elsewhere = await client.login("duty"), await client.login("elsewhere")
    site = await school.site()
    camera, other = await school.camera(site, "classroom"), await school.camera(await school.site(), "stairs")
    button = await school.button(site)
    for seat in (duty, await client.login("operator"), await client.login("supervisor")):
        assert await looks(seat, camera) == REFUSED
        assert await looks(seat, camera, purpose="I want to", incident=str(uuid4())) == REFUSED
    await school.press(button)
    assert await looks(duty, camera) == LET_IN
    assert await looks(await client.login("operator"), camera) == LET_IN
    assert await looks(duty, other) == REFUSED  # another school
    assert (await looks(elsewhere, camera))[0] == 404  # another region
    (incident,) = await school.incidents()
    await duty.ok("POST", f"/api/incidents/{incident['id']}/close", json=command(result="false_alarm"))
    assert await looks(duty, camera) == REFUSED
    assert await looks(duty, camera, incident=incident["id"]) == REFUSED


async def test_an_incident_made_up_at_a_school_shows_nothing(client: Api, school: School) -> None:
    operator, site = await client.login("operator"), await school.site()
    camera = await school.camera(site, "corridor")
    body = command(**{"class": "school_alarm", "priority": "emergency", "lon": HERE[0], "lat": HERE[1]})
    await school.open(lon=HERE[0], lat=HERE[1])
    made = await operator.post("/api/incidents", json=body)
    assert made.status_code in {201, 422}  # without a map there is no place
    await react_to_all(school.store, reactors())
    assert await looks(operator, camera) == REFUSED


async def asked(client: Api, school: School) -> tuple[UUID, dict[str, Any]]:
    """A camera, and what a supervisor would ask to see it."""
    site = await school.site()
    camera = await school.camera(site, "classroom")
    incident = await school.open(lon=HERE[0], lat=HERE[1])
    purpose = "a caller says that a stranger went in"
    return camera, command(incident_id=incident["id"], site_id=str(site), purpose=purpose)


async def test_nobody_opens_a_school_alone(client: Api, school: School) -> None:
    camera, ask = await asked(client, school)
    duty, operator = await client.login("duty"), await client.login("operator")
    supervisor = await client.login("supervisor")
    for seat in (operator, duty):
        assert (await seat.post("/api/openings", json=ask)).status_code == 403
    short = await supervisor.post("/api/openings", json=ask | {"purpose": "look"})
    assert short.status_code == 422
    opening = await supervisor.ok("POST", "/api/openings", json=ask)
    assert opening["opened_at"] is None
    path = f"/api/openings/{opening['id']}"
    alone = await supervisor.post(f"{path}/approve", json=command())
    assert (alone.status_code, alone.json()["code"]) == (403, "opening_own")
    assert (await operator.post(f"{path}/approve", json=command())).status_code == 403
    stranger = await client.login("elsewhere")
    assert (await stranger.post(f"{path}/approve", json=command())).status_code == 404
    assert await looks(supervisor, camera) == REFUSED
    agreed = await duty.ok("POST", f"{path}/approve", json=command())
    assert [each["id"] for each in agreed["cameras"]] == [str(camera)]
    assert await looks(supervisor, camera) == await looks(operator, camera) == LET_IN


async def test_what_is_open_can_be_shut_before_the_incident_ends(
    client: Api, school: School, app: FastAPI
) -> None:
    camera, ask = await asked(client, school)
    duty, supervisor = await client.login("duty"), await client.login("supervisor")
    opening = await supervisor.ok("POST", "/api/openings", json=ask)
    await duty.ok("POST", f"/api/openings/{opening['id']}/approve", json=command())
    await duty.ok("POST", f"/api/openings/{opening['id']}/close", json=command())
    assert await looks(duty, camera) == REFUSED


async def test_a_folder_says_whom_to_ring_and_how_the_floors_lie(client: Api, school: School) -> None:
    supervisor, duty = await client.login("supervisor"), await client.login("duty")
    site = await school.site()
    path = f"/api/sites/{site}/folder"
    assert (await duty.ok("GET", path)) | {"site_id": str(site)} == {
        "site_id": str(site), "contacts": [], "floors": [], "updated_at": None,
    }  # fmt: skip
    square = [[0, 0], [40, 0], [40, 20], [0, 20]]
    room = {"name": "101", "zone": "classroom", "corners": square}
    floors = [{"floor": 1, "outline": square, "rooms": [room]}]
    contacts = [{"name": "A. Serikova", "post": "head", "phone": "+7 701 000 00 01"}]
    body = command(contacts=contacts, floors=floors)
    saved = await supervisor.ok("PUT", path, json=body)
    assert saved["contacts"] == contacts
    assert (await supervisor.ok("PUT", path, json=body))["floors"] == floors  # said again
    assert (await duty.ok("GET", path))["floors"] == floors
    assert (await duty.put(path, json=command())).status_code == 403
    wrong = command(contacts=[{"name": "x", "phone": "<script>"}])
    assert (await supervisor.put(path, json=wrong)).status_code == 422
    assert (await supervisor.get(f"/api/sites/{uuid4()}/folder")).status_code == 404
    foreign = await _foreign_site(school)
    assert (await supervisor.put(f"/api/sites/{foreign}/folder", json=command())).status_code == 404
    button, _ = await school.button(site), await school.camera(site, "entrance")
    await school.press(button)
    (opening,) = await school.opened()
    assert opening["contacts"] == contacts


async def _foreign_site(school: School) -> UUID:
    site_id = uuid4()
    async with school.store.transaction() as tx:
        values = (site_id, OTHER_REGION, uuid4(), "school", "a", "b", "c", *HERE, uuid4())
        await tx.conn.execute(SITE, values)
    return site_id


async def test_a_buttons_place_is_said_by_who_may(client: Api, school: School) -> None:
    supervisor, site = await client.login("supervisor"), await school.site()
    button = await school.button(site)
    place = {"zone": "corridor", "floor": 2, "x": 4.5, "y": -3}
    path = f"/api/devices/{button}/place"
    body = command(**place)
    assert (await supervisor.put(path, json=body)).status_code == 204
    assert (await supervisor.put(path, json=body)).status_code == 204
    await school.camera(site, "corridor", floor=2, plan=(4.5, 0.0))
    await school.press(button)
    (opening,) = await school.opened()
    assert opening["button"] == {"zone": "corridor", "floor": 2, "plan": {"x": 4.5, "y": -3}}
    assert opening["cameras"][0]["sees"] is True
    for who, status in (("operator", 403), ("elsewhere", 403), ("admin", 204)):
        seat = await client.login(who)
        assert (await seat.put(path, json=command(**place))).status_code == status
    assert (await supervisor.put(f"/api/devices/{uuid4()}/place", json=command(**place))).status_code == 404
    nowhere = await supervisor.put(f"/api/devices/{await school.button(None)}/place", json=command(**place))
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "opening_no_button")
    assert (await supervisor.put(path, json=command(**place | {"zone": "roof"}))).status_code == 422
    assert opening["region"] == REGION
