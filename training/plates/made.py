"""Plates for training: what is written on them, how they are laid out and drawn."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np

from simulator.plates.glyphs import Image
from simulator.plates.plate import (
    BLACK,
    SERIES,
    WHITE,
    YELLOW,
    Face,
    Piece,
    Series,
    draw_face,
    layout,
    rows_of,
    wear,
)
from training.plates.faces import any_face

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
_SHAPES = {
    "private": "DDDLLLR",
    "organisation": "DDDLLR",
    "trailer": "DDLLLR",
    "motorcycle": "DDLLR",
    "foreigner": "FDDDDR",
    "police": "DDDKPR",
    "diplomatic": "XDDDDDDR",
    "private_1993": "LDDDLLL",
    "organisation_1993": "LDDDLL",
    "police_1993": "LDDDKP",
}
_SHARE = {
    "private": 50,
    "organisation": 12,
    "trailer": 6,
    "motorcycle": 5,
    "foreigner": 5,
    "police": 3,
    "diplomatic": 3,
    "private_1993": 6,
    "organisation_1993": 2,
    "police_1993": 1,
    "abroad": 9,
}
_ABROAD = (
    *("LDDDLLDD", "LDDDLLDDD", "DDKGDDDLLL", "DDLDDDLL", "DDDDDLLL", "DDDDLLDD", "LLDDDLL", "LLLDDDD"),
    *("DDLLLDDD", "LLDDDD", "LLDDLLL", "DDLLDDD", "LDDDDD", "DDDDLLD"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A plate: its picture, its rows as they stand, the series ("abroad" for none of Kazakhstan's)."""

    image: Image
    rows: tuple[str, str]
    series: str
    text: str


def text_of(series: str, rng: Random) -> str:
    """Uniform over signs: a reader that learnt which letters are common would guess."""
    shape = _SHAPES[series] if series in _SHAPES else rng.choice(_ABROAD)
    made = []
    for kind in shape:
        if kind == "R":
            made.append(f"{rng.randint(1, 20):02d}" if rng.random() < 0.9 else f"{rng.randrange(100):02d}")
        else:
            made.append(rng.choice({"D": DIGITS, "L": LETTERS, "F": "FH", "X": "DT"}.get(kind, kind)))
    return "".join(made)


def any_series(rng: Random) -> str:
    return rng.choices(list(_SHARE), list(_SHARE.values()))[0]


def make(
    rng: Random,
    series: str | None = None,
    rows: int | None = None,
    held_apart: bool = False,
    text: str | None = None,
) -> Made:
    """A plate about 320 pixels wide, of any series unless one is asked for."""
    series = series or any_series(rng)
    text = text or text_of(series, rng)
    rows = rows or (2 if rng.random() < (0.75 if series == "motorcycle" else 0.33) else 1)
    if series == "abroad":
        look = Series(
            "abroad",
            rng.choice((WHITE, WHITE, YELLOW)),
            BLACK,
            rng.choice(("end", "first")),
            rng.random() < 0.5,
        )
        face, lines = _abroad(text, look, rows, rng)
    else:
        look = SERIES[series]
        if rng.random() < 0.12:
            look = replace(look, flag=not look.flag)
        face, lines = layout(text, series, rows), rows_of(text, series, rows)
    look = replace(look, face=_tint(look.face, rng), ink=_tint(look.ink, rng, 30))
    scale = 320 / face.size[0] if rows == 1 else 200 / face.size[0]
    image = draw_face(_jittered(face, rng), look, scale, any_face(rng, held_apart))
    if rng.random() < 0.7:
        wear(image, rng)
    return Made(image, lines, series, text)


def _abroad(text: str, look: Series, rows: int, rng: Random) -> tuple[Face, tuple[str, str]]:
    """Laid out as ours are: by the long plate's box, or cut in two anywhere."""
    if rows == 1:
        stand_in = "private" if look.region == "end" else "private_1993"
        return layout(text, stand_in, 1), (text, "")
    cut = rng.randint(2, len(text) - 2)
    width, height = 280.0, 202.0
    pieces = (Piece(text[:cut], 30, 18, 220, 74), Piece(text[cut:], 30, 110, 220, 74))
    return Face((width, height), pieces, (), None, None), (text[:cut], text[cut:])


def _jittered(face: Face, rng: Random) -> Face:
    """No two makers set them alike: runs move, grow and shrink a little."""

    def moved(piece: Piece) -> Piece:
        grown = rng.uniform(0.9, 1.06)
        return Piece(
            piece.text,
            piece.x + rng.uniform(-3, 3) + piece.width * (1 - grown) / 2,
            piece.y + rng.uniform(-5, 5),
            piece.width * grown,
            piece.height * rng.uniform(0.85, 1.1),
        )

    kz = moved(face.kz) if face.kz and rng.random() < 0.9 else None
    lines = face.lines if rng.random() < 0.85 else ()
    return replace(face, pieces=tuple(moved(p) for p in face.pieces), kz=kz, lines=lines)


def _tint(colour: Any, rng: Random, by: float = 16) -> Any:
    whole = rng.uniform(-by, by)
    return tuple(int(np.clip(part + whole + rng.uniform(-8, 8), 0, 255)) for part in colour)
