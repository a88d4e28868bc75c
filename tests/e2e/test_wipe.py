"""A lost tablet: blocked by the administrator, it is silent at once and holds nothing any more."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from tests.e2e.screens import PATIENCE_MS, City, Screens, words
from tests.e2e.test_offline import free_patrol
from tests.support import in_proportion

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEFT = """async () => {
  const left = []
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      const open = indexedDB.open(name); open.onsuccess = () => done(open.result)
    })
    for (const shelf of db.objectStoreNames) {
      const found = await new Promise((done) => {
        const all = db.transaction(shelf).objectStore(shelf).getAll(); all.onsuccess = () => done(all.result)
      })
      left.push(...found.map((each) => JSON.stringify(each)))
    }
    db.close()
  }
  return left.concat(Object.values(localStorage)).join(' ')
}"""


async def test_a_blocked_tablet_forgets_everything(city: City, screens: Screens) -> None:
    patrol = await free_patrol(city, 14)
    tablet = await screens.tablet(patrol["id"], language="ru")
    devices = await city.get("/api/devices", kind="tablet")
    [device] = [each for each in devices if each["unit_id"] == patrol["id"]]
    assert device["id"] in await tablet.page.evaluate(LEFT)
    async with httpx.AsyncClient(base_url=city.url) as admin:
        await admin.post("/api/session", json={"login": "admin", "password": "jedel-demo"})
        body = {"id": str(uuid4()), "wipe": True, "reason": "утерян"}
        blocked = await admin.post(f"/api/devices/{device['id']}/block", json=body)
        assert blocked.is_success, blocked.text
        began = asyncio.get_running_loop().time()
    said = tablet.page.get_by_text(words("enrol.erased", "ru"))
    await expect(said).to_be_visible(timeout=PATIENCE_MS)
    taken_s = asyncio.get_running_loop().time() - began
    assert taken_s < in_proportion(2), f"{taken_s:.1f} s from the block to the erased tablet"
    await screens.shoot(tablet.page, "tablet-erased")
    assert device["id"] not in await tablet.page.evaluate(LEFT)
    await tablet.page.reload()
    await expect(tablet.page.locator("input.code")).to_be_visible(timeout=PATIENCE_MS)
