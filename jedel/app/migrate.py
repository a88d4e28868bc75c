"""Bringing a database to this program's shape: alembic, without its ini file."""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

import migrations

_LOCK = 0x6A6564656C  # "jedel": one program migrates, the others wait for it


@dataclass(frozen=True)
class Shape:
    """Where a database stands against this program."""

    found: str | None
    """The database's step; None when it is empty."""
    ours: str
    known: bool
    """Is `found` a step that this program knows? If not, a newer program has been at work."""

    @property
    def current(self) -> bool:
        """Is there nothing to do?"""
        return self.found == self.ours


class DatabaseNewer(Exception):
    """The database was brought forward by a newer program; an older one must not touch it."""


def upgrade(url: str) -> Shape:
    """Apply every step that is missing; returns where the database stood before.

    Raises:
        DatabaseNewer: the database has a step that this program does not know.
        sqlalchemy.exc.OperationalError: no connection.
    """
    engine = create_engine(_driver(url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        before = _shape(MigrationContext.configure(connection).get_current_revision())
        connection.commit()
        if not before.known:
            raise DatabaseNewer(
                f"the database is at step {before.found}, this program knows steps up to {before.ours}"
            )
        if not before.current:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
    return before


def shape(url: str) -> Shape:
    """Where the database stands, changing nothing."""
    with create_engine(_driver(url), poolclass=NullPool).connect() as connection:
        return _shape(MigrationContext.configure(connection).get_current_revision())


def _shape(found: str | None) -> Shape:
    scripts = ScriptDirectory.from_config(_config())
    ours = scripts.get_current_head() or ""
    known = found is None or found in {script.revision for script in scripts.walk_revisions()}
    return Shape(found=found, ours=ours, known=known)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def _driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
