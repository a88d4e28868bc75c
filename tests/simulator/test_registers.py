"""Made-up registers: what they hold is good, the same for a seed, and of nobody."""

import csv
import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.registers import numbers
from simulator.registers.make import KINDS


def made(folder: Path, *options: str) -> dict[str, str]:
    """File name → digest."""
    command = [sys.executable, "-m", "simulator.registers", str(folder), "--vehicles", "2000", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_a_seed_gives_the_same_files(tmp_path: Path) -> None:
    first, again, other = (
        made(tmp_path / name, "--seed", seed) for name, seed in (("a", "7"), ("b", "7"), ("c", "8"))
    )
    assert first == again
    assert set(first) == {f"{kind}.csv" for kind in KINDS}
    assert first["vehicles.csv"] != other["vehicles.csv"]


def test_nobody_who_lives_is_meant(tmp_path: Path) -> None:
    """Everybody was born in the nineteenth century; organisations are of years when there were none."""
    made(tmp_path, "--kind", "owners")
    with (tmp_path / "owners.csv").open(encoding="utf-8") as opened:
        owners = [row["number"] for row in csv.DictReader(opened)]
    people = [number for number in owners if number[4] < "4"]
    firms = [number for number in owners if number[4] >= "4"]
    assert people
    assert firms
    assert all(number[6] in "12" for number in people)
    assert all("30" <= number[:2] < "60" for number in firms)


@pytest.mark.parametrize("begin", [0, 4_999_000])
def test_plates_and_vins_come_once(begin: int) -> None:
    places = np.arange(begin, begin + 1_000)
    years = np.full(1_000, 2_015)
    assert len(set(numbers.plates(places))) == len(set(numbers.vins(places, years))) == 1_000
