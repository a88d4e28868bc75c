"""The command `jedel`."""

import asyncio
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jedel.app.account_cli import account_app
from jedel.app.cli_settings import EXIT_CANNOT, give_up, required, settings_now
from jedel.app.import_cli import cameras_app, map_app, registers_app
from jedel.app.journal_cli import journal_app
from jedel.app.media_cli import media_app

app = typer.Typer(
    name="jedel",
    help="Jedel: an open police operations centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
demo_app = typer.Typer(help="The demo city.", no_args_is_help=True)
app.add_typer(demo_app, name="demo")
app.add_typer(map_app, name="map")
app.add_typer(journal_app, name="journal")
app.add_typer(account_app, name="account")
app.add_typer(registers_app, name="registers")
app.add_typer(cameras_app, name="cameras")
app.add_typer(media_app, name="media")


class RoleName(StrEnum):
    """What a process can be."""

    WEB = "web"
    GATEWAY = "gateway"
    JOBS = "jobs"
    QORGAU = "qorgau"
    PLATES = "plates"
    MEDIA = "media"


@app.command()
def up(
    demo: Annotated[bool, typer.Option("--demo", help="With a demo city, accounts and devices.")] = False,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", exists=True, dir_okay=False, help="The demo on this .osm.pbf, not on its own city."
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the data (JEDEL_DATA_DIR).")] = None,
) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    from jedel.app.embedded.nats import NatsFault
    from jedel.app.embedded.postgres import PostgresFault
    from jedel.app.migrate import DatabaseNewer
    from jedel.app.screen import Screen
    from jedel.app.supervisor import CannotStart, Supervisor

    settings = settings_now(demo=demo or None, data_dir=data, demo_map=map_file and map_file.resolve())
    screen = Screen()
    try:
        raise typer.Exit(Supervisor(settings, screen).run())
    except (CannotStart, PostgresFault, NatsFault, DatabaseNewer) as problem:
        screen.say(f"cannot start: {problem}")
        screen.say("`jedel doctor` tells more")
        raise typer.Exit(EXIT_CANNOT) from problem


@app.command()
def run(
    roles: Annotated[list[RoleName], typer.Argument(help="One role or several in this process.")],
    after: Annotated[
        Path | None, typer.Option(help="Load what is needed, then wait until there is this file.")
    ] = None,
) -> None:
    """Run roles against JEDEL_DATABASE_URL and JEDEL_NATS_URL."""
    from jedel.app import logs, waiting
    from jedel.app import roles as all_roles
    from jedel.app.migrate import DatabaseNewer

    settings = settings_now()
    database_url, nats_url = required(settings)

    def say(text: str) -> None:
        print(text, flush=True)  # noqa: T201 - the process's own log

    waits = (
        (f"PostgreSQL at {waiting.place(database_url)}", lambda: waiting.postgres_fault(database_url)),
        ("the database's steps", lambda: waiting.schema_fault(database_url)),
        (f"NATS at {waiting.place(nats_url)}", lambda: waiting.nats_fault(nats_url)),
    )
    try:
        for what, fault in waits:
            waiting.until(what, fault, say, lambda: False)
    except DatabaseNewer as problem:
        give_up(f"{problem}; install the newer release of Jedel")

    for role in roles:
        all_roles.loaded(role.value)  # takes a second or two
    while after is not None and not after.exists():
        time.sleep(0.05)

    settings = settings.model_copy(update={"database_url": database_url, "nats_url": nats_url})
    logs.configure(settings)

    import uvloop

    async def together() -> None:
        tasks = {asyncio.create_task(all_roles.run(role.value, settings)) for role in dict.fromkeys(roles)}
        done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            task.cancel()
        for outcome in await asyncio.gather(*done, *others, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(together())


@app.command()
def migrate() -> None:
    """Bring the database to this program's shape."""
    from jedel.app import migrate as migrations

    database_url, _ = required(settings_now())
    try:
        before = migrations.upgrade(database_url)
    except migrations.DatabaseNewer as problem:
        give_up(f"{problem}; install the newer release of Jedel")
    typer.echo(
        "nothing to do" if before.current else f"from {before.found or 'an empty database'} to {before.ours}"
    )


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the data (JEDEL_DATA_DIR).")] = None,
) -> None:
    """Say what is wrong and what helps."""
    from jedel.app import doctor as examination

    raise typer.Exit(examination.main(settings_now(data_dir=data), as_json=as_json))


@demo_app.command("prepare")
def demo_prepare(
    wait: Annotated[
        bool, typer.Option("--wait", help="Begin at once; wait for the database where it is needed.")
    ] = False,
) -> None:
    """Make the demo city, its accounts, units and devices; what is there stays."""
    from jedel.app import demo_drafts

    settings = settings_now()
    if not wait:
        settings = settings.model_copy(update={"database_url": required(settings)[0]})
    asyncio.run(demo_drafts.prepare(settings, typer.echo))


def main() -> None:
    """The console script."""
    app(prog_name="jedel")
