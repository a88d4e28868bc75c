"""Waiting for something that another process or task does, without guessing how long it takes."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(
    look: Callable[[], Awaitable[T | None]], *, within_s: float = 30.0, every_s: float = 0.02
) -> T:
    """The first true answer of ``look``; AssertionError where none comes within ``within_s``."""
    deadline = time.monotonic() + within_s
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within_s} s (last answer: {found!r})"
        await asyncio.sleep(every_s)


def in_proportion(promised_s: float) -> float:
    """What may pass before a promise is broken, on a machine with more work than cores in proportion: other
    tests run beside this one, and perhaps other people's programs."""
    return promised_s * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
