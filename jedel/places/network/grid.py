"""The nearest road segment for every small cell beside a road, looked up instead of searched.

A cell holds the segment nearest to its middle, so an answer is at most a cell's diagonal (17 m) worse than
the best, which is about what a receiver errs. Only blocks of cells near roads exist.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from jedel.places.network.graph import Floats, Ints

CELL_M: Final = 12.0
SIDE: Final = 8
"""Cells along a block's edge."""
BLOCK_M: Final = CELL_M * SIDE
_ROW: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class Grid:
    """Blocks of SIDE x SIDE cells: ``keys`` (b,) of blocks, sorted; ``cells`` (b * SIDE * SIDE,) segments."""

    keys: NDArray[np.int64]
    cells: Ints

    @staticmethod
    def build(tree: cKDTree, segment: Ints) -> "Grid":
        """The grid over all samples of ``tree``, whose segments are ``segment``; seconds for a city."""
        corner = np.floor(tree.data / BLOCK_M).astype(np.int64)
        around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        every = np.unique(_key(corner))
        keys = np.unique(np.concatenate([every + x * _ROW + y for x, y in around]))
        x, y = (keys + _ROW // 2) // _ROW, (keys + _ROW // 2) % _ROW - _ROW // 2
        nth = np.arange(SIDE * SIDE)
        middle = np.stack((nth // SIDE, nth % SIDE), axis=1) * CELL_M + CELL_M / 2
        cells = np.stack((x, y), axis=1)[:, None, :] * BLOCK_M + middle
        _, sample = tree.query(cells.reshape(-1, 2))
        return Grid(keys, segment[sample])

    def nearest(self, at: Floats) -> NDArray[np.int32]:
        """(n,) the segment for (n, 2) metres; -1 where no block is."""
        cell = np.floor(at / CELL_M).astype(np.int64)
        block = cell // SIDE
        key = _key(block)
        place = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        inside = cell - block * SIDE
        found = self.cells[place * (SIDE * SIDE) + inside[:, 0] * SIDE + inside[:, 1]]
        return np.where(self.keys[place] == key, found, np.int32(-1))


def _key(block: NDArray[np.int64]) -> NDArray[np.int64]:
    return block[:, 0] * _ROW + block[:, 1]
