"""Where plates are in a frame: the detector at half of a 1080p frame's scale, then each plate's corners again
on the frame itself."""

from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from jedel.plates.reader.model import Corners, Picture
from jedel.plates.reader.weights import session

WIDE: Final = 960
TALL: Final = 544
STRIDE: Final = 8
REACH: Final = 32.0
"""Pixels that the detector's corners are counted in."""
FOUND_MIN: Final = 0.35
PLATES_MAX: Final = 24
"""Of one frame: a wall of plates must not stop the camera."""
PASSES: Final = 2
"""How often the corners are set again: the second time from a crop that is nearly right."""
_OVERLAP: Final = 0.3
_ROUGH: Final = (128, 64)
_ROUGH_MARGIN: Final = 0.22


class Found(NamedTuple):
    """``corners`` (4, 2) pixels of the frame; ``sure`` 0…1 that it is a plate."""

    corners: Corners
    sure: float


def target(wide: int, tall: int, margin: float) -> Corners:
    """Where the corners of a straightened plate come to lie in its crop."""
    low, high = margin, 1 - margin
    return np.array(
        [
            (low * wide, low * tall),
            (high * wide, low * tall),
            (high * wide, high * tall),
            (low * wide, high * tall),
        ],
        np.float32,
    )


def straighten(
    grey: NDArray[np.uint8], corners: Corners, wide: int, tall: int, margin: float
) -> tuple[Any, Any]:
    """((tall, wide) float32, the turn that made it) of a grey frame."""
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), target(wide, tall, margin))
    crop = cv2.warpPerspective(
        grey, turn, (wide, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.float32), turn


def normal(crops: Any) -> Any:
    """(n, h, w) → mean 0, spread about 1 each: night and day look alike."""
    mean = crops.mean((-2, -1), keepdims=True)
    return (crops - mean) / (crops.std((-2, -1), keepdims=True) + 4.0)


class Detector:
    """Not for several threads at once."""

    def __init__(self, threads: int = 1) -> None:
        self._cells = session("detector", threads)
        self._corners = session("straightener", threads)

    def find(self, frame: Picture, grey: NDArray[np.uint8]) -> list[Found]:
        """The plates of one frame, surest first."""
        found = self.rough(frame)
        for _ in range(PASSES):
            found = self.refined(grey, found)
        return found

    def rough(self, frame: Picture) -> list[Found]:
        """As the detector sees them at its own scale."""
        height, width = frame.shape[:2]
        scale = min(1.0, WIDE / width, TALL / height)
        small = frame
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
        tall, wide = (-(-side // 32) * 32 for side in small.shape[:2])
        blob = np.zeros((1, 3, tall, wide), np.float32)
        np.multiply(
            small.transpose(2, 0, 1), np.float32(1 / 255), out=blob[0, :, : small.shape[0], : small.shape[1]]
        )
        cells = self._cells.run(None, {"frames": blob})[0][0]
        ys, xs = np.nonzero(cells[0] > np.log(FOUND_MIN / (1 - FOUND_MIN)))
        if len(ys) == 0:
            return []
        sure = 1 / (1 + np.exp(-cells[0, ys, xs]))
        corners = cells[1:, ys, xs].T.reshape(-1, 4, 2) * REACH
        corners += np.stack([(xs + 0.5) * STRIDE, (ys + 0.5) * STRIDE], 1)[:, None]
        factor = np.array([width / small.shape[1], height / small.shape[0]])
        return _once((corners * factor).astype(np.float32), sure)

    def refined(self, grey: NDArray[np.uint8], found: list[Found]) -> list[Found]:
        """The same plates, their corners looked at again in a crop of the frame."""
        if not found:
            return []
        wide, tall = _ROUGH
        cuts = [straighten(grey, each.corners, wide, tall, _ROUGH_MARGIN) for each in found]
        said = self._corners.run(None, {"crops": normal(np.stack([crop for crop, _ in cuts]))[:, None]})[0]
        refined = []
        for each, (_, turn), parts in zip(found, cuts, said, strict=True):
            there = (parts.reshape(1, 4, 2) * (wide, tall)).astype(np.float32)
            back = cv2.perspectiveTransform(there, np.linalg.inv(turn))[0]
            good = cv2.isContourConvex(back) and np.isfinite(back).all()
            refined.append(Found(back.astype(np.float32) if good else each.corners, each.sure))
        return refined


def _once(corners: Corners, sure: NDArray[Any]) -> list[Found]:
    """Each plate once: cells that say the same plate are one, its corners their mean by how sure each is."""
    order = np.argsort(-sure)
    low, high = corners.min(1), corners.max(1)
    left = np.ones(len(order), bool)
    found: list[Found] = []
    for nth in order:
        if not left[nth] or len(found) == PLATES_MAX:
            continue
        inner = np.minimum(high, high[nth]) - np.maximum(low, low[nth])
        both = np.clip(inner, 0, None).prod(1)
        areas = (high - low).prod(1)
        same = left & (both > _OVERLAP * np.minimum(areas, areas[nth]))
        left &= ~same
        left[nth] = False
        same[nth] = True
        weight = np.where(same & (sure > 0.6 * sure[nth]), sure, 0)
        mean = (corners * weight[:, None, None]).sum(0) / weight.sum()
        if min(high[nth] - low[nth]) >= 4 and cv2.isContourConvex(mean.astype(np.float32)):
            found.append(Found(mean.astype(np.float32), float(sure[nth])))
    return found
