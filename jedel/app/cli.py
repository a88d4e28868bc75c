"""The command `jedel`."""

import asyncio
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Never

import typer

from jedel.app.media_cli import media_app
from jedel.app.settings import Settings

app = typer.Typer(
    name="jedel",
    help="Jedel: an open police operations centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
demo_app = typer.Typer(help="The demo city.", no_args_is_help=True)
map_app = typer.Typer(help="Maps from OpenStreetMap.", no_args_is_help=True)
journal_app = typer.Typer(help="The journal.", no_args_is_help=True)
account_app = typer.Typer(help="Accounts of staff.", no_args_is_help=True)
registers_app = typer.Typer(help="Registers of vehicles, wanted lists, fines, phones.", no_args_is_help=True)
app.add_typer(demo_app, name="demo")
app.add_typer(map_app, name="map")
app.add_typer(journal_app, name="journal")
app.add_typer(account_app, name="account")
app.add_typer(registers_app, name="registers")
cameras_app = typer.Typer(help="The registry of cameras.", no_args_is_help=True)
app.add_typer(cameras_app, name="cameras")
app.add_typer(media_app, name="media")

EXIT_FAULT = 1
EXIT_CANNOT = 2


class RoleName(StrEnum):
    """What a process can be."""

    WEB = "web"
    GATEWAY = "gateway"
    JOBS = "jobs"
    QORGAU = "qorgau"
    PLATES = "plates"
    MEDIA = "media"


class GroundName(StrEnum):
    """The grounds of jedel.journal.erasure, named here so that `jedel up` need not load it."""

    COURT_ORDER = "court_order"
    RETENTION_ENDED = "retention_ended"
    SUBJECT_RIGHT = "subject_right"
    UNLAWFULLY_RECORDED = "unlawfully_recorded"


class RoleOfStaff(StrEnum):
    """The roles of jedel.access, named here so that `jedel up` need not load the rooms."""

    OPERATOR = "operator"
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


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

    settings = _settings(demo=demo or None, data_dir=data, demo_map=map_file and map_file.resolve())
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
) -> None:
    """Run roles against JEDEL_DATABASE_URL and JEDEL_NATS_URL."""
    from jedel.app import logs, waiting
    from jedel.app.migrate import DatabaseNewer

    settings = _settings()
    database_url, nats_url = _required(settings)

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
        _give_up(f"{problem}; install the newer release of Jedel")

    settings = settings.model_copy(update={"database_url": database_url, "nats_url": nats_url})
    logs.configure(settings)

    import uvloop

    if set(roles) == {RoleName.MEDIA}:
        from jedel.app import media_process  # it chooses when to load the rest

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(media_process.run(settings))
        return

    from jedel.app import roles as all_roles  # slow to load: every room and its libraries

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

    database_url, _ = _required(_settings())
    try:
        before = migrations.upgrade(database_url)
    except migrations.DatabaseNewer as problem:
        _give_up(f"{problem}; install the newer release of Jedel")
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

    raise typer.Exit(examination.main(_settings(data_dir=data), as_json=as_json))


@demo_app.command("prepare")
def demo_prepare() -> None:
    """Make the demo city, its accounts, units and devices; what is there stays."""
    from jedel.app import demo

    settings = _settings()
    asyncio.run(demo.prepare(settings, _required(settings)[0], typer.echo))


@map_app.command("import")
def map_import(
    file: Annotated[Path, typer.Argument(help="An OpenStreetMap extract, .osm.pbf.")],
    region: Annotated[str, typer.Option(help="Region code: 00 demo, 01 Astana, 02 Almaty, …")] = "00",
    name: Annotated[str | None, typer.Option(help="What the map is called; else the file's name.")] = None,
    districts: Annotated[Path | None, typer.Option(help="Outlines of districts, GeoJSON.")] = None,
) -> None:
    """Bring a map into force; the old one stays in force if the file is not good."""
    from jedel.places.cli import map_import as bring

    settings = _settings()
    database_url = _required(settings)[0]
    raise typer.Exit(bring(database_url, settings.blob_dir, file, region, name, districts))


@journal_app.command("retry")
def journal_retry() -> None:
    """Give entries that a reactor set aside to it again."""
    from jedel.app.retry import retry

    left = asyncio.run(retry(_required(_settings())[0], typer.echo))
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

    settings = _settings()
    url = _database(settings)
    raise typer.Exit(
        verify(url, settings.journal_key, settings.journal_heads_dir, region, heads or (), key or ())
    )


@journal_app.command("head")
def journal_head(
    region: Annotated[str | None, typer.Option(help="Only this region's.")] = None,
) -> None:
    """Print the newest signed head of each region."""
    from jedel.journal.cli import head

    raise typer.Exit(head(_database(_settings()), region))


@journal_app.command("key")
def journal_key() -> None:
    """Print the public key that others need to check heads."""
    from jedel.journal.cli import key

    raise typer.Exit(key(_settings().journal_key))


@journal_app.command("erase")
def journal_erase(
    region: Annotated[str, typer.Argument(help="The region's code.")],
    seq: Annotated[int, typer.Argument(min=1, help="The entry's number.")],
    ground: Annotated[GroundName, typer.Option(help="By what right.")],
    document: Annotated[str, typer.Option(help="Number and date of the document that orders it.")],
) -> None:
    """Erase the content of one entry where the law asks for it; its hash and the proof stay."""
    from jedel.journal.cli import erase

    raise typer.Exit(erase(_database(_settings()), region, seq, ground.value, document))


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

    settings = _settings()
    adding = accounts.add(
        _required(settings)[0],
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
    settings = _settings()
    try:
        code, until = asyncio.run(accounts.first_admin(_database(settings), region))
    except AdministratorExists:
        typer.echo("there is an administrator already, who makes the other accounts", err=True)
        raise typer.Exit(EXIT_FAULT) from None
    typer.echo(f"{code}\ngood once, until {until:%Y-%m-%d %H:%M} UTC, at {settings.console_url}")


class RegisterKind(StrEnum):
    """The registers of jedel.registers, named here so that `jedel up` need not load the rooms."""

    VEHICLES = "vehicles"
    OWNERS = "owners"
    INSURANCE = "insurance"
    WANTED_VEHICLES = "wanted-vehicles"
    WANTED_PERSONS = "wanted-persons"
    FINES = "fines"
    PHONES = "phones"
    WEAPON_PERMITS = "weapon-permits"
    OFFENCES = "offences"


@registers_app.command("import")
def registers_import(
    kind: Annotated[RegisterKind, typer.Argument(help="Which register.")],
    file: Annotated[Path, typer.Argument(help="CSV (UTF-8) or Parquet.")],
    source: Annotated[str | None, typer.Option(help="Who vouches for it; else the file's name.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(help="The moment it is true of; else the file's time of change.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="The file is the whole register: rows not in it go.")
    ] = False,
    rejects_max: Annotated[
        float, typer.Option(min=0, max=100, help="More rejects than so many per cent refuse the file.")
    ] = 10.0,
    region: Annotated[str, typer.Option(help="Region whose journal records it.")] = "00",
) -> None:
    """Bring a file into a register; what was in force stays in force if the file is not good."""
    from jedel.registers.cli import registers_import as bring

    status = bring(
        _required(_settings())[0],
        kind.value,
        file,
        source=source,
        as_of=as_of,
        whole=whole,
        rejects_share_max=rejects_max / 100,
        region=region,
    )
    raise typer.Exit(status)


@cameras_app.command("import")
def cameras_import(
    file: Annotated[Path, typer.Argument(help="CSV (docs/guide/cameras.md says its columns).")],
    region: Annotated[str, typer.Option(help="Region of the lines that name none.")] = "00",
) -> None:
    """Bring a file of cameras into the registry; the same file again changes nothing."""
    from jedel.access.seal import Sealer
    from jedel.cameras.importing.cli import cameras_import as bring

    database_url, settings = database_and_settings()
    networks = settings.camera_networks.split(",")
    raise typer.Exit(bring(database_url, Sealer(settings.seal_key), networks, file, region))


def _settings(**given: object) -> Settings:
    """The environment, overridden by what the command line gave."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]


def _database(settings: Settings) -> str:
    """The database's address, for commands that need no NATS."""
    return settings.database_url or _required(settings)[0]


def database_and_settings() -> tuple[str, Settings]:
    """For commands in files of their own."""
    settings = _settings()
    return _database(settings), settings


def _required(settings: Settings) -> tuple[str, str]:
    """The addresses that a process of its own needs: from the environment, else of the embedded servers
    that `jedel up` runs in the data folder."""
    from jedel.app.embedded.running import addresses

    found = addresses(settings.data_dir)
    database_url = settings.database_url or found.database_url
    nats_url = settings.nats_url or found.nats_url
    if database_url is None or nats_url is None:
        missing = "JEDEL_DATABASE_URL" if database_url is None else "JEDEL_NATS_URL"
        _give_up(f"{missing} is not set and no `jedel up` runs on {settings.data_dir}; set it, or start one")
    return database_url, nats_url


def _give_up(why: str) -> Never:
    typer.echo(why, err=True)
    raise typer.Exit(EXIT_CANNOT)


def main() -> None:
    """The console script."""
    app(prog_name="jedel")
