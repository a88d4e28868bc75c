"""From `jedel up --demo` to a served console, with the demo made before: the median of three starts.

`start-first` is the start that makes the database and the city.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.report import Result
from tests.support.plant import Plant

GOAL_S = 10.0
STARTS = 3


async def measure(starts: int) -> list[float]:
    """Seconds of each start; the first one makes the database and the city."""
    took = []
    with tempfile.TemporaryDirectory(prefix="jedel-start-") as folder:
        Path(folder).chmod(0o755)
        plant = Plant(Path(folder) / "jedel", demo=True)
        for number in range(starts):
            began = time.monotonic()
            plant.launch()
            await plant.served()
            await _page(plant.url)
            took.append(time.monotonic() - began)
            print(f"{'first start' if number == 0 else f'start {number}'}: {took[-1]:.1f} s", file=sys.stderr)
            await plant.running()
            everything = time.monotonic() - began
            print(f"every process at work after {everything:.1f} s", file=sys.stderr)
            await asyncio.to_thread(plant.stop)
    return took


async def _page(url: str) -> None:
    """The console itself, with somebody who signs in, not only a process that answers."""
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/")
        assert answer.status_code == 200, f"the console is not built: {answer.status_code}"
        assert "<html" in answer.text.lower()
        signed = await client.post("/api/session", json={"login": "duty", "password": "jedel-demo"})
        assert signed.status_code == 200, signed.text


def result(name: str, seconds: float) -> Result:
    """Of either bench: the goal is the same."""
    figure = round(seconds, 1)
    return Result(name, figure, "s", GOAL_S, figure <= GOAL_S)


def run() -> Result:
    """Three starts after the first, whatever the time."""
    took = sorted(asyncio.run(measure(1 + STARTS))[1:])
    return result("start", took[len(took) // 2])
