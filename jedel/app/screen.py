"""What the supervisor shows: its children's lines under their names, and the box with the addresses."""

import sys

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

_COLOURS = {
    "jedel": "bold",
    "postgres": "blue",
    "nats": "magenta",
    "web": "green",
    "gateway": "cyan",
    "jobs": "yellow",
    "simulator": "bright_black",
    "demo": "bright_black",
}


class Screen:
    """Writes to standard output; a reader that went away (a closed pipe) does not stop the work."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def line(self, name: str, text: str) -> None:
        """One line of one process."""
        colour = _COLOURS.get(name, "white")
        self._print(f"[{colour}]{name:>9}[/] │ {escape(text)}")

    def say(self, text: str) -> None:
        """One line of the supervisor itself."""
        self.line("jedel", text)

    def box(self, title: str, rows: list[tuple[str, str]], foot: str) -> None:
        """The addresses and accounts, once everything answers."""
        table = Table.grid(padding=(0, 3))
        for left, right in rows:
            table.add_row(f"[bold]{left}[/]" if left else "", escape(right))
        self._print(Panel(table, title=f"[bold]{title}[/]", subtitle=foot, expand=False, padding=(1, 3)))

    def _print(self, what: str | Panel) -> None:
        try:
            self._console.print(what)
        except BrokenPipeError:
            sys.stdout = sys.__stderr__ or sys.stdout
