"""`make test`: every test on all cores, then the screens in Chromium. `make thorough`: what takes longer.

What is left out is said with its reason.

test.py                 what everybody runs before a commit
test.py --thorough      attacks on every route, generated input, the real city, every other screen
test.py tests/units -k nearest     some, as pytest takes them
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_NEEDED = ["-p", "no:schemathesis"]
"""What only generated requests want (`thorough`); each process would read it for two seconds."""


def main(args: list[str]) -> int:
    """pytest's exit status."""
    workers = max(2, min(8, os.cpu_count() or 2)) + 1  # some of them always wait for a server
    parallel = [] if any(arg in {"-s", "--pdb", "-n0"} for arg in args) else ["-n", str(workers)]
    # one file stays in one process: its servers and its city are made once
    spread = [*parallel, "--dist", "loadfile", "--no-loadscope-reorder"]
    which = "thorough" if args == ["--thorough"] else "not thorough"
    if args and which == "not thorough":
        return pytest(*spread, *args)
    if which == "not thorough":
        spread += NOT_NEEDED
    # what a person waits for on a screen is timed while the other tests do not run
    return pytest(*spread, "tests", "-m", f"not browser and {which}") or pytest(
        *NOT_NEEDED, "tests", "-m", f"browser and {which}"
    )


def pytest(*args: str) -> int:
    """Run it; its exit status."""
    # where Python is told to keep no compiled files, each process would compile every test again
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "pytest", "-q", *args]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
