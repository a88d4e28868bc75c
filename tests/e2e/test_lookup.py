"""An officer looks a car up on the tablet for the call in hand, with a link and without; all is on record."""

import csv
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Screens
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_a_look_up_on_the_tablet_with_a_link_and_without(city: City, screens: Screens) -> None:
    unit, incident = await _call(city)
    tablet = await screens.tablet(unit["id"], "ru", (1280, 800))
    page = tablet.page
    await tablet.tap("job.go")
    await tablet.tap("lookup.open")
    await page.locator("input[name=login]").fill("officer")
    await page.locator("input[name=password]").fill("jedel-demo")
    await tablet.tap("lookup.enter")
    await page.locator(".look-choice").first.tap()
    wanted = _wanted(city)
    await _ask(page, tablet.says("lookup.ask"), wanted)
    await expect(page.locator(".look-answer")).to_contain_text("В розыске")
    await screens.shoot(page, "tablet-lookup")

    await tablet.offline(True)
    await expect(page.locator(".look-banner")).to_contain_text("только розыск", timeout=PATIENCE_MS)
    await _ask(page, tablet.says("lookup.ask"), "001AAA01")
    await expect(page.locator(".look-answer")).to_contain_text(tablet.says("lookup.not_on_list_what"))
    await _ask(page, tablet.says("lookup.ask"), wanted)
    await expect(page.locator(".look-answer")).to_contain_text("В розыске")
    await expect(page.locator(".look-unsent")).to_be_visible()
    await tablet.offline(False)
    await expect(page.locator(".look-unsent")).to_have_count(0, timeout=PATIENCE_MS)

    async with httpx.AsyncClient(base_url=city.url) as auditor:
        await auditor.post("/api/session", json={"login": "auditor", "password": "jedel-demo"})

        async def on_record() -> list[dict[str, Any]]:
            rows = (await auditor.get("/api/audit/lookups")).json()
            mine = [row for row in rows if row["incident_id"] == incident["id"]]
            return mine if len(mine) == 3 else []

        made = sorted(await eventually(on_record), key=lambda row: row["offline_at"] or "")
    assert [row["asked"] for row in made] == [wanted, "001AAA01", wanted]
    assert [row["offline_at"] is not None for row in made] == [False, True, True]
    assert {(row["account"], row["purpose"]) for row in made} == {("Timur Bekov", "incident")}
    assert all(row["device"] for row in made)
    await city.desk.post(
        f"/api/incidents/{incident['id']}/close", json={"id": str(uuid4()), "result": "cancelled"}
    )


async def _call(city: City) -> tuple[dict[str, Any], dict[str, Any]]:
    """A patrol that was sent somewhere."""
    park = (await city.get("/api/sites", kind="park"))[2]
    body = {"class": "traffic", "priority": "urgent", "lon": park["lon"], "lat": park["lat"]}
    opened = await city.desk.post("/api/incidents", json={"id": str(uuid4())} | body)
    assert opened.is_success, opened.text
    unit = next(each for each in await city.get("/api/units") if each["status"] == "available")
    incident: dict[str, Any] = opened.json()
    sent = await city.desk.post(
        f"/api/incidents/{incident['id']}/assign", json={"id": str(uuid4()), "unit_id": unit["id"]}
    )
    assert sent.is_success, sent.text
    return unit, incident


def _wanted(city: City) -> str:
    """A plate of the demo's wanted list."""
    file = city.plant.folder / "demo" / "registers" / "wanted-vehicles.csv"
    with file.open(encoding="utf-8") as rows:
        return next(row["plate"] for row in csv.DictReader(rows) if row["plate"])


async def _ask(page: Page, word: str, plate: str) -> None:
    await page.locator("input[name=number]").fill(plate)
    await page.get_by_role("button", name=word, exact=True).tap()
    await expect(page.locator(".look-number")).to_have_text(plate)
