"""Messages of the stream as one batch of reads whose numbers and times can be trusted. Pure but for counters.

Invariants
1. ``heard`` is not after the stream took the message, and ``at`` not after ``heard`` by more than `AHEAD_US`.
   Retention counts from ``at``, so a camera's clock can only shorten the life of its reads.
2. A time that is further ahead is impossible: ours stands for it, and what the camera said beside it. A time
   that is off by more than `OFF_US` is no time: such a read is refused, and so one that a camera repeats for
   ever stays refused when the first of them has been erased.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from prometheus_client import Counter

from jedel.plates import keys
from jedel.plates.codec import PARTITIONS, READ, Reads, partition
from jedel.plates.store.fresh import AHEAD_US, CAMERAS_MAX
from jedel.units.positions.reader import Carried

REFUSED = Counter("jedel_reads_refused_total", "Reads, or messages of them, not believed", ["reason"])
AHEAD = Counter("jedel_reads_ahead_total", "Reads whose camera's clock is ahead; our time was taken")

OFF_US: Final = 24 * 3600 * 1_000_000
_PLATES_END: Final = keys.BASE**keys.LONGEST


class Batch(NamedTuple):
    """``reads`` (n,) with their times put right; ``said_us`` (n,): the times that their cameras gave."""

    reads: Reads
    said_us: NDArray[np.int64]

    def only(self, chosen: NDArray[np.bool_]) -> "Batch":
        return self if chosen.all() else Batch(self.reads[chosen], self.said_us[chosen])


def sort(messages: Sequence[Carried]) -> Batch:
    """One batch from messages in the order of the stream."""
    sound, of = [], []
    for message in messages:
        part = message.subject.rpartition(".")[2]
        if len(message.data) % READ.itemsize or not part.isdecimal() or int(part) >= PARTITIONS:
            REFUSED.labels("message").inc()
        else:
            sound.append(message)
            of.append(int(part))
    sizes = [len(message.data) // READ.itemsize for message in sound]
    reads = np.frombuffer(bytearray().join(message.data for message in sound), dtype=READ)
    taken_us = np.repeat(np.array([message.taken_us for message in sound], dtype=np.int64), sizes)
    told = np.repeat(np.array(of, dtype=np.int64), sizes)
    reads["heard_us"] = np.clip(reads["heard_us"], taken_us - OFF_US, taken_us)
    good = np.ones(len(reads), dtype=np.bool_)
    for reason, bad in (
        ("plate", (reads["plate"] <= 0) | (reads["plate"] >= _PLATES_END)),
        ("camera", (reads["camera"] <= 0) | (reads["camera"] >= CAMERAS_MAX)),
        ("partition", partition(reads["plate"]) != told),
        ("late", reads["at_us"] < reads["heard_us"] - OFF_US),
        ("future", reads["at_us"] > reads["heard_us"] + OFF_US),
    ):
        if count := int((bad & good).sum()):
            REFUSED.labels(reason).inc(count)
            good &= ~bad
    return _timed(reads if good.all() else reads[good])


def _timed(reads: Reads) -> Batch:
    said_us = reads["at_us"].copy()
    ahead = said_us > reads["heard_us"] + AHEAD_US
    if count := int(ahead.sum()):
        AHEAD.inc(count)
        reads["at_us"][ahead] = reads["heard_us"][ahead]
    return Batch(reads, said_us)
