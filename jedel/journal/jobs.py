"""Periodic work of the rooms, run by the ``jobs`` process, one holder at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from jedel.kernel.tasks import heed_cancel

log = structlog.get_logger()

FAILED = Counter("jedel_job_failures_total", "Turns of a periodic job that failed", ["job"])


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` is called every ``every_s`` seconds; it must be harmless to run twice."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[object]]


async def keep_running(job: Job) -> None:
    """Run ``job`` for ever; a failure is logged, counted, and the next turn comes as if nothing was."""
    while True:
        try:
            await job.run()
        except Exception as error:  # noqa: BLE001
            # Supervised: one broken sweep must not stop the others.
            FAILED.labels(job.name).inc()
            log.error("job failed", job=job.name, error=repr(error))
        heed_cancel()
        await asyncio.sleep(job.every_s)
