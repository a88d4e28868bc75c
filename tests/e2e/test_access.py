"""Everybody can read and use the screens: three languages, small screens, WCAG 2.1 AA by axe."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Screens, words
from tests.e2e.test_offline import free_patrol, post, send_to

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]


async def faults(page: Page) -> list[str]:
    """What axe finds: rule, and the first element that breaks it."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(
        "tags => axe.run({ runOnly: { type: 'tag', values: tags } }).then(said => said.violations)", TAGS
    )
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:160]} {each['nodes'][0]['failureSummary']}"
        for each in found
    ]


async def test_the_language_is_switched_while_it_runs(city: City, screens: Screens) -> None:
    patrol = await free_patrol(city, 12)
    tablet = await screens.tablet(patrol["id"], language="ru")
    incident = await send_to(city, patrol["id"])
    await tablet.alert(incident["number"])
    for language in ("kk", "en", "ru"):
        await tablet.page.locator(".language select").select_option(language)
        go = tablet.page.get_by_role("button", name=words("job.go", language), exact=True)
        await expect(go).to_be_visible(timeout=PATIENCE_MS)
        assert await tablet.page.evaluate("document.documentElement.lang") == language
    await post(city, incident["id"], "close", result="cancelled")
    console = await screens.console("ru")
    for language in ("kk", "en", "ru"):
        await console.page.locator(f'button[lang="{language}"]').click()
        waiting = words("bar.waiting", language, "console")
        await expect(console.page.get_by_text(waiting, exact=True).first).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_no_barrier_on_the_tablet(city: City, screens: Screens, theme: str) -> None:
    patrol = await free_patrol(city, 14)
    tablet = await screens.tablet(patrol["id"], language="kk", theme=theme)
    assert await faults(tablet.page) == []
    incident = await send_to(city, patrol["id"])
    await tablet.alert(incident["number"])
    assert await faults(tablet.page) == []
    await tablet.tap("job.go")
    await tablet.tap("job.arrived")
    await tablet.tap("job.result")
    assert await faults(tablet.page) == []
    small = await tablet.page.evaluate(
        """() => [...document.querySelectorAll('button, a, select, input')].filter(each => {
          const box = each.getBoundingClientRect()
          return box.width > 0 && (box.width < 48 || box.height < 48)
        }).map(each => each.outerHTML)"""
    )
    assert [each for each in small if "maplibregl" not in each and 'href="http' not in each] == []
    await post(city, incident["id"], "close", result="cancelled")
    await screens.close()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_the_devices_page_has_no_barrier_and_fits_320_px(screens: Screens, language: str) -> None:
    devices = await screens.devices(language, size=(320, 640))
    assert await faults(devices.page) == []
    assert await devices.page.evaluate("document.documentElement.scrollWidth") <= 320
    await screens.shoot(devices.page, f"devices-320-{language}")


async def test_no_barrier_on_the_console(screens: Screens) -> None:
    console = await screens.console("kk", size=(1920, 1080))
    assert await faults(console.page) == []
    await screens.shoot(console.page, "console-kk")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_the_tablet_fits_a_small_phone(city: City, screens: Screens, language: str) -> None:
    patrol = await free_patrol(city, 16)
    tablet = await screens.tablet(patrol["id"], language=language, size=(320, 640))
    incident = await send_to(city, patrol["id"])
    await tablet.alert(incident["number"])
    assert await tablet.page.evaluate("document.documentElement.scrollWidth") <= 320
    box = await tablet.page.get_by_role("button", name=words("job.go", language), exact=True).bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640, "the first action is in sight without scrolling"
    await screens.shoot(tablet.page, f"tablet-320-{language}")
    await post(city, incident["id"], "close", result="cancelled")
