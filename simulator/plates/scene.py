"""What a street camera sees: cars with plates, by day or night, and the truth of each plate."""

from dataclasses import dataclass, field
from random import Random
from typing import Final

import cv2
import numpy as np

from simulator.plates.cars import Car, Seen, draw_car
from simulator.plates.glyphs import Image
from simulator.plates.paste import Corners
from simulator.plates.street import street

WIDTH: Final = 1920
HEIGHT: Final = 1080


@dataclass(frozen=True, slots=True)
class Scene:
    """``cars`` from the farthest to the nearest; ``light`` 1 by day, 0.2 by night; ``street`` a seed."""

    cars: tuple[Car, ...]
    street: int = 1
    light: float = 1.0
    grain: float = 4.0
    size: tuple[int, int] = (WIDTH, HEIGHT)
    seed: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Truth:
    """One plate in the picture: corners (4, 2) from the upper left clockwise; ``car`` left, top,
    right, bottom. ``hidden``: another car stands before it."""

    plate: str
    series: str
    rows: int
    corners: Corners
    car: tuple[int, int, int, int]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Frame:
    image: Image
    truths: tuple[Truth, ...]


def frame(scene: Scene) -> Frame:
    """One picture (h, w, 3) BGR with its truth. The same scene, the same picture."""
    rng = Random(scene.seed)
    image = street(scene.street, *scene.size).copy()
    night = scene.light < 0.5
    if night:
        image = dim(image, scene.light * 0.7)
    seen = [draw_car(image, car, scene.light, rng) for car in scene.cars]
    if scene.grain:
        noise = np.random.default_rng(scene.seed)
        grain = (
            noise.standard_normal((scene.size[1] // 2, scene.size[0] // 2), dtype=np.float32) * scene.grain
        )
        rough = cv2.resize(grain, scene.size, interpolation=cv2.INTER_LINEAR).astype(np.int16)[..., None]
        image = np.clip(image.astype(np.int16) + rough, 0, 255).astype(np.uint8)
    return Frame(image, tuple(_truth(nth, seen, scene) for nth in range(len(seen))))


def dim(image: Image, light: float) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=min(1.0, light), beta=2), np.uint8)


def _truth(nth: int, seen: list[Seen], scene: Scene) -> Truth:
    """Hidden: the plate's middle lies within a nearer car, or outside the picture."""
    one, car = seen[nth], scene.cars[nth]
    x, y = (float(value) for value in one.corners.mean(0))
    before = any(b[0] < x < b[2] and b[1] < y < b[3] for b in (other.box for other in seen[nth + 1 :]))
    low, high = one.corners.min(0), one.corners.max(0)
    outside = bool((low < 0).any() or high[0] >= scene.size[0] or high[1] >= scene.size[1])
    return Truth(car.plate, car.series, car.rows, one.corners, one.box, before or outside)
