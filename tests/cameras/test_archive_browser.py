"""The archive in Chromium: MSE takes what is recorded, four cameras run on one clock, gaps are said."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from jedel.access.cookies import SESSION_COOKIE
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from jedel.media import fmp4
from jedel.media.model import AccessUnit, Codec, Track
from tests.cameras.test_archive import World, keep
from tests.e2e.conftest import ARGUMENTS, CHROMIUM, ROOT
from tests.e2e.screens import words
from tests.media.made import START_US, sound, video
from tests.support import Api, eventually
from tests.support.api import Seat

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
MASK = [[[0.0, 0.0], [0.3, 0.0], [0.3, 1.0], [0.0, 1.0]]]
SEARCH = words("wall.search", "ru", "console")
IMAGES = os.environ.get("JEDEL_ARCHIVE_IMAGES")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium; as root: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


async def test_media_source_takes_the_codec_strings(browser: Browser) -> None:
    page = await browser.new_page()
    ask = 'types => types.map(type => MediaSource.isTypeSupported(`video/mp4; codecs="${type}"`))'
    fits = [
        fmp4.codecs([video(Codec.H264, 2)[0]]),
        fmp4.codecs([video(Codec.VP9, 2)[0]]),
        fmp4.codecs([video(Codec.H264, 2)[0], Track(Codec.OPUS, 48_000, 2)]),
        fmp4.codecs([video(Codec.H264, 2)[0], sound(Codec.AAC, 0.2)[0]]),
    ]
    assert await page.evaluate(ask, fits) == [True] * len(fits), fits
    assert await page.evaluate(ask, ["avc1.42E01E,ulaw"]) == [False]


async def recorded(
    admin: Seat, store: Store, settings: Settings, clock: ManualClock, name: str, masks: str = "[]"
) -> World:
    """Twenty seconds, ten of nothing, ten seconds; they ended half a minute ago."""
    body: dict[str, Any] = {"id": str(uuid4()), "name": name, "zone": "street", "lon": 76.945, "lat": 43.238}
    body["streams"] = [{"name": "main", "url": "rtsp://10.1.2.3/main"}]
    camera_id = UUID((await admin.ok("POST", "/api/cameras", json=body))["id"])
    async with store.transaction() as tx:
        await tx.conn.execute("UPDATE camera SET masks = %s WHERE id = %s", (masks, camera_id))
    start = clock.now().timestamp() - 70
    made = World(store, settings, camera_id, clock.now().fromtimestamp(start, clock.now().tzinfo))
    picture, units = pictures()
    for at, seconds in ((0, 20), (30, 10)):
        by = int((start + at) * 1e6) - START_US
        end = START_US + by + seconds * 1_000_000
        moved = [replace(unit, at_us=unit.at_us + by) for unit in units]
        await keep(made, (picture,), [unit for unit in moved if unit.at_us < end])
    return made


@cache
def pictures() -> tuple[Track, list[AccessUnit]]:
    return video(Codec.H264, 500, size=(320, 180))


async def open_console(
    browser: Browser, served: Api, seat: Seat, size: tuple[int, int], language: str
) -> Page:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}[language],
    )
    cookie = seat.cookies.get(SESSION_COOKIE)
    assert cookie is not None
    await context.add_cookies([{"name": SESSION_COOKIE, "value": cookie, "url": served.url}])
    await context.add_init_script(f"localStorage.setItem('jedel.language', '{language}')")
    page = await context.new_page()
    await page.goto(served.url)
    await expect(page.locator("#command-line")).to_be_visible(timeout=120_000)
    await page.locator(f'button[lang="{language}"]').click()
    return page


async def test_four_cameras_run_on_one_clock(
    served: Api, browser: Browser, store: Store, settings: Settings, clock: ManualClock
) -> None:
    if not (ROOT / "web" / "console" / "dist" / "index.html").exists():
        pytest.skip("web/console is not built: make setup")
    pictures()
    admin = await served.login("admin")
    admin.timeout = httpx.Timeout(60)
    worlds = [
        await recorded(admin, store, settings, clock, name)
        for name in ("Абай 10, вход", "Достык 5, перекрёсток", "Сейфуллин 2")
    ]
    worlds.append(
        await recorded(admin, store, settings, clock, "Школа 45, двор", masks=orjson.dumps(MASK).decode())
    )
    seat = await served.login("supervisor")
    seat.timeout = httpx.Timeout(60)
    made = await seat.ok(
        "POST",
        "/api/incidents",
        json={
            "id": "0190b5c8-0000-7000-8000-000000000001", "class": "theft", "priority": "urgent",
            "lon": 76.945, "lat": 43.238,
        },
    )  # fmt: skip
    errors: list[str] = []
    page = await open_console(browser, served, seat, (1920, 1080), "ru")
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
    await page.evaluate("document.activeElement?.blur()")
    await page.get_by_role("button", name="Камеры").first.click()
    await page.get_by_role("tab", name="Архив").click()
    for world in worlds:
        await page.get_by_placeholder(SEARCH).fill((await name_of(seat, world)).split(",")[0])
        await page.locator(f"ul button:has-text('{await name_of(seat, world)}')").first.click()
    await page.get_by_label("Происшествие", exact=True).select_option(made["id"])
    await page.get_by_role("button", name="Смотреть").click()
    start_ms = worlds[0].start.timestamp() * 1000
    await page.get_by_label("Перейти к моменту").fill(
        await page.evaluate(
            "ms => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 19)",
            start_ms + 3000,
        )
    )
    await shoot(page, "archive-before")
    screens = page.locator("[data-camera]")
    await expect(screens).to_have_count(4)
    for nth in range(4):
        await expect(screens.nth(nth)).to_have_attribute("data-state", "ready", timeout=60_000)
    await shoot(page, "archive-ru-1920")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Space")

    async def on() -> bool:
        return await at(page) > start_ms + 6000

    await eventually(on, within_s=60)
    await page.keyboard.press("KeyK")
    spread = await page.evaluate(
        "() => { const t = [...document.querySelectorAll('[data-camera] video')].map(v => v.currentTime);"
        " return Math.max(...t) - Math.min(...t) }"
    )
    assert spread < 0.5
    stood = await at(page)
    await page.keyboard.press("ArrowLeft")
    assert abs(await at(page) - (stood - 5000)) < 200
    await page.keyboard.press("Period")
    await page.keyboard.press("KeyI")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("KeyO")
    await page.get_by_role("button", name="Выгрузить").click()
    await expect(page.get_by_role("dialog", name="Выгрузить")).to_be_visible()
    await shoot(page, "archive-export-ru-1920")
    await page.keyboard.press("Escape")
    await page.locator("[data-archive-timeline]").hover()
    await page.mouse.wheel(0, -400)
    assert not errors


async def at(page: Page) -> float:
    return float(await page.locator("[data-archive-at]").get_attribute("data-archive-at") or 0)


async def name_of(seat: Seat, world: World) -> str:
    return str((await seat.ok("GET", f"/api/cameras/{world.camera_id}"))["name"])


async def shoot(page: Page, name: str) -> None:
    if IMAGES is None:
        return
    await page.screenshot(path=Path(IMAGES) / f"{name}.png")
