"""What the writer of reads asks of whoever judges them: `jedel.qorgau`, or `NoJudge` where that is off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from jedel.journal import Store, Tx
from jedel.plates.codec import Reads


@dataclass(frozen=True, slots=True)
class Judged:
    """What a batch was found to be, in the order of its reads.

    ``grounds``: (n,) bits, any of which makes a read a hit. ``score``: (n,) 0…100, how sure.
    ``repeated``: (n,) reads that are not to be written. ``more``: whatever the judge itself needs again.
    """

    grounds: NDArray[np.uint16]
    score: NDArray[np.uint8]
    repeated: NDArray[np.bool_]
    more: object = None


class Judge(Protocol):
    """Its calls come in this order, one batch at a time; after a fault `begin` comes again, and whatever was
    judged but not committed will be judged anew."""

    async def begin(self, store: Store, partitions: Sequence[int], progress: Mapping[int, int]) -> None:
        """Bring the state of these partitions to where the database is: ``progress`` is, by partition, the
        last message of the stream that is written."""
        ...

    def judge(self, reads: Reads, now_us: int) -> Judged:
        """Reads that are new, each once, ``at_us`` at most 5 s after ``heard_us``. Only computes."""
        ...

    async def write(self, tx: Tx, reads: Reads, judged: Judged) -> None:
        """What follows of the batch, in the transaction that stores it."""
        ...

    async def committed(self, judged: Judged) -> None:
        """The batch is stored: tell whom it concerns."""
        ...


class NoJudge:
    """Nothing is a hit: for a site that only searches."""

    async def begin(self, store: Store, partitions: Sequence[int], progress: Mapping[int, int]) -> None:
        """There is no state."""

    def judge(self, reads: Reads, now_us: int) -> Judged:
        n = len(reads)
        return Judged(np.zeros(n, dtype=np.uint16), np.zeros(n, dtype=np.uint8), np.zeros(n, dtype=np.bool_))

    async def write(self, tx: Tx, reads: Reads, judged: Judged) -> None:
        """Nothing follows."""

    async def committed(self, judged: Judged) -> None:
        """Nobody is concerned."""
