"""A place by the command line, and the cameras that see it."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.e2e.screens import PATIENCE_MS, City, Console, Screens, words

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]

SLOW_S = 1.5


async def street_camera(city: City) -> dict[str, Any]:
    """A camera of the demo beside a street, named after the address that it hangs at."""
    found = await city.get("/api/cameras", q="проспект Абая обзорная", best="true")
    return next(each for each in found if each["zone"] == "street" and each["heading"] is not None)


async def test_enter_before_the_answer_goes_where_was_typed(city: City, screens: Screens) -> None:
    """Who types fast and presses Enter means what he typed, not what stands in the list from before."""
    console: Console = await screens.console()
    page = console.page
    known = page.get_by_role("listbox").get_by_role("option")
    await page.keyboard.press("F2")
    await page.keyboard.type("f проспект Болашак 24")
    await expect(known.first).to_contain_text("Болашак", timeout=PATIENCE_MS)

    async def late(route: Route) -> None:
        await asyncio.sleep(SLOW_S)
        await route.continue_()

    await page.route("**/api/places/search*", late)
    await page.keyboard.press("Control+A")
    await page.keyboard.type("f проспект Туран 38")
    await page.keyboard.press("Enter")
    await expect(known.first).to_contain_text("Болашак")  # it stands there still
    peek = page.get_by_role("region").filter(has_text="Туран")
    await expect(peek.first).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("#command-line")).to_have_value("")

    # an incident is opened nowhere that was not seen: of several places the list waits
    before = len(await city.get("/api/incidents", state="open"))
    await page.keyboard.press("F2")
    await page.keyboard.type("o fi u проспект Тур")
    await page.keyboard.press("Enter")
    await expect(known.nth(1)).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("#command-line")).to_have_value("o fi u проспект Тур")
    assert len(await city.get("/api/incidents", state="open")) == before


@pytest.mark.parametrize("language", ["kk"])
async def test_the_cameras_that_see_a_place(city: City, screens: Screens, language: str) -> None:
    camera = await street_camera(city)
    address = camera["name"].rpartition(",")[0]
    console = await screens.console(language)
    page = console.page
    await console.command(f"f {address}")
    look = page.get_by_role("button", name=words("place.look", language, "console"))
    await expect(look).to_be_visible(timeout=PATIENCE_MS)
    await page.keyboard.press("e")
    tile = page.locator(f'[data-camera="{camera["id"]}"]')
    await expect(tile.locator(".j-live")).to_have_attribute("data-state", "playing", timeout=PATIENCE_MS)
    listed = page.get_by_role("complementary", name=words("place.all", language, "console")).get_by_role(
        "button"
    )
    assert await listed.count() > 1
    await screens.shoot(page, "place")

    shown = listed.filter(has_text=camera["name"])
    await expect(shown).to_have_attribute("aria-pressed", "true")
    await shown.click()
    await expect(tile).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-looking-at]")).to_have_count(0)
