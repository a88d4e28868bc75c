"""Bringing a database to this program's shape: alembic, without its ini file.

Where a database stands is read without alembic, which takes longer to load than everything else that a start
needs; it is loaded only when there is a step to take.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg

import migrations

_LOCK = 0x6A6564656C  # "jedel": one program migrates, the others wait for it
_STEP = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = (?:"(\w+)"|None)$', re.MULTILINE)


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
        psycopg.OperationalError: no connection.
    """
    with psycopg.connect(url, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        before = shape(url)
        if not before.known:
            raise DatabaseNewer(
                f"the database is at step {before.found}, this program knows steps up to {before.ours}"
            )
        if not before.current:
            _take_steps(url)
    return before


def shape(url: str) -> Shape:
    """Where the database stands, changing nothing.

    Raises:
        psycopg.OperationalError: no connection.
    """
    steps = _steps()
    with psycopg.connect(url, connect_timeout=5) as connection:
        there = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if there == (True,)
            else None
        )
    found = row[0] if row else None
    return Shape(found=found, ours=_last(steps), known=found is None or found in steps)


@cache
def _steps() -> dict[str, str | None]:
    """Each step of this program and the one before it, read from the files' texts."""
    found: dict[str, str | None] = {}
    for file in (Path(migrations.__file__).parent / "versions").glob("*.py"):
        said = {match[1]: match[2] for match in _STEP.finditer(file.read_text(encoding="utf-8"))}
        if said.get("revision"):
            found[said["revision"]] = said.get("down_revision")
    return found


def _last(steps: dict[str, str | None]) -> str:
    (last,) = set(steps) - {before for before in steps.values() if before}
    return last


def _take_steps(url: str) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import NullPool, create_engine

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
