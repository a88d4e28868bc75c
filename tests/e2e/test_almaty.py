"""The same loop on a real city: `jedel up --demo --map` on the Almaty extract."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.e2e.conftest import opened, running
from tests.e2e.test_loop import a_press_becomes_a_patrol_on_scene

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.almaty]


async def test_the_loop_on_a_real_city(browser: Browser, almaty: Path, tmp_path: Path) -> None:
    async with (
        running(tmp_path / "data", JEDEL_DEMO_MAP=str(almaty)) as city,
        opened(browser, city) as screens,
    ):
        await a_press_becomes_a_patrol_on_scene(city, screens)
