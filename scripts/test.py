"""`make test`: every test on all cores, then the screens in Chromium. `make thorough`: what takes longer.

What is left out is said with its reason. A test that fails beside the others is run once more alone; where it
passes then, it is called unsteady, with what it said: docs/decisions/0011-unsteady-tests.md.

test.py                 what everybody runs before a commit
test.py --thorough      attacks on every route, generated input, the real city, every other screen
test.py --all           both, at once
test.py tests/units -k nearest     some, as pytest takes them
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_NEEDED = ["-p", "no:schemathesis"]
"""What only generated requests want (`thorough`); each process would read it for two seconds."""
FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
WHICH = {"": " and not thorough", "--thorough": " and thorough", "--all": ""}
UNSTEADY_MAX = 3
"""Where more fail in one go, something is broken, and none is run again."""


def main(args: list[str]) -> int:
    """pytest's exit status."""
    workers = max(2, min(8, os.cpu_count() or 2)) + 1  # some of them always wait for a server
    parallel = [] if any(arg in {"-s", "--pdb", "-n0"} for arg in args) else ["-n", str(workers)]
    # one file stays in one process: its servers and its city are made once
    spread = [*parallel, "--dist", "loadfile", "--no-loadscope-reorder"]
    if len(args) > 1 or " ".join(args) not in WHICH:
        return pytest(*spread, *args)
    which = WHICH[" ".join(args)]
    plain = [] if which != WHICH[""] else NOT_NEEDED
    # what a person waits for on a screen is timed while the other tests do not run
    return steady([*spread, *plain], f"not browser{which}") or steady(NOT_NEEDED, f"browser{which}")


def steady(how: list[str], which: str) -> int:
    """Run those tests, and the few that failed once more alone; pytest's exit status."""
    status = pytest(*how, "--cache-clear", "tests", "-m", which)
    failed = list(json.loads(FAILED.read_text("utf-8"))) if status == 1 else []
    if not 0 < len(failed) <= UNSTEADY_MAX:
        return status
    print(f"\nonce more alone: {' '.join(failed)}", flush=True)
    status = pytest(*(NOT_NEEDED if set(NOT_NEEDED) <= set(how) else []), *failed)
    if status == 0:
        print("\n".join(f"UNSTEADY {test}: failed beside others" for test in failed), flush=True)
    return status


def pytest(*args: str) -> int:
    """Run it; its exit status."""
    # where Python is told to keep no compiled files, each process would compile every test again
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "pytest", "-q", *args]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
