"""`python -m simulator.traffic plan|reads|score …`: a demo's cameras, traffic as files, how it was judged."""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from simulator.config import Streets
from simulator.traffic.roads import city_roads, extract_roads
from simulator.traffic.street import Street, world_of
from simulator.traffic.truth import score_of, to_find, true_of
from simulator.traffic.world import generate


def _plan(arguments: argparse.Namespace) -> None:
    """Where the demo's cameras stand, and which car is stolen."""
    streets = Streets(
        str(arguments.map.absolute()), arguments.vehicles, arguments.today.isoformat(), seed=arguments.seed,
        cars=arguments.cars, cameras=arguments.cameras, reads_per_s=arguments.reads_per_s,
    )  # fmt: skip
    world = world_of(streets)
    cameras = [
        {name: world.cameras[name][nth].item() for name in ("number", "lon", "lat", "heading")}
        for nth in range(len(world.cameras))
    ]
    planned = {
        "streets": asdict(streets),
        "stolen": Street(world, {}, arguments.seed).stolen,
        "cameras": cameras,
    }
    _write(arguments.out, planned)
    print(f"{arguments.out}: {len(cameras)} cameras, {len(world.cars)} cars")


def _reads(arguments: argparse.Namespace) -> None:
    """Two files: arrays of reads, cars and cameras; and the plates that are to be found."""
    roads = extract_roads(arguments.map) if arguments.map else city_roads()
    traffic = generate(
        arguments.seed, arguments.cars, arguments.cameras, arguments.seconds, roads=roads,
        vehicles=arguments.vehicles, reads_per_s=arguments.reads_per_s,
    )  # fmt: skip
    np.savez_compressed(arguments.out, reads=traffic.reads, cars=traffic.cars, cameras=traffic.cameras)
    truth = {"to_find": to_find(traffic), "true": true_of(traffic)}
    listed = {part: {code: sorted(plates) for code, plates in found.items()} for part, found in truth.items()}
    _write(arguments.out.with_suffix(".truth.json"), listed)
    print(f"{arguments.out}: {len(traffic.reads)} reads of {len(traffic.cars)} cars")


def _score(arguments: argparse.Namespace) -> None:
    """A table: by ground how many plates were rightly found, wrongly found, missed."""
    truth, found = (json.loads(file.read_text("utf-8")) for file in (arguments.truth, arguments.found))
    scores = score_of(truth["to_find"], truth["true"], found)
    print(f"{'ground':18}{'right':>7}{'wrong':>7}{'missed':>7}{'precision':>11}{'recall':>8}")
    for code, each in scores.items():
        figures = f"{each.right:7}{each.wrong:7}{each.missed:7}{each.precision:11.3f}{each.recall:8.3f}"
        print(f"{code:18}{figures}")
    if any(each.wrong or each.missed for each in scores.values()) and arguments.strict:
        sys.exit(1)


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def main() -> None:
    """Parse the arguments and do it."""
    parser = argparse.ArgumentParser(prog="python -m simulator.traffic", description="Cars past cameras.")
    which = parser.add_subparsers(required=True)
    plan = which.add_parser("plan", help="cameras and cars for a map: what a demo needs")
    plan.add_argument("map", type=Path, help="an .osm.pbf")
    plan.add_argument("out", type=Path, help="a .json")
    plan.add_argument("--today", type=date.fromisoformat, required=True, help="the registers' day")
    reads = which.add_parser("reads", help="traffic as files, with the truth")
    reads.add_argument("out", type=Path, help="an .npz; the truth goes beside it")
    reads.add_argument("--map", type=Path, help="an .osm.pbf; else the demo city")
    reads.add_argument("--seconds", type=float, default=3_600.0)
    for command in (plan, reads):
        command.add_argument("--seed", type=int, default=7)
        command.add_argument("--cars", type=int, default=Streets.cars)
        command.add_argument("--cameras", type=int, default=Streets.cameras)
        command.add_argument("--vehicles", type=int, default=10_000, help="of the registers")
        command.add_argument("--reads-per-s", type=float, default=Streets.reads_per_s)
    score = which.add_parser("score", help="precision and recall of what was found")
    score.add_argument("truth", type=Path, help="the .truth.json of `reads`")
    score.add_argument("found", type=Path, help="a .json: ground's code → plates")
    score.add_argument("--strict", action="store_true", help="status 1 unless all was found and nothing else")
    for command, run in ((plan, _plan), (reads, _reads), (score, _score)):
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
