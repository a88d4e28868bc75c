"""What takes the cores: processor seconds, by kind, of every process that this one started."""

import os
from collections import defaultdict
from pathlib import Path
from typing import Final

KINDS: Final = (
    ("gst_server", "cameras"),
    ("ffmpeg", "cameras"),
    ("simulator", "simulator"),
    ("--type=gpu-process", "browser's drawing"),
    ("chrom", "browser"),
    ("postgres", "PostgreSQL"),
    ("nats-server", "NATS"),
    ("jedel run media", "media gateway"),
    ("jedel run web", "web"),
    ("jedel", "other roles"),
    ("multiprocessing", "films"),
)
"""Words of a command line, and what such a process is; the first that fits."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
Spent = dict[str, float]


def spent() -> Spent:
    """Since each began; those that end between two looks are not counted."""
    children: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append((int(folder.name), (int(fields[11]) + int(fields[12])) / _TICKS))
    found: Spent = defaultdict(float)
    todo = list(children[os.getpid()])
    while todo:
        pid, seconds = todo.pop()
        found[_kind(pid)] += seconds
        todo += children[pid]
    return found


def _kind(pid: int) -> str:
    try:
        line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return "other"
    return next((kind for word, kind in KINDS if word in line), "other")


def share(kind: str, before: Spent, after: Spent, seconds: float) -> float:
    """Of all cores together, 0…1."""
    spent_s = after.get(kind, 0.0) - before.get(kind, 0.0)
    return spent_s / (seconds * len(os.sched_getaffinity(0)))


def shares(before: Spent, after: Spent, seconds: float) -> str:
    """Of all cores together, the largest first."""
    parts = ((kind, share(kind, before, after, seconds)) for kind in after)
    told = sorted(parts, key=lambda each: -each[1])
    return ", ".join(f"{kind} {part:.0%}" for kind, part in told if part >= 0.01)
