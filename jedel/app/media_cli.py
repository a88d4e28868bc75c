"""`jedel media …`."""

from typing import Annotated

import typer

from jedel.app.cli_settings import database_of, settings_now

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
    from jedel.media.recording.cli import run

    settings = settings_now()
    raise typer.Exit(run(database_of(settings), settings.recordings, mend=mend, hashes=hashes))
