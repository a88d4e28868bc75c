"""What of the demo needs no database: its city, its registers, its traffic, by the simulator's programs.

They run beside the start of the servers and beside this process, which meanwhile loads the rooms.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from jedel.app import demo_state, waiting
from jedel.app.embedded.running import addresses
from jedel.app.settings import Settings
from jedel.kernel.parentage import tied

VEHICLES: Final = 10_000
CITY: Final = "city.osm.pbf"
REGISTERS: Final = "registers"
PLAN: Final = "streets.json"
"""What `python -m simulator.traffic plan` writes: `streets`, `cameras`, `stolen`."""
_LOOK_EVERY_S: Final = 0.05

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Drafts:
    """What is being made; each is what its program says at its end. ``city``: None where a map was given."""

    folder: Path
    map_file: Path
    city: asyncio.Task[str] | None
    registers: asyncio.Task[str]
    plan: asyncio.Task[str]


async def prepare(settings: Settings, say: Say) -> None:
    """Make what is missing of the demo, as soon as there is a database of this program's shape."""
    async with asyncio.TaskGroup() as tasks:
        drafts = _begin(tasks, settings)
        # nearly every room: slow to load, and meanwhile one program may follow the other
        demo = await asyncio.to_thread(import_module, "jedel.app.demo")
        await demo.prepare(settings, await _database(settings), drafts, say)


def _begin(tasks: asyncio.TaskGroup, settings: Settings) -> Drafts:
    folder = demo_state.devices_file(settings.data_dir).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    today = datetime.now(UTC).date().isoformat()
    options = ("--vehicles", str(VEHICLES), "--today", today)
    map_file = settings.demo_map or folder / CITY
    city = None if settings.demo_map else tasks.create_task(_simulate("city_file", str(map_file)))

    async def plan() -> str:
        if city is not None:
            await city
        return await _simulate("traffic", "plan", str(map_file), str(folder / PLAN), *options)

    registers = tasks.create_task(_simulate("registers", str(folder / REGISTERS), *options))
    return Drafts(folder, map_file, city, registers, tasks.create_task(plan()))


async def _database(settings: Settings) -> str:
    """Where it is; waits until its steps are taken. Raises DatabaseNewer."""
    while True:
        url = settings.database_url or addresses(settings.data_dir).database_url
        if url is not None and await asyncio.to_thread(waiting.schema_fault, url) is None:
            return url
        await asyncio.sleep(_LOOK_EVERY_S)


async def _simulate(what: str, *options: str) -> str:
    """Run a part of the simulator; what it said."""
    command = [sys.executable, "-P", "-m", f"simulator.{what}", *options]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, preexec_fn=tied()
    )
    said, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"`{' '.join(command)}` ended with status {process.returncode}")
    return said.decode().strip()
