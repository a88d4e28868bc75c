"""Messages of the stream sorted into what is written, and what is refused and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from prometheus_client import Counter

from jedel.journal import Connection
from jedel.units import codec, repository
from jedel.units.codec import Malformed, Records
from jedel.units.positions import stream
from jedel.units.positions.intake import REFUSED
from jedel.units.positions.reader import Carried
from jedel.units.positions.repository import Progress

MALFORMED = Counter("jedel_positions_malformed_total", "Messages that are no positions", ["reason"])
REGION_AT: Final = stream.RAW.count(".") + 1  # in a subject
ASK_MAX: Final = 5_000  # ids in one question to PostgreSQL


@dataclass(frozen=True, slots=True)
class Batch:
    """`records` (n,) to write, `heard_us` (n,) when the stream took each, `region` (n,) places in `regions`.

    `progress` is the last message of the batch; None for a batch without messages.
    """

    records: Records
    heard_us: NDArray[np.int64]
    region: NDArray[np.int64]
    regions: Sequence[str]
    progress: Progress | None
    oldest_us: int

    def by_region(self) -> Iterator[tuple[str, Records]]:
        """The records of each region that has any."""
        for code in np.unique(self.region).tolist():
            yield self.regions[code], self.records[self.region == code]


class Sorter:
    """Remembers which unit belongs to which region; a unit never moves to another."""

    def __init__(self) -> None:
        self._regions: list[str] = []
        self._codes: dict[str, int] = {}
        self._unit_region: dict[bytes, int] = {}

    async def sort(self, conn: Connection, messages: Sequence[Carried]) -> Batch:
        """One batch from messages in the order of the stream."""
        sound = [message for message in messages if self._is_sound(message)]
        sizes = [len(message.data) // codec.POSITION.itemsize for message in sound]
        records = np.frombuffer(b"".join(m.data for m in sound), dtype=codec.POSITION)
        sent_to = np.repeat(np.array([self._code(_region(m)) for m in sound], dtype=np.int64), sizes)
        heard_us = np.repeat(np.array([m.taken_us for m in sound], dtype=np.int64), sizes)
        known = await self._region_of(conn, records["unit"].tolist()) == sent_to
        known &= _own(sound, sizes, records)
        sifted = codec.sift(records, known, heard_us)
        for reason, count in sifted.counts().items():
            REFUSED.labels(reason).inc(count)
        kept = sifted.refused == 0
        last = messages[-1] if messages else None
        return Batch(
            sifted.kept,
            heard_us[kept],
            sent_to[kept],
            self._regions,
            Progress(last.seq, last.taken_us) if last else None,
            messages[0].taken_us if messages else 0,
        )

    def _is_sound(self, message: Carried) -> bool:
        try:
            codec.decode(message.data)
        except Malformed as fault:
            MALFORMED.labels(fault.reason).inc()
            return False
        return True

    def _code(self, region: str) -> int:
        code = self._codes.get(region)
        if code is None:
            code = self._codes[region] = len(self._regions)
            self._regions.append(region)
        return code

    async def _region_of(self, conn: Connection, units: list[bytes]) -> NDArray[np.int64]:
        """The region code of each unit, -1 for one that does not exist."""
        codes = self._look(units)
        strangers = [UUID(bytes=raw) for raw in {units[i] for i in np.flatnonzero(codes < 0).tolist()}]
        if not strangers:
            return codes
        for at in range(0, len(strangers), ASK_MAX):
            for unit_id, region in (await repository.regions_of(conn, strangers[at : at + ASK_MAX])).items():
                self._unit_region[unit_id.bytes] = self._code(region)
        return self._look(units)

    def _look(self, units: list[bytes]) -> NDArray[np.int64]:
        found = map(self._unit_region.get, units, repeat(-1))
        return np.fromiter(found, dtype=np.int64, count=len(units))


def _region(message: Carried) -> str:
    return message.subject.split(".")[REGION_AT]


def _own(messages: Sequence[Carried], sizes: Sequence[int], records: Records) -> NDArray[np.bool_]:
    """Which records may be in their message: a tracker speaks only of its unit, which its subject names."""
    own, at = np.ones(len(records), dtype=np.bool_), 0
    for message, size in zip(messages, sizes, strict=True):
        if unit := message.subject.split(".")[REGION_AT + 1 :]:
            own[at : at + size] = records["unit"][at : at + size] == _raw(unit[0])
        at += size
    return own


def _raw(unit_id: str) -> np.void:
    try:
        return np.void(UUID(unit_id).bytes)
    except ValueError:
        return np.void(bytes(16))
