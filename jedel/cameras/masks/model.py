"""What a mask is, and which change of masks one person may make alone. Pure.

Invariants
1. Nothing that was covered is uncovered by one person.
2. An unmasked picture is for one person, of one camera, for at most `MINUTES_MAX`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from jedel.media.model import Mask

MASKS_MAX: Final = 16
CORNERS_MIN: Final = 3
CORNERS_MAX: Final = 32
AREA_MIN: Final = 1e-4
"""Of the picture: less hides nothing."""
MINUTES_MAX: Final = 60
ASKED_LIFE: Final = timedelta(minutes=30)
"""What one asks for waits so long for the other."""


def area(mask: Mask) -> float:
    """Share of the picture, by the shoelace formula."""
    corners = mask.corners
    turned = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in turned)) / 2


def is_mask(mask: Mask) -> bool:
    """Whether it covers something, within the picture."""
    inside = all(0 <= x <= 1 and 0 <= y <= 1 for x, y in mask.corners)
    return inside and CORNERS_MIN <= len(mask.corners) <= CORNERS_MAX and area(mask) >= AREA_MIN


def only_adds(before: Sequence[Mask], after: Sequence[Mask]) -> bool:
    """Whether every mask that was there stays as it was."""
    return set(before) <= set(after)


def waits(asked_at: datetime, now: datetime) -> bool:
    """Whether a second person may still decide."""
    return now < asked_at + ASKED_LIFE
