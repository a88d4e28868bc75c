"""A process of the role `media`: which gateway it is, or that it stands by for all of them.

One more process runs than there are gateways on a machine. It has loaded everything and waits; when a
gateway dies, the kernel lets go of its number, and who waits has it within `LOOK_EVERY_S`. The process that
replaces the dead one then stands by.
"""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import start_http_server

from jedel.app.embedded.child import FolderLock
from jedel.app.roles import keep_loaded
from jedel.app.settings import LOOPBACK, Settings

log = structlog.get_logger()

LOOK_EVERY_S: Final = 0.1
SETTLED_S: Final = 15.0
"""Who finds all numbers taken lets everybody else start first."""
METRICS_AFTER: Final = 20


async def run(settings: Settings) -> None:
    """Be a gateway, or wait to be one, until SIGINT or SIGTERM."""
    task = asyncio.ensure_future(media(settings))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


async def media(settings: Settings) -> None:
    """The same, until cancelled."""
    numbers = Numbers(settings)
    number = await numbers.take(SETTLED_S)
    from jedel.app.media_role import serve  # its libraries are large

    keep_loaded()
    if number is None:
        log.info("media stands by", instead_of=numbers.all)
        number = await numbers.take(None)
    assert number is not None
    try:
        if settings.metrics_port:
            start_http_server(settings.metrics_port + METRICS_AFTER + number, LOOPBACK)
        await serve(settings, number)
    finally:
        numbers.release()


class Numbers:
    """The gateways of this machine: each number is a lock that the kernel lets go when its holder dies."""

    def __init__(self, settings: Settings) -> None:
        one = settings.media_gateway
        self.all = list(range(max(1, settings.media_gateways))) if one is None else [one]
        self._folder = settings.data_dir
        self._held: FolderLock | None = None

    async def take(self, within_s: float | None) -> int | None:
        """One that nobody has; None: all are taken for so long. ``within_s`` None: wait for ever."""
        loop = asyncio.get_running_loop()
        deadline = None if within_s is None else loop.time() + within_s
        while (found := self._free()) is None:
            if deadline is not None and loop.time() > deadline:
                return None
            await asyncio.sleep(LOOK_EVERY_S)
        return found

    def release(self) -> None:
        """Somebody else may have it."""
        if self._held is not None:
            self._held.release()

    def _free(self) -> int | None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in self.all:
            lock = FolderLock(lock_file(self._folder, number))
            if lock.take() is None:
                self._held = lock
                return number
        return None


def lock_file(folder: Path, number: int) -> Path:
    """Names the process that is this gateway."""
    return folder / f"media-{number}.lock"
