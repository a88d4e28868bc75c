"""`python -m simulator.city_file OUT.osm.pbf`: the demo city, copied where one was kept.

The same seed is the same file, so set-up can make it once (`python -m simulator.city_file --keep`). One that
was kept counts as long as it is what the sources beside it make; otherwise the city is made now.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).with_name("city")
KEPT = SOURCES / "kept"
"""`city.osm.pbf`, and `made.json`: of which sources it was made, and what its program said."""


def main() -> None:
    """Parse the arguments, then copy or make."""
    parser = argparse.ArgumentParser(prog="python -m simulator.city_file", description="Write the demo map.")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("out", type=Path, nargs="?", help="where the .osm.pbf goes")
    where.add_argument("--keep", action="store_true", help="make the one that later calls copy")
    arguments = parser.parse_args()
    if arguments.keep:
        print(keep(KEPT))
    else:
        print(f"{arguments.out}: {write(arguments.out, KEPT)}")


def write(out: Path, kept: Path) -> str:
    """Write the city; what it is made of, in words."""
    try:
        made = json.loads((kept / "made.json").read_text("utf-8"))
    except (OSError, ValueError):
        made = {}
    if made.get("sources") != digest():
        return _make(out)
    shutil.copyfile(kept / "city.osm.pbf", out)
    return str(made["said"])


def keep(kept: Path) -> str:
    """Make the file that `write` copies; what it is made of, in words."""
    kept.mkdir(exist_ok=True)
    mark, fresh = kept / "made.json", kept / f"{os.getpid()}.osm.pbf"
    mark.unlink(missing_ok=True)
    said = _make(fresh)
    fresh.replace(kept / "city.osm.pbf")
    new = fresh.with_suffix(".json")
    new.write_text(json.dumps({"sources": digest(), "said": said}), encoding="utf-8")
    new.replace(mark)
    return said


def digest() -> str:
    """A hash over the names and contents of what makes the city."""
    whole = hashlib.sha256()
    for path in sorted(each for each in SOURCES.iterdir() if each.suffix in {".py", ".json"}):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def _make(out: Path) -> str:
    """By the program itself, whose libraries are slow to load. Raises CalledProcessError."""
    command = [sys.executable, "-P", "-m", "simulator.city", str(out)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return said.strip().removeprefix(f"{out}: ")


if __name__ == "__main__":
    main()
