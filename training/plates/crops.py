"""Crops as the recogniser gets them: a plate that a camera saw, straightened by corners that are a little off."""

from random import Random
from typing import Any

import cv2
import numpy as np

from training.plates import camera as cameras
from training.plates.made import Made, make

WIDE, TALL, MARGIN = 160, 64, 0.05
"""Of a crop; how far beyond the corners it reaches, as a part of each side."""
TARGET = np.array([(MARGIN, MARGIN), (1 - MARGIN, MARGIN), (1 - MARGIN, 1 - MARGIN), (MARGIN, 1 - MARGIN)], np.float32) * (WIDE, TALL)


def straighten(picture: Any, corners: Any) -> Any:
    """(TALL, WIDE) grey, of a grey picture. The same as jedel.plates.reader.recognise does."""
    turn = cv2.getPerspectiveTransform(np.asarray(corners, np.float32), TARGET.astype(np.float32))
    return cv2.warpPerspective(picture, turn, (WIDE, TALL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def paste(image: Any, plate: Any, corners: Any) -> None:
    """The plate into the picture at the corners, in place; seams softened. Drawn at twice the size."""
    height, width = plate.shape[:2]
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    x0, y0 = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(corners.max(0)).astype(int) + 3, (image.shape[1], image.shape[0]))
    if x1 <= x0 or y1 <= y0:
        return
    size = ((x1 - x0) * 2, (y1 - y0) * 2)
    there = (corners - (x0, y0)) * 2
    shrink = max(1.0, width / max(8.0, float(np.linalg.norm(there[1] - there[0]))))
    if shrink > 1.5:
        plate = cv2.resize(plate, (max(2, round(width / shrink)), max(2, round(height / shrink))), interpolation=cv2.INTER_AREA)
        source = np.array([(0, 0), (plate.shape[1], 0), (plate.shape[1], plate.shape[0]), (0, plate.shape[0])], np.float32)
    turn = cv2.getPerspectiveTransform(source, there.astype(np.float32))
    laid = cv2.warpPerspective(plate, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    veil = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(veil, np.round(there * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    laid = cv2.resize(laid, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA).astype(np.float32)
    part = cv2.resize(veil, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    spot = image[y0:y1, x0:x1]
    part = part if image.ndim == 2 else part[..., None]
    spot[:] = (spot * (1 - part) + laid * part).astype(np.uint8)


def crop(rng: Random, camera: cameras.Camera | None = None, held_apart: bool = False, **wanted: Any) -> tuple[Any, Made]:
    """One crop with what it says."""
    camera = camera or rng.choice(cameras.TRAIN)
    plate = make(rng, held_apart=held_apart, **wanted)
    grey = cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY)
    two = bool(plate.rows[1])
    width = float(np.exp(rng.uniform(np.log(46 if two else 66), np.log(210))))
    corners = cameras.corners(camera, rng, width, grey.shape[1] / grey.shape[0])
    corners -= corners.min(0) - (14, 12)
    size = np.ceil(corners.max(0)).astype(int) + (14, 12)
    picture = _around(size[0], size[1], rng)
    paste(picture, grey, corners)
    if rng.random() < 0.25:
        _frame(picture, corners, rng)
    seen = cameras.develop(picture, camera, rng, float(np.clip(width / 130, 0.45, 1.4)) * (0.8 if two else 1.0))
    sides = np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1)
    off = np.array([[rng.gauss(0, 0.012) * sides[0], rng.gauss(0, 0.045) * sides[1]] for _ in range(4)], np.float32)
    if rng.random() < 0.3:  # the whole box too large or too small
        off += (corners - corners.mean(0)) * np.array([rng.uniform(-0.02, 0.06), rng.uniform(-0.05, 0.16)])
    return straighten(seen, corners + off), plate


def _around(width: int, height: int, rng: Random) -> Any:
    """The bumper: a shade, a gradient, a few edges."""
    base = np.full((height, width), rng.randrange(10, 235), np.float32)
    base += np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), height, dtype=np.float32)[:, None]
    for _ in range(rng.randrange(4)):
        y = rng.randrange(height)
        cv2.line(base, (0, y), (width, y + rng.randint(-6, 6)), float(rng.randrange(256)), rng.randint(1, 5), cv2.LINE_AA)
    return np.clip(base, 0, 255).astype(np.uint8)


def _frame(picture: Any, corners: Any, rng: Random) -> None:
    """A plate's holder: dark edges, sometimes a strip with a dealer's name over the lower rim."""
    shade = rng.choice((12, 30, 60, 180))
    cv2.polylines(picture, [np.round(corners * 16).astype(np.int32)], True, shade, rng.randint(1, 3), cv2.LINE_AA, 4)
    if rng.random() < 0.4:
        a, b = corners[3], corners[2]
        down = (corners[3] - corners[0]) * rng.uniform(0.02, 0.1)
        strip = np.array([a - down, b - down, b + down * 2, a + down * 2])
        cv2.fillConvexPoly(picture, np.round(strip * 16).astype(np.int32), shade, cv2.LINE_AA, 4)
