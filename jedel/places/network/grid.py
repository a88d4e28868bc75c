"""The nearest road segment for every small cell beside a road, looked up instead of searched.

A cell holds the segment nearest to its middle, so an answer is at most a cell's diagonal (17 m) worse than
the best, which is about what a receiver errs. Only blocks of cells near roads exist.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from jedel.places.network.graph import Floats, Ints

CELL_M: Final = 12.0
SIDE_BITS: Final = 3
SIDE: Final = 1 << SIDE_BITS
"""Cells along a block's edge."""
BLOCK_M: Final = CELL_M * SIDE
DIRECTORY_MAX: Final = 8_000_000
"""Largest table of block numbers (32 MB); a wider map is searched."""
_ROW: Final = 1 << 31


class Grid:
    """Blocks of SIDE x SIDE cells: ``keys`` (b,) of blocks, sorted; ``cells`` (b * SIDE * SIDE,) segments."""

    def __init__(self, keys: NDArray[np.int64], cells: Ints, directory_max: int = DIRECTORY_MAX) -> None:
        self.keys = keys
        self.cells = cells
        x, y = _unkey(keys)
        self._west, self._south = int(x.min()), int(y.min())
        self._wide, self._high = int(x.max()) - self._west + 1, int(y.max()) - self._south + 1
        self._directory: Ints | None = None
        if self._wide * self._high <= directory_max:
            self._directory = np.full(self._wide * self._high, -1, np.int32)
            self._directory[(x - self._west) * self._high + y - self._south] = np.arange(len(keys))

    @staticmethod
    def build(tree: cKDTree, segment: Ints) -> "Grid":
        """The grid over all samples of ``tree``, whose segments are ``segment``; seconds for a city."""
        corner = np.floor(tree.data / BLOCK_M).astype(np.int64)
        around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        every = np.unique(_key(corner[:, 0], corner[:, 1]))
        keys = np.unique(np.concatenate([every + x * _ROW + y for x, y in around]))
        nth = np.arange(SIDE * SIDE)
        middle = np.stack((nth // SIDE, nth % SIDE), axis=1) * CELL_M + CELL_M / 2
        cells = np.stack(_unkey(keys), axis=1)[:, None, :] * BLOCK_M + middle
        _, sample = tree.query(cells.reshape(-1, 2))
        return Grid(keys, segment[sample])

    def nearest(self, x: Floats, y: Floats) -> NDArray[np.int32]:
        """(n,) the segment for (n,), (n,) metres; -1 where no block is."""
        cell_x, cell_y = (np.floor(metres / CELL_M).astype(np.int32) for metres in (x, y))
        block_x, block_y = cell_x >> SIDE_BITS, cell_y >> SIDE_BITS
        block = self._blocks(block_x, block_y)
        inside = ((cell_x & (SIDE - 1)) << SIDE_BITS) | (cell_y & (SIDE - 1))
        found = self.cells[block * (SIDE * SIDE) + inside]
        found[block < 0] = -1
        return found

    def _blocks(self, x: Ints, y: Ints) -> Ints:
        """(n,) numbers of blocks, -1 for none: by a table for a city, by search for a country."""
        if self._directory is None:
            key = _key(x.astype(np.int64), y.astype(np.int64))
            place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
            return np.where(self.keys[place] == key, place, -1).astype(np.int32)
        x, y = x - self._west, y - self._south
        within = (x >= 0) & (x < self._wide) & (y >= 0) & (y < self._high)
        found: Ints = self._directory[np.where(within, x * self._high + y, 0)]
        found[~within] = -1
        return found


def _key(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    return x * _ROW + y


def _unkey(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    x = (keys + _ROW // 2) // _ROW
    return x, keys - x * _ROW
