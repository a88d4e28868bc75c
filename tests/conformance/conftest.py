"""One database, one NATS connection and one application for the suite; each test has a device of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import nats
import psycopg
import pytest

from jedel.app.connections import make_pool
from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from jedel.app.settings import Settings
from jedel.journal import Store
from jedel.kernel.clock import ManualClock
from tests.conformance.lines import OPENERS, Line, World
from tests.support import Api
from tests.support.app import application


@pytest.fixture(scope="module")
async def world(
    postgres: EmbeddedPostgres,
    template: str,
    nats_server: EmbeddedNats,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    name = "conformance"
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    folder: Path = tmp_path_factory.mktemp("conformance")
    url = postgres.url_of(name)
    settings = Settings(data_dir=folder, database_url=url, nats_url=nats_server.url)
    clock = ManualClock(datetime.now(UTC))
    bus = await nats.connect(nats_server.url)
    async with make_pool(url, 12) as pool:
        store = Store(pool, clock)
        yield World(store, clock, bus, Api(application(settings, store, bus), store))
    await bus.close()
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=OPENERS)
async def line(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Line]:
    """A new device and its line, ten minutes after the test before."""
    world.clock.advance(600)
    async with OPENERS[request.param](world) as opened:
        yield opened
