"""`python -m simulator.registers OUT_DIR [--vehicles 10000] [--seed 7] [--today DATE] [--parquet]`."""

import argparse
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from simulator.registers.make import KINDS, TODAY, Pieces, Plan
from simulator.registers.numbers import PLATES_MAX

VEHICLES_MAX = 10_000_000
assert VEHICLES_MAX <= PLATES_MAX


def write(pieces: Pieces, file: Path) -> int:
    """Write the pieces as CSV or Parquet, by the file's ending; how many rows."""
    rows = 0
    first = next(pieces)
    writer: pacsv.CSVWriter | pq.ParquetWriter
    if file.suffix == ".parquet":
        writer = pq.ParquetWriter(file, first.schema)
    else:
        writer = pacsv.CSVWriter(file, first.schema, write_options=pacsv.WriteOptions(quoting_style="needed"))
    with writer:
        while first is not None:
            rows += len(first)
            writer.write_table(first)
            first = next(pieces, None)
    return rows


def main() -> None:
    """Parse the arguments, write every register, say how many rows."""
    parser = argparse.ArgumentParser(
        prog="python -m simulator.registers", description="Write made-up registers."
    )
    parser.add_argument("out", type=Path, help="the folder; it is made where it is missing")
    parser.add_argument("--vehicles", type=int, default=10_000, help=f"1 to {VEHICLES_MAX}")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY, help=f"true on this day ({TODAY})")
    parser.add_argument("--parquet", action="store_true", help="Parquet, not CSV")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="only these; else all")
    arguments = parser.parse_args()
    if not 1 <= arguments.vehicles <= VEHICLES_MAX:
        parser.error(f"--vehicles is 1 to {VEHICLES_MAX}")
    plan = Plan(arguments.vehicles, arguments.seed, arguments.today)
    arguments.out.mkdir(parents=True, exist_ok=True)
    pa.set_cpu_count(1)
    for kind in arguments.kind or KINDS:
        file = arguments.out / f"{kind}.{'parquet' if arguments.parquet else 'csv'}"
        print(f"{file}: {write(KINDS[kind](plan), file)} rows", flush=True)


if __name__ == "__main__":
    main()
