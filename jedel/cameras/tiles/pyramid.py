"""How many cameras of each kind and state lie in each cell of the map, at every zoom. Pure.

The finest level is counted once; each coarser one adds up four cells of the one below. A change of state goes
from its cell to that cell's parent and so on, one addition a level.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.cameras.tiles.mercator import BITS, Codes, Steps
from jedel.cameras.tiles.model import KINDS, SIGNS, STATES

COARSEST: Final = 3
FINEST: Final = 16
"""Levels: a level's cell is a tile of that zoom. The tile of zoom z shows cells of level z + 3."""
_ROOT_WIDTH: Final = 2 * BITS


@dataclass(slots=True)
class Level:
    """Cells in the order of their codes, (m,) each. ``first``: place of the cell's first camera; ``counts``
    (m, SIGNS); ``x``, ``y``: the middle of its cameras; ``parent``: its cell one level above."""

    codes: Codes
    first: NDArray[np.int32]
    counts: NDArray[np.int32]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    parent: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        arrays = (self.codes, self.first, self.counts, self.x, self.y, self.parent)
        return sum(array.nbytes for array in arrays)


class Pyramid:
    """Of cameras in the order of their codes."""

    def __init__(self, codes: Codes, x: Steps, y: Steps, signs: NDArray[np.intp]) -> None:
        """``signs`` (n,): kind and state of each, kind * len(STATES) + state."""
        self.levels: dict[int, Level] = {}
        cells, first, self._leaf = _cells(codes >> np.uint64(_ROOT_WIDTH - 2 * FINEST))
        flat = np.bincount(self._leaf.astype(np.intp) * SIGNS + signs, minlength=len(cells) * SIGNS)
        counts = flat.reshape(-1, SIGNS).astype(np.int32)
        sums_x, sums_y = _summed(x.astype(np.float64), first), _summed(y.astype(np.float64), first)
        for level in range(FINEST, COARSEST - 1, -1):
            many = counts.sum(axis=1).clip(1)
            up, starts, parent = _cells(cells >> np.uint64(2))
            self.levels[level] = Level(cells, first, counts, sums_x / many, sums_y / many, parent)
            cells, first = up, first[starts]
            counts = np.add.reduceat(counts, starts, axis=0) if len(starts) else counts
            sums_x, sums_y = _summed(sums_x, starts), _summed(sums_y, starts)

    @property
    def nbytes(self) -> int:
        return self._leaf.nbytes + sum(level.nbytes for level in self.levels.values())

    def move(self, places: NDArray[np.intp], old: NDArray[np.intp], new: NDArray[np.intp]) -> None:
        """Cameras at ``places``, each at most once, are of another sign now."""
        cell = self._leaf[places]
        for level in range(FINEST, COARSEST - 1, -1):
            at = self.levels[level]
            flat = at.counts.reshape(-1)
            np.subtract.at(flat, cell.astype(np.intp) * SIGNS + old, 1)
            np.add.at(flat, cell.astype(np.intp) * SIGNS + new, 1)
            cell = at.parent[cell]


def _cells(keys: Codes) -> tuple[Codes, NDArray[np.int32], NDArray[np.int32]]:
    """Different keys of a sorted array, where each begins, and which of them each element is."""
    begins = np.ones(len(keys), dtype=np.bool_)
    begins[1:] = keys[1:] != keys[:-1]
    first = np.flatnonzero(begins).astype(np.int32)
    return keys[first], first, (np.cumsum(begins) - 1).astype(np.int32)


def _summed(values: NDArray[np.float64], first: NDArray[np.int32]) -> NDArray[np.float64]:
    return np.add.reduceat(values, first) if len(first) else values


def by_state(counts: NDArray[np.int32], table: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Counts (m, SIGNS) of what is wanted, added up by state: (m, len(STATES))."""
    kinds = counts.reshape(len(counts), len(KINDS), len(STATES))
    found: NDArray[np.int64] = (kinds * table).sum(axis=1, dtype=np.int64)
    return found
