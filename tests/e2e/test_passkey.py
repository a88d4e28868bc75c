"""An officer makes a passkey, signs in by it, looks a plate up; the auditor sees who, what, when and why."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.screens import PATIENCE_MS, City, Screens, words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POST = """async ([path, body]) => {
  const answer = await fetch(path, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body)
  })
  return [answer.status, await answer.json()]
}"""


async def authenticator(page: Page) -> None:
    """Chromium's own virtual authenticator: it keeps passkeys and verifies its user."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def test_an_officer_signs_in_by_passkey_and_the_auditor_sees_the_look_up(
    city: City, screens: Screens
) -> None:
    # a passkey belongs to a name; an address of numbers cannot have one
    url = city.url.replace("127.0.0.1", "localhost")
    page = await screens.page("ru", (1366, 768), "dark")
    await authenticator(page)
    await page.goto(url)
    await page.locator("input[name=login]").fill("officer")
    await page.locator("input[name=password]").fill("jedel-demo")
    await page.keyboard.press("Enter")
    language = "kk"  # the officer's own
    await page.get_by_role("button", name="Timur Bekov").click()
    await page.get_by_role("menuitem", name=words("account.title", language, "console")).click()
    await page.get_by_role("button", name=words("passkey.add", language, "console")).click()
    await expect(page.get_by_text(words("passkey.added", language, "console"))).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Timur Bekov").click()
    await page.get_by_role("menuitem", name=words("bar.sign_out", language, "console")).click()
    passkey = page.get_by_role("button", name=words("sign_in.passkey", language, "console"))
    await expect(passkey).to_be_visible(timeout=PATIENCE_MS)
    await screens.shoot(page, "sign-in-passkey")
    await passkey.click()
    await expect(page.get_by_text("Timur Bekov")).to_be_visible(timeout=PATIENCE_MS)

    park = (await city.get("/api/sites", kind="park"))[1]
    opened = await city.desk.post(
        "/api/incidents",
        json={
            "id": str(uuid4()),
            "class": "traffic",
            "priority": "urgent",
            "lon": park["lon"],
            "lat": park["lat"],
        },
    )
    assert opened.is_success, opened.text
    incident = opened.json()
    question: dict[str, Any] = {"id": str(uuid4()), "plate": "777ABC02"}
    status, refused = await page.evaluate(POST, ["/api/lookups/vehicle", question])
    assert (status, refused["code"]) == (422, "invalid_request")
    question |= {"purpose": "incident", "incident_id": incident["id"]}
    status, answer = await page.evaluate(POST, ["/api/lookups/vehicle", question])
    assert (status, answer["state"]) == (200, "granted")

    async with httpx.AsyncClient(base_url=city.url) as auditor:
        await auditor.post("/api/session", json={"login": "auditor", "password": "jedel-demo"})
        seen = (await auditor.get("/api/audit/lookups")).json()
    [record] = [each for each in seen if each["id"] == question["id"]]
    assert (record["account"], record["asked"], record["purpose"]) == ("Timur Bekov", "777ABC02", "incident")
    assert record["incident_id"] == incident["id"]
    assert record["at"]
    await city.desk.post(
        f"/api/incidents/{incident['id']}/close", json={"id": str(uuid4()), "result": "cancelled"}
    )
