"""Faces (fonts) that plates are written in while the reader is trained: Debian's, fontsource's and our lines.

Nothing of them is shipped. Which are held apart for the report is decided by name, not by chance, so that a
face that was trained on is never tested on.
"""

import subprocess
import zlib
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from simulator.plates.glyphs import Image as Picture
from simulator.plates.plate import strokes

_PACKAGES = Path(__file__).resolve().parents[1] / "node_modules" / "@fontsource"
_DEBIAN = (
    *("DejaVuSans", "Liberation", "Roboto", "OpenSans", "FreeSans", "Lato", "Inter", "Cantarell", "Hack"),
    *("B612", "texgyre", "Jura", "Nimbus", "Dosis", "Play", "Comfortaa", "URWGothic"),
)
_NOT = (
    *("Thin", "Italic", "Oblique", "Light", "Hairline", "Extra", "Black", "ital", "chorus", "-It", "Serif"),
    *("Mono-", "Symbols", "cursor", "Obl", "UltraLight", "bonum", "pagella", "schola", "termes"),
    *("NimbusRoman", "BookOblique"),
)
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TALL = 96


@cache
def files() -> tuple[list[str], list[str]]:
    """(to train on, held apart), each sorted. One of six families is held apart."""
    listed = subprocess.run(["fc-list", ":", "file"], capture_output=True, text=True, check=False).stdout
    debian = [line.split(":")[0] for line in listed.splitlines()]
    debian = [
        p
        for p in debian
        if any(n in Path(p).name for n in _DEBIAN) and not any(n in Path(p).name for n in _NOT)
    ]
    web = [str(p) for w in (400, 500, 600, 700) for p in _PACKAGES.glob(f"*/files/*-latin-{w}-normal.woff2")]
    train, apart = [], []
    for path in sorted(set(debian + web)):
        family = Path(path).name.split("-")[0].lower()[:8] if path in debian else Path(path).parts[-3]
        (apart if zlib.crc32(family.encode()) % 6 == 0 else train).append(path)
    return train, apart


@lru_cache(maxsize=4000)
def mask(path: str, sign: str) -> np.ndarray[Any, Any]:
    """The sign alone, white on black, cut to its ink, _TALL high."""
    face = _opened(path)
    canvas = Image.new("L", (220, 220), 0)
    ImageDraw.Draw(canvas).text((60, 30), sign, fill=255, font=face)
    drawn = np.asarray(canvas)
    ys, xs = np.where(drawn > 40)
    if len(ys) == 0:
        return np.zeros((_TALL, 4), np.uint8)
    cut = drawn[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return np.asarray(cv2.resize(cut, (max(3, round(cut.shape[1] * _TALL / cut.shape[0])), _TALL)), np.uint8)


@lru_cache(maxsize=400)
def _opened(path: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, 120)


class Face:
    """Writes as `simulator.plates.plate.strokes` does: over a box, in one face, bolder or thinner."""

    def __init__(self, path: str | None, rng: Random) -> None:
        self.path = path
        self.weight = rng.uniform(0.1, 0.17)
        self.bolder = rng.choice((-1, 0, 0, 1, 2)) if path else 0
        self.fill = rng.uniform(0.74, 0.97)
        self.monospaced = rng.random() < 0.7

    def __call__(
        self, image: Picture, text: str, x: float, y: float, width: float, height: float, ink: Any
    ) -> None:
        if self.path is None:
            strokes(image, text, x, y, width, height, ink, self.weight)
            return
        masks = [mask(self.path, sign) for sign in text]
        room, tall = width / max(1, len(text)), max(2, round(height))
        widest = max(m.shape[1] for m in masks)
        shrink = min(tall / _TALL * 1.15, room * self.fill / widest)
        at = x
        slack = (width - sum(m.shape[1] for m in masks) * shrink) / max(1, len(text))
        for place, glyph in enumerate(masks):
            wide = max(1, round(glyph.shape[1] * shrink))
            left = x + room * (place + 0.5) - wide / 2 if self.monospaced else at + slack / 2
            at += wide + slack
            self._put(
                image,
                cv2.resize(glyph, (wide, tall), interpolation=cv2.INTER_AREA),
                round(left),
                round(y),
                ink,
            )

    def _put(self, image: Picture, glyph: Any, x: int, y: int, ink: Any) -> None:
        if self.bolder > 0:
            glyph = cv2.dilate(glyph, np.ones((self.bolder + 1, self.bolder + 1), np.uint8))
        elif self.bolder < 0:
            glyph = cv2.erode(glyph, np.ones((2, 2), np.uint8))
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(image.shape[1], x + glyph.shape[1]), min(image.shape[0], y + glyph.shape[0])
        if x1 <= x0 or y1 <= y0:
            return
        part = glyph[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255
        spot = image[y0:y1, x0:x1]
        spot[:] = (spot * (1 - part) + np.array(ink, np.float32) * part).astype(np.uint8)


def any_face(rng: Random, held_apart: bool = False) -> Face:
    """A third of the plates are written with our own lines, the others in faces."""
    listed = files()[1 if held_apart else 0]
    if not listed or (not held_apart and rng.random() < 0.3):
        return Face(None, rng)
    return Face(rng.choice(listed), rng)
