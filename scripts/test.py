"""`make test`: every test without a browser, on all cores; what is left out is said with its reason.

test.py                 everything
test.py tests/units -k nearest     some, as pytest takes them
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(args: list[str]) -> int:
    """pytest's exit status."""
    chosen = args or ["tests"]
    workers = max(2, min(8, os.cpu_count() or 2))
    parallel = [] if any(arg in {"-s", "--pdb", "-n0"} for arg in args) else ["-n", str(workers)]
    # one file stays in one process: its servers and its city are made once
    command = [sys.executable, "-m", "pytest", *parallel, "--dist", "loadgroup", "-q", *chosen]
    if args:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    # what a person would wait for on a screen is judged while nothing else runs: `make e2e`
    return subprocess.run([*command, "-m", "not browser"], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
