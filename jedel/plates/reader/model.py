"""What a reader sees, and how signs become a plate. Pure but for numpy.

Invariants
1. What the grammar allows as it was read is never changed; nor is what looks like another country's plate.
2. A sign is changed only to what the picture nearly said: the cost is how much less likely that was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from jedel.plates.keys import LONGEST
from jedel.plates.model import Series, codes, corrections, parse, series

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHANGE_MAX: Final = 2.5
"""Natural logarithm: a plate that the grammar allows may be so much less likely than the signs as read."""

DOUBT: Final = 0.6
"""A sign held less likely than this may be changed by the grammar's own costs too."""

Picture = NDArray[np.uint8]
"""(h, w, 3) BGR."""
Corners = NDArray[np.float32]
"""(4, 2) pixels of the frame, from the plate's upper left clockwise."""


class Box(NamedTuple):
    """Pixels of the frame; right and bottom are outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, eq=False)
class PlateSeen:
    """One plate in one frame. ``text`` normalised, as the grammar has it; ``raw`` as it stands, rows
    parted by ``/``; ``confidence`` 0…1 that every sign is right, ``sure`` 0…1 of each sign of ``text``;
    ``series`` and ``region`` None where the grammar has none; ``found`` 0…1 that it is a plate at all."""

    text: str
    raw: str
    confidence: float
    sure: tuple[float, ...]
    series: str | None
    region: str | None
    rows: int
    box: Box
    corners: Corners
    found: float = 1.0

    @property
    def weakest(self) -> float:
        return min(self.sure, default=0.0)


class Engine(Protocol):
    """A reader of pictures."""

    name: str

    def read(self, frame: Picture) -> list[PlateSeen]:
        """The plates of one frame, (h, w, 3) BGR, surest first. Raises BadFrame for what is no such array."""


class Read(NamedTuple):
    """The plate that signs stand for."""

    text: str
    raw: str
    sure: tuple[float, ...]
    confidence: float


Signs = NDArray[np.float32]
"""(n, 36): how likely each sign of SIGNS is at each of n places of a row."""


def interpret(rows: Sequence[Signs]) -> Read | None:
    """The plate that rows of signs stand for (one or two, top to bottom); None where nothing was read or more
    than a plate has. The grammar puts region and letters of a two-row plate in their order."""
    rows = [row for row in rows if len(row)]
    count = sum(len(row) for row in rows)
    if not 2 <= count <= LONGEST:
        return None
    raw = "/".join("".join(SIGNS[n] for n in row.argmax(1)) for row in rows)
    best: tuple[float, str, list[float]] | None = None
    for each in series():
        placed = _in_order(each, rows)
        if placed is not None:
            found = _most_likely(each, placed)
            if found is not None and (best is None or found[0] < best[0]):
                best = found
    whole = np.concatenate(rows)
    as_read = "".join(SIGNS[n] for n in whole.argmax(1))
    sure = [float(p) for p in whole.max(1)]
    read = parse(as_read)
    if len(rows) == 1 and read.series is None and corrections(as_read)[0].cost == 0 and _abroad(as_read):
        best = None
    if best is not None and best[0] <= CHANGE_MAX:
        _, as_read, sure = best
    elif len(rows) == 1:
        likeliest = corrections(as_read, sure)[0]
        if all(sure[place] < DOUBT for place in likeliest.changed):
            as_read = likeliest.text
    return Read(as_read, raw, tuple(round(p, 4) for p in sure), float(np.prod(sure)))


def _abroad(text: str) -> bool:
    """Whether another country's plate looks so: the grammar keeps it, though no series of ours has it."""
    return len(corrections(text)) == 1


def _in_order(each: Series, rows: Sequence[Signs]) -> Signs | None:
    """(n, 36) in the order of the series' pattern; None where its rows are of other lengths."""
    layout = each.rows.get(len(rows))
    if layout is None:
        return None
    parts: dict[int, Signs] = {}
    for row, nths in zip(rows, layout, strict=True):
        sizes = [each.groups[nth] for nth in nths]
        if len(row) != sum(sizes):
            return None
        parts.update(zip(nths, np.split(row, np.cumsum(sizes)[:-1]), strict=True))
    return np.concatenate([parts[nth] for nth in range(len(each.groups))])


def _most_likely(each: Series, placed: Signs) -> tuple[float, str, list[float]] | None:
    """(cost, text, how sure of each sign) of the likeliest plate of a series; None where it has none."""
    cost, text, sure = 0.0, "", []
    region = each.pattern.find("R")
    for place, likely in enumerate(placed):
        if each.pattern[place] == "R":
            if place != region:
                continue
            pair = max(codes(), key=lambda code: _of(placed, region, code))
            chosen = [(SIGNS.index(sign), placed[region + nth]) for nth, sign in enumerate(pair)]
        else:
            may = [SIGNS.index(sign) for sign in each.may(place)]
            chosen = [(max(may, key=lambda n: float(likely[n])), likely)]
        for sign, of in chosen:
            text += SIGNS[sign]
            sure.append(float(of[sign]))
            cost += log(max(1e-6, float(of.max()))) - log(max(1e-6, float(of[sign])))
    return (cost, text, sure) if parse(text).series == each.code else None


def _of(placed: Signs, region: int, code: str) -> float:
    return float(np.prod([placed[region + nth][SIGNS.index(sign)] for nth, sign in enumerate(code)]))


def spread(path: NDArray[np.float32]) -> Signs:
    """(steps, 37) likelihoods of one row (nothing first) → (n, 36) of its signs: a run of steps that hold the
    same sign likeliest is one sign, judged at its surest step."""
    best = path.argmax(1)
    signs: list[Any] = []
    at = 0
    while at < len(best):
        end = at
        while end + 1 < len(best) and best[end + 1] == best[at]:
            end += 1
        if best[at]:
            step = path[at + int(path[at : end + 1, best[at]].argmax())]
            signs.append(step[1:])
        at = end + 1
    return np.array(signs, np.float32).reshape(-1, len(SIGNS))
