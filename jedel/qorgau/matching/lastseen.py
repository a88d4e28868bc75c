"""Where each plate was last seen: bounded, a batch at a time, forgotten in time.

A cache of buckets of eight plates (table.py says why eight). A new plate whose bucket is full takes the
place of the plate there that was seen longest ago, so nothing grows and nothing is moved. With `room` plates
in it the buckets are three eighths full, and about one plate in a thousand was forgotten for want of room.

Nothing is kept here for longer than the database keeps a read without a hit: `sweep` erases what is older.

Memory: 48 bytes a slot; 8.4 million slots, 403 MB, for 3 million plates.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import READ, UNKNOWN_2, Reads
from jedel.plates.keys import Keys
from jedel.qorgau.matching.table import WAYS, Hashes, Slots, hashed, ranks, ways

SEEN: Final = np.dtype(
    [
        ("id", "V16"),
        ("at_us", "<i8"),
        ("camera", "<i4"),
        ("doubt", "<u2"),  # the engine's: hundredths, how much speaks for another car than the register's
        ("make", "<u2"),
        ("colour", "u1"),
        ("body", "u1"),
        ("confidence", "u1"),
        ("weakest", "u1"),
        ("frames", "u1"),
        ("pictures", "u1"),
        ("reader", "u1"),
        ("trust", "u1"),  # 0…100, the engine's: that the plate was read right
    ]
)
"""40 bytes: of a read, what a later one is compared with and shown beside."""
_PLAIN: Final = f"V{SEEN.itemsize}"
_COPIED: Final = tuple(name for name in SEEN.names or () if name in (READ.names or ()))
_FULL: Final = 0.4
"""Of the slots, at most, that `room` plates take."""

Seen = NDArray[np.void]


def seen_of(reads: Reads, trust: NDArray[np.uint8], doubt: NDArray[np.uint16]) -> Seen:
    """(n,) records of reads."""
    made = np.empty(len(reads), SEEN)
    for name in _COPIED:
        made[name] = reads[name]
    made["trust"], made["doubt"] = trust, doubt
    return made


def reads_of(plates: Keys, seen: Seen) -> Reads:
    """(n,) the reads again, as far as they were kept: what was not is unknown, and heard when it was seen."""
    made = np.zeros(len(seen), READ)
    for name in _COPIED:
        made[name] = seen[name]
    made["plate"], made["heard_us"] = plates, seen["at_us"]
    made["speed_dkmh"] = made["heading_cdeg"] = UNKNOWN_2
    return made


class LastSeen:
    """Not for use from many threads."""

    def __init__(self, room: int) -> None:
        buckets = max(int(room / _FULL), 1) // WAYS
        self._bits = max(buckets - 1, 1).bit_length()
        self._shift = np.uint64(64 - self._bits)
        self._keys = np.zeros((1 << self._bits, WAYS), np.int64)
        self._records = np.zeros(WAYS << self._bits, _PLAIN)
        self._used = 0
        self.forgotten = 0
        """Plates that gave their place to another one, ever."""

    def __len__(self) -> int:
        return self._used

    @property
    def bytes(self) -> int:
        """What it takes of memory."""
        return self._keys.nbytes + self._records.nbytes

    @property
    def slots(self) -> int:
        return len(self._records)

    def find(self, keys: Keys, hashes: Hashes | None = None) -> Slots:
        """(n,) where the records are, -1 for plates that were not seen. Good until the next change."""
        bucket = ((hashed(keys) if hashes is None else hashes) >> self._shift).astype(np.int64)
        there, way = ways(self._keys.take(bucket, axis=0) == keys[:, None])
        return np.where(there, bucket * WAYS + way, -1)

    def take(self, slots: Slots) -> Seen:
        """(n,) records of slots that `find` gave (none of them -1): a copy."""
        return self._records.take(slots).view(SEEN)

    def renew(self, slots: Slots, seen: Seen) -> None:
        """Replace the records of plates that are there; each slot once."""
        self._records[slots] = seen.view(_PLAIN)

    def add(self, keys: Keys, seen: Seen) -> None:
        """Plates that are not there yet, each once."""
        bucket = (hashed(keys) >> self._shift).astype(np.int64)
        left = np.arange(len(keys))
        while len(left):
            left = left[np.argsort(bucket[left])]
            here = bucket[left]
            rank = ranks(here)
            free = self._keys.take(here, axis=0) == 0
            nth = np.cumsum(free, axis=1, dtype=np.int8) - 1
            fits, way = ways(free & (nth == rank[:, None]))
            # One a round takes the place of the bucket's oldest; the others come again.
            open_ = free.sum(axis=1)
            crowded = np.flatnonzero((rank == open_) & (open_ < WAYS))
            if len(crowded):
                slots = here[crowded, None] * WAYS + np.arange(WAYS)
                # What was put there a moment ago in this round is not known yet: it is not to be pushed out.
                at = self.take(slots.ravel())["at_us"].reshape(-1, WAYS)
                at = np.where(free[crowded], np.iinfo(np.int64).max, at)
                way[crowded], fits[crowded] = at.argmin(axis=1), True
                self._used -= len(crowded)
                self.forgotten += len(crowded)
            slots = here[fits] * WAYS + way[fits]
            self._keys.ravel()[slots] = keys[left[fits]]
            self._records[slots] = seen[left[fits]].view(_PLAIN)
            self._used += len(slots)
            left = left[~fits]

    def newest(self, keys: Keys, seen: Seen) -> None:
        """Take in plates, each once, in any order of time: what is newer stays."""
        slots = self.find(keys)
        there = np.flatnonzero(slots >= 0)
        later = there[seen["at_us"][there] >= self.take(slots[there])["at_us"]]
        self.renew(slots[later], seen[later])
        new = np.flatnonzero(slots < 0)
        self.add(keys[new], seen[new])

    def part(self, first: int, last: int) -> tuple[Keys, Seen]:
        """What stands in slots [first, last): plates and records, copies."""
        keys = self._keys.ravel()[first:last]
        used = np.flatnonzero(keys)
        return keys[used], self.take(first + used)

    def sweep(self, first: int, last: int, before_us: int) -> int:
        """Forget what was seen before a moment, in slots [first, last); how many that were."""
        keys = self._keys.ravel()[first:last]
        old = np.flatnonzero((keys != 0) & (self._records[first:last].view(SEEN)["at_us"] < before_us))
        keys[old] = 0
        self._records[first + old] = np.zeros((), _PLAIN)
        self._used -= len(old)
        return len(old)

    def clear(self) -> None:
        """Forget everything."""
        self._keys[:] = 0
        self._used = self.forgotten = 0
