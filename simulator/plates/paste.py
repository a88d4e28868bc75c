"""A flat picture laid into another one at four corners, seams and all as a lens would show it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from simulator.plates.glyphs import Image

Corners = NDArray[np.float32]
"""(4, 2) pixels, from the upper left clockwise."""


def _of(width: int, height: int) -> Corners:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def paste(image: Image, plate: Image, corners: Corners) -> None:
    """In place; what lies outside the image is left out. Drawn at twice the size, so that edges are soft."""
    x0, y0 = (int(side) for side in np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0))
    edge = (image.shape[1], image.shape[0])
    x1, y1 = (int(side) for side in np.minimum(np.ceil(corners.max(0)).astype(int) + 3, edge))
    if x1 <= x0 or y1 <= y0:
        return
    size = ((x1 - x0) * 2, (y1 - y0) * 2)
    there = ((corners - (x0, y0)) * 2).astype(np.float32)
    height, width = plate.shape[:2]
    shrink = width / max(8.0, float(np.linalg.norm(there[1] - there[0])))
    if shrink > 1.5:
        small = (max(2, round(width / shrink)), max(2, round(height / shrink)))
        plate = np.asarray(cv2.resize(plate, small, interpolation=cv2.INTER_AREA), np.uint8)
    turn = cv2.getPerspectiveTransform(_of(plate.shape[1], plate.shape[0]), there)
    laid = cv2.warpPerspective(plate, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    veil = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(veil, np.round(there * 16).astype(np.int32), (255,), cv2.LINE_AA, 4)
    half = (x1 - x0, y1 - y0)
    part: Any = cv2.resize(veil, half, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    part = part if image.ndim == 2 else part[..., None]
    seen = cv2.resize(laid, half, interpolation=cv2.INTER_AREA).astype(np.float32)
    spot = image[y0:y1, x0:x1]
    spot[:] = (spot * (1 - part) + seen * part).astype(np.uint8)
