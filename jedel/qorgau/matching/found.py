"""What the engine hands on of the hits of a batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.qorgau.model import Ground, Pair

ALL: Final = tuple(Ground)
"""The grounds, in the order of the columns of `Found.scores`."""


@dataclass(frozen=True, slots=True)
class Found:
    """``hits``: (m,) which reads of the batch, the earliest first. ``scores``: (m, 9) 0…100 of each ground of
    `ALL`, 0 where it does not hold. ``action``: (m,) `model.ActionNumber` of the list, 0 where no list says.
    ``entry``: (m,) id of the entry that decides it, zeros for none. ``pairs``: by place among the hits."""

    hits: NDArray[np.int64]
    scores: NDArray[np.uint8]
    action: NDArray[np.uint8]
    entry: NDArray[np.void]
    pairs: Mapping[int, Pair]
