"""Masks as pixels. Whatever can be read in two ways covers more."""

from collections.abc import Sequence
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from jedel.media.model import Mask

GROW_PIXELS: Final = 2
"""Beyond the corners: scaling and compression smear edges."""
_BLACK: Final = 16
_GREY: Final = 128


def covered(masks: Sequence[Mask], width: int, height: int) -> NDArray[np.bool_]:
    """Which pixels of a picture are covered, shape (height, width). A mask that is no area covers all."""
    out = np.zeros((height, width), bool)
    for mask in masks:
        if len(mask.corners) < 3:
            return np.ones((height, width), bool)
        out |= _inside(np.array(mask.corners, np.float64), width, height)
    return _grown(out)


def _inside(corners: NDArray[np.float64], width: int, height: int) -> NDArray[np.bool_]:
    """By the winding number, so that an outline that crosses itself leaves no hole."""
    x = (np.arange(width) + 0.5)[None, :] / width
    y = (np.arange(height) + 0.5)[:, None] / height
    winding = np.zeros((height, width), np.int16)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, 0), strict=True):
        if y1 == y2:
            continue
        left = x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        winding += (left & (y1 <= y) & (y < y2)).astype(np.int16)
        winding -= (left & (y2 <= y) & (y < y1)).astype(np.int16)
    inside: NDArray[np.bool_] = winding != 0
    return inside


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    for _ in range(GROW_PIXELS):
        tall = mask.copy()
        tall[1:] |= mask[:-1]
        tall[:-1] |= mask[1:]
        mask = tall.copy()
        mask[:, 1:] |= tall[:, :-1]
        mask[:, :-1] |= tall[:, 1:]
    return mask


class Cover:
    """Draws masks into pictures of one size (both sides even)."""

    def __init__(self, masks: Sequence[Mask], width: int, height: int) -> None:
        self.size = width, height
        bright = covered(masks, width, height)
        # colour has a quarter of the pixels: one that touches a covered pixel is covered
        colour = bright.reshape(height // 2, 2, width // 2, 2).any((1, 3)).ravel()
        self._where = np.concatenate((bright.ravel(), colour, colour)).reshape(height * 3 // 2, width)
        fill = np.full(self._where.size, _GREY, np.uint8)
        fill[: width * height] = _BLACK
        self._fill = fill.reshape(self._where.shape)

    def draw(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Another picture (yuv420p) that is covered: the given one may still be the decoder's."""
        pixels = frame.to_ndarray(format="yuv420p")
        np.copyto(pixels, self._fill, where=self._where)
        return av.VideoFrame.from_ndarray(pixels, format="yuv420p")
