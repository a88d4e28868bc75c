"""The cameras of one process: loaded once, states taken from NATS, changed rows looked at."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import psycopg
import structlog
from fastapi.requests import HTTPConnection
from nats.aio.client import Client
from nats.aio.msg import Msg

from jedel.cameras.tiles import repository
from jedel.cameras.tiles.model import CAMERA, CHANGED_SUBJECT, STATE_RECORD, STATE_SUBJECT, Cameras, Records
from jedel.cameras.tiles.picture import Picture
from jedel.kernel.tasks import heed_cancel
from jedel.media.book import CHANGED as CHANGED_STREAM

POLL_S: Final = 30.0
OVERLAP: Final = timedelta(seconds=60)
"""Rows are asked for again that changed so long before the last look: a transaction that was under way then
has written an earlier time."""
REST: Final = 10
"""After a look that took t seconds comes no other for so many times t: an import of a million rings often."""

log = structlog.get_logger()


class CameraMap:
    """``picture`` is read and changed on the loop; a new one is made in a thread and put in its place."""

    def __init__(self, database_url: str | None) -> None:
        self._url = database_url
        self.picture = Picture(np.zeros(0, dtype=CAMERA))
        self.version = 0
        """Grows with each picture put in place."""
        self.malformed = 0
        """Messages of states that are none."""
        self._since: datetime | None = None
        self._heard: list[Records] | None = None
        """States that came while a look was under way; it may have read older ones."""
        self._busy = asyncio.Lock()
        self._bell = asyncio.Event()
        self._took_s = 0.0

    async def ready(self) -> "CameraMap":
        """With every camera in it: the first who asks waits for the first look."""
        if self._since is None:
            async with self._busy:
                if self._since is None:
                    await self._look()
        return self

    async def refresh(self) -> None:
        """Look now. Raises psycopg.Error where the database is away."""
        async with self._busy:
            await self._look()

    def take(self, records: Records) -> None:
        """States, as NATS brings them."""
        self.picture.apply(records)
        if self._heard is not None:
            self._heard.append(records)

    def ring(self) -> None:
        """Something changed."""
        self._bell.set()

    async def listen(self, nats: Client) -> None:
        """Hear what changed."""

        async def changed(message: Msg) -> None:
            if message.subject == CHANGED_SUBJECT or message.data.startswith(b"camera/"):
                self.ring()

        async def states(message: Msg) -> None:
            if len(message.data) % STATE_RECORD.itemsize:
                self.malformed += 1
                return
            self.take(np.frombuffer(message.data, dtype=STATE_RECORD))

        await nats.subscribe(CHANGED_SUBJECT, cb=changed)
        await nats.subscribe(CHANGED_STREAM, cb=changed)
        await nats.subscribe(STATE_SUBJECT, cb=states)

    async def keep_fresh(self) -> None:
        """Follow changes until cancelled: at every ring, and every POLL_S seconds in case one got lost."""
        while True:
            try:
                await self.refresh()
            except (psycopg.Error, OSError) as error:
                log.warning("cameras wait for the database", error=repr(error))
            heed_cancel()
            await asyncio.sleep(min(self._took_s * REST, POLL_S))
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._bell.wait()
            self._bell.clear()

    async def _look(self) -> None:
        began = time.monotonic()
        self._heard = []
        try:
            picture, states, self._since = await asyncio.to_thread(self._read, self._since)
            if picture is not None:
                self.picture = picture
                self.version += 1
            for records in (states, *self._heard):
                self.picture.apply(records)
        finally:
            self._heard = None
            self._took_s = time.monotonic() - began

    def _read(self, since: datetime | None) -> tuple[Picture | None, Records, datetime]:
        """In a thread: rows are many, and each comes by itself."""
        assert self._url is not None
        with psycopg.connect(self._url, autocommit=True, connect_timeout=5) as conn:
            now = repository.now(conn)
            after = None if since is None else since - OVERLAP
            changed = repository.cameras(conn, after)
            states = np.zeros(0, dtype=STATE_RECORD) if after is None else repository.states(conn, after)
        return self._drawn(changed, first=since is None), states, now

    def _drawn(self, changed: Cameras, *, first: bool) -> Picture | None:
        if first:
            return Picture(changed)
        return self.picture.with_changed(changed) if self._differ(changed) else None

    def _differ(self, changed: Cameras) -> bool:
        """Whether rows are news; those of the last minute come again at each look."""
        return bool(len(changed)) and not self.picture.holds(changed)


def camera_map_of(connection: HTTPConnection) -> CameraMap:
    """The web process's cameras, for routes."""
    found: CameraMap = connection.app.state.camera_map
    return found
