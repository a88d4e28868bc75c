"""Passings to test on: three rendered 1080p frames each, a neighbour in half of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import cv2
import numpy as np

from simulator.plates.cars import PLATE, TALL, Car, draw_car
from simulator.plates.street import any_colour, street
from training.plates import camera as cameras
from training.plates.made import any_series, make


@dataclass
class Shot:
    """One passing: frames, and in each the corners of the plate asked for and of its neighbour's."""

    text: str
    series: str
    rows: int
    camera: str
    night: bool
    width: float
    frames: list[Any]
    corners: list[Any]
    others: list[list[tuple[str, Any]]]


def shots(seed: str, count: int, which: tuple[cameras.Camera, ...], held_apart: bool) -> Iterator[Shot]:
    """The same seed, the same passings. Plates 60 to 230 pixels wide, those of two rows to 130, each whole in
    the picture in all three frames; half of them with a neighbour."""
    rng = Random(seed)
    for nth in range(count):
        made = None
        while made is None:
            made = _shot(rng, which[nth % len(which)], bool(nth % 2), held_apart)
        yield made


def _shot(rng: Random, camera: cameras.Camera, neighbour: bool, held_apart: bool) -> Shot | None:
    """None where the plate leaves the picture."""
    plate = make(rng, any_series(rng), held_apart=held_apart)
    other = make(rng, held_apart=held_apart)
    rows = 2 if plate.rows[1] else 1
    wide = float(np.exp(rng.uniform(np.log(60), np.log(230 if rows == 1 else 130))))
    width = wide / PLATE[rows]
    car = Car(
        plate.text,
        rows=rows,
        width=width,
        colour=any_colour(rng),
        body=rng.choice(list(TALL)),
        front=rng.random() < 0.5,
        turn=float(np.clip(rng.uniform(*camera.yaw), -38, 38)),
        tilt=rng.uniform(*camera.roll) * 0.6,
        picture=plate.image,
    )
    x, y, side = rng.uniform(700, 1200), rng.uniform(620, 820), rng.choice((-1, 1))
    ground, drawn = street(10_000 + rng.randrange(500), 1920, 1080), rng.randrange(1 << 30)
    night = camera.light[1] < 0.45
    sharp = float(np.clip(wide / 130, 0.45, 1.4)) * (0.8 if rows == 2 else 1.0)
    made = Shot(plate.text, plate.series, rows, camera.name, night, wide, [], [], [])
    for step in range(3):
        image, grown = ground.copy(), 1 + 0.08 * step
        beside = []
        if neighbour:
            at = Car(
                other.text,
                rows=2 if other.rows[1] else 1,
                x=x + side * (width * 0.75 + 330) + 10 * step,
                y=y - 90 + 25 * step,
                width=max(330.0, width * 0.7) * grown,
                colour=(90, 80, 70),
                picture=other.image,
            )
            beside.append((other.text, draw_car(image, at, 1.0, Random(drawn + 1)).corners))
        nearer = replace(car, x=x + 14 * step, y=y + 45 * step, width=width * grown)
        corners = draw_car(image, nearer, 1.0, Random(drawn)).corners
        if (corners < 0).any() or (corners > (1919, 1079)).any():
            return None
        made.corners.append(corners)
        made.others.append(beside)
        made.frames.append(cameras.develop(image, camera, rng, sharp))
    return made


def inside(box: Any, corners: Any) -> bool:
    """Whether a box lies on a plate: its middle within the corners."""
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    return (
        cv2.pointPolygonTest(np.asarray(corners, np.float32), (float(middle[0]), float(middle[1])), False)
        >= 0
    )
