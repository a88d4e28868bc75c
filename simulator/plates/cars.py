"""A car as a camera sees it, from before or behind: body, glass, lamps, grille, wheels and its plate."""

from dataclasses import dataclass
from math import cos, radians, sin
from random import Random
from typing import Final

import cv2
import numpy as np

from simulator.plates.glyphs import Colour, Image
from simulator.plates.paste import Corners, paste
from simulator.plates.plate import draw_plate
from simulator.plates.street import shade

TALL: Final = {"sedan": 0.78, "hatchback": 0.84, "suv": 0.95, "van": 1.08, "truck": 1.25}
"""Height of a body for a width of 1."""
PLATE: Final = {1: 0.285, 2: 0.155}
"""How wide a plate is for a car 1 wide: 520 mm and 280 mm of about 1,820."""


@dataclass(frozen=True, slots=True)
class Car:
    """``x`` the middle and ``y`` the foot, pixels; ``width`` pixels seen from the front; ``turn`` degrees,
    its right side towards us when positive; ``front``: we see headlights, else tail lamps."""

    plate: str
    series: str = "private"
    rows: int = 1
    x: float = 960
    y: float = 900
    width: float = 500
    colour: Colour = (200, 200, 200)
    body: str = "sedan"
    front: bool = True
    turn: float = 0.0
    tilt: float = 0.0
    worn: int | None = None  # a seed of dirt and scratches
    picture: Image | None = None  # of the plate, where it is not to be drawn by `draw_plate`


@dataclass(frozen=True, slots=True)
class Seen:
    corners: Corners
    box: tuple[int, int, int, int]


class _Turned:
    """From the car's own plane (x −0.5…0.5 of its width, y upwards from the foot) to pixels."""

    def __init__(self, car: Car) -> None:
        self.car = car
        self.cos, self.sin = cos(radians(car.turn)), sin(radians(car.turn))
        self.roll = radians(car.tilt)

    def __call__(self, points: list[tuple[float, float]], deep: float = 0.0) -> Corners:
        flat = np.array(points, np.float64)
        x = flat[:, 0] * self.cos - deep * self.sin
        far = 1 / (1 + 0.22 * (flat[:, 0] * self.sin + deep * self.cos))
        x, y = x * far, 0.45 + (flat[:, 1] - 0.45) * far + 0.16 * (1 - far)
        x, y = x * cos(self.roll) + (y - 0.4) * sin(self.roll), y - x * sin(self.roll)
        made = np.stack([self.car.x + x * self.car.width, self.car.y - y * self.car.width], 1)
        return np.asarray(made, np.float32)


def _fill(image: Image, points: Corners, colour: Colour) -> None:
    cv2.fillPoly(image, [np.round(points * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)


def draw_car(image: Image, car: Car, light: float = 1.0, rng: Random | None = None) -> Seen:
    """In place. Gives where the plate and the car stand."""
    rng = rng or Random(0)
    at, tall = _Turned(car), TALL[car.body]
    lit = 1.0 if light >= 0.5 else light * 1.3
    paint, dark, glass = shade(car.colour, lit), shade((28, 27, 26), lit), shade((70, 62, 54), lit)
    belt = tall * (0.56 if car.body in ("sedan", "hatchback", "suv") else 0.62)
    body = [(-0.5, 0.1), (-0.5, belt * 0.9), (-0.46, belt), (0.46, belt), (0.5, belt * 0.9), (0.5, 0.1)]
    roof = [(-0.44, belt), (-0.34, tall), (0.34, tall), (0.44, belt)]
    length = 1.6 if car.body in ("van", "truck") else 1.1
    shadow = at([(-0.55, 0.0), (0.55, 0.0), (0.55, 0.1), (-0.55, 0.1)])
    _fill(image, shadow, shade((40, 40, 40), lit))
    if abs(car.turn) > 4:
        _side(image, at, car, belt, tall, length, (shade(paint, 0.72), glass, dark))
    for side in (-1, 1):
        _fill(image, at([(side * 0.48, 0), (side * 0.48, 0.2), (side * 0.33, 0.2), (side * 0.33, 0)]), dark)
    _fill(image, at(body), paint)
    _fill(image, at(roof), shade(paint, 0.9))
    pane = [(x * 0.9, belt + (y - belt) * 0.88 + 0.012) for x, y in roof]
    _fill(image, at(pane), glass)
    _fill(
        image,
        at([(-0.3, belt + 0.04), (-0.2, tall * 0.93), (-0.12, tall * 0.93), (-0.22, belt + 0.04)]),
        shade(glass, 1.5),
    )
    low = _face(image, at, car, belt, (paint, dark), light, rng)
    corners = _plate(image, at, car, belt, low, light, rng)
    whole = np.concatenate([at(body), at(roof), shadow])
    x0, y0 = (int(value) for value in np.clip(whole.min(0), 0, None))
    x1, y1 = min(image.shape[1], int(whole[:, 0].max())), min(image.shape[0], int(whole[:, 1].max()))
    return Seen(corners, (x0, y0, x1, y1))


def _side(
    image: Image,
    at: _Turned,
    car: Car,
    belt: float,
    tall: float,
    length: float,
    colours: tuple[Colour, Colour, Colour],
) -> None:
    paint, glass, dark = colours
    x = 0.5 if car.turn > 0 else -0.5
    low = np.concatenate([at([(x, 0.1), (x, belt)]), at([(x, belt), (x, 0.1)], length)])
    high = np.concatenate(
        [at([(x * 0.9, belt), (x * 0.7, tall)]), at([(x * 0.7, tall), (x * 0.9, belt)], length)]
    )
    _fill(image, low, paint)
    _fill(image, high, shade(paint, 0.9))
    pane = np.concatenate(
        [
            at([(x * 0.9, belt + 0.03), (x * 0.72, tall * 0.95)], 0.1),
            at([(x * 0.72, tall * 0.95), (x * 0.9, belt + 0.03)], length * 0.9),
        ]
    )
    _fill(image, pane, glass)
    for deep in (0.22, length * 0.8):
        wheel = np.concatenate(
            [at([(x, 0.0), (x, 0.27)], deep - 0.12), at([(x, 0.27), (x, 0.0)], deep + 0.12)]
        )
        _fill(image, wheel, dark)


def _face(
    image: Image,
    at: _Turned,
    car: Car,
    belt: float,
    colours: tuple[Colour, Colour],
    light: float,
    rng: Random,
) -> float:
    """Lamps, bumper, grille or boot; gives the height at which the plate hangs."""
    paint, dark = colours
    lamp: Colour = (225, 235, 240) if car.front else (40, 36, 190)
    if light >= 0.5 and car.front:
        lamp = (205, 208, 205)
    high = belt * rng.uniform(0.62, 0.78)
    for side in (-1, 1):
        _fill(
            image,
            at(
                [
                    (side * 0.48, high - 0.05),
                    (side * 0.48, high + 0.05),
                    (side * 0.3, high + 0.04),
                    (side * 0.33, high - 0.04),
                ]
            ),
            lamp,
        )
    bumper = belt * rng.uniform(0.36, 0.44)
    _fill(
        image,
        at([(-0.5, 0.1), (-0.5, bumper), (0.5, bumper), (0.5, 0.1)]),
        shade(paint, 0.86) if rng.random() < 0.6 else dark,
    )
    if car.front:
        _fill(
            image,
            at([(-0.26, high - 0.07), (-0.28, high + 0.05), (0.28, high + 0.05), (0.26, high - 0.07)]),
            dark,
        )
        for bar in range(rng.randint(2, 5)):
            y = high - 0.05 + bar * 0.025
            _fill(
                image, at([(-0.26, y), (-0.26, y + 0.008), (0.26, y + 0.008), (0.26, y)]), shade(paint, 0.7)
            )
        _fill(image, at([(-0.36, 0.13), (-0.34, bumper * 0.6), (0.34, bumper * 0.6), (0.36, 0.13)]), dark)
        return bumper * rng.uniform(0.75, 1.0)
    cv2.polylines(
        image,
        [
            np.round(
                at([(-0.4, bumper), (-0.38, belt * 0.95), (0.38, belt * 0.95), (0.4, bumper)]) * 16
            ).astype(np.int32)
        ],
        False,
        shade(paint, 0.6),
        1,
        cv2.LINE_AA,
        4,
    )
    return rng.choice((bumper * 0.85, belt * 0.66)) if rng.random() < 0.8 else bumper


def _plate(
    image: Image, at: _Turned, car: Car, belt: float, low: float, light: float, rng: Random
) -> Corners:
    wide = PLATE[car.rows]
    picture = car.picture
    if picture is None:
        worn = None if car.worn is None else Random(car.worn)
        picture = draw_plate(car.plate, car.series, max(60, round(wide * car.width * 1.6)), worn, car.rows)
    high = wide * picture.shape[0] / picture.shape[1]
    x = rng.uniform(-0.03, 0.03)
    corners = at(
        [
            (x - wide / 2, low + high / 2),
            (x + wide / 2, low + high / 2),
            (x + wide / 2, low - high / 2),
            (x - wide / 2, low - high / 2),
        ]
    )
    if rng.random() < 0.75:  # its holder
        middle = corners.mean(0)
        _fill(image, middle + (corners - middle) * np.array([1.05, 1.16], np.float32), (24, 24, 26))
    if light < 0.5:  # plates throw the light back
        picture = np.asarray(cv2.convertScaleAbs(picture, alpha=min(1.0, light * 2.4), beta=0), np.uint8)
    paste(image, picture, corners)
    if light < 0.5:
        _shine(image, at, car, belt, rng)
    return corners


def _shine(image: Image, at: _Turned, car: Car, belt: float, rng: Random) -> None:
    """What lamps do to the picture by night."""
    size = car.width * (rng.uniform(0.12, 0.3) if car.front else 0.1)
    reach = int(size * 2.5)
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    glow = np.exp(-(xs * xs + ys * ys) / (2 * size * size))[..., None]
    glow = glow * (np.array([210, 225, 230]) if car.front else np.array([40, 30, 150])).astype(np.float32)
    for x, y in at([(-0.4, belt * 0.7), (0.4, belt * 0.7)]).astype(int).tolist():
        x0, y0, x1, y1 = (
            max(0, x - reach),
            max(0, y - reach),
            min(image.shape[1], x + reach + 1),
            min(image.shape[0], y + reach + 1),
        )
        if x1 > x0 and y1 > y0:
            part = glow[y0 - y + reach : y1 - y + reach, x0 - x + reach : x1 - x + reach]
            spot = image[y0:y1, x0:x1]
            spot[:] = np.clip(spot + part, 0, 255).astype(np.uint8)
