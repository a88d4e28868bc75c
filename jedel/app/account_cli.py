"""`jedel account …`."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from jedel.app.cli_settings import EXIT_FAULT, database_of, required, settings_now

account_app = typer.Typer(help="Accounts of staff.", no_args_is_help=True)


class RoleOfStaff(StrEnum):
    """The roles of jedel.access, named here so that `jedel up` need not load the rooms."""

    OPERATOR = "operator"
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@account_app.command("add")
def account_add(
    login: str,
    name: Annotated[str, typer.Option(help="Name as shown to others.")],
    role: Annotated[RoleOfStaff, typer.Option(help="What they may do.")],
    region: Annotated[str, typer.Option(help="Region code: 00 demo, 01 Astana, 02 Almaty, …")] = "00",
    language: Annotated[str, typer.Option(help="kk, ru or en.")] = "ru",
    password: Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)] = "",
) -> None:
    """Add an account; its password is asked for."""
    from jedel.access.accounts.errors import PasswordTooWeak
    from jedel.access.errors import LoginTaken
    from jedel.app import accounts

    settings = settings_now()
    adding = accounts.add(
        required(settings)[0],
        login=login,
        name=name,
        role=role.value,
        region=region,
        language=language,
        password=password,
    )
    try:
        asyncio.run(adding)
    except LoginTaken:
        typer.echo(f"another account has the log-in {login}; choose another", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    except PasswordTooWeak as weak:
        minimum = weak.params["minimum"]
        typer.echo(f"choose another password: {minimum} characters or more, no common one", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    typer.echo(f"{login} may sign in at {settings.console_url}")


@account_app.command("first-admin")
def account_first_admin(
    region: Annotated[str, typer.Option(help="Region code: 00 demo, 01 Astana, 02 Almaty, …")] = "00",
) -> None:
    """Print a one-time code by which the first administrator begins; only while there is none."""
    from jedel.access.accounts.errors import AdministratorExists
    from jedel.app import accounts
    from jedel.jurisdictions import regions

    if region not in regions():
        typer.echo(f"no region {region}; they are {', '.join(sorted(regions()))}", err=True)
        raise typer.Exit(EXIT_FAULT)
    settings = settings_now()
    try:
        code, until = asyncio.run(accounts.first_admin(database_of(settings), region))
    except AdministratorExists:
        typer.echo("there is an administrator already, who makes the other accounts", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    typer.echo(f"{code}\ngood once, until {until:%Y-%m-%d %H:%M} UTC, at {settings.console_url}")
