"""The long form: `python -m tests.faults --seeds 500` (`make faults`).

Each seed kills one or two processes at random moments and judges all since the beginning. The last line
printed is JSON.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from random import Random

import orjson

from tests.faults.ordeal import World, killing, people_the
from tests.support.plant import VICTIMS, Plant


def chosen(seed: int) -> list[str]:
    """Who is killed, in order; the second may still be starting again when it is killed."""
    rng = Random(seed)
    return rng.choices(VICTIMS, k=rng.choice((1, 1, 2)))


async def ordeals(first: int, count: int) -> int:
    """All seeds on one Jedel; how many went wrong."""
    wrong: list[int] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jedel-faults-") as folder:
        Path(folder).chmod(0o755)
        plant = Plant(Path(folder) / "jedel")
        await plant.start()
        try:
            world = await people_the(plant)
            for number, seed in enumerate(range(first, first + count), 1):
                victims = chosen(seed)
                found = await _one(world, seed, victims)
                said = "; ".join(found) if found else "nothing lost, nothing doubled"
                print(f"{number}/{count} seed {seed}: killed {', '.join(victims)}: {said}", flush=True)
                if found:
                    wrong.append(seed)
            messages = sum(len(acknowledged) for acknowledged in world.acknowledged.values())
        finally:
            await asyncio.to_thread(plant.stop)
    minutes = round((time.monotonic() - began) / 60, 1)
    report = {"bench": "faults", "seeds": count, "wrong": wrong, "acknowledged": messages, "minutes": minutes}
    print(orjson.dumps(report).decode())
    return len(wrong)


async def _one(world: World, seed: int, victims: list[str]) -> list[str]:
    try:
        return await killing(world, seed, victims)
    except AssertionError as problem:
        return [str(problem)[-3000:]]


def main() -> int:
    """0 when no seed went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Kill processes at random.")
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=1, help="the first seed; the others follow")
    arguments = parser.parse_args()
    return int(asyncio.run(ordeals(arguments.first, arguments.seeds)) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
