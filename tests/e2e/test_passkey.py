"""An officer makes a passkey, signs in by it, looks a plate up; the auditor sees who, what, when and why."""

from typing import Any
from uuid import uuid4

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
    await expect(page.get_by_role("button", name="Timur Bekov")).to_be_visible(timeout=PATIENCE_MS)

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
    number = page.locator("input[name=number]")
    await expect(page.locator("input[name=for]")).to_be_visible(timeout=PATIENCE_MS)
    await expect(number).to_have_count(0)  # before the purpose there is nowhere to type a number
    await page.keyboard.press("F4")
    await page.keyboard.type(str(incident["number"]))
    await expect(page.get_by_role("option").first).to_contain_text(f"№ {incident['number']}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Жолдағы тексеру")).to_be_visible()
    await page.keyboard.press("1")
    await expect(number).to_be_focused()
    await page.keyboard.type("жеті жүз жетпіс жеті А В С нөл екі")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="777ABC02")).to_be_visible()
    await expect(page.get_by_text(words("part.not_registered", language))).to_be_visible()
    await screens.shoot(page, "lookup")

    auditor = await screens.page("ru", (1366, 768), "dark")
    await auditor.goto(city.url)
    await auditor.locator("input[name=login]").fill("auditor")
    await auditor.locator("input[name=password]").fill("jedel-demo")
    await auditor.keyboard.press("Enter")
    await auditor.get_by_role("button", name=words("audit.lookups", "ru", "console"), exact=True).click()
    row = auditor.locator("tbody tr").first
    for said in ("Timur Bekov", "777ABC02", "Реагирование на происшествие", f"№ {incident['number']}"):
        await expect(row).to_contain_text(said)
    await screens.shoot(auditor, "audit")
    await city.desk.post(
        f"/api/incidents/{incident['id']}/close", json={"id": str(uuid4()), "result": "cancelled"}
    )
