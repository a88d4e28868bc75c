"""What a reader sees. Pure but for numpy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

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


class Choice(NamedTuple):
    """A plate that a picture may show. ``text`` normalised, as the grammar has it; ``raw`` as it stands, rows
    parted by ``/``; ``likely`` 0…1."""

    text: str
    raw: str
    likely: float


@dataclass(frozen=True, slots=True, eq=False)
class PlateSeen:
    """One plate in one frame. ``choices``: what it may be, the likeliest first; ``series`` and ``region`` of
    that one, None where the grammar has none; ``found`` 0…1 that it is a plate at all."""

    choices: tuple[Choice, ...]
    series: str | None
    region: str | None
    box: Box
    corners: Corners
    found: float = 1.0

    @property
    def text(self) -> str:
        return self.choices[0].text

    @property
    def raw(self) -> str:
        return self.choices[0].raw

    @property
    def rows(self) -> int:
        return 2 if "/" in self.raw else 1

    @property
    def confidence(self) -> float:
        """0…1 that every sign is right."""
        return self.choices[0].likely

    @property
    def sure(self) -> tuple[float, ...]:
        return sure_of(self.text, self.choices)


class Engine(Protocol):
    """A reader of pictures."""

    name: str

    def read(self, frame: Picture) -> list[PlateSeen]:
        """The plates of one frame, (h, w, 3) BGR, surest first. Raises BadFrame for what is no such array."""


def sure_of(text: str, choices: Sequence[Choice]) -> tuple[float, ...]:
    """0…1 of each sign of ``text``: how likely all the choices are that have it there too."""
    fitting = [each for each in choices if len(each.text) == len(text)]
    return tuple(
        round(min(1.0, sum(each.likely for each in fitting if each.text[place] == sign)), 4)
        for place, sign in enumerate(text)
    )
