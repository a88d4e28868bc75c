"""A drone on the duty officer's screen: where it is, what it sees, where it is sent, and that its link is
lost; a mobile complex beside it."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image, ImageStat
from playwright.async_api import Locator, Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Console, Screens, words
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]

DRONE, COMPLEX = "D1", "M1"
MORE_FRAMES = 15
LONG_S = 120.0
KNOWN_WITHIN_S = 5.0
"""From a lost link until the centre says so; screens ask it once a second."""


async def mobile(city: City, call_sign: str) -> dict[str, Any]:
    found = await city.get("/api/mobile")
    row: dict[str, Any] = next(each for each in found if each["call_sign"] == call_sign)
    return row


async def flies(city: City, call_sign: str) -> None:
    """It says other places, and where it looks."""
    first = (await mobile(city, call_sign))["pose"]

    async def moved() -> bool:
        now = (await mobile(city, call_sign))["pose"]
        return bool(now and now["footprint"]) and (first is None or now["lon"] != first["lon"])

    await eventually(moved, within_s=LONG_S, every_s=0.5)


def window(page: Page, call_sign: str) -> Locator:
    """What it carries, in the window of its unit."""
    return page.locator(f'[data-mobile="{call_sign}"]')


async def shows(page: Page, call_sign: str) -> None:
    """Its picture moves."""
    live = window(page, call_sign).locator(".j-live")
    await expect(live).to_have_attribute("data-state", "playing", timeout=PATIENCE_MS)
    before = int(await live.get_attribute("data-frames") or 0)

    async def moves() -> bool:
        return int(await live.get_attribute("data-frames") or 0) >= before + MORE_FRAMES

    await eventually(moves, within_s=LONG_S, every_s=0.2)


async def link(page: Page, call_sign: str, *, up: bool) -> None:
    """A visitor's press on the page of devices."""
    card = page.locator(f'[data-drone="{call_sign}"]')
    await card.get_by_role("button").click()
    await expect(card).to_have_attribute("data-linked", "true" if up else "false")


async def whole_map(page: Page, shown: Locator) -> None:
    """Chromium without a graphics card left a hole in the map, as far from its foot as the video is from its
    head."""
    picture, ground = (
        await shown.locator("video").bounding_box(),
        await page.locator("canvas").first.bounding_box(),
    )
    assert picture is not None
    assert ground is not None
    top = ground["y"] + ground["height"] - (picture["y"] - ground["y"]) - picture["height"]
    raw = await page.screenshot(clip=picture | {"y": top})
    assert ImageStat.Stat(Image.open(BytesIO(raw)).convert("L")).stddev[0] > 1, "nothing of the map is there"


async def test_it_is_seen_sent_lost_and_back(city: City, screens: Screens) -> None:
    for sign in (DRONE, COMPLEX):
        await flies(city, sign)
    console, devices = await screens.console(), await screens.devices()
    page, visitor = console.page, devices.page
    await console.command(f"u {DRONE}")
    shown = window(page, DRONE)
    await expect(shown).to_contain_text("85", timeout=PATIENCE_MS)
    await shows(page, DRONE)
    await whole_map(page, shown)
    await screens.shoot(page, "drone")

    await sent_and_there(city, console)

    await link(visitor, DRONE, up=False)

    async def lost() -> bool:
        return bool((await mobile(city, DRONE))["stale"])

    await eventually(lost, within_s=KNOWN_WITHIN_S, every_s=0.1)
    await expect(shown).to_have_attribute("data-stale", "true", timeout=PATIENCE_MS)
    said = words("map.telemetry_lost", "ru", "console").split(",")[0]
    await expect(shown.get_by_role("status").first).to_contain_text(said)
    await expect(shown.locator(".j-live")).not_to_have_attribute("data-state", "playing", timeout=PATIENCE_MS)
    await screens.shoot(page, "drone-lost")

    await link(visitor, DRONE, up=True)
    await expect(shown).not_to_have_attribute("data-stale", "true", timeout=PATIENCE_MS)
    await shows(page, DRONE)


async def sent_and_there(city: City, console: Console) -> None:
    """It is assigned by its call sign as a patrol is, though nobody proposes it; its crew flies there."""
    before = (await mobile(city, DRONE))["pose"]
    body = {
        "id": str(uuid4()), "class": "fire", "priority": "urgent",
        "lon": before["lon"] + 0.002, "lat": before["lat"],
    }  # fmt: skip
    made = await city.desk.post("/api/incidents", json=body)
    assert made.is_success, made.text
    incident = made.json()
    offered = await city.get(f"/api/incidents/{incident['id']}/recommendation")
    assert DRONE not in {each["call_sign"] for each in offered["units"]}
    await console.queued(incident["number"])
    await console.command(f"a {incident['number']} {DRONE}")

    async def there() -> bool:
        now = await city.get(f"/api/incidents/{incident['id']}")
        return [each["status"] for each in now["assignments"]] == ["on_scene"]

    await eventually(there, within_s=LONG_S, every_s=0.5)

    async def looks_at_it() -> bool:
        corners = (await mobile(city, DRONE))["pose"]["footprint"]
        lons, lats = ([corner[axis] for corner in corners] for axis in (0, 1))
        return bool(min(lons) <= body["lon"] <= max(lons) and min(lats) <= body["lat"] <= max(lats))

    await eventually(looks_at_it, within_s=30)
    done = await city.desk.post(
        f"/api/incidents/{incident['id']}/close", json={"id": str(uuid4()), "result": "resolved"}
    )
    assert done.is_success, done.text
    await console.command(f"u {DRONE}")


async def test_a_mobile_complex_in_kazakh(city: City, screens: Screens) -> None:
    await flies(city, COMPLEX)
    console = await screens.console("kk", (1920, 1080))
    await console.command(f"u {COMPLEX}")
    await shows(console.page, COMPLEX)
    devices = await screens.devices("en")
    await link(devices.page, COMPLEX, up=False)
    shown = window(console.page, COMPLEX)
    said = words("map.telemetry_lost", "kk", "console").split(",")[0]
    await expect(shown.get_by_role("status").first).to_contain_text(said, timeout=PATIENCE_MS)
    await link(devices.page, COMPLEX, up=True)
    await expect(shown).not_to_have_attribute("data-stale", "true", timeout=PATIENCE_MS)
