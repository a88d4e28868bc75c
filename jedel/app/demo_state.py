"""What the demo consists of and whether it has been made: what the supervisor needs to know of it.

Kept apart from `demo.py`, which makes it and needs every room.
"""

from dataclasses import dataclass
from pathlib import Path

import orjson
import psycopg

VERSION = 1
"""Raised when the demo changes: it is then completed again, what is there stays."""


@dataclass(frozen=True)
class Account:
    """One of the demo's people; they exist in the demo only."""

    login: str
    name: str
    role: str
    language: str


ACCOUNTS = (
    Account("operator", "Aigerim Sadykova", "operator", "kk"),
    Account("duty", "Daniyar Akhmetov", "duty_officer", "ru"),
    Account("supervisor", "Saule Nurlanova", "supervisor", "ru"),
    Account("officer", "Timur Bekov", "officer", "kk"),
    Account("admin", "Nurlan Omarov", "administrator", "en"),
)


def devices_file(data_dir: Path) -> Path:
    """The simulated devices with their keys (0600)."""
    return data_dir / "demo" / "devices.json"


def mark_file(data_dir: Path) -> Path:
    """Says for which database the demo was made."""
    return data_dir / "demo" / "made.json"


def database_mark(database_url: str) -> dict[str, int]:
    """What tells this database from every other, and this demo from an older one."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT (SELECT system_identifier FROM pg_control_system()), oid::bigint"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return {"version": VERSION, "system": row[0], "database": row[1]}


def ready(database_url: str, data_dir: Path) -> bool:
    """Was the whole demo made in this database?"""
    mark = mark_file(data_dir)
    if not (mark.exists() and devices_file(data_dir).exists()):
        return False
    try:
        made = orjson.loads(mark.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return bool(made == database_mark(database_url))
