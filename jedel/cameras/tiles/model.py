"""What the map knows of a camera, and what is asked of it. Pure."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

KINDS: Final = ("fixed", "ptz", "mobile", "drone", "badge", "post")
UNKNOWN, UP, DOWN, RECORDING = range(4)
"""What a camera is on the map; one that records is up."""
STATES: Final = ("unknown", "up", "down", "recording")
SIGNS: Final = len(KINDS) * len(STATES)

NONE: Final = -1
"""Heading, field of view or range that nobody gave."""

CAMERA: Final = np.dtype(
    [
        ("number", "<u4"),
        ("id", "V16"),
        ("region", "S4"),
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("kind", "u1"),
        ("state", "u1"),
        ("heading", "<i2"),
        ("fov", "<i2"),
        ("range_m", "<i4"),
        ("there", "?"),
    ]
)
"""``kind`` into KINDS, ``state`` into STATES; degrees; ``there``: false where it is out of use."""

STATE_RECORD: Final = np.dtype([("number", "<u4"), ("state", "u1"), ("flags", "u1")])
"""What ``jedel.cameras.state`` carries: state 0 unknown, 1 up, 2 down; bit 0 of flags: it records."""
STATE_SUBJECT: Final = "jedel.cameras.state"
CHANGED_SUBJECT: Final = "jedel.cameras.changed"

Cameras = NDArray[np.void]
Records = NDArray[np.void]


def shown(records: Records) -> NDArray[np.uint8]:
    """What the map shows for records of the state: (n,) into STATES. Unknown states show as unknown."""
    up = (records["state"] == UP) & (records["flags"] & 1 == 1)
    known = np.where(records["state"] <= DOWN, records["state"], UNKNOWN)
    return np.where(up, RECORDING, known).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter: empty means all."""

    kinds: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()

    def table(self) -> NDArray[np.bool_]:
        """Of each kind and state, (len(KINDS), len(STATES)): whether it is wanted."""
        kinds = np.array([not self.kinds or kind in self.kinds for kind in range(len(KINDS))])
        states = np.array([not self.states or state in self.states for state in range(len(STATES))])
        found: NDArray[np.bool_] = kinds[:, None] & states[None, :]
        return found

    @property
    def everything(self) -> bool:
        return not self.kinds and not self.states


def wanted(kinds: list[str], states: list[str]) -> Wanted:
    """By their names; ``up`` is also what records."""
    chosen = {STATES.index(state) for state in states}
    if UP in chosen:
        chosen.add(RECORDING)
    return Wanted(frozenset(KINDS.index(kind) for kind in kinds), frozenset(chosen))
