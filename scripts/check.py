"""`make check`: all that a machine can judge without running the program; every check, then the verdict."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import messages

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def main() -> int:
    """0 when everything is in order."""
    checks: list[tuple[str, Callable[[], int]]] = [
        ("mypy", lambda: tool("mypy", "--no-error-summary")),
        ("ruff", lambda: tool("ruff", "check", "--quiet", ".")),
        ("format", lambda: tool("ruff", "format", "--check", "--quiet", ".")),
        ("room order", lambda: tool("lint-imports")),
        ("messages", lambda: messages.main(ROOT)),
        ("API description", lambda: python("scripts/api.py", "check")),
        ("ASVS", lambda: python("scripts/asvs.py", "check")),
        ("screens", lambda: npm("run", "check")),
    ]
    # the longest begins first; beside it the others take their turns
    with ThreadPoolExecutor(max_workers=2) as pool:
        begun = {pool.submit(timed, check): name for name, check in checks}
        failed = [begun[done] for done in as_completed(begun) if not passed(begun[done], *done.result())]
    if failed:
        print(f"not in order: {', '.join(failed)}")
    return 1 if failed else 0


def timed(check: Callable[[], int]) -> tuple[int, float]:
    """Its status, and how many seconds it took."""
    began = time.monotonic()
    return check(), time.monotonic() - began


def passed(name: str, status: int, took_s: float) -> bool:
    """Say how it went."""
    print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({took_s:.1f} s)", flush=True)
    return status == 0


def tool(name: str, *args: str) -> int:
    """Run a tool of the virtual environment."""
    return shown([str(BIN / name), *args])


def python(script: str, *args: str) -> int:
    """Run one of our scripts."""
    return shown([sys.executable, script, *args])


def npm(*args: str) -> int:
    """Run npm in web/; `make setup` put it and its Node beside Python."""
    env = {**os.environ, "NODE_USE_SYSTEM_CA": "1", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return shown([str(BIN / "npm"), *args], cwd=ROOT / "web", env=env)


def shown(command: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> int:
    """Run; show what it said only when it failed."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
