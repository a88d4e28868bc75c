"""The command `jedel`, run as a user runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg

from jedel.access import Role
from jedel.app.account_cli import RoleOfStaff
from jedel.app.settings import Settings
from tests.conftest import Database


def _jedel(settings: Settings, cwd: Path, *args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **settings.environment()}
    command = [sys.executable, "-P", "-m", "jedel", *args]
    return subprocess.run(command, env=env, cwd=cwd, input=stdin, capture_output=True, text=True, check=False)


def test_help_names_every_command(settings: Settings, tmp_path: Path) -> None:
    said = _jedel(settings, tmp_path, "--help")
    assert said.returncode == 0
    for command in ("up", "run", "doctor", "migrate", "demo", "map", "journal", "account", "registers"):
        assert command in said.stdout


def test_migrate_says_that_there_is_nothing_to_do(settings: Settings, tmp_path: Path) -> None:
    said = _jedel(settings, tmp_path, "migrate")
    assert (said.returncode, said.stdout.strip()) == (0, "nothing to do")


def test_a_newer_database_is_refused_with_the_remedy(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in (["migrate"], ["run", "jobs"]):
        said = _jedel(settings, tmp_path, *command)
        assert said.returncode == 2, said.stdout
        assert "step 9999" in said.stderr
        assert "install the newer release" in said.stderr


def test_without_addresses_it_says_what_is_missing(settings: Settings, tmp_path: Path) -> None:
    bare = settings.model_copy(update={"database_url": None})
    said = _jedel(bare, tmp_path, "run", "web")
    assert said.returncode == 2
    assert "JEDEL_DATABASE_URL" in said.stderr


def test_an_account_is_added_once(settings: Settings, database: Database, tmp_path: Path) -> None:
    words = ("account", "add", "chief", "--name", "The chief", "--role", "administrator", "--region", "02")
    password = "a long enough password\n"
    said = _jedel(settings, tmp_path, *words, stdin=password * 2)
    assert said.returncode == 0, said.stderr
    assert "chief may sign in" in said.stdout
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT role, region FROM account WHERE login = 'chief'").fetchone()
    assert row == ("administrator", "02")
    again = _jedel(settings, tmp_path, *words, stdin=password * 2)
    assert again.returncode == 1
    assert "chief" in again.stderr
    assert "Traceback" not in again.stderr


def test_a_weak_password_is_refused(settings: Settings, tmp_path: Path) -> None:
    words = ("account", "add", "chief", "--name", "The chief", "--role", "administrator")
    said = _jedel(settings, tmp_path, *words, stdin="password1234\n" * 2)
    assert said.returncode == 1
    assert "12 characters" in said.stderr
    assert "Traceback" not in said.stderr


def test_the_first_administrators_code_comes_while_there_is_none(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    refused = _jedel(settings, tmp_path, "account", "first-admin")
    assert refused.returncode == 1
    assert "already" in refused.stderr
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE account SET blocked_at = now() WHERE role = 'administrator'")
    said = _jedel(settings, tmp_path, "account", "first-admin", "--region", "02")
    assert said.returncode == 0, said.stderr
    assert re.match(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}\n", said.stdout)
    with psycopg.connect(database.url) as connection:
        row = connection.execute("SELECT kind, region, code_digest FROM sign_in_code").fetchone()
    assert row is not None
    assert row[:2] == ("first_admin", "02")
    assert said.stdout.split()[0].encode() not in row[2]
    nowhere = _jedel(settings, tmp_path, "account", "first-admin", "--region", "99")
    assert nowhere.returncode == 1
    assert "99" in nowhere.stderr


def test_an_unknown_role_is_named(settings: Settings, tmp_path: Path) -> None:
    words = ("account", "add", "x", "--name", "X", "--role", "king", "--password", "x")
    said = _jedel(settings, tmp_path, *words)
    assert said.returncode != 0
    assert "king" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_foreign_file_is_not_a_map(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(b"not a map at all")
    said = _jedel(settings, tmp_path, "map", "import", str(file))
    assert said.returncode == 1
    assert "not imported" in said.stderr


def test_retry_with_nothing_set_aside(settings: Settings, tmp_path: Path) -> None:
    said = _jedel(settings, tmp_path, "journal", "retry")
    assert (said.returncode, said.stdout.strip()) == (0, "nothing is set aside")


def test_the_roles_it_offers_are_the_roles_there_are() -> None:
    assert [role.value for role in RoleOfStaff] == [role.value for role in Role]
