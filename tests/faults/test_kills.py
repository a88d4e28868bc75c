"""Invariant 1: what was acknowledged is never lost and never doubled, whoever is killed and when.

This is the short form; the long one is `make faults`. A failure names its seed; again with it:
`JEDEL_TEST_SEED=n make test T=tests/faults`.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.ordeal import World, killing, people_the, victims_of
from tests.support.plant import Plant

SEED = int(os.environ.get("JEDEL_TEST_SEED", "1"))

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("faults") / "jedel"
    plant = Plant(folder)
    await plant.start()
    try:
        yield await people_the(plant)
    finally:
        plant.stop()


async def test_kill_each_process_in_turn(world: World) -> None:
    found = await killing(world, SEED, victims_of(SEED))
    assert not found, f"seed {SEED}: {found}\n{world.plant.said()}"
