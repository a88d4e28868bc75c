"""Which reads are new, told from what was seen lately: hardly any has to be looked for in the database.

A camera may say the same read again, hours later and after we were started anew. It has the same id then,
plate and time, so only one that is no later than the latest of its camera and partition may be an old one.
Before the first of these the latest counts as the moment up to which the stream was written.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import PARTITIONS, Reads, partition

AHEAD_US: Final = 5_000_000
"""A camera's clock may be so far ahead of ours; a time further ahead is impossible."""
CAMERAS_MAX: Final = 1 << 18
_RECENT_BITS: Final = 20
_FIRST: Final = 1024


class Sorted(NamedTuple):
    """(n,) each. ``repeated``: surely written before, or twice in this batch; ``doubtful``: perhaps."""

    repeated: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]


class Fresh:
    """Of the reads that one worker has written: the latest time of each camera, and the ids seen last.

    ``written_us``: up to when the stream was written before. ``latest``: of cameras that gave impossible
    times, the latest of these, which may lie in the future. 8 MiB, and 128 bytes for each camera.
    """

    def __init__(self, written_us: int, latest: Mapping[int, int]) -> None:
        self._floor = written_us + AHEAD_US
        self._marks = np.full((_FIRST, PARTITIONS), self._floor, dtype=np.int64)
        self._recent = np.zeros(1 << _RECENT_BITS, dtype=np.uint64)
        for camera, said_us in latest.items():
            self._grow(camera)
            self._marks[camera] = np.maximum(self._marks[camera], said_us)

    def sort(self, reads: Reads, said_us: NDArray[np.int64]) -> Sorted:
        """``said_us`` (n,): the times that the cameras gave; cameras are numbers below `CAMERAS_MAX`."""
        slots, names = _names(reads)
        again = self._recent[slots] == names
        _, first = np.unique(names, return_index=True)
        only = np.zeros(len(reads), dtype=np.bool_)
        only[first] = True
        repeated = again | ~only
        cameras = reads["camera"]
        self._grow(int(cameras.max(initial=0)))
        latest = self._marks[cameras, partition(reads["plate"])]
        doubtful = (said_us <= latest) | (said_us > reads["heard_us"] + AHEAD_US)
        return Sorted(repeated, doubtful & ~repeated)

    def written(self, reads: Reads, said_us: NDArray[np.int64]) -> None:
        """These are committed, or were before."""
        slots, names = _names(reads)
        self._recent[slots] = names
        self._grow(int(reads["camera"].max(initial=0)))
        np.maximum.at(self._marks, (reads["camera"], partition(reads["plate"])), said_us)

    def _grow(self, camera: int) -> None:
        if camera >= len(self._marks):
            more = max(camera + 1, 2 * len(self._marks)) - len(self._marks)
            self._marks = np.concatenate((self._marks, np.full((more, PARTITIONS), self._floor)))


def _names(reads: Reads) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Where each id has its place among the recent, and 64 other bits of it, never 0."""
    halves = np.ascontiguousarray(reads["id"]).view("<u8").reshape(len(reads), 2)
    slots = (halves[:, 0] & np.uint64((1 << _RECENT_BITS) - 1)).astype(np.int64)
    return slots, halves[:, 1] | np.uint64(1)
