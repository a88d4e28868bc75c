"""The disk under PostgreSQL fills up while alarms come in: nothing is acknowledged that is not kept, and when
there is room again everything goes on by itself."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from tests.faults import judge
from tests.faults.ordeal import all_heard_again, busy, people_the
from tests.support import eventually
from tests.support.plant import Plant

pytestmark = [pytest.mark.fault, pytest.mark.thorough, pytest.mark.slow]

SIZE_MIB = 190


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    """A Jedel whose database lies on a small file system of its own; only root may mount one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    small = tmp_path / "jedel" / "postgres"
    small.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if made.returncode != 0:
        pytest.skip(f"mounting is not allowed here: {made.stderr.decode().strip()}")
    plant = Plant(tmp_path / "jedel")
    await plant.start()
    yield plant
    if plant.alive():
        await asyncio.to_thread(plant.stop)
    subprocess.run(["umount", "-l", str(small)], check=True)


def _fill(file: Path) -> None:
    with file.open("wb", buffering=0) as filler:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue


async def test_full_and_free_again(plant: Plant) -> None:
    world = await people_the(plant)
    filler = plant.folder / "postgres" / "filler"
    async with busy(world, Random(1)) as senders:
        await all_heard_again(senders, plant)
        before = sum(sender.repeats for sender in senders)
        await asyncio.to_thread(_fill, filler)

        async def not_acknowledged() -> bool:
            return sum(sender.repeats for sender in senders) >= before + 5

        await eventually(not_acknowledged, within_s=60)
        filler.unlink()
        await all_heard_again(senders, plant)

    async def followed() -> bool:
        return await judge.all_followed(plant.database_url)

    await eventually(followed, within_s=60)
    found = await judge.faults(plant.database_url, senders)
    assert not found, f"{found}\n{plant.said()}"
