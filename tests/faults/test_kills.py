"""Invariant 1: what was acknowledged is never lost and never doubled, whoever is killed and when.

Two are killed in `make test`, each one in `make thorough`, again and again in `make faults`. A failure names
its seed; again with it:
`JEDEL_TEST_SEED=n make test T=tests/faults`.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from uuid import uuid4

import psycopg
import pytest

from tests.faults import judge
from tests.faults.ordeal import World, all_heard_again, busy, killing, people_the, settled, victims_of
from tests.support.plant import Plant

SEED = int(os.environ.get("JEDEL_TEST_SEED", "1"))

pytestmark = [pytest.mark.fault]


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("faults") / "jedel"
    plant = Plant(folder)
    await plant.start()
    try:
        yield await people_the(plant)
    finally:
        plant.stop()


@pytest.mark.parametrize(
    "victims",
    [
        pytest.param(("postgres", "gateway"), id="who_keeps_and_who_acknowledges"),
        pytest.param(tuple(victims_of(SEED)), id="each", marks=pytest.mark.thorough),
    ],
)
async def test_kill_in_turn(world: World, victims: tuple[str, ...]) -> None:
    found = await killing(world, SEED, list(victims))
    assert not found, f"seed {SEED}: {found}\n{world.plant.said()}"
    counts = {name: len(acknowledged) for name, acknowledged in world.acknowledged.items()}
    assert all(count >= len(victims) - 1 for name, count in counts.items() if "operator" not in name), counts


async def test_the_judge_sees_what_is_lost_doubled_or_altered(world: World) -> None:
    """A judge that never finds anything would prove nothing."""
    url = world.plant.database_url
    async with busy(world, Random(0)) as senders:
        await all_heard_again(senders, world.plant)
    assert await settled(world, senders) == []

    for sender in senders:
        sender.acknowledged.append(str(uuid4()))
        (found,) = await judge.faults(url, [sender])
        assert sender.name in found
        sender.acknowledged.pop()

    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT id FROM alarm LIMIT 1").fetchone()
        assert row is not None
        connection.execute("UPDATE alarm SET presses = presses + 1 WHERE id = %s", row)
        assert any("counted in alarms" in found for found in await judge.faults(url, senders))
        connection.execute("UPDATE alarm SET presses = presses - 1 WHERE id = %s", row)
        connection.execute("ALTER TABLE journal DISABLE TRIGGER journal_only_grows")
        connection.execute("UPDATE journal SET actor = 'somebody' WHERE seq = 7")
        assert any("changed" in found for found in await judge.faults(url, senders))
