"""The database's steps: read from the files, taken by alembic, one program at a time."""

import threading

import psycopg
import pytest

from jedel.app import migrate
from jedel.app.embedded.postgres import EmbeddedPostgres
from tests.conftest import Database


@pytest.fixture
def empty(postgres: EmbeddedPostgres, database: Database) -> str:
    """A database without anything (the fixture's own is migrated)."""
    name = database.url.rsplit("/", 1)[1]
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return database.url


def test_the_steps_are_one_line_and_alembic_agrees() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "migrations")
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    theirs = {script.revision: script.down_revision for script in scripts.walk_revisions()}
    assert migrate._steps() == theirs
    assert migrate._last(migrate._steps()) == scripts.get_current_head()


def test_an_empty_database_is_brought_to_the_end_by_one_of_two(empty: str) -> None:
    assert migrate.shape(empty).found is None
    before: list[migrate.Shape] = []
    both = [threading.Thread(target=lambda: before.append(migrate.upgrade(empty))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(shape.found or "" for shape in before) == ["", migrate.shape(empty).ours]
    assert migrate.shape(empty).current


def test_a_newer_database_is_not_touched(database: Database) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrate.DatabaseNewer, match="step 9999"):
        migrate.upgrade(database.url)
    assert not migrate.shape(database.url).known
