"""Kazakhstan's number plates, drawn: every series, one row and two, at any size. For the demo's cameras and
for training the reader; nothing here says what is a lawful plate (that is the platform's grammar).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

import cv2
import numpy as np

from simulator.plates.glyphs import WIDTH, Colour, Image, stroke

WHITE: Final[Colour] = (238, 240, 240)
BLACK: Final[Colour] = (24, 22, 22)
YELLOW: Final[Colour] = (40, 196, 244)
BLUE: Final[Colour] = (150, 72, 20)
RED: Final[Colour] = (36, 32, 190)
FLAG: Final[Colour] = (196, 164, 0)
SUN: Final[Colour] = (60, 210, 250)

Writer = Callable[[Image, str, float, float, float, float, Colour], None]
"""``write(image, text, x, y, width, height, ink)``: the text over the whole of a box, in pixels."""


@dataclass(frozen=True, slots=True)
class Series:
    """How one series looks."""

    code: str
    face: Colour
    ink: Colour
    region: str  # "end": two digits in a box at the end; "first": its letter stands first
    flag: bool = True


SERIES: Final[dict[str, Series]] = {
    each.code: each
    for each in (
        Series("private", WHITE, BLACK, "end"),
        Series("organisation", WHITE, BLACK, "end"),
        Series("trailer", WHITE, BLACK, "end"),
        Series("motorcycle", WHITE, BLACK, "end"),
        Series("foreigner", YELLOW, BLACK, "end"),
        Series("police", BLUE, WHITE, "end"),
        Series("diplomatic", RED, WHITE, "end"),
        Series("private_1993", WHITE, BLACK, "first"),
        Series("organisation_1993", WHITE, BLACK, "first"),
        Series("police_1993", BLUE, WHITE, "first"),
    )
}
"""By the codes that the platform's grammar uses too."""
_LONG_MM: Final = (520.0, 112.0)
_SQUARE_MM: Final = (280.0, 202.0)
_SMALL_MM: Final = (210.0, 150.0)


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of signs: where it stands on the plate, millimetres, and what it says."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """A plate before it is drawn: size in millimetres, runs of signs, lines and the flag's corner."""

    size: tuple[float, float]
    pieces: tuple[Piece, ...]
    lines: tuple[tuple[float, float, float, float], ...]
    flag: tuple[float, float, float] | None  # x, y, width
    kz: Piece | None


def rows_of(text: str, series: str, rows: int) -> tuple[str, str]:
    """What stands in the first row and in the second ("" for a plate of one row)."""
    if rows == 1:
        return text, ""
    if series == "foreigner":
        return text[:-2], text[-2:]
    if series == "diplomatic":
        return text[:4], text[-2:] + text[4:-2]
    if SERIES[series].region == "end":
        digits = len(_runs(text)[0])
        return text[:digits], text[-2:] + text[digits:-2]
    return text[:4], text[4:]


def layout(text: str, series: str, rows: int = 1) -> Face:
    """Where everything stands. Raises KeyError for a series that there is not."""
    look = SERIES[series]
    if rows == 1:
        return _long(text, look)
    first, second = rows_of(text, series, rows)
    width, height = _SMALL_MM if series == "motorcycle" else _SQUARE_MM
    row = height * 0.37
    top, low, gap = height * 0.085, height * 0.55, width * 0.045
    left = width * 0.2 if look.flag else gap
    pieces, lines = [Piece(first, left + gap, top, width - left - 3 * gap, row)], []
    if look.region == "end" and len(second) > 2:
        box = width * 0.3
        pieces += [
            Piece(second[:2], gap, low, box - gap, row),
            Piece(second[2:], box + 1.6 * gap, low, width - box - 3 * gap, row),
        ]
        lines.append((box + gap * 0.7, height * 0.5, box + gap * 0.7, height - 4))
    else:
        pieces.append(Piece(second, gap * 1.5, low, width - 3 * gap, row))
    flag = (gap, top, width * 0.13) if look.flag else None
    kz = Piece("KZ", gap, top + row * 0.55, width * 0.13, row * 0.38) if look.flag else None
    return Face((width, height), tuple(_close(piece) for piece in pieces), tuple(lines), flag, kz)


def _close(piece: Piece) -> Piece:
    """Few signs in a wide place stand together in its middle."""
    width = min(piece.width, 0.8 * piece.height * len(piece.text))
    return Piece(piece.text, piece.x + (piece.width - width) / 2, piece.y, width, piece.height)


def _long(text: str, look: Series) -> Face:
    """One row: flag and KZ at the left, signs, the region's box at the right."""
    width, height = _LONG_MM
    left = 66.0 if look.flag else 16.0
    flag = (14.0, 20.0, 42.0) if look.flag else None
    kz = Piece("KZ", 14.0, 62.0, 42.0, 30.0) if look.flag else None
    lines: tuple[tuple[float, float, float, float], ...] = ()
    head, tail, end = text, "", width - 18.0
    if look.region == "end":
        head, tail, end = text[:-2], text[-2:], 412.0
        lines = ((424.0, 4.0, 424.0, height - 4.0),)
    runs, at = _runs(head), left + 4
    room = (end - at - 14.0 * (len(runs) - 1)) / max(1, len(head))
    pieces = []
    for run in runs:
        pieces.append(Piece(run, at, 19.0, room * len(run), 75.0))
        at += room * len(run) + 14.0
    if tail:
        pieces.append(Piece(tail, 433.0, 22.0, 74.0, 68.0))
    return Face((width, height), tuple(pieces), lines, flag, kz)


def _runs(text: str) -> list[str]:
    """Digits and letters apart, as they are spaced on the plate."""
    runs: list[str] = []
    for sign in text:
        if runs and runs[-1][-1].isdigit() == sign.isdigit():
            runs[-1] += sign
        else:
            runs.append(sign)
    return runs


def strokes(
    image: Image,
    text: str,
    x: float,
    y: float,
    width: float,
    height: float,
    ink: Colour,
    weight: float = 0.135,
) -> None:
    """The default writer: our own glyphs, each in the middle of its part of the box; ``weight`` is the
    stroke's width as a part of the height."""
    tall = height * (1 - weight)
    room = width / max(1, len(text))
    widest = max((WIDTH.get(sign, 0.5) for sign in text), default=0.5)
    wide = min(1.12, (room * 0.94 - weight * height) / (widest * tall)) if tall else 1.0
    for place, sign in enumerate(text):
        at = x + room * (place + 0.5) - WIDTH.get(sign, 0.5) * wide * tall / 2
        stroke(image, sign, at, y + height * weight / 2, tall, ink, weight, wide)


def draw_plate(
    text: str, series: str = "private", width: int = 260, rng: Random | None = None, rows: int = 1
) -> Image:
    """A plate of ``width`` pixels, BGR. With ``rng`` it has been on the road: screws, dirt, a shade.
    Raises KeyError for a series that there is not."""
    look = SERIES[series]
    if rng is not None:
        look = replace(look, face=_shade(look.face, rng), ink=_shade(look.ink, rng))
    face = layout(text, series, rows)
    scale = max(1, -(-320 // width)) * width / face.size[0]  # a small one is drawn large, then made small
    image = draw_face(face, look, scale, strokes)
    if rng is not None:
        wear(image, rng)
    size = (width, max(1, round(width * face.size[1] / face.size[0])))
    if image.shape[1::-1] == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def draw_face(face: Face, look: Series, scale: float, write: Writer) -> Image:
    """A clean plate at ``scale`` pixels a millimetre, its signs written by ``write``."""
    size = (round(face.size[1] * scale), round(face.size[0] * scale), 3)
    image = np.full(size, look.face, dtype=np.uint8)
    _edge(image, scale, look.ink)
    for x0, y0, x1, y1 in face.lines:
        _line(image, (x0 * scale, y0 * scale), (x1 * scale, y1 * scale), look.ink, 3 * scale)
    if face.flag:
        _flag(image, [part * scale for part in face.flag])
    for piece in (*face.pieces, *((face.kz,) if face.kz else ())):
        x, y, width, height = (part * scale for part in (piece.x, piece.y, piece.width, piece.height))
        write(image, piece.text, x, y, width, height, look.ink)
    return image


def _shade(colour: Colour, rng: Random) -> Colour:
    by = rng.uniform(-22, 14)
    blue, green, red = (int(min(255, max(0, part + by + rng.uniform(-6, 6)))) for part in colour)
    return blue, green, red


def _line(image: Image, a: tuple[float, float], b: tuple[float, float], ink: Colour, thick: float) -> None:
    ends = [(round(x * 16), round(y * 16)) for x, y in (a, b)]
    cv2.line(image, ends[0], ends[1], ink, max(1, round(thick)), cv2.LINE_AA, 4)


def _edge(image: Image, scale: float, ink: Colour) -> None:
    inset = max(1, round(3 * scale))
    cv2.rectangle(
        image,
        (inset, inset),
        (image.shape[1] - 1 - inset, image.shape[0] - 1 - inset),
        ink,
        max(1, round(2.5 * scale)),
        cv2.LINE_AA,
    )


def _flag(image: Image, box: list[float]) -> None:
    x, y, width = box
    height = width * 0.6
    cv2.rectangle(image, (round(x), round(y)), (round(x + width), round(y + height)), FLAG, -1)
    cv2.circle(
        image,
        (round(x + width / 2), round(y + height * 0.42)),
        max(1, round(height * 0.22)),
        SUN,
        -1,
        cv2.LINE_AA,
    )
    cv2.ellipse(
        image,
        (round(x + width / 2), round(y + height * 0.6)),
        (max(1, round(width * 0.28)), max(1, round(height * 0.2))),
        0,
        10,
        170,
        SUN,
        max(1, round(height * 0.08)),
        cv2.LINE_AA,
    )


def wear(image: Image, rng: Random) -> None:
    """Screws, scratches, mud and a shadow, in place."""
    height, width = image.shape[:2]
    for x in (0.14, 0.86) if rng.random() < 0.5 else (0.5,) if rng.random() < 0.3 else ():
        at = (round(width * (x + rng.uniform(-0.04, 0.04))), round(height * rng.choice((0.12, 0.5, 0.88))))
        cv2.circle(image, at, max(1, height // 26), (120, 124, 128), -1, cv2.LINE_AA)
    for _ in range(rng.randrange(3)):
        ends = [(rng.randrange(width), rng.randrange(height)) for _ in range(2)]
        cv2.line(image, ends[0], ends[1], tuple(rng.randrange(90, 210) for _ in range(3)), 1, cv2.LINE_AA)
    if rng.random() < 0.45:
        _mud(image, rng)
    if rng.random() < 0.3:
        shade = np.linspace(
            rng.uniform(0.55, 1), 1, height if rng.random() < 0.5 else width, dtype=np.float32
        )
        shade = shade[:, None, None] if len(shade) == height else shade[None, :, None]
        image[:] = (image * shade).astype(np.uint8)


def _mud(image: Image, rng: Random) -> None:
    """Brown where a blurred noise is high, more of it low on the plate."""
    height, width = image.shape[:2]
    noise = np.random.default_rng(rng.getrandbits(32)).random((8, 20), dtype=np.float32)
    veil: Any = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    veil += np.linspace(-0.25, 0.25, height, dtype=np.float32)[:, None]
    veil = np.clip((veil - rng.uniform(0.6, 0.95)) * 2.2, 0, rng.uniform(0.25, 0.7))[..., None]
    brown = np.array(
        [rng.randrange(60, 110), rng.randrange(75, 125), rng.randrange(90, 140)], dtype=np.float32
    )
    image[:] = (image * (1 - veil) + brown * veil).astype(np.uint8)
