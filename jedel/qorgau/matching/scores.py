"""How sure: from what a camera says of a read to what a hit is worth, for whole batches. Pure.

The formulas stand in docs/design/qorgau.md; tests/qorgau/test_clones.py says what they come to.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]

FALSE_PLATE_MIN: Final = 40.0
"""A false plate that is less sure is not raised."""
LISTED_MIN: Final = 20.0
"""Neither is a read of a listed plate that is most likely another plate."""
ALONE_MAX: Final = 49.0
"""One reading alone: below 50 nobody is told to stop a car."""

LISTED_OTHER: Final = 0.6
"""What a listed plate loses on a car that surely is not the register's."""

MAKE_WEIGHT: Final = 0.9
BODY_WEIGHT: Final = 0.7
COLOUR_WEIGHT: Final = 0.5
"""How much a difference says, were it seen for certain: cars are painted, registers err."""
MAKE_AGREES: Final = 0.5
"""What a difference of body or colour still says when the make is the register's."""
EXPLAINED: Final = 0.25
"""What remains of the trust in a read that another car's plate explains, one sign away and of these looks."""
AGREED: Final = 0.5
"""What remains of the doubt when two frames, or two cameras, read the same."""
NEVER_ISSUED: Final = 0.9
WITHDRAWN: Final = 0.95
NO_SUCH_PLATE: Final = 0.95
"""How sure a ground is when the plate was read right: registers have gaps, people err."""
NEVER_TRUST_MIN: Final = 0.9
"""A misread plate is most often one that was never issued."""


def trust(confidence: Bytes, weakest: Bytes, agreed: Bools) -> Floats:
    """(n,) how likely the plate was read right: the reader's own figures, half the doubt where two agree."""
    whole, least = confidence.astype(np.float32), weakest.astype(np.float32)
    doubt = 1.0 - np.minimum(whole, (whole + least) / 2) / 100
    sure = 1.0 - np.maximum(doubt, 0.0) * np.where(agreed, np.float32(AGREED), np.float32(1.0))
    return sure.astype(np.float32, copy=False)


def differ(
    make: tuple[Bools, Bools, Bytes], body: tuple[Bools, Bytes], colour: tuple[Bools, Bytes]
) -> Floats:
    """(n,) how surely a car is not the one of the register.

    ``make``: differs, agrees, how surely it was seen; ``body``, ``colour``: differs beyond what is alike,
    how surely it was seen.
    """
    agrees = np.where(make[1], np.float32(MAKE_AGREES), np.float32(1.0))
    same = 1.0 - MAKE_WEIGHT * _part(make[0], make[2])
    same = same * (1.0 - BODY_WEIGHT * agrees * _part(body[0], body[1]))
    same = same * (1.0 - COLOUR_WEIGHT * agrees * _part(colour[0], colour[1]))
    return (1.0 - same).astype(np.float32, copy=False)


def too_fast(fastest_s: NDArray[np.float64], taken_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how surely nobody drives so: 0 where the road allows it, 0.6 at its limit, 1 at one and a half."""
    ratio = fastest_s / np.maximum(taken_s, 1e-3)
    return np.where(ratio > 1.0, 0.6 + 0.4 * np.minimum((ratio - 1.0) / 0.5, 1.0), 0.0)


def _part(there: Bools, sure: Bytes) -> Floats:
    return (there * (np.minimum(sure, 100).astype(np.float32) / 100)).astype(np.float32, copy=False)
