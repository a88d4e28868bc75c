"""All cameras in memory, as arrays by their number, in each process that takes or judges reads."""

import asyncio
import time
from typing import Final
from uuid import UUID

import numpy as np
import psycopg
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from numpy.typing import NDArray
from psycopg_pool import PoolTimeout

from jedel.journal import Store
from jedel.journal.relay import subject as journal_subject
from jedel.plates.cameras import repository
from jedel.plates.cameras.model import Camera

CHANGED_SUBJECT: Final = "jedel.plates.cameras"
"""NATS subject on which it is said that a camera was added or changed."""
POLL_S: Final = 30.0
_OF_A_DEVICE: Final = b'"access.device_'
ASKED_AGAIN_S: Final = 1.0
"""A camera or device that is not known is looked for no more often."""
AWAY_AGAIN_S: Final = 2.0

log = structlog.get_logger()


class Cameras:
    """What is known of cameras. The arrays are (highest number + 1,); a number that is none has NaN and 0.

    ``clock_error_ms`` is what is left of the camera's error in its reads: those of a clock ahead of ours are
    given the time at which we heard them, so that only clocks behind ours leave something (≤ 0).
    """

    def __init__(self) -> None:
        self.lon: NDArray[np.float64] = np.full(1, np.nan)
        self.lat: NDArray[np.float64] = np.full(1, np.nan)
        self.heading: NDArray[np.float32] = np.full(1, np.nan, dtype=np.float32)
        self.clock_error_ms: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        self.region: NDArray[np.str_] = np.zeros(1, dtype="U4")
        self.version = 0
        """Grows with each load that found something new."""
        self._by_number: dict[int, Camera] = {}
        self._by_device: dict[UUID, Camera] = {}
        self._by_id: dict[UUID, Camera] = {}
        self._loaded_s = float("-inf")
        self._known = self._rung = False
        self._looking: asyncio.Task[None] | None = None
        self._busy = asyncio.Lock()

    def get(self, number: int) -> Camera | None:
        return self._by_number.get(number)

    def by_id(self, camera_id: UUID) -> Camera | None:
        return self._by_id.get(camera_id)

    def by_device(self, device_id: UUID) -> Camera | None:
        return self._by_device.get(device_id)

    def all(self) -> list[Camera]:
        """In the order of their numbers."""
        return list(self._by_number.values())

    async def ready(self, store: Store) -> None:
        """Load where it is due: now where the bell rang, beside the work where the last look is older than
        POLL_S. While PostgreSQL is away the cameras that are known stay known."""
        if time.monotonic() - self._loaded_s < POLL_S:
            return
        if not self._known or self._rung:
            await self._look(store)
        elif self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(store))

    async def _look(self, store: Store) -> None:
        try:
            await self.load(store)
        except (psycopg.Error, PoolTimeout, OSError) as error:
            if not self._known:
                raise
            self._loaded_s = time.monotonic() - POLL_S + AWAY_AGAIN_S
            log.warning("plate cameras cannot be looked at", error=repr(error))

    async def of_device(self, store: Store, device_id: UUID) -> Camera | None:
        """The camera for which a device speaks, looked for anew where it is not known."""
        await self.ready(store)
        found = self._by_device.get(device_id)
        if found is None and time.monotonic() - self._loaded_s >= ASKED_AGAIN_S:
            await self.load(store)
            found = self._by_device.get(device_id)
        return found

    async def load(self, store: Store) -> None:
        """Read all of them now."""
        async with self._busy:
            began, self._rung = time.monotonic(), False
            async with store.reading() as tx:
                self.show(await repository.everything(tx.conn))
            self._loaded_s, self._known = began, True

    def show(self, cameras: list[Camera]) -> None:
        """Hold these."""
        if cameras == list(self._by_number.values()):
            return
        size = max((camera.number for camera in cameras), default=0) + 1
        self.lon, self.lat = np.full(size, np.nan), np.full(size, np.nan)
        self.heading = np.full(size, np.nan, dtype=np.float32)
        self.clock_error_ms, self.region = np.zeros(size, dtype=np.int64), np.zeros(size, dtype="U4")
        for camera in cameras:
            nth = camera.number
            self.lon[nth], self.lat[nth], self.region[nth] = camera.lon, camera.lat, camera.region
            self.heading[nth] = np.nan if camera.heading is None else camera.heading
            self.clock_error_ms[nth] = min(0, camera.clock_error_ms or 0)
        self._by_number = {camera.number: camera for camera in cameras}
        self._by_id = {camera.id: camera for camera in cameras}
        self._by_device = {camera.device_id: camera for camera in cameras if camera.device_id is not None}
        self.version += 1

    def ring(self) -> None:
        """Something changed: the next look reads anew."""
        self._loaded_s, self._rung = float("-inf"), True

    async def listen(self, nats: Client) -> None:
        """Look anew when another process says that cameras changed, or that a device was blocked."""

        async def changed(message: Msg) -> None:
            if message.subject == CHANGED_SUBJECT or _OF_A_DEVICE in message.data:
                self.ring()

        await nats.subscribe(CHANGED_SUBJECT, cb=changed)
        await nats.subscribe(journal_subject("*"), cb=changed)
