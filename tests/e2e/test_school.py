"""A button in a school, and its cameras on the duty officer's screen by themselves; and who tries to look
before and after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Console, Screens, words
from tests.support import eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.thorough]

WHOLE_SCHOOL = 16
"""Cameras of the demo's large schools."""
MORE_FRAMES = 15
LONG_S = 120.0

STEAL = """
async ([camera]) => {
  const peer = new RTCPeerConnection();
  peer.addTransceiver('video', { direction: 'recvonly' });
  await peer.setLocalDescription(await peer.createOffer());
  const path = `/api/cameras/${camera}/live?stream=sub`;
  const headers = { 'Content-Type': 'application/sdp' };
  const answer = await fetch(path, { method: 'POST', headers, body: peer.localDescription.sdp });
  if (answer.ok) await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  window.stolen = peer;
  return answer.status;
}
"""
"""A page that takes a picture and keeps it, whatever the live feed says."""

STOLEN_FRAMES = """
async () => {
  const report = await window.stolen.getStats();
  return [...report.values()].reduce((sum, each) => sum + (each.framesReceived ?? 0), 0);
}
"""


async def schools(city: City) -> list[dict[str, Any]]:
    """Buttons of the schools that have every camera: {id, name, site}."""
    devices = (await city.desk.get(f"{city.devices_url}devices")).json()
    found = []
    for site in await city.get("/api/sites", kind="school"):
        cameras = await city.get(f"/api/cameras/by-site/{site['id']}")
        if len(cameras) < WHOLE_SCHOOL:
            continue
        name = site["name"]["ru"]
        button = next(
            (each for each in devices if each["kind"] == "panic_button" and each["name"]["ru"] == name), None
        )
        if button:
            found.append(button | {"site": site, "cameras": cameras})
    return found


async def looks(city: City, camera: str) -> tuple[int, str]:
    """Status and code of the duty officer's request for a live picture."""
    headers = {"Content-Type": "application/sdp"}
    answer = await city.desk.post(f"/api/cameras/{camera}/live", content="v=0\r\n", headers=headers)
    problem = answer.headers.get("content-type", "").startswith("application/problem")
    return answer.status_code, answer.json()["code"] if problem else ""


@asynccontextmanager
async def supervisor(city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=city.url, timeout=30) as seat:
        signed = await seat.post("/api/session", json={"login": "supervisor", "password": "jedel-demo"})
        assert signed.is_success, signed.text
        yield seat


def wall(console: Console, name: str) -> Any:
    label = words("school.label", "ru", "console").replace("{site}", name)
    return console.page.get_by_role("region", name=label, exact=True)


async def frames(page: Page, nth: int) -> int:
    """Shown so far on the n-th tile."""
    tile = page.locator("[data-camera] .j-live").nth(nth)
    return int(await tile.get_attribute("data-frames") or 0)


async def test_a_schools_cameras_come_by_themselves_and_go_with_its_incident(
    city: City, screens: Screens
) -> None:
    school, other = (await schools(city))[1:3]
    corridor = next(each for each in school["cameras"] if each["zone"] == "corridor" and each["floor"] == 2)
    async with supervisor(city) as seat:
        place = {"zone": "corridor", "floor": 2, "x": corridor["plan"]["x"] + 6, "y": corridor["plan"]["y"]}
        put = await seat.put(f"/api/devices/{school['id']}/place", json=place | {"id": str(uuid4())})
        assert put.is_success, put.text
    assert await looks(city, corridor["id"]) == (403, "camera_forbidden")  # a quiet day

    console, devices = await screens.console(), await screens.devices()
    page = console.page
    await page.keyboard.press("F2")
    await page.keyboard.type("n 9999 he says that")
    receipt = await devices.press(school["name"]["ru"], "help")
    shown = wall(console, school["name"]["ru"])
    await expect(shown).to_be_visible(timeout=PATIENCE_MS)
    # it took no key from him who types
    await expect(page.locator("#command-line")).to_be_focused()
    await expect(page.locator("#command-line")).to_have_value("n 9999 he says that")
    await page.locator("#command-line").fill("")
    await page.keyboard.press("Escape")

    tiles = shown.locator("[data-camera]")
    await expect(tiles).to_have_count(WHOLE_SCHOOL)
    await expect(tiles.first).to_have_attribute("data-camera", corridor["id"])  # it sees the button
    for nth in range(2):
        await expect(shown.locator(".j-live").nth(nth)).to_have_attribute(
            "data-state", "playing", timeout=PATIENCE_MS
        )
        before = await frames(page, nth)

        async def moves(nth: int = nth, before: int = before) -> bool:
            return await frames(page, nth) >= before + MORE_FRAMES

        await eventually(moves, within_s=LONG_S, every_s=0.2)
    await screens.shoot(page, "school-wall")

    # a page of his that keeps what it has, whatever it is told
    spy = await page.context.new_page()
    await spy.goto(f"{city.url}/?wall=alarms")
    assert await spy.evaluate(STEAL, [corridor["id"]]) == 201

    async def stolen() -> int:
        return int(await spy.evaluate(STOLEN_FRAMES))

    assert await eventually(stolen, within_s=LONG_S)

    # a lockdown elsewhere takes the place of a call for help; a call for help never takes a lockdown's
    other_receipt = await devices.press(other["name"]["ru"], "lockdown")
    await expect(wall(console, other["name"]["ru"])).to_be_visible(timeout=PATIENCE_MS)
    await expect(shown).to_be_hidden()
    await city.incident_of(other_receipt["alarm"])

    for alarm in (other_receipt["alarm"], receipt["alarm"]):
        incident = await city.incident_of(alarm)
        body = {"id": str(uuid4()), "result": "false_alarm"}
        done = await city.desk.post(f"/api/incidents/{incident['id']}/close", json=body)
        assert done.is_success, done.text
        if alarm == other_receipt["alarm"]:
            await expect(shown).to_be_visible(timeout=PATIENCE_MS)  # the first comes back into line

    assert await looks(city, corridor["id"]) == (403, "camera_forbidden")
    assert await spy.evaluate(STEAL.replace("window.stolen =", "window.second ="), [corridor["id"]]) == 403
    await expect(shown).to_be_hidden(timeout=PATIENCE_MS)
    await expect(page.locator("[data-camera]")).to_have_count(0)

    async def cut() -> bool:
        had = await stolen()
        await page.wait_for_timeout(1_000)
        return await stolen() == had

    await eventually(cut, within_s=LONG_S)


async def test_an_incident_by_hand_opens_no_school(city: City, screens: Screens) -> None:
    school = (await schools(city))[3]
    inside = next(each for each in school["cameras"] if each["zone"] == "classroom")
    body = {
        "id": str(uuid4()), "class": "school_alarm", "priority": "emergency",
        "lon": school["site"]["lon"], "lat": school["site"]["lat"],
    }  # fmt: skip
    made = await city.desk.post("/api/incidents", json=body)
    assert made.is_success, made.text
    log = await city.get(f"/api/incidents/{made.json()['id']}/log")
    assert not any(each["kind"].startswith("cameras.") for each in log)
    assert await looks(city, inside["id"]) == (403, "camera_forbidden")
    done = await city.desk.post(
        f"/api/incidents/{made.json()['id']}/close", json={"id": str(uuid4()), "result": "cancelled"}
    )
    assert done.is_success, done.text
