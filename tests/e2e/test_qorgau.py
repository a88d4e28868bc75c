"""A stolen car from the camera to the officer's word, and one plate at two places, on the real screens."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Screens, words
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SEEN_WITHIN_S = 60.0
PLATES = "Alt+6"
CASE = "26-7501-00123"


async def test_a_stolen_car_is_met(city: City, screens: Screens) -> None:
    """The camera sees it, a patrol's tablet rings with pictures and minutes, the officer confirms by two
    looks, the console says so."""
    console = await screens.console()
    plate = (await drive(city, "stolen"))["plate"]
    alert = await alert_of(city, lambda each: each["plate"] == plate and bool(each["units"]))
    tablet = await screens.tablet(alert["units"][0]["unit_id"], size=(800, 1280))
    page = tablet.page

    # The plate, that nobody has confirmed it, the time that is left, both pictures.
    await expect(page.locator(".lookout .j-plate")).to_have_attribute("aria-label", said(plate))
    await expect(page.locator(".standing")).to_have_text(words("alert_state.unconfirmed", "ru"))
    await expect(page.locator(".lookout .minutes, .lookout .now-here")).to_be_visible()
    for picture in ("picture.car", "picture.plate"):
        await is_drawn(page.get_by_role("img", name=words(picture, "ru")))
    await screens.shoot(page, "qorgau-tablet")

    # Whoever sees the car keeps it, also when the next camera would choose another patrol.
    await tablet.tap("alert.i_see")

    async def rang() -> bool:
        return len(await tablet.heard()) >= 3

    await eventually(rang, within_s=30)
    await console.page.keyboard.press(PLATES)
    await row(console.page, plate).click()
    card = console.page.get_by_role("article")
    await expect(card).to_contain_text(words("alert_state.unconfirmed", "ru"))
    await is_drawn(card.get_by_role("img", name=words("picture.car", "ru")))
    await screens.shoot(console.page, "qorgau-console")

    confirm = page.get_by_role("button", name=words("alert.confirm", "ru"), exact=True)
    await expect(confirm).to_be_disabled()
    for check in await page.get_by_role("checkbox").all():
        await expect(confirm).to_be_disabled()
        await check.tap()
    await confirm.tap()
    await expect(page.locator(".standing")).to_have_text(words("alert_state.confirmed", "ru"))
    confirmed = card.get_by_text(words("alert_state.confirmed", "ru"), exact=True).first
    await expect(confirmed).to_be_visible(timeout=PATIENCE_MS)
    kept = await alert_of(city, lambda each: each["id"] == alert["id"] and each["confirmed"])
    assert [each["answer"] for each in kept["answers"]] == ["seen", "confirmed"]

    await searched(console.page, plate)
    await screens.shoot(console.page, "plates-search")


async def test_one_plate_at_two_places_is_shown_at_both(city: City, screens: Screens) -> None:
    """Both cars side by side, with the time between them and the least that the road needs."""
    plate = (await drive(city, "clones"))["plate"]
    alert = await alert_of(city, lambda each: each["plate"] == plate and each["pair"] is not None)
    pair = alert["pair"]
    assert pair["seconds"] < pair["fastest_s"]
    console = await screens.console(size=(1920, 1080))
    await console.page.keyboard.press(PLATES)
    await row(console.page, plate).click()
    card = console.page.get_by_role("article")
    for place in ("alerts.first_place", "alerts.second_place"):
        await expect(card.get_by_text(words(place, "ru", "console"), exact=True)).to_be_visible()
    await expect(card).to_contain_text(pair["before"]["camera"]["name"])
    await is_drawn(card.get_by_role("img", name=words("picture.car", "ru")).first)
    chart = console.page.get_by_role("region", name=words("alerts.map", "ru", "console"))
    await expect(chart.locator("canvas")).to_be_visible()
    await screens.shoot(console.page, "qorgau-clone")


async def drive(city: City, what: str) -> dict[str, Any]:
    """What the visitor's button of the demo's own page does."""
    answer = await city.desk.post(f"{city.devices_url}drives", json={"what": what})
    assert answer.is_success, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def alert_of(city: City, which: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        return next((each for each in await city.get("/api/qorgau/alerts") if which(each)), None)

    return await eventually(look, within_s=SEEN_WITHIN_S)


async def searched(page: Page, plate: str) -> None:
    """For a case and a purpose first, then the plate: its passings, the last one with its pictures."""
    await page.get_by_role("tab", name=words("plates.search", "ru", "console")).click()
    await page.locator("input[name=for]").fill(CASE)
    await page.get_by_role("option").filter(has_text=CASE).click()
    await page.keyboard.press("Digit1")
    await page.locator("input[name=plate]").fill(f"{plate[:5]}*")
    await page.keyboard.press("Enter")
    await row(page, plate).click()
    await is_drawn(page.get_by_role("img", name=words("picture.car", "ru")))


def row(page: Page, plate: str) -> Locator:
    """The first of the list that is about the plate."""
    shown = page.get_by_role("img", name=said(plate), exact=True)
    return page.get_by_role("option").filter(has=shown).first


async def is_drawn(picture: Locator) -> None:
    """The picture has come and is one."""
    await expect(picture).to_be_visible(timeout=PATIENCE_MS)

    async def come() -> bool:
        width: int = await picture.evaluate("each => each.naturalWidth")
        return width > 0

    await eventually(come, within_s=30)


def said(plate: str) -> str:
    """As the screens say `123ABC02`."""
    return " ".join(re.findall(r"[A-Z]+|[0-9]+", plate))
