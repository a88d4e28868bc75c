"""What stands on a straightened plate."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.reader.detect import normal, straighten
from jedel.plates.reader.model import Corners
from jedel.plates.reader.weights import session

WIDE: Final = 160
TALL: Final = 64
MARGIN: Final = 0.05


class Recogniser:
    """Not for several threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self._signs = session("recogniser", threads)

    def read(self, grey: NDArray[np.uint8], corners: list[Corners]) -> NDArray[np.float32]:
        """(n, 2, 40, 37): both rows of each plate of a grey frame, for `choices.weigh`."""
        if not corners:
            return np.zeros((0, 2, 40, 37), np.float32)
        crops = [straighten(grey, each, WIDE, TALL, MARGIN)[0] for each in corners]
        return _likely(self._signs.run(None, {"crops": normal(np.stack(crops))[:, None]})[0])


def _likely(scores: Any) -> NDArray[np.float32]:
    """Softmax over the last axis."""
    grown = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(grown / grown.sum(-1, keepdims=True), np.float32)
