"""What a car can be looked for, what to do about it, and what a batch of reads was found to be. Pure.

A hit is a lead and never a ground of its own: what is said of one is unconfirmed until an officer has seen
the plate and the vehicle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jedel.plates.codec import Reads


class Ground(IntFlag):
    """Why a read is a hit: one bit each, as ``plate_read.grounds`` keeps them."""

    WANTED = 1
    UNINSURED = 2
    UNPAID_FINES = 4
    SYSTEMATIC = 8
    DEPARTMENT = 16
    TWO_PLACES = 32
    LOOKS_DIFFER = 64
    NOT_ON_REGISTER = 128
    IMPOSSIBLE_PLATE = 256


LISTED: Final = Ground.WANTED | Ground.UNINSURED | Ground.UNPAID_FINES | Ground.SYSTEMATIC | Ground.DEPARTMENT
"""Grounds that stand in a list; the others are seen in the reads themselves."""
FALSE_PLATE: Final = (
    Ground.TWO_PLACES | Ground.LOOKS_DIFFER | Ground.NOT_ON_REGISTER | Ground.IMPOSSIBLE_PLATE
)
COMPUTED: Final = Ground.UNINSURED | Ground.UNPAID_FINES | Ground.SYSTEMATIC
"""Grounds that a look at the registers gives or takes away by itself."""

CODES: Final[Mapping[Ground, str]] = MappingProxyType({ground: str(ground.name).lower() for ground in Ground})
BY_CODE: Final[Mapping[str, Ground]] = MappingProxyType({code: ground for ground, code in CODES.items()})


def codes(grounds: int) -> tuple[str, ...]:
    """The codes of the set bits, lowest first; bits that are no ground are left out."""
    return tuple(code for ground, code in CODES.items() if grounds & ground)


class Action(StrEnum):
    """What an officer is asked to do once plate and vehicle are confirmed."""

    STOP = "stop"
    OBSERVE = "observe"
    INFORM = "inform"


class ActionNumber(IntEnum):
    """An action as arrays carry it, 0 none; of two entries of one plate the higher number holds."""

    NONE = 0
    INFORM = 1
    OBSERVE = 2
    STOP = 3


NUMBER_OF: Final[Mapping[Action, ActionNumber]] = MappingProxyType(
    {Action.INFORM: ActionNumber.INFORM, Action.OBSERVE: ActionNumber.OBSERVE, Action.STOP: ActionNumber.STOP}
)
ACTION_OF: Final[Mapping[int, Action]] = MappingProxyType(
    {number.value: action for action, number in NUMBER_OF.items()}
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One plate at two places faster than the road allows: what stands beside the read of the hit.

    ``before``: the earlier read, one record of dtype READ. ``seconds``: between the two clocks.
    ``fastest_s``: the least that the road needs. ``clock_s``: error of both clocks that is counted in.
    """

    before: np.void
    metres: float
    seconds: float
    fastest_s: float
    clock_s: float


@dataclass(frozen=True, slots=True)
class Hits:
    """The reads of a batch that are hits, the earliest first.

    ``reads``: (m,) of dtype READ. ``grounds``: (m,) bits of `Ground`. ``score``: (m,) 0…100, how sure.
    ``entry``: (m,) id of the list's entry that decides the action, zeros where no manual entry does.
    ``pairs``: by place in the arrays, of the TWO_PLACES among them.
    """

    reads: Reads
    grounds: NDArray[np.uint16]
    score: NDArray[np.uint8]
    entry: NDArray[np.void]
    pairs: Mapping[int, Pair]
