"""The player of the screens (web/ui/src/media) before a real edge: it finds out by itself and comes back."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Page, Route, WebSocketRoute

from jedel.media.hub import Hub
from jedel.media.mse import MseViewer, Muxer
from jedel.media.webrtc import Edge
from tests.media import webrtc_support as support
from tests.media.webrtc_support import ORIGIN, fed
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
ROOT: Final = Path(__file__).parents[2]
NODE: Final = shutil.which("node", path=str(ROOT / ".venv" / "bin")) or shutil.which("node")
WITHIN_S: Final = 30.0
PAGE: Final = """<!doctype html>
<video id="v" muted autoplay playsinline></video><script src="/live.js"></script>
<script>window.said = []; window.frames_ = 0;
window.go = (bytes) => { window.player = new live.Player(document.getElementById('v'), {
  live: '/live', bytes: bytes ? '/live.mp4' : undefined, onFrame: (n) => { window.frames_ = n; },
  onState: (s) => said.push({...s, why: s.why && s.why.code, at: Date.now()}) }); };</script>"""
BUILD: Final = """
import { build } from 'vite'
const [entry, outDir] = process.argv.slice(1)
await build({ configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: false,
  lib: { entry, formats: ['iife'], name: 'live', fileName: () => 'live.js' } } })
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The player, built as the apps are."""
    web = ROOT / "web"
    if NODE is None or not (web / "node_modules" / "vite").exists():
        pytest.skip("web/node_modules is missing: make setup")
    folder = tmp_path_factory.mktemp("player")
    entry = str(web / "ui" / "src" / "media" / "player.ts")
    built = subprocess.run(
        [NODE, "--input-type=module", "-e", BUILD, entry, str(folder)],
        cwd=web,
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr.decode()
    return (folder / "live.js").read_text()


class Site:
    """A gateway's routes, by the browser's own interception."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.edge = Edge()
        self.refusing = False
        self.blocked = False
        self.asked = 0
        self.tasks: list[asyncio.Task[None]] = []

    async def live(self, route: Route) -> None:
        self.asked += 1
        if self.refusing:
            await route.fulfill(status=502, json={"code": "stream_fault", "detail": "nothing comes"})
            return
        answer, _ = await self.edge.watch(self.hub, route.request.post_data or "")
        if self.blocked:
            answer = answer.replace("a=ice-pwd:", "a=ice-pwd:0")
        await route.fulfill(status=201, body=answer, headers={"Location": "/gone", "Jedel-Masked": "1"})

    def by_bytes(self, socket: WebSocketRoute) -> None:
        self.tasks.append(asyncio.create_task(self._carry(socket)))

    async def _carry(self, socket: WebSocketRoute) -> None:
        muxer, viewer = Muxer(False), MseViewer(False)
        self.hub.add(muxer)
        muxer.add(viewer)
        async for message in viewer:
            socket.send(message)

    async def die(self) -> None:
        """As by kill -9: the ports close, and nobody is told."""
        self.edge._udp.close()
        await self.edge._tcp.close()
        self.refusing = True

    async def come_back(self) -> None:
        self.edge = Edge()
        await self.edge.start("127.0.0.1", 0)
        self.refusing = False


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with fed(support.pictures()) as hub:
        site = Site(hub)
        await site.edge.start("127.0.0.1", 0)
        yield site
        for task in site.tasks:
            task.cancel()
        await asyncio.gather(*site.tasks, return_exceptions=True)
        await site.edge.stop()


@pytest.fixture
async def page(site: Site, script: str) -> AsyncIterator[Page]:
    async with support.chromium() as browser:
        page = await opened(browser, site, script)
        yield page
        await page.evaluate("window.player?.stop()")


async def opened(browser: Browser, site: Site, script: str) -> Page:
    page = await browser.new_page()

    async def rest(route: Route) -> None:
        if route.request.url.endswith("/live.js"):
            await route.fulfill(body=script, content_type="text/javascript")
        elif route.request.url.endswith("/ice"):
            await route.fulfill(json={"ice_servers": []})
        else:
            await route.fulfill(body=PAGE, content_type="text/html")

    await page.route(f"{ORIGIN}/**", rest)
    await page.route(f"{ORIGIN}/live", site.live)
    await page.route_web_socket("**/live.mp4", site.by_bytes)
    await page.goto(f"{ORIGIN}/")
    return page


async def said(page: Page) -> list[dict[str, Any]]:
    return list(await page.evaluate("window.said"))


async def becomes(page: Page, state: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        last = (await said(page))[-1]
        return last if last["is"] == state else None

    return await eventually(look, within_s=WITHIN_S, every_s=0.1)


async def test_a_dead_gateway_is_seen_and_the_next_one_found(site: Site, page: Page) -> None:
    await page.evaluate("go(true)")
    playing = await becomes(page, "playing")
    assert (playing["by"], playing["masked"]) == ("webrtc", True)
    died = await page.evaluate("Date.now()")
    await site.die()
    gone = await becomes(page, "unavailable")
    assert gone["at"] - died < 8_000  # a second and a half where the machine is idle
    assert not any(one["is"] == "playing" and one["at"] > gone["at"] for one in await said(page))

    async def refused() -> bool:
        return any(one["why"] == "stream_fault" for one in await said(page))

    await eventually(refused, within_s=WITHIN_S)
    await site.come_back()
    back = await becomes(page, "playing")
    assert back["by"] == "webrtc"
    shown = await page.evaluate("window.frames_")

    async def moving() -> bool:
        return bool(await page.evaluate("window.frames_") > shown + 10)

    await eventually(moving, within_s=WITHIN_S)


async def test_where_no_webrtc_comes_through_bytes_do(site: Site, page: Page) -> None:
    site.blocked = True
    await page.evaluate("go(true)")
    playing = await becomes(page, "playing")
    assert playing["by"] == "bytes"

    async def at_the_edge() -> bool:
        behind = (
            "(() => { const v = document.getElementById('v'); return v.buffered.end(0) - v.currentTime })()"
        )
        return bool(await page.evaluate(behind) < 1.2)

    await eventually(at_the_edge, within_s=WITHIN_S)


async def test_who_has_stopped_asks_no_more(site: Site, page: Page) -> None:
    site.refusing = True
    await page.evaluate("go(false)")
    await becomes(page, "unavailable")
    await page.evaluate("window.player.stop()")
    asked, states = site.asked, len(await said(page))
    await page.evaluate("new Promise((done) => setTimeout(done, 1500))")
    assert site.asked <= asked + 1  # one may have been on its way
    assert len(await said(page)) == states
