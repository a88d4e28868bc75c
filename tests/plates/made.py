"""Reads for tests: what cameras might have said."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import numpy as np
from nats.aio.client import Client

from jedel.plates import keys, stream
from jedel.plates.codec import Reads, partition, reads_of
from jedel.units.positions.repository import microseconds

CAMERA = 7


def read(plate: str, at: datetime, camera: int = CAMERA, **more: Any) -> dict[str, Any]:
    """One read, heard when it was seen."""
    us = microseconds(at)
    said = {"id": uuid4(), "plate": keys.key(plate), "at_us": us, "heard_us": us, "camera": camera}
    return said | {"confidence": 95, "weakest": 90, "frames": 3, "reader": 1} | more


def plates(count: int, start: int = 0) -> list[str]:
    """Different plates of one series."""
    return [
        f"{n % 1000:03d}{chr(65 + n // 1000 % 26)}{chr(65 + n // 26000)}A02"
        for n in range(start, start + count)
    ]


async def publish(client: Client, rows: Iterable[dict[str, Any]] | Reads) -> None:
    """To the stream, in one message for each partition; each is in the stream when this returns."""
    reads = rows if isinstance(rows, np.ndarray) else reads_of(rows)
    js, parts = client.jetstream(), partition(reads["plate"])
    await stream.ensure(js)
    for part in np.unique(parts).tolist():
        await js.publish(f"{stream.BATCH}.{part}", reads[parts == part].tobytes())


def one_by_one(rows: Sequence[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """A message for each read: subject and data."""
    reads = reads_of(rows)
    parts = partition(reads["plate"]).tolist()
    return [(f"{stream.BATCH}.{part}", reads[n : n + 1].tobytes()) for n, part in enumerate(parts)]
