"""A plate camera, its clock and how much it may say. Pure.

A camera's clock error is its clock minus ours. It is measured on what arrives: a message cannot come before
it was sent, so the least that `at` lags behind our clock is the error (and the quickest way of a message,
tens of milliseconds, which is counted as error). Reads that were held back, by hours even, only lag more.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any, Final
from uuid import UUID

WINDOW_US: Final = 60_000_000
WINDOW_READS: Final = 20
"""A window of a camera's clock ends after so long, and not before it had so many reads."""
WINDOWS: Final = 5
"""The median of so many windows is the error: one window of old or wrong times does not move it."""
CLOCK_WRONG_MS: Final = 5_000
"""Beyond this a clock is named as wrong."""
CLOCK_HOPELESS_MS: Final = 24 * 3600 * 1000
"""Beyond this its times say nothing: a camera that lost the date, say to 1970."""

READS_PER_S: Final = 50.0
BURST: Final = 1_000.0
"""What one camera may say: four lanes of a motorway are two reads a second."""
READ_BYTES: Final = 64 * 1024
"""A message counts as one read for each so many bytes of it, where that is more than its reads."""
REMEMBERED: Final = 32
"""The last reads of a camera, by which one that repeats itself is found."""


class DriverName(StrEnum):
    """Who reads the plate, and how it comes to us."""

    HTTP = "http"
    ONVIF = "onvif"
    MQTT = "mqtt"
    FRAMES = "frames"


@dataclass(frozen=True, slots=True)
class Camera:
    """``number``: what read records carry; ``heading``: degrees, the way the traffic drives that it sees,
    None both ways; ``device_id``: the device that speaks for it; ``clock_error_ms``: None until measured."""

    number: int
    id: UUID
    region: str
    name: str
    road: str
    lon: float
    lat: float
    heading: float | None
    driver: DriverName
    mapping: dict[str, Any]
    device_id: UUID | None
    enabled: bool
    clock_error_ms: int | None


@dataclass(slots=True)
class ClockWatch:
    """One camera's clock as its reads come in. ``known_ms``: what was measured before this process began."""

    known_ms: int | None = None
    _began_us: int | None = None
    _reads: int = 0
    _most_us: int = 0
    _windows: deque[int] = field(default_factory=lambda: deque(maxlen=WINDOWS))

    def hear(self, ahead_us: int, reads: int, now_us: int) -> None:
        """A message of so many reads: ``ahead_us`` is the most that one of them was ahead of our clock."""
        if (
            self._began_us is not None
            and self._reads >= WINDOW_READS
            and now_us - self._began_us >= WINDOW_US
        ):
            self._windows.append(self._most_us)
            self._began_us = None
        if self._began_us is None:
            self._began_us, self._reads, self._most_us = now_us, 0, ahead_us
        self._most_us = max(self._most_us, ahead_us)
        self._reads += reads

    @property
    def error_ms(self) -> int | None:
        """The camera's clock minus ours; None until enough was heard."""
        if self._windows:
            return round(median(self._windows) / 1000)
        if self._reads >= WINDOW_READS and self.known_ms is None:
            return round(self._most_us / 1000)
        return self.known_ms

    @property
    def hopeless(self) -> bool:
        """Whether its times are to be ignored."""
        return self.error_ms is not None and abs(self.error_ms) >= CLOCK_HOPELESS_MS


def clock_is_wrong(error_ms: int | None) -> bool:
    """Whether a measured error is to be named."""
    return error_ms is not None and abs(error_ms) >= CLOCK_WRONG_MS


@dataclass(slots=True)
class Bucket:
    """``BURST`` reads, refilled at ``READS_PER_S``."""

    left: float = BURST
    since_s: float | None = None

    def holds(self, now_s: float) -> int:
        """How many reads may be taken at ``now_s`` (any clock that only moves forward)."""
        if self.since_s is not None:
            self.left = min(BURST, self.left + max(0.0, now_s - self.since_s) * READS_PER_S)
        self.since_s = now_s
        return int(self.left)

    def take(self, reads: int) -> None:
        """So many are taken; no more than it holds."""
        self.left = max(0.0, self.left - reads)


@dataclass(slots=True)
class Lately:
    """The ids of the last reads of a camera that were carried."""

    _ids: deque[bytes] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def __contains__(self, read_id: bytes) -> bool:
        return read_id in self._ids

    def carried(self, ids: list[bytes]) -> None:
        self._ids.extend(ids[-REMEMBERED:])
