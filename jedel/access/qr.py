"""QR codes as an SVG path: a page draws them without a picture from elsewhere or a script of another's."""

from itertools import groupby
from typing import NamedTuple

import segno

QUIET = 4
"""Light modules around the code, as the standard (ISO/IEC 18004) asks."""


class Qr(NamedTuple):
    """`path`: for an SVG's ``d``, one unit a module; `size`: modules a side, with the quiet zone."""

    path: str
    size: int


def qr(text: str) -> Qr:
    """The smallest code that can lose 15 % of itself (level M) and be read."""
    rows = list(segno.make(text, error="m", micro=False).matrix)
    strokes = []
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                strokes.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return Qr("".join(strokes), len(rows) + 2 * QUIET)
