"""A camera's message until its alert is on a tablet's wire, at 2,000 reads a second, all of it durable.

The whole of ``jedel up`` on this machine and the generated city's roads. Eighty cameras push 25 reads a
second each by HTTP; once a second one of them pushes a wanted car as well, which is an alert for the patrol
that can meet it. Forty crews with tablets stand in the city, each on a live socket; who is told answers, and
is free again. A car that no crew can meet in time is on the consoles only: such cars are counted by the
database's word. Counted from the moment before the push is sent to the moment at which the tablet's socket
has the alert: what the browser then needs to draw it is not in it.
"""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import orjson
import psycopg
from websockets.asyncio.client import connect

from jedel.app.connections import make_pool
from jedel.journal import Store
from jedel.kernel.clock import SystemClock
from jedel.places.importer import import_map
from tests.bench.alarm import REGION, System, costs, running
from tests.bench.reads_load import plates
from tests.bench.report import Result
from tests.support import Api
from tests.support.api import Seat
from tests.support.seed import add_staff
from tests.support.watch import want

CAMERAS, PER_CAMERA = 80, 25
TABLETS = 40
P95_GOAL_MS, P99_GOAL_MS = 250.0, 500.0
WARM = 5
WAIT_S = 20.0


@dataclass
class Crew:
    """A tablet on its live socket. ``heard``: plate → when its alert came; ``told``: plate → its id."""

    seat: Seat
    token: str
    heard: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


@dataclass
class City:
    """What the bench acts by."""

    system: System
    crews: list[Crew]
    cameras: list[Seat]
    wanted: list[str]
    ordinary: list[str]


def points(system: System, count: int) -> list[tuple[float, float]]:
    """So many junctions of the city, far from each other as chance will have it."""
    with np.load(next((system.folder / "blobs" / "maps").glob("*/graph.npz"))) as arrays:
        lon, lat = arrays["node_lon"], arrays["node_lat"]
    chosen = np.random.default_rng(8).choice(len(lon), count, replace=False)
    return [(float(lon[n]), float(lat[n])) for n in chosen]


async def crew(api: Api, nth: int, place: tuple[float, float]) -> Crew:
    """A car on shift with a tablet, at its place."""
    admin = await api.login("admin")
    unit_id = str(uuid4())
    await admin.ok("POST", "/api/units", json={"id": unit_id, "call_sign": f"B{nth}", "kind": "car"})
    seat, device_id, secret = await api.device("tablet", name=f"Tablet {nth}", unit_id=UUID(unit_id))
    await seat.ok("POST", f"/api/units/{unit_id}/shift", json={"id": str(uuid4()), "on": True, "crew": ["A"]})
    made = Crew(seat, f"{device_id}.{secret}")
    await report(made, place)
    return made


async def report(who: Crew, place: tuple[float, float]) -> None:
    at = {"at": datetime.now(UTC).isoformat(), "lon": place[0], "lat": place[1]}
    await who.seat.ok("POST", "/api/positions", json={"positions": [at]})


async def camera(api: Api, nth: int, place: tuple[float, float]) -> Seat:
    """A camera that pushes its own reads."""
    admin = await api.login("admin")
    seat, device_id, _ = await api.device("camera", name=f"Camera {nth}")
    body = {"id": str(uuid4()), "name": f"Camera {nth}", "lon": place[0], "lat": place[1], "heading": None}
    driver = {"driver": "http", "device_id": str(device_id)}
    await admin.ok("POST", "/api/plates/cameras", json=body | driver)
    return seat


async def listen(system: System, who: Crew) -> None:
    """Note each alert as it comes, answer it."""
    async with connect(f"ws://127.0.0.1:{system.http}/api/live/unit", max_size=None) as socket:
        await socket.send(orjson.dumps({"token": who.token}).decode())
        async for said in socket:
            at = time.monotonic()
            message = orjson.loads(said)
            for alert in message.get("changed", {}).get("alerts", ()):
                if alert["state"] == "unconfirmed" and alert["plate"] not in who.heard:
                    who.heard[alert["plate"]], who.told[alert["plate"]] = at, alert["id"]


async def answer(who: Crew, alert_id: str) -> None:
    body = {"id": str(uuid4()), "answer": "refuted", "reason": "other_plate"}
    await who.seat.ok("POST", f"/api/qorgau/alerts/{alert_id}/answer", json=body)


def read(plate: str) -> dict[str, Any]:
    return {"plate": plate, "at": datetime.now(UTC).isoformat(), "confidence": 97, "weakest": 92, "frames": 4}


async def drive(city: City, nth: int, seconds: float) -> float:
    """One camera's ordinary day; how far behind its time it ever was."""
    began, late_s = time.monotonic() + nth / CAMERAS, 0.0
    for second in range(int(seconds)):
        due = began + second
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        late_s = max(late_s, time.monotonic() - due)
        first = (second * CAMERAS + nth) * PER_CAMERA % (len(city.ordinary) - PER_CAMERA)
        reads = [read(plate) for plate in city.ordinary[first : first + PER_CAMERA]]
        await city.cameras[nth].ok("POST", "/api/plates/reads", json={"reads": reads})
    return late_s


async def pass_by(city: City, nth: int) -> float | None:
    """A wanted car before one of the cameras; seconds until a tablet has it, None where none was told."""
    plate, seat = city.wanted[nth], city.cameras[nth % CAMERAS]
    began = time.monotonic()
    await seat.ok("POST", "/api/plates/reads", json={"reads": [read(plate)]})
    while time.monotonic() - began < WAIT_S:
        told = [who for who in city.crews if plate in who.heard]
        if told:
            for who in told:
                await answer(who, who.told[plate])
            return min(who.heard[plate] for who in told) - began
        await asyncio.sleep(0.01)
    return None


@asynccontextmanager
async def city_of(system: System, count: int) -> AsyncIterator[City]:
    """Map, cameras, crews, wanted cars."""
    file = system.folder / "city.osm.pbf"
    subprocess.run([sys.executable, "-m", "simulator.city", str(file)], check=True, stdout=sys.stderr)
    async with AsyncExitStack() as stack, make_pool(system.database_url, 4) as pool:
        store = Store(pool, SystemClock())
        await import_map(store, system.folder / "blobs", file, REGION)
        await add_staff(store)
        api = Api(None, store, f"http://127.0.0.1:{system.http}")
        places = points(system, CAMERAS + TABLETS)
        cameras = [await camera(api, nth, places[nth]) for nth in range(CAMERAS)]
        crews = [await crew(api, nth, place) for nth, place in enumerate(places[CAMERAS:])]
        names = [plate.decode() for plate in plates(200_000 + count).tolist()]
        want(system.database_url, REGION, names[:count])
        for seat in (*cameras, *(who.seat for who in crews)):
            seat.timeout = 30.0
            stack.push_async_callback(seat.aclose)
        tasks = [asyncio.create_task(listen(system, who)) for who in crews]
        stay = asyncio.create_task(keep_reporting(crews, places[CAMERAS:]))
        await asyncio.sleep(5)  # the list has reached the worker
        yield City(system, crews, cameras, names[:count], names[count:])
        for task in (*tasks, stay):
            task.cancel()
        await asyncio.gather(*tasks, stay, return_exceptions=True)


async def keep_reporting(crews: list[Crew], places: list[tuple[float, float]]) -> None:
    """Each crew says where it is every ten seconds."""
    while True:
        for who, place in zip(crews, places, strict=True):
            await report(who, place)
            await asyncio.sleep(10 / len(crews))


def told(database_url: str, wanted: list[str]) -> tuple[int, int]:
    """Of these cars: how many have an alert, and of how many a crew was told."""
    with psycopg.connect(database_url) as conn:
        row = conn.execute(
            "SELECT count(*), count(*) FILTER (WHERE EXISTS"
            " (SELECT FROM qorgau_alert_unit u WHERE u.alert_id = a.id))"
            " FROM qorgau_alert a WHERE plate_text(plate) = ANY (%s)",
            (wanted,),
        ).fetchone()
    assert row is not None
    return row[0], row[1]


async def measure(system: System, seconds: float) -> tuple[list[float | None], int, float]:
    """The waits, how many alerts were told to a crew, and how late the cameras were."""
    async with city_of(system, WARM + int(seconds)) as city:
        before = costs(system)
        driving = [asyncio.create_task(drive(city, nth, seconds + WARM)) for nth in range(CAMERAS)]
        passing, began = [], time.monotonic()
        for nth in range(WARM + int(seconds)):
            await asyncio.sleep(max(0.0, began + nth - time.monotonic()))
            passing.append(asyncio.create_task(pass_by(city, nth)))
        late_s = max(await asyncio.gather(*driving))
        waits = await asyncio.gather(*passing)
        after = costs(system)
    for name, (memory_mib, cpu_s) in sorted(after.items()):
        spent = (cpu_s - before.get(name, (0, 0))[1]) / (seconds + WARM)
        print(f"{name}: {memory_mib:.0f} MiB, {spent:.2f} cores", file=sys.stderr)
    opened, crews = told(system.database_url, city.wanted[WARM:])
    assert opened == len(waits) - WARM, f"{opened} alerts"
    return waits[WARM:], crews, late_s


def run(seconds: float | None = None) -> Result:
    """An alert a second for `seconds` (default 60)."""
    logging.disable(logging.WARNING)
    with running() as system:
        waits, crews, late_s = asyncio.run(measure(system, seconds or 60.0))
    heard = np.array([wait for wait in waits if wait is not None]) * 1000
    p50, p95, p99, worst = np.percentile(heard, [50, 95, 99, 100])
    print(
        f"{len(waits)} alerts, {crews} told to a crew, {len(heard)} on a tablet: p50 {p50:.0f} p95 {p95:.0f}"
        f" p99 {p99:.0f} max {worst:.0f} ms; the cameras at most {late_s:.1f} s late",
        file=sys.stderr,
    )
    met = bool(p95 <= P95_GOAL_MS and p99 <= P99_GOAL_MS and len(heard) == crews and late_s < 1)
    return Result("alert", round(float(p99)), "ms p99 camera to tablet", P99_GOAL_MS, met)


if __name__ == "__main__":
    print(run(float(sys.argv[1]) if sys.argv[1:] else None).line())
