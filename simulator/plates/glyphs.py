"""The signs of a plate as lines of our own making: no font is read at run time, none is shipped.

Each glyph is a few polylines in a box of 1 × 1 (x to the right, y down); `WIDTH` says how wide the box is for
a height of 1. Kazakhstan's plates are written in an even, upright face of one stroke width, which is what
lines of one width give.
"""

from math import cos, radians, sin
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Line = list[tuple[float, float]]
Colour = tuple[int, int, int]


def _arc(cx: float, cy: float, rx: float, ry: float, start: float, end: float) -> Line:
    """From angle to angle in degrees, 0 to the right, growing downwards (as the eye sees: clockwise)."""
    steps = max(4, int(abs(end - start) / 12))
    angles = [radians(start + (end - start) * n / steps) for n in range(steps + 1)]
    return [(cx + rx * cos(angle), cy + ry * sin(angle)) for angle in angles]


def _turned(lines: list[Line]) -> list[Line]:
    return [[(1 - x, 1 - y) for x, y in line] for line in lines]


_O: Final[Line] = [*_arc(0.5, 0.3, 0.5, 0.3, 180, 360), *_arc(0.5, 0.7, 0.5, 0.3, 0, 180), (0, 0.3)]
_SIX: Final[list[Line]] = [
    _arc(0.5, 0.68, 0.5, 0.32, 0, 360),
    [(0.72, 0), (0.42, 0.22), (0.12, 0.45), (0, 0.68)],
]
_P: Final[Line] = [(0, 1), (0, 0), (0.6, 0), *_arc(0.6, 0.28, 0.4, 0.28, 270, 450), (0, 0.56)]

LINES: Final[dict[str, list[Line]]] = {
    "0": [_O],
    "1": [[(0, 0.3), (0.75, 0), (0.75, 1)]],
    "2": [[*_arc(0.5, 0.3, 0.48, 0.3, 190, 400), (0, 1), (1, 1)]],
    "3": [_arc(0.48, 0.25, 0.44, 0.25, 200, 450), _arc(0.48, 0.74, 0.5, 0.26, 260, 520)],
    "4": [[(0.66, 0), (0, 0.72), (1, 0.72)], [(0.74, 0.46), (0.74, 1)]],
    "5": [[(0.92, 0), (0.14, 0), (0.07, 0.46), *_arc(0.48, 0.68, 0.5, 0.32, 215, 500)]],
    "6": _SIX,
    "7": [[(0, 0), (1, 0), (0.36, 1)]],
    "8": [_arc(0.5, 0.245, 0.43, 0.245, 0, 360), _arc(0.5, 0.745, 0.5, 0.255, 0, 360)],
    "9": _turned(_SIX),
    "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.17, 0.68), (0.83, 0.68)]],
    "B": [
        [(0, 0), (0.58, 0), *_arc(0.58, 0.245, 0.36, 0.245, 270, 450), (0, 0.49)],
        [(0, 0), (0, 1), (0.6, 1), *_arc(0.6, 0.745, 0.4, 0.255, 90, -90)],
    ],
    "C": [[*_arc(0.5, 0.32, 0.5, 0.32, 340, 180), *_arc(0.5, 0.68, 0.5, 0.32, 180, 20)]],
    "D": [
        [
            (0, 0),
            (0.5, 0),
            *_arc(0.5, 0.35, 0.5, 0.35, 270, 360),
            *_arc(0.5, 0.65, 0.5, 0.35, 0, 90),
            (0, 1),
            (0, 0),
        ]
    ],
    "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, 0.49), (0.86, 0.49)]],
    "F": [[(1, 0), (0, 0), (0, 1)], [(0, 0.5), (0.84, 0.5)]],
    "G": [
        [*_arc(0.5, 0.32, 0.5, 0.32, 335, 180), *_arc(0.5, 0.68, 0.5, 0.32, 180, 0), (1, 0.54), (0.56, 0.54)]
    ],
    "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.49), (1, 0.49)]],
    "I": [[(0.5, 0), (0.5, 1)]],
    "J": [[(1, 0), (1, 0.68), *_arc(0.5, 0.7, 0.5, 0.3, 0, 165)]],
    "K": [[(0, 0), (0, 1)], [(0.96, 0), (0, 0.6)], [(0.34, 0.4), (1, 1)]],
    "L": [[(0, 0), (0, 1), (1, 1)]],
    "M": [[(0, 1), (0, 0), (0.5, 0.62), (1, 0), (1, 1)]],
    "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
    "O": [_O],
    "P": [_P],
    "Q": [_O, [(0.58, 0.74), (1.02, 1.04)]],
    "R": [_P, [(0.52, 0.56), (1, 1)]],
    "S": [[*_arc(0.5, 0.25, 0.47, 0.25, 335, 90), *_arc(0.5, 0.75, 0.5, 0.25, 270, 515)]],
    "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
    "U": [[(0, 0), (0, 0.68), *_arc(0.5, 0.7, 0.5, 0.3, 180, 0), (1, 0)]],
    "V": [[(0, 0), (0.5, 1), (1, 0)]],
    "W": [[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]],
    "X": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
    "Y": [[(0, 0), (0.5, 0.5), (1, 0)], [(0.5, 0.5), (0.5, 1)]],
    "Z": [[(0, 0), (1, 0), (0, 1), (1, 1)]],
}
WIDTH: Final[dict[str, float]] = {sign: 0.46 if sign.isdigit() else 0.5 for sign in LINES} | {
    "1": 0.3,
    "A": 0.56,
    "I": 0.12,
    "J": 0.38,
    "L": 0.42,
    "M": 0.6,
    "V": 0.55,
    "W": 0.72,
}
_SHIFT: Final = 4  # cv2 takes sixteenths of a pixel


def stroke(
    image: Image, sign: str, x: float, y: float, height: float, ink: Colour, weight: float, wide: float = 1.0
) -> None:
    """Draws one sign; the middle of its strokes begins at x, y. ``weight`` is the stroke's width as a
    part of the height, ``wide`` stretches the sign. One that has no glyph draws nothing."""
    width = WIDTH.get(sign, 0.0) * wide * height
    for line in LINES.get(sign, ()):
        points = np.array([(x + px * width, y + py * height) for px, py in line]) * (1 << _SHIFT)
        cv2.polylines(
            image,
            [points.round().astype(np.int32)],
            False,
            ink,
            max(1, round(weight * height)),
            cv2.LINE_AA,
            _SHIFT,
        )
