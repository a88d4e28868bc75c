"""A citizen without an account: checks a car and a phone, reports the phone, an officer says yes, the check
says so. And nobody is kept from it: three languages, small screens, WCAG 2.1 AA by axe."""

import csv
import secrets

import pytest
from playwright.async_api import Page, expect

from tests.e2e.screens import City, Screens, words
from tests.e2e.test_access import faults
from tests.registers.make import imei

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE_SIZE = (390, 844)


def says(key: str, language: str) -> str:
    return words(key, language, "citizen")


def fresh_imei() -> str:
    """Of a phone that no register knows."""
    return imei(f"35209900{secrets.randbelow(10**6):06}")


def a_plate(city: City) -> str:
    """Of a car in the demo's register, of which there is nothing to say."""
    with (city.plant.folder / "demo" / "registers" / "vehicles.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = csv.DictReader(file)
        return next(row["plate"] for row in rows if row["state"] == "registered" and not row["restrictions"])


async def opened(screens: Screens, language: str, size: tuple[int, int], theme: str = "light") -> Page:
    page = await screens.page(language, size, theme, touch=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{screens.city.url}/citizen/")
    await expect(page.get_by_role("heading", level=1)).to_have_text(says("page.title", language))
    assert [url for url in asked if not url.startswith(screens.city.url)] == [], "nothing from elsewhere"
    return page


async def choose(page: Page, where: str) -> None:
    """A screen from the start, as a link to it would open it."""
    base = page.url.split("#")[0]
    await page.goto(f"{base}#/")
    await page.goto(f"{base}#/{where}")
    await page.locator("form input:not([type=radio])").first.wait_for()


async def check_phone(page: Page, number: str, language: str, verdict: str) -> None:
    await choose(page, "phone")
    await page.get_by_label("IMEI", exact=True).fill(number)
    await page.get_by_role("button", name=says("phone.check", language)).tap()
    await expect(page.locator(".verdict h1")).to_have_text(says(f"phone.{verdict}", language))


async def test_a_stolen_phone_from_its_owner_to_the_register(city: City, screens: Screens) -> None:
    page = await opened(screens, "ru", PHONE_SIZE)
    await page.get_by_role("link", name=says("start.car", "ru")).tap()
    field = page.get_by_label(says("car.label", "ru"))
    plate = a_plate(city)
    await field.press_sequentially(f"{plate[:3]} {plate[3:6].translate(LOOK_LATIN).lower()} {plate[6:]}")
    await expect(field).to_have_value(f"{plate[:3]} {plate[3:6]} {plate[6:]}")
    await page.get_by_role("button", name=says("car.check", "ru")).tap()
    await expect(page.locator(".asked strong")).to_have_text(plate)
    await expect(page.locator(".facts .source").first).to_contain_text("Jedel demo")

    number = fresh_imei()
    await check_phone(page, number, "ru", "clear")
    await page.get_by_role("link", name=says("phone.report", "ru")).tap()
    await page.get_by_label("IMEI", exact=True).fill(number)
    await page.get_by_role("button", name=says("report.next", "ru")).tap()
    await page.get_by_label(says("report.where", "ru"), exact=True).fill("Автобус 12")
    await page.get_by_role("button", name=says("report.next", "ru")).tap()
    await page.get_by_label(says("report.name", "ru")).fill("Үлгі Сынақұлы")
    await page.get_by_label(says("report.contact", "ru")).fill("+7 700 000 00 00")
    await page.get_by_role("button", name=says("report.send", "ru")).tap()
    receipt = await page.locator("[data-receipt]").inner_text()
    await screens.shoot(page, "citizen-receipt")
    await check_phone(page, number, "ru", "clear")

    console = await screens.console("ru")
    await console.page.get_by_role("button", name=words("rail_short.reports", "ru", "console")).click()
    card = console.page.get_by_role("article", name=receipt)
    await expect(card).to_contain_text("Үлгі Сынақұлы")
    await screens.shoot(console.page, "console-reports")
    await card.get_by_label(words("reports.approve_why", "ru", "console")).select_option("called_back")
    await card.get_by_role("button", name=words("reports.approve", "ru", "console"), exact=True).click()
    await expect(card).to_have_count(0)

    await check_phone(page, number, "ru", "reported_stolen")
    await expect(page.locator(".source").first).to_contain_text(says("phone.citizen_report", "ru"))
    await screens.shoot(page, "citizen-stolen")
    await choose(page, "receipt")
    await page.get_by_label(says("status.label", "ru")).fill(receipt)
    await page.get_by_role("button", name=says("status.check", "ru")).tap()
    await expect(page.locator(".verdict h1")).to_have_text(says("status.approved", "ru"))


LOOK_LATIN = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
"""As typed on a Cyrillic keyboard."""


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("language", "size", "theme"),
    [("kk", (320, 640), "light"), ("ru", PHONE_SIZE, "dark"), ("en", (1280, 800), "light")],
)
async def test_nobody_is_kept_out(
    city: City, screens: Screens, language: str, size: tuple[int, int], theme: str
) -> None:
    page = await opened(screens, language, size, theme)
    assert await faults(page) == []
    for where in ("receipt", "report", "phone", "car"):
        await choose(page, where)
        assert await faults(page) == [], where
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], where
    await page.get_by_label(says("car.label", language)).fill(a_plate(city))
    await page.keyboard.press("Enter")
    await page.locator(".verdict").wait_for()
    assert await faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= size[0]
    focused = await page.evaluate("document.activeElement.tagName")
    assert focused == "H1", "the result is read out first"
    await screens.shoot(page, f"citizen-car-{language}")
    assert await page.evaluate("document.cookie") == ""
