"""One picture of a camera: its scene, what is wrong with it, the line in its corner."""

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from simulator.cameras.config import Place
from simulator.cameras.draw import PICTURES, Canvas, Image, Scene, inked
from simulator.cameras.inside import Classroom, Corridor, Entrance, Stairs
from simulator.cameras.outside import Drone, Post, Street, Surroundings

_SCENES: Final[dict[str, Callable[[str, tuple[int, int]], Scene]]] = {
    "street": Street,
    "corridor": Corridor,
    "classroom": Classroom,
    "entrance": Entrance,
    "stairs": Stairs,
    "surroundings": Surroundings,
    "post": Post,
    "drone": Drone,
}


class Look(StrEnum):
    """What a camera's picture is like."""

    WELL = "well"
    FROZEN = "frozen"
    BLACK = "black"
    BLURRED = "blurred"
    MOVED = "moved"


@lru_cache(maxsize=32)
def _scene(kind: str, seed: str, size: tuple[int, int]) -> Scene:
    return _SCENES[kind](seed, size)


def picture(place: Place, size: tuple[int, int], nth: int, look: Look = Look.WELL) -> Image:
    """The loop's picture ``nth``, (h, w, 3) BGR. The same camera, the same picture."""
    if look is Look.BLACK:
        return np.full((size[1], size[0], 3), 6, np.uint8)
    seed = place.seed or place.name
    image = _scene(place.kind, seed, size).draw(nth % PICTURES / PICTURES)
    if look is Look.BLURRED:
        blur = max(3, size[0] // 30) | 1
        image = np.asarray(cv2.GaussianBlur(image, (blur, blur), 0), np.uint8)
    elif look is Look.MOVED:
        image = _turned(image)
    inked(Canvas(image), place.label)
    return image


def _turned(image: Image) -> Image:
    """As if somebody had pushed it: another part of the same place, askew."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width * 0.7, height * 0.35), 24, 1.9)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)
