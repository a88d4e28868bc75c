"""Reads as if a worker had written them, of cameras that are there."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from jedel.journal import Store
from jedel.plates.codec import reads_of
from jedel.plates.store import partitions, repository
from jedel.plates.store.partitions import CLASSES
from jedel.plates.store.rows import rows
from tests.support.seed import REGION


async def camera(
    store: Store, name: str = "A", *, region: str = REGION, lon: float = 76.9, lat: float = 43.25
) -> int:
    """The number of a new camera."""
    async with store.transaction() as tx:
        cursor = await tx.conn.execute(
            "INSERT INTO plate_camera (id, region, name, lon, lat, heading, driver, created_at, changed_at)"
            " VALUES (%s, %s, %s, %s, %s, 90, 'http', now(), now()) RETURNING number",
            (uuid4(), region, name, lon, lat),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["number"])


async def keep(store: Store, said: Iterable[dict[str, Any]], grounds: int = 0) -> None:
    """Into the table, all of them with these grounds, whenever they were."""
    reads = reads_of(said)
    async with store.transaction() as tx:
        for at in {repository.moment(us) for us in reads["at_us"].tolist()}:
            for kind in CLASSES:
                await partitions.make(tx.conn, kind, at, at + timedelta(microseconds=1))
        bits = np.full(len(reads), grounds, dtype=np.uint16)
        await repository.copy(
            tx.conn, rows(reads, reads["at_us"], bits, np.zeros(len(reads), dtype=np.uint8))
        )


def search(**more: Any) -> dict[str, Any]:
    """A search for a case."""
    return {"id": str(uuid4()), "purpose": "investigation", "case_number": "26-7500-1/17"} | more


def ids(said: Iterable[dict[str, Any]]) -> list[str]:
    return [str(UUID(str(each["id"]))) for each in said]
