"""What every simulated picture is drawn with. Coordinates are shares of the picture, 0..1, unless said."""

from dataclasses import dataclass
from math import pi, sin
from random import Random
from typing import Final, Protocol

import cv2
import numpy as np

from simulator.plates.glyphs import Colour, Image
from simulator.plates.street import shade

__all__ = ["Canvas", "Figure", "Image", "Scene", "figure", "inked", "shade"]
LOOP_S: Final = 16.0
FPS: Final = 10
PICTURES: Final = int(LOOP_S * FPS)
COATS: Final[tuple[Colour, ...]] = (
    (150, 80, 40),
    (60, 60, 170),
    (70, 120, 60),
    (90, 90, 95),
    (160, 150, 60),
    (60, 45, 40),
    (140, 110, 170),
    (40, 140, 190),
)
HAIR: Final[tuple[Colour, ...]] = ((25, 25, 28), (40, 55, 80), (30, 35, 50))
SKIN: Final[tuple[Colour, ...]] = ((150, 180, 215), (130, 165, 205), (165, 195, 225))


class Scene(Protocol):
    """One camera's view."""

    def draw(self, at: float) -> Image:
        """(h, w, 3) BGR at a moment of the loop, 0..1; the picture at 1 is that at 0."""


class Canvas:
    """A picture that is drawn on in shares of its size."""

    __slots__ = ("height", "image", "width")

    def __init__(self, image: Image) -> None:
        self.image = image
        self.height, self.width = image.shape[:2]

    @classmethod
    def plain(cls, size: tuple[int, int], colour: Colour) -> "Canvas":
        return cls(np.full((size[1], size[0], 3), colour, np.uint8))

    def copy(self) -> "Canvas":
        return Canvas(self.image.copy())

    def _points(self, points: list[tuple[float, float]]) -> "np.ndarray[tuple[int, ...], np.dtype[np.int32]]":
        return (
            np.array([(x * self.width * 16, y * self.height * 16) for x, y in points])
            .round()
            .astype(np.int32)
        )

    def fill(self, points: list[tuple[float, float]], colour: Colour) -> None:
        cv2.fillPoly(self.image, [self._points(points)], colour, cv2.LINE_AA, 4)

    def box(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        ends = [(round(x * self.width), round(y * self.height)) for x, y in ((x0, y0), (x1, y1))]
        cv2.rectangle(self.image, ends[0], ends[1], colour, -1)

    def line(self, points: list[tuple[float, float]], colour: Colour, wide: float = 0.003) -> None:
        """``wide``: share of the height."""
        thick = max(1, round(wide * self.height))
        cv2.polylines(self.image, [self._points(points)], False, colour, thick, cv2.LINE_AA, 4)

    def disc(self, x: float, y: float, size: float, colour: Colour) -> None:
        """``size``: its radius, share of the height."""
        middle = (round(x * self.width * 16), round(y * self.height * 16))
        cv2.circle(self.image, middle, max(1, round(size * self.height * 16)), colour, -1, cv2.LINE_AA, 4)

    def fade(self, y0: float, y1: float, top: Colour, low: Colour) -> None:
        """From one colour down to another, over the whole width."""
        a, b = round(y0 * self.height), max(round(y1 * self.height), round(y0 * self.height) + 1)
        part = np.linspace(0, 1, b - a)[:, None, None]
        self.image[a:b] = (np.array(top) * (1 - part) + np.array(low) * part).astype(np.uint8)

    def words(self, text: str, x: float, y: float, tall: float, ink: Colour) -> None:
        """Latin only; ``tall``: share of the height."""
        scale = tall * self.height / 22
        at = (round(x * self.width), round(y * self.height))
        cv2.putText(
            self.image, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, ink, max(1, round(scale)), cv2.LINE_AA
        )

    def rough(self, seed: int, by: int = 6) -> None:
        """A surface that is not quite even, so that a blur of the lens shows."""
        noise = np.random.default_rng(seed).integers(
            -by, by + 1, (self.height, self.width, 1), dtype=np.int16
        )
        self.image[:] = np.clip(self.image.astype(np.int16) + noise, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody who walks. No face: nobody is meant. ``tall``: share of the picture's height."""

    coat: Colour
    legs: Colour
    hair: Colour
    skin: Colour
    bag: bool
    stride: float

    @classmethod
    def any(cls, rng: Random) -> "Figure":
        return cls(
            rng.choice(COATS),
            shade(rng.choice(COATS), 0.5),
            rng.choice(HAIR),
            rng.choice(SKIN),
            rng.random() < 0.5,
            rng.uniform(0.9, 1.15),
        )


def figure(
    canvas: Canvas, who: Figure, x: float, foot: float, tall: float, steps: float, back: bool = False
) -> None:
    """``foot``: where it stands; ``steps``: how many it has gone (a share of one moves its legs); ``back``:
    seen from behind."""
    aspect = canvas.height / canvas.width
    swing = sin(2 * pi * steps * who.stride) * 0.11
    hip, neck = foot - tall * 0.46, foot - tall * 0.82
    wide = tall * 0.13 * aspect
    for side in (-1, 1):
        knee = (x + side * (wide * 0.35 + swing * tall * aspect * 0.5), foot - tall * 0.23)
        heel = (x + side * (wide * 0.35 + swing * tall * aspect), foot)
        canvas.line([(x + side * wide * 0.35, hip), knee, heel], who.legs, tall * 0.085)
        hand = (x + side * (wide * 1.25 - swing * tall * aspect * 0.7), hip - tall * 0.02)
        canvas.line([(x + side * wide * 0.95, neck + tall * 0.05), hand], shade(who.coat, 0.85), tall * 0.065)
    canvas.fill(
        [
            (x - wide, neck + 0.02 * tall),
            (x + wide, neck + 0.02 * tall),
            (x + wide * 0.8, hip),
            (x - wide * 0.8, hip),
        ],
        who.coat,
    )
    if who.bag and back:
        canvas.fill(
            [
                (x - wide * 0.6, neck + 0.06 * tall),
                (x + wide * 0.6, neck + 0.06 * tall),
                (x + wide * 0.6, hip - 0.08 * tall),
                (x - wide * 0.6, hip - 0.08 * tall),
            ],
            shade(who.legs, 1.5),
        )
    head = foot - tall * 0.91
    canvas.disc(x, head, tall * 0.075, who.hair if back else who.skin)
    if not back:
        canvas.fill(
            [
                (x - tall * 0.075 * aspect, head),
                (x - tall * 0.05 * aspect, head - tall * 0.075),
                (x + tall * 0.05 * aspect, head - tall * 0.075),
                (x + tall * 0.075 * aspect, head),
                (x, head - tall * 0.035),
            ],
            who.hair,
        )


def inked(canvas: Canvas, text: str) -> None:
    """The camera's own line in the corner. No clock: whose would it be?"""
    plain = text.encode("ascii", "replace").decode()
    canvas.words(plain, 0.017, 0.058, 0.036, (20, 20, 20))
    canvas.words(plain, 0.015, 0.055, 0.036, (245, 245, 245))
