"""What the reader read, handed to the intake of every other camera's reads: limited, normalised, its pictures
laid down, carried by JetStream."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
from nats.aio.client import Client

from jedel.plates.desk import Desk
from jedel.plates.drivers.registry import FRAMES
from jedel.plates.drivers.said import Reason, Said
from jedel.plates.reader.errors import ReadRefused

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Handing:
    """The `give` of a `ReaderService`."""

    def __init__(self, desk: Desk, nats: Client) -> None:
        self._desk, self._nats = desk, nats

    async def give(self, camera: int, said: list[Said]) -> int:
        """Carry what was read of a camera's frames; how many reads were new. Raises ReadRefused for a camera
        that is not there, not enabled, or that does not send frames; NATS's errors when none was carried."""
        await self._desk.cameras.ready(self._desk.store)
        found = self._desk.cameras.get(camera)
        if found is None:
            raise ReadRefused(Reason.UNKNOWN_CAMERA)
        if not found.enabled or found.driver != FRAMES.name:
            raise ReadRefused(Reason.WRONG_DRIVER if found.enabled else Reason.DISABLED)
        if not said:
            return 0
        now_us = round(self._desk.store.clock.now().timestamp() * 1e6)
        raw = orjson.dumps({"reads": [_row(each) for each in said]})
        taken = self._desk.intake.sift(found, FRAMES.name, raw, now_us, asyncio.get_running_loop().time())
        if taken.malformed is not None:
            raise ReadRefused(taken.malformed)
        await self._desk.intake.carry(self._nats, [taken])
        return len(taken.reads)


def _row(said: Said) -> dict[str, Any]:
    at = _EPOCH + timedelta(microseconds=said.at_us or 0)
    pictures = {"plate": said.plate_picture, "car": said.car_picture}
    return {
        "plate": said.plate,
        "at": at.isoformat(),
        "confidence": said.confidence,
        "weakest": said.weakest,
        "frames": said.frames,
        "rows": said.rows,
        "pictures": {which: b64encode(raw).decode() for which, raw in pictures.items() if raw is not None},
    }
