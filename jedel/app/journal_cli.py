"""`jedel journal …`."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jedel.app.cli_settings import EXIT_FAULT, database_of, required, settings_now

journal_app = typer.Typer(help="The journal.", no_args_is_help=True)


class GroundName(StrEnum):
    """The grounds of jedel.journal.erasure, named here so that `jedel up` need not load it."""

    COURT_ORDER = "court_order"
    RETENTION_ENDED = "retention_ended"
    SUBJECT_RIGHT = "subject_right"
    UNLAWFULLY_RECORDED = "unlawfully_recorded"


@journal_app.command("retry")
def journal_retry() -> None:
    """Give entries that a reactor set aside to it again."""
    from jedel.app.retry import retry

    left = asyncio.run(retry(required(settings_now())[0], typer.echo))
    typer.echo(f"{left} still set aside" if left else "nothing is set aside")
    raise typer.Exit(EXIT_FAULT if left else 0)


@journal_app.command("verify")
def journal_verify(
    region: Annotated[str | None, typer.Option(help="Only this region's journal.")] = None,
    heads: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Heads that were kept elsewhere; may be given again."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Public key of the heads (`jedel journal key`); may be given again."),
    ] = None,
) -> None:
    """Check chain, contents, tree and signed heads; names the first entry that is not what was written."""
    from jedel.journal.cli import verify

    settings = settings_now()
    url = database_of(settings)
    raise typer.Exit(
        verify(url, settings.journal_key, settings.journal_heads_dir, region, heads or (), key or ())
    )


@journal_app.command("head")
def journal_head(
    region: Annotated[str | None, typer.Option(help="Only this region's.")] = None,
) -> None:
    """Print the newest signed head of each region."""
    from jedel.journal.cli import head

    raise typer.Exit(head(database_of(settings_now()), region))


@journal_app.command("key")
def journal_key() -> None:
    """Print the public key that others need to check heads."""
    from jedel.journal.cli import key

    raise typer.Exit(key(settings_now().journal_key))


@journal_app.command("erase")
def journal_erase(
    region: Annotated[str, typer.Argument(help="The region's code.")],
    seq: Annotated[int, typer.Argument(min=1, help="The entry's number.")],
    ground: Annotated[GroundName, typer.Option(help="By what right.")],
    document: Annotated[str, typer.Option(help="Number and date of the document that orders it.")],
) -> None:
    """Erase the content of one entry where the law asks for it; its hash and the proof stay."""
    from jedel.journal.cli import erase

    raise typer.Exit(erase(database_of(settings_now()), region, seq, ground.value, document))
