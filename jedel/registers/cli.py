"""The command ``jedel registers import``."""

import asyncio
import getpass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from jedel.journal.text import problem_text
from jedel.kernel.errors import Problem
from jedel.registers.importer import REGION, Imported, import_register
from jedel.registers.model import REJECTS_SHARE_MAX, Kind

STEPS = {
    "check": "looking at the file",
    "read": "checking and copying rows",
    "index": "making keys unique",
    "merge": "joining with what is in force",
    "switch": "bringing into force",
    "done": "done",
}


def registers_import(
    database_url: str,
    kind: str,
    file: Path,
    *,
    source: str | None = None,
    as_of: datetime | None = None,
    whole: bool = False,
    rejects_share_max: float = REJECTS_SHARE_MAX,
    region: str = REGION,
) -> int:
    """Import with a progress bar; the exit status. A refusal says what is wrong and what helps."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(STEPS["check"], total=1.0)

            def step(which: str, share: float) -> None:
                # reading is the longest: the bar is its share, and stands full during what follows
                bar.update(task, description=STEPS[which], completed=1.0 if share < 0 else share)

            done = asyncio.run(
                import_register(
                    database_url, Kind(kind), file, step,
                    source=source, as_of=as_of and as_of.astimezone(), whole=whole,
                    rejects_share_max=rejects_share_max, region=region,
                    actor=f"system:command-line/{_user()}",
                )
            )  # fmt: skip
    except Problem as problem:
        said = escape(_shown(problem_text("registers", problem)))
        console.print(f"[bold red]not imported[/]: {said}", highlight=False)
        return 1
    _say(Console(), done)
    return 0


def _shown(text: str) -> str:
    """File names may be any bytes."""
    return text.encode("utf-8", "replace").decode()


def _user() -> str:
    """Who runs the command, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        return "unknown"


def _say(console: Console, done: Imported) -> None:
    counts = done.counts
    if done.unchanged:
        console.print(f"{done.kind}: this file was imported before; nothing changed", highlight=False)
        return
    console.print(
        f"{done.kind}: {counts['accepted']} rows as of {done.as_of:%F %R}, {counts['in_force']} in force",
        highlight=False,
    )
    if done.rejects_file:
        console.print(
            f"{counts['rejected']} rows were refused: {escape(_shown(str(done.rejects_file)))}",
            style="yellow",
        )
