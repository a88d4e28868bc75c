"""The three pages as their users handle them."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.support import eventually
from tests.support.plant import Plant

LOCALES = Path(__file__).parents[2] / "web" / "ui" / "src" / "locales"
PATIENCE_MS = 60_000
"""For whatever is not timed: two cores draw three maps without a graphics card."""

NOISE_HEARD = """
(() => {
  window.heard = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) {
    window.heard.push(Date.now());
    return start.apply(this, when);
  };
})();
"""
"""Notes when the page's synthesiser is started: a tone that a person would hear."""


@cache
def _locale(name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((LOCALES / f"{name}.json").read_text("utf-8"))
    return found


def words(key: str, language: str, app: str = "tablet") -> str:
    """What a screen says, from the same file as the screen."""
    own = _locale(app)
    return (own if key in own else _locale("common"))[key][language]


@dataclass
class City:
    """A running demo. `desk`: the duty officer's HTTP session, to look at what the screens did."""

    plant: Plant
    url: str
    devices_url: str
    desk: httpx.AsyncClient

    async def get(self, path: str, **params: str) -> Any:
        answer = await self.desk.get(path, params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def incident_of(self, alarm_id: str) -> dict[str, Any]:
        """The incident that an alarm opened."""

        async def look() -> dict[str, Any] | None:
            found = await self.get("/api/incidents", state="open")
            rows = found if isinstance(found, list) else found["incidents"]
            return next((row for row in rows if alarm_id in row["alarm_ids"]), None)

        return await eventually(look, within_s=30)


@dataclass
class Screens:
    """Pages of one test, each in a browser profile of its own."""

    browser: Browser
    city: City
    images: Path | None
    errors: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def page(self, language: str, size: tuple[int, int], theme: str, *, touch: bool = False) -> Page:
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale={"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}[language],
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=touch,
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(NOISE_HEARD)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._forbidden)
        return page

    def _forbidden(self, message: ConsoleMessage) -> None:
        """What the page's content security policy refused to load or run."""
        if "Content Security Policy" in message.text:
            self.errors.append(message.text)

    async def console(self, language: str = "ru", size: tuple[int, int] = (1366, 768)) -> "Console":
        page = await self.page(language, size, "dark")
        await page.goto(self.city.url)
        await page.locator("input[name=login]").fill("duty")
        await page.locator("input[name=password]").fill("jedel-demo")
        await page.keyboard.press("Enter")
        await expect(page.locator("#command-line")).to_be_visible(timeout=PATIENCE_MS)
        # The account's own language is the session's: a switch is what a user would do next.
        short = {"kk": "kk", "ru": "ru", "en": "en"}[language]
        await page.locator(f'button[lang="{short}"]').click()
        return Console(page, language)

    async def devices(self, language: str = "ru", size: tuple[int, int] = (1280, 800)) -> "Devices":
        page = await self.page(language, size, "light")
        await page.goto(self.city.devices_url)
        await page.locator(".device").first.wait_for()
        return Devices(page)

    async def tablet(
        self, unit_id: str, language: str = "ru", size: tuple[int, int] = (1280, 800), theme: str = "dark"
    ) -> "Tablet":
        """By the demo page's own link, which hands the patrol over to the visitor."""
        page = await self.page(language, size, theme, touch=True)
        await page.goto(f"{self.city.devices_url}tablets/{unit_id}")
        tablet = Tablet(page, language)
        await tablet.on_shift()
        return tablet

    async def shoot(self, page: Page, name: str) -> None:
        """A picture for the README, when asked for by JEDEL_SCREENSHOTS=1."""
        if self.images is None:
            return
        await self._settled(page)
        await page.screenshot(path=self.images / f"{name}.png")

    async def _settled(self, page: Page) -> None:
        """The map, if there is one, has all its tiles: its pictures stay alike (a moving car's never do)."""
        chart = page.locator(".maplibregl-map").first
        seen: list[bytes] = []
        for _ in range(12):
            await page.wait_for_timeout(1_000)
            box = await chart.bounding_box() if await chart.count() else None
            seen.append(await page.screenshot(clip=box) if box else b"")
            if seen[-4:] == seen[-1:] * 4:
                return

    async def close(self) -> None:
        for context in self._contexts:
            await context.close()


@dataclass
class Devices:
    page: Page

    async def press(self, search: str, level: str) -> dict[str, Any]:
        """Find what is called so, press; the receipt as the page's own request got it."""
        await self.page.locator("input[type=search]").fill(search)
        button = self.page.locator(f'.press[data-level="{level}"]')
        device = self.page.locator(".device").filter(has=button).first
        await expect(device.locator("h3")).to_have_text(search)
        async with self.page.expect_response("**/press") as answer:
            await device.locator(button).click()
        receipt: dict[str, Any] = await (await answer.value).json()
        await expect(self.page.locator('.outcome[data-state="received"]').first).to_be_visible()
        return receipt


@dataclass
class Console:
    page: Page
    language: str

    def card(self, number: int) -> Locator:
        label = words("card.label", self.language, "console").replace("{number}", str(number))
        return self.page.get_by_role("article", name=label, exact=True)

    async def queued(self, number: int) -> None:
        """The incident is in the queue."""
        row = self.page.locator("button").filter(has=self.page.get_by_text(f"№ {number}", exact=True))
        await expect(row.first).to_be_visible(timeout=PATIENCE_MS)

    async def offers(self, number: int) -> list[str]:
        """Call signs of the recommended patrols, the first being key 1."""
        rows = self.card(number).locator(f'button[title^="a {number} "]')
        await rows.first.wait_for()
        titles = [await row.get_attribute("title") or "" for row in await rows.all()]
        return [title.split()[-1] for title in titles]

    async def command(self, line: str) -> None:
        await self.page.keyboard.press("F2")
        await self.page.keyboard.type(line)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#command-line")).to_have_value("", timeout=PATIENCE_MS)
        await self.page.locator("#command-line").blur()


@dataclass
class Tablet:
    page: Page
    language: str

    def says(self, key: str) -> str:
        return words(key, self.language)

    async def on_shift(self) -> None:
        """Start the shift if the crew's has not been started; a touch, so that the page may sound."""
        at_work = self.page.locator(".calm, .panel").first
        start = self.page.get_by_role("button", name=self.says("shift.start"))
        await expect(at_work.or_(start).first).to_be_visible(timeout=PATIENCE_MS)
        if await start.count():
            with suppress(PlaywrightTimeout):  # the centre may say in this moment that the shift is on
                await start.tap(timeout=10_000)
            await at_work.wait_for()
        await self.page.locator(".top-unit").tap()

    async def tap(self, key: str) -> None:
        await self.page.get_by_role("button", name=self.says(key), exact=True).tap()

    async def stands_at(self, key: str) -> None:
        """The step that is shown as the present one."""
        step = self.page.locator('.steps [aria-current="step"]')
        await expect(step).to_have_text(self.says(key), timeout=PATIENCE_MS)

    async def rests(self) -> None:
        """No call is on the screen; the city's traffic may have brought a car to look out for."""
        await expect(self.page.locator(".calm, .lookout")).to_be_visible(timeout=PATIENCE_MS)

    async def alert(self, number: int) -> None:
        await expect(self.page.locator(".frame[data-alert]")).to_be_visible(timeout=PATIENCE_MS)
        said = self.says("job.number").replace("{number}", str(number))
        await expect(self.page.locator(".band-number")).to_have_text(said, timeout=PATIENCE_MS)

    async def heard(self) -> list[int]:
        """When each tone began, in milliseconds since 1970."""
        times: list[int] = await self.page.evaluate("window.heard")
        return times

    async def offline(self, off: bool) -> None:
        await self.page.context.set_offline(off)
