"""From `jedel up --demo` to a served console, with the demo made before: the median of three starts."""

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
    """Seconds of each start; the first one, which makes the database and the city, is not counted."""
    took = []
    with tempfile.TemporaryDirectory(prefix="jedel-start-") as folder:
        Path(folder).chmod(0o755)
        plant = Plant(Path(folder) / "jedel", demo=True)
        for number in range(starts + 1):
            began = time.monotonic()
            plant.launch()
            await plant.served()
            await _page(plant.url)
            seconds = time.monotonic() - began
            print(f"{'first start' if number == 0 else f'start {number}'}: {seconds:.1f} s", file=sys.stderr)
            if number:
                took.append(seconds)
            await asyncio.to_thread(plant.stop)
    return took


async def _page(url: str) -> None:
    """The console itself, not only a process that answers."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(url + "/")
        assert answer.status_code == 200, f"the console is not built: {answer.status_code}"
        assert "<html" in answer.text.lower()


def run() -> Result:
    """Three starts, whatever the time."""
    took = sorted(asyncio.run(measure(STARTS)))
    figure = round(took[len(took) // 2], 1)
    return Result("start", figure, "s", GOAL_S, figure <= GOAL_S)
