"""The small centre; after each of its tests the live feed must tell the same as a fresh fetch."""

from collections.abc import AsyncIterator

import pytest

from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.dispatch.world import SNAPSHOT, World
from tests.support.replay import assert_live_equals_fetched
from tests.support.seed import REGION


@pytest.fixture
async def world(store: Store, clock: ManualClock) -> AsyncIterator[World]:
    yield World(store, clock)
    await assert_live_equals_fetched(store, SNAPSHOT, REGION)
