"""A new installation in a real browser: the first administrator, a colleague, a lost phone."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import ROOT
from tests.e2e.screens import PATIENCE_MS, words
from tests.e2e.test_passkey import authenticator
from tests.support.plant import Plant

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "four unlikely grey otters"


@dataclass
class Office:
    """An installation without the demo, and its people's browsers."""

    plant: Plant
    browser: Browser
    errors: list[str]

    @property
    def url(self) -> str:
        return self.plant.url.replace("127.0.0.1", "localhost")  # passkeys belong to a name

    async def page(self, language: str, size: tuple[int, int] = (1366, 768), theme: str = "dark") -> Page:
        context = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale={"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}[language],
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if "Content Security Policy" in said.text else None,
        )
        await page.goto(self.url)
        return page

    def command(self, *arguments: str) -> str:
        """What `jedel` prints on the server."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "jedel", *arguments],
            env=self.plant.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture
async def office(browser: Browser, tmp_path: Path) -> AsyncIterator[Office]:
    if not (ROOT / "web" / "console" / "dist" / "index.html").exists():
        pytest.skip("web/console is not built: make setup")
    plant = Plant(tmp_path / "data", JEDEL_PASSWORD_ALONE="false")
    errors: list[str] = []
    try:
        await plant.start()
        yield Office(plant, browser, errors)
    finally:
        plant.stop()
    assert errors == []


async def shoot(page: Page, name: str) -> None:
    """A picture to look at, when asked for by JEDEL_LOOK=<folder>."""
    if folder := os.environ.get("JEDEL_LOOK"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


def w(key: str, language: str = "en", **values: str) -> str:
    said = words(key, language, "console")
    for name, value in values.items():
        said = said.replace(f"{{{name}}}", value)
    return said


async def press(page: Page, key: str, language: str = "en") -> None:
    await page.get_by_role("button", name=w(key, language), exact=True).click()


async def with_codes(page: Page, language: str = "en") -> str:
    """Password and codes on the page of the second factor; the secret."""
    if await page.get_by_role("button", name=w("enrol.choose_codes", language)).is_visible():
        await press(page, "enrol.choose_codes", language)
    await page.locator("input[name=new]").fill(PASSWORD)
    await page.locator("input[name=again]").fill(PASSWORD)
    await press(page, "password.set", language)
    secret = (await page.locator("output").inner_text()).replace(" ", "")
    await shoot(page, f"enrol-codes-{language}")
    await page.locator("input[name=code]").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
    await press(page, "totp.confirm", language)
    return secret


async def test_from_the_first_administrator_to_a_lost_phone(office: Office) -> None:
    code = office.command("account", "first-admin", "--region", "02").splitlines()[0]
    chief = await office.page("en")
    await authenticator(chief)
    await expect(chief.get_by_text("jedel account first-admin")).to_be_visible()
    await shoot(chief, "first-admin-en-dark")
    await chief.locator("input[name=code]").fill(code.lower())
    await chief.locator("input[name=name]").fill("Nurlan Omarov")
    await chief.locator("input[name=login]").fill("chief")
    await chief.keyboard.press("Enter")
    await expect(chief.get_by_text(w("enrol.what"))).to_be_visible()
    await shoot(chief, "enrol-en-dark")
    await press(chief, "passkey.add")
    await expect(chief.get_by_role("heading", name=w("accounts.title"))).to_be_visible()

    # a colleague, who takes a password and codes, in Kazakh and by the keyboard
    await press(chief, "accounts.add")
    await chief.locator("input[name=name]").fill("Aigerim Sadykova")
    await chief.locator("input[name=login]").fill("aigerim")
    await shoot(chief, "accounts-add-en-dark")
    await chief.keyboard.press("Enter")
    invitation = await chief.locator("output").inner_text()
    await shoot(chief, "hand-over-en-dark")
    await chief.keyboard.press("Escape")
    await shoot(chief, "accounts-en-dark")
    colleague = await office.page("kk", (1280, 800), "light")
    await shoot(colleague, "sign-in-kk-light")
    await press(colleague, "sign_in.have_code", "kk")
    await colleague.locator("input[name=code]").fill(invitation)
    await colleague.locator("input[name=login]").fill("aigerim")
    await shoot(colleague, "begin-kk-light")
    await colleague.keyboard.press("Enter")
    await expect(colleague.get_by_text(w("enrol.codes_what", "kk"))).to_be_visible()
    await shoot(colleague, "enrol-kk-light")
    old = await with_codes(colleague, "kk")
    await expect(colleague.locator("#command-line")).to_be_visible()

    # the phone is lost: asked for in Russian, given by the chief, who showed the passkey again
    lost = await office.page("ru", (1920, 1080), "light")
    await lost.get_by_role("button", name=w("bar.to_light", "ru")).click()
    await press(lost, "sign_in.lost", "ru")
    await lost.locator("input[name=login]").fill("aigerim")
    await lost.keyboard.press("Enter")
    await expect(lost.get_by_text(w("begin.asked", "ru"))).to_be_visible()
    await shoot(lost, "lost-ru-light")
    await chief.reload()
    await expect(chief.get_by_text(w("recovery.in_person"))).to_be_visible()
    await shoot(chief, "recovery-en-dark")
    await press(chief, "recovery.approve")
    given = await chief.locator("output").inner_text()
    await chief.keyboard.press("Escape")
    await press(lost, "begin.back", "ru")
    await lost.locator('button[lang="ru"]').click()  # a choice goes before the account's own language
    await press(lost, "sign_in.have_code", "ru")
    await lost.locator("input[name=code]").fill(given)
    await lost.locator("input[name=login]").fill("aigerim")
    await lost.keyboard.press("Enter")
    await expect(lost.get_by_text(w("enrol.codes_what", "ru"))).to_be_visible()
    new = await with_codes(lost, "ru")
    assert new != old
    await expect(lost.locator("#command-line")).to_be_visible()
    # whoever found the phone is out
    await expect(colleague.locator("input[name=login]")).to_be_visible()

    # signing in asks for the code of the new phone
    await lost.get_by_role("button", name="Aigerim Sadykova").click()
    await lost.get_by_role("menuitem", name=w("bar.sign_out", "ru")).click()
    await lost.locator("input[name=login]").fill("aigerim")
    await lost.locator("input[name=password]").fill(PASSWORD)
    await lost.keyboard.press("Enter")
    await expect(lost.get_by_text(w("sign_in.code_what", "ru"))).to_be_visible()
    await shoot(lost, "sign-in-code-ru-light")
    await lost.locator("input[name=code]").fill(pyotp.TOTP(new).at(datetime.now(UTC), counter_offset=1))
    await lost.keyboard.press("Enter")
    await expect(lost.locator("#command-line")).to_be_visible()

    # my account: what there is, and ending another session
    for page, language, name in ((lost, "ru", "Aigerim Sadykova"), (chief, "en", "Nurlan Omarov")):
        await page.get_by_role("button", name=name).click()
        await page.get_by_role("menuitem", name=w("account.title", language)).click()
        await expect(page.get_by_text(w("account.this_one", language))).to_be_visible()
        await shoot(page, f"account-{language}")
    await chief.keyboard.press("Escape")
    await chief.locator('button[lang="kk"]').click()
    await chief.get_by_role("button", name=w("bar.to_light", "kk")).click()
    await expect(chief.get_by_role("heading", name=w("accounts.title", "kk"))).to_be_visible()
    await shoot(chief, "accounts-kk-light")
