"""An SOS post from the press to the end, in two browsers with made cameras and microphones."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import CHROMIUM
from tests.e2e.screens import PATIENCE_MS, City, Screens, words
from tests.e2e.talk import browser_with_media, frames, loudness, new_post, post_page
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]

PICTURE, OFFICER_HEARS, POST_HEARS = "[data-call-picture]", "[data-call-sound]", "audio"
HEARD = 0.02
"""Of a whole: silence gives less than a thousandth."""
WITHIN_S = 60.0
KIOSK, SMALL = (1080, 1920), (320, 640)
CONVERSATION = "article section[data-state]"


@pytest.fixture(scope="session")
async def media_browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium; as root: apt-get install chromium")
    async with browser_with_media() as browser:
        yield browser


@pytest.fixture
async def talk(media_browser: Browser, city: City, screens: Screens) -> AsyncIterator[Screens]:
    """Consoles with a microphone, posts with a camera."""
    opened = Screens(media_browser, city, screens.images)
    yield opened
    await opened.close()
    assert opened.errors == []


async def test_a_press_is_a_conversation(city: City, talk: Screens, media_browser: Browser) -> None:
    """Press; the officer sees, answers by a key, both hear; a patrol's minutes; signs and words both ways; a
    cut link is said and mended; the end."""
    _, code = await new_post(city, "SOS-E2E")
    console = await talk.console(size=(1600, 1000))
    post, context = await post_page(media_browser, KIOSK)
    await post.enrol(city.url, code)
    await talk.shoot(post.page, "post-idle")

    await post.press()
    await post.heading("call.ringing")
    await sees(console.page)

    await talk.shoot(console.page, "post-ringing")
    await console.page.keyboard.press("t")
    await post.heading("call.answered")
    await hears(console.page, OFFICER_HEARS)
    await hears(post.page, POST_HEARS)

    await post.page.locator('[data-sign="medical"]').click()
    sign = console.page.locator(f'{CONVERSATION} li[data-side="post"]')
    await expect(sign).to_contain_text(words("call_sign.medical", "ru", "common"), timeout=PATIENCE_MS)
    await console.page.locator('[data-code="stay_here"]').click()
    said = post.page.locator('.lines li[data-side="desk"]')
    await expect(said).to_contain_text(words("call_says.stay_here", "kk", "common"), timeout=PATIENCE_MS)

    number = (await incident_of(city))["number"]
    await console.command(f"a {number} {(await console.offers(number))[0]}")
    sent = post.page.locator('.help[data-state="sent"]')
    await expect(sent).to_contain_text(re.compile(post.says("help.sent") + r"\s*\d+ мин"))
    await talk.shoot(post.page, "post-call")
    await talk.shoot(console.page, "post-console")

    await context.set_offline(True)
    await expect(post.page.locator(".sign.cut")).to_contain_text(post.says("cut.title"), timeout=PATIENCE_MS)
    lost = console.page.locator('article section[data-state="lost"]')
    await expect(lost).to_be_visible(timeout=PATIENCE_MS)
    await context.set_offline(False)
    await expect(post.page.locator(".sign.cut")).to_have_count(0, timeout=PATIENCE_MS)
    await expect(lost).to_have_count(0, timeout=PATIENCE_MS)
    await sees(console.page)

    await console.page.keyboard.press("x")
    await post.heading("call.over")
    await expect(console.page.locator(CONVERSATION)).to_have_count(0, timeout=PATIENCE_MS)
    log = await city.get(f"/api/incidents/{(await incident_of(city))['id']}/log")
    kinds = [each["kind"] for each in log if each["kind"].startswith("calls.")]
    # the incident was there when it rang, or came a moment later
    assert kinds[0] in {"calls.rang", "calls.linked"}
    assert kinds[1] == "calls.answered"
    assert kinds[-3:] == ["calls.lost", "calls.back", "calls.ended"]
    await context.close()


async def test_a_press_without_a_link_is_sent_when_there_is_one(
    city: City, talk: Screens, media_browser: Browser
) -> None:
    """Once, under the same id, and the screen says all the while how it is; on a small screen in Russian."""
    device_id, code = await new_post(city, "SOS-OFFLINE")
    post, context = await post_page(media_browser, SMALL)
    await post.enrol(city.url, code)
    await post.speaks("ru")
    await context.set_offline(True)
    await post.press()
    await expect(post.page.locator(".sign.cut")).to_contain_text(post.says("cut.press"), timeout=PATIENCE_MS)
    await post.heading("call.sending")
    width = await post.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALL[0], "nothing is cut off at 320 pixels"
    await context.set_offline(False)
    await post.heading("call.ringing")
    alarms = [each for each in await city.get("/api/alarms") if each["device_id"] == device_id]
    assert [each["presses"] for each in alarms] == [1]
    closing = {"id": str(uuid4()), "result": "resolved"}
    incident = await incident_of(city)
    assert (await city.desk.post(f"/api/incidents/{incident['id']}/close", json=closing)).is_success
    await post.heading("call.over")
    await context.close()


async def test_a_post_under_test_says_so_and_raises_nothing(
    city: City, talk: Screens, media_browser: Browser
) -> None:
    device_id, code = await new_post(city, "SOS-TEST")
    before = len(await city.get("/api/incidents", state="open"))
    body = {"id": str(uuid4()), "on": True, "minutes": 5}
    assert (await city.desk.post(f"/api/devices/{device_id}/test-mode", json=body)).is_success
    console = await talk.console("kk")
    post, context = await post_page(media_browser, (1280, 800))
    await post.enrol(city.url, code)
    await post.speaks("en")
    await expect(post.page.locator(".sign.test")).to_contain_text("TEST")
    await post.press()
    await post.heading("call.ringing")
    trial = console.page.locator("section[data-test]")
    await expect(trial).to_contain_text(words("call.test", "kk", "console"), timeout=PATIENCE_MS)
    await console.page.keyboard.press("t")
    await post.heading("call.answered")
    await hears(post.page, POST_HEARS)
    assert len(await city.get("/api/incidents", state="open")) == before
    await console.page.keyboard.press("x")
    await post.heading("call.over")
    await context.close()


async def sees(page: Page) -> None:
    """The person's picture moves."""

    async def moves() -> bool:
        first = await frames(page, PICTURE)
        await page.wait_for_timeout(200)
        return 0 < first < await frames(page, PICTURE)

    await eventually(moves, within_s=WITHIN_S)


async def hears(page: Page, selector: str) -> None:
    """The other side's beeps come out of this page."""

    async def sounds() -> bool:
        return await loudness(page, selector) > HEARD

    await eventually(sounds, within_s=WITHIN_S)


async def incident_of(city: City) -> dict[str, Any]:
    """The last one that a post opened."""
    found = [each for each in await city.get("/api/incidents", state="open") if each["class"] == "sos_post"]
    last: dict[str, Any] = max(found, key=lambda each: str(each["times"]["opened"]))
    return last
