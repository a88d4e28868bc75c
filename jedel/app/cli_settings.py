"""What every command asks first: the settings, and where the servers are."""

from typing import Never

import typer

from jedel.app.settings import Settings

EXIT_FAULT = 1
EXIT_CANNOT = 2


def settings_now(**given: object) -> Settings:
    """The environment, overridden by what the command line gave."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def database_of(settings: Settings) -> str:
    """The database's address, for commands that need no NATS."""
    return settings.database_url or required(settings)[0]


def required(settings: Settings) -> tuple[str, str]:
    """The addresses that a process of its own needs: from the environment, else of the embedded servers
    that `jedel up` runs in the data folder."""
    from jedel.app.embedded.running import addresses

    found = addresses(settings.data_dir)
    database_url = settings.database_url or found.database_url
    nats_url = settings.nats_url or found.nats_url
    if database_url is None or nats_url is None:
        missing = "JEDEL_DATABASE_URL" if database_url is None else "JEDEL_NATS_URL"
        give_up(f"{missing} is not set and no `jedel up` runs on {settings.data_dir}; set it, or start one")
    return database_url, nats_url


def give_up(why: str) -> Never:
    """Say why on standard error and end."""
    typer.echo(why, err=True)
    raise typer.Exit(EXIT_CANNOT)
