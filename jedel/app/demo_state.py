"""What the demo consists of and whether it has been made: what the supervisor needs to know of it.

Kept apart from `demo.py`, which makes it and needs every room.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psycopg

from jedel.app.embedded.files import write_private
from jedel.app.settings import Settings

VERSION = 7
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
    Account("auditor", "Zhanna Kim", "auditor", "ru"),
)


def devices_file(data_dir: Path) -> Path:
    """The simulated devices with their keys (0600)."""
    return data_dir / "demo" / "devices.json"


def cameras_file(data_dir: Path) -> Path:
    """What the simulated cameras show."""
    return data_dir / "demo" / "cameras.json"


def troubles_file(data_dir: Path) -> Path:
    """By which the simulator tells its cameras whose picture is lost."""
    return data_dir / "demo" / "troubles.json"


def mavlink_port(settings: Settings) -> int:
    """Where the demo's drone is heard (UDP): by the number of the cameras' port (TCP) where none is set."""
    return settings.mavlink_port or settings.demo_rtsp_port


def addresses(settings: Settings) -> dict[str, Any]:
    """Where the simulated devices find us and as whom their visitors sign in; written anew at each start,
    since both may change."""
    password = settings.demo_password.get_secret_value()
    return {
        "accounts": [{"login": a.login, "password": password, "role": a.role} for a in ACCOUNTS],
        "url": settings.console_url.rstrip("/"),
        "mqtt": {"host": settings.mqtt_host, "port": settings.mqtt_port},
        "dc09": {"host": settings.dc09_host, "port": settings.dc09_port},
        "mavlink": {"host": settings.mavlink_host, "port": mavlink_port(settings)},
    }


def renew_addresses(settings: Settings) -> None:
    """Bring the addresses in `devices.json` up to date."""
    file = devices_file(settings.data_dir)
    described = orjson.loads(file.read_bytes())
    now = addresses(settings)
    if any(described.get(name) != value for name, value in now.items()):
        write_private(file, orjson.dumps(described | now, option=orjson.OPT_INDENT_2).decode())


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
