"""Waiting for PostgreSQL and NATS: says what for, and goes on by itself when it comes."""

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psycopg

from jedel.app import migrate

Say = Callable[[str], None]
_SAY_EVERY_S = 5.0
_TRY_EVERY_S = 0.25


class Stopped(Exception):
    """The wait was called off."""


def place(url: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(url.split(",", maxsplit=1)[0])
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def postgres_fault(url: str) -> str | None:
    """Why PostgreSQL does not answer; None when it does."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as problem:
        return str(problem).strip().splitlines()[0]
    return None


def nats_fault(url: str) -> str | None:
    """Why none of these NATS servers answers; None when one does."""
    why = "no address given"
    for one in url.split(","):
        parts = urlsplit(one)
        try:
            with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 4222), 3) as link:
                link.settimeout(3)
                if link.recv(5) == b"INFO ":
                    return None
            why = f"{place(one)} is not a NATS server"
        except OSError as problem:
            why = f"{place(one)}: {problem.strerror or problem}"
    return why


def schema_fault(url: str) -> str | None:
    """Why this program cannot work on that database yet; None when its shape is ours."""
    try:
        shape = migrate.shape(url)
    except psycopg.OperationalError as problem:
        return str(problem).strip().splitlines()[0]
    if not shape.known:
        raise migrate.DatabaseNewer(
            f"the database is at step {shape.found}, this program knows steps up to {shape.ours}"
        )
    return (
        None if shape.current else f"it is at step {shape.found}, not yet at {shape.ours} (`jedel migrate`)"
    )


def until(what: str, fault: Callable[[], str | None], say: Say, stopped: Callable[[], bool]) -> None:
    """Try until `fault()` is None; after the first failure say so, then again every few seconds.

    Raises:
        Stopped: `stopped()` turned true.
    """
    began = time.monotonic()
    said = float("-inf")
    while (why := fault()) is not None:
        if stopped():
            raise Stopped
        now = time.monotonic()
        if now - said >= _SAY_EVERY_S:
            say(f"waiting for {what} since {now - began:.0f} s: {why}")
            said = now
        time.sleep(_TRY_EVERY_S)
    if said > float("-inf"):
        say(f"{what} is there after {time.monotonic() - began:.0f} s")
