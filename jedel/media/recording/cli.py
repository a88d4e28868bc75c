"""`jedel media check`: what it prints."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from jedel.media.recording.check import Report, check

OK, FAULT = 0, 1


def run(database_url: str, root: Path, *, mend: bool, hashes: bool) -> int:
    """Check, print, and give the exit status: 0 all is well (or was mended), 1 something is not."""
    console = Console(soft_wrap=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.completed:,} of {task.total:,} segments"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("looking", total=0)

        def step(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        report = asyncio.run(check(database_url, root, mend=mend, hashes=hashes, step=step))
    _say(console, report, mend=mend)
    return FAULT if report.unmended else OK


def _say(console: Console, report: Report, *, mend: bool) -> None:
    for finding in report.findings:
        done = f" -> {finding.mended}" if finding.mended else ""
        console.print(f"{finding.fault:10} {finding.path}: {finding.detail}{done}", markup=False)
    size = f"{report.bytes / 1e9:,.1f} GB"
    console.print(f"{report.segments:,} segments, {size}; {report.live} being recorded", markup=False)
    if not report.unmended and not report.mended:
        console.print("all is as it should be")
        return
    console.print(f"{report.mended} mended, {report.unmended} not", markup=False)
    if report.unmended and not mend:
        console.print("`jedel media check --mend` puts right what a crash left")
