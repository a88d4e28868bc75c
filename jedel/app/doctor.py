"""`jedel doctor`: what is wrong on this machine, each with its remedy. It changes nothing.

Exit status: 0 nothing worse than a warning, 1 at least one fault.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

import orjson
from rich.console import Console
from rich.markup import escape

from jedel.app.embedded.running import addresses
from jedel.app.examine import database, machine, media, nats
from jedel.app.examine.finding import Finding, State
from jedel.app.settings import Settings
from jedel.kernel.clock import Clock, SystemClock

_SIGNS = {
    State.OK: "[green]✓[/]",
    State.SKIPPED: "[bright_black]·[/]",
    State.WARNING: "[yellow]![/]",
    State.FAULT: "[red]✗[/]",
}


def examine(settings: Settings, clock: Clock, web: Path | None = None) -> list[Finding]:
    """Every check, in the order in which a person would look; none stops the others."""
    found = addresses(settings.data_dir)
    database_url = settings.database_url or found.database_url
    nats_url = settings.nats_url or found.nats_url
    findings: list[Finding] = []
    checks: Iterable[Callable[[], list[Finding]]] = (
        machine.programs,
        lambda: machine.data_folder(settings),
        lambda: machine.disk(settings),
        lambda: machine.ports(settings),
        machine.open_files,
        lambda: machine.released(clock),
        lambda: machine.screens(web),
        lambda: machine.sign_in(settings),
        machine.chromium,
        lambda: media.examine(settings),
        lambda: database.examine(database_url, clock, settings.blob_dir),
        lambda: nats.examine(nats_url, clock, settings),
    )
    for check in checks:
        findings.extend(check())
    return findings


def main(settings: Settings, *, as_json: bool) -> int:
    """Examine, print, return the exit status."""
    findings = examine(settings, SystemClock())
    faults = sum(finding.state is State.FAULT for finding in findings)
    if as_json:
        report = {"ok": faults == 0, "findings": [finding.view() for finding in findings]}
        Console(soft_wrap=True).out(
            orjson.dumps(report, option=orjson.OPT_INDENT_2).decode(), highlight=False
        )
        return int(faults > 0)
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        console.print(f"{_SIGNS[finding.state]} [bold]{finding.check}[/]: {escape(finding.what)}")
        if finding.remedy:
            console.print(f"    → {escape(finding.remedy)}")
    warnings = sum(finding.state is State.WARNING for finding in findings)
    console.print(f"\n{faults} faults, {warnings} warnings")
    return int(faults > 0)
