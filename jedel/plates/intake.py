"""Reads of cameras that read by themselves: decoded, limited, normalised, and carried to the workers.

Invariants
1. A camera hears "taken" only after JetStream has acknowledged its reads, and their pictures lie on the disk.
2. What is right in a message is taken, whatever is wrong beside it; what is wrong is named and counted for
   its camera and for the whole.
3. One camera costs the others nothing: it may say so much and no more.
4. A plate is never changed but for 0/O and 1/I where the grammar leaves no other reading.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from struct import Struct
from typing import Final
from uuid import UUID

import numpy as np
from nats.aio.client import Client
from nats.js.errors import NoStreamResponseError
from prometheus_client import Counter

from jedel.plates import keys, looks, stream
from jedel.plates.cameras.model import READ_BYTES, Camera, clock_is_wrong
from jedel.plates.cameras.states import Known, States
from jedel.plates.codec import READ, UNKNOWN_2, Reads, partition, read_ids
from jedel.plates.drivers.mapping import paths
from jedel.plates.drivers.registry import BY_NAME
from jedel.plates.drivers.said import Decoded, Reason, Said
from jedel.plates.model import PlateUnreadable, normalise, settle
from jedel.plates.pictures import BITS, Pictures, Which, fault
from jedel.plates.store.batch import OFF_US
from jedel.plates.store.fresh import AHEAD_US

TAKEN = Counter("jedel_plates_reads_total", "Reads carried to the workers", ["driver"])
FAULTS = Counter("jedel_plates_faults_total", "What was wrong with what cameras said", ["driver", "fault"])

TAKEN_WITHIN_S: Final = 5.0
MINUTE_US: Final = 60_000_000
_CODES: Final = {
    "empty": Reason.NO_PLATE,
    "too_long": Reason.PLATE_TOO_LONG,
    "foreign_sign": Reason.PLATE_UNREADABLE,
}


@dataclass(slots=True)
class Taken:
    """What became of one message. ``reads`` (n,): to be carried; ``refused``: place in the message → why;
    ``repeated``: said before and carried then; ``limited``: beyond what a camera may say."""

    camera: Camera
    driver: str
    reads: Reads = field(default_factory=lambda: np.zeros(0, dtype=READ))
    pictures: list[tuple[int, Which, bytes]] = field(default_factory=list)
    refused: dict[int, Reason] = field(default_factory=dict)
    faults: list[Reason] = field(default_factory=list)
    repeated: int = 0
    limited: int = 0
    malformed: Reason | None = None


class Intake:
    """Of one process. ``states``: what it heard of each camera."""

    def __init__(self, states: States, pictures: Pictures) -> None:
        self.states = states
        self.pictures = pictures

    def sift(
        self, camera: Camera, driver: str, raw: bytes, now_us: int, now_s: float, *, partly: bool = False
    ) -> Taken:
        """Decode one message and choose what is to be carried. ``now_s``: a clock that only moves forward.
        ``partly``: a message of more reads than the camera may say now is taken as far as it may; else it is
        not taken at all, and the camera hears that it has to say it again."""
        taken = Taken(camera, driver)
        known = self.states.of(camera)
        if not camera.enabled or camera.driver != driver:
            taken.malformed = Reason.WRONG_DRIVER if camera.enabled else Reason.DISABLED
            return self._told(taken, known, now_us)
        holds, weighs = known.bucket.holds(now_s), 1 + len(raw) // READ_BYTES
        if weighs > holds:
            taken.limited = 1
            return self._told(taken, known, now_us)
        found: Decoded = BY_NAME[driver].decode(raw, paths(camera.mapping))
        allowed = len(found.reads)
        if allowed > holds:
            allowed = holds if partly else 0
        known.bucket.take(max(weighs, allowed))
        taken.malformed = found.malformed
        if found.malformed is None:
            taken.limited = len(found.reads) - allowed
            taken.faults += [Reason.TOO_MANY] * found.beyond
            self._choose(taken, found.reads[:allowed], known, now_us)
        return self._told(taken, known, now_us)

    def _choose(self, taken: Taken, said: Sequence[Said | Reason], known: Known, now_us: int) -> None:
        right: list[tuple[int, Said, str]] = []
        ahead = [each.at_us - now_us for each in said if isinstance(each, Said) and each.at_us is not None]
        if ahead:
            known.clock.hear(max(ahead), len(ahead), now_us)
        hopeless = known.clock.hopeless
        for nth, each in enumerate(said):
            if isinstance(each, Reason):
                taken.refused[nth] = each
                continue
            taken.faults += each.wrong
            try:
                plate = settle(normalise(each.plate))
            except PlateUnreadable as unreadable:
                taken.refused[nth] = _CODES[unreadable.code]
                continue
            if each.at_us is not None and abs(now_us - each.at_us) > OFF_US:
                if not hopeless:
                    taken.refused[nth] = Reason.TOO_OLD if each.at_us < now_us else Reason.BAD_TIME
                    continue
                taken.faults.append(Reason.BAD_TIME)
                each.at_us = None
            right.append((nth, each, plate))
        if clock_is_wrong(known.clock.error_ms):
            taken.faults.append(Reason.CLOCK_WRONG)
        ids = read_ids(taken.camera.id, (_name(each, plate, now_us) for _, each, plate in right))
        new: list[int] = []
        seen: set[bytes] = set()
        for place, read_id in enumerate(ids):
            if read_id in known.lately or read_id in seen:
                taken.repeated += 1
            else:
                seen.add(read_id)
                new.append(place)
        chosen = [right[place] for place in new]
        taken.reads = _records(
            taken.camera.number,
            BY_NAME[taken.driver].reader,
            [(each, plate) for _, each, plate in chosen],
            [ids[place] for place in new],
            now_us,
        )
        self._look_at_pictures(taken, [each for _, each, _ in chosen])

    def _look_at_pictures(self, taken: Taken, said: Sequence[Said]) -> None:
        for place, each in enumerate(said):
            held: tuple[tuple[Which, bytes | None], ...] = (
                ("plate", each.plate_picture),
                ("car", each.car_picture),
            )
            for which, picture in held:
                if picture is None:
                    continue
                wrong = fault(picture)
                if wrong is not None:
                    taken.faults.append(wrong)
                else:
                    taken.pictures.append((place, which, picture))

    def _told(self, taken: Taken, known: Known, now_us: int) -> Taken:
        """Count what was wrong, for the camera and for the whole."""
        faults = [*taken.faults, *taken.refused.values()]
        faults += [Reason.REPEATED] * taken.repeated + [Reason.LIMITED] * taken.limited
        if taken.malformed is not None:
            faults.append(taken.malformed)
        for each in faults:
            FAULTS.labels(taken.driver, each).inc()
        known.heard(now_us, faults)
        self.states.touch()
        return taken

    async def carry(self, nats: Client, every: Sequence[Taken]) -> None:
        """Lay the pictures down, then hand the reads to JetStream and wait for its acknowledgement. Raises
        NATS's errors; then nothing was taken, and the same reads said again are the same."""
        for taken in every:
            await self._lay_down(taken)
        reads = np.concatenate([taken.reads for taken in every]) if every else np.zeros(0, dtype=READ)
        if len(reads):
            await publish(nats, reads)
        for taken in every:
            if not len(taken.reads):
                continue
            TAKEN.labels(taken.driver).inc(len(taken.reads))
            self.states.of(taken.camera).carried([raw for raw in taken.reads["id"].tolist()])  # noqa: C416
            self.states.touch()

    async def _lay_down(self, taken: Taken) -> None:
        if not taken.pictures:
            return
        ids = [UUID(bytes=raw) for raw in taken.reads["id"].tolist()]
        at_us, heard_us = taken.reads["at_us"].tolist(), taken.reads["heard_us"].tolist()
        stored = [
            # the worker takes our time for one that is impossible, and looks for the picture by it
            (ids[n], heard_us[n] if at_us[n] > heard_us[n] + AHEAD_US else at_us[n], which, picture)
            for n, which, picture in taken.pictures
        ]
        lost = await self.pictures.save(stored)
        for place, which, _ in taken.pictures:
            if (ids[place], which) in lost:
                FAULTS.labels(taken.driver, Reason.PICTURE_LOST).inc()
            else:
                taken.reads["pictures"][place] |= BITS[which]


async def publish(nats: Client, reads: Reads) -> None:
    """Hand reads to the workers by the partition of their plates; returns when JetStream has all of them."""
    js = nats.jetstream()
    of = partition(reads["plate"])
    batches = [(part, reads[of == part]) for part in np.unique(of).tolist()]
    sent = (_publish(js, part, batch) for part, batch in batches)
    try:
        await asyncio.gather(*sent)
    except NoStreamResponseError:  # the very first read of an installation may come before its worker
        await stream.ensure(js)
        await asyncio.gather(*(_publish(js, part, batch) for part, batch in batches))


async def _publish(js: object, part: int, batch: Reads) -> None:
    """The same reads said again within JetStream's window are one message, though they were heard later."""
    same = blake2b(batch["id"].tobytes(), digest_size=16).hexdigest()
    await js.publish(  # type: ignore[attr-defined]
        f"{stream.BATCH}.{part}",
        batch.tobytes(),
        timeout=TAKEN_WITHIN_S,
        headers={"Nats-Msg-Id": f"{part}-{same}"},
    )


def _name(said: Said, plate: str, now_us: int) -> str:
    """What is said with neither a time nor a number of its own is one read a minute."""
    return said.name or f"{plate} {now_us // MINUTE_US}"


def _records(
    camera: int, reader: int, said: Sequence[tuple[Said, str]], ids: Sequence[bytes], now_us: int
) -> Reads:
    """READ records but for their pictures; packed one by one, since most messages have one read."""
    packed = b"".join(
        _RECORD.pack(
            read_id,
            keys.key(plate),
            now_us if each.at_us is None else each.at_us,
            now_us,
            camera,
            _scaled(each.speed_kmh, 10),
            _scaled(each.heading, 100),
            make := looks.make(each.make) if each.make else 0,
            colour := looks.colour(each.colour) if each.colour else 0,
            body := looks.body(each.body) if each.body else 0,
            each.confidence,
            each.confidence if each.weakest is None else each.weakest,
            each.frames,
            0,
            reader,
            each.rows,
            each.make_sure if make else 0,
            each.colour_sure if colour else 0,
            each.body_sure if body else 0,
        )
        for (each, plate), read_id in zip(said, ids, strict=True)
    )
    return np.frombuffer(bytearray(packed), dtype=READ)


_RECORD: Final = Struct("<16sqqqiHHHBBBBBBBBBBB3x")
"""READ, field by field."""
assert _RECORD.size == READ.itemsize


def _scaled(value: float | None, by: int) -> int:
    return UNKNOWN_2 if value is None else min(int(value * by), UNKNOWN_2 - 1)
