"""The command ``jedel map import``."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from jedel.journal.text import problem_text
from jedel.kernel.errors import Problem
from jedel.places.importer import ATTRIBUTION, Imported, import_map

STEPS = {
    "check": "checking the file",
    "read": "reading the extract",
    "sites": "finding sites and districts",
    "streets": "joining streets and crossroads",
    "graph": "building the road graph",
    "matching": "preparing map matching",
    "basemap": "cutting the background tiles",
    "database": "writing to the database",
    "done": "done",
}


def map_import(
    database_url: str,
    blob_dir: Path,
    file: Path,
    region: str = "00",
    name: str | None = None,
    districts: Path | None = None,
    attribution: str = ATTRIBUTION,
) -> int:
    """Import a map with a progress bar; the exit status. A refusal says what is wrong and what helps."""
    console = Console(stderr=True)
    try:
        done = _with_bar(console, database_url, blob_dir, file, region, name, districts, attribution)
    except Problem as problem:
        console.print(f"[bold red]not imported[/]: {problem_text('places', problem)}", highlight=False)
        return 1
    _say(Console(), done)
    return 0


def _with_bar(
    console: Console,
    database_url: str,
    blob_dir: Path,
    file: Path,
    region: str,
    name: str | None,
    districts: Path | None,
    attribution: str,
) -> Imported:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    order = list(STEPS)
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(STEPS["check"], total=len(order) - 1)

        def step(which: str, _share: float) -> None:
            bar.update(task, description=STEPS[which], completed=order.index(which))

        return asyncio.run(
            import_map(
                database_url, blob_dir, file, region, step,
                name=name, districts=districts, attribution=attribution,
            )
        )  # fmt: skip


def _say(console: Console, done: Imported) -> None:
    counts = done.counts
    verb = "was in force already" if done.unchanged else "is in force"
    console.print(f"map [bold]{done.name}[/] {verb} in region {done.region} ({done.map_id})", highlight=False)
    console.print(
        f"{counts['road_km']} km of roads, {counts['streets']} streets, {counts['crossroads']} crossroads, "
        f"{counts['addresses']} addresses, {counts['sites']} sites, {counts['districts']} districts",
        highlight=False,
    )
    if not done.basemap:
        console.print("no background tiles: install tippecanoe and import again", style="yellow")
