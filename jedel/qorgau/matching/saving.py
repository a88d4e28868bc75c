"""Takes a snapshot every minute, a part after each commit, written by another thread."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import Gauge

from jedel.qorgau.matching import snapshot
from jedel.qorgau.matching.lastseen import LastSeen
from jedel.qorgau.matching.snapshot import Header, Writing

log = structlog.get_logger()

EVERY_S: Final = 60.0
MARGIN_US: Final = 30 * 1_000_000
"""The stream is in the order of hearing but for this much."""

SAVED = Gauge("jedel_qorgau_saved_timestamp_seconds", "When the last snapshot of last sightings was whole")


class Saving:
    """Of one worker's last sightings. A disk that fails is named; judging goes on."""

    def __init__(self, folder: Path, partitions: Sequence[int], every_s: float = EVERY_S) -> None:
        self._path = snapshot.path_of(folder, partitions)
        self._partitions = tuple(sorted(partitions))
        self._every_s = every_s
        self._due = time.monotonic() + every_s
        self._writing: Writing | None = None
        self._io: asyncio.Task[None] | None = None

    def step(self, seen: LastSeen, heard_us: int, before_us: int) -> None:
        """After a commit, before the next batch is judged. ``heard_us``: the earliest that was heard of the
        batch; ``before_us``: what was seen earlier is forgotten."""
        if self._io is not None:
            if not self._io.done():
                return
            failed, self._io = self._io.exception(), None
            if failed is not None:
                self._fail(failed)
                return
            if self._writing is None:
                SAVED.set_to_current_time()
        if self._writing is None:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + self._every_s
            try:
                self._writing = Writing(self._path, Header(self._partitions, heard_us - MARGIN_US))
            except OSError as error:
                self._fail(error)
                return
        writing = self._writing
        part = writing.copy(seen, before_us)
        if part is None:
            self._writing = None
            self._io = asyncio.create_task(asyncio.to_thread(writing.finish))
        else:
            self._io = asyncio.create_task(asyncio.to_thread(writing.put, part))

    async def stop(self) -> None:
        """Leave off; the last whole snapshot stays."""
        if self._io is not None:
            await asyncio.wait([self._io])
        if self._writing is not None:
            self._writing.give_up()
            self._writing = None

    def _fail(self, error: BaseException) -> None:
        log.error("last sightings cannot be saved", why=str(error) or type(error).__name__)
        if self._writing is not None:
            self._writing.give_up()
            self._writing = None
