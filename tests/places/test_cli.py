"""The command's words and exit status."""

import asyncio
from pathlib import Path

import pytest

from jedel.places.cli import map_import
from tests.conftest import Database
from tests.places.osm_files import town


def _run(database: Database, blobs: Path, file: Path) -> int:
    return map_import(database.url, blobs, file, "00", name="Town")


async def test_an_import_says_what_came(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = town().write(tmp_path / "town.osm.pbf")
    assert await asyncio.to_thread(_run, database, tmp_path, file) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "map Town is in force in region 00" in said
    assert "10 streets, 25 crossroads, 2 addresses, 4 sites, 2 districts" in said
    assert await asyncio.to_thread(_run, database, tmp_path, file) == 0
    assert "was in force already" in capsys.readouterr().out


async def test_a_refusal_says_why_and_what_helps(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "letter.osm.pbf"
    file.write_text("Dear sir, here is no map.")
    assert await asyncio.to_thread(_run, database, tmp_path, file) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "not imported: letter.osm.pbf is not an OpenStreetMap extract" in said
    assert "it looks like: text" in said
