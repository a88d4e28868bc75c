"""A batch of reads by plate and time, each beside where its plate was seen before."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import READ, Reads
from jedel.qorgau.matching.lastseen import SEEN, LastSeen, Seen
from jedel.qorgau.matching.table import hashed, ranks

NEVER: Final = np.iinfo(np.int64).min
_PLAIN: Final = f"V{READ.itemsize}"
_READ_WORDS: Final = READ.itemsize // 8
_SEEN_WORDS: Final = SEEN.itemsize // 8

_DEEP: Final = 16
"""Reads of one plate in one batch; a camera that repeats itself for ever costs no more than this."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Batch:
    """All (n,), in the order of plate, then time, then camera.

    ``order``: which read of the batch each is. ``first``, ``last`` of its plate here. ``slots``: where
    `LastSeen` has its plate, -1; ``held``: those that it has; ``seen``: their records, in that order;
    ``seen_at``, ``seen_camera``: of all, NEVER and -1 where the plate was not seen.
    """

    def __init__(self, reads: Reads, last_seen: LastSeen, since_us: int = NEVER) -> None:
        """Sightings before ``since_us`` are not looked at."""
        plates = np.ascontiguousarray(reads["plate"])
        self.order = _order(reads, plates)
        self.reads: Reads = np.ascontiguousarray(reads).view(_PLAIN)[self.order].view(READ)
        self.plates = plates[self.order]
        self.hashes = hashed(self.plates)
        self.at: Ints = np.ascontiguousarray(self.reads["at_us"])
        self.camera = np.ascontiguousarray(self.reads["camera"])
        new = np.ones(len(plates) + 1, np.bool_)
        new[1:-1] = self.plates[1:] != self.plates[:-1]
        self.first, self.last = new[:-1], new[1:]
        self.slots = last_seen.find(self.plates, self.hashes)
        held = np.flatnonzero(self.slots >= 0)
        seen = last_seen.take(self.slots[held])
        recent = seen["at_us"] >= since_us
        self.held = held[recent]
        self.seen: Seen = seen[recent]
        self.seen_at = np.full(len(plates), NEVER)
        self.seen_at[self.held] = self.seen["at_us"]
        self.seen_camera = np.full(len(plates), -1, np.int32)
        self.seen_camera[self.held] = self.seen["camera"]

    def __len__(self) -> int:
        return len(self.plates)

    def repeated(self) -> Bools:
        """Reads that were there before: of the same id, or the same camera's at the same moment."""
        words = self.reads.view(np.uint64).reshape(-1, _READ_WORDS)[:, :2]
        found = np.zeros(len(self), np.bool_)
        found[1:] = (self.camera[1:] == self.camera[:-1]) & (self.at[1:] == self.at[:-1])
        found[1:] |= (words[1:] == words[:-1]).all(axis=1)
        found &= ~self.first
        found |= (self.camera == self.seen_camera) & (self.at == self.seen_at)
        known = self.seen.view(np.uint64).reshape(-1, _SEEN_WORDS)[:, :2]
        found[self.held] |= (words[self.held] == known).all(axis=1)
        return found

    def agreed(self, within_us: int) -> Bools:
        """Reads of two frames or more, or that another camera agrees with."""
        found = self.reads["frames"] >= 2
        found |= (
            (self.seen_camera >= 0)
            & (self.seen_camera != self.camera)
            & _near(self.at, self.seen_at, within_us)
        )
        before = ~self.first[1:] & (self.camera[1:] != self.camera[:-1])
        found[1:] |= before & (self.at[1:] - self.at[:-1] <= within_us)
        return found

    def again(self, within_us: int) -> Bools:
        """Reads by the camera that read the plate a moment before: what it sees is not seen anew."""
        found: Bools = (self.seen_camera == self.camera) & _near(self.at, self.seen_at, within_us)
        found[1:] |= (
            ~self.first[1:]
            & (self.camera[1:] == self.camera[:-1])
            & (self.at[1:] - self.at[:-1] <= within_us)
        )
        return found

    def borne_out(self) -> Bools:
        """Reads of plates that another camera has read too, as far as is remembered."""
        found: Bools = (self.seen_camera >= 0) & (self.seen_camera != self.camera)
        found[1:] |= ~self.first[1:] & (self.camera[1:] != self.camera[:-1])
        return found

    def added_up(self, said: NDArray[np.float32], most: float) -> NDArray[np.float32]:
        """(n,) of each read: what its plate's reads up to it add up to, never below 0 and never above
        ``most``. Of one plate the first `_DEEP` reads of a batch count."""
        before = np.zeros(len(self), np.float32)
        before[self.held] = self.seen["doubt"] / np.float32(100)
        found: NDArray[np.float32] = np.clip(before + said, 0, most)
        nth = ranks(np.cumsum(self.first))
        for rank in range(1, min(int(nth.max(initial=0)), _DEEP) + 1):
            where = np.flatnonzero(nth == rank)
            found[where] = np.clip(found[where - 1] + said[where], 0, most)
        deep = np.flatnonzero(nth > _DEEP)
        found[deep] = found[deep - nth[deep] + _DEEP]
        return found

    def neighbours(self) -> tuple[Ints, Ints]:
        """Which reads stand next in time to the sighting that is known of their plate (before or after it),
        and which to the read before them here."""
        earlier = np.empty(len(self), np.int64)
        earlier[:1], earlier[1:] = NEVER, self.at[:-1]
        later = np.empty(len(self), np.int64)
        later[-1:], later[:-1] = NEVER, self.at[1:]
        has = self.seen_camera >= 0
        past = has & (self.seen_at <= self.at) & (self.first | (earlier < self.seen_at))
        late = has & (self.seen_at > self.at) & (self.last | (later > self.seen_at))
        return np.flatnonzero(past | late), np.flatnonzero(~self.first & ~past)


def _order(reads: Reads, plates: NDArray[np.int64]) -> Ints:
    """By plate, then time, then camera; few plates come twice, and only those are sorted by more than one."""
    order = np.argsort(plates)
    ordered = plates[order]
    same = ordered[1:] == ordered[:-1]
    if same.any():
        grouped = np.zeros(len(plates), np.bool_)
        grouped[1:] |= same
        grouped[:-1] |= same
        where = np.flatnonzero(grouped)
        which = order[where]
        order[where] = which[np.lexsort((reads["camera"][which], reads["at_us"][which], plates[which]))]
    return order


def _near(one: Ints, other: Ints, within: int) -> Bools:
    # NEVER is as far from every moment as can be said without running over.
    apart = one - np.maximum(other, -(1 << 62))
    return np.abs(apart) <= within
