"""Plate reads and their alerts while processes are killed with -9: what a camera was told is taken is there
once, and nobody is sent to the same car twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
import pytest

from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from tests.support import Api, eventually
from tests.support.api import Seat
from tests.support.plant import Plant
from tests.support.seed import add_staff
from tests.support.watch import want

pytestmark = [pytest.mark.fault]

REGION = "00"
VICTIMS = ("qorgau", "nats", "postgres", "web", "qorgau", "nats", "qorgau", "postgres")
KILL_EVERY_S = 2.0
READS = 8
FIRST = "999KZA02"
WANTED = [f"{n:03d}KZA02" for n in range(60)]


@dataclass
class Street:
    """A camera that repeats a message until it is taken. ``taken``: plates of those that were."""

    plant: Plant
    camera: Seat
    taken: list[str] = field(default_factory=list)
    repeats: int = 0
    stopping: bool = False

    async def drive(self) -> None:
        """One car of the list among others, four times a second."""
        nth = 0
        while not self.stopping:
            plates = [
                f"{n % 1000:03d}AB{chr(65 + n // 1000)}05" for n in range(nth * READS, (nth + 1) * READS)
            ]
            plates += WANTED[nth : nth + 1]
            await self._say(plates)
            self.taken += plates
            nth += 1
            await asyncio.sleep(0.25)

    async def list_is_known(self) -> bool:
        """Whether a listed car that passes now becomes an alert: the list reaches the worker within 2 s."""
        await self._say([FIRST])
        return FIRST in _alerts(self.plant)

    async def _say(self, plates: list[str]) -> None:
        at = datetime.now(UTC).isoformat()
        sure = {"confidence": 97, "weakest": 92, "frames": 3}
        message = {"reads": [{"plate": plate, "at": at} | sure for plate in plates]}
        while True:
            try:
                answer = await self.camera.post("/api/plates/reads", json=message)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status_code == 202:
                assert answer.json()["refused"] == [], answer.text
                return
            assert answer is None or answer.status_code >= 500, answer.text
            self.repeats += 1
            await asyncio.sleep(0.1)


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    plant = Plant(tmp_path / "jedel")
    await plant.start()
    try:
        async with make_pool(plant.database_url, 2) as pool:
            store = Store(pool, SystemClock())
            await add_staff(store)
            api = Api(None, store, plant.url)
            camera, device_id, _ = await api.device("camera", name="Abai")
            admin = await api.login("admin")
            body = {"id": str(uuid4()), "name": "Abai", "lon": 76.9, "lat": 43.2, "heading": None}
            driver = {"driver": "http", "device_id": str(device_id)}
            await admin.ok("POST", "/api/plates/cameras", json=body | driver)
        want(plant.database_url, REGION, [FIRST, *WANTED])
        camera.timeout = 10.0
        yield Street(plant, camera)
    finally:
        plant.stop()


async def test_no_read_is_lost_or_doubled_whoever_is_killed(street: Street) -> None:
    await eventually(street.list_is_known, within_s=60, every_s=0.5)
    driving = asyncio.create_task(street.drive())
    killed = []
    for victim in VICTIMS:
        await asyncio.sleep(KILL_EVERY_S)  # the time between two kills is what this test varies
        assert not driving.done(), driving.exception()
        if street.plant.kill(victim):
            killed.append(victim)
    street.stopping = True
    await driving
    assert len(killed) >= len(VICTIMS) - 2, killed
    assert street.repeats > 0, "nobody was hindered: this proves nothing"

    async def all_stored() -> bool:
        return await _stored(street.plant) >= len(street.taken)

    await eventually(all_stored, within_s=60, every_s=0.2)
    with psycopg.connect(street.plant.database_url) as conn:
        rows: dict[str, int] = dict(
            conn.execute("SELECT plate_text(plate), count(*) FROM plate_read GROUP BY plate").fetchall()
        )
        opened = conn.execute(
            "SELECT count(*), count(DISTINCT subject) FROM journal WHERE kind = 'qorgau.alert_opened'"
        ).fetchone()
    assert {plate: rows.get(plate, 0) for plate in street.taken} == dict.fromkeys(street.taken, 1)
    passed = set(WANTED) & set(street.taken)
    assert len(passed) >= 20
    assert _alerts(street.plant) == dict.fromkeys([FIRST, *passed], 1)
    assert opened == (len(passed) + 1, len(passed) + 1)


_COUNTED = "SELECT plate_text(plate), count(*) FROM plate_read GROUP BY plate"


def _alerts(plant: Plant) -> dict[str, int]:
    with psycopg.connect(plant.database_url) as conn:
        rows = conn.execute("SELECT plate_text(plate), count(*) FROM qorgau_alert GROUP BY plate")
        return dict(rows.fetchall())


async def _stored(plant: Plant) -> int:
    try:
        with psycopg.connect(plant.database_url, connect_timeout=2) as conn:
            row = conn.execute("SELECT count(*) FROM plate_read").fetchone()
    except psycopg.OperationalError:
        return 0
    assert row is not None
    return int(row[0])
