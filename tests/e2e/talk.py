"""A post and an officer at two browsers with made media: what each sees and hears is measured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.e2e.conftest import ARGUMENTS, CHROMIUM
from tests.e2e.screens import PATIENCE_MS, City, words

MADE_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""Chromium's own: a green picture that moves, a microphone that beeps once a second."""

LOUD = """
async (selector) => {
  const element = document.querySelector(selector)
  const stream = element && element.srcObject
  if (!stream || stream.getAudioTracks().length === 0 || element.paused || element.muted) return 0
  const sound = new AudioContext()
  const meter = sound.createAnalyser()
  sound.createMediaStreamSource(stream).connect(meter)
  const samples = new Float32Array(meter.fftSize)
  let loudest = 0
  for (const end = performance.now() + 1500; performance.now() < end; ) {
    meter.getFloatTimeDomainData(samples)
    for (const each of samples) loudest = Math.max(loudest, Math.abs(each))
    await new Promise((done) => setTimeout(done, 20))
  }
  await sound.close()
  return loudest
}
"""
"""The loudest sample that a playing element gave within a second and a half, 0..1: a beep is about 0.1."""

FRAMES = """
(selector) => {
  const video = document.querySelector(selector)
  return video && video.srcObject && video.videoWidth ? video.getVideoPlaybackQuality().totalVideoFrames : 0
}
"""


@asynccontextmanager
async def browser_with_media() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *MADE_MEDIA])
        yield browser
        await browser.close()


async def loudness(page: Page, selector: str) -> float:
    return float(await page.evaluate(LOUD, selector))


async def frames(page: Page, selector: str) -> int:
    return int(await page.evaluate(FRAMES, selector))


async def new_post(city: City, name: str) -> tuple[str, str]:
    """A post with its camera, as an administrator makes one: the device's id and its code."""
    sites = await city.get("/api/sites", kind="park")
    site = sites[0]
    async with httpx.AsyncClient(base_url=city.url, timeout=30) as admin:

        async def post(path: str, **body: object) -> dict[str, object]:
            answer = await admin.post(path, json=body)
            assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
            found: dict[str, object] = answer.json()
            return found

        await post("/api/session", login="admin", password="jedel-demo")
        made = await post("/api/devices", id=str(uuid4()), kind="post", name=name, site_id=site["id"])
        device = made["device"]
        assert isinstance(device, dict)
        await post(
            "/api/cameras",
            id=str(uuid4()),
            name=name,
            kind="post",
            lon=site["lon"],
            lat=site["lat"],
            site_id=site["id"],
            zone="street",
            source="push",
            device_id=device["id"],
            streams=[{"name": "main"}],
        )
        return str(device["id"]), str(made["code"])


@dataclass
class PostPage:
    """The kiosk's page."""

    page: Page
    language: str = "kk"

    def says(self, key: str, **filled: object) -> str:
        text = words(key, self.language, "post")
        for name, value in filled.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    async def enrol(self, url: str, code: str) -> None:
        await self.page.goto(f"{url}/post/")
        await self.page.locator(".enrol input").fill(code)
        await self.page.locator(".enrol button").click()
        await expect(self.page.locator(".sos")).to_be_visible(timeout=PATIENCE_MS)

    async def speaks(self, language: str) -> None:
        await self.page.locator(f'.languages [lang="{language}"]').click()
        self.language = language

    async def press(self) -> None:
        await self.page.locator(".sos").click()

    async def heading(self, key: str) -> None:
        await expect(self.page.locator("h1")).to_have_text(self.says(key), timeout=PATIENCE_MS)


async def post_page(browser: Browser, size: tuple[int, int]) -> tuple[PostPage, BrowserContext]:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="kk-KZ", has_touch=True
    )
    context.set_default_timeout(PATIENCE_MS)
    return PostPage(await context.new_page()), context
