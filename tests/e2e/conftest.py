"""The whole system as a user starts it, and a real browser before it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from tests.e2e.screens import City, Screens
from tests.support import eventually
from tests.support.plant import Plant

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SIMULATOR_WITHIN_S = 300.0
PATROLS_MIN = 20


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, without a window."""
    if CHROMIUM is None:
        pytest.skip("no chromium; as root: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """`jedel up --demo` on ports and a folder of its own; nobody presses but the test."""
    async with running(tmp_path_factory.mktemp("e2e") / "data") as city:
        yield city


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[City]:
    """The demo in `folder`, until the end of the block."""
    for app in ("console", "tablet", "devices", "citizen"):
        if not (ROOT / "web" / app / "dist" / "index.html").exists():
            pytest.skip(f"web/{app} is not built: make setup")
    # no test looks at the health of three hundred cameras: it takes a third of a core, the films half of one
    own = {"JEDEL_DEMO_CALM_S": "0", "JEDEL_CAMERA_LOOK_S": "3600"} | settings
    plant = Plant(folder, demo=True, **own)
    try:
        await plant.start()
        devices_url = f"http://127.0.0.1:{plant.demo_port}/"
        async with httpx.AsyncClient(base_url=plant.url, timeout=30) as desk:
            signed = await desk.post("/api/session", json={"login": "duty", "password": "jedel-demo"})
            assert signed.is_success, signed.text
            city = City(plant, plant.url, devices_url, desk)
            await eventually(lambda: _lives(city), within_s=SIMULATOR_WITHIN_S, every_s=0.5)
            yield city
    finally:
        plant.stop()


async def _lives(city: City) -> bool:
    """The devices' page answers, and the patrols have said where they are."""
    assert city.plant.alive(), city.plant.said()
    try:
        await city.desk.get(f"{city.devices_url}tablets")
    except httpx.HTTPError:
        return False
    free = [unit for unit in await city.get("/api/units") if unit["status"] == "available"]
    return len(free) >= PATROLS_MIN


@pytest.fixture
async def screens(browser: Browser, city: City) -> AsyncIterator[Screens]:
    """Opens the pages of one test and closes them; a script error on any of them fails it."""
    images = ROOT / "docs" / "images" if os.environ.get("JEDEL_SCREENSHOTS") else None
    async with opened(browser, city, images) as screens:
        yield screens


@asynccontextmanager
async def opened(browser: Browser, city: City, images: Path | None = None) -> AsyncIterator[Screens]:
    """The pages of one test; pictures go to `images`."""
    screens = Screens(browser, city, images)
    yield screens
    await screens.close()
    assert screens.errors == []
