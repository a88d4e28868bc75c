"""A tablet without a link: nothing is lost, nothing is silently dropped."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from jedel.kernel.ids import new_id
from tests.e2e.screens import PATIENCE_MS, City, Screens, Tablet, words
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def send_to(city: City, unit_id: str) -> dict[str, Any]:
    """An incident opened by hand at a park, with this patrol on it."""
    park = (await city.get("/api/sites", kind="park"))[0]
    place = {"lon": park["lon"], "lat": park["lat"]}
    opened = await city.desk.post(
        "/api/incidents", json={"id": str(new_id()), "class": "fight", "priority": "urgent", **place}
    )
    assert opened.is_success, opened.text
    incident: dict[str, Any] = opened.json()
    await post(city, incident["id"], "assign", unit_id=unit_id)
    return incident


async def post(city: City, incident_id: str, verb: str, **body: str) -> None:
    answer = await city.desk.post(f"/api/incidents/{incident_id}/{verb}", json={"id": str(new_id()), **body})
    assert answer.is_success, answer.text


async def free_patrol(city: City, skip: int) -> dict[str, Any]:
    """A patrol that may go."""

    async def look() -> dict[str, Any] | None:
        units = [unit for unit in await city.get("/api/units") if unit["status"] == "available"]
        return units[skip] if len(units) > skip else None

    return await eventually(look, within_s=60, every_s=0.5)


def no_link(tablet: Tablet) -> Locator:
    said = words("banner.no_link", tablet.language).split("{")[0]
    return tablet.page.locator(".banner").filter(has_text=said)


async def without_link(tablet: Tablet) -> None:
    """Once the page is in its own store, as it is a moment after it was first opened."""
    await tablet.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await tablet.offline(True)
    await expect(no_link(tablet)).to_be_visible(timeout=PATIENCE_MS)


async def test_presses_without_a_link_are_delivered_in_order(city: City, screens: Screens) -> None:
    patrol = await free_patrol(city, 5)
    tablet = await screens.tablet(patrol["id"], language="kk", size=(390, 844), theme="light")
    incident = await send_to(city, patrol["id"])
    await tablet.alert(incident["number"])
    await screens.shoot(tablet.page, "tablet-phone-kk")
    await without_link(tablet)
    await tablet.tap("job.go")
    await tablet.stands_at("status.en_route")
    await tablet.tap("job.arrived")
    await tablet.stands_at("status.on_scene")
    await screens.shoot(tablet.page, "tablet-no-link")
    work = await _work(city, incident["id"], patrol["id"])
    assert work["status"] == "assigned", "the centre cannot know yet"

    # A reload without a link: the page comes from its own store, and so do the presses.
    await tablet.page.reload()
    await tablet.stands_at("status.on_scene")
    await tablet.offline(False)

    async def on_scene() -> dict[str, Any] | None:
        work = await _work(city, incident["id"], patrol["id"])
        return work if work["status"] == "on_scene" else None

    work = await eventually(on_scene, within_s=60)
    assert work["en_route_at"] <= work["on_scene_at"]
    log = await city.get(f"/api/incidents/{incident['id']}/log")
    steps = [
        entry["kind"]
        for entry in log
        if entry["kind"] in ("dispatch.unit_en_route", "dispatch.unit_on_scene")
    ]
    assert steps == ["dispatch.unit_en_route", "dispatch.unit_on_scene"]
    await expect(no_link(tablet)).to_have_count(0, timeout=PATIENCE_MS)
    # A reloaded page may not sound before it is touched, and says so.
    await expect(tablet.page.locator(".banner")).to_have_text(words("banner.sound", "kk"))
    await tablet.page.locator(".top-unit").tap()
    await expect(tablet.page.locator(".banner")).to_have_count(0, timeout=PATIENCE_MS)
    await post(city, incident["id"], "close", result="resolved")


@pytest.mark.thorough
async def test_a_conflict_is_told(city: City, screens: Screens) -> None:
    patrol = await free_patrol(city, 9)
    tablet = await screens.tablet(patrol["id"], language="ru")
    incident = await send_to(city, patrol["id"])
    await tablet.alert(incident["number"])
    await without_link(tablet)
    await tablet.tap("job.go")
    await post(city, incident["id"], "release", unit_id=patrol["id"], reason="ближе другой наряд")
    await tablet.offline(False)
    notice = tablet.page.locator(".notice")
    await expect(notice).to_contain_text(words("conflict.title", "ru"), timeout=PATIENCE_MS)
    await expect(notice).to_contain_text("ближе другой наряд")
    await screens.shoot(tablet.page, "tablet-conflict")
    await tablet.tap("conflict.understood")
    # that the incident went to another patrol may be told too; in the page, since it may go while we look
    await tablet.page.wait_for_function(
        "() => { const next = document.querySelector('.notice button'); next?.click(); return !next }"
    )
    await tablet.rests()
    await post(city, incident["id"], "close", result="cancelled")


async def _work(city: City, incident_id: str, unit_id: str) -> dict[str, Any]:
    seen = await city.get(f"/api/incidents/{incident_id}")
    return next(each for each in seen["assignments"] if each["unit_id"] == unit_id)
