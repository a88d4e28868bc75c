"""Crops as the recogniser gets them: a plate that a camera saw, straightened by corners a little off."""

from random import Random
from typing import Any

import cv2
import numpy as np

from simulator.plates.paste import paste
from training.plates import camera as cameras
from training.plates.made import Made, make

WIDE, TALL, MARGIN = 160, 64, 0.05
"""Of a crop; how far beyond the corners it reaches, as a part of each side."""


def _target(wide: int, tall: int, margin: float) -> Any:
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


TARGET = _target(WIDE, TALL, MARGIN)


def straighten(picture: Any, corners: Any) -> Any:
    """(TALL, WIDE) grey, of a grey picture. The same as jedel.plates.reader.recognise does."""
    turn = cv2.getPerspectiveTransform(np.asarray(corners, np.float32), TARGET)
    return cv2.warpPerspective(
        picture, turn, (WIDE, TALL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def seen(
    rng: Random, camera: cameras.Camera | None = None, held_apart: bool = False, **wanted: Any
) -> tuple[Any, Any, Made]:
    """A grey picture of one plate, its corners in it, and what it says."""
    camera = camera or rng.choice(cameras.TRAIN)
    plate = make(rng, held_apart=held_apart, **wanted)
    grey = cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY)
    two = bool(plate.rows[1])
    width = float(np.exp(rng.uniform(np.log(46 if two else 66), np.log(210))))
    corners = cameras.corners(camera, rng, width, grey.shape[1] / grey.shape[0])
    corners -= corners.min(0) - (14, 12)
    size = np.ceil(corners.max(0) + np.array((14, 12))).astype(int)
    picture = _around(size[0], size[1], rng)
    paste(picture, grey, corners)
    if rng.random() < 0.25:
        _frame(picture, corners, rng)
    return (
        cameras.develop(picture, camera, rng, float(np.clip(width / 130, 0.45, 1.4)) * (0.8 if two else 1.0)),
        corners,
        plate,
    )


def crop(
    rng: Random, camera: cameras.Camera | None = None, held_apart: bool = False, **wanted: Any
) -> tuple[Any, Made]:
    """One crop with what it says, its corners about as wrong as the straightener leaves them."""
    picture, corners, plate = seen(rng, camera, held_apart, **wanted)
    sides = np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1)
    off = np.array(
        [[rng.gauss(0, 0.012) * sides[0], rng.gauss(0, 0.045) * sides[1]] for _ in range(4)], np.float32
    )
    if rng.random() < 0.3:  # the whole box too large or too small
        off += (corners - corners.mean(0)) * np.array([rng.uniform(-0.02, 0.06), rng.uniform(-0.05, 0.16)])
    return straighten(picture, corners + off), plate


ROUGH_WIDE, ROUGH_TALL, ROUGH_MARGIN = 128, 64, 0.22


def rough(rng: Random, camera: cameras.Camera | None = None) -> tuple[Any, Any]:
    """(64, 128) grey by corners as wrong as the detector's, and (4, 2) where they should be, in parts of
    the crop (0…1 each way)."""
    picture, corners, _ = seen(rng, camera)
    sides = np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1)
    wild = rng.choice((0.4, 1.0, 1.0, 1.6))
    off = np.array([[rng.gauss(0, 0.03) * sides[0], rng.gauss(0, 0.09) * sides[1]] for _ in range(4)]) * wild
    off += (corners - corners.mean(0)) * np.array([rng.gauss(0, 0.05), rng.gauss(0, 0.12)]) * wild
    off += np.array([rng.gauss(0, 0.04) * sides[0], rng.gauss(0, 0.1) * sides[1]]) * wild
    target = _target(ROUGH_WIDE, ROUGH_TALL, ROUGH_MARGIN)
    turn = cv2.getPerspectiveTransform((corners + off).astype(np.float32), target)
    cut = cv2.warpPerspective(
        picture, turn, (ROUGH_WIDE, ROUGH_TALL), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    there = cv2.perspectiveTransform(corners[None].astype(np.float32), turn)[0]
    return cut, there / (ROUGH_WIDE, ROUGH_TALL)


def _around(width: int, height: int, rng: Random) -> Any:
    """The bumper: a shade, a gradient, a few edges."""
    base = np.full((height, width), rng.randrange(10, 235), np.float32)
    base += np.linspace(rng.uniform(-40, 40), rng.uniform(-40, 40), height, dtype=np.float32)[:, None]
    for _ in range(rng.randrange(4)):
        y = rng.randrange(height)
        cv2.line(
            base,
            (0, y),
            (width, y + rng.randint(-6, 6)),
            float(rng.randrange(256)),
            rng.randint(1, 5),
            cv2.LINE_AA,
        )
    return np.clip(base, 0, 255).astype(np.uint8)


def _frame(picture: Any, corners: Any, rng: Random) -> None:
    """A plate's holder: dark edges, sometimes a strip with a dealer's name over the lower rim."""
    shade = rng.choice((12, 30, 60, 180))
    cv2.polylines(
        picture, [np.round(corners * 16).astype(np.int32)], True, shade, rng.randint(1, 3), cv2.LINE_AA, 4
    )
    if rng.random() < 0.4:
        a, b = corners[3], corners[2]
        down = (corners[3] - corners[0]) * rng.uniform(0.02, 0.1)
        strip = np.array([a - down, b - down, b + down * 2, a + down * 2])
        cv2.fillConvexPoly(picture, np.round(strip * 16).astype(np.int32), shade, cv2.LINE_AA, 4)
