"""The command ``jedel cameras import``."""

import asyncio
import csv
import getpass
import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from jedel.access.seal import Sealer, SealFault
from jedel.cameras.importing.service import REJECTS_KEPT_MAX, Done, Source, bring
from jedel.journal.text import problem_text
from jedel.kernel.errors import Problem


def cameras_import(
    database_url: str, sealer: Sealer, networks: Sequence[str], file: Path, region: str
) -> int:
    """Import with a progress bar; the exit status: 1 where the file is none, 2 where lines were refused."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    source = Source(f"system:command-line/{_user()}", region, networks, one_region=False)
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("cameras", total=1.0)

            def step(share: float) -> None:
                bar.update(task, completed=share)

            done = asyncio.run(bring(database_url, sealer, file, source, step))
    except Problem as problem:
        console.print(f"[bold red]not imported[/]: {escape(problem_text('cameras', problem))}")
        return 1
    except (OSError, SealFault) as fault:
        console.print(f"[bold red]not imported[/]: {escape(str(fault))}")
        return 1
    said = ", ".join(f"{name} {count}" for name, count in done.counts.items())
    Console().print(said, highlight=False)
    if not done.rejected:
        return 0
    path = file.with_name(f"{file.name}.rejects.csv")
    try:
        _write(path, done)
    except OSError as fault:
        console.print(f"[yellow]the refused lines could not be written: {escape(str(fault))}[/]")
    else:
        console.print(f"[yellow]{done.rejected} lines were refused: {escape(str(path))}[/]")
    return 2


def _write(path: Path, done: Done) -> None:
    """Line, column and reason; the cells stay in the file that was given, for they may hold passwords."""
    path.unlink(missing_ok=True)
    # a new file, never one that somebody linked here
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("line", "column", "reason"))
        for reject in done.rejects:
            writer.writerow((reject.line, reject.column, reject.reason))
        if done.rejected > len(done.rejects):
            writer.writerow(("", "", f"and {done.rejected - REJECTS_KEPT_MAX} more"))


def _user() -> str:
    """Who runs the command, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"
