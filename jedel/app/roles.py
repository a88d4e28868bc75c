"""What each process does: ``jedel run web`` and the like; the same code on one machine or on many.

A process loads the rooms of its own role and no others: all of them are two seconds of work for a processor,
and every role would do it at every start.
"""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from prometheus_client import start_http_server

from jedel.app.settings import LOOPBACK, Settings

Role = Callable[[Settings], Awaitable[None]]
METRICS_AFTER: Final = {"gateway": 0, "jobs": 1, "qorgau": 2, "plates": 18}
"""Which port after ``JEDEL_METRICS_PORT`` a role's counters are on; each `qorgau` has its own, in turn;
of `media` `jedel.app.media_process` says."""


async def run(name: str, settings: Settings) -> None:
    """Run one role until SIGINT or SIGTERM."""
    role = loaded(name)
    keep_loaded()
    if settings.metrics_port and name in METRICS_AFTER:
        nth = settings.qorgau_worker if name == "qorgau" else 0
        start_http_server(settings.metrics_port + METRICS_AFTER[name] + nth, LOOPBACK)
    task = asyncio.ensure_future(role(settings))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def keep_loaded() -> None:
    """What is loaded by now stays for ever: looking all of it through for garbage would now and then stop the
    process for a tenth of a second, on busy cores for more than half of one."""
    gc.freeze()


def loaded(name: str) -> Role:
    """The role of this name, with everything it needs. Raises KeyError."""
    return _LOADERS[name]()


def _web() -> Role:
    from jedel.app.web_role import web

    return web


def _gateway() -> Role:
    from jedel.app.gateway_role import gateway

    return gateway


def _jobs() -> Role:
    from jedel.app.jobs_role import follow_journal

    return follow_journal


def _qorgau() -> Role:
    from jedel.app.qorgau_role import qorgau

    return qorgau


def _plates() -> Role:
    from jedel.app.plates_role import plates

    return plates


def _media() -> Role:
    from jedel.app.media_process import media  # it chooses itself when to load the rest

    return media


_LOADERS: Final[dict[str, Callable[[], Role]]] = {
    "web": _web,
    "gateway": _gateway,
    "jobs": _jobs,
    "qorgau": _qorgau,
    "plates": _plates,
    "media": _media,
}
