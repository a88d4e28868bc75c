"""A camera's saved places on a tile: kept by name, gone to by a digit while it is turned, deleted."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from ipycam.ptz import PTZController
from playwright.async_api import Locator, expect

from tests.cameras.test_ptz import motors
from tests.e2e.screens import PATIENCE_MS, City, Screens, words
from tests.support import eventually

__all__ = ["motors"]

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]

NAME, PLACE = "Turntable", "Ворота"
MOVED_WITHIN_S = 60.0


async def turntable(city: City, address: str, database_url: str) -> UUID:
    """A camera of the demo with motors; its picture is that of one over a street."""
    camera_id = uuid4()
    async with httpx.AsyncClient(base_url=city.url, timeout=60) as admin:
        signed = await admin.post("/api/session", json={"login": "admin", "password": "jedel-demo"})
        assert signed.is_success, signed.text
        place = (await city.get("/api/sites", kind="police"))[0]
        body = {
            "id": str(camera_id), "name": NAME, "kind": "ptz", "zone": "street", "lon": place["lon"],
            "lat": place["lat"], "onvif_url": address,
            "streams": [{"name": "sub", "url": "rtsp://127.0.0.1:9/nothing"}],
        }  # fmt: skip
        made = await admin.post("/api/cameras", json=body)
        assert made.is_success, made.text
    async with await psycopg.AsyncConnection.connect(database_url) as connection:
        await connection.execute("UPDATE camera SET ptz = '{}' WHERE id = %s", (camera_id,))
    return camera_id


@pytest.mark.parametrize("language", ["ru"])
async def test_places_are_kept_gone_to_and_deleted(
    city: City, screens: Screens, motors: tuple[str, PTZController], tmp_path: Path, language: str
) -> None:
    address, turned = motors
    camera = await turntable(city, address, city.plant.database_url)
    await walk(city, screens, camera, turned, language)


async def walk(city: City, screens: Screens, camera: UUID, turned: PTZController, language: str) -> None:
    console = await screens.console(language, (1600, 1000))
    page = console.page

    def says(key: str, **put: str) -> str:
        said = words(key, language, "console")
        for name, value in put.items():
            said = said.replace(f"{{{name}}}", value)
        return said

    await console.command(f"cam {NAME}")
    await page.locator("aside ul button").filter(has_text=NAME).first.click()
    tile = page.locator(f'[data-camera="{camera}"]')
    places = tile.get_by_role("group", name=says("ptz.places"))
    await expect(places).to_be_visible(timeout=PATIENCE_MS)

    turned.absolute_move(0.4, 0.0, 0.0)
    await reached(turned, 0.4)
    before = await places.locator("[data-place]").count()
    await places.get_by_role("button", name=says("ptz.keep")).click()
    await places.get_by_label(says("ptz.keep_name")).fill(PLACE)
    await page.keyboard.press("Enter")
    kept = places.locator("[data-place]").filter(has_text=PLACE)
    await expect(kept).to_be_visible(timeout=PATIENCE_MS)
    await expect(places.locator("[data-place]")).to_have_count(before + 1)

    turned.absolute_move(-0.4, 0.0, 0.0)
    await reached(turned, -0.4)
    await kept.click()
    await reached(turned, 0.4)
    await screens.shoot(page, "presets")

    turned.absolute_move(-0.4, 0.0, 0.0)
    await reached(turned, -0.4)
    await digit(tile, places, before + 1)
    await reached(turned, 0.4)
    await page.keyboard.press("Escape")
    await expect(places).not_to_have_attribute("data-taken", "true")
    await expect(tile).to_have_attribute("data-selected", "true")  # Esc gave the digits back, no more

    await places.get_by_role("button", name=says("ptz.forget", name=PLACE)).click()
    await places.get_by_role("alertdialog").get_by_role("button", name=says("wall.delete")).click()
    await expect(kept).to_have_count(0, timeout=PATIENCE_MS)


async def digit(tile: Locator, places: Locator, number: int) -> None:
    """While it is turned, and only then, a digit goes to a place, and never before the turn before it."""
    await tile.get_by_role("button", name=words("ptz.home", "ru", "console")).click()
    await expect(places).to_have_attribute("data-taken", "true")
    await tile.page.keyboard.press(str(number))


async def reached(turned: PTZController, pan: float) -> None:
    async def there() -> Any:
        return abs(turned.state.pan - pan) < 0.01

    await eventually(there, within_s=MOVED_WITHIN_S)
