"""A street without cars, drawn from a seed: sky, houses with windows, trees, road, signs with words."""

from functools import lru_cache
from random import Random
from typing import Final

import cv2
import numpy as np

from simulator.plates.glyphs import Colour, Image
from simulator.plates.plate import strokes

WORDS: Final = (
    *("STOP", "24 7", "KASPI", "DARIHANA", "APTEKA", "KAFE", "MAGNUM", "SALE 50", "PARKING P1", "TAXI 1414"),
    *(
        "BUS 12",
        "SHINA",
        "7 701 5550100",
        "KOFE",
        "OPEN",
        "BANK",
        "60",
        "A 351",
        "HOTEL",
        "1C",
        "2GIS",
        "AVTO",
    ),
)


def box(image: Image, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
    cv2.rectangle(image, (round(x0), round(y0)), (round(x1), round(y1)), colour, -1)


def shade(colour: Colour, by: float) -> Colour:
    blue, green, red = (int(min(255, max(0, part * by))) for part in colour)
    return blue, green, red


def any_colour(rng: Random, low: int = 20, high: int = 235) -> Colour:
    grey = rng.randint(low, high)
    spread = rng.choice((6, 20, 90))
    blue, green, red = (min(255, max(0, grey + rng.randint(-spread, spread))) for _ in range(3))
    return blue, green, red


def horizon_of(seed: int, height: int) -> int:
    """The line of pixels where the road of that street ends."""
    return round(height * Random(seed).uniform(0.05, 0.42))


@lru_cache(maxsize=8)
def street(seed: int, width: int, height: int) -> Image:
    """(height, width, 3) BGR by day. The same seed, the same street; not to be written into (copy it)."""
    rng = Random(seed)
    image = np.zeros((height, width, 3), np.uint8)
    horizon = horizon_of(seed, height)
    rng.random()  # the horizon's throw
    sky = np.linspace(rng.randint(150, 240), rng.randint(190, 250), max(1, horizon))[:, None, None]
    image[:horizon] = np.clip(sky * np.array([1.0, 0.95, rng.uniform(0.8, 0.95)]), 0, 255).astype(np.uint8)
    asphalt = rng.randint(60, 135)
    image[horizon:] = np.linspace(asphalt * 1.15, asphalt * 0.9, height - horizon)[:, None, None].astype(
        np.uint8
    )
    _houses(image, rng, horizon)
    _road(image, rng, horizon)
    for _ in range(rng.randint(1, 5)):
        _sign(image, rng, horizon)
    noise = np.random.default_rng(seed).integers(-9, 10, (height // 2 + 1, width // 2 + 1), dtype=np.int16)
    rough = cv2.resize(noise, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    made: Image = np.clip(image.astype(np.int16) + rough, 0, 255).astype(np.uint8)
    made.flags.writeable = False
    return made


def _houses(image: Image, rng: Random, horizon: int) -> None:
    height, width = image.shape[:2]
    x = -rng.uniform(0, width * 0.1)
    while x < width:
        wide = rng.uniform(0.06, 0.25) * width
        top = max(0, horizon - rng.uniform(0.05, 0.5) * height)
        foot = horizon + rng.uniform(0.0, 0.08) * height
        wall = any_colour(rng, 60, 210)
        box(image, x, top, x + wide, foot, wall)
        step_x, step_y = rng.uniform(0.012, 0.03) * width, rng.uniform(0.03, 0.07) * height
        pane = shade(wall, rng.uniform(0.3, 0.8))
        for wx in np.arange(x + step_x * 0.4, x + wide - step_x, step_x * rng.uniform(1.3, 2.0)):
            for wy in np.arange(top + step_y * 0.4, foot - step_y, step_y * rng.uniform(1.3, 1.9)):
                box(image, wx, wy, wx + step_x * 0.8, wy + step_y * 0.8, pane)
        x += wide + rng.choice((0.0, 0.01, 0.08)) * width
    for _ in range(rng.randint(0, 6)):
        cx, cy, size = rng.randrange(width), horizon + rng.randint(-40, 20), rng.uniform(0.02, 0.07) * width
        cv2.line(image, (cx, cy), (cx, round(cy + size)), (40, 50, 60), max(2, round(size * 0.12)))
        for _ in range(12):
            at = (round(cx + rng.gauss(0, size * 0.4)), round(cy - size * 0.4 + rng.gauss(0, size * 0.4)))
            leaf = (rng.randint(20, 60), rng.randint(60, 120), rng.randint(30, 80))
            cv2.circle(image, at, round(size * 0.35), leaf, -1, cv2.LINE_AA)


def _road(image: Image, rng: Random, horizon: int) -> None:
    """Kerbs and lane lines that run to one point; patches, a manhole."""
    height, width = image.shape[:2]
    vanish = (rng.uniform(0.2, 0.8) * width, horizon - 0.05 * height)
    for lane in range(-4, 6):
        foot = lane * width * 0.36 + rng.uniform(-20, 20)
        for part in np.arange(0.08, 1.1, 0.13):
            near, far = part, part + (0.06 if lane % 2 else 0.13)
            a, b = (
                (vanish[0] + (foot - vanish[0]) * p, vanish[1] + (height - vanish[1]) * p)
                for p in (near, far)
            )
            if a[1] > horizon:
                ends = [(round(px * 16), round(py * 16)) for px, py in (a, b)]
                cv2.line(image, ends[0], ends[1], (205, 210, 212), max(1, round(9 * part)), cv2.LINE_AA, 4)
    for _ in range(rng.randint(0, 5)):
        at = (rng.randrange(width), rng.randint(horizon, height))
        size = (rng.randint(20, 160), rng.randint(5, 30))
        cv2.ellipse(image, at, size, 0, 0, 360, any_colour(rng, 50, 120), -1, cv2.LINE_AA)


def _sign(image: Image, rng: Random, horizon: int) -> None:
    """Words in a frame, which are no plates: adverts, shop signs, road signs."""
    height, width = image.shape[:2]
    word = rng.choice(WORDS)
    tall = rng.uniform(0.02, 0.09) * height
    wide = tall * (0.7 * len(word) + 0.8) * rng.uniform(0.8, 1.3)
    x, y = rng.uniform(0, width - wide), rng.uniform(0, max(1.0, horizon + 0.1 * height))
    face, ink = any_colour(rng), any_colour(rng)
    if rng.random() < 0.75:
        box(image, x, y, x + wide, y + tall * 1.5, face)
    if rng.random() < 0.5:
        cv2.rectangle(image, (round(x), round(y)), (round(x + wide), round(y + tall * 1.5)), ink, 2)
    strokes(
        image, word, x + tall * 0.3, y + tall * 0.25, wide - tall * 0.6, tall, ink, rng.uniform(0.1, 0.18)
    )
