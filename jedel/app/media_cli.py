"""`jedel media …`."""

from typing import Annotated

import typer

media_app = typer.Typer(help="Recordings.", no_args_is_help=True)


@media_app.callback()
def _group() -> None:
    """Recordings of cameras and calls."""


@media_app.command("check")
def check(
    mend: Annotated[
        bool,
        typer.Option("--mend", help="Put right what a crash left; forget what is gone, on record."),
    ] = False,
    hashes: Annotated[bool, typer.Option(help="Read every file; without it only sizes are compared.")] = True,
) -> None:
    """Compare the recordings on the disk with what PostgreSQL knows of them."""
    from jedel.app.cli import database_and_settings
    from jedel.media.recording.cli import run

    database_url, settings = database_and_settings()
    raise typer.Exit(run(database_url, settings.recordings, mend=mend, hashes=hashes))
