"""`jedel map import`, `jedel registers import`, `jedel cameras import`: files that are brought in."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jedel.app.cli_settings import database_of, required, settings_now

map_app = typer.Typer(help="Maps from OpenStreetMap.", no_args_is_help=True)
registers_app = typer.Typer(help="Registers of vehicles, wanted lists, fines, phones.", no_args_is_help=True)
cameras_app = typer.Typer(help="The registry of cameras.", no_args_is_help=True)


@map_app.command("import")
def map_import(
    file: Annotated[Path, typer.Argument(help="An OpenStreetMap extract, .osm.pbf.")],
    region: Annotated[str, typer.Option(help="Region code: 00 demo, 01 Astana, 02 Almaty, …")] = "00",
    name: Annotated[str | None, typer.Option(help="What the map is called; else the file's name.")] = None,
    districts: Annotated[Path | None, typer.Option(help="Outlines of districts, GeoJSON.")] = None,
) -> None:
    """Bring a map into force; the old one stays in force if the file is not good."""
    from jedel.places.cli import map_import as bring

    settings = settings_now()
    database_url = required(settings)[0]
    raise typer.Exit(bring(database_url, settings.blob_dir, file, region, name, districts))


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
        required(settings_now())[0],
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

    settings = settings_now()
    networks = settings.camera_networks.split(",")
    raise typer.Exit(bring(database_of(settings), Sealer(settings.seal_key), networks, file, region))
