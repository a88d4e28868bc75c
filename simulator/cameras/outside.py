"""What cameras see outdoors: a street, a school's yard, what stands before an SOS post, a drone's view."""

from dataclasses import dataclass, replace
from math import cos, pi, sin
from random import Random

import cv2
import numpy as np

from simulator.cameras.draw import Canvas, Figure, Image, figure, shade
from simulator.plates.cars import PLATE, Car, draw_car
from simulator.plates.plate import draw_plate
from simulator.plates.street import any_colour, horizon_of, street

LETTERS = "ABCDEFHKLMNOPRSTUVXYZ"
BODIES = ("sedan", "sedan", "hatchback", "suv", "suv", "van", "truck")


def any_plate(rng: Random) -> str:
    """A private car's, as they are since 2012: ``123ABC02``."""
    return f"{rng.randrange(1, 1000):03d}{''.join(rng.choices(LETTERS, k=3))}{rng.randint(1, 20):02d}"


@dataclass(frozen=True, slots=True)
class _Drive:
    car: Car
    start: float
    lasts: float
    seed: int

    def part(self, at: float) -> float | None:
        gone = (at - self.start) % 1.0 / self.lasts
        return gone if gone <= 1 else None


class Street:
    """Cars come towards us on one side and go away on the other; their plates can be read when near."""

    def __init__(self, seed: str, size: tuple[int, int], cars: int = 0) -> None:
        rng = Random(seed)
        number = rng.randrange(1 << 20)
        self.back = street(number, *size)
        self.width, self.height = size
        self.horizon = horizon_of(number, self.height) / self.height
        self.vanish = rng.uniform(0.4, 0.6)
        count = cars or rng.randint(5, 8)
        self.drives = [self._drive(rng, nth, count) for nth in range(count)]

    def _drive(self, rng: Random, nth: int, count: int) -> _Drive:
        plate = any_plate(rng)
        picture = draw_plate(plate, "private", round(PLATE[1] * 0.5 * self.width), Random(nth))
        car = Car(plate, colour=any_colour(rng), body=rng.choice(BODIES), front=nth % 2 == 0, picture=picture)
        return _Drive(
            car, (nth + rng.uniform(0, 0.4)) / count, rng.uniform(0.32, 0.5), rng.randrange(1 << 30)
        )

    def draw(self, at: float) -> Image:
        image = self.back.copy()
        shown: list[tuple[float, _Drive]] = []
        for drive in self.drives:
            gone = drive.part(at)
            if gone is not None:
                shown.append((gone if drive.car.front else 1 - gone, drive))
        for near, drive in sorted(shown, key=lambda each: each[0]):
            draw_car(image, self._placed(near, drive.car), 1.0, Random(drive.seed))
        return image

    def _placed(self, near: float, car: Car) -> Car:
        """``near``: 0 at the horizon, 1 out of the picture below."""
        deep = 0.04 + 0.96 * near**1.8
        side = -0.26 if car.front else 0.26
        x = self.vanish + side * deep
        y = self.horizon + (1.35 - self.horizon) * deep
        width = 0.5 * deep
        return replace(
            car,
            x=x * self.width,
            y=y * self.height,
            width=width * self.width,
            turn=8.0 if car.front else -8.0,
        )


class Post(Street):
    """From an SOS post: the pavement before it, the street behind."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        super().__init__(seed, size, 3)
        rng = Random(seed + "/people")
        canvas = Canvas(self.back.copy())
        canvas.fill([(0, 0.78), (1, 0.7), (1, 1), (0, 1)], (150, 152, 155))
        for nth in range(9):
            canvas.line([(nth * 0.14 - 0.1, 1), (nth * 0.12, 0.78)], (128, 130, 132), 0.005)
        self.front = canvas.image
        self.people = [
            (Figure.any(rng), rng.random(), rng.uniform(0.3, 0.5), rng.choice((-1, 1))) for _ in range(4)
        ]

    def draw(self, at: float) -> Image:
        image = super().draw(at)
        low = round(0.74 * self.height)
        image[low:] = self.front[low:]
        canvas = Canvas(image)
        for who, start, lasts, way in self.people:
            gone = (at - start) % 1.0 / lasts
            if gone <= 1:
                x = gone if way > 0 else 1 - gone
                figure(canvas, who, -0.1 + 1.2 * x, 1.0, 0.62, gone * 9)
        return image


class Surroundings:
    """A school from outside: façade, fence, trees, people on the way; now and then a car."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        self.canvas = canvas = Canvas.plain(size, (200, 190, 170))
        canvas.fade(0, 0.3, (225, 200, 160), (240, 228, 205))
        canvas.fade(0.55, 1, (120, 150, 120), (110, 125, 125))
        wall = rng.choice(((170, 190, 215), (200, 210, 215), (150, 180, 200), (190, 170, 150)))
        left, right, top = rng.uniform(0.04, 0.2), rng.uniform(0.75, 0.96), rng.uniform(0.1, 0.2)
        canvas.box(left, top, right, 0.58, wall)
        columns, rows = rng.randint(8, 13), 3
        for column in range(columns):
            for row in range(rows):
                x = left + (right - left) * (column + 0.2) / columns
                y = top + 0.04 + row * 0.135
                canvas.box(
                    x,
                    y,
                    x + (right - left) * 0.6 / columns,
                    y + 0.08,
                    (120, 95, 70) if rng.random() < 0.8 else (190, 220, 235),
                )
        door = rng.uniform(left + 0.1, right - 0.2)
        canvas.box(door, 0.43, door + 0.09, 0.58, (70, 80, 120))
        canvas.words("SCHOOL", door - 0.01, 0.42, 0.04, (60, 60, 160))
        canvas.fill([(door, 0.58), (door + 0.09, 0.58), (door + 0.3, 1), (door - 0.2, 1)], (160, 162, 165))
        for _ in range(rng.randint(2, 5)):
            x = rng.random()
            canvas.line([(x, 0.66), (x, 0.5)], (40, 60, 80), 0.02)
            for _ in range(9):
                canvas.disc(
                    x + rng.gauss(0, 0.02),
                    0.45 + rng.gauss(0, 0.03),
                    0.045,
                    (rng.randint(30, 60), rng.randint(90, 130), rng.randint(40, 80)),
                )
        self.door = door + 0.045
        canvas.rough(rng.randrange(1 << 30))
        self.people = [
            (
                Figure.any(rng),
                rng.random(),
                rng.uniform(0.35, 0.7),
                rng.choice(("in", "out", "left", "right")),
                rng.random(),
            )
            for _ in range(7)
        ]

    def draw(self, at: float) -> Image:
        canvas = self.canvas.copy()
        shown: list[tuple[float, float, float, Figure, bool]] = []
        for who, start, lasts, way, lane in self.people:
            gone = (at - start) % 1.0 / lasts
            if gone > 1:
                continue
            if way in ("in", "out"):
                near = 1 - gone if way == "in" else gone
                shown.append((near, self.door + (lane - 0.5) * 0.3 * near, gone, who, way == "in"))
            else:
                shown.append(
                    (0.25 + lane * 0.5, (gone if way == "right" else 1 - gone) * 1.2 - 0.1, gone, who, False)
                )
        for near, x, gone, who, back in sorted(shown, key=lambda each: each[0]):
            figure(canvas, who, x, 0.585 + near * 0.45, 0.13 + near * 0.42, gone * 12, back)
        for nth in range(26):
            x = nth / 25
            canvas.line([(x, 0.93), (x, 1)], (70, 75, 70), 0.006)
        canvas.line([(0, 0.95), (1, 0.95)], (70, 75, 70), 0.008)
        return canvas.image


class Drone:
    """From above: blocks and streets, cars on them; the view goes round slowly."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        rng = Random(seed)
        self.size = size
        side = round(size[0] * 1.9)
        canvas = Canvas.plain((side, side), (110, 140, 120))
        self.streets = [0.12 + nth * 0.19 for nth in range(5)]
        for a in self.streets:
            for b in self.streets:
                for _ in range(5):
                    x, y = a + rng.uniform(0.03, 0.13), b + rng.uniform(0.03, 0.13)
                    wide, deep = rng.uniform(0.02, 0.05), rng.uniform(0.02, 0.05)
                    canvas.box(x + 0.006, y + 0.006, x + wide + 0.006, y + deep + 0.006, (70, 85, 75))
                    canvas.box(x, y, x + wide, y + deep, any_colour(rng, 90, 200))
        for at in self.streets:
            for flat in (True, False):
                ends = [(0.0, at), (1.0, at)] if flat else [(at, 0.0), (at, 1.0)]
                canvas.line(ends, (95, 95, 95), 0.026)
                for nth in range(40):
                    a, b = nth / 40, nth / 40 + 0.012
                    canvas.line([(a, at), (b, at)] if flat else [(at, a), (at, b)], (200, 205, 205), 0.0015)
        canvas.rough(rng.randrange(1 << 30))
        self.canvas = canvas
        self.cars = [
            (rng.choice(self.streets), rng.random() < 0.5, rng.random(), rng.choice((-1, 1)), any_colour(rng))
            for _ in range(34)
        ]
        self.start = rng.random()

    def draw(self, at: float) -> Image:
        wide, tall = self.size
        side = self.canvas.width
        angle = 2 * pi * (at + self.start)
        x = 0.5 + 0.16 * cos(angle) - wide / side / 2
        y = 0.5 + 0.16 * sin(angle) - tall / side / 2
        matrix = np.array([[1, 0, -x * side], [0, 1, -y * side]], np.float32)
        image = np.asarray(cv2.warpAffine(self.canvas.image, matrix, (wide, tall)), np.uint8)
        for road, flat, start, way, colour in self.cars:
            along = (start + way * at) % 1.0
            lane = road + 0.006 * way
            px, py = (along, lane) if flat else (lane, along)
            cx, cy = (px - x) * side, (py - y) * side
            half = (side * 0.0075, side * 0.0035) if flat else (side * 0.0035, side * 0.0075)
            if -20 < cx < wide + 20 and -20 < cy < tall + 20:
                ends = [
                    (round(cx - half[0]), round(cy - half[1])),
                    (round(cx + half[0]), round(cy + half[1])),
                ]
                cv2.rectangle(image, ends[0], ends[1], shade(colour, 1.1), -1, cv2.LINE_AA)
        cv2.drawMarker(image, (wide // 2, tall // 2), (240, 240, 240), cv2.MARKER_CROSS, wide // 24, 1)
        return image
