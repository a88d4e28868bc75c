"""`python -m simulator.city OUT.osm.pbf [--seed 7]`: writes the demo city."""

import argparse
from pathlib import Path

from simulator.city.plan import SEED, build
from simulator.city.write import write_pbf


def main() -> None:
    """Parse the arguments, build, write, say what was made."""
    parser = argparse.ArgumentParser(prog="python -m simulator.city", description="Write the demo map.")
    parser.add_argument("out", type=Path, help="where the .osm.pbf goes")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another seed, another city (default {SEED})")
    arguments = parser.parse_args()
    city = build(arguments.seed)
    write_pbf(city, arguments.out)
    addresses = sum(address is not None for address in city.addresses)
    size = arguments.out.stat().st_size
    print(
        f"{arguments.out}: {len(city.network.nodes)} road nodes, {len(city.houses.shapes)} houses, "
        f"{addresses} addresses, {len(city.sites.sites)} public buildings, {size / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    main()
