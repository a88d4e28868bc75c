"""`jedel up` as a user has it: it starts, says where, mends what dies, stops cleanly and leaves nothing."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from jedel.app.embedded.nats import EmbeddedNats
from jedel.app.embedded.postgres import EmbeddedPostgres
from tests.support import eventually
from tests.support.plant import Child, Plant


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def _all_gone(children: list[Child]) -> None:
    async def gone() -> bool:
        return not any(_alive(child.pid) for child in children)

    await eventually(gone, within_s=30)


@pytest.fixture
async def plant(tmp_path: Path) -> AsyncIterator[Plant]:
    plant = Plant(tmp_path / "jedel")
    yield plant
    if plant.alive():
        plant.stop(signal.SIGTERM)


async def test_a_whole_life(plant: Plant) -> None:
    """One plant through all of it: its start is the slow part."""
    await plant.start()
    children = plant.children()
    assert sorted(child.name for child in children) == [
        "gateway",
        "jobs",
        "media",
        "media",
        "nats",
        "plates",
        "postgres",
        "qorgau",
        "web",
    ]

    async def announced() -> bool:
        return f"http://localhost:{plant.http_port}/" in plant.said()

    await eventually(announced)

    # a second one on the same folder is refused, and the first one goes on
    second = Plant(plant.folder)
    second.launch()
    assert second._process is not None
    assert await asyncio.to_thread(second._process.wait, 60) == 2
    assert f"already runs on {plant.folder} (process {plant.pid})" in second.said()

    # another one that wants a port of the first is told who has it
    other = Plant(plant.folder.with_name("other"), JEDEL_HTTP_PORT=str(plant.http_port))
    other.launch()
    assert other._process is not None
    assert await asyncio.to_thread(other._process.wait, 60) == 2
    assert f"port {plant.http_port} is taken by" in other.said()
    assert f"JEDEL_HTTP_PORT={plant.http_port + 1}" in other.said()

    with psycopg.connect(plant.database_url) as connection:
        connection.execute("CREATE TABLE yesterday AS SELECT 1 AS n")

    # who dies is started again, under another pid
    old = {child.name: child.pid for child in children}
    assert plant.kill("jobs")

    async def again() -> bool:
        now = {child.name: child.pid for child in plant.children()}
        return now.get("jobs") not in {None, old["jobs"]} and now["web"] == old["web"]

    await eventually(again, within_s=30)
    assert "jobs │ ended by SIGKILL; starting again in 0.25 s" in plant.said()

    # Ctrl-C: everything ends in order, nothing is left
    children = plant.children()
    assert await asyncio.to_thread(plant.stop, signal.SIGINT) == 0
    await _all_gone(children)
    assert plant.said().rstrip().endswith("stopped")

    # a kill -9 of the supervisor leaves nothing either, and the next one finds yesterday's data
    await plant.start()
    children = plant.children()
    with psycopg.connect(plant.database_url) as connection:
        assert connection.execute("SELECT n FROM yesterday").fetchone() == (1,)
    os.kill(plant.pid, signal.SIGKILL)
    assert plant._process is not None
    await asyncio.to_thread(plant._process.wait)
    await _all_gone(children)


@pytest.mark.thorough
async def test_external_servers_that_are_down_are_waited_for(tmp_path: Path) -> None:
    """PostgreSQL and NATS of somebody else: it waits, says what for, and goes on when they come."""
    postgres = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    nats = EmbeddedNats(tmp_path / "nats")
    postgres.start()
    nats.start()
    database_url, nats_url = postgres.url, nats.url
    postgres.stop()
    nats.stop()
    plant = Plant(tmp_path / "jedel", JEDEL_DATABASE_URL=database_url, JEDEL_NATS_URL=nats_url)
    plant.launch()
    try:

        async def says(what: str) -> None:
            async def said() -> bool:
                return what in plant.said()

            await eventually(said, within_s=60)

        await says(f"waiting for PostgreSQL at 127.0.0.1:{postgres.port}")
        postgres.start()
        await says(f"PostgreSQL at 127.0.0.1:{postgres.port} is there after")
        await says(f"waiting for NATS at 127.0.0.1:{nats.port}")
        nats.start()
        await plant.served()

        # they go away while it runs: it says so, waits and goes on by itself
        nats.stop()
        await says("NATS is away")
        postgres.stop()
        postgres.start()
        nats.start()
        await plant.served()
    finally:
        assert await asyncio.to_thread(plant.stop) == 0
        nats.stop()
        postgres.stop()


async def test_stopped_while_it_waits(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        plant = Plant(tmp_path / "jedel", JEDEL_DATABASE_URL=f"postgresql://jedel@127.0.0.1:{port}/jedel")
        plant.launch()

        async def said() -> bool:
            return "waiting for PostgreSQL" in plant.said()

        await eventually(said, within_s=60)
        assert await asyncio.to_thread(plant.stop, signal.SIGTERM) == 0
        assert "stopped" in plant.said()
