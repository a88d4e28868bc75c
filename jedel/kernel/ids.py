"""Identifiers made by whoever speaks first, so that saying a thing twice is harmless.

UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits. Python's own
``uuid.uuid7`` comes with 3.14; until that is the floor, these ten lines stand in for it.
"""

import os
import time
from uuid import UUID, uuid5


def new_id() -> UUID:
    """A new UUIDv7; ids made in different milliseconds sort by time."""
    return id_at(time.time_ns() // 1_000_000)


def id_at(unix_ms: int) -> UUID:
    """A new UUIDv7 that carries the given time in milliseconds since 1970."""
    value = (unix_ms & 0xFFFFFFFFFFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def derived_id(cause: UUID, name: str) -> UUID:
    """The one id that ``name`` can have as a consequence of ``cause``.

    A reactor that is run again after a crash makes the same ids again and so doubles nothing.
    """
    return uuid5(cause, name)
