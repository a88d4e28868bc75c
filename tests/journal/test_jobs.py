"""Periodic work goes on after a failure, and ends when it is told to."""

import asyncio

import pytest

from jedel.journal.jobs import Job, keep_running
from tests.support import eventually


async def test_a_failure_does_not_end_it() -> None:
    turns = 0

    async def run() -> None:
        nonlocal turns
        turns += 1
        raise OSError("away")

    async def came_again() -> bool:
        return turns > 2

    task = asyncio.create_task(keep_running(Job("failing", 0, run)))
    await eventually(came_again)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_told_to_end_it_ends_though_its_work_fails_over_that() -> None:
    """As a computation does whose connection is closed under it: its clearing up fails."""
    began = asyncio.Event()

    async def run() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("the connection is closed")

    task = asyncio.create_task(keep_running(Job("cut off", 3600, run)))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await task
