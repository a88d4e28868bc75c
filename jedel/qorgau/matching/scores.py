"""How sure: from what a camera says of a read to what a hit is worth, for whole batches. Pure.

The formulas stand in docs/design/qorgau.md; tests/qorgau/test_clones.py says what they come to.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import Reads

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Look = tuple[Bools, Bools]
"""(n,) differs beyond what is alike; (n,) known of both."""

FALSE_PLATE_MIN: Final = 40.0
"""A false plate that is less sure is not raised."""
LISTED_MIN: Final = 20.0
"""Neither is a read of a listed plate that is most likely another plate."""
ALONE_MAX: Final = 49.0
"""One reading alone: below 50 nobody is told to stop a car."""

LISTED_OTHER: Final = 0.8
"""What a listed plate loses on a car that surely is not the register's: most likely it was misread."""
LISTED_PRIOR: Final = 3.0
"""Natural logarithm of the odds that a read of a listed plate is of its car, before its looks were seen."""

MAKE_WEIGHT: Final = 0.95
BODY_WEIGHT: Final = 0.8
COLOUR_WEIGHT: Final = 0.6
"""How sure a difference can make at the most, however often it was seen: cars are painted, registers err."""
OTHER_MAKE, OTHER_BODY, OTHER_COLOUR = 0.9, 0.3, 0.6
"""How often another car differs in it, alike ones left out."""
MAKE_FLOOR, BODY_FLOOR, COLOUR_FLOOR = 0.02, 0.02, 0.04
"""No recogniser is surer than this, whatever it says."""
PRIOR: Final = 6.9
"""Natural logarithm of the odds against a false plate, before anything was seen: one car in a thousand."""
DOUBT_MAX: Final = 20.0

EXPLAINED: Final = 0.25
"""What remains of the trust in a read that another car's plate explains, one sign away and of these looks."""
AGREED: Final = 0.5
"""What remains of the doubt when two frames, or two cameras, read the same."""
NEVER_ISSUED: Final = 0.9
WITHDRAWN: Final = 0.95
NO_SUCH_PLATE: Final = 0.95
"""How sure a ground is when the plate was read right: registers have gaps, people err."""
NEVER_TRUST_MIN: Final = 0.9
"""A misread plate is most often one that was never issued: less sure, and it is nothing; seen once, without
a make that could have explained it, neither."""


def trust(confidence: Bytes, weakest: Bytes, agreed: Bools) -> Floats:
    """(n,) how likely the plate was read right: the reader's own figures, half the doubt where two agree."""
    whole, least = confidence.astype(np.float32), weakest.astype(np.float32)
    doubt = 1.0 - np.minimum(whole, (whole + least) / 2) / 100
    sure = 1.0 - np.maximum(doubt, 0.0) * np.where(agreed, np.float32(AGREED), np.float32(1.0))
    return sure.astype(np.float32, copy=False)


def evidence(differs: Bools, agrees: Bools, sure: Bytes, other: float, floor: float) -> Floats:
    """(n,) what one look says for another car than the register's: the logarithm of how much likelier it is
    so seen of another car. 0 where nothing was seen. ``other``: how often another car differs in it."""
    seen = np.minimum(sure, 100).astype(np.float32) / 100
    for_ = np.log(np.float32(other) / np.maximum(1 - seen, np.float32(floor)))
    against = np.float32(np.log(1 - other)) - np.log(np.maximum(seen, np.float32(0.5)))
    said = np.where(differs, np.maximum(for_, 0), np.where(agrees, np.minimum(against, 0), 0))
    return said.astype(np.float32, copy=False)


def looks(reads: Reads, make: Look, body: Look, colour: Look) -> Floats:
    """(n,) the evidence of all that was seen of a car."""
    said = np.zeros(len(reads), np.float32)
    for (differs, seen), sure, other, floor in (
        (make, "make_sure", OTHER_MAKE, MAKE_FLOOR),
        (body, "body_sure", OTHER_BODY, BODY_FLOOR),
        (colour, "colour_sure", OTHER_COLOUR, COLOUR_FLOOR),
    ):
        said += evidence(differs, seen & ~differs, reads[sure], other, floor)
    return said


def another(doubt: Floats) -> Floats:
    """(n,) 0…1, how surely it is not the register's car, of evidence that was added up."""
    found: Floats = (1 / (1 + np.exp(np.float32(PRIOR) - doubt))).astype(np.float32, copy=False)
    return found


def stranger(said: Floats) -> Floats:
    """(n,) 0…1, how surely a read of a listed plate is of another car, by what was seen of it now."""
    found: Floats = (1 / (1 + np.exp(np.float32(LISTED_PRIOR) - said))).astype(np.float32, copy=False)
    return found


def too_fast(fastest_s: NDArray[np.float64], taken_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how surely nobody drives so: 0 where the road allows it, 0.6 at its limit, 1 at one and a half."""
    ratio = fastest_s / np.maximum(taken_s, 1e-3)
    return np.where(ratio > 1.0, 0.6 + 0.4 * np.minimum((ratio - 1.0) / 0.5, 1.0), 0.0)
